"""Define the U-Net of Liu et al., ECCV 2018, arXiv 1804.07723, and the same U-Net with ordinary convolutions.

Both networks can have any width and depth. The encoder halves the height and width at each level, and the decoder
doubles them again at each level by nearest-neighbour upsampling. Each decoder layer also receives the encoder's
features of the same size; the last decoder layer receives the picture itself instead. `reach` computes how far each
encoder layer sees in the picture.
"""

import math
from typing import Any, NamedTuple, Self, cast

import torch
import torch.nn.functional as F
from torch import nn

from pconv_edu.core.arguments import is_number, is_whole

from .arguments import check_picture
from .fast_ops import select
from .partial_conv import PartialConv2d


class LayerOutput(NamedTuple):
    """Store the output of one layer: its name, its features (N, C, H, W), and its mask (N, 1, H, W).

    The mask is None in a network without masks.
    """

    name: str
    features: torch.Tensor
    mask: torch.Tensor | None


class Block(nn.Module):
    """Apply a convolution, and optionally batch norm and an activation.

    In a network with masks, the result is 0 where the new mask is 0.
    """

    def __init__(
        self,
        convolution: type[nn.Conv2d],
        channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        norm: bool = True,
        activation: nn.Module | None = None,
    ) -> None:
        super().__init__()
        # Batch norm subtracts the mean, so a bias before it would have no effect.
        self.conv = convolution(channels, out_channels, kernel_size, stride, kernel_size // 2, bias=not norm)
        self.norm = nn.BatchNorm2d(out_channels) if norm else None
        self.activation = activation

    def forward(self, xs: list[torch.Tensor], masks: list[Any]) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return the features and the mask of this block.

        The features in the list `xs` are joined along the channels, and `masks` contains one mask for each of them. In
        a network without masks, `masks` is [None, …], and the returned mask is None.
        """
        mask = None
        if masks[0] is None:
            x = self.conv(torch.cat(xs, 1))
        else:
            x, mask = cast(PartialConv2d, self.conv).convolve(xs, masks)
        if self.norm is not None:
            x = self.norm(x)
            if mask is not None:
                x = x.mul_(mask)  # batch norm has changed the zeros in the holes: set these values to 0 again
        return x if self.activation is None else self.activation(x), mask


class PConvUNet(nn.Module):
    """Fill holes with the inpainting network of Liu et al.

    All its convolutions are partial, and its skip links carry features and masks.

    Parameters
    ----------
    width : int, number of channels of the first layer. The number doubles at each level, up to `max_channels`
    levels : int, how many times the height and width of the picture are halved, at least 2
    max_channels : int, the largest number of channels of a layer; by default 8 · width, as in the paper

    `PConvUNet.paper()` returns the network of the paper for 512×512 pixels, and `PConvUNet.course()` returns the
    network that this course trains.

    Call
    ----
    ``network(image, mask) -> image`` or, with ``return_layers=True``, ``-> (image, list of LayerOutput)``

    image : (N, 3, H, W) in [0, 1], of any size of at least 16×16. The network pads the image with hole pixels, and
        crops the result. Values in holes are never used, so they may be NaN
    mask : (N, 1, H, W), 1 = valid, 0 = hole
    returns (N, 3, H, W), the network's output at every pixel, including valid pixels. The output is not clipped

    Raises
    ------
    ValueError, TypeError
        If the shapes are inconsistent, if the picture is smaller than 16×16, or if the network is in training mode and
        the batch is so small that a batch norm would normalise a single value per channel.

    Examples
    --------
    >>> network = PConvUNet(width=8, levels=3)
    >>> network(torch.rand(1, 3, 50, 40), torch.ones(1, 1, 50, 40)).shape
    torch.Size([1, 3, 50, 40])
    """

    convolution: type[nn.Conv2d] = PartialConv2d
    block: type[nn.Module] = Block
    first_block: type[nn.Module] = Block
    inputs = 3  # channels of the picture as the first and the last layer get it
    encoder_bn_frozen = False

    def __init__(self, width: int = 32, levels: int = 6, max_channels: int | None = None) -> None:
        super().__init__()
        cap = 8 * width if max_channels is None else max_channels
        if not all(map(is_whole, (width, levels, cap))) or width < 1 or levels < 2 or cap < 1:
            raise ValueError(
                f"width is {width!r}, levels {levels!r} and max_channels {max_channels!r}; give whole numbers, "
                "at least 1, 2 and 1"
            )
        channels = [min(width * 2**level, cap) for level in range(levels)]
        self.settings: dict[str, Any] = {"width": width, "levels": levels, "max_channels": max_channels}
        self.levels = levels
        self.encoder = nn.ModuleList()
        for level, out_channels in enumerate(channels):
            kernel_size = (7, 5, 5)[level] if level < 3 else 3
            before = channels[level - 1] if level else self.inputs
            block, relu = self.block if level else self.first_block, nn.ReLU(inplace=True)
            self.encoder.append(
                block(self.convolution, before, out_channels, kernel_size, 2, norm=level > 0, activation=relu)
            )
        self.decoder = nn.ModuleList()
        for level in reversed(range(1, levels)):  # each is joined with the encoder layer of the same size
            below, skip = channels[level], channels[level - 1]
            leaky = nn.LeakyReLU(0.2, inplace=True)
            self.decoder.append(self.block(self.convolution, below + skip, skip, 3, activation=leaky))
        self.decoder.append(self.block(self.convolution, channels[0] + self.inputs, 3, 3, norm=False))

    @classmethod
    def paper(cls, **options: Any) -> Self:
        """Return the paper's network for 512×512 pixels. It has 16 layers and 32,848,849 convolution weights."""
        return cls(width=64, levels=8, **options)

    @classmethod
    def course(cls, **options: Any) -> Self:
        """Return the network that this course trains and ships for 256×256 pixels. It has about a million weights."""
        return cls(width=32, levels=6, max_channels=96, **options)

    def forward(
        self, image: torch.Tensor, mask: torch.Tensor, return_layers: bool = False
    ) -> torch.Tensor | tuple[torch.Tensor, list[LayerOutput]]:
        check_picture(image, mask, 16)
        height, width = image.shape[2:]
        margins = (0, -width % 2**self.levels, 0, -height % 2**self.levels)  # right and bottom
        x, valid = self.prepare(image, mask, margins)
        self._check_batch_norm(x)
        skips, layers = [(x, valid)], []
        for level, block in enumerate(self.encoder):
            x, valid = block([x], [valid])
            skips.append((x, valid))
            layers.append(LayerOutput(f"encoder {level + 1}", x, valid))
        skips.pop()  # the decoder starts with the output of the deepest layer, which is in x
        for level, block in zip(reversed(range(self.levels)), self.decoder, strict=True):
            skip, skip_valid = skips.pop()
            x = F.interpolate(x, scale_factor=2, mode="nearest")
            if valid is not None:
                valid = F.interpolate(valid, scale_factor=2, mode="nearest")
            x, valid = block([x, skip], [valid, skip_valid])
            layers.append(LayerOutput(f"decoder {level + 1}", x, valid))
        x = x[:, :, :height, :width]
        return (x, layers) if return_layers else x

    def prepare(
        self, image: torch.Tensor, mask: torch.Tensor, margins: tuple[int, ...]
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Return the two inputs of the first layer: the picture, set to 0 in holes, and the mask.

        Both are padded with zeros, so the margins count as part of the hole.
        """
        valid = mask.bool()
        return F.pad(select(image, valid), margins), F.pad(valid.to(image.dtype), margins)

    def freeze_encoder_bn(self, frozen: bool = True) -> Self:
        """Freeze the statistics and parameters of the encoder's batch norm, as in the paper's second stage of training.

        Batch norm stays frozen even if `train()` is called later. ``frozen=False`` unfreezes it.
        """
        for block in self.encoder[1:]:
            block.norm.requires_grad_(not frozen)
        self.encoder_bn_frozen = frozen
        return self.train(self.training)

    def train(self, mode: bool = True) -> Self:
        super().train(mode)
        for block in self.encoder[1:]:
            block.norm.train(mode and not self.encoder_bn_frozen)  # type: ignore[union-attr]
        return self

    def _check_batch_norm(self, x):
        """Raise ValueError if the deepest batch norm would get a single value per channel, which has no variance."""
        n, _, height, width = x.shape
        deepest = self.encoder[-1].norm
        if deepest.training and n * height * width == 4**self.levels:
            raise ValueError(
                f"one picture that is padded to {height}×{width} leaves a single value per channel after {self.levels} "
                "levels, and batch norm in training mode needs two: use a larger batch or picture, eval(), or "
                "freeze_encoder_bn()"
            )


class ConvUNet(PConvUNet):
    """Fill holes with ordinary convolutions.

    This network has the same layers and parameters as `PConvUNet`, but its layers do not receive masks.

    Holes are painted in one colour before the first layer. The network must learn by itself where the holes are.

    Parameters
    ----------
    width, levels, max_channels : as for `PConvUNet`
    fill : the colour of holes, a number (0.5 is mid-grey), or "mean" for the mean colour of each picture's valid pixels

    The network is called in the same way as `PConvUNet`. It returns results of the same form and raises the same
    errors, but the masks in `LayerOutput` are None. The state_dicts of `PConvUNet` and `ConvUNet` have the same keys
    and shapes.
    """

    convolution = nn.Conv2d  # the layers of the two networks differ only in this

    def __init__(
        self, width: int = 32, levels: int = 6, max_channels: int | None = None, fill: float | str = 0.5
    ) -> None:
        super().__init__(width, levels, max_channels)
        if fill != "mean" and not (is_number(fill) and math.isfinite(cast(float, fill))):
            raise ValueError(f"fill is {fill!r}; give a finite number, or 'mean'")
        self.fill = fill if fill == "mean" else float(fill)
        self.settings["fill"] = self.fill

    def prepare(
        self, image: torch.Tensor, mask: torch.Tensor, margins: tuple[int, ...]
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        known, valid = select(image, mask), mask.bool()
        color: Any = self.fill
        if self.fill == "mean":
            color = known.sum((2, 3), keepdim=True) / valid.sum((2, 3), keepdim=True).clamp(min=1)
        valid = F.pad(valid, margins)  # the margin is part of the hole and gets the same colour
        return torch.where(valid, F.pad(known, margins), color), None


def reach(network: PConvUNet) -> list[int]:
    """Return how far each encoder layer sees: the number of input pixels on each side of the centre of its window.

    Layer l adds half of its kernel size rounded down, k_l // 2, times the distance in px between neighbouring inputs of
    this layer. This distance is the product of the strides of all earlier layers.

    >>> reach(PConvUNet(width=2, levels=8))  # kernels and strides of the paper's network
    [3, 7, 15, 23, 39, 71, 135, 263]
    """
    reaches, total, step = [], 0, 1
    for block in network.encoder:
        conv = cast(Block, block).conv
        total += conv.kernel_size[0] // 2 * step
        step *= conv.stride[0]
        reaches.append(total)
    return reaches
