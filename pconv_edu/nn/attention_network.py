"""Define the network of Yu et al., "Generative Image Inpainting with Contextual Attention", CVPR 2018.

A first network paints a coarse fill. A second network refines this fill in two branches. One branch has dilated
convolutions. The other uses `contextual_attention`, which copies features from the known part of the picture. A single
decoder turns the features of both branches into the refined fill.

         picture, hole ─ encoder ─ dilated ─ decoder ─ coarse fill
    coarse fill, hole ─┬ encoder ─ dilated ───────────────────────┬ decoder ─ refined fill
                       └ encoder ─ attention ─ two convolutions ──┘
"""

import math
from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from pconv_edu.core.arguments import is_whole

from .arguments import check_picture
from .contextual_attention import contextual_attention
from .fast_ops import select
from .mirror_conv import MirrorConv


class Stages(NamedTuple):
    """Store what `AttentionNetwork` computes on its way to the filled picture.

    coarse, refined : (N, 3, H, W), the outputs of the two networks at every pixel, neither clipped to [0, 1] nor
        combined with the known pixels
    attention : (N, h, w, h, w), the weights of `contextual_attention`, or None if they were not requested. A cell is a
        square of 8×8 px. The picture is extended by mirroring, and then has h rows and w columns of cells
    """

    coarse: torch.Tensor
    refined: torch.Tensor
    attention: torch.Tensor | None


def dilated(channels: int) -> list[MirrorConv]:
    """Return four dilated layers, which bring known features into deep holes.

    The windows of these layers are 5, 9, 17 and 33 positions wide.
    """
    return [MirrorConv(channels, channels, dilation=dilation) for dilation in (2, 4, 8, 16)]


def decoder(channels: int, width: int) -> nn.Sequential:
    """Return the layers that turn features at a quarter of the resolution into a picture.

    The values of the picture should be in [−1, 1], but they are not clipped.
    """
    last = math.ceil(width / 16) * 8  # half the width, rounded up to a multiple of 8, which is fast on a GPU
    return nn.Sequential(
        MirrorConv(channels, 4 * width),
        MirrorConv(4 * width, 4 * width),
        nn.Upsample(scale_factor=2),
        MirrorConv(4 * width, 2 * width),
        MirrorConv(2 * width, 2 * width),
        nn.Upsample(scale_factor=2),
        MirrorConv(2 * width, width),
        MirrorConv(width, last),
        MirrorConv(last, 3, activation=False),
    )


