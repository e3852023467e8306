"""Lesson 05: the fill-depth law, `layers_needed(mask, k) -> int` without running any layer; stride 1, odd k."""

import math

import numpy as np

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def distances(mask):
    """(row distance, column distance) of every hole pixel to every valid one: (holes, valid) each."""
    holes, valid = np.argwhere(~mask), np.argwhere(mask)
    return abs(holes[:, None, 0] - valid[None, :, 0]), abs(holes[:, None, 1] - valid[None, :, 1])


def radius(mask, metric=np.maximum):
    rows, cols = distances(mask)
    return metric(rows, cols).min(axis=1).max() if len(rows) else 0


def answer(mask, k):
    return math.ceil(radius(mask) / ((k - 1) / 2))


@mistake(
    "the distance is Euclidean. A square window reaches as far along the diagonal as along a row: take the chessboard "
    "distance, the larger of rows and columns."
)
def euclidean(mask, k):
    return math.ceil(radius(mask, np.hypot) / ((k - 1) / 2))


@mistake(
    "row and column distances are added (city-block distance): a square window goes both ways at once, so the larger "
    "counts."
)
def city_block(mask, k):
    return math.ceil(radius(mask, np.add) / ((k - 1) / 2))


@mistake("the result is rounded down: half a layer more is a whole layer more.")
def rounded_down(mask, k):
    return math.floor(radius(mask) / ((k - 1) / 2))


@mistake("every kernel is taken to reach 1 pixel: it reaches (k − 1) / 2.")
def one_pixel_a_layer(mask, k):
    return math.ceil(radius(mask))


@mistake("a kernel is taken to reach k pixels: from its middle it reaches (k − 1) / 2.")
def k_pixels_a_layer(mask, k):
    return math.ceil(radius(mask) / k)


@mistake("a kernel is taken to reach k / 2 pixels: the middle one is not a step, it is (k − 1) / 2.")
def half_k(mask, k):
    return math.ceil(radius(mask) / (k / 2))


@mistake("the diameter is used: a hole closes from both sides at once, so its radius counts.")
def diameter(mask, k):
    return math.ceil(2 * radius(mask) / ((k - 1) / 2))


@mistake("outside the image counts as valid: a hole at the border is reached from inside only.")
def outside_is_valid(mask, k):
    return answer(np.pad(mask, 1, constant_values=True), k)


@mistake("the mean distance is used: the last pixel to close is the one farthest away.")
def mean_radius(mask, k):
    rows, cols = distances(mask)
    return math.ceil(np.maximum(rows, cols).min(axis=1).mean() / ((k - 1) / 2)) if len(rows) else 0


@mistake("the area is used: a long thin hole and a square of the same area close at different times.")
def side(mask, k):
    """As if every hole were a square: the root of its area."""
    return math.ceil(math.ceil(math.sqrt((~mask).sum()) / 2) / ((k - 1) / 2))


@mistake("one layer too many is counted: the given mask is layer 0.")
def one_too_many(mask, k):
    return answer(mask, k) + 1


def _mask(shape, *holes):
    mask = np.ones(shape, bool)
    for hole in holes:
        mask[hole] = False
    return mask


_STAIRS = _mask((15, 15), np.s_[2:13, 2:13])
_STAIRS[np.add.outer(np.arange(15), np.arange(15)) < 12] = True
_CORNER = np.zeros((8, 8), bool)
_CORNER[0, 0] = True


EXERCISE = Exercise(
    answer,
    mistake.all,
    (
        Case("a square hole of side 7, k = 3", (_mask((15, 15), np.s_[4:11, 4:11]), 3)),
        Case("a square hole of side 7, k = 5", (_mask((15, 15), np.s_[4:11, 4:11]), 5)),
        Case("a square hole of side 7, k = 7", (_mask((15, 15), np.s_[4:11, 4:11]), 7)),
        Case("a scratch 3 pixels wide", (_mask((9, 30), np.s_[3:6, 2:28]), 3)),
        Case("a hole with a slanting side", (_STAIRS, 3)),
        Case("a hole at the border", (_mask((12, 12), np.s_[:, :5]), 3)),
        Case("one valid pixel in a corner", (_CORNER, 5)),
        Case("nothing missing", (_mask((5, 5)), 3)),
    ),
)
