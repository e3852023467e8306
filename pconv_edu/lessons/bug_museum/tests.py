"""The museum's tests: a few lines each, and what they say when they fail.

A test takes an exhibit, or the course's own code in its place, and raises AssertionError where it catches a fault.
"""

import numpy as np
import torch
from torch import nn


def weights_of_one(Layer, *sizes, bias=0.0, **options):
    """A layer whose weights are all 1, and its bias."""
    layer = Layer(*sizes, **options)
    nn.init.ones_(layer.weight)
    nn.init.constant_(layer.bias, bias)
    return layer.requires_grad_(False)


def ordinary(layer, x):
    """What an ordinary convolution with the layer's weights makes of x."""
    return nn.functional.conv2d(x, layer.weight, layer.bias, layer.stride, layer.padding)


def all_valid(Layer):
    layer, x = Layer(1, 1, 3), torch.rand(1, 1, 5, 5)
    y = layer(x, torch.ones_like(x))[0]
    assert torch.allclose(y, ordinary(layer, x)), "nothing is missing, and y is no ordinary convolution"


def all_valid_in_two_channels(Layer):
    layer, x = Layer(2, 1, 3), torch.rand(1, 2, 5, 5)
    y = layer(x, torch.ones(1, 1, 5, 5))[0]
    assert torch.allclose(y, ordinary(layer, x), atol=1e-5), "nothing is missing, and y is no ordinary convolution"


def half_a_window_with_a_bias(Layer):
    layer = weights_of_one(Layer, 1, 1, (1, 2), bias=1.0)
    y = layer(torch.tensor([[[[2.0, 9.0]]]]), torch.tensor([[[[1.0, 0.0]]]]))[0].item()
    assert abs(y - 5) < 1e-4, f"2 · 2/1 + 1 is 5, not {y:.2f}"


def one_valid_value(Layer):
    mask = torch.zeros(1, 1, 3, 3)
    mask[..., 1, 2] = 1
    y = weights_of_one(Layer, 1, 1, 3)(torch.ones(1, 1, 3, 3), mask)[0].item()
    assert abs(y - 9) < 1e-4, f"1 · 9/1 is 9, not {y:.2f}"


def empty_window(Layer):
    y, new_mask = Layer(1, 1, 3)(torch.rand(1, 1, 3, 3), torch.zeros(1, 1, 3, 3))
    assert y == 0, f"an empty window gives 0, not {y.item():.2f}"
    assert new_mask == 0, "an empty window stays hole"


def float16(Layer):
    x = torch.zeros(1, 512, 3, 3).half()
    assert not Layer(512, 1, 3).half()(x, x[:, :1])[0].isnan(), "an empty window gives NaN in float16"


def nan_in_the_hole(Layer):
    x = torch.tensor([[[[1.0, float("nan")]]]])
    y = Layer(1, 1, (1, 2))(x, torch.tensor([[[[1.0, 0.0]]]]))[0]
    assert not y.isnan(), "what lies in the hole got out"


def channels_with_masks_of_their_own(Layer):
    mask = torch.tensor([1.0, 0.0]).reshape(1, 2, 1, 1)
    y = weights_of_one(Layer, 2, 1, 1)(torch.tensor([2.0, 3.0]).reshape(1, 2, 1, 1), mask)[0].item()
    assert abs(y - 4) < 1e-4, f"one of two channels is valid: 2 · 2/1 is 4, not {y:.2f}"


def corner_of_a_full_picture(Layer):
    ones = torch.ones(1, 1, 3, 3)
    y = weights_of_one(Layer, 1, 1, 3, padding=1)(ones, ones)[0][0, 0, 0, 0].item()
    assert abs(y - 9) < 1e-4, f"4 of 9 values are valid at a corner: 4 · 9/4 is 9, not {y:.2f}"


def another_mask(Layer):
    layer, x = Layer(1, 1, 1), torch.rand(1, 1, 2, 2)
    layer(x, torch.zeros_like(x))
    assert layer(x, torch.ones_like(x))[1].all(), "the second mask is all valid, and the new mask is not"


def float64(Layer):
    x = torch.rand(1, 1, 3, 3).double()
    try:
        Layer(1, 1, 3).double()(x, torch.ones_like(x))
    except RuntimeError as error:
        raise AssertionError(f"after .double(): {error}") from error


def numbers_that_are_kept(Layer):
    layer = Layer(8, 8, 3)
    kept = sum(b.numel() for b in layer.buffers())
    assert kept <= 9, f"beside {layer.weight.numel()} weights the layer keeps {kept} more numbers"


# Networks


def hole_is_closed(Network):
    mask = torch.ones(1, 1, 9, 9)
    mask[..., 3:6, 3:6] = 0
    hole = int((Network()(torch.rand(1, 3, 9, 9), mask)[1] == 0).sum())
    assert not hole, f"two layers close a hole of radius 2; {hole} pixels are still hole"


def same_picture_size(Network):
    y = Network()(torch.rand(1, 3, 9, 9), torch.ones(1, 1, 9, 9))[0]
    assert y.shape[2:] == (9, 9), f"9×9 becomes {tuple(y.shape[2:])}"


def batch_norm_is_there(Network):
    found = [m for m in Network().modules() if isinstance(m, nn.BatchNorm2d)]
    assert len(found) == 1, f"{len(found)} batch norms are part of the module, 1 was built"


def holes_stay_zero(Network):
    x, new_mask = Network().train()(torch.rand(2, 3, 9, 9), torch.zeros(2, 1, 9, 9))
    assert not (x * (1 - new_mask)).any(), "holes are not 0 after the block"


# Functions


def mask_of_zeros_and_ones(resize):
    mask = torch.ones(1, 1, 8, 8)
    mask[..., :3] = 0
    found = sorted(set(resize(mask, 12).flatten().tolist()))
    assert found == [0, 1], f"a mask is 0 or 1; this one also holds {found[1]:.2f}"


def size_asked_for(resize):
    shape = tuple(resize(torch.ones(1, 1, 8, 8), 12).shape)
    assert shape == (1, 1, 12, 12), f"12×12 was asked for, {shape} came"


def the_same_error_in_a_smaller_hole(score):
    truth = np.zeros((10, 10, 3))
    masks = [np.arange(100).reshape(10, 10) >= size for size in (10, 50)]
    scores = [score(np.where(mask[..., None], truth, 0.1), truth, mask) for mask in masks]
    assert abs(scores[0] - scores[1]) < 1e-4, f"0.1 off in each hole: {scores[0]:.0f} and {scores[1]:.0f} dB"


def worse_fill_lower_score(score):
    truth, mask = np.zeros((4, 4, 3)), np.zeros((4, 4), bool)
    assert score(truth + 0.1, truth, mask) > score(truth + 0.2, truth, mask), "a worse fill does not score lower"


def one_bin_each(bins):
    found = [bins(ratio) for ratio in (0.05, 0.2, 0.55)]
    assert [len(b) for b in found] == [1, 1, 1], f"0.05, 0.2 and 0.55 are in the bins {found}"


def bins_in_order(bins):
    assert max(bins(0.15)) < max(bins(0.45)), "0.45 is in no later bin than 0.15"
