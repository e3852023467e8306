"""Define U-Nets that lack one part of the partial convolution, and the U-Net with gated convolutions.

A partial convolution does three things: it leaves out the values in holes, it divides by the valid share of each
window, and it updates the mask. Each of the first networks lacks some of these, and is otherwise the network of
`unet.PConvUNet`, so that a comparison shows what the missing part contributes. The last network replaces all three by
gates that are learned, as Yu et al. proposed in Free-Form Image Inpainting with Gated Convolution, ICCV 2019, arXiv
1806.03589.

============== ================== ============= =========== ==================================
class          leaves out holes   divides       updates     mask as a fourth channel of the
                                                            picture
============== ================== ============= =========== ==================================
PConvUNet      in every layer     yes           yes         no
NoRatioUNet    in every layer     no            yes         no
NoUpdateUNet   in the first layer in the first  no          no
MaskInputUNet  no                 no            no          yes
GatedUNet      as it learns       no            no          yes
============== ================== ============= =========== ==================================

Values in holes matter to none of these networks as a whole: each of them masks or paints the holes before its first
layer. A single ordinary or gated layer does use such values, and NaN gets through even a gate that is closed.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from .partial_conv import PartialConv2d
from .unet import Block, ConvUNet, PConvUNet


class UnscaledConv2d(PartialConv2d):
    """Convolve as `PartialConv2d` does, but do not divide by the valid share of the window.

        x' = Wᵀ(X ⊙ M) + b   if sum(M) > 0, otherwise 0

    The mask is updated in the same way, and the arguments, the call and the errors are the same.
    """

    def scale(self, sum_M: torch.Tensor, sum_1: int, dtype: torch.dtype) -> torch.Tensor:
        return (sum_M > 0).to(dtype)


class NoRatioUNet(PConvUNet):
    """Fill holes with partial convolutions that do not divide by the valid share of each window.

    The parameters, the call and the errors are those of `PConvUNet`.
    """

    convolution = UnscaledConv2d


class _OnceMaskedBlock(Block):
    """Apply a partial convolution, and return no mask, so that all layers after it are ordinary ones."""

    def __init__(self, _: type[nn.Conv2d], *arguments: Any, **options: Any) -> None:
        super().__init__(PartialConv2d, *arguments, **options)

    def forward(self, xs: list[torch.Tensor], masks: list[Any]) -> tuple[torch.Tensor, None]:
        return super().forward(xs, masks)[0], None


class NoUpdateUNet(PConvUNet):
    """Fill holes with a network whose first layer is a partial convolution, and whose other layers are ordinary ones.

    After the first layer, the mask is forgotten: a window of the first layer that saw only hole pixels gives the value
    0, and the second layer treats this 0 like any other value. The last layer receives the picture with zeros in holes.

    The parameters, the call and the errors are those of `PConvUNet`, but the masks in `LayerOutput` are None.
    """

    convolution = nn.Conv2d
    first_block = _OnceMaskedBlock


class MaskInputUNet(ConvUNet):
    """Fill holes with ordinary convolutions that see the mask as a fourth channel of the picture.

    Holes are painted in one colour before the first layer, as in `ConvUNet`, but this network is told where they are.
    The first and the last layer receive four channels instead of three.

    The parameters, the call and the errors are those of `ConvUNet`.
    """

    inputs = 4

    def prepare(
        self, image: torch.Tensor, mask: torch.Tensor, margins: tuple[int, ...]
    ) -> tuple[torch.Tensor, torch.Tensor | None]:
        painted, _ = super().prepare(image, mask, margins)
        return torch.cat([painted, F.pad(mask.bool().to(image.dtype), margins)], 1), None


class GatedBlock(nn.Module):
    """Apply a gated convolution: features are multiplied by gates between 0 and 1, which a second convolution computes.

        x' = φ(Wᵀ X) · σ(Gᵀ X + c)

    σ is the logistic function, and φ is batch norm, if there is one, followed by the activation. There is a gate for
    each channel and each position. A gate depends on everything in its window: the picture, the mask and the features.

    Source: Yu et al., Free-Form Image Inpainting with Gated Convolution, arXiv 1806.03589, section 3.1.
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
        self.conv = convolution(channels, out_channels, kernel_size, stride, kernel_size // 2, bias=not norm)
        self.gate = convolution(channels, out_channels, kernel_size, stride, kernel_size // 2)
        self.norm = nn.BatchNorm2d(out_channels) if norm else None
        self.activation = activation

    def forward(self, xs: list[torch.Tensor], masks: list[Any]) -> tuple[torch.Tensor, None]:
        x = torch.cat(xs, 1)
        features = self.conv(x)
        if self.norm is not None:
            features = self.norm(features)
        if self.activation is not None:
            features = self.activation(features)
        return features * torch.sigmoid(self.gate(x)), None


class GatedUNet(MaskInputUNet):
    """Fill holes with gated convolutions. The mask is a fourth channel of the picture, and no layer updates it.

    The parameters, the call and the errors are those of `ConvUNet`. A layer has about twice as many weights as a layer
    of `PConvUNet` with the same number of channels. `gates` returns the values of the gates.
    """

    block = first_block = GatedBlock


def gates(network: GatedUNet, image: torch.Tensor, mask: torch.Tensor) -> list[tuple[str, torch.Tensor]]:
    """Return the gates of every layer of a gated network, as (name of the layer, (N, C, H, W) in 0 … 1).

    image, mask : as for the call of the network. The picture is padded, so the gates may cover a margin at the right
        and the bottom

    The network runs in its current mode; call eval() before for the gates of a trained network. Raises TypeError if the
    network is not a `GatedUNet`.
    """
    if not isinstance(network, GatedUNet):
        raise TypeError(f"network is {type(network).__name__}; give a GatedUNet")
    found: list[torch.Tensor] = []

    def store(_layer: nn.Module, _inputs: Any, values: torch.Tensor) -> None:
        found.append(torch.sigmoid(values))

    blocks = [*network.encoder, *network.decoder]
    hooks = [block.gate.register_forward_hook(store) for block in blocks]
    try:
        with torch.no_grad():
            _, layers = network(image, mask, return_layers=True)
    finally:
        for hook in hooks:
            hook.remove()
    return [(layer.name, values) for layer, values in zip(layers, found, strict=True)]
