"""Lesson 11: `paired_interval(a, b, draws)`: scores of two methods on n photos, (R, n) drawn numbers of photos ->
(mean difference, low end, high end) of the 95 % interval."""

import numpy as np

from .exercise import Case, Exercise, Mistake


def answer(a, b, draws):
    d = a - b
    low, high = np.quantile(d[draws].mean(axis=1), [0.025, 0.975])
    return d.mean(), low, high


def _ends(centre, means, shares=(0.025, 0.975)):
    return (centre, *np.quantile(means, shares))


def apart(a, b, draws):
    return _ends((a - b).mean(), a[draws].mean(axis=1) - b[draws[::-1]].mean(axis=1))


def other_sign(a, b, draws):
    return answer(b, a, draws)


def ninety(a, b, draws):
    return _ends((a - b).mean(), (a - b)[draws].mean(axis=1), (0.05, 0.95))


def one_sided(a, b, draws):
    return _ends((a - b).mean(), (a - b)[draws].mean(axis=1), (0.05, 1.0))


def per_cent_as_share(a, b, draws):
    means = (a - b)[draws].mean(axis=1)
    return ((a - b).mean(), *np.percentile(means, [0.025, 0.975]))


def of_photos(a, b, draws):
    return _ends((a - b).mean(), a - b)


def spread(a, b, draws):
    d = a - b
    return d.mean(), d.mean() - 1.96 * d.std(), d.mean() + 1.96 * d.std()


def sample_spread(a, b, draws):
    d = a - b
    return d.mean(), d.mean() - 1.96 * d.std(ddof=1), d.mean() + 1.96 * d.std(ddof=1)


def normal(a, b, draws):
    half = 1.96 * (a - b).std(ddof=1) / np.sqrt(len(a))
    return (a - b).mean(), (a - b).mean() - half, (a - b).mean() + half


def wrong_axis(a, b, draws):
    return _ends((a - b).mean(), (a - b)[draws].mean(axis=0))


def all_draws(a, b, draws):
    return _ends((a - b).mean(), (a - b)[draws].ravel())


def medians(a, b, draws):
    return _ends(np.median(a - b), np.median((a - b)[draws], axis=1))


def centre_of_draws(a, b, draws):
    means = (a - b)[draws].mean(axis=1)
    return _ends(means.mean(), means)


def half_widths(a, b, draws):
    mean, low, high = answer(a, b, draws)
    return mean, mean - low, high - mean


def extremes(a, b, draws):
    means = (a - b)[draws].mean(axis=1)
    return (a - b).mean(), means.min(), means.max()


def of_a(a, b, draws):
    return _ends(a.mean(), a[draws].mean(axis=1))


def _case(seed, photos, gain, spread, resamples=200):
    rng = np.random.default_rng(seed)
    b = rng.normal(18, 4, photos)
    return b + gain + rng.normal(0, spread, photos), b, rng.integers(photos, size=(resamples, photos))


EXERCISE = Exercise(
    answer,
    (
        Mistake(
            "a and b are averaged over different draws: the photos differ by far more than the methods, so take the "
            "difference photo by photo first.",
            apart,
        ),
        Mistake("it is b − a: the exercise asks for a − b.", other_sign),
        Mistake("5 % are cut off at each end, which leaves 90 %: cut 2.5 % at each.", ninety),
        Mistake("all 5 % are cut off at one end: cut 2.5 % at each.", one_sided),
        Mistake(
            "np.percentile is given shares: it takes 2.5 and 97.5, np.quantile takes 0.025 and 0.975.",
            per_cent_as_share,
        ),
        Mistake(
            "the interval is that of single photos, with no draws: ask where the MEAN of 30 photos may lie.", of_photos
        ),
        Mistake("it is 1.96 standard deviations of the photos: the mean of n photos varies √n times less.", spread),
        Mistake(
            "it is 1.96 standard deviations of the photos (with n − 1): the mean of n photos varies √n times less.",
            sample_spread,
        ),
        Mistake(
            "it is the mean ± 1.96 standard errors. That is a good interval too, for bell-shaped numbers; here the "
            "draws are to give it.",
            normal,
        ),
        Mistake("the mean is taken over the draws and not over the photos of a draw: use axis=1.", wrong_axis),
        Mistake("every drawn photo counts by itself: average each draw (a row) first.", all_draws),
        Mistake("medians are taken: the exercise asks for means.", medians),
        Mistake("the middle is the mean of the draws: it is that of the photos themselves.", centre_of_draws),
        Mistake("the distances from the mean are returned: give the ends themselves.", half_widths),
        Mistake(
            "the smallest and the largest of the draws are the ends: the more draws, the wider. Cut off 2.5 %.",
            extremes,
        ),
        Mistake("b is not used: it is the interval of a's mean.", of_a),
    ),
    (
        Case("30 photos, a much like b", (*_case(0, 30, 0.2, 0.5),)),
        Case("30 photos, a far above b", (*_case(1, 30, 3.0, 1.0),)),
        Case("6 photos", (*_case(2, 6, -0.5, 2.0),)),
        Case("a equal to b", (np.arange(12.0), np.arange(12.0), np.random.default_rng(3).integers(12, size=(50, 12)))),
    ),
)
