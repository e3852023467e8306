"""Lesson 11: `matched_difference` compares the mean scores of N holes and B holes of equal radius.

`matched_difference(n_scores, n_radius, b_scores, b_radius, edges) -> float` computes the mean score of N holes minus
the mean score of B holes in each radius bin (low, high]. The function averages these differences over the bins that
contain both kinds, each weighted by the number of B holes in the bin. N holes may touch the border of the picture, and
B holes stay away from the border.
"""

import itertools
from collections.abc import Callable

import numpy as np

from .comparison import same_values
from .exercise import Case, Exercise, Mistakes
from .runs import call

mistake = Mistakes()


def _b_holes(n: np.ndarray, b: np.ndarray) -> int:
    return b.sum()


def _matched(
    n_scores: np.ndarray,
    n_radius: np.ndarray,
    b_scores: np.ndarray,
    b_radius: np.ndarray,
    edges: np.ndarray,
    weigh: Callable[[np.ndarray, np.ndarray], int] = _b_holes,
    right_closed: bool = True,
) -> float:
    """Return the matched difference. Other weights, and bins [low, high) instead of (low, high], can be chosen.

    weigh : function that returns the weight of a bin from two bool arrays, which are True for the N holes and the B
        holes in the bin
    """
    total = weights = 0
    for low, high in itertools.pairwise(edges):
        n, b = (((r > low) & (r <= high)) if right_closed else ((r >= low) & (r < high)) for r in (n_radius, b_radius))
        if n.any() and b.any():
            weight = weigh(n, b)
            total += weight * (n_scores[n].mean() - b_scores[b].mean())
            weights += weight
    return total / weights if weights else np.nan


def answer(
    n_scores: np.ndarray, n_radius: np.ndarray, b_scores: np.ndarray, b_radius: np.ndarray, edges: np.ndarray
) -> float:
    from pconv_edu.experiments.evaluate.scores import matched_difference

    return matched_difference(n_scores, n_radius, b_scores, b_radius, edges)


@mistake("the radius is not used, so all holes N are compared with all holes B, deep or shallow.")
def not_matched(n_scores, n_radius, b_scores, b_radius, edges):
    return n_scores.mean() - b_scores.mean()


@mistake("the sign is swapped. The exercise asks for N − B.")
def other_sign(n_scores, n_radius, b_scores, b_radius, edges):
    return -answer(n_scores, n_radius, b_scores, b_radius, edges)


@mistake("every radius bin has the same weight. Weight each by its number of B holes.")
def bins_alike(n_scores, n_radius, b_scores, b_radius, edges):
    return _matched(n_scores, n_radius, b_scores, b_radius, edges, lambda n, b: 1)


@mistake("the bins are weighted by their number of N holes. Weight them by their number of B holes.")
def weighted_by_n(n_scores, n_radius, b_scores, b_radius, edges):
    return _matched(n_scores, n_radius, b_scores, b_radius, edges, lambda n, b: n.sum())


@mistake("the bins are weighted by the number of holes of both kinds. Weight them by their number of B holes.")
def weighted_by_both(n_scores, n_radius, b_scores, b_radius, edges):
    return _matched(n_scores, n_radius, b_scores, b_radius, edges, lambda n, b: n.sum() + b.sum())


@mistake("a radius on an edge is counted in the bin above. A bin is (low, high], so its upper end belongs to it.")
def other_end(n_scores, n_radius, b_scores, b_radius, edges):
    return _matched(n_scores, n_radius, b_scores, b_radius, edges, right_closed=False)


@mistake("a bin without N holes counts as a score of 0 dB. Leave it out.")
def empty_is_zero(n_scores, n_radius, b_scores, b_radius, edges):
    """Use 0 as the mean of a bin without N holes."""
    total = weights = 0
    for low, high in itertools.pairwise(edges):
        n, b = (n_radius > low) & (n_radius <= high), (b_radius > low) & (b_radius <= high)
        if b.any():
            total += b.sum() * ((n_scores[n].mean() if n.any() else 0) - b_scores[b].mean())
            weights += b.sum()
    return total / weights


@mistake("a bin without holes of one kind makes the whole result NaN. Leave such bins out.")
def empty_is_nan(n_scores, n_radius, b_scores, b_radius, edges):
    """Return NaN if a bin lacks one kind of hole, because NumPy's mean of an empty array is NaN."""
    total = 0
    for low, high in itertools.pairwise(edges):
        n, b = (n_radius > low) & (n_radius <= high), (b_radius > low) & (b_radius <= high)
        if not (n.any() and b.any()):
            return np.nan
        total += b.sum() * (n_scores[n].mean() - b_scores[b].mean())
    return total / len(b_scores)


