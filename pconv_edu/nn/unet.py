"""The U-Net of Liu et al., ECCV 2018, arXiv 1804.07723, at any width and depth; and its twin without masks.

The encoder halves the picture level by level; the decoder doubles it again (nearest neighbour), and each of its layers
also sees the encoder's features of its own size, the last one the picture itself. Features and masks travel together.
"""

import math
import numbers
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from .partial_conv import PartialConv2d, check_shapes, select


class LayerOutput(NamedTuple):
    """What one layer returned: name, features (N, C, H, W), mask (N, 1, H, W) or None in a network without masks."""

    name: str
    features: torch.Tensor
    mask: torch.Tensor | None


class Block(nn.Module):
    """Convolution, batch norm, activation. Takes and returns features that are 0 in holes."""

    def __init__(self, convolution, channels, out_channels, kernel_size, stride=1, norm=True, activation=None):
        super().__init__()
        # Batch norm subtracts the mean, so a bias before it would do nothing (but in holes, which have none).
        self.conv = convolution(channels, out_channels, kernel_size, stride, kernel_size // 2, bias=not norm)
        self.norm = nn.BatchNorm2d(out_channels) if norm else None
        self.activation = activation

    def forward(self, xs, masks):
        """xs and masks: lists, to be joined along the channels."""
        if masks[0] is None:
            x, mask = self.conv(torch.cat(xs, 1)), None
        else:
            x, mask = self.conv.convolve(xs, masks)
        if self.norm is not None:
            x = self.norm(x)
            if mask is not None:
                # Batch norm has moved the zeros of the holes: back to 0, before the activation keeps them.
                x = x.mul_(mask)
        return x if self.activation is None else self.activation(x), mask


class PConvUNet(nn.Module):
    """The inpainting network of Liu et al.: every convolution partial, skip links for features and masks.

    Parameters
    ----------
    width : int, channels of the first layer; each level doubles them
    levels : int, how often the picture is halved, at least 2
    max_channels : int, where the doubling ends; 8 · width as in the paper unless given

    `PConvUNet.paper()` is the network of the paper for 512×512, `PConvUNet.course()` the one this course trains.

    Call
    ----
    ``network(image, mask) -> image`` or, with ``return_layers=True``, ``-> (image, list of LayerOutput)``

    image : (N, 3, H, W) in [0, 1]; H and W at least 16, else free: the network pads with holes inside, and crops.
        What lies in holes is never used; it may be NaN
    mask : (N, 1, H, W), 1 = valid, 0 = hole
    returns (N, 3, H, W): the network's picture everywhere, valid pixels included; not clipped

    Raises
    ------
    ValueError, TypeError
        For shapes that do not fit, a picture under 16 pixels, and in training mode a batch so small that a layer would
        normalise over a single value.

    Examples
    --------
    >>> network = PConvUNet(width=8, levels=3)
    >>> network(torch.rand(1, 3, 50, 40), torch.ones(1, 1, 50, 40)).shape
    torch.Size([1, 3, 50, 40])
    """

    convolution = PartialConv2d

    def __init__(self, width=32, levels=6, max_channels=None):
        super().__init__()
        cap = 8 * width if max_channels is None else max_channels
        sizes = (width, levels, cap)
        if any(isinstance(n, bool) or not isinstance(n, int) for n in sizes) or width < 1 or levels < 2 or cap < 1:
            raise ValueError(
                f"width is {width!r}, levels {levels!r} and max_channels {max_channels!r}; give whole numbers, "
                "at least 1, 2 and 1"
            )
        channels = [min(width * 2**level, cap) for level in range(levels)]
        self.settings = {"width": width, "levels": levels, "max_channels": max_channels}
        self.levels = levels
        self.encoder = nn.ModuleList()
        for level, out_channels in enumerate(channels):
            kernel_size = (7, 5, 5)[level] if level < 3 else 3
            before = channels[level - 1] if level else 3
            relu = nn.ReLU(inplace=True)
            self.encoder.append(
                Block(self.convolution, before, out_channels, kernel_size, 2, norm=level > 0, activation=relu)
            )
        self.decoder = nn.ModuleList()
        for level in reversed(range(1, levels)):  # joined with the encoder's layer of that size
            below, skip = channels[level], channels[level - 1]
            leaky = nn.LeakyReLU(0.2, inplace=True)
            self.decoder.append(Block(self.convolution, below + skip, skip, 3, activation=leaky))
        self.decoder.append(Block(self.convolution, channels[0] + 3, 3, 3, norm=False))

    @classmethod
    def paper(cls, **options):
        """The 16 layers of the paper's table, for 512×512: 32,848,849 convolution weights."""
        return cls(width=64, levels=8, **options)

    @classmethod
    def course(cls, **options):
        """The network that this course trains and ships, for 256×256: about a million weights."""
        return cls(width=32, levels=6, max_channels=96, **options)

    def forward(self, image, mask, return_layers=False):
        check_shapes(image, mask)
        if image.shape[1] != 3 or mask.shape[1] != 1 or min(image.shape[2:]) < 16:
            raise ValueError(
                f"image is {tuple(image.shape)} and mask {tuple(mask.shape)}; give (N, 3, H, W) and (N, 1, H, W), "
                "H and W at least 16"
            )
        height, width = image.shape[2:]
        margins = (0, -width % 2**self.levels, 0, -height % 2**self.levels)  # right and bottom
        x, mask = self.prepare(image, mask, margins)
        self._check_batch_norm(x)
        skips, layers = [(x, mask)], []
        for level, block in enumerate(self.encoder):
            x, mask = block([x], [mask])
            skips.append((x, mask))
            layers.append(LayerOutput(f"encoder {level + 1}", x, mask))
        skips.pop()  # the deepest layer is where the decoder starts
        for level, block in zip(reversed(range(self.levels)), self.decoder, strict=True):
            skip, skip_mask = skips.pop()
            x = F.interpolate(x, scale_factor=2, mode="nearest")
            if mask is not None:
                mask = F.interpolate(mask, scale_factor=2, mode="nearest")
            x, mask = block([x, skip], [mask, skip_mask])
            layers.append(LayerOutput(f"decoder {level + 1}", x, mask))
        x = x[:, :, :height, :width]
        return (x, layers) if return_layers else x

    def prepare(self, image, mask, margins):
        """Return what the first layer sees: the picture with 0 in holes and the mask, both padded with holes."""
        valid = mask.bool()
        return F.pad(select(image, valid), margins), F.pad(valid.to(image.dtype), margins)

    def freeze_encoder_bn(self, frozen=True):
        """Freeze the encoder's batch norm, statistics and parameters, as in the paper's second stage of training.

        It stays frozen through later calls of `train()`. ``frozen=False`` undoes it.
        """
        for block in self.encoder[1:]:
            block.norm.requires_grad_(not frozen)
        self.encoder_bn_frozen = frozen
        return self.train(self.training)

    encoder_bn_frozen = False

    def train(self, mode=True):
        super().train(mode)
        for block in self.encoder[1:]:
            block.norm.train(mode and not self.encoder_bn_frozen)
        return self

    def _check_batch_norm(self, x):
        """Say in time what batch norm would say deep inside: one value has no spread."""
        n, _, height, width = x.shape
        deepest = self.encoder[-1].norm
        if deepest.training and n * height * width == 4**self.levels:
            raise ValueError(
                f"one picture that is padded to {height}×{width} leaves a single value per channel after {self.levels} "
                "levels, and batch norm in training mode needs two: use a larger batch or picture, eval(), or "
                "freeze_encoder_bn()"
            )


class ConvUNet(PConvUNet):
    """The twin of `PConvUNet` with ordinary convolutions: same layers, same parameters, no masks inside.

    Holes are painted over before the first layer, and the network has to find out by itself where they are.

    Parameters
    ----------
    width, levels, max_channels : as for `PConvUNet`
    fill : the colour of holes: a number (0.5 is mid-grey), or "mean" for the mean colour of each picture's valid pixels

    Call, results and errors are those of `PConvUNet`; the masks in `LayerOutput` are None. The state_dicts have the
    same keys and shapes.
    """

    convolution = nn.Conv2d  # type: ignore[assignment]  # the one thing in which the twins differ

    def __init__(self, width=32, levels=6, max_channels=None, fill=0.5):
        super().__init__(width, levels, max_channels)
        number = isinstance(fill, numbers.Real) and not isinstance(fill, bool) and math.isfinite(fill)
        if fill != "mean" and not number:
            raise ValueError(f"fill is {fill!r}; give a finite number, or 'mean'")
        self.fill = fill = float(fill) if number else fill
        self.settings["fill"] = fill

    def prepare(self, image, mask, margins):
        known, valid = select(image, mask), mask.bool()
        color = self.fill
        if self.fill == "mean":
            color = known.sum((2, 3), keepdim=True) / valid.sum((2, 3), keepdim=True).clamp(min=1)
        # The margin is hole too: it gets the colour of holes.
        valid = F.pad(valid, margins)
        return torch.where(valid, F.pad(known, margins), color), None
