"""PyTorch: the layer and the network. Layer → network → losses → training."""

from .partial_conv import PartialConv2d
from .unet import ConvUNet, PConvUNet

__all__ = ["ConvUNet", "PConvUNet", "PartialConv2d"]
