"""Irregular holes have the requested ratio and border, are reproducible to the bit, and are always finished."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pconv_edu.core import RATIO_BINS, hole_radius, hole_ratio, irregular, irregular_mask
from pconv_edu.core.irregular import KINDS


@given(
    shape=st.tuples(st.integers(8, 90), st.integers(8, 90)),
    bin_=st.sampled_from(RATIO_BINS),
    border=st.integers(0, 12),
    kinds=st.sampled_from([KINDS, *((kind,) for kind in KINDS)]),
    seed=st.integers(0, 2**32 - 1),
)
@example((8, 15), (0.2, 0.3), 0, KINDS, 7)  # 36 of 120 pixels are 0.3, not 0.30000000000000004
@settings(max_examples=150, deadline=None)
def test_ratio_border_and_determinism(shape, bin_, border, kinds, seed):
    make = lambda: irregular_mask(shape, bin_, border, np.random.default_rng(seed), kinds=kinds)  # noqa: E731
    room = max(0, shape[0] - 2 * border) * max(0, shape[1] - 2 * border)
    fewest, most = int(bin_[0] * shape[0] * shape[1]) + 1, int(bin_[1] * shape[0] * shape[1])
    if fewest > min(room, most):
        with pytest.raises(ValueError, match=r"border of|no whole number"):
            make()
        return
    mask = make()
    assert mask.shape == shape and mask.dtype == bool
    assert bin_[0] < hole_ratio(mask) <= bin_[1]
    inner = np.zeros(shape, bool)
    inner[border : shape[0] - border, border : shape[1] - border] = True
    assert mask[~inner].all()
    assert np.array_equal(mask, make())


@pytest.mark.parametrize("bin_", RATIO_BINS)
@pytest.mark.parametrize("border", [0, 25])
def test_the_papers_twelve_kinds(bin_, border):
    rng = np.random.default_rng(0)
    ratios = [hole_ratio(irregular_mask(256, bin_, border, rng)) for _ in range(12)]
    assert min(ratios) > bin_[0] and max(ratios) <= bin_[1]
    assert max(ratios) - min(ratios) > 0.3 * (bin_[1] - bin_[0])  # spread over the bin


@pytest.mark.parametrize("tries", [0, 2])
def test_gaps_that_shapes_leave_are_grown_over(monkeypatch, tries):
    """Random shapes may never cover the last gaps of a large hole; then the hole grows into them."""
    monkeypatch.setattr(irregular, "TRIES", tries)
    for seed in range(10):
        mask = irregular_mask(64, (0.5, 0.6), 6, np.random.default_rng(seed))
        assert 0.5 < hole_ratio(mask) <= 0.6 and mask[:6].all() and mask[:, -6:].all()


def test_one_generator_draws_different_masks():
    rng = np.random.default_rng(0)
    first, second = (irregular_mask(64, rng=rng) for _ in range(2))
    assert not np.array_equal(first, second)


def test_kinds_differ():
    """Slivers of occlusions are thinner than strokes, and those thinner than blobs, at the same ratio."""
    radius = {}
    for kind in KINDS:
        rng = np.random.default_rng(0)
        radius[kind] = np.mean([hole_radius(irregular_mask(128, (0.1, 0.2), rng=rng, kinds=[kind])) for _ in range(20)])
    assert radius["occlusions"] < radius["strokes"] < radius["blobs"]


def test_extremes():
    rng = np.random.default_rng(0)
    assert hole_ratio(irregular_mask((4, 6), (0.99, 1.0), rng=rng)) == 1
    assert (~irregular_mask(10, (0, 0.01), rng=rng)).sum() == 1
    assert not irregular_mask((1, 1), (0, 1), rng=rng).any()


@pytest.mark.parametrize(
    "change, says",
    [
        (
            {"ratio": (0.5, 0.6), "border": 90},
            "border of 90 px leaves only 5776: ask for a smaller ratio or a narrower",
        ),
        ({"border": 200}, "border of 200 px leaves only 0"),
        ({"shape": 2, "ratio": (0.1, 0.2)}, "no whole number of pixels"),
        ({"ratio": (0.3, 0.2)}, r"ratio is \(0.3, 0.2\)"),
        ({"ratio": (0.3, 1.2)}, r"ratio is \(0.3, 1.2\)"),
        ({"kinds": ["stars"]}, "kinds is .'stars'.; give one or more of strokes, blobs, occlusions"),
        ({"kinds": []}, "kinds is"),
        ({"rng": None}, "rng is None; give a numpy.random.Generator"),
        ({"rng": 3}, "rng is 3"),
        ({"shape": 0}, "shape is 0"),
        ({"border": -1}, "border is -1"),
        ({"border": (1, 9)}, r"border is \(1, 9\); give a whole number"),  # the second was once left out
        ({"border": 2**70}, "border is .*; it must be at most"),
        ({"ratio": 0.3}, r"ratio is 0.3; give \(low, high\)"),
        ({"ratio": "ab"}, "ratio is 'ab'; give"),
        ({"ratio": (0.1, 0.2, 0.3)}, r"ratio is \(0.1, 0.2, 0.3\); give"),
        ({"ratio": (None, 1)}, r"ratio is \(None, 1\); give"),
        ({"ratio": (0.1, float("nan"))}, "ratio is .*nan.*; give"),
        ({"kinds": "strokes"}, "kinds is 'strokes'; give one or more of"),
        ({"kinds": {"strokes"}}, "kinds is {'strokes'}; give one or more of"),  # a set has no order
        ({"kinds": 3}, "kinds is 3; give one or more of"),
        ({"kinds": [None]}, r"kinds is \[None\]; give one or more of"),
        ({"shape": 10**6}, r"shape is \(1000000, 1000000\): that is more than 268 million pixels"),
        ({"shape": np.ones(2)}, "shape is .*; give a whole number"),
    ],
)
def test_impossible_requests_say_why(change, says):
    arguments = {"shape": 256, "ratio": (0.2, 0.3), "border": 0, "rng": np.random.default_rng(0)} | change
    with pytest.raises((ValueError, TypeError), match=says):
        irregular_mask(**arguments)


@pytest.mark.parametrize("low, high", [(0.29, 0.3), (0.07, 0.14), (0.57, 0.58)])
def test_bounds_that_floats_miss(low, high):
    """0.29 · 100 is 28.999999999999996; the bounds are kept nevertheless."""
    for seed in range(20):
        assert low < hole_ratio(irregular_mask((10, 10), (low, high), rng=np.random.default_rng(seed))) <= high
