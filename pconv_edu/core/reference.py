"""Compute partial convolutions and mask updates with equations (1) and (2) of Liu et al., ECCV 2018, arXiv 1804.07723.

    x' = Wᵀ(X ⊙ M) · sum(1) / sum(M) + b   if sum(M) > 0, otherwise 0        (1)
    m' = 1                                 if sum(M) > 0, otherwise 0        (2)

X is one window of the input, and M is the same window of the mask. W and b are the weights and the bias of the layer.
`loops` follows the equations literally. `partial_conv2d` uses Numba and is much faster.
"""

from typing import Any

import numpy as np

from .arguments import Geometry, check_groups, check_layer, check_mask
from .kernels import count_valid, partial_conv

Size = int | tuple[int, int]  # one number, or (rows, columns)


def loops(
    x: np.ndarray, M: np.ndarray, weight: np.ndarray, bias: np.ndarray, geometry: Geometry, groups: int
) -> tuple[np.ndarray, np.ndarray]:
    """Compute equations (1) and (2) window by window. x and M are (C, H, W), y and new_mask are (O, H', W')."""
    height, width = x.shape[1:]
    y = np.zeros((len(weight), *geometry.output_shape(height, width)))
    new_mask = np.zeros(y.shape, bool)
    for o, i, j in np.ndindex(y.shape):
        first = o * groups // len(weight) * weight.shape[1]  # the first input channel of this group
        total, sum_M = 0.0, 0
        for c, ki, kj in np.ndindex(weight.shape[1:]):
            r = i * geometry.stride[0] - geometry.padding[0] + ki * geometry.dilation[0]
            s = j * geometry.stride[1] - geometry.padding[1] + kj * geometry.dilation[1]
            inside = 0 <= r < height and 0 <= s < width  # outside the picture counts as hole
            if inside and M[first + c, r, s]:
                total += float(weight[o, c, ki, kj]) * float(x[first + c, r, s])
                sum_M += 1
        if sum_M > 0:
            sum_1 = weight[o].size
            y[o, i, j] = total * sum_1 / sum_M + bias[o]
            new_mask[o, i, j] = True
    return y, new_mask


