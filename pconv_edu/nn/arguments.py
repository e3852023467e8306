"""Check the tensors that are passed to layers, networks and losses.

The checks look only at shapes and types. Checks of the values would make the program wait for the GPU, and
torch.compile could not compile them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import torch

if TYPE_CHECKING:
    from .partial_conv import PartialConv2d

Tensors = torch.Tensor | Sequence[torch.Tensor]


def check_shapes(x: torch.Tensor, mask: torch.Tensor) -> None:
    """Raise an error unless x is a floating-point tensor (N, C, H, W) and mask is a tensor (N, 1 or C, H, W).

    N, H and W must be the same in x and mask. The mask has either one channel or as many channels as x.
    """
    if not isinstance(x, torch.Tensor) or not isinstance(mask, torch.Tensor):
        raise TypeError(f"x is {type(x).__name__} and mask {type(mask).__name__}; give tensors")
    if x.ndim != 4 or not x.is_floating_point():
        raise ValueError(f"x is {tuple(x.shape)} {x.dtype}; give floats (N, C, H, W), for one picture x[None]")
    n, _, height, width = x.shape
    if mask.shape in ((n, 1, height, width), x.shape):
        return
    hint = ""
    if mask.shape == (n, height, width):
        hint = ": give mask[:, None]"
    elif mask.ndim == 4 and mask.shape[2:] == (width, height):
        hint = ": rows come first; did you swap width and height?"
    expected = f"{(n, 1, height, width)} or {tuple(x.shape)}"
    raise ValueError(f"mask is {tuple(mask.shape)}, but x {tuple(x.shape)} needs {expected}{hint}")


def check_picture(image: torch.Tensor, mask: torch.Tensor, smallest: int) -> None:
    """Raise an error unless image is (N, 3, H, W), mask is (N, 1, H, W), and H and W are at least `smallest`."""
    check_shapes(image, mask)
    if image.shape[1] != 3 or mask.shape[1] != 1 or min(image.shape[2:]) < smallest:
        raise ValueError(
            f"image is {tuple(image.shape)} and mask {tuple(mask.shape)}; give (N, 3, H, W) and (N, 1, H, W), "
            f"H and W at least {smallest}"
        )


def check_call(
    layer: PartialConv2d, x: Tensors, mask: Tensors, margins: tuple[int, int, int, int]
) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Return x and mask as lists of tensors, or raise an error if the layer cannot process them.

    The shapes of x and mask must match each other and the layer. After padding, x must be at least as large as a
    window.

    margins : widths of the padding that is added to x, (left, right, top, bottom)
    """
    if isinstance(x, list | tuple) != isinstance(mask, list | tuple):
        raise TypeError("give x and mask both as tensors, or both as lists with one mask for each tensor")
    xs, masks = _as_list(x), _as_list(mask)
    if len(xs) != len(masks) or not xs:
        raise ValueError(f"{len(xs)} tensors and {len(masks)} masks: give one mask for each tensor")
    for one_x, one_mask in zip(xs, masks, strict=True):
        check_shapes(one_x, one_mask)
    channels = sum(x.shape[1] for x in xs)
    if channels != layer.in_channels:
        raise ValueError(f"x has {channels} channels, but this layer was made for {layer.in_channels}")
    left, right, top, bottom = margins
    height, width = xs[0].shape[2] + top + bottom, xs[0].shape[3] + left + right
    rows, columns = (d * (k - 1) + 1 for d, k in zip(layer.dilation, layer.kernel_size, strict=True))
    if height < rows or width < columns:
        raise ValueError(f"a window spans {rows}×{columns}, the padded x only {height}×{width}: pad more")
    return xs, masks


def _as_list(value: Tensors) -> list[torch.Tensor]:
    return list(value) if isinstance(value, list | tuple) else [cast(torch.Tensor, value)]
