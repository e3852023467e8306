"""Lesson 11: `explained(values, bins) -> share` returns the share of the variance that bins explain, from 0 to 1.

`values` (n,) has one value for each hole, and `bins` (n,) has the index of the hole's bin.
"""

from collections.abc import Callable

import numpy as np

from .comparison import same_values
from .exercise import Case, Exercise, Mistakes
from .runs import call

mistake = Mistakes()


def _fitted(values: np.ndarray, bins: np.ndarray, centre: Callable[..., float] = np.mean) -> np.ndarray:
    """Return the mean (or another `centre`) of each value's bin, as an array with one entry for each value."""
    fitted = np.empty(len(values))
    for bin_ in set(bins.tolist()):
        fitted[bins == bin_] = centre(values[bins == bin_])
    return fitted


def answer(values: np.ndarray, bins: np.ndarray) -> float:
    from pconv_edu.experiments.evaluate.scores import explained

    return explained(values, bins)


@mistake("you return the share that is left over. The bins explain the rest, 1 minus that share.")
def left_over(values, bins):
    return 1 - answer(values, bins)


@mistake("you take a square root. That gives a correlation, and the exercise asks for a share of the variance.")
def root(values, bins):
    return np.sqrt(max(0, answer(values, bins)))


@mistake("you compare standard deviations. Compare sums of squares, because squares are what adds up.")
def deviations(values, bins):
    return 1 - (values - _fitted(values, bins)).std() / values.std()


@mistake("the mean of every bin has the same weight. A bin with many holes must count more.")
def bins_alike(values, bins):
    means = [values[bins == bin_].mean() for bin_ in sorted(set(bins.tolist()))]
    return np.var(means) / values.var()


@mistake("the variance of every bin has the same weight. Sum the squares over all holes, then divide.")
def variances_alike(values, bins):
    return 1 - np.mean([values[bins == bin_].var() for bin_ in sorted(set(bins.tolist()))]) / values.var()


@mistake("the total is taken about 0. Take it about the mean of all values.")
def about_zero(values, bins):
    return 1 - ((values - _fitted(values, bins)) ** 2).sum() / (values**2).sum()


@mistake("you fit a straight line. The bins may have any means, in any order.")
def straight_line(values, bins):
    return np.corrcoef(values, bins)[0, 1] ** 2


@mistake("you return the correlation with the number of the bin. The bins may have any means, in any order.")
def correlation(values, bins):
    return np.corrcoef(values, bins)[0, 1]


@mistake("you use the median of each bin. Use the mean, which leaves the smallest sum of squares.")
def medians(values, bins):
    return 1 - ((values - _fitted(values, bins, np.median)) ** 2).sum() / ((values - values.mean()) ** 2).sum()


@mistake("you sum absolute differences. Variance is made of squares.")
def absolute(values, bins):
    return 1 - abs(values - _fitted(values, bins)).sum() / abs(values - values.mean()).sum()


@mistake("the result is in per cent. Return a share from 0 to 1.")
def in_per_cent(values, bins):
    return 100 * answer(values, bins)


@mistake("you return the variance of the bins' means, in dB². Divide it by the variance of all values to get a share.")
def variance_itself(values, bins):
    return _fitted(values, bins).var()


@mistake("every value is compared with the mean of all values. Compare it with the mean of its own bin.")
def one_bin(values, bins):
    return 1 - ((values - values.mean()) ** 2).sum() / ((values - values.mean()) ** 2).sum()


@mistake("you return the share that is left over, in per cent. Return 1 minus that share, from 0 to 1.")
def left_over_in_per_cent(values, bins):
    return 100 * left_over(values, bins)


@mistake("the total is taken about the median. Take it about the mean of all values.")
def about_the_median(values, bins):
    return 1 - ((values - _fitted(values, bins)) ** 2).sum() / ((values - np.median(values)) ** 2).sum()


@mistake("the variance of a bin has n − 1 below, and every bin has the same weight. Sum the squares over all holes.")
def sample_variances_alike(values, bins):
    own = [values[bins == bin_].var(ddof=1) for bin_ in sorted(set(bins.tolist()))]
    return 1 - np.mean(own) / values.var(ddof=1)


@mistake("the variances of the bins are added up. Sum the squares over all holes, then divide.")
def variances_summed(values, bins):
    return 1 - np.sum([values[bins == bin_].var() for bin_ in sorted(set(bins.tolist()))]) / values.var()


@mistake("you return a difference of sums of squares, in dB². Divide by the sum of squares about the mean of all.")
def sum_itself(values, bins):
    return _fitted(values, bins).var() * len(values)


@mistake("the total is taken about the mean of the bins' means. Take it about the mean of all values.")
def about_mean_of_means(values, bins):
    middle = np.mean([values[bins == bin_].mean() for bin_ in sorted(set(bins.tolist()))])
    return 1 - ((values - _fitted(values, bins)) ** 2).sum() / ((values - middle) ** 2).sum()


