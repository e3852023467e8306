"""Room 4 of the museum, around the layer: two blocks of a network, a score, and a table of bins."""

from itertools import pairwise

import numpy as np
import torch.nn.functional as F
from torch import nn

from pconv_edu.nn import PartialConv2d

from ..exhibit import Exhibit


class Exhibit16(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.conv = PartialConv2d(in_channels, out_channels, 3, padding=1)
        self.norm = nn.BatchNorm2d(out_channels)

    def forward(self, x, mask):
        x, _ = self.conv(x, mask)
        return F.relu(self.norm(x)), mask


class Exhibit17(nn.Module):
    def __init__(self, in_channels, out_channels, norm=True):
        super().__init__()
        self.conv = PartialConv2d(in_channels, out_channels, 3, padding=1)
        if norm:
            norm = nn.BatchNorm2d(out_channels)

    def forward(self, x, mask):
        x, mask = self.conv(x, mask)
        if hasattr(self, "norm"):
            x = self.norm(x)
        return F.relu(x), mask


def exhibit18(image, truth, mask):
    """image, truth (H, W, 3); mask (H, W), True = valid. Return the fill's PSNR in dB."""
    filled = np.where(mask[..., None], truth, image)
    error = ((filled - truth) ** 2).mean()
    return -10 * np.log10(error)


def exhibit19(ratios):
    """How many ratios fall into each of the bins (0.01, 0.1], (0.1, 0.2] … (0.5, 0.6]."""
    edges = [0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    return [sum(low <= ratio <= high for ratio in ratios) for low, high in pairwise(edges)]


EXHIBITS = (
    Exhibit(
        16,
        "around the layer",
        "block",
        Exhibit16,
        "However many of these blocks are chained, the middle of a large hole is never filled.",
        "the block returns the mask that it was given instead of the updated one.",
        (("x, _ = ", "x, mask = "),),
    ),
    Exhibit(
        17,
        "around the layer",
        "block",
        Exhibit17,
        "There is no error, and all options exist. But one of them makes no difference: on or off, the numbers are "
        "the same.",
        "the batch norm is created but not stored on the module, so `self.norm` does not exist.",
        (("            norm = nn", "            self.norm = nn"),),
    ),
    Exhibit(
        18,
        "around the layer",
        "score",
        exhibit18,
        "A plain grey fill of a small hole scores as high as a good fill of a large one.",
        "the error is averaged over the whole picture, and most of that was never missing.",
        (("((filled - truth) ** 2)", "((filled - truth)[~mask] ** 2)"),),
    ),
    Exhibit(
        19,
        "around the layer",
        "bins",
        exhibit19,
        "The table counts more pictures than there are.",
        "the bins include both of their ends, so a ratio on an edge is counted in two of them.",
        (("low <= ratio", "low < ratio"),),
    ),
)
