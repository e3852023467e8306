"""Lesson 11: `paired_interval(a, b, draws) -> (mean difference, low, high)` computes a paired bootstrap interval.

`a` and `b` (n,) are the scores of two methods on n photos, and `draws` (R, n) contains the indices of photos drawn with
replacement. Each draw gives one mean difference, and the interval contains the central 95 % of these means.
"""

import numpy as np

from .comparison import same_values
from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def answer(a: np.ndarray, b: np.ndarray, draws: np.ndarray) -> tuple[float, float, float]:
    d = a - b
    low, high = np.quantile(d[draws].mean(axis=1), [0.025, 0.975])
    return d.mean(), low, high


def _ends(centre: float, means: np.ndarray, shares: tuple[float, float] = (0.025, 0.975)) -> tuple[float, ...]:
    """Return `centre`, and the quantiles of `means` at the two `shares`."""
    return (centre, *np.quantile(means, shares))


@mistake(
    "a and b are averaged over different draws. Photos differ by far more than methods do, so take the difference "
    "photo by photo first."
)
def apart(a, b, draws):
    return _ends((a - b).mean(), a[draws].mean(axis=1) - b[draws[::-1]].mean(axis=1))


@mistake("the sign is swapped. The exercise asks for a − b.")
def other_sign(a, b, draws):
    return answer(b, a, draws)


@mistake("you cut off 5 % at each end, which leaves 90 %. Cut off 2.5 % at each end.")
def ninety(a, b, draws):
    return _ends((a - b).mean(), (a - b)[draws].mean(axis=1), (0.05, 0.95))


@mistake("you cut off all 5 % at one end. Cut off 2.5 % at each end.")
def one_sided(a, b, draws):
    return _ends((a - b).mean(), (a - b)[draws].mean(axis=1), (0.05, 1.0))


@mistake("you give np.percentile the shares 0.025 and 0.975. It takes 2.5 and 97.5; np.quantile takes shares.")
def per_cent_as_share(a, b, draws):
    means = (a - b)[draws].mean(axis=1)
    return ((a - b).mean(), *np.percentile(means, [0.025, 0.975]))


@mistake("you return the interval of single photos, without draws. Ask where the MEAN of n photos may be.")
def of_photos(a, b, draws):
    return _ends((a - b).mean(), a - b)


@mistake("you take ±1.96 standard deviations of the photos. The mean of n photos varies √n times less.")
def spread(a, b, draws):
    d = a - b
    return d.mean(), d.mean() - 1.96 * d.std(), d.mean() + 1.96 * d.std()


@mistake("you take ±1.96 standard deviations of the photos (with n − 1). The mean of n photos varies √n times less.")
def sample_spread(a, b, draws):
    d = a - b
    return d.mean(), d.mean() - 1.96 * d.std(ddof=1), d.mean() + 1.96 * d.std(ddof=1)


@mistake(
    "you return the mean ± 1.96 standard errors. That is a good interval too for bell-shaped numbers, but here it must "
    "come from the draws."
)
def normal(a, b, draws):
    half = 1.96 * (a - b).std(ddof=1) / np.sqrt(len(a))
    return (a - b).mean(), (a - b).mean() - half, (a - b).mean() + half


@mistake("the mean is taken over the draws instead of over the photos of one draw. Use axis=1.")
def wrong_axis(a, b, draws):
    return _ends((a - b).mean(), (a - b)[draws].mean(axis=0))


@mistake("every drawn photo counts by itself. Average each draw (a row) first.")
def all_draws(a, b, draws):
    return _ends((a - b).mean(), (a - b)[draws].ravel())


@mistake("you take medians. The exercise asks for means.")
def medians(a, b, draws):
    return _ends(np.median(a - b), np.median((a - b)[draws], axis=1))


@mistake("the first number is the mean of the draws. It must be the mean over the photos themselves.")
def centre_of_draws(a, b, draws):
    means = (a - b)[draws].mean(axis=1)
    return _ends(means.mean(), means)


@mistake("you return the distances from the mean. Return the ends themselves.")
def half_widths(a, b, draws):
    mean, low, high = answer(a, b, draws)
    return mean, mean - low, high - mean


@mistake(
    "the ends are the smallest and the largest of the draws, so more draws make the interval wider. Cut off 2.5 % at "
    "each end."
)
def extremes(a, b, draws):
    means = (a - b)[draws].mean(axis=1)
    return (a - b).mean(), means.min(), means.max()


@mistake("b is not used, so the interval is that of the mean of a.")
def of_a(a, b, draws):
    return _ends(a.mean(), a[draws].mean(axis=1))


