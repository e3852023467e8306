"""Partial convolution against three oracles (loops, PyTorch, torch-pconv) and the properties it must have."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from torch_pconv import PConv2d

from pconv_edu.core import partial_conv2d, partial_conv2d_loops, shrink_mask, update_mask
from tests.core.layers import layers, rounding_bound, window_counts

quick = settings(max_examples=60, deadline=None)
BOTH = pytest.mark.parametrize("conv", [partial_conv2d, partial_conv2d_loops])


def ring(size=5):
    """All valid except for a 3×3 hole in the middle."""
    mask = np.ones((size, size), bool)
    mask[size // 2 - 1 : size // 2 + 2, size // 2 - 1 : size // 2 + 2] = False
    return mask


# ---- oracles


@given(layers())
@settings(max_examples=200, deadline=None)
def test_loops_and_numba_agree(layer):
    y, new_mask = partial_conv2d(*layer.arguments, **layer.where)
    y_loops, mask_loops = partial_conv2d_loops(*layer.arguments, **layer.where)
    assert y.dtype == y_loops.dtype == layer.x.dtype
    assert new_mask.dtype == mask_loops.dtype == bool
    assert np.array_equal(new_mask, mask_loops)
    assert (abs(y.astype(float) - y_loops) <= rounding_bound(layer)).all()


@given(layers(dtypes=(np.float64,)))
@quick
def test_equals_the_formula_written_with_two_ordinary_convolutions(layer):
    x = np.where(np.broadcast_to(layer.mask, layer.x.shape), layer.x, 0)
    raw = torch.nn.functional.conv2d(torch.from_numpy(x)[None], torch.from_numpy(layer.weight), **layer.where)
    count = window_counts(layer)
    bias = np.zeros(len(layer.weight)) if layer.bias is None else layer.bias
    scaled = raw[0].numpy() * layer.weight[0].size / np.maximum(count, 1) + bias[:, None, None]
    y, new_mask = partial_conv2d(*layer.arguments, **layer.where)
    assert np.allclose(y, np.where(count > 0, scaled, 0), rtol=1e-11, atol=1e-12)
    assert np.array_equal(np.broadcast_to(new_mask, y.shape), count > 0)


@given(layers(dtypes=(np.float32,), groups=(1,), multichannel=False))
@quick
def test_equals_torch_pconv(layer):
    out_channels, in_channels, *kernel = layer.weight.shape
    where = {key: layer.where[key] for key in ("stride", "padding", "dilation")}
    peer = PConv2d(in_channels, out_channels, tuple(kernel), bias=layer.bias is not None, **where)
    with torch.no_grad():
        peer.regular_conv.weight.copy_(torch.from_numpy(layer.weight))
        if layer.bias is not None:
            peer.bias.copy_(torch.from_numpy(layer.bias).view(1, -1, 1, 1))
        x, mask = torch.from_numpy(layer.x)[None], torch.from_numpy(layer.mask.astype(np.float32))[None]
        y_peer, mask_peer = peer(x, mask)
    y, new_mask = partial_conv2d(*layer.arguments, **layer.where)
    assert np.array_equal(new_mask, mask_peer[0].numpy() > 0)
    assert np.allclose(y, y_peer[0].numpy(), rtol=1e-4, atol=2e-5)


@given(layers())
@quick
def test_all_valid_without_padding_is_an_ordinary_convolution(layer):
    where = layer.where | {"padding": 0}
    x = np.pad(layer.x, ((0, 0), (6, 6), (6, 6)))  # large enough for every kernel drawn
    y, new_mask = partial_conv2d(x, np.ones(x.shape[1:], bool), layer.weight, layer.bias, **where)
    bias = None if layer.bias is None else torch.from_numpy(layer.bias)
    plain = torch.nn.functional.conv2d(torch.from_numpy(x)[None], torch.from_numpy(layer.weight), bias, **where)
    tolerance = 1e-4 if x.dtype == np.float32 else 1e-11
    assert new_mask.all()
    assert np.allclose(y, plain[0].numpy(), rtol=tolerance, atol=tolerance)


# ---- properties


@given(layers())
@quick
def test_what_is_in_the_hole_does_not_matter(layer):
    x = np.where(np.broadcast_to(layer.mask, layer.x.shape), layer.x, np.nan)
    y, _ = partial_conv2d(*layer.arguments, **layer.where)
    y_nan, _ = partial_conv2d(x, layer.mask, layer.weight, layer.bias, **layer.where)
    assert np.array_equal(y, y_nan)


@given(layers(dtypes=(np.float64,)))
@quick
def test_linear_in_x(layer):
    rng = np.random.default_rng(0)
    other = rng.standard_normal(layer.x.shape)
    of = lambda x: partial_conv2d(x, layer.mask, layer.weight, **layer.where)[0]  # noqa: E731
    assert np.allclose(of(2 * layer.x - 3 * other), 2 * of(layer.x) - 3 * of(other), rtol=1e-9, atol=1e-9)


@given(layers())
@quick
def test_update_mask_is_the_new_mask_of_the_layer(layer):
    _, new_mask = partial_conv2d(*layer.arguments, **layer.where)
    updated = update_mask(layer.mask, layer.weight.shape[2:], **layer.where)
    if updated.ndim == 3:  # one a group
        updated = np.repeat(updated, len(layer.weight) // len(updated), axis=0)
    assert np.array_equal(updated, new_mask)


@BOTH
def test_empty_window_gives_zero_without_bias(conv):
    y, new_mask = conv(np.ones((1, 3, 3)), np.zeros((3, 3), bool), np.ones((2, 1, 3, 3)), np.array([5.0, 7.0]))
    assert y.shape == (2, 1, 1) and (y == 0).all() and not new_mask.any()


@BOTH
def test_by_hand(conv):
    x = np.array([[[1.0, 2.0], [3.0, 4.0]]])
    mask = np.array([[True, False], [True, True]])
    y, new_mask = conv(x, mask, np.array([[[[1.0, 10.0], [100.0, -1.0]]]]), np.array([0.5]))
    # 1·1 + 100·3 − 1·4 = 297 from 3 of 4 values: 297 · 4/3 + 0.5
    assert y == pytest.approx(396.5) and new_mask.all()


@BOTH
def test_groups_have_masks_of_their_own(conv):
    x = np.ones((2, 1, 1))
    mask = np.array([[[True]], [[False]]])
    y, new_mask = conv(x, mask, np.ones((4, 1, 1, 1)), np.full(4, 9.0), groups=2)
    assert y.ravel().tolist() == [10, 10, 0, 0]
    assert new_mask.ravel().tolist() == [True, True, False, False]
    y, new_mask = conv(x, mask, np.ones((4, 2, 1, 1)))
    assert y.ravel().tolist() == [2, 2, 2, 2]  # one of two values, times 2/1
    assert new_mask.shape == (1, 1) and new_mask.all()


@BOTH
def test_the_border_counts_as_hole(conv):
    y, _ = conv(np.ones((1, 3, 3)), np.ones((3, 3), bool), np.ones((1, 1, 3, 3)), padding=1)
    assert (y == 9).all()  # 4 valid ones in the corner: 4 · 9/4


@BOTH
def test_whole_numbers_and_ones_and_zeros_are_welcome(conv):
    x = np.arange(9).reshape(1, 3, 3)
    y, _ = conv(x, np.ones((3, 3), int), np.ones((1, 1, 3, 3), np.float32))
    assert y.tolist() == [[[36.0]]]


def test_arguments_are_left_as_they_were():
    x, mask, weight = np.ones((1, 5, 5), np.float32), ring(), np.ones((3, 1, 3, 3), np.float32)
    x[0, 2, 2] = np.nan
    before = x.copy(), mask.copy(), weight.copy()
    partial_conv2d(x, mask, weight, padding=1)
    shrink_mask(mask)
    assert np.array_equal(x, before[0], equal_nan=True)
    assert np.array_equal(mask, before[1]) and np.array_equal(weight, before[2])


@pytest.mark.parametrize("order", ["F", "reversed", "read-only"])
def test_any_memory_layout(order):
    rng = np.random.default_rng(1)
    x, mask, weight = (
        rng.standard_normal((2, 6, 7)),
        rng.random((6, 7)) < 0.5,
        rng.standard_normal((3, 2, 3, 3)),
    )
    want = partial_conv2d(x, mask, weight, padding=1)[0]
    if order == "F":
        x, mask, weight = map(np.asfortranarray, (x, mask, weight))
    elif order == "reversed":
        x, mask = x[:, ::-1].copy()[:, ::-1], mask[::-1].copy()[::-1]
    else:
        x.flags.writeable = mask.flags.writeable = weight.flags.writeable = False
    assert np.array_equal(partial_conv2d(x, mask, weight, padding=1)[0], want)


# ---- the mask update and shrinking


def test_update_mask_by_hand():
    expected = np.ones((5, 5), bool)
    expected[2, 2] = False
    assert np.array_equal(update_mask(ring(), 3, padding=1), expected)
    assert update_mask(ring(), 3).tolist() == [[True] * 3, [True, False, True], [True] * 3]
    assert update_mask(ring(), 3, stride=2, padding=1).tolist() == [
        [True] * 3,
        [True, False, True],
        [True] * 3,
    ]


def test_update_mask_of_several_channels():
    mask = np.zeros((4, 1, 1), bool)
    mask[1] = True
    assert update_mask(mask, 1).tolist() == [[True]]
    assert update_mask(mask, 1, groups=2).tolist() == [[[True]], [[False]]]
    assert update_mask(mask, 1, groups=4).ravel().tolist() == [False, True, False, False]


@given(layers())
@quick
def test_valid_never_becomes_hole_at_stride_1(layer):
    kernel = tuple(k | 1 for k in layer.weight.shape[2:])
    mask = layer.mask if layer.mask.ndim == 2 else layer.mask[0]
    assert update_mask(mask, kernel, padding=(kernel[0] // 2, kernel[1] // 2))[mask].all()


def test_shrinking_the_ring():
    masks = shrink_mask(ring())
    assert [int((~m).sum()) for m in masks] == [9, 1, 0]


def test_shrinking_stops():
    assert len(shrink_mask(np.ones((4, 4), bool))) == 1
    assert len(shrink_mask(np.zeros((4, 4), bool))) == 1  # nothing is valid, so nothing ever changes
    assert len(shrink_mask(ring(), 1)) == 1  # a 1×1 kernel reaches no neighbour
    assert len(shrink_mask(ring(), (1, 3))) == 3  # along the rows only


def test_a_lone_valid_pixel_under_dilation_2_never_closes_its_hole():
    mask = np.zeros((9, 9), bool)
    mask[4, 4] = True
    for _ in range(9):
        mask = update_mask(mask, 3, padding=2, dilation=2)
    expected = np.zeros((9, 9), bool)
    expected[::2, ::2] = True  # only pixels an even number of steps away
    assert np.array_equal(mask, expected)


# ---- bad input


X, M, WEIGHT = np.ones((2, 6, 8)), np.ones((6, 8), bool), np.ones((4, 2, 3, 3))


@BOTH
@pytest.mark.parametrize(
    "change, says",
    [
        ({"x": X[0]}, r"x has shape \(6, 8\); give \(C, H, W\)"),
        ({"x": X.astype(complex)}, "complex128"),
        ({"mask": M.T}, "did you swap width and height"),
        ({"mask": M[None, None]}, r"mask has shape \(1, 1, 6, 8\)"),
        ({"mask": np.full((6, 8), 255, np.uint8)}, "value 255.*JPEG.*bilinear"),
        ({"mask": np.full((6, 8), 0.5)}, "value 0.5"),
        ({"mask": np.full((6, 8), np.nan)}, "value nan"),
        ({"mask": np.full((6, 8), "hole")}, "mask has dtype"),
        ({"weight": WEIGHT[0]}, r"weight has shape \(2, 3, 3\)"),
        ({"weight": WEIGHT[:, :1]}, "1 input channels × 1 groups"),
        ({"bias": np.ones(3)}, r"bias has shape \(3,\)"),
        ({"groups": 0}, "groups is 0"),
        ({"groups": 3}, "divide the 2 channels"),
        ({"groups": 2, "weight": np.ones((3, 1, 3, 3))}, "divide the 3 channels"),
        ({"groups": True}, "whole number"),
        ({"stride": 0}, "stride is 0; it must be at least 1"),
        ({"stride": 1.5}, "stride is 1.5; give a whole number"),
        ({"stride": (1, 1, 1)}, "two of them"),
        ({"padding": -1}, "padding is -1"),
        ({"padding": "same"}, "padding is 'same'"),
        ({"dilation": 4}, "spans 9 pixels.*has only 6"),
        ({"x": None}, "x is None; give an array of numbers"),
        ({"x": np.full((2, 6, 8), "a")}, "x is <U1"),
        ({"x": [[[0.1], [0.2, 0.3]]]}, "x is a list that NumPy cannot make an array of"),
        ({"weight": WEIGHT.astype(object)}, "weight is object"),
        ({"weight": np.zeros(WEIGHT.shape, "m8[s]")}, "weight is timedelta64"),
        ({"weight": np.ones((3, 2, 1, 1000)), "padding": 600}, r"kernel_size is \(1, 1000\); it must be at most 999"),
        ({"weight": np.where(WEIGHT.max() == WEIGHT, np.inf, WEIGHT)}, "weight contains inf; give finite numbers"),
        ({"weight": np.full_like(WEIGHT, np.nan)}, "weight contains nan"),
        ({"bias": "zero"}, "bias is 'zero'"),
        ({"bias": np.full(3, 1j)}, "bias is complex128"),
        ({"stride": 2**63}, "stride is 9223372036854775808; it must be at most"),
        ({"dilation": 10**30}, "dilation is 10+; it must be at most"),
        ({"dilation": np.array(2.0)}, r"dilation is array\(2.\); give a whole number"),
        ({"padding": 10**6}, r"with padding \(1000000, 1000000\) the output is .*more than 268 million pixels"),
        ({"groups": 10**5000}, "groups is a value of type int; it must"),
    ],
)
def test_bad_input_is_named(conv, change, says):
    arguments = {"x": X, "mask": M, "weight": WEIGHT, "bias": None} | change
    with pytest.raises((ValueError, TypeError), match=says):
        conv(**arguments)


@pytest.mark.parametrize(
    "call, says",
    [
        (lambda: update_mask(np.ones(3, bool), 3), r"mask has shape \(3,\)"),
        (lambda: update_mask(np.ones((0, 3), bool), 1), "no pixels"),
        (lambda: update_mask(np.ones((3, 3), bool), 5), "pad more"),
        (lambda: update_mask(np.ones((3, 3, 3), bool), 1, groups=2), "divide the 3 channels"),
        (lambda: shrink_mask(ring(), 4), "kernel_size is 4; it must be odd"),
        (lambda: shrink_mask(np.ones((3, 5, 5), bool)), r"mask has shape \(3, 5, 5\); give \(H, W\)"),
        (lambda: shrink_mask(np.full((5, 5), 0.3)), "value 0.3"),
        (lambda: shrink_mask(ring(), 10**9 + 1), "kernel_size is 1000000001; it must be at most 999"),
        (lambda: update_mask(np.ones((9, 9), bool), 3, padding=10**5), "more than 268 million pixels"),
        (lambda: update_mask(np.ones((9, 9), bool), 2**70), "kernel_size is .*at most 999"),
    ],
)
def test_bad_masks_are_named(call, says):
    with pytest.raises(ValueError, match=says):
        call()
