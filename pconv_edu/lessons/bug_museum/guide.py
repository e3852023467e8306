"""Exhibits and tests, which of them belong together, and what a learner's answers are measured against."""

import inspect
from dataclasses import dataclass

import numpy as np
import torch

from pconv_edu.core import RATIO_BINS, find_bin, psnr
from pconv_edu.nn import PartialConv2d

from . import layers, others, tests

LAYER_TESTS = (
    "all_valid", "all_valid_in_two_channels", "half_a_window_with_a_bias", "one_valid_value", "empty_window", "float16",
    "nan_in_the_hole", "channels_with_masks_of_their_own", "corner_of_a_full_picture", "another_mask", "float64",
    "numbers_that_are_kept",
)  # fmt: skip
KINDS = {
    "layer": LAYER_TESTS,
    "network": ("hole_is_closed", "same_picture_size"),
    "block": ("batch_norm_is_there", "holes_stay_zero", "same_picture_size"),
    "resizing": ("mask_of_zeros_and_ones", "size_asked_for"),
    "score": ("the_same_error_in_a_smaller_hole", "worse_fill_lower_score"),
    "bins": ("one_bin_each", "bins_in_order"),
}


@dataclass(frozen=True)
class Exhibit:
    """One piece of faulty code. `symptom`: what its user sees; `fault`: what is wrong, told once it is caught."""

    name: str
    kind: str
    symptom: str
    fault: str

    @property
    def code(self):
        name = self.name if self.kind in ("layer", "network", "block") else self.name.lower()
        return getattr(others, name, None) or getattr(layers, name)


def _exhibits(*rows):
    return {f"Exhibit{n}": Exhibit(f"Exhibit{n}", *row) for n, row in enumerate(rows, 1)}


EXHIBITS = _exhibits(
    (
        "layer",
        "The weights of a trained ordinary layer are loaded, and all results are far too small.",
        "it divides by sum(M) and never multiplies by sum(1)",
    ),
    (
        "layer",
        "Right on grey pictures; with more channels the results shrink.",
        "sum(1) is the window of one channel, but sum(M) runs over all channels",
    ),
    (
        "layer",
        "Too much contrast along every hole, where few values are known.",
        "the result is multiplied by the ratio a second time, where the new mask was meant",
    ),
    (
        "layer",
        "The brighter the bias, the brighter the rims of holes.",
        "the bias is rescaled with the sum",
    ),
    (
        "layer",
        "Holes are filled with one flat value from the first layer on.",
        "the bias is added in empty windows too",
    ),
    (
        "layer",
        "Training in half precision stops with NaN.",
        "a small ε is added to the count, and in float16 it vanishes",
    ),
    (
        "layer",
        "All results are a little too weak, those from few known values most.",
        "a large ε is added to the count, so every ratio is too small",
    ),
    (
        "layer",
        "One broken pixel in a hole, and NaN spreads over the result.",
        "x is multiplied by the mask, and NaN · 0 is NaN",
    ),
    (
        "layer",
        "What is known is thrown away, and what lies in the hole is kept.",
        "it takes 1 for hole: the mask is turned round",
    ),
    (
        "layer",
        "Behind a skip link, holes of one part show up in the result.",
        "it looks at the first channel of the mask only",
    ),
    (
        "layer",
        "Even where nothing is missing, a dark frame runs round the picture.",
        "the mask is continued outside the picture, so that outside counts as known",
    ),
    (
        "network",
        "However deep the network, its mask says that nothing was filled.",
        "the mask that came in is returned, not the updated one",
    ),
    (
        "layer",
        "The first batch is right; in later ones old holes appear.",
        "counts are kept, and used again for the next mask of that shape",
    ),
    (
        "layer",
        "It runs on the laptop, and stops on a GPU or in another precision.",
        "the kernel of ones is a plain tensor: it does not move with the layer",
    ),
    (
        "layer",
        "Right, but the network takes twice the memory of its weights.",
        "the mask is counted with as many ones as the layer has weights",
    ),
    (
        "block",
        "To freeze batch norm changes nothing at all.",
        "batch norm is built and thrown away: it is never called, and no part of the module",
    ),
    (
        "resizing",
        "A thin outline runs round every hole.",
        "the mask is enlarged bilinearly, and holds values between 0 and 1",
    ),
    (
        "score",
        "Tiny holes score high, whatever is in them.",
        "the error is averaged over the whole picture, most of which was known",
    ),
    (
        "bins",
        "Some photos are counted in two rows of the table.",
        "both ends of each bin belong to it, so each bound is in two bins",
    ),
)


class Network(others.Exhibit12):
    """Two layers of the course's own, and the mask that they leave."""

    def forward(self, x, mask):
        return self.second(*self.first(x, mask))


class Block(others.Exhibit16):
    """The course's order: convolution, batch norm, back to 0 in holes, activation."""

    def __init__(self):
        super().__init__()
        self.norm = torch.nn.BatchNorm2d(8)

    def forward(self, x, mask):
        x, mask = self.conv(x, mask)
        return self.activation(self.norm(x) * mask), mask


def resize(mask, size):
    return torch.nn.functional.interpolate(mask, size=(size, size), mode="nearest")


OURS = {
    "layer": PartialConv2d,
    "network": Network,
    "block": Block,
    "resizing": resize,
    "score": lambda filled, truth, mask: psnr(filled.astype(np.float32), truth.astype(np.float32), mask),
    "bins": lambda ratio: [find_bin(ratio, RATIO_BINS)],
}


def run(test, code):
    """Run a test, by its name, on code; return None if it passes, else what it says."""
    torch.manual_seed(0)
    try:
        getattr(tests, test)(code)
    except AssertionError as error:
        return str(error)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def length(test):
    """How long a test is: the characters of its code, without blanks."""
    return len("".join(inspect.getsource(getattr(tests, test)).split()))


def catching(exhibit):
    """The names of the tests that catch an exhibit, the shortest first."""
    exhibit = EXHIBITS[exhibit]
    return sorted((test for test in KINDS[exhibit.kind] if run(test, exhibit.code)), key=length)
