"""Lesson 11: `paired_interval(a, b, draws)`: scores of two methods on n photos, (R, n) drawn numbers of photos ->
(mean difference, low end, high end) of the 95 % interval."""

import numpy as np

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def answer(a, b, draws):
    d = a - b
    low, high = np.quantile(d[draws].mean(axis=1), [0.025, 0.975])
    return d.mean(), low, high


def _ends(centre, means, shares=(0.025, 0.975)):
    return (centre, *np.quantile(means, shares))


@mistake(
    "a and b are averaged over different draws: the photos differ by far more than the methods, so take the difference "
    "photo by photo first."
)
def apart(a, b, draws):
    return _ends((a - b).mean(), a[draws].mean(axis=1) - b[draws[::-1]].mean(axis=1))


@mistake("it is b − a: the exercise asks for a − b.")
def other_sign(a, b, draws):
    return answer(b, a, draws)


@mistake("5 % are cut off at each end, which leaves 90 %: cut 2.5 % at each.")
def ninety(a, b, draws):
    return _ends((a - b).mean(), (a - b)[draws].mean(axis=1), (0.05, 0.95))


@mistake("all 5 % are cut off at one end: cut 2.5 % at each.")
def one_sided(a, b, draws):
    return _ends((a - b).mean(), (a - b)[draws].mean(axis=1), (0.05, 1.0))


@mistake("np.percentile is given shares: it takes 2.5 and 97.5, np.quantile takes 0.025 and 0.975.")
def per_cent_as_share(a, b, draws):
    means = (a - b)[draws].mean(axis=1)
    return ((a - b).mean(), *np.percentile(means, [0.025, 0.975]))


@mistake("the interval is that of single photos, with no draws: ask where the MEAN of 30 photos may lie.")
def of_photos(a, b, draws):
    return _ends((a - b).mean(), a - b)


@mistake("it is 1.96 standard deviations of the photos: the mean of n photos varies √n times less.")
def spread(a, b, draws):
    d = a - b
    return d.mean(), d.mean() - 1.96 * d.std(), d.mean() + 1.96 * d.std()


@mistake("it is 1.96 standard deviations of the photos (with n − 1): the mean of n photos varies √n times less.")
def sample_spread(a, b, draws):
    d = a - b
    return d.mean(), d.mean() - 1.96 * d.std(ddof=1), d.mean() + 1.96 * d.std(ddof=1)


@mistake(
    "it is the mean ± 1.96 standard errors. That is a good interval too, for bell-shaped numbers; here the draws are "
    "to give it."
)
def normal(a, b, draws):
    half = 1.96 * (a - b).std(ddof=1) / np.sqrt(len(a))
    return (a - b).mean(), (a - b).mean() - half, (a - b).mean() + half


@mistake("the mean is taken over the draws and not over the photos of a draw: use axis=1.")
def wrong_axis(a, b, draws):
    return _ends((a - b).mean(), (a - b)[draws].mean(axis=0))


@mistake("every drawn photo counts by itself: average each draw (a row) first.")
def all_draws(a, b, draws):
    return _ends((a - b).mean(), (a - b)[draws].ravel())


@mistake("medians are taken: the exercise asks for means.")
def medians(a, b, draws):
    return _ends(np.median(a - b), np.median((a - b)[draws], axis=1))


@mistake("the middle is the mean of the draws: it is that of the photos themselves.")
def centre_of_draws(a, b, draws):
    means = (a - b)[draws].mean(axis=1)
    return _ends(means.mean(), means)


@mistake("the distances from the mean are returned: give the ends themselves.")
def half_widths(a, b, draws):
    mean, low, high = answer(a, b, draws)
    return mean, mean - low, high - mean


@mistake("the smallest and the largest of the draws are the ends: the more draws, the wider. Cut off 2.5 %.")
def extremes(a, b, draws):
    means = (a - b)[draws].mean(axis=1)
    return (a - b).mean(), means.min(), means.max()


@mistake("b is not used: it is the interval of a's mean.")
def of_a(a, b, draws):
    return _ends(a.mean(), a[draws].mean(axis=1))


def _case(seed, photos, gain, spread, resamples=200):
    rng = np.random.default_rng(seed)
    b = rng.normal(18, 4, photos)
    return b + gain + rng.normal(0, spread, photos), b, rng.integers(photos, size=(resamples, photos))


EXERCISE = Exercise(
    answer,
    mistake.all,
    (
        Case("30 photos, a much like b", (*_case(0, 30, 0.2, 0.5),)),
        Case("30 photos, a far above b", (*_case(1, 30, 3.0, 1.0),)),
        Case("6 photos", (*_case(2, 6, -0.5, 2.0),)),
        Case("a equal to b", (np.arange(12.0), np.arange(12.0), np.random.default_rng(3).integers(12, size=(50, 12)))),
    ),
)
