"""Lesson 11: `explained(values, bins) -> share` returns the share of the variance that bins explain, from 0 to 1.

`values` (n,) has one value for each hole, and `bins` (n,) has the index of the hole's bin.
"""

from collections.abc import Callable

import numpy as np

from .exercise import Case, Exercise, Mistakes

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


def _arguments(seed, counts, means, spread):
    rng = np.random.default_rng(seed)
    bins = np.repeat(np.arange(len(counts)), counts)
    values = np.asarray(means, float)[bins] + rng.normal(0, spread, len(bins))
    order = rng.permutation(len(bins))
    return values[order], bins[order]


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        Case("bins that explain nearly all", _arguments(0, (10, 10, 10), (25, 18, 14), 0.5)),
        Case("bins that explain little", _arguments(1, (12, 20, 8), (18, 18.5, 18.2), 3.0)),
        Case("bins of very different sizes", _arguments(2, (40, 5, 2), (22, 15, 12), 1.5)),
        Case("means that go up and down", _arguments(3, (9, 12, 11, 8), (15, 22, 14, 21), 1.0)),
    ),
)
