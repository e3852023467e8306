"""PyTorch: layer → network → losses → training."""

from .losses import InpaintingLoss, LossWeights
from .partial_conv import PartialConv2d
from .unet import ConvUNet, PConvUNet
from .vgg import VGGFeatures
from .weights import load_weights

__all__ = ["ConvUNet", "InpaintingLoss", "LossWeights", "PConvUNet", "PartialConv2d", "VGGFeatures", "load_weights"]
