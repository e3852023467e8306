"""The short tests. Each takes code of one kind, sets a small case up, and raises if the result is not right."""

import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from pconv_edu.core import partial_conv2d_loops

from .exhibit import ShortTest, expect

FLAT = torch.ones(1, 1, 7, 7)  # a picture, every pixel 1
BLACK = torch.zeros(1, 1, 7, 7)
NOISE = torch.rand(1, 2, 7, 7, generator=torch.Generator().manual_seed(0))
ALL = torch.ones(1, 1, 7, 7)  # masks: everything is valid
DOT = ALL.clone()  # only the pixel in the middle is missing
DOT[..., 3, 3] = 0
NONE = torch.zeros(1, 1, 7, 7)  # nothing is valid


def mean_layer(Layer, channels=1, bias=0.0, padding=0):
    """A 3×3 layer that computes the mean of its window, plus a bias."""
    layer = Layer(channels, 1, 3, padding=padding)
    layer.weight.fill_(1 / (9 * channels))
    layer.bias.fill_(bias)
    return layer


def with_the_weights(Layer, ordinary):
    """A layer with the weights and the bias of an ordinary convolution."""
    layer = Layer(ordinary.in_channels, ordinary.out_channels, ordinary.kernel_size)
    layer.load_state_dict(ordinary.state_dict())
    return layer


def operations(layer, *arguments):
    """Multiplications and additions in the convolutions of one call."""
    with FlopCounterMode(display=False) as counter:
        layer(*arguments)
    return counter.get_total_flops()


def flat_picture(Layer):
    """The mean of a flat picture, one pixel missing, is flat."""
    expect(mean_layer(Layer)(FLAT, DOT)[0], 1)


def black_picture(Layer):
    """A black picture, one pixel missing, bias 1: the result is 1."""
    expect(mean_layer(Layer, bias=1)(BLACK, DOT)[0], 1)


def nothing_known(Layer):
    """Nothing is valid, bias 1: the result is 0."""
    expect(mean_layer(Layer, bias=1)(FLAT, NONE)[0], 0)


def nan_in_the_hole(Layer):
    """Nothing is valid, every pixel is NaN: the result is 0."""
    expect(mean_layer(Layer)(FLAT * torch.nan, NONE)[0], 0)


def flat_up_to_the_border(Layer):
    """The mean of a flat picture, all valid, is flat at its border."""
    expect(mean_layer(Layer, padding=1)(FLAT, ALL)[0], 1)


def in_float64(Layer):
    """Moved to numbers of 64 bits, the layer runs."""
    mean_layer(Layer).double()(FLAT.double(), DOT.double())


def in_float16(Layer):
    """Nothing is valid, numbers of 16 bits: the result is 0."""
    expect(mean_layer(Layer).half()(FLAT.half(), NONE.half())[0], 0)


def second_mask(Layer):
    """One layer, two masks of one shape: the second counts too."""
    layer = mean_layer(Layer)
    layer(FLAT, NONE)
    expect(layer(FLAT, ALL)[0], 1)


def two_masks(Layer):
    """Two channels, all of the second is hole: the first is left."""
    x, mask = torch.cat([FLAT, BLACK], 1), torch.cat([ALL, NONE], 1)
    expect(mean_layer(Layer, 2)(x, mask)[0], 1)


def all_valid(Layer):
    """Two channels, nothing missing: as an ordinary convolution."""
    ordinary = nn.Conv2d(2, 3, 3)
    expect(with_the_weights(Layer, ordinary)(NOISE, ALL)[0], ordinary(NOISE))


def little_work(Layer):
    """32 channels: at most 1.1 times the work of an ordinary layer."""
    x = torch.rand(1, 32, 7, 7)
    ordinary = operations(nn.Conv2d(32, 32, 3), x)
    times = operations(Layer(32, 32, 3), x, ALL) / ordinary
    assert times < 1.1, f"it takes {times:.2f} times as many"


def plain_loops(Layer):
    """Random layers, strides and masks: as the loops of lesson 04."""
    for stride in (1, 2, 3):
        layer = Layer(2, 3, 3, stride=stride, padding=1)
        x, mask = torch.randn(2, 7, 7), torch.rand(2, 7, 7) < 0.1
        arrays = (t.numpy() for t in (x, mask, layer.weight, layer.bias))
        y, new_mask = partial_conv2d_loops(*arrays, stride=stride, padding=1)
        found, found_mask = layer(x[None], mask[None].float())
        expect(found[0], y)
        expect(found_mask[0], new_mask)


