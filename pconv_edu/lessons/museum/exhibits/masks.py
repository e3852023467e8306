"""Room 3 of the museum, masks: layers and file readers that use the wrong mask."""

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import nn

from ..exhibit import Exhibit


class Exhibit12(nn.Conv2d):
    counted = None  # the shape of the last mask

    def forward(self, x, mask):
        mask = mask.expand_as(x)
        x = torch.where(mask > 0, x, 0)
        ones = torch.ones_like(self.weight[:1])
        if mask.shape != self.counted:
            self.count = F.conv2d(mask, ones, None, self.stride, self.padding)
            self.counted = mask.shape
        new_mask = (self.count > 0).to(x.dtype)
        y = F.conv2d(x, self.weight, None, self.stride, self.padding)
        y = y * ones.numel() / self.count.clamp(min=1)
        y = y if self.bias is None else y + self.bias[:, None, None]
        return y * new_mask, new_mask


class Exhibit13(nn.Conv2d):
    def forward(self, x, mask):
        mask = mask[:, :1]
        x = torch.where(mask > 0, x, 0)
        ones = torch.ones_like(self.weight[:1, :1])
        count = F.conv2d(mask, ones, None, self.stride, self.padding)
        new_mask = (count > 0).to(x.dtype)
        ratio = ones.numel() / count.clamp(min=1)
        y = F.conv2d(x, self.weight, None, self.stride, self.padding) * ratio
        if self.bias is not None:
            y = y + self.bias[:, None, None]
        return y * new_mask, new_mask


def exhibit14(path):
    """path: a picture file, white = hole. Return the mask (H, W), 1 = valid, 0 = hole."""
    grey = np.asarray(Image.open(path).convert("L"))
    return 1 - grey / 255


def exhibit15(path):
    """path: a picture file, white = hole. Return the mask (H, W), 1 = valid, 0 = hole."""
    grey = np.asarray(Image.open(path).convert("L"))
    return grey > 127


EXHIBITS = (
    Exhibit(
        12,
        "masks",
        "layer",
        Exhibit12,
        "The first picture comes out right. In all others of its shape, the hole seems to be where it was in the "
        "first.",
        "the count of an earlier mask is used again, because the new mask has the same shape.",
        (
            ("        if mask.shape != self.counted:\n    ", ""),
            ("            self.counted = mask.shape\n", ""),
        ),
    ),
    Exhibit(
        13,
        "masks",
        "layer",
        Exhibit13,
        "Right on its own. In a network it gets two sets of features, stacked as channels, each with its own mask. "
        "There the colour of the hole shows.",
        "the mask of the first channel is used for all channels.",
        (("mask = mask[:, :1]", "mask = mask.expand_as(x)"), ("self.weight[:1, :1]", "self.weight[:1]")),
    ),
    Exhibit(
        14,
        "masks",
        "mask file",
        exhibit14,
        "A thin dark outline runs round every hole, and the fill is too dark.",
        "values between black and white are passed on, and the layer takes everything but 0 as valid.",
        (("return 1 - grey / 255", "return grey <= 127"),),
    ),
    Exhibit(
        15,
        "masks",
        "mask file",
        exhibit15,
        "The hole stays as it is, and what was known around it is thrown away.",
        "hole and valid are swapped. White in the file is hole, and a hole is 0 in the mask.",
        (("grey > 127", "grey <= 127"),),
    ),
)
