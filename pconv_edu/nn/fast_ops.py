"""Define two operations of the layer that must be fast: clear the holes, and count the valid pixels of every window.

Each operation could be one obvious line of PyTorch. ``benchmarks/layer.py`` measures how much time the faster form
saves.
"""

from collections.abc import Sequence
from typing import Any, cast

import torch

WORDS = {2: torch.int16, 4: torch.int32, 8: torch.int64}  # bytes of a float -> the integer type of that size


def select(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return x (N, C, H, W) where the mask (N, 1 or C, H, W) is not 0, and 0 in holes, whatever x contains there.

    The values are selected instead of multiplied by the mask, because NaN · 0 is NaN. Gradients flow only to the valid
    values of x.

    >>> select(torch.tensor([[[[1.0, float("nan"), 3.0]]]]), torch.tensor([[[[1.0, 0.0, 1.0]]]]))
    tensor([[[[1., 0., 3.]]]])
    """
    valid = mask.bool()
    # Compilers and exporters get the operation that they know.
    if x.device.type != "cpu" or torch.compiler.is_compiling() or torch.jit.is_tracing():
        return torch.where(valid, x, 0)
    return cast(torch.Tensor, _KeepBits.apply(x, valid))


class _KeepBits(torch.autograd.Function):
    """Keep x at valid positions and set it to 0 elsewhere, by a bitwise "and" with all ones or all zeros.

    `torch.where` gives the same result, but on a CPU it handles one value at a time and is slow.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(x, valid):
        bits = -valid.to(WORDS[x.element_size()])  # −1 is all ones
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
    """Sum each channel of a padded mask (N, G, H, W) over each window of kernel_size, and return (N, G, H', W').

    The columns are summed first, and then the rows. This takes k + k additions per window instead of k · k, and needs
    no kernel of ones.

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
    """Return the same as `count_valid`, computed by operations that PyTorch's older ONNX exporter supports."""
    for axis, k, s, d in zip((2, 3), kernel_size, stride, dilation, strict=True):
        before: list[Any] = [slice(None)] * axis
        # Each slice takes the i-th value of every window. It starts at d · i and goes to the last window in steps of s.
        slices = (mask[*before, d * i : d * (i - k + 1) or None : s] for i in range(k))
        mask = cast(torch.Tensor, sum(slices))
    return mask
