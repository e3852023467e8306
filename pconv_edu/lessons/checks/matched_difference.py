"""Lesson 11: `matched_difference` compares the mean scores of N holes and B holes of equal radius.

`matched_difference(n_scores, n_radius, b_scores, b_radius, edges) -> float` computes the mean score of N holes minus
the mean score of B holes in each radius bin (low, high]. The function averages these differences over the bins that
contain both kinds, each weighted by the number of B holes in the bin. N holes may touch the border of the picture, and
B holes stay away from the border.
"""

import itertools
from collections.abc import Callable

import numpy as np

from .exercise import Case, Exercise, Mistakes

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
    ),
)
