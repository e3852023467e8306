"""The sixteen layers of the paper, with random inputs and masks to time them on.

Their sizes are those for a picture of 256×256, not 512×512.
"""

from collections.abc import Callable

import torch

Shape = tuple[tuple[int, ...], int, int, int, int]  # (channels joined, out, kernel, stride, size)
LAYERS: list[Shape] = [
    ((3,), 64, 7, 2, 256), ((64,), 128, 5, 2, 128), ((128,), 256, 5, 2, 64), ((256,), 512, 3, 2, 32),
    ((512,), 512, 3, 2, 16), ((512,), 512, 3, 2, 8), ((512,), 512, 3, 2, 4), ((512,), 512, 3, 2, 2),
    ((512, 512), 512, 3, 1, 2), ((512, 512), 512, 3, 1, 4), ((512, 512), 512, 3, 1, 8), ((512, 512), 512, 3, 1, 16),
    ((512, 256), 256, 3, 1, 32), ((256, 128), 128, 3, 1, 64), ((128, 64), 64, 3, 1, 128), ((64, 3), 3, 3, 1, 256),
]  # fmt: skip


def shrunk(shape: Shape, factor: int) -> Shape:
    """Return a shape with fewer channels, except 3, and a smaller side, at least 2.

    >>> shrunk(LAYERS[13], 8)
    ((32, 16), 16, 3, 1, 8)
    """
    joined, out, kernel, stride, size = shape
    fewer = lambda channels: channels if channels == 3 else channels // factor  # noqa: E731
    return tuple(map(fewer, joined)), fewer(out), kernel, stride, max(2, size // factor)


def describe(shape: Shape) -> str:
    """Return a shape in words.

    >>> describe(LAYERS[0])
    '3→64, 7×7, stride 2, 256²'
    """
    joined, out, kernel, stride, size = shape
    return f"{'+'.join(map(str, joined))}→{out}, {kernel}×{kernel}, stride {stride}, {size}²"


def layer_arguments(shape: Shape) -> tuple[int, int, int, int, int]:
    """Return the arguments of `nn.Conv2d`: channels in and out, kernel size, stride, padding."""
    joined, out, kernel, stride, _ = shape
    return sum(joined), out, kernel, stride, kernel // 2


def layer_inputs(
    shape: Shape,
    device: str,
    batch: int = 2,
    dtype: torch.dtype = torch.float32,
    memory_format: torch.memory_format = torch.contiguous_format,
) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Return (xs, masks), one of each for every joined tensor. The masks are 70 % valid.

    xs : (batch, C, size, size) of `dtype`; pictures, which have 3 channels, need no gradient
    masks : (batch, 1, size, size), float32, 1 = valid
    """
    joined, *_, size = shape
    generator = torch.Generator().manual_seed(0)
    masks = [(torch.rand(batch, 1, size, size, generator=generator) < 0.7).float().to(device) for _ in joined]
    xs = [torch.randn(batch, c, size, size, generator=generator) for c in joined]
    xs = [x.to(device, dtype, memory_format=memory_format) for x in xs]
    return [x.requires_grad_(x.shape[1] > 3) for x in xs], masks


def join(tensors: list[torch.Tensor]) -> torch.Tensor:
    """Return the tensors joined along the channels."""
    return torch.cat(tensors, 1) if len(tensors) > 1 else tensors[0]


def one_or_list(tensors: list[torch.Tensor]) -> torch.Tensor | list[torch.Tensor]:
    """Return what a layer is called with: a list if tensors are joined, otherwise the only tensor."""
    return tensors if len(tensors) > 1 else tensors[0]


def forward_and_backward(forward: Callable[[], torch.Tensor], xs: list[torch.Tensor], dy: torch.Tensor) -> None:
    """Call `forward` and compute the gradients of xs and of the weights, given that of the result."""
    for tensor in xs:
        tensor.grad = None
    forward().backward(dy)
