"""Define the short tests of the museum.

Each test takes code of one kind, sets up a small case, and raises an error if the result is wrong. The length of a test
is the number of characters in its body, not counting white space. Learners match each exhibit with the shortest test
that catches it, so a change in the body of a test can change the answers of lesson 07.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from pconv_edu.core import partial_conv2d_loops

from .exhibit import ShortTest, expect

FLAT = torch.ones(1, 1, 7, 7)  # a picture in which every pixel is 1
BLACK = torch.zeros(1, 1, 7, 7)
NOISE = torch.rand(1, 2, 7, 7, generator=torch.Generator().manual_seed(0))
ALL = torch.ones(1, 1, 7, 7)  # a mask in which everything is valid
DOT = ALL.clone()  # a mask in which only the pixel in the middle is missing
DOT[..., 3, 3] = 0
NONE = torch.zeros(1, 1, 7, 7)  # a mask in which nothing is valid


def mean_layer(Layer: Callable[..., Any], channels: int = 1, bias: float = 0.0, padding: int = 0) -> Any:
    """Return a 3×3 layer that computes the mean of its window, plus a bias."""
    layer = Layer(channels, 1, 3, padding=padding)
    layer.weight.fill_(1 / (9 * channels))
    layer.bias.fill_(bias)
    return layer


def with_the_weights(Layer: Callable[..., Any], ordinary: nn.Conv2d) -> Any:
    """Return a layer that has the weights and the bias of an ordinary convolution."""
    layer = Layer(ordinary.in_channels, ordinary.out_channels, ordinary.kernel_size)
    layer.load_state_dict(ordinary.state_dict())
    return layer


def operations(layer: nn.Module, *arguments: torch.Tensor) -> int:
    """Count the multiplications and additions in the convolutions of one call of a layer."""
    with FlopCounterMode(display=False) as counter:
        layer(*arguments)
    return counter.get_total_flops()


def flat_picture(Layer):
    """Averaging leaves a flat picture flat, even with a pixel missing."""
    expect(mean_layer(Layer)(FLAT, DOT)[0], 1)


def black_picture(Layer):
    """A black picture with one pixel missing and bias 1 gives 1."""
    expect(mean_layer(Layer, bias=1)(BLACK, DOT)[0], 1)


def nothing_known(Layer):
    """With nothing valid and bias 1, the result is 0."""
    expect(mean_layer(Layer, bias=1)(FLAT, NONE)[0], 0)


def nan_in_the_hole(Layer):
    """With nothing valid and NaN in every pixel, the result is 0."""
    expect(mean_layer(Layer)(FLAT * torch.nan, NONE)[0], 0)


def flat_up_to_the_border(Layer):
    """Averaging leaves a flat, all-valid picture flat at its border."""
    expect(mean_layer(Layer, padding=1)(FLAT, ALL)[0], 1)


def in_float64(Layer):
    """The layer runs after a move to 64-bit numbers."""
    mean_layer(Layer).double()(FLAT.double(), DOT.double())


def in_float16(Layer):
    """With nothing valid and 16-bit numbers, the result is 0."""
    expect(mean_layer(Layer).half()(FLAT.half(), NONE.half())[0], 0)


def second_mask(Layer):
    """A second call, with another mask, uses that mask."""
    layer = mean_layer(Layer)
    layer(FLAT, NONE)
    expect(layer(FLAT, ALL)[0], 1)


def two_masks(Layer):
    """If the second of two channels is all hole, only the first counts."""
    x, mask = torch.cat([FLAT, BLACK], 1), torch.cat([ALL, NONE], 1)
    expect(mean_layer(Layer, 2)(x, mask)[0], 1)


def all_valid(Layer):
    """With nothing missing, a two-channel layer matches an ordinary one."""
    ordinary = nn.Conv2d(2, 3, 3)
    expect(with_the_weights(Layer, ordinary)(NOISE, ALL)[0], ordinary(NOISE))


def little_work(Layer):
    """32 channels take at most 1.1 times an ordinary layer's work."""
    x = torch.rand(1, 32, 7, 7)
    ordinary = operations(nn.Conv2d(32, 32, 3), x)
    times = operations(Layer(32, 32, 3), x, ALL) / ordinary
    assert times < 1.1, f"it takes {times:.2f} times as many"


def plain_loops(Layer):
    """Random layers, strides and masks agree with lesson 04's loops."""
    for stride in (1, 2, 3):
        layer = Layer(2, 3, 3, stride=stride, padding=1)
        x, mask = torch.randn(2, 7, 7), torch.rand(2, 7, 7) < 0.1
        arrays = (t.numpy() for t in (x, mask, layer.weight, layer.bias))
        y, new_mask = partial_conv2d_loops(*arrays, stride=stride, padding=1)
        found, found_mask = layer(x[None], mask[None].float())
        expect(found[0], y)
        expect(found_mask[0], new_mask)


