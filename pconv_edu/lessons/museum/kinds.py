"""Define the kinds of code in the museum, which are layers, blocks, readers of mask files, scores and bins.

Each kind has the course's own code (which passes all tests), a function that makes a simple call, and the shapes that
the result of this call may have.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from pconv_edu.core import RATIO_BINS, find_bin, psnr, read_hole_image
from pconv_edu.nn import PartialConv2d
from pconv_edu.nn.unet import Block

from .exhibit import stopped
from .short_tests import ALL, save_and_read


class CourseBlock(Block):
    """Adapt the block of the course's U-Net to the museum, with stride 1, one input x and one mask."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(PartialConv2d, in_channels, out_channels, 3, activation=nn.ReLU())

    def forward(self, x: Any, mask: Any) -> Any:
        return super().forward([x], [mask])


def course_reader(path: Path | str) -> np.ndarray:
    """Read a mask file, which may have grey pixels, with `read_hole_image` and a threshold of 0.5."""
    return read_hole_image(path, threshold=0.5)


def course_count(ratios: Iterable[float]) -> list[int]:
    """Use `find_bin` to count how many ratios fall into each of the paper's bins."""
    bins = [find_bin(ratio, RATIO_BINS) for ratio in ratios]
    return [bins.count(index) for index in range(len(RATIO_BINS))]


@dataclass(frozen=True)
class Kind:
    """Describe one kind of code.

    own : the course's own code, which passes all tests of the kind
    is_class : whether the code is a class; if so, the tests create an instance and call it
    call : a function that takes code of this kind and calls it in a simple way
    forms : the shapes that the result of this call may have
    returns : these shapes, described in words
    """

    own: Callable[..., Any]
    is_class: bool
    call: Callable[[Any], Any]
    forms: tuple[Any, ...]
    returns: str


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
        lambda read: save_and_read(read, [[0, 255, 0], [0, 0, 0]]),
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


def form_fault(name: str, code: Any) -> str | None:
    """Return a sentence that says why the code cannot be tested yet, or None if it can be tested.

    The reason can be that the code is not a class or function, that a simple call raises an exception, or that the
    result is missing or has the wrong shape.

    name : the kind of the code, a name in `KINDS`
    """
    kind = KINDS[name]
    if isinstance(code, type) is not kind.is_class or not callable(code):
        return f"pass the {'class' if kind.is_class else 'function'} itself: its name, without brackets or quotes"
    try:
        with torch.random.fork_rng(devices=()), torch.no_grad():
            result = kind.call(code)
    except Exception as error:
        return stopped(error)
    if result is None or result is Ellipsis:
        return "it returns nothing: is the `return` missing?"
    if _form(result) not in kind.forms:
        return f"it returns {_in_words(result)} instead of {kind.returns}"
    return None


def _form(result: Any) -> Any:
    """Return the shape of an array or a list of numbers, a tuple of shapes for a tuple, and None for anything else."""
    if isinstance(result, tuple):
        return tuple(_form(part) for part in result)
    try:
        return tuple(np.shape(result.numpy() if isinstance(result, torch.Tensor) else result))
    except ValueError:  # a list of lists that differ in length
        return None


def _in_words(result: Any) -> str:
    if isinstance(result, tuple):
        return f"{len(result)} values, " + " and ".join(_in_words(part) for part in result)
    if isinstance(result, list):
        return f"a list of length {len(result)}"
    if hasattr(result, "shape"):
        return f"{type(result).__name__} of shape {tuple(result.shape)}"
    return f"{type(result).__name__}"