def read_painted(read, grey):
    """Write grey values (H, W), 0 to 255, into a picture file and read it as a mask."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mask.png"
        Image.fromarray(np.uint8(grey)).save(path)
        return read(path)


def black_and_white(read):
    """A black and a white pixel: 1 = valid, then 0 = hole."""
    expect(read_painted(read, [[0, 255]]), [[1, 0]])


def grey_values(read):
    """Greys between black and white: the mask holds only 0 and 1."""
    mask = np.asarray(read_painted(read, [[0, 20, 235, 255]]), float)
    expect(mask, mask.round())


def the_hole_closes(Block):
    """A hole of one pixel: the new mask is 1 everywhere."""
    expect(Block(1, 4)(FLAT, DOT)[1], 1)


def has_batch_norm(Block):
    """One batch norm is among the modules of the block."""
    expect(sum(isinstance(module, nn.BatchNorm2d) for module in Block(1, 4).modules()), 1)


def known_score(score):
    """All is hole, and every value is off by 0.1: 20 dB."""
    truth = np.zeros((8, 8, 3))
    expect(score(truth + 0.1, truth, np.zeros((8, 8), bool)), 20)


def more_around_it(score):
    """One bad pixel, in a photo of 2×2 and of 8×8: the same score."""
    truth, mask = np.zeros((8, 8, 3)), np.ones((8, 8), bool)
    mask[0, 0] = False
    image = np.where(mask[..., None], truth, 0.1)
    expect(score(image, truth, mask), score(image[:2, :2], truth[:2, :2], mask[:2, :2]))


def inside_a_bin(count):
    """0.15 is counted once, in the second bin."""
    expect(count([0.15]), [0, 1, 0, 0, 0, 0])


def on_an_edge(count):
    """0.2 is counted once, in the second bin: the paper's (0.1, 0.2]."""
    expect(count([0.2]), [0, 1, 0, 0, 0, 0])


_FLAT_SAYS = "The mean of a flat picture is not the picture"
TESTS = (
    ShortTest("layer", flat_picture, _FLAT_SAYS, "there is one channel, no bias, no empty window and no border in it"),
    ShortTest("layer", black_picture, "The bias does not come out as it is", "the picture is 0: so is every sum"),
    ShortTest("layer", nothing_known, "The result is not 0 where nothing is known", "every window is empty"),
    ShortTest("layer", nan_in_the_hole, "NaN gets out of the hole", "nothing is valid in it and the bias is 0"),
    ShortTest(
        "layer", flat_up_to_the_border, f"{_FLAT_SAYS} at its border", "there is no hole in it, one channel, no bias"
    ),
    ShortTest("layer", in_float64, "The layer cannot be moved", "it does not look at the result"),
    ShortTest("layer", in_float16, "The result is not 0 in half precision", "every window is empty and the bias is 0"),
    ShortTest("layer", second_mask, "The second mask is not used", "each picture is flat and all valid, or all hole"),
    ShortTest("layer", two_masks, "The second channel's mask is not used", "all is flat, and there is no bias"),
    ShortTest(
        "layer", all_valid, "It is no ordinary convolution where nothing is missing", "the ratio is 1 in every window"
    ),
    ShortTest("layer", little_work, "The count is too much work", "it does not look at the result"),
    ShortTest("layer", plain_loops, "It is not what the loops compute", "its numbers are small, finite and of 32 bits"),
    ShortTest("mask file", black_and_white, "Black and white come out wrong", "there is no grey in it"),
    ShortTest(
        "mask file", grey_values, "The mask holds more than 0 and 1", "it does not ask which of the two is which"
    ),
    ShortTest("block", the_hole_closes, "The new mask keeps the hole", "it looks at the mask alone"),
    ShortTest("block", has_batch_norm, "The number of batch norms is wrong", "it calls nothing: it looks at the parts"),
    ShortTest("score", known_score, "A known score comes out wrong", "all of the picture is hole"),
    ShortTest("score", more_around_it, "The score depends on what was never missing", "it compares two scores"),
    ShortTest("bins", inside_a_bin, "The ratio is counted wrong", "0.15 lies on no edge"),
    ShortTest("bins", on_an_edge, "The ratio is counted wrong", "it has a single ratio"),
)