@mistake("you divide by the number of all B holes. Do not count those in bins that are left out.")
def divided_by_all(n_scores, n_radius, b_scores, b_radius, edges):
    """Leave the bins without N holes out of the sum, but divide the sum by the number of B holes in all bins."""
    total = 0
    for low, high in itertools.pairwise(edges):
        n, b = (n_radius > low) & (n_radius <= high), (b_radius > low) & (b_radius <= high)
        if n.any() and b.any():
            total += b.sum() * (n_scores[n].mean() - b_scores[b].mean())
    return total / len(b_scores)


@mistake("the differences of the bins are summed. Average them.")
def sum_of_bins(n_scores, n_radius, b_scores, b_radius, edges):
    total = 0
    for low, high in itertools.pairwise(edges):
        n, b = (n_radius > low) & (n_radius <= high), (b_radius > low) & (b_radius <= high)
        if n.any() and b.any():
            total += n_scores[n].mean() - b_scores[b].mean()
    return total


def _by_bin(n_scores, n_radius, b_scores, b_radius, edges, centre=np.mean, inside=None):
    """Return (difference N − B, number of N, number of B) for each radius bin that has both, in order.

    centre : what is compared, the mean by default
    inside : function (radii, low, high) that returns which radii a bin contains
    """
    inside = inside or (lambda r, low, high: (r > low) & (r <= high))
    rows = []
    for low, high in itertools.pairwise(edges):
        n, b = inside(n_radius, low, high), inside(b_radius, low, high)
        if n.any() and b.any():
            rows.append((centre(n_scores[n]) - centre(b_scores[b]), n.sum(), b.sum()))
    return np.array(rows)


def _weighted(rows):
    return np.average(rows[:, 0], weights=rows[:, 2])


@mistake("a radius on an edge is counted in two bins. A bin is (low, high]: r > low and r <= high.")
def both_ends(*arguments):
    return _weighted(_by_bin(*arguments, inside=lambda r, low, high: (r >= low) & (r <= high)))


@mistake("a radius on an edge is left out. A bin is (low, high]: r > low and r <= high.")
def neither_end(*arguments):
    return _weighted(_by_bin(*arguments, inside=lambda r, low, high: (r > low) & (r < high)))


@mistake("you take medians. The exercise asks for means.")
def medians(*arguments):
    return _weighted(_by_bin(*arguments, centre=np.median))


@mistake("the scores in a bin are summed. Take their means, because the bins have different numbers of N and B.")
def sums(*arguments):
    return _weighted(_by_bin(*arguments, centre=np.sum))


@mistake("the weighted differences are summed. Divide the sum by the sum of the weights.")
def not_divided(*arguments):
    rows = _by_bin(*arguments)
    return rows[:, 0] @ rows[:, 2]


@mistake("a bin without holes of one kind counts as a difference of 0 dB. Leave it out, and do not count its weight.")
def empty_difference_is_zero(n_scores, n_radius, b_scores, b_radius, edges):
    rows = _by_bin(n_scores, n_radius, b_scores, b_radius, edges)
    return rows[:, 0] @ rows[:, 2] / ((b_radius > edges[0]) & (b_radius <= edges[-1])).sum()


@mistake("the last radius bin is left out. n edges make n − 1 bins.")
def last_bin_left_out(n_scores, n_radius, b_scores, b_radius, edges):
    rows = _by_bin(n_scores, n_radius, b_scores, b_radius, edges[:-1])
    return _weighted(rows) if len(rows) else np.nan


@mistake("the first radius bin is left out. n edges make n − 1 bins.")
def first_bin_left_out(n_scores, n_radius, b_scores, b_radius, edges):
    rows = _by_bin(n_scores, n_radius, b_scores, b_radius, edges[1:])
    return _weighted(rows) if len(rows) else np.nan


@mistake("you return the difference of the last radius bin. Average over all bins.")
def last_bin_only(*arguments):
    return _by_bin(*arguments)[-1, 0]


@mistake("you return after the first radius bin, from inside the loop. Average over all bins.")
def first_bin_only(*arguments):
    return _by_bin(*arguments)[0, 0]


