"""Measure how much of a picture is missing, and how far the deepest pixel of a hole is from the nearest valid pixel.

`RATIO_BINS` and `RADIUS_BINS` group holes by these two measures. `load_test_holes` loads fixed test holes for each
ratio bin. `edge_pairs` finds the edge of a hole.
"""

import math
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from .arguments import check_mask, check_whole, is_number, shown

# The six hole-ratio bins of the paper (Liu et al., arXiv 1804.07723). Each is (low, high], so that bins do not overlap.
RATIO_BINS = ((0.01, 0.1), (0.1, 0.2), (0.2, 0.3), (0.3, 0.4), (0.4, 0.5), (0.5, 0.6))
# Bins of the hole radius in pixels, each (low, high]. The upper bound doubles from bin to bin.
RADIUS_BINS = ((0, 2), (2, 4), (4, 8), (8, 16), (16, 32), (32, 64), (64, 128))


def hole_ratio(mask: np.ndarray) -> float:
    """Return the fraction of the picture that the hole covers.

    Parameters
    ----------
    mask : (H, W) bool array, True = valid, False = hole

    Returns
    -------
    float in [0, 1]

    Raises
    ------
    ValueError, TypeError
        If the mask does not have the shape (H, W), or is not binary.

    Examples
    --------
    >>> import numpy as np
    >>> mask = np.ones((5, 5), bool)
    >>> mask[1:4, 1:4] = False
    >>> hole_ratio(mask)
    0.36
    """
    mask = check_mask(mask)
    return int(np.count_nonzero(~mask)) / mask.size  # 1 − mean would be 0.30000000000000004 for 36 of 120 pixels


def hole_radius(mask: np.ndarray) -> float:
    """Return the largest chessboard distance from a hole pixel to the nearest valid pixel.

    The chessboard distance between two pixels is the larger of their row distance and their column distance. A king in
    chess needs this number of moves to get from one pixel to the other. No pixel outside the picture is valid, so a
    hole at the edge can be filled only from inside the picture. The hole radius, and not the hole ratio, determines how
    many layers are needed to fill a hole. With a k×k kernel, stride 1, dilation 1 and padding k//2, exactly
    ``ceil(radius / ((k - 1) / 2))`` layers are needed.

    Parameters
    ----------
    mask : (H, W) bool array, True = valid, False = hole

    Returns
    -------
    int, in pixels; 0 if all pixels are valid; ``math.inf`` if no pixel is valid

    Raises
    ------
    ValueError, TypeError
        If the mask does not have the shape (H, W), or is not binary.

    Examples
    --------
    >>> import numpy as np
    >>> mask = np.ones((7, 7), bool)
    >>> mask[1:6, 1:6] = False
    >>> hole_radius(mask)
    3
    """
    mask = check_mask(mask)
    if not mask.any():
        return math.inf
    hole = (~mask).astype(np.uint8)
    # DIST_C with a 3×3 mask gives the exact chessboard distance.
    return int(cv2.distanceTransform(hole, cv2.DIST_C, 3).max())


def find_bin(value: float, bins: Sequence[tuple[float, float]]) -> int | None:
    """Return the index of the bin (low, high] that contains `value`, or None if no bin contains it.

    Parameters
    ----------
    value : number, a hole ratio or a hole radius
    bins : `RATIO_BINS`, `RADIUS_BINS` or another sequence of pairs (low, high)

    Examples
    --------
    >>> find_bin(0.1, RATIO_BINS), find_bin(0.11, RATIO_BINS), find_bin(0.7, RATIO_BINS)
    (0, 1, None)
    """
    return next((index for index, (low, high) in enumerate(bins) if low < value <= high), None)