def save_and_read(read: Callable[[Path], Any], grey: Any) -> Any:
    """Write grey values (H, W), 0 to 255, to a picture file, and read the file as a mask."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mask.png"
        Image.fromarray(np.uint8(grey)).save(path)
        return read(path)


def black_and_white(read):
    """A black and a white pixel give 1, valid, and 0, hole."""
    expect(save_and_read(read, [[0, 255]]), [[1, 0]])


def grey_values(read):
    """Greys between black and white give a mask of 0 and 1 only."""
    mask = np.asarray(save_and_read(read, [[0, 20, 235, 255]]), float)
    expect(mask, mask.round())


def the_hole_closes(Block):
    """A hole of one pixel gives a new mask that is 1 everywhere."""
    expect(Block(1, 4)(FLAT, DOT)[1], 1)


def has_batch_norm(Block):
    """The block contains exactly one batch norm."""
    expect(sum(isinstance(module, nn.BatchNorm2d) for module in Block(1, 4).modules()), 1)


def known_score(score):
    """A picture that is all hole and off by 0.1 scores 20 dB."""
    truth = np.zeros((8, 8, 3))
    expect(score(truth + 0.1, truth, np.zeros((8, 8), bool)), 20)


def more_around_it(score):
    """One bad pixel scores the same in a 2×2 photo as in an 8×8 photo."""
    truth, mask = np.zeros((8, 8, 3)), np.ones((8, 8), bool)
    mask[0, 0] = False
    image = np.where(mask[..., None], truth, 0.1)
    expect(score(image, truth, mask), score(image[:2, :2], truth[:2, :2], mask[:2, :2]))


def inside_a_bin(count):
    """0.15 is counted once, in the second bin."""
    expect(count([0.15]), [0, 1, 0, 0, 0, 0])


def on_an_edge(count):
    """0.2 is counted once, in the second bin, (0.1, 0.2]."""
    expect(count([0.2]), [0, 1, 0, 0, 0, 0])


_FLAT_SAYS = "The mean of a flat picture comes out wrong"
TESTS = (
    ShortTest("layer", flat_picture, _FLAT_SAYS, "it has one channel, no bias, no empty window and no border"),
    ShortTest("layer", black_picture, "The bias comes out changed", "the picture is 0, and so is every sum"),
    ShortTest("layer", nothing_known, "The result is not 0 where nothing is known", "every window is empty"),
    ShortTest("layer", nan_in_the_hole, "NaN gets out of the hole", "nothing is valid, and the bias is 0"),
    ShortTest("layer", flat_up_to_the_border, f"{_FLAT_SAYS} at its border", "it has no hole, one channel and no bias"),
    ShortTest("layer", in_float64, "The layer cannot be moved to float64", "it does not look at the result"),
    ShortTest("layer", in_float16, "The result is not 0 in half precision", "every window is empty and the bias is 0"),
    ShortTest(
        "layer",
        second_mask,
        "The second mask is not used",
        "the picture is flat, and each mask is all valid or all hole",
    ),
    ShortTest(
        "layer", two_masks, "The mask of the second channel is not used", "the channels are flat, and there is no bias"
    ),
    ShortTest(
        "layer",
        all_valid,
        "Where nothing is missing, it is not an ordinary convolution",
        "the ratio is 1 in every window",
    ),
    ShortTest("layer", little_work, "The count takes too many operations", "it does not look at the result"),
    ShortTest(
        "layer", plain_loops, "It does not compute what the loops compute", "its numbers are small, finite and 32-bit"
    ),
    ShortTest("mask file", black_and_white, "Black and white come out wrong", "it has no grey"),
    ShortTest(
        "mask file",
        grey_values,
        "The mask has values other than 0 and 1",
        "it does not check which of the two means valid",
    ),
    ShortTest("block", the_hole_closes, "The new mask keeps the hole", "it looks only at the mask"),
    ShortTest(
        "block",
        has_batch_norm,
        "The number of batch norms is wrong",
        "it never calls the block and looks only at its modules",
    ),
    ShortTest("score", known_score, "A known score comes out wrong", "the whole picture is hole"),
    ShortTest(
        "score", more_around_it, "The score depends on pixels that were never missing", "it only compares two scores"
    ),
    ShortTest("bins", inside_a_bin, "The counts of the bins are wrong", "0.15 is not on an edge"),
    ShortTest("bins", on_an_edge, "The counts of the bins are wrong", "it tests a single ratio"),
)
