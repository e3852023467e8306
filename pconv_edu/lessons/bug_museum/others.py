"""Rooms 3 and 4: layers that PyTorch does not know enough about, and what stands around a layer."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from pconv_edu.nn import PartialConv2d

from .layers import Layer


class Exhibit12(nn.Module):
    """Two partial layers, one after the other, 3×3, stride 1, padding 1."""

    def __init__(self):
        super().__init__()
        self.first = PartialConv2d(3, 8, 3, padding=1)
        self.second = PartialConv2d(8, 3, 3, padding=1)

    def forward(self, x, mask):
        x, new_mask = self.first(x, mask)
        x, _ = self.second(x, new_mask)
        return x, mask


class Exhibit13(Layer):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        if getattr(self, "shape", None) != x.shape:
            self.shape, self.kept = x.shape, self.count(mask)
        new_mask = (self.kept > 0).to(x.dtype)
        raw = self.convolve(torch.where(mask > 0, x, 0))
        ratio = self.weight[0].numel() / self.kept.clamp(min=1)
        return (raw * ratio + self.b) * new_mask, new_mask


class Exhibit14(Layer):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.ones = torch.ones(1, self.in_channels, *self.kernel_size)

    def forward(self, x, mask):
        mask = mask.expand_as(x)
        count = F.conv2d(mask, self.ones, None, self.stride, self.padding)
        new_mask = (count > 0).to(x.dtype)
        raw = self.convolve(torch.where(mask > 0, x, 0))
        ratio = self.weight[0].numel() / count.clamp(min=1)
        return (raw * ratio + self.b) * new_mask, new_mask


class Exhibit15(Layer):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.register_buffer("ones", torch.ones_like(self.weight), persistent=False)

    def forward(self, x, mask):
        mask = mask.expand_as(x)
        count = F.conv2d(mask, self.ones, None, self.stride, self.padding)
        new_mask = (count > 0).to(x.dtype)
        raw = self.convolve(torch.where(mask > 0, x, 0))
        ratio = self.weight[0].numel() / count.clamp(min=1)
        return (raw * ratio + self.b) * new_mask, new_mask[:, :1]


class Exhibit16(nn.Module):
    """A partial layer, batch norm, ReLU."""

    def __init__(self):
        super().__init__()
        self.conv = PartialConv2d(3, 8, 3, padding=1, bias=False)
        norm = nn.BatchNorm2d(8)
        self.activation = nn.Sequential(nn.ReLU())

    def forward(self, x, mask):
        x, mask = self.conv(x, mask)
        return self.activation(x), mask


def exhibit17(mask, size):
    """A mask (N, 1, H, W), 1 = valid, in another size."""
    return F.interpolate(mask, size=(size, size), mode="bilinear", align_corners=False)


def exhibit18(filled, truth, mask):
    """PSNR in dB of a filled hole: arrays (H, W, 3) in [0, 1], mask (H, W), True = valid."""
    error = ((filled - truth) ** 2).mean()
    return 10 * np.log10(1 / error)


def exhibit19(ratio):
    """The numbers of the bins 0.0–0.1, … 0.5–0.6 that a hole ratio falls into, a list."""
    return [n for n in range(6) if n / 10 <= ratio <= (n + 1) / 10]
