"""Draw regular holes, namely rectangles and the grids of missing pixels that occur in super-resolution.

Lesson 12 compares networks trained on rectangles with networks trained on irregular holes. Lesson 13
fills the missing pixels of grids.
"""

import math

import numpy as np

from .arguments import check_ratio, check_size, is_whole, pair, shown


def rectangular_mask(
    shape: int | tuple[int, int], ratio: tuple[float, float] = (0.2, 0.3), rng: np.random.Generator | None = None
) -> np.ndarray:
    """Draw a rectangle with horizontal and vertical sides at a random position, and return its mask.

    The longer side is at most twice as long as the shorter side, if the picture has room for such a rectangle.

    Parameters
    ----------
    shape : int or (H, W)
    ratio : (low, high); the hole ratio is in (low, high]
    rng : numpy.random.Generator, required

    Returns
    -------
    (H, W) bool array, True = valid, False = hole

    Raises
    ------
    ValueError, TypeError
        If no rectangle with such a ratio is found, or if `rng` is missing.

    Examples
    --------
    >>> mask = rectangular_mask(64, ratio=(0.2, 0.3), rng=np.random.default_rng(0))
    >>> bool(0.2 < 1 - mask.mean() <= 0.3)
    True
    """
    height, width = pair(shape, "shape", 1)
    check_size(height, width, "shape")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng is {shown(rng)}; give a numpy.random.Generator, such as np.random.default_rng(1)")
    low, high = check_ratio(ratio)
    for _ in range(1000):
        area = rng.uniform(low, high) * height * width
        rows = min(height, max(1, round(math.sqrt(area * 2 ** rng.uniform(-1, 1)))))
        columns = min(width, max(1, round(area / rows)))
        if low < rows * columns / (height * width) <= high:
            top, left = rng.integers(height - rows + 1), rng.integers(width - columns + 1)
            mask = np.ones((height, width), bool)
            mask[top : top + rows, left : left + columns] = False
            return mask
    raise ValueError(f"1000 tries gave no rectangle in an image of ({height}, {width}) with a ratio in ({low}, {high}]")


def grid_mask(shape: int | tuple[int, int], factor: int) -> np.ndarray:
    """Return a mask for super-resolution, in which only every factor-th pixel in both directions is valid.

    Parameters
    ----------
    shape : int or (H, W)
    factor : int, at least 2

    Returns
    -------
    (H, W) bool array, True = valid, False = hole

    Raises
    ------
    ValueError, TypeError
        If `shape` is not valid, or if `factor` is not a whole number of at least 2.

    Examples
    --------
    >>> grid_mask(4, 2).astype(int)
    array([[1, 0, 1, 0],
           [0, 0, 0, 0],
           [1, 0, 1, 0],
           [0, 0, 0, 0]])
    """
    if not is_whole(factor) or factor < 2:
        raise ValueError(f"factor is {shown(factor)}; give a whole number of at least 2")
    height, width = pair(shape, "shape", 1)
    check_size(height, width, "shape")
    mask = np.zeros((height, width), bool)
    mask[::factor, ::factor] = True
    return mask
