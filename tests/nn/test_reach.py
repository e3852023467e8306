"""What the layers of the U-Net see of the picture, compared with the gradients of a network of ones."""

import numpy as np
import pytest
import torch

from pconv_edu.inpainters.network import deepest_hole, margin_of
from pconv_edu.nn import PConvUNet
from pconv_edu.nn.receptive_field import encoder_field, receptive_field
from pconv_edu.nn.unet import reach


def test_the_papers_reach():
    assert reach(PConvUNet(width=1, levels=8)) == [3, 7, 15, 23, 39, 71, 135, 263]
    assert reach(PConvUNet(width=1, levels=3)) == [3, 7, 15]


def influences(network, size):
    """What the outputs look at, by brute force: f(block, row, col) -> (size, size) bool array of input pixels.

    All weights are 1, no bias, and batch norm at its start is all but 1: every path adds something positive, so a
    gradient is 0 exactly where there is no path.
    """
    for parameter in network.parameters():
        parameter.data.fill_(1)
    for block in [*network.encoder, *network.decoder]:
        (block.conv.bias if block.norm is None else block.norm.bias).data.zero_()
    image = torch.ones(1, 3, size, size, dtype=torch.float64, requires_grad=True)
    _, layers = network.double()(image, torch.ones(1, 1, size, size), return_layers=True)

    def seen(block, row, col):
        (gradient,) = torch.autograd.grad(layers[block].features[0, 0, row, col], image, retain_graph=True)
        return (gradient[0, 0] != 0).numpy()

    return seen


@pytest.mark.parametrize("levels, size", [(2, 64), (3, 64), (4, 160)])
def test_every_block_sees_just_its_field(levels, size):
    network = PConvUNet(width=1, levels=levels).eval()
    seen = influences(network, size)
    generator = np.random.default_rng(levels)
    for block in range(2 * levels):
        level = block + 1 if block < levels else 2 * levels - 1 - block
        last = size // 2**level - 1
        rows = {0, 1, 2, last // 2, last - 1, last, *generator.integers(0, last + 1, 6).tolist()}
        for row in sorted(rows):
            col = int(generator.integers(0, last + 1))
            (top, bottom), (left, right) = receptive_field(network, block, row), receptive_field(network, block, col)
            expected = np.zeros((size, size), bool)
            expected[max(top, 0) : bottom + 1, max(left, 0) : right + 1] = True
            assert np.array_equal(seen(block, row, col), expected), (block, row, col)


def test_a_decoder_sees_no_less_than_its_skip_link():
    network = PConvUNet(width=1, levels=6)
    for block in range(6, 12):
        for row in range(70):
            first, last = receptive_field(network, block, row)
            skip = encoder_field(network, 11 - block, row - 1, row + 1)
            assert first <= skip[0] and skip[1] <= last


def test_the_last_layers_field_has_one_of_two_widths():
    """207 or 271 pixels in the course's network: two or three columns of its deepest layer, 64 pixels apart."""
    network = PConvUNet(width=1, levels=6)
    widths = [last - first + 1 for first, last in (receptive_field(network, 11, row) for row in range(256))]
    assert set(widths) == {2 * 71 + 1 + 64, 2 * 71 + 1 + 128}


@pytest.mark.parametrize("levels, radius", [(2, 4), (3, 8), (6, 64), (8, 256)])
def test_the_deepest_hole_is_the_reach_in_whole_steps_of_the_deepest_layer(levels, radius):
    assert deepest_hole(PConvUNet(width=1, levels=levels)) == radius


@pytest.mark.parametrize("levels", [2, 3, 6])
def test_the_margin_of_a_tile_is_all_that_the_last_layer_sees(levels):
    network, step = PConvUNet(width=1, levels=levels), 2**levels
    fields = [(row, *receptive_field(network, 2 * levels - 1, row)) for row in range(step)]
    farthest = max(max(row - first, last - row) for row, first, last in fields)
    assert farthest <= margin_of(network) < farthest + 2 * step and margin_of(network) % step == 0
