"""Define two fast operations for `PartialConv2d`: set holes to 0, and count the valid values in every window.

Each operation could also be written as a single simple line of PyTorch. ``benchmarks/layer.py`` measures how much time
the faster versions save.
"""

from collections.abc import Sequence
from typing import Any, cast

import torch

WORDS = {2: torch.int16, 4: torch.int32, 8: torch.int64}  # bytes of a float -> the integer type of that size


def select(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return a copy of x (N, C, H, W) that is 0 wherever the mask (N, 1 or C, H, W) is 0, even if x is NaN there.

    Values are selected rather than multiplied by the mask, because NaN · 0 is NaN. Gradients flow only to the valid
    values of x.

    >>> select(torch.tensor([[[[1.0, float("nan"), 3.0]]]]), torch.tensor([[[[1.0, 0.0, 1.0]]]]))
    tensor([[[[1., 0., 3.]]]])
    """
    valid = mask.bool()
    # Compilers and exporters get a standard operation, which they support.
    if x.device.type != "cpu" or torch.compiler.is_compiling() or torch.jit.is_tracing():
        return torch.where(valid, x, 0)
    return cast(torch.Tensor, _KeepBits.apply(x, valid))


class _KeepBits(torch.autograd.Function):
    """Keep the values of x at valid positions and set all others to 0, by a bitwise "and" with all ones or all zeros.

    `torch.where` gives the same result, but is slow on a CPU, where it handles one value at a time.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(x, valid):
        bits = -valid.to(WORDS[x.element_size()])  # integers of the same size; −1 is all ones
        return (x.view(bits.dtype) & bits).view(x.dtype)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[1])
        ctx.save_for_forward(inputs[1])

    @staticmethod
    def backward(ctx, gradient):
        (valid,) = ctx.saved_tensors
        return torch.where(valid, gradient, 0), None

    @staticmethod
    def jvp(ctx, tangent, _):
        (valid,) = ctx.saved_tensors
        return torch.where(valid, tangent, 0)


def count_valid(
    mask: torch.Tensor, kernel_size: Sequence[int], stride: Sequence[int] = (1, 1), dilation: Sequence[int] = (1, 1)
) -> torch.Tensor:
    """Return the sums (N, G, H', W') of each channel of a padded mask (N, G, H, W) over every window.

    The values are summed along the columns first, and then along the rows. For a k×k window, this takes k + k additions
    instead of k · k. No kernel of ones is needed.

    >>> count_valid(torch.ones(1, 1, 2, 4), (2, 3))
    tensor([[[[6., 6.]]]])
    """
    for axis, k, s, d in zip((2, 3), kernel_size, stride, dilation, strict=True):
        windows = mask.unfold(axis, d * (k - 1) + 1, s)  # one more axis: the values under a window
        mask = windows[..., ::d].sum(-1)
    return mask


def count_by_slices(
    mask: torch.Tensor, kernel_size: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> torch.Tensor:
    """Return the same sums as `count_valid`, computed with operations that PyTorch's older ONNX exporter supports."""
    for axis, k, s, d in zip((2, 3), kernel_size, stride, dilation, strict=True):
        before: list[Any] = [slice(None)] * axis
        # Each slice takes the i-th value of every window. It starts at d · i and goes to the last window in steps of s.
        slices = (mask[*before, d * i : d * (i - k + 1) or None : s] for i in range(k))
        mask = cast(torch.Tensor, sum(slices))
    return mask
