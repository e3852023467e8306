"""Lesson 11: `explained(values, bins)`: a number and a bin (whole number) for each hole -> the share of the values'
variance that the bins explain, from 0 to 1."""

import numpy as np

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def _fitted(values, bins, centre=np.mean):
    fitted = np.empty(len(values))
    for bin_ in set(bins.tolist()):
        fitted[bins == bin_] = centre(values[bins == bin_])
    return fitted


def answer(values, bins):
    from pconv_edu.experiments.scores import explained

    return explained(values, bins)


@mistake("it is the share that is left over: the bins explain the rest, 1 minus it.")
def left_over(values, bins):
    return 1 - answer(values, bins)


@mistake("a root is taken: that is a correlation, and the exercise asks for the share of variance.")
def root(values, bins):
    return np.sqrt(max(0, answer(values, bins)))


@mistake("standard deviations are compared: take squares, they are what adds up.")
def deviations(values, bins):
    return 1 - (values - _fitted(values, bins)).std() / values.std()


@mistake("every bin's mean counts alike: a bin with many holes counts more.")
def bins_alike(values, bins):
    means = [values[bins == bin_].mean() for bin_ in sorted(set(bins.tolist()))]
    return np.var(means) / values.var()


@mistake("every bin's variance counts alike: sum the squares over all holes, then divide.")
def variances_alike(values, bins):
    return 1 - np.mean([values[bins == bin_].var() for bin_ in sorted(set(bins.tolist()))]) / values.var()


@mistake("the total is taken about 0: take it about the mean of all values.")
def about_zero(values, bins):
    return 1 - ((values - _fitted(values, bins)) ** 2).sum() / (values**2).sum()


@mistake("it is the fit of a straight line: bins may have any means, whatever their order.")
def straight_line(values, bins):
    return np.corrcoef(values, bins)[0, 1] ** 2


@mistake("it is a correlation with the bin's number: bins may have any means, whatever their order.")
def correlation(values, bins):
    return np.corrcoef(values, bins)[0, 1]


@mistake("medians stand for the bins: the mean is what leaves the smallest squares.")
def medians(values, bins):
    return 1 - ((values - _fitted(values, bins, np.median)) ** 2).sum() / ((values - values.mean()) ** 2).sum()


@mistake("absolute differences are summed: variance is made of squares.")
def absolute(values, bins):
    return 1 - abs(values - _fitted(values, bins)).sum() / abs(values - values.mean()).sum()


@mistake("it is in per cent: give a share, from 0 to 1.")
def in_per_cent(values, bins):
    return 100 * answer(values, bins)


@mistake("it is the variance of the bins' means in dB², not a share: divide by that of all values.")
def variance_itself(values, bins):
    return _fitted(values, bins).var()


@mistake("every value is compared with the mean of all: compare it with the mean of its own bin.")
def one_bin(values, bins):
    return 1 - ((values - values.mean()) ** 2).sum() / ((values - values.mean()) ** 2).sum()


def _case(seed, counts, means, spread):
    rng = np.random.default_rng(seed)
    bins = np.repeat(np.arange(len(counts)), counts)
    values = np.asarray(means, float)[bins] + rng.normal(0, spread, len(bins))
    order = rng.permutation(len(bins))
    return values[order], bins[order]


EXERCISE = Exercise(
    answer,
    mistake.all,
    (
        Case("bins that explain nearly all", (*_case(0, (10, 10, 10), (25, 18, 14), 0.5),)),
        Case("bins that explain little", (*_case(1, (12, 20, 8), (18, 18.5, 18.2), 3.0),)),
        Case("bins of very different sizes", (*_case(2, (40, 5, 2), (22, 15, 12), 1.5),)),
        Case("means that go up and down", (*_case(3, (9, 12, 11, 8), (15, 22, 14, 21), 1.0),)),
    ),
)
