"""Compute partial convolutions with Numba.

The functions count the valid pixels of each window, gather the pixels of the windows, and multiply them by the weights.
`reference.partial_conv2d` checks the arguments before it calls these functions. A *tap* is one position of the kernel
in one channel. A kernel has C/groups · kH · kW taps.
"""

import numpy as np
from numba import njit, prange

Pair = tuple[int, int]  # (rows, columns)
BAND = 512  # number of output pixels that are computed together; their windows fit in the processor's cache


@njit(cache=True)
def count_valid(
    mask: np.ndarray, groups: int, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair, shape: Pair
) -> np.ndarray:
    """Count the valid values of the mask, (1 or C, H, W), in each window. Return an int32 array (groups, H', W')."""
    channels, height, width = mask.shape
    count = np.zeros((groups, shape[0], shape[1]), np.int32)
    for c in range(channels):
        for i in range(shape[0]):
            for ki in range(kernel[0]):
                r = i * stride[0] - padding[0] + ki * dilation[0]
                if 0 <= r < height:  # positions outside the picture count as part of the hole
                    for j in range(shape[1]):
                        for kj in range(kernel[1]):
                            s = j * stride[1] - padding[1] + kj * dilation[1]
                            if 0 <= s < width and mask[c, r, s]:
                                count[c * groups // channels, i, j] += 1
    return count


@njit(cache=True)
def gather_windows(
    windows: np.ndarray,
    x: np.ndarray,
    mask: np.ndarray,
    first: int,
    kernel: Pair,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
    top: int,
    out_width: int,
) -> None:
    """Fill the array `windows` (taps, pixels) in place.

    Column p gets the values in the window of output pixel p, with 0 for values in the hole. Output pixels are counted
    from the start of output row `top`. `first` is the first input channel of the group.
    """
    height, width = x.shape[1:]
    size = kernel[0] * kernel[1]
    for t in range(windows.shape[0]):
        c = first + t // size
        known = mask[min(c, len(mask) - 1)]  # a shared mask has one channel only
        left = t % kernel[1] * dilation[1] - padding[1]
        for row in range(windows.shape[1] // out_width):
            r = (top + row) * stride[0] - padding[0] + t % size // kernel[1] * dilation[0]
            inside = 0 <= r < height
            for j in range(out_width):
                s = left + j * stride[1]
                # A condition instead of a product, because NaN · 0 would be NaN.
                windows[t, row * out_width + j] = x[c, r, s] if inside and 0 <= s < width and known[r, s] else 0


@njit(cache=True, fastmath={"contract"})
def multiply(total: np.ndarray, weight: np.ndarray, windows: np.ndarray) -> None:
    """Add weight (O, taps) @ windows (taps, pixels) to total (O, pixels), four rows and four taps at a time."""
    for o in range(0, total.shape[0], 4):
        for t in range(0, weight.shape[1], 4):
            for p in range(windows.shape[1]):
                a, b, c, d = windows[t, p], windows[t + 1, p], windows[t + 2, p], windows[t + 3, p]
                for k in range(o, o + 4):
                    total[k, p] += weight[k, t] * a + weight[k, t + 1] * b + weight[k, t + 2] * c + weight[k, t + 3] * d


@njit(cache=True, parallel=True)
def partial_conv(
    x: np.ndarray,
    mask: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    ratio: np.ndarray,
    kernel: Pair,
    stride: Pair,
    padding: Pair,
    dilation: Pair,
) -> np.ndarray:
    """Return the output of equation (1), (O, H', W'). The output is computed one band of rows at a time.

    x : (C, H, W)
    mask : (1 or C, H, W) bool
    weight : (groups, O/groups, taps), with the last two axes padded with zeros to multiples of four
    bias : (O,)
    ratio : (groups, H', W'), sum(1) / sum(M), or 0 for a window without valid values
    """
    groups, height, width = ratio.shape
    per_group = len(bias) // groups
    y = np.zeros((len(bias), height, width), x.dtype)
    rows = max(1, BAND // width)
    for band in prange((height + rows - 1) // rows):
        top, bottom = band * rows, min((band + 1) * rows, height)
        windows = np.zeros((weight.shape[2], (bottom - top) * width), x.dtype)
        taps = windows[: x.shape[0] // groups * kernel[0] * kernel[1]]
        for g in range(groups):
            first = g * x.shape[0] // groups
            gather_windows(taps, x, mask, first, kernel, stride, padding, dilation, top, width)
            total = np.zeros((weight.shape[1], windows.shape[1]), x.dtype)
            multiply(total, weight[g], windows)
            for o in range(per_group):
                b = bias[g * per_group + o]
                for i in range(top, bottom):
                    for j in range(width):
                        raw = total[o, (i - top) * width + j]
                        scale = ratio[g, i, j]
                        y[g * per_group + o, i, j] = raw * scale + b if scale > 0 else 0
    return y