def edge_pairs(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all pairs of 4-neighbours of which one lies in the hole and the other is valid.

    The pairs are the places at which a fill meets the picture. A hole pixel with several valid neighbours is in several
    pairs. The border of the picture makes no pairs.

    Parameters
    ----------
    mask : (H, W) bool array, True = valid, False = hole

    Returns
    -------
    inside, outside : two (n, 2) int arrays of (row, column); pair number i is the hole pixel `inside[i]` and the valid
        pixel `outside[i]`

    Raises
    ------
    ValueError, TypeError
        If the mask does not have the shape (H, W), or is not binary.

    Examples
    --------
    >>> import numpy as np
    >>> inside, outside = edge_pairs(np.array([[True, False, False]]))
    >>> inside.tolist(), outside.tolist()
    ([[0, 1]], [[0, 0]])
    """
    mask = check_mask(mask)
    inside, outside = [], []
    for step in ((0, 1), (1, 0)):
        first, second = mask[: len(mask) - step[0], : mask.shape[1] - step[1]], mask[step[0] :, step[1] :]
        for hole_first, places in ((True, ~first & second), (False, first & ~second)):
            early = np.argwhere(places)
            late = early + step
            inside.append(early if hole_first else late)
            outside.append(late if hole_first else early)
    return np.concatenate(inside), np.concatenate(outside)


def dilate(mask: np.ndarray, pixels: int) -> np.ndarray:
    """Return the mask with the hole enlarged by `pixels` on every side. A negative number makes the hole smaller.

    Parameters
    ----------
    mask : (H, W) bool array, True = valid, False = hole
    pixels : int, the chessboard distance by which the hole is enlarged. Pixels outside the picture count neither as
        valid nor as part of the hole.

    Returns
    -------
    (H, W) bool array, True = valid

    Raises
    ------
    ValueError, TypeError
        If the mask does not have the shape (H, W) or is not binary, or if `pixels` is not a whole number.

    Examples
    --------
    >>> mask = np.ones((5, 5), bool)
    >>> mask[2, 2] = False
    >>> int((~dilate(mask, 1)).sum()), int((~dilate(dilate(mask, 1), -1)).sum())
    (9, 1)
    """
    mask = check_mask(mask)
    pixels = check_whole(pixels, "pixels", -math.inf, math.inf)
    size = min(abs(pixels), max(mask.shape))  # a wider brush has the same effect
    brush = np.ones((2 * size + 1, 2 * size + 1), np.uint8)
    grow = cv2.dilate if pixels > 0 else cv2.erode
    return grow((~mask).astype(np.uint8), brush) == 0


def load_test_holes(ratio: tuple[float, float], border: bool = False) -> np.ndarray:
    """Return the fixed test masks of one ratio bin.

    The masks were drawn once by `irregular_mask` and are stored as bits. If they were
    drawn again with another version of a library, the random numbers might differ, and the scores of methods could no
    longer be compared with earlier scores.

    Parameters
    ----------
    ratio : one of `RATIO_BINS`
    border : True for masks in which no hole pixel is within 25 px of the edge. In the paper, this border is 50 px wide
        in a picture of 512×512.

    Returns
    -------
    (30, 256, 256) bool array, True = valid, False = hole

    Raises
    ------
    ValueError
        If `ratio` is not one of the bins.
    TypeError
        If `border` is not a bool.

    Examples
    --------
    >>> masks = load_test_holes((0.2, 0.3), border=True)
    >>> masks.shape, find_bin(hole_ratio(masks[0]), RATIO_BINS)
    ((30, 256, 256), 2)
    """
    if not isinstance(ratio, tuple | list) or not all(map(is_number, ratio)) or tuple(ratio) not in RATIO_BINS:
        raise ValueError(f"ratio is {shown(ratio)}; give one of {RATIO_BINS}")
    if not isinstance(border, bool | np.bool_):
        raise TypeError(f"border is {shown(border)}; give True or False")
    packed = np.load(Path(__file__).parent / "test_holes.npz")["holes"]
    return np.unpackbits(packed[RATIO_BINS.index(tuple(ratio)), int(border)], axis=-1) == 0
