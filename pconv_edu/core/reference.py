"""Partial convolution and its mask update: Liu et al., ECCV 2018, arXiv 1804.07723, equations (1) and (2).

    x' = Wᵀ(X ⊙ M) · sum(1) / sum(M) + b   if sum(M) > 0, otherwise 0        (1)
    m' = 1                                 if sum(M) > 0, otherwise 0        (2)

X and M are one window of the input and of the mask, W and b the weights and bias of the layer.
`partial_conv2d_loops` says this literally; `partial_conv2d` is the same in Numba, fast.
"""

import numpy as np

from .arguments import Geometry, check_groups, check_layer, check_mask
from .kernels import count_valid, partial_conv


def partial_conv2d_loops(x, mask, weight, bias=None, *, stride=1, padding=0, dilation=1, groups=1):
    """Partial convolution in plain Python loops, to be read beside equations (1) and (2).

    Parameters, results and errors are those of `partial_conv2d`; so are the values, but for rounding (sums are
    taken in float64 here) and for time: about a thousand times slower.

    Examples
    --------
    >>> x, mask, weight = np.full((1, 1, 3), 2.0), np.array([[True, False, True]]), np.ones((1, 1, 1, 3))
    >>> y, new_mask = partial_conv2d_loops(x, mask, weight)
    >>> y  # 2 + 2, from two of three values: times 3/2
    array([[[6.]]])
    """
    x, mask, weight, bias = check_layer(x, mask, weight, bias, groups)
    geometry = Geometry.of(weight.shape[2:], stride, padding, dilation)
    out_height, out_width = geometry.output_shape(*x.shape[1:])
    M = np.broadcast_to(mask, x.shape)
    y = np.zeros((len(weight), out_height, out_width))
    new_mask = np.zeros(y.shape, bool)
    for o in range(len(weight)):
        first = o // (len(weight) // groups) * weight.shape[1]  # the first input channel of this group
        for i in range(out_height):
            for j in range(out_width):
                total, sum_M = 0.0, 0
                for c, ki, kj in np.ndindex(weight.shape[1:]):
                    r = i * geometry.stride[0] - geometry.padding[0] + ki * geometry.dilation[0]
                    s = j * geometry.stride[1] - geometry.padding[1] + kj * geometry.dilation[1]
                    inside = 0 <= r < x.shape[1] and 0 <= s < x.shape[2]
                    if inside and M[first + c, r, s]:
                        total += float(weight[o, c, ki, kj]) * float(x[first + c, r, s])
                        sum_M += 1
                if sum_M > 0:
                    sum_1 = weight[o].size
                    y[o, i, j] = total * sum_1 / sum_M + bias[o]
                    new_mask[o, i, j] = True
    shared = mask.ndim == 2 or groups == 1
    return y.astype(x.dtype), new_mask[0] if shared else new_mask


def partial_conv2d(x, mask, weight, bias=None, *, stride=1, padding=0, dilation=1, groups=1):
    """Partial convolution: weigh the valid pixels of each window, and rescale by how many there were.

    Equations (1) and (2) of Liu et al., arXiv 1804.07723. Outside the picture counts as hole. A window with
    nothing valid gives 0 (no bias) and stays hole. Values in holes are never used: they may be anything, NaN too.

    Parameters
    ----------
    x : (C, H, W) array, float32 or float64 (whole numbers are converted)
    mask : (H, W) or (C, H, W) bool array, True = valid, False = hole
    weight : (O, C/groups, kH, kW) array of finite numbers; kH and kW at most 999
    bias : (O,) array, optional
    stride, dilation : int or (rows, columns), at least 1
    padding : int or (rows, columns), at least 0
    groups : int that divides C and O

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


def _in_fours(weight, groups):
    """weight (O, C/groups, kH, kW) -> (groups, O/groups, taps), both of the last filled with zeros to fours."""
    matrix = weight.reshape(groups, len(weight) // groups, -1)
    return np.pad(matrix, ((0, 0), (0, -matrix.shape[1] % 4), (0, -matrix.shape[2] % 4)))


def update_mask(mask, kernel_size, *, stride=1, padding=0, dilation=1, groups=1):
    """Return the mask after one partial convolution: valid wherever the window held a valid pixel.

    Equation (2) of Liu et al., arXiv 1804.07723. The weights play no part.

    Parameters
    ----------
    mask : (H, W) or (C, H, W) bool array, True = valid, False = hole
    kernel_size, stride, dilation : int or (rows, columns), at least 1
    padding : int or (rows, columns), at least 0; outside counts as hole
    groups : int that divides C; for an (H, W) mask it makes no difference

    Returns
    -------
    (H', W') bool array; for a (C, H, W) mask in several groups one mask a group, (groups, H', W'). A layer with
    O output channels has each of these O/groups times.

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


def shrink_mask(mask, kernel_size=3):
    """Return the masks of layer after layer, until the hole is closed.

    Each layer has stride 1, dilation 1 and padding kernel_size // 2, so the size stays. Steps with stride or
    dilation are `update_mask`, called one by one.

    Parameters
    ----------
    mask : (H, W) bool array, True = valid, False = hole
    kernel_size : odd int, or two odd ints (rows, columns)

    Returns
    -------
    list of (H, W) bool arrays: ``mask`` itself, then the mask after each layer. The last one is all valid, or
    the last that changed: an image with nothing valid stays as it is, a list of one. ``len(masks) - 1`` is the
    number of layers.

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
