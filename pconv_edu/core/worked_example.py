"""Compute the 5×5 example, in which a 3×3 kernel moves over a small image and every number can be checked by hand.

The article on which this course is based states the results of its example, but not the values of the image. The whole
numbers for the image X, the kernel W and the mask M in this module reproduce all of these results exactly:

* The top-left window has 3 valid values and the raw sum −3. Its output is −3 · 9/3 + b = −9 + b.
* The middle window has no valid values. Its output is 0 in the paper (arXiv 1804.07723), but 0 + b in the article. The
  new mask is 0.
* The window at row 3, column 3 (counted from 0) also has the raw sum −3, but 5 valid values. Its output is
  −3 · 9/5 + b = −5.4 + b.
"""

from dataclasses import dataclass

import numpy as np

from .arguments import check_mask

X = np.array(
    [
        [5, 2, 3, 1, 1],
        [4, 9, 7, 8, 1],
        [2, 6, 9, 7, 2],
        [1, 8, 6, 9, 3],
        [4, 1, 3, 1, 3],
    ],
    np.float64,
)  # the nine values in the middle are in the hole and must be ignored
M = np.array(
    [
        [1, 1, 1, 1, 1],
        [1, 0, 0, 0, 1],
        [1, 0, 0, 0, 1],
        [1, 0, 0, 0, 1],
        [1, 1, 1, 1, 1],
    ],
    bool,
)
W = np.array([[1, 0, -1], [0, 1, -2], [1, -1, 1]], np.float64)
B = 1.0

# The output cells (row, column), counted from 0, of the windows that the article shows.
ORANGE, PURPLE, BLUE = (0, 0), (2, 2), (3, 3)


@dataclass(frozen=True, eq=False)  # arrays have no == that is a bool
class Window:
    """Store the input, the intermediate results and the output of a partial convolution in one window.

    All arrays have the shape (kH, kW). A window is called empty if it has no valid value.

    Attributes
    ----------
    row, col : int, the position of the output cell, counted from 0
    x : float array, the values under the kernel, 0 outside the image
    mask : bool array, True = valid; False in the hole and outside the image
    inside : bool array, True = inside the image
    products : float array, weight · value where the value is valid, 0 elsewhere
    sum_1, sum_M : int, the number of values in the window, and how many of them are valid
    ratio : float, sum_1 / sum_M, or 0 in an empty window
    raw : float, the sum of the products
    y : float, raw · ratio + b, or 0 in an empty window, as in the paper
    y_article : float, the same as y, except that it is 0 + b in an empty window, as in the article
    new_mask : bool, True = valid
    """

    row: int
    col: int
    x: np.ndarray
    mask: np.ndarray
    inside: np.ndarray
    products: np.ndarray
    sum_1: int
    sum_M: int
    ratio: float
    raw: float
    y: float
    y_article: float
    new_mask: bool


def trace(x: np.ndarray = X, mask: np.ndarray = M, weight: np.ndarray = W, bias: float = B) -> list[Window]:
    """Apply a partial convolution to one small image, and return the `Window` of each output cell, row by row.

    The stride is 1, and the zero padding is kH // 2 for rows and kW // 2 for columns, so the output has the same size
    as the input.

    Parameters
    ----------
    x : (H, W) array
    mask : (H, W) bool array, True = valid, False = hole
    weight : (kH, kW) array; kH and kW must be odd
    bias : float

    Returns
    -------
    list of H · W `Window` objects

    Raises
    ------
    ValueError
        If the shapes are inconsistent, the kernel has an even side, or the mask is not binary.

    Examples
    --------
    >>> [w.y for w in trace() if (w.row, w.col) in (ORANGE, PURPLE, BLUE)]
    [-8.0, 0.0, -4.4]
    """
    x, weight, mask = np.asarray(x, float), np.asarray(weight, float), check_mask(mask)
    if x.shape != mask.shape:
        raise ValueError(f"x has shape {x.shape}, but mask {mask.shape}: they must be equal")
    if weight.ndim != 2 or weight.shape[0] % 2 == 0 or weight.shape[1] % 2 == 0:
        raise ValueError(f"weight has shape {weight.shape}; give (kH, kW), both odd")
    border = [(k // 2, k // 2) for k in weight.shape]
    inside = np.pad(np.ones(x.shape, bool), border)
    valid = np.pad(mask, border)
    values = np.pad(x, border)
    windows = []
    for row, col in np.ndindex(x.shape):
        here = np.s_[row : row + weight.shape[0], col : col + weight.shape[1]]
        products = np.where(valid[here], weight * values[here], 0.0)
        sum_M, raw = int(valid[here].sum()), float(products.sum())
        ratio = weight.size / sum_M if sum_M else 0.0
        y_article = raw * ratio + float(bias)
        windows.append(
            Window(
                row,
                col,
                values[here],
                valid[here],
                inside[here],
                products,
                weight.size,
                sum_M,
                ratio,
                raw,
                y_article if sum_M else 0.0,
                y_article,
                sum_M > 0,
            )
        )
    return windows
