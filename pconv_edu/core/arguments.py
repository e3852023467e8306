"""Check the arguments of functions in all subpackages.

Each check returns the argument in a standard form, or raises an error. The error message says which value was received,
what was expected, and what to do.
"""

import numbers
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

MOST = 2**31 - 1  # the largest number of pixels that an argument can specify
MOST_PIXELS = 2**28  # the largest picture or feature map: 268 megapixels, a gigabyte of float32
WIDEST = 999  # the largest side of a kernel, in pixels


def shown(value: object, most: int = 100) -> str:
    """Return `value` as text for a message, shortened to at most `most` characters."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # Python refuses to print integers of more than 4300 digits, and any repr may fail
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= most else f"{text[:most]}…"


def as_array(value: Any, name: str, verb: str = "is") -> np.ndarray:
    """Return `value` as an array of numbers or bools. Raise TypeError for text, a path, None or a ragged list."""
    if isinstance(value, str | bytes | os.PathLike):
        raise TypeError(f"{name} is {shown(value)}; give an array (pconv_edu.core.read_image reads image files)")
    try:
        array = np.asarray(value)
    except Exception as error:  # __array__ may raise any error; a tensor with requires_grad does
        raise TypeError(
            f"{name} is a {type(value).__name__} that NumPy cannot make an array of; give numbers in rows of one "
            "length (of a PyTorch tensor: tensor.detach().cpu().numpy())"
        ) from error
    if array.dtype.kind not in "biufc":
        what = f"{verb} {array.dtype}" if array.ndim else f"is {shown(value)}"
        raise TypeError(f"{name} {what}; give an array of numbers")
    return array


def as_path(value: Any, name: str) -> Path:
    """Return `value`, which is a str or a PathLike, as a Path. Raise TypeError for anything else, such as None."""
    try:
        return Path(value)
    except TypeError:
        raise TypeError(f"{name} is {shown(value)}; give a path, as a str or a PathLike") from None


def is_whole(value: object) -> bool:
    """Return True if `value` is a Python or NumPy integer. The values True and False do not count as integers."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Return True if `value` is a Python or NumPy number that is not complex.

    NaN and infinity count as numbers, but True and False do not.
    """
    return isinstance(value, numbers.Real) and not isinstance(value, bool)


def check_whole(value: Any, name: str, minimum: float, maximum: float = MOST) -> int:
    """Return `value` as an int. Raise an error if `value` is not a whole number from `minimum` to `maximum`."""
    if not is_whole(value):
        raise TypeError(f"{name} is {shown(value)}; give a whole number")
    return pair(value, name, minimum, maximum)[0]


def pair(value: Any, name: str, minimum: float, maximum: float = MOST) -> tuple[int, int]:
    """Return `value`, which is an int or a pair of ints (rows, columns), as a pair of ints.

    A single int is used for both rows and columns. Raise an error unless both are whole numbers from `minimum` to
    `maximum`.
    """
    several = isinstance(value, tuple | list) or (isinstance(value, np.ndarray) and value.ndim == 1)
    values = tuple(value) if several else (value, value)
    if len(values) != 2 or not all(is_whole(v) for v in values):
        raise TypeError(f"{name} is {shown(value)}; give a whole number, or two of them as (rows, columns)")
    if min(values) < minimum:
        raise ValueError(f"{name} is {shown(value)}; it must be at least {minimum}")
    if max(values) > maximum:
        raise ValueError(f"{name} is {shown(value)}; it must be at most {maximum}")
    return int(values[0]), int(values[1])


def check_size(height: int, width: int, name: str) -> None:
    """Raise ValueError if a picture of this size would have more than `MOST_PIXELS` pixels."""
    if height * width > MOST_PIXELS:
        raise ValueError(f"{name} is ({height}, {width}): that is more than {MOST_PIXELS // 10**6} million pixels")


def check_ratio(ratio: Any) -> tuple[float, float]:
    """Return the bounds (low, high) of a hole ratio. Raise ValueError unless 0 ≤ low < high ≤ 1."""
    several = isinstance(ratio, tuple | list) or (isinstance(ratio, np.ndarray) and ratio.ndim == 1)
    if several and len(ratio) == 2 and all(is_number(bound) for bound in ratio) and 0 <= ratio[0] < ratio[1] <= 1:
        return ratio[0], ratio[1]
    raise ValueError(f"ratio is {shown(ratio)}; give (low, high) with 0 <= low < high <= 1")


def check_mask(mask: Any, *, dimensions: tuple[int, ...] = (2,)) -> np.ndarray:
    """Return `mask` as a bool array, True = valid.

    Raise an error if `mask` contains any value other than True, False, 1 and 0, or if the number of its dimensions is
    not in `dimensions`.
    """
    mask = as_array(mask, "mask", "has dtype")
    if mask.ndim not in dimensions:
        shapes = " or ".join({2: "(H, W)", 3: "(C, H, W)"}[d] for d in dimensions)
        raise ValueError(f"mask has shape {mask.shape}; give {shapes}, True = valid, False = hole")
    if mask.size == 0:
        raise ValueError(f"mask has shape {mask.shape}: it has no pixels")
    if mask.dtype == bool:
        return mask
    if mask.dtype.kind not in "iuf":
        raise TypeError(f"mask has dtype {mask.dtype}; give bool, True = valid, False = hole")
    binary = mask == 1
    if not np.all(binary | (mask == 0)):
        odd = mask[~(binary | (mask == 0))].flat[0]
        raise ValueError(
            f"mask has the value {odd}; it may have only True (valid) and False (hole), or 1 and 0. "
            "Values in between come from a JPEG file or from bilinear resizing: store masks as PNG and resize "
            "them with nearest-neighbour. A 0…255 mask whose white is valid becomes one by `mask > 127`."
        )
    return binary


@dataclass(frozen=True)
class Geometry:
    """Store the kernel size, stride, padding and dilation of a layer, each as (rows, columns).

    These values determine the position of each window in the input of the layer.
    """

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]

    @classmethod
    def of(cls, kernel_size: Any, stride: Any, padding: Any, dilation: Any) -> Self:
        """Check the four arguments, each an int or a pair (rows, columns), and return them as a `Geometry`."""
        return cls(
            pair(kernel_size, "kernel_size", 1, WIDEST),
            pair(stride, "stride", 1),
            pair(padding, "padding", 0),
            pair(dilation, "dilation", 1),
        )

    def output_shape(self, height: int, width: int) -> tuple[int, int]:
        """Return the size (H', W') of the output for an input of size (H, W), as for an ordinary convolution.

        Raise ValueError if the kernel is larger than the padded input, or if the output would be too large.
        """
        shape = []
        for n, k, s, p, d in zip((height, width), self.kernel, self.stride, self.padding, self.dilation, strict=True):
            reach = d * (k - 1) + 1  # input pixels from the first to the last tap
            if n + 2 * p < reach:
                raise ValueError(
                    f"a kernel of {self.kernel} with dilation {self.dilation} spans {reach} pixels, but the "
                    f"input ({height}, {width}) padded by {self.padding} has only {n + 2 * p}: pad more"
                )
            shape.append((n + 2 * p - reach) // s + 1)
        check_size(shape[0], shape[1], f"with padding {self.padding} the output")
        return shape[0], shape[1]


def check_groups(groups: Any, channels: int) -> int:
    """Return `groups` as an int. Raise an error if `groups` is not a whole number that divides `channels`."""
    if not is_whole(groups):
        raise TypeError(f"groups is {shown(groups)}; give a whole number")
    if groups < 1 or channels % groups:
        raise ValueError(f"groups is {shown(groups)}; it must be at least 1 and divide the {channels} channels")
    return int(groups)


def check_layer(
    x: Any, mask: Any, weight: Any, bias: Any, groups: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the arrays (x, mask, weight, bias) of a partial convolution.

    Raise an error if the shapes are inconsistent, if the mask is not binary, or if a weight is not finite.

    x has the shape (C, H, W), weight (O, C/groups, kH, kW) and bias (O,). If `bias` is None, the returned bias consists
    of zeros. The returned x, weight and bias are float32, or float64 if x or weight has more precision than float32.
    The returned mask is a bool array, (H, W) or (C, H, W).
    """
    x, weight = as_array(x, "x"), as_array(weight, "weight")
    if x.ndim != 3:
        raise ValueError(f"x has shape {x.shape}; give (C, H, W), for one grey image `x[None]`")
    if weight.ndim != 4:
        raise ValueError(f"weight has shape {weight.shape}; give (O, C/groups, kH, kW)")
    dtype = np.result_type(x, weight, np.float32)
    if dtype not in (np.float32, np.float64):
        raise TypeError(f"x is {x.dtype} and weight {weight.dtype}; give float32 or float64")
    mask = check_mask(mask, dimensions=(2, 3))
    if mask.shape not in (x.shape, x.shape[1:]):
        hint = " (rows come first; did you swap width and height?)" if mask.shape == x.shape[:0:-1] else ""
        raise ValueError(f"mask has shape {mask.shape}, but x {x.shape} needs {x.shape[1:]} or {x.shape}{hint}")
    groups = check_groups(groups, x.shape[0])
    if weight.shape[1] * groups != x.shape[0]:
        raise ValueError(
            f"weight has shape {weight.shape}: {weight.shape[1]} input channels × {groups} groups, "
            f"but x {x.shape} has {x.shape[0]} channels"
        )
    check_groups(groups, weight.shape[0])
    if not np.isfinite(weight).all():  # NaN or infinity, multiplied by the 0 of a hole, would give NaN
        raise ValueError(f"weight contains {weight[~np.isfinite(weight)][0]}; give finite numbers")
    bias = np.zeros(weight.shape[0]) if bias is None else as_array(bias, "bias")
    if bias.dtype.kind == "c":
        raise TypeError(f"bias is {bias.dtype}; give float32 or float64")
    if bias.shape != weight.shape[:1]:
        raise ValueError(f"bias has shape {bias.shape}; give one number per output channel, {weight.shape[:1]}")
    return x.astype(dtype, copy=False), mask, weight.astype(dtype, copy=False), bias.astype(dtype, copy=False)