class AttentionNetwork(nn.Module):
    """Fill holes with the inpainting network of Yu et al.

    The network makes a coarse fill, and then refines it with contextual attention.

    Parameters
    ----------
    width : int, number of channels of the first layer, at least 1. The default, 24, is three quarters of the number in
        the paper

    Call
    ----
    ``network(image, mask) -> image``

    image : (N, 3, H, W) in [0, 1], of any size of at least 32×32. Values in holes are never used, so they may be NaN
    mask : (N, 1, H, W), 1 = valid, 0 = hole
    returns (N, 3, H, W), the picture with its holes filled, in [0, 1]. Valid pixels are copied from the image

    The method `stages` returns the coarse fill and the refined fill, and also the attention if it is requested.

    There are three differences from the paper. The network is narrower by default. The first layers get the picture and
    the hole, without the channel of ones that the authors' code adds. Holes may have any shape.

    The encoders halve the height and width twice. After the dilated layers, each position sees 135 px of the picture on
    each side: 2 + 1 + 2 + 2 + 4 + 4 px through the ordinary convolutions and 4 · (2 + 4 + 8 + 16) px through the
    dilated ones. `deepest_hole` is 135 px rounded down to a multiple of 8. The position in the middle of a hole deeper
    than 135 px sees no known pixel. `margin` has the same value as `deepest_hole`, and is the width in px of the margin
    around each tile when a large picture is filled in tiles. This width is a compromise, because attention compares all
    parts of a picture.

    Without gradients, filling a picture of 512×512 px needs about 250 MB of memory in addition to the weights.

    Raises
    ------
    ValueError, TypeError
        If the shapes are inconsistent, if the picture is smaller than 32×32, or if the width is not a whole number of
        at least 1.

    Examples
    --------
    >>> network = AttentionNetwork(width=4)
    >>> network(torch.rand(1, 3, 50, 40), torch.ones(1, 1, 50, 40)).shape
    torch.Size([1, 3, 50, 40])
    """

    deepest_hole = 128
    margin = 128

    def __init__(self, width: int = 24) -> None:
        super().__init__()
        if not is_whole(width) or width < 1:
            raise ValueError(f"width is {width!r}; give a whole number of at least 1")
        self.settings: dict[str, Any] = {"width": width}
        w = width
        self.coarse = nn.Sequential(
            MirrorConv(4, w, 5),
            MirrorConv(w, 2 * w, stride=2),
            MirrorConv(2 * w, 2 * w),
            MirrorConv(2 * w, 4 * w, stride=2),
            MirrorConv(4 * w, 4 * w),
            MirrorConv(4 * w, 4 * w),
            *dilated(4 * w),
            decoder(4 * w, w),
        )
        self.dilated_branch = nn.Sequential(
            MirrorConv(4, w, 5),
            MirrorConv(w, w, stride=2),
            MirrorConv(w, 2 * w),
            MirrorConv(2 * w, 2 * w, stride=2),
            MirrorConv(2 * w, 4 * w),
            MirrorConv(4 * w, 4 * w),
            *dilated(4 * w),
        )
        self.attention_branch = nn.Sequential(
            MirrorConv(4, w, 5),
            MirrorConv(w, w, stride=2),
            MirrorConv(w, 2 * w),
            MirrorConv(2 * w, 4 * w, stride=2),
            MirrorConv(4 * w, 4 * w),
            MirrorConv(4 * w, 4 * w),
        )
        self.after_attention = nn.Sequential(MirrorConv(4 * w, 4 * w), MirrorConv(4 * w, 4 * w))
        self.decoder = decoder(8 * w, w)

    def forward(self, image: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        refined = self.stages(image, mask).refined
        return torch.where(mask.bool(), image, refined.clamp(0, 1))

    def stages(self, image: torch.Tensor, mask: torch.Tensor, return_attention: bool = False) -> Stages:
        """Return the coarse fill and the refined fill as `Stages`, with the attention if `return_attention` is True.

        image, mask : as for the network
        """
        check_picture(image, mask, 32)
        height, width = image.shape[2:]
        mask = mask.bool()
        known = _extend(select(2 * image - 1, mask))  # the layers see values from −1 to 1, and 0 (mid-grey) in holes
        hole = _extend((~mask).to(image.dtype))
        coarse = self.coarse(torch.cat([known, hole], 1)).to(image.dtype)
        x = torch.cat([known + hole * coarse.clamp(-1, 1), hole], 1)
        copied, attention = self._attend(self.attention_branch(x), hole, return_attention)
        features = torch.cat([self.dilated_branch(x), self.after_attention(copied)], 1)
        refined = self.decoder(features).to(image.dtype)
        coarse, refined = ((y[:, :, :height, :width] + 1) / 2 for y in (coarse, refined))
        return Stages(coarse, refined, attention)

    def _attend(self, features, hole, return_attention):
        """Return the features after contextual attention, and the attention, or None if it is not requested.

        The argument `hole` has the height and width of the picture, not of the features.
        """
        result = contextual_attention(features, F.max_pool2d(hole, 4), return_weights=return_attention)
        return result if return_attention else (result, None)


def _extend(x: torch.Tensor) -> torch.Tensor:
    """Mirror x (N, C, H, W) at its right and bottom edges until H and W are multiples of 8 and at least 72.

    The height and width of the features are a quarter of the extended H and W, and are therefore at least 18. The layer
    with dilation 16 needs at least 17 positions, because it mirrors 16 of them at each edge.
    """
    rows, columns = (_mirrored(size, max(72, math.ceil(size / 8) * 8), x.device) for size in x.shape[2:])
    return x[:, :, rows[:, None], columns]


def _mirrored(size: int, extended: int, device: torch.device) -> torch.Tensor:
    """Return the first `extended` indices of a mirrored axis: 0, 1, …, size − 1, size − 2, …, 1, 0, 1, and so on."""
    index = torch.arange(extended, device=device) % (2 * size - 2)
    return torch.minimum(index, 2 * size - 2 - index)
