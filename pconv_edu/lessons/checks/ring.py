"""Lesson 03: `ring(mask, n) -> (H, W) bools` returns the valid pixels at chessboard distance n ≥ 1 from the hole."""

from collections.abc import Callable

import numpy as np

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def distance(mask: np.ndarray, metric: Callable[..., np.ndarray] = np.maximum) -> np.ndarray:
    """Return the (H, W) distances from each pixel to the nearest hole pixel, or infinity if there is no hole."""
    rows, cols = np.mgrid[: mask.shape[0], : mask.shape[1]]
    holes = np.argwhere(~mask)
    if not len(holes):
        return np.full(mask.shape, np.inf)
    return np.min([metric(abs(rows - r), abs(cols - c)) for r, c in holes], axis=0)


def answer(mask: np.ndarray, n: int) -> np.ndarray:
    return distance(mask) == n


@mistake("you return all valid pixels up to distance n. The ring is those at exactly n.")
def all_within(mask, n):
    return mask & (distance(mask) <= n)


@mistake("you return the hole and every pixel up to distance n. The ring is the valid pixels at exactly n.")
def with_the_hole(mask, n):
    return distance(mask) <= n


@mistake("the ring is inside the hole. It must be n pixels outside.")
def inside(mask, n):
    return distance(~mask) == n


@mistake("the ring is one pixel too near. A valid pixel that touches the hole is at distance 1.")
def one_off(mask, n):
    return distance(mask) == n - 1


@mistake("the distance is Euclidean. Take the chessboard distance, the larger of the row and column distances.")
def euclidean(mask, n):
    return mask & (np.ceil(distance(mask, np.hypot)) == n)


@mistake("row and column distances are added. Take the chessboard distance, the larger of the two.")
def city_block(mask, n):
    return distance(mask, np.add) == n


@mistake("you return all pixels from distance n on. The ring is those at exactly n.")
def at_least(mask, n):
    return distance(mask) >= n


@mistake("the ring is empty. dilate returns a mask, True = valid: the larger n, the FEWER pixels are True.")
def turned_around(mask, n):
    return np.zeros(mask.shape, bool)


@mistake("you return hole pixels. The ring is made of valid pixels.")
def hole_pixels_only(mask, n):
    return ~mask & (distance(~mask) <= n)


@mistake("the ring is one pixel too far out. A valid pixel that touches the hole is at distance 1.")
def too_far(mask, n):
    return distance(mask) == n + 1


@mistake("you return the pixels beyond distance n, which is the hole grown by n. The ring is those at exactly n.")
def beyond(mask, n):
    return distance(mask) > n


@mistake("the distance is Euclidean. Take the chessboard distance, the larger of the row and column distances.")
def exactly_euclidean(mask, n):
    return distance(mask, np.hypot) == n


@mistake("the distance is Euclidean, and rounded. Take the chessboard distance, the larger of the two distances.")
def rounded_euclidean(mask, n):
    return mask & (np.rint(distance(mask, np.hypot)) == n)


@mistake("the distance is Euclidean, and rounded down. Take the chessboard distance, the larger of the two distances.")
def floored_euclidean(mask, n):
    return mask & (np.floor(distance(mask, np.hypot)) == n)


@mistake("the smaller of the row and column distances counts. The chessboard distance is the larger of the two.")
def smaller_distance(mask, n):
    return mask & (distance(mask, np.minimum) == n)


@mistake("row and column distances are added, and all pixels up to distance n returned. Take the larger distance.")
def city_block_within(mask, n):
    return mask & (distance(mask, np.add) <= n)


@mistake("the distance is Euclidean, and you return all pixels up to n. Take the larger distance, and exactly n.")
def euclidean_within(mask, n):
    return mask & (distance(mask, np.hypot) <= n)


@mistake("a pixel counts if ANY hole pixel is at distance n. The distance to the hole is that to its nearest pixel.")
def any_hole_pixel(mask, n):
    rows, cols = np.mgrid[: mask.shape[0], : mask.shape[1]]
    at_n = [np.maximum(abs(rows - r), abs(cols - c)) == n for r, c in np.argwhere(~mask)]
    return mask & np.any(at_n, axis=0) if at_n else np.zeros_like(mask)


@mistake("only pixels at n rows AND n columns count, the corners. The LARGER of the two distances must be n.")
def corners_only(mask, n):
    rows, cols = np.mgrid[: mask.shape[0], : mask.shape[1]]
    at_n = [(abs(rows - r) == n) & (abs(cols - c) == n) for r, c in np.argwhere(~mask)]
    return mask & np.any(at_n, axis=0) if at_n else np.zeros_like(mask)


def _mask(shape, *holes):
    mask = np.ones(shape, bool)
    for hole in holes:
        mask[hole] = False
    return mask


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        Case("a hole of one pixel, n = 1", (_mask((7, 7), np.s_[3, 3]), 1)),
        Case("a hole of one pixel, n = 2", (_mask((9, 9), np.s_[4, 4]), 2)),
        Case("a square hole, n = 2", (_mask((12, 12), np.s_[4:9, 4:8]), 2)),
        Case("a hole in the corner, n = 3", (_mask((8, 9), np.s_[:3, :2]), 3)),
        Case("two holes, n = 2", (_mask((8, 14), np.s_[3:5, 2:4], np.s_[2:6, 9:12]), 2)),
        Case("nothing missing", (_mask((4, 4)), 1)),
        Case("a hole of one pixel, n = 3", (_mask((9, 11), np.s_[4, 5]), 3)),
    ),
    mistake.signs,
)