@mistake(
    "you return the mean of the draws ± 1.96 of their standard deviations. That fits bell-shaped numbers only. Take "
    "the quantiles of the draws."
)
def spread_of_draws(a, b, draws):
    means = (a - b)[draws].mean(axis=1)
    return (a - b).mean(), means.mean() - 1.96 * means.std(), means.mean() + 1.96 * means.std()


@mistake(
    "you return the mean ± 1.96 standard deviations of the draws. That fits bell-shaped numbers only. Take the "
    "quantiles of the draws."
)
def spread_of_draws_about_mean(a, b, draws):
    half = 1.96 * (a - b)[draws].mean(axis=1).std()
    return (a - b).mean(), (a - b).mean() - half, (a - b).mean() + half


@mistake(
    "you return the mean ± 1.96 standard errors (with n). That is a good interval too for bell-shaped numbers, but "
    "here it must come from the draws."
)
def normal_with_n(a, b, draws):
    half = 1.96 * (a - b).std() / np.sqrt(len(a))
    return (a - b).mean(), (a - b).mean() - half, (a - b).mean() + half


@mistake("the first number is the median of the draws. It must be the mean over the photos themselves.")
def median_of_draws(a, b, draws):
    means = (a - b)[draws].mean(axis=1)
    return _ends(np.median(means), means)


@mistake("the draws are summed. Take the mean over the photos of each draw.")
def sums(a, b, draws):
    return _ends((a - b).mean(), (a - b)[draws].sum(axis=1))


@mistake("the ends are divided by something, or multiplied. They are quantiles of the means, as they are.")
def standard_units(a, b, draws):
    means = (a - b)[draws].mean(axis=1)
    return _ends((a - b).mean(), means / (means.std() or 1))


def _many_draws():
    """Return arguments with 1000 draws, and their sorted mean differences."""
    a, b, draws = _arguments(8, 25, 0.4, 1.0, 1000)
    return (a, b, draws), np.sort((a - b)[draws].mean(axis=1))


@mistake.sign(
    "a and b are averaged over different draws. Photos differ by far more than methods do, so take the difference "
    "photo by photo first."
)
def photos_matter(attempt):
    """A number that is added to a photo's scores, of a and of b, does not change the differences."""
    (a, b, draws), _ = _many_draws()
    added = 100 * np.random.default_rng(1).random(len(a))
    one, other = attempt(a, b, draws), attempt(a + added, b + added, draws)
    return same_values(one[0], other[0]) and not same_values(one[1:], other[1:])


@mistake.sign("the ends are single draws, next to the quantiles. Use np.quantile, which interpolates between draws.")
def neighbours_of_quantiles(attempt):
    arguments, means = _many_draws()
    _, low, high = attempt(*arguments)
    near = (np.isclose(means[a : a + 6], end, rtol=1e-9).any() for a, end in ((22, low), (972, high)))
    return all(near) and not same_values(low, np.quantile(means, 0.025))


@mistake.sign("the ends are the quantiles {} of the draws. They must be 0.025 and 0.975, so that 95 % are between.")
def other_quantiles(attempt):
    arguments, means = _many_draws()
    _, *ends = attempt(*arguments)
    levels = [round(float(np.interp(end, means, np.linspace(0, 1, len(means)))), 3) for end in ends]
    same = same_values(tuple(ends), tuple(np.quantile(means, levels)))
    return f"{levels[0]:g} and {levels[1]:g}" if same and levels != [0.025, 0.975] else False


@mistake("you take absolute differences. Keep the sign: a − b is below 0 where b is better.")
def absolute(a, b, draws):
    return answer(abs(a - b), 0 * a, draws)


@mistake.sign(
    "the ends are at equal distances from the mean, as with mean ± 2 deviations. Take the quantiles of the draws.",
    broad=True,
)
def symmetric_ends(attempt):
    (a, b, draws), means = _many_draws()
    _, low, high = attempt(a, b, draws)
    middle = (low + high) / 2
    return low < high and (same_values(middle, (a - b).mean()) or same_values(middle, means.mean()))


def _arguments(seed, photos, gain, spread, resamples=200):
    rng = np.random.default_rng(seed)
    b = rng.normal(18, 4, photos)
    return b + gain + rng.normal(0, spread, photos), b, rng.integers(photos, size=(resamples, photos))


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        Case("30 photos, a and b nearly equal", _arguments(0, 30, 0.2, 0.5)),
        Case("30 photos, a far above b", _arguments(1, 30, 3.0, 1.0)),
        Case("6 photos", _arguments(2, 6, -0.5, 2.0)),
        Case("a equal to b", (np.arange(12.0), np.arange(12.0), np.random.default_rng(3).integers(12, size=(50, 12)))),
    ),
    mistake.signs,
)
