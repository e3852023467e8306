"""Partial convolution and its mask update in NumPy: Liu et al., ECCV 2018, arXiv 1804.07723, equations (1) and (2).

    x' = Wᵀ(X ⊙ M) · sum(1) / sum(M) + b   if sum(M) > 0, otherwise 0        (1)
    m' = 1                                 if sum(M) > 0, otherwise 0        (2)

X and M are one window of the input and of the mask, W and b the weights and bias of the layer. The loops compute this
word for word, `partial_conv2d` much faster in Numba.
"""

from typing import Any

import numpy as np

from .arguments import Geometry, check_groups, check_layer, check_mask
from .kernels import count_valid, partial_conv

Size = int | tuple[int, int]  # one number, or (rows, columns)


def loops(
    x: np.ndarray, M: np.ndarray, weight: np.ndarray, bias: np.ndarray, geometry: Geometry, groups: int
) -> tuple[np.ndarray, np.ndarray]:
    """Compute equations (1) and (2) window by window: x and M (C, H, W) -> y and new_mask (O, H', W')."""
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
    """Return the partial convolution of x, computed by plain Python loops.

    Parameters, results and errors are those of `partial_conv2d`. The values are the same up to rounding, because sums
    are taken in float64 here. It takes about a thousand times as long.

    Examples
    --------
    >>> x, mask, weight = np.full((1, 1, 3), 2.0), np.array([[True, False, True]]), np.ones((1, 1, 1, 3))
    >>> y, new_mask = partial_conv2d_loops(x, mask, weight)
    >>> y  # 2 + 2, from two of three values: times 3/2
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

    Each window's valid pixels are weighted and summed, and the sum is rescaled by how many of them there are:
    equations (1) and (2) of Liu et al., arXiv 1804.07723. Outside the picture counts as hole. A window without valid
    pixels gives 0 (no bias) and stays hole. Values in holes are never used; they may be NaN.

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
    new_mask : bool array, True = valid. (H', W') for a shared mask or one group, because all output channels
        then see the same windows; (O, H', W') for a (C, H, W) mask in several groups.

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit each other, the mask is not binary, a weight is not finite, the kernel is larger than the
        padded input, or the output is larger than 268 megapixels.

    Examples
    --------
    >>> x, mask, weight = np.full((1, 1, 3), 2.0), np.array([[True, False, True]]), np.ones((1, 1, 1, 3))
    >>> y, new_mask = partial_conv2d(x, mask, weight)
    >>> y  # 2 + 2, from two of three values: times 3/2
    array([[[6.]]])
    >>> new_mask
    array([[ True]])
    """
    x, mask, weight, bias = check_layer(x, mask, weight, bias, groups)
    geometry = Geometry.of(weight.shape[2:], stride, padding, dilation)
    where = (geometry.kernel, geometry.stride, geometry.padding, geometry.dilation)
    shape = geometry.output_shape(*x.shape[1:])
    masks = np.ascontiguousarray(mask.reshape(-1, *mask.shape[-2:]))  # (1 or C, H, W)
    # A mask shared by all channels is counted once: 9 of 9 is the same ratio as 576 of 576.
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
    """Return weight (O, C/groups, kH, kW) as (groups, O/groups, taps), the last two padded to multiples of four."""
    matrix = weight.reshape(groups, len(weight) // groups, -1)
    return np.pad(matrix, ((0, 0), (0, -matrix.shape[1] % 4), (0, -matrix.shape[2] % 4)))


def update_mask(
    mask: Any, kernel_size: Size, *, stride: Size = 1, padding: Size = 0, dilation: Size = 1, groups: int = 1
) -> np.ndarray:
    """Return the mask after one partial convolution: valid wherever the window contains a valid pixel.

    Equation (2) of Liu et al., arXiv 1804.07723. It does not depend on the weights.

    Parameters
    ----------
    mask : (H, W) or (C, H, W) bool array, True = valid, False = hole
    kernel_size, stride, dilation : int or (rows, columns), at least 1
    padding : int or (rows, columns), at least 0; outside counts as hole
    groups : int, a divisor of C; for an (H, W) mask it makes no difference

    Returns
    -------
    (H', W') bool array; for a (C, H, W) mask in several groups one mask per group, (groups, H', W'). A layer with
    O output channels repeats each of them O/groups times.

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
    """Return the masks after each of a series of layers, until the hole is closed.

    Each layer has stride 1, dilation 1 and padding kernel_size // 2, so the size stays the same. For layers with stride
    or dilation, call `update_mask` once per layer.

    Parameters
    ----------
    mask : (H, W) bool array, True = valid, False = hole
    kernel_size : odd int, or two odd ints (rows, columns)

    Returns
    -------
    list of (H, W) bool arrays: ``mask`` itself, then the mask after each layer, up to the first that is all valid.
    ``len(masks) - 1`` is the number of layers. A mask without any valid pixel never changes: the list has one entry.

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