@mistake("the bins are weighted by the mean score of their B holes. Weight them by the NUMBER of B holes.")
def weighted_by_score(n_scores, n_radius, b_scores, b_radius, edges):
    rows = _by_bin(n_scores, n_radius, b_scores, b_radius, edges)
    means = _by_bin(0 * n_scores, n_radius, -b_scores, b_radius, edges)[:, 0]
    return np.average(rows[:, 0], weights=means)


@mistake("the absolute value of the difference is returned. Keep its sign: below 0, holes N are harder.")
def without_sign(*arguments):
    return abs(answer(*arguments))


@mistake("radii outside the edges are counted in the first or the last bin. Leave them out.")
def outside_clipped(n_scores, n_radius, b_scores, b_radius, edges):
    wide = np.concatenate([[-np.inf], edges[1:-1], [np.inf]])
    return _weighted(_by_bin(n_scores, n_radius, b_scores, b_radius, wide))


@mistake.sign("radii outside the edges must be left out. They belong to no bin.")
def outside_counted(attempt):
    arguments = list(_arguments(5, (3, 4, 5, 4), (4, 3, 3, 5)))
    right = answer(*arguments)
    outside = [*arguments]
    for k in (0, 2):
        outside[k] = np.append(arguments[k], [50.0, 2.0])
        outside[k + 1] = np.append(arguments[k + 1], [99, 0])
    return same_values(attempt(*arguments), right) and not same_values(call(attempt, outside), right)


def _weights(attempt):
    """Return by what an attempt multiplies the mean difference of each of three radius bins with 1, 2 and 5 B holes."""
    n_radius, b_radius = np.array([1, 2, 5, 6, 7, 12]), np.array([3, 6, 7, 9, 10, 11, 12, 13])
    edges = np.array([0, 4, 8, 16])
    which = np.digitize(n_radius, edges) - 1
    zeros = np.zeros(len(b_radius))
    return [attempt((which == k).astype(float), n_radius, zeros, b_radius, edges) for k in range(3)]


@mistake.sign(
    "the weights of the radius bins do not sum to 1. Divide by the sum of the weights that you used.", broad=True
)
def weights_not_one(attempt):
    return not same_values(sum(_weights(attempt)), 1.0)


@mistake.sign(
    "the radius bins have the weights {} where they hold 1, 2 and 5 B holes. Use 1/8, 2/8 and 5/8.", broad=True
)
def other_weights(attempt):
    weights = _weights(attempt)
    return ", ".join(f"{w:.3g}" for w in weights) if not same_values(weights, [1 / 8, 2 / 8, 5 / 8]) else False


@mistake.sign("a radius bin without holes of one kind must be left out, with its weight.", broad=True)
def empty_bins_count(attempt):
    full = _arguments(6, (3, 4, 5, 4), (4, 3, 3, 5))
    one_sided = _arguments(6, (3, 0, 5, 4), (4, 3, 3, 0))
    return same_values(attempt(*full), answer(*full)) and not same_values(call(attempt, one_sided), answer(*one_sided))


def _outside(case):
    n, n_radius, b, b_radius, edges = case
    return np.append(n, [9.0, 30.0]), np.append(n_radius, [40, 0]), np.append(b, 12.0), np.append(b_radius, 50), edges


def _arguments(seed, n_counts, b_counts, edges=(0, 4, 8, 16, 32)):
    rng = np.random.default_rng(seed)

    def holes(counts, gain):
        parts = [rng.integers(low + 1, high + 1, k) for low, high, k in zip(edges, edges[1:], counts, strict=False)]
        radius = np.concatenate([*parts, [high for high, k in zip(edges[1:], counts, strict=False) if k]])
        return 26 - 3 * np.log2(radius) + gain + rng.normal(0, 0.4, len(radius)), radius

    n, b = holes(n_counts, 0.3), holes(b_counts, 0.0)
    return (*n, *b, np.array(edges))


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        Case("N deeper than B", _arguments(0, (1, 4, 8, 9), (7, 9, 5, 2))),
        Case("a radius bin without N", _arguments(1, (0, 5, 7, 3), (6, 4, 8, 2))),
        Case("a radius bin without B", _arguments(2, (4, 6, 2, 9), (3, 9, 7, 0))),
        Case("two radius bins", _arguments(3, (3, 7), (8, 2), (0, 8, 32))),
        Case("radii outside the edges", _outside(_arguments(4, (3, 5, 2, 6), (6, 4, 5, 2)))),
    ),
    mistake.signs,
)