def partial_conv2d_loops(
    x: Any,
    mask: Any,
    weight: Any,
    bias: Any = None,
    *,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the partial convolution of x and the updated mask, computed with plain Python loops.

    The parameters, results and errors are the same as those of `partial_conv2d`. The values may differ by rounding,
    because this function computes the sums in float64. It takes about a thousand times as long as `partial_conv2d`.

    Examples
    --------
    >>> x, mask, weight = np.full((1, 1, 3), 2.0), np.array([[True, False, True]]), np.ones((1, 1, 1, 3))
    >>> y, new_mask = partial_conv2d_loops(x, mask, weight)
    >>> y  # (2 + 2) · 3/2, because two of the three values are valid
    array([[[6.]]])
    """
    x, mask, weight, bias = check_layer(x, mask, weight, bias, groups)
    geometry = Geometry.of(weight.shape[2:], stride, padding, dilation)
    y, new_mask = loops(x, np.broadcast_to(mask, x.shape), weight, bias, geometry, groups)
    shared = mask.ndim == 2 or groups == 1
    return y.astype(x.dtype), new_mask[0] if shared else new_mask


def partial_conv2d(
    x: Any,
    mask: Any,
    weight: Any,
    bias: Any = None,
    *,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the partial convolution of x and the updated mask.

    In each window, the valid pixels are weighted and summed, and the sum is divided by the share of the window that is
    valid. These are equations (1) and (2) of Liu et al., arXiv 1804.07723. Positions outside the picture count as part
    of the hole. For a window without valid pixels, the output is 0, the bias is not added, and the new mask is False.
    Values in holes are never used, so they may be NaN.

    Parameters
    ----------
    x : (C, H, W) array, float32 or float64 (whole numbers are converted)
    mask : (H, W) or (C, H, W) bool array, True = valid, False = hole
    weight : (O, C/groups, kH, kW) array of finite numbers; kH and kW at most 999
    bias : (O,) array, optional
    stride, dilation : int or (rows, columns), at least 1
    padding : int or (rows, columns), at least 0
    groups : int, a divisor of C and O

    Returns
    -------
    y : (O, H', W') array of the same dtype, with H' and W' as for an ordinary convolution
    new_mask : bool array, True = valid. Its shape is (H', W') for a shared mask or a single group, because all output
        channels then see the same windows. It is (O, H', W') for a (C, H, W) mask with several groups.

    Raises
    ------
    ValueError, TypeError
        If the shapes are inconsistent, the mask is not binary, a weight is not finite, the kernel is larger than
        the padded input, or the output is larger than 268 megapixels.

    Examples
    --------
    >>> x, mask, weight = np.full((1, 1, 3), 2.0), np.array([[True, False, True]]), np.ones((1, 1, 1, 3))
    >>> y, new_mask = partial_conv2d(x, mask, weight)
    >>> y  # (2 + 2) · 3/2, because two of the three values are valid
    array([[[6.]]])
    >>> new_mask
    array([[ True]])
    """
    x, mask, weight, bias = check_layer(x, mask, weight, bias, groups)
    geometry = Geometry.of(weight.shape[2:], stride, padding, dilation)
    where = (geometry.kernel, geometry.stride, geometry.padding, geometry.dilation)
    shape = geometry.output_shape(*x.shape[1:])
    masks = np.ascontiguousarray(mask.reshape(-1, *mask.shape[-2:]))  # (1 or C, H, W)
    # The valid pixels of a shared mask are counted in one channel only, because 9/9 is the same ratio as 576/576.
    count = count_valid(masks, groups if len(masks) > 1 else 1, *where, shape)
    window = weight[0].size if mask.ndim == 3 else weight[0, 0].size
    new_mask = count > 0
    ratio = np.divide(window, count, where=new_mask, out=np.zeros(count.shape)).astype(x.dtype)
    ratio = np.ascontiguousarray(np.broadcast_to(ratio, (groups, *shape)))
    y = partial_conv(np.ascontiguousarray(x), masks, _in_fours(weight, groups), bias, ratio, *where)
    if mask.ndim == 2 or groups == 1:
        return y, new_mask[0]
    return y, np.repeat(new_mask, len(weight) // groups, axis=0)


def _in_fours(weight: np.ndarray, groups: int) -> np.ndarray:
    """Reshape weight (O, C/groups, kH, kW) to (groups, O/groups, taps) and return it.

    The last two axes are padded with zeros to multiples of four.
    """
    matrix = weight.reshape(groups, len(weight) // groups, -1)
    return np.pad(matrix, ((0, 0), (0, -matrix.shape[1] % 4), (0, -matrix.shape[2] % 4)))


def update_mask(
    mask: Any, kernel_size: Size, *, stride: Size = 1, padding: Size = 0, dilation: Size = 1, groups: int = 1
) -> np.ndarray:
    """Return the mask after one partial convolution.

    A pixel of the new mask is valid if its window in the old mask contains a valid pixel.

    This is equation (2) of Liu et al., arXiv 1804.07723. The new mask does not depend on the weights.

    Parameters
    ----------
    mask : (H, W) or (C, H, W) bool array, True = valid, False = hole
    kernel_size, stride, dilation : int or (rows, columns), at least 1
    padding : int or (rows, columns), at least 0; positions outside the picture count as part of the hole
    groups : int, a divisor of C; it makes no difference for an (H, W) mask

    Returns
    -------
    (H', W') bool array, or one mask per group, (groups, H', W'), for a (C, H, W) mask with several groups. A layer with
    O output channels repeats each of these masks O/groups times.

    Raises
    ------
    ValueError, TypeError
        If the mask is not binary, or the kernel is larger than the padded mask.

    Examples
    --------
    >>> mask = np.ones((5, 5), bool)
    >>> mask[1:4, 1:4] = False
    >>> update_mask(mask, 3, padding=1).astype(int)
    array([[1, 1, 1, 1, 1],
           [1, 1, 1, 1, 1],
           [1, 1, 0, 1, 1],
           [1, 1, 1, 1, 1],
           [1, 1, 1, 1, 1]])
    """
    mask = check_mask(mask, dimensions=(2, 3))
    geometry = Geometry.of(kernel_size, stride, padding, dilation)
    groups = check_groups(groups, len(mask)) if mask.ndim == 3 else 1
    count = count_valid(
        np.ascontiguousarray(mask.reshape(-1, *mask.shape[-2:])),
        groups,
        geometry.kernel,
        geometry.stride,
        geometry.padding,
        geometry.dilation,
        geometry.output_shape(*mask.shape[-2:]),
    )
    return count > 0 if groups > 1 else count[0] > 0


def shrink_mask(mask: Any, kernel_size: Size = 3) -> list[np.ndarray]:
    """Return the masks after each layer of a series of partial convolutions, until the hole is closed.

    Each layer has stride 1, dilation 1 and padding kernel_size // 2, so the size stays the same. For layers with
    another stride or dilation, call `update_mask` once per layer.

    Parameters
    ----------
    mask : (H, W) bool array, True = valid, False = hole
    kernel_size : odd int, or two odd ints (rows, columns)

    Returns
    -------
    list of (H, W) bool arrays, first ``mask`` itself, then the mask after each layer, up to the first mask that is
    valid everywhere. ``len(masks) - 1`` is the number of layers. A mask without any valid pixel never changes, so the
    list has one entry.

    Raises
    ------
    ValueError, TypeError
        If the mask is not binary or not (H, W), or the kernel size is even.

    Examples
    --------
    >>> mask = np.zeros((9, 9), bool)
    >>> mask[4, 4] = True
    >>> [int(m.sum()) for m in shrink_mask(mask)]
    [1, 9, 25, 49, 81]
    """
    kernel = Geometry.of(kernel_size, 1, 0, 1).kernel
    if kernel[0] % 2 == 0 or kernel[1] % 2 == 0:
        raise ValueError(f"kernel_size is {kernel_size!r}; it must be odd, or the mask would move and change size")
    masks = [check_mask(mask)]
    while not masks[-1].all():
        new = update_mask(masks[-1], kernel, padding=(kernel[0] // 2, kernel[1] // 2))
        if np.array_equal(new, masks[-1]):
            break
        masks.append(new)
    return masks
