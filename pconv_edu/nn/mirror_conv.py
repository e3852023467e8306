"""Define the layer of which `AttentionNetwork` consists: a convolution whose padding mirrors the features."""

import math
from typing import cast

import torch
import torch.nn.functional as F
from torch import nn


class MirrorConv(nn.Conv2d):
    """Pad features by mirroring them at their edges, convolve them, and apply an ELU unless `activation` is False.

    With stride 1, the height and width of the features do not change.
    """

    def __init__(
        self,
        channels: int,
        out_channels: int,
        kernel_size: int = 3,
        stride: int = 1,
        dilation: int = 1,
        activation: bool = True,
    ) -> None:
        margin = dilation * (kernel_size // 2)
        super().__init__(channels, out_channels, kernel_size, stride, margin, dilation, padding_mode="reflect")
        self.activation = activation
        # With this gain, an ELU keeps the scale of its input from layer to layer. Pictures begin near mid-grey.
        gain = 1.2 if activation else 0.5
        nn.init.normal_(self.weight, 0, gain / math.sqrt(channels * kernel_size**2))
        nn.init.zeros_(cast(nn.Parameter, self.bias))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = super().forward(x)
        return F.elu(x, inplace=True) if self.activation else x