@mistake("the bins' means are compared with the mean of those means. Compare them with the mean of all values.")
def means_about_their_mean(values, bins):
    middle = np.mean([values[bins == bin_].mean() for bin_ in sorted(set(bins.tolist()))])
    return ((_fitted(values, bins) - middle) ** 2).sum() / ((values - values.mean()) ** 2).sum()


@mistake("one variance divides by n and the other by n − 1 (ddof=1). Divide sums of squares, without n or ddof.")
def mixed_degrees(values, bins):
    return 1 - ((values - _fitted(values, bins)) ** 2).mean() / values.var(ddof=1)


@mistake("the fraction is upside down. Divide the squares about the bins' means by those about the mean of all.")
def upside_down(values, bins):
    return 1 - 1 / (1 - answer(values, bins))


@mistake("you divide by what is left over within the bins. Divide by the sum of squares about the mean of all.")
def divided_by_the_rest(values, bins):
    return answer(values, bins) / (1 - answer(values, bins))


@mistake("the sums of the bins are compared, not their means. Divide each by the number of its holes.")
def sums_of_bins(values, bins):
    return 1 - ((values - _fitted(values, bins, np.sum)) ** 2).sum() / ((values - values.mean()) ** 2).sum()


@mistake("the sums of the bins stand for their means. Divide each by the number of its holes.")
def sums_about_the_mean(values, bins):
    return ((_fitted(values, bins, np.sum) - values.mean()) ** 2).sum() / ((values - values.mean()) ** 2).sum()


@mistake("bin numbers are assumed to run without gaps, so bins are left out. Take the numbers that occur: set(bins).")
def gaps_left_out(values, bins):
    squares = [((g - g.mean()) ** 2).sum() for k in range(len(set(bins))) for g in [values[bins == k]] if len(g)]
    return 1 - sum(squares) / ((values - values.mean()) ** 2).sum()


@mistake.sign("the bin numbers may have gaps. Take the numbers that occur, np.unique(bins), not range(…).")
def gaps_break(attempt):
    values, bins = _arguments(7, (9, 8, 7), (20, 15, 18), 1.0)
    right, with_gaps = answer(values, bins), call(attempt, (values, bins * 3 + 2))
    return same_values(attempt(values, bins), right) and not same_values(with_gaps, right)


@mistake.sign(
    "you compare standard deviations. Compare sums of squares, because squares are what adds up.",
    broad=True,
)
def deviations_compared(attempt):
    """Within these bins the standard deviation is 1, and that of all values is the root of 26."""
    values, bins = np.array([9.0, 11, 19, 21]), np.array([0, 0, 1, 1])
    return same_values(attempt(values, bins), 1 - 1 / np.sqrt(26))


def _changes(attempt, change):
    values, bins = _arguments(6, (7, 9, 5), (20, 15, 18), 1.5)
    one, other = attempt(values, bins), attempt(*change(values, bins))
    return not same_values(one, other)


@mistake.sign(
    "the result changes if all values are doubled, so it is not a share. Divide squares by squares.", broad=True
)
def unit_matters(attempt):
    return _changes(attempt, lambda values, bins: (2 * values, bins))


@mistake.sign("the result changes if a number is added to all values. Subtract means before you square.", broad=True)
def level_matters(attempt):
    return _changes(attempt, lambda values, bins: (values + 30, bins))


@mistake.sign("the result depends on the numbers of the bins. They are only names, in any order.", broad=True)
def labels_matter(attempt):
    return _changes(attempt, lambda values, bins: (values, np.array([2, 0, 1])[bins]))


@mistake.sign(
    "the result changes if every hole is there twice, as with n − 1 (ddof=1) in one place. Use sums of squares alone.",
    broad=True,
)
def number_matters(attempt):
    return _changes(attempt, lambda values, bins: (np.tile(values, 2), np.tile(bins, 2)))


@mistake.sign("the bins do not count by their numbers of holes. Sum the squares over all holes.", broad=True)
def equal_bins_right(attempt):
    """Weights do not matter in bins of equal size."""
    same_size = _arguments(6, (7, 7, 7), (20, 15, 18), 1.5)
    return same_values(attempt(*same_size), answer(*same_size))


def _arguments(seed, counts, means, spread, labels=None):
    rng = np.random.default_rng(seed)
    bins = np.repeat(np.arange(len(counts)), counts)
    values = np.asarray(means, float)[bins] + rng.normal(0, spread, len(bins))
    order = rng.permutation(len(bins))
    bins = bins if labels is None else np.array(labels)[bins]
    return values[order], bins[order]


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        Case("bins that explain nearly all", _arguments(0, (10, 10, 10), (25, 18, 14), 0.5)),
        Case("bins that explain little", _arguments(1, (12, 20, 8), (18, 18.5, 18.2), 3.0)),
        Case("bins of very different sizes", _arguments(2, (40, 5, 2), (22, 15, 12), 1.5)),
        Case("means that go up and down", _arguments(3, (9, 12, 11, 8), (15, 22, 14, 21), 1.0)),
        Case("bin numbers with gaps", _arguments(4, (8, 11, 9), (19, 14, 17), 1.2, labels=(1, 3, 6))),
    ),
    mistake.signs,
)
