"""Lesson 05: `layers_needed(mask, k) -> int` returns how many layers are needed to fill the hole.

The mask is (H, W), True = valid. The layers have stride 1 and an odd kernel size k. The number is computed from
distances, without running any layer.
"""

import math
from collections.abc import Callable

import numpy as np

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def distances(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the row distances and the column distances from every hole pixel to every valid pixel.

    Both are arrays of shape (hole pixels, valid pixels).
    """
    holes, valid = np.argwhere(~mask), np.argwhere(mask)
    return abs(holes[:, None, 0] - valid[None, :, 0]), abs(holes[:, None, 1] - valid[None, :, 1])


def radius(mask: np.ndarray, metric: Callable[..., np.ndarray] = np.maximum) -> float:
    """Return the largest distance from a hole pixel to its nearest valid pixel.

    `metric` combines the row distance and the column distance.
    """
    rows, cols = distances(mask)
    return metric(rows, cols).min(axis=1).max() if len(rows) else 0


def answer(mask: np.ndarray, k: int) -> int:
    return math.ceil(radius(mask) / ((k - 1) / 2))


@mistake(
    "the distance is Euclidean. A square window reaches as far along the diagonal as along a row, so take the "
    "chessboard distance: the larger of the row and column distances."
)
def euclidean(mask, k):
    return math.ceil(radius(mask, np.hypot) / ((k - 1) / 2))


@mistake(
    "row and column distances are added, which is the city-block distance. A square window moves along both at once, "
    "so the larger of the two counts."
)
def city_block(mask, k):
    return math.ceil(radius(mask, np.add) / ((k - 1) / 2))


@mistake("the result is rounded down. If half a layer more is needed, it takes a whole layer: round up.")
def rounded_down(mask, k):
    return math.floor(radius(mask) / ((k - 1) / 2))


@mistake("every kernel is assumed to reach 1 pixel. It reaches (k − 1) / 2 pixels.")
def one_pixel_a_layer(mask, k):
    return math.ceil(radius(mask))


@mistake("a kernel is assumed to reach k pixels. From its middle it reaches (k − 1) / 2.")
def k_pixels_a_layer(mask, k):
    return math.ceil(radius(mask) / k)


@mistake("a kernel is assumed to reach k / 2 pixels. The middle pixel is not a step, so it reaches (k − 1) / 2.")
def half_k(mask, k):
    return math.ceil(radius(mask) / (k / 2))


@mistake("you use the diameter of the hole. A hole closes from all sides at once, so its radius counts.")
def diameter(mask, k):
    return math.ceil(2 * radius(mask) / ((k - 1) / 2))


@mistake("everything outside the image counts as valid. A hole at the border can only be reached from inside.")
def outside_is_valid(mask, k):
    return answer(np.pad(mask, 1, constant_values=True), k)


@mistake("you use the mean distance. The last pixel to close is the one farthest from any valid pixel.")
def mean_radius(mask, k):
    rows, cols = distances(mask)
    return math.ceil(np.maximum(rows, cols).min(axis=1).mean() / ((k - 1) / 2)) if len(rows) else 0


@mistake(
    "you use the area of the hole. A long thin hole and a square of the same area need different numbers of layers."
)
def side(mask, k):
    """Compute the number of layers for a square hole of the same area."""
    return math.ceil(math.ceil(math.sqrt((~mask).sum()) / 2) / ((k - 1) / 2))


@mistake("you count one layer too many. The given mask is layer 0.")
def one_too_many(mask, k):
    return answer(mask, k) + 1


@mistake("hole and valid are swapped: you use the distances from the valid pixels. True means valid.")
def swapped(mask, k):
    return answer(~mask, k) if (~mask).any() else 0


@mistake("you count one layer too few. The given mask is layer 0, so a hole of radius 1 needs one layer.")
def one_too_few(mask, k):
    return max(0, answer(mask, k) - 1)


@mistake("you use the distance to the farthest valid pixel. The nearest one decides when a pixel closes.")
def farthest(mask, k):
    rows, cols = distances(mask)
    return math.ceil(np.maximum(rows, cols).max() / ((k - 1) / 2)) if len(rows) else 0


@mistake("the result is rounded to the nearest number. If a part of a layer more is needed, round up.")
def rounded(mask, k):
    return round(radius(mask) / ((k - 1) / 2))


@mistake("a kernel is assumed to reach k − 1 pixels, to both sides together. To one side it reaches (k − 1) / 2.")
def k_minus_one(mask, k):
    return math.ceil(radius(mask) / (k - 1))


def _box(mask: np.ndarray, choose: Callable[..., int]) -> int:
    """Return one side of the hole's bounding box, or 0 if there is no hole."""
    rows, cols = np.nonzero(~mask)
    return choose(np.ptp(rows), np.ptp(cols)) + 1 if len(rows) else 0


@mistake("you use the longer side of the hole. A hole closes from all sides, so its nearest edges count.")
def longer_side(mask, k):
    return math.ceil(_box(mask, max) / 2 / ((k - 1) / 2))


@mistake("you use the shorter side of the hole's bounding box. The shape of the hole, and the border, count too.")
def shorter_side(mask, k):
    return math.ceil((_box(mask, min) + 1) // 2 / ((k - 1) / 2))


@mistake("you use the longest run of hole pixels in a row. Columns and diagonals count too.")
def longest_run(mask, k):
    runs = [len(run) for row in mask for run in "".join("1" if valid else "." for valid in row).split("1")]
    return math.ceil((max(runs) + 1) // 2 / ((k - 1) / 2))


@mistake("the distance between hole and valid pixels is the smallest of all, 1. The LAST pixel to close decides.")
def nearest_pair(mask, k):
    return 1 if (~mask).any() else 0


@mistake("you count one layer too many where the division has no remainder, floor + 1. Round up: math.ceil.")
def floor_and_one(mask, k):
    return math.floor(radius(mask) / ((k - 1) / 2)) + 1 if (~mask).any() else 0


@mistake("a kernel is assumed to reach (k + 1) / 2 pixels. The middle pixel is not a step: it reaches (k − 1) / 2.")
def reaches_more(mask, k):
    return math.ceil(radius(mask) / ((k + 1) / 2))


@mistake.sign("the result is not always a whole number. Count whole layers: round up.")
def not_whole(attempt):
    holes = [_mask((15, 15), np.s_[7 - r : 8 + r, 7 - r : 8 + r]) for r in range(4)]
    return any(attempt(hole, k) % 1 for hole in holes for k in (3, 5, 7))


@mistake.sign(
    "the area of the hole decides. A long thin hole and a square of the same area need different numbers of layers."
)
def area_decides(attempt):
    """Holes of 36 pixels with radius 1, 2 and 3 need 1, 2 and 3 layers. Those of 16 pixels need fewer."""
    sides = (1, 36), (3, 12), (6, 6)
    results = [attempt(_mask((40, 40), np.s_[2 : 2 + a, 2 : 2 + b]), 3) for a, b in sides]
    small = attempt(_mask((40, 40), np.s_[2:4, 2:4]), 3)
    return len(set(results)) == 1 and results[0] > small


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
    mistake.collected,
    (
        Case("a square hole of side 7, k = 3", (_mask((15, 15), np.s_[4:11, 4:11]), 3)),
        Case("a square hole of side 7, k = 5", (_mask((15, 15), np.s_[4:11, 4:11]), 5)),
        Case("a square hole of side 7, k = 7", (_mask((15, 15), np.s_[4:11, 4:11]), 7)),
        Case("a scratch 3 pixels wide", (_mask((9, 30), np.s_[3:6, 2:28]), 3)),
        Case("a hole with a slanting side", (_STAIRS, 3)),
        Case("a hole at the border", (_mask((12, 12), np.s_[:, :5]), 3)),
        Case("one valid pixel in a corner", (_CORNER, 5)),
        Case("nothing missing", (_mask((5, 5)), 3)),
        Case("a wide picture", (_mask((4, 15), np.s_[:, 6:]), 3)),
        Case("a tall picture", (_mask((13, 3), np.s_[:8]), 5)),
    ),
    mistake.signs,
)
