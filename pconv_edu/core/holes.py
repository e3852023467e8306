"""Holes, measured: how much of the picture is missing, and how far its middle lies from what is known."""

import math

import cv2
import numpy as np

from .arguments import check_mask


def hole_ratio(mask):
    """Return the share of the picture that is hole.

    Parameters
    ----------
    mask : (H, W) bool array, True = valid, False = hole

    Returns
    -------
    float in [0, 1]

    Raises
    ------
    ValueError, TypeError
        If the mask is not (H, W) or holds more than two values.

    Examples
    --------
    >>> import numpy as np
    >>> mask = np.ones((5, 5), bool)
    >>> mask[1:4, 1:4] = False
    >>> hole_ratio(mask)
    0.36
    """
    return float(1 - check_mask(mask).mean())


def hole_radius(mask):
    """Return the largest chessboard distance from a hole pixel to a valid one.

    The chessboard distance between two pixels is the larger of their row and column distances: the number of
    king's moves. Outside the picture nothing is valid, so a hole at the edge is reached from inside only. It is
    this radius, not the hole ratio, that sets how many layers fill a hole: with a k×k kernel at stride 1,
    dilation 1 and padding k//2, exactly ``ceil(radius / ((k - 1) / 2))``.

    Parameters
    ----------
    mask : (H, W) bool array, True = valid, False = hole

    Returns
    -------
    int, in pixels; 0 when all is valid; ``math.inf`` when nothing is

    Raises
    ------
    ValueError, TypeError
        If the mask is not (H, W) or holds more than two values.

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
    # DIST_C with its 3×3 mask is the chessboard distance, exact.
    return int(cv2.distanceTransform(hole, cv2.DIST_C, 3).max())
