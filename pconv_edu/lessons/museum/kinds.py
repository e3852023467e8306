"""For each kind of code in the museum: the course's own, the calls it must take, and the form of its results."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from pconv_edu.core import RATIO_BINS, find_bin, psnr, read_hole_image
from pconv_edu.nn import PartialConv2d
from pconv_edu.nn.unet import Block

from .exhibit import stopped
from .short_tests import ALL, read_painted


class CourseBlock(Block):
    """The block of the course's U-Net, as the museum calls one: stride 1, one x and one mask."""

    def __init__(self, in_channels, out_channels):
        super().__init__(PartialConv2d, in_channels, out_channels, 3, activation=nn.ReLU())

    def forward(self, x, mask):
        return super().forward([x], [mask])


def course_reader(path):
    """A mask file of black, white and grey, as `read_hole_image` reads it if a threshold is given."""
    return read_hole_image(path, threshold=0.5)


def course_count(ratios):
    """How many ratios fall into each of the paper's bins, as `find_bin` says."""
    found = [find_bin(ratio, RATIO_BINS) for ratio in ratios]
    return [found.count(index) for index in range(len(RATIO_BINS))]


@dataclass(frozen=True)
class Kind:
    """`own`: the course's code; `call`: a simple use of code of this kind; `forms`: the shapes it may return.

    `wanted` says the form in words. A kind that `is_class` is made first and called then.
    """

    own: Callable
    is_class: bool
    call: Callable
    forms: tuple
    wanted: str


KINDS = {
    "layer": Kind(
        PartialConv2d,
        True,
        lambda Layer: Layer(2, 3, 3)(torch.rand(1, 2, 7, 7), ALL),
        (((1, 3, 5, 5), (1, 1, 5, 5)), ((1, 3, 5, 5), (1, 3, 5, 5))),
        "two tensors, y (N, O, H', W') and the new mask (N, 1, H', W')",
    ),
    "block": Kind(
        CourseBlock,
        True,
        lambda Block: Block(2, 3)(torch.rand(1, 2, 7, 7), ALL),
        (((1, 3, 7, 7), (1, 1, 7, 7)), ((1, 3, 7, 7), (1, 3, 7, 7))),
        "two tensors, x (N, O, H, W) and the new mask (N, 1, H, W)",
    ),
    "mask file": Kind(
        course_reader,
        False,
        lambda read: read_painted(read, [[0, 255, 0], [0, 0, 0]]),
        ((2, 3),),
        "one array (H, W)",
    ),
    "score": Kind(
        psnr,
        False,
        lambda score: score(np.zeros((4, 4, 3)), np.ones((4, 4, 3)), np.zeros((4, 4), bool)),
        ((),),
        "one number",
    ),
    "bins": Kind(course_count, False, lambda count: count([0.15, 0.25]), ((6,),), "a list of six numbers"),
}


def form_fault(kind, code):
    """Say in one sentence why the tests make no sense yet: no code, an exception, a result of another form; or None."""
    kind = KINDS[kind]
    if isinstance(code, type) is not kind.is_class or not callable(code):
        return f"give the {'class' if kind.is_class else 'function'} itself: its name, without brackets and quotes"
    try:
        with torch.random.fork_rng(devices=()), torch.no_grad():
            result = kind.call(code)
    except Exception as error:
        return stopped(error)
    if result is None or result is Ellipsis:
        return "it returns nothing: is the `return` missing?"
    if _form(result) not in kind.forms:
        return f"it returns {_in_words(result)}; right is {kind.wanted}"
    return None


def _form(result):
    """The shape of an array or a list of numbers, a tuple of shapes for a pair; None for what has no shape."""
    if isinstance(result, tuple):
        return tuple(_form(part) for part in result)
    try:
        return tuple(np.shape(result.numpy() if isinstance(result, torch.Tensor) else result))
    except ValueError:  # a list of lists that differ in length
        return None


def _in_words(result):
    if isinstance(result, tuple):
        return f"{len(result)} values, " + " and ".join(_in_words(part) for part in result)
    if hasattr(result, "shape"):
        return f"{type(result).__name__} of shape {tuple(result.shape)}"
    return f"{type(result).__name__}"
