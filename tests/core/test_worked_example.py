"""The article's three statements about its 5×5 example hold exactly, and the trace agrees with the layer."""

import numpy as np
import pytest

from pconv_edu.core import partial_conv2d, shrink_mask
from pconv_edu.core.worked_example import BLUE, ORANGE, PURPLE, B, M, W, X, trace


def window(cell, bias=B):
    return next(w for w in trace(bias=bias) if (w.row, w.col) == cell)


def test_numbers_are_whole():
    for numbers in (X, W):
        assert np.array_equal(numbers, numbers.round())


@pytest.mark.parametrize("bias", [0.0, 1.0, -4.5])
def test_orange_three_valid_values_make_minus_nine(bias):
    w = window(ORANGE, bias)
    assert (w.sum_M, w.raw, w.ratio, w.new_mask) == (3, -3, 3, True)
    assert w.y == w.y_article == -9 + bias


@pytest.mark.parametrize("bias", [0.0, 1.0, -4.5])
def test_purple_is_empty(bias):
    w = window(PURPLE, bias)
    assert (w.sum_M, w.raw, w.ratio, w.new_mask) == (0, 0, 0, False)
    assert w.y == 0 and w.y_article == 0 + bias


def test_blue_the_same_raw_sum_from_five_values():
    w = window(BLUE)
    assert (w.sum_M, w.raw, w.new_mask) == (5, window(ORANGE).raw, True)
    assert w.y == pytest.approx(-3 * 9 / 5 + B)
    assert window(BLUE).y != window(ORANGE).y


def test_only_the_middle_stays_hole_and_two_layers_close_it():
    assert [(w.row, w.col) for w in trace() if not w.new_mask] == [PURPLE]
    assert len(shrink_mask(M)) - 1 == 2


@pytest.mark.parametrize("seed", range(20))
def test_the_trace_is_the_layer(seed):
    rng = np.random.default_rng(seed)
    x, mask = rng.standard_normal((6, 4)), rng.random((6, 4)) < 0.4
    weight = rng.standard_normal((3, 5) if seed % 2 else (3, 3))
    padding = (weight.shape[0] // 2, weight.shape[1] // 2)
    y, new_mask = partial_conv2d(x[None], mask, weight[None, None], [0.7], padding=padding)
    windows = trace(x, mask, weight, 0.7)
    assert np.allclose([w.y for w in windows], y.ravel(), rtol=1e-12, atol=1e-12)
    assert [w.new_mask for w in windows] == new_mask.ravel().tolist()
    for w in windows:
        assert w.sum_M == w.mask.sum() and w.raw == pytest.approx(w.products.sum())
        assert not w.products[~w.mask].any() and not w.mask[~w.inside].any()


@pytest.mark.parametrize(
    "change, says",
    [
        ({"x": X[:4]}, r"x has shape \(4, 5\), but mask \(5, 5\)"),
        ({"weight": W[:2]}, r"weight has shape \(2, 3\); give \(kH, kW\), both odd"),
        ({"mask": np.full((5, 5), 7)}, "value 7"),
    ],
)
def test_bad_input_is_named(change, says):
    with pytest.raises(ValueError, match=says):
        trace(**change)
