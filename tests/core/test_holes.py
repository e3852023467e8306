"""Hole ratio and hole radius, and the rule that links the radius to the number of layers."""

import hashlib
import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pconv_edu.core import (
    RADIUS_BINS,
    RATIO_BINS,
    dilate,
    edge_pairs,
    find_bin,
    hole_radius,
    hole_ratio,
    load_test_holes,
    shrink_mask,
    update_mask,
)


@st.composite
def masks(draw):
    shape = draw(st.tuples(st.integers(1, 24), st.integers(1, 24)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    mask = rng.random(shape) < draw(st.sampled_from([0.01, 0.05, 0.3, 0.9]))
    mask[tuple(rng.integers(shape))] = True  # at least one valid pixel
    return mask


def radius_by_hand(mask):
    """Compare every hole pixel with every valid pixel."""
    valid, holes = np.argwhere(mask), np.argwhere(~mask)
    if not len(holes):
        return 0
    return int(abs(holes[:, None] - valid[None]).max(axis=2).min(axis=1).max())


@given(masks())
@settings(max_examples=150, deadline=None)
def test_radius_is_the_largest_chessboard_distance(mask):
    assert hole_radius(mask) == radius_by_hand(mask)


@given(masks(), st.sampled_from([3, 5, 7]))
@settings(max_examples=150, deadline=None)
def test_the_fill_depth_law(mask, kernel_size):
    layers = len(shrink_mask(mask, kernel_size)) - 1
    assert layers == math.ceil(hole_radius(mask) / ((kernel_size - 1) / 2))


def test_radius_of_simple_holes():
    mask = np.ones((9, 9), bool)
    assert hole_radius(mask) == 0 and isinstance(hole_radius(mask), int)
    mask[4, 4] = False
    assert hole_radius(mask) == 1
    mask[3:6] = False
    assert hole_radius(mask) == 2
    mask[:] = False
    mask[0, 0] = True
    assert hole_radius(mask) == 8  # a diagonal neighbour is as near as one at the side
    assert hole_radius(np.zeros((9, 9), bool)) == math.inf


def test_ratio():
    mask = np.ones((4, 5), bool)
    assert hole_ratio(mask) == 0
    mask[:, :2] = False
    assert hole_ratio(mask) == pytest.approx(0.4) and isinstance(hole_ratio(mask), float)
    assert hole_ratio(np.zeros((3, 3), bool)) == 1
    assert hole_ratio(mask.astype(np.uint8)) == pytest.approx(0.4)


@pytest.mark.parametrize("measure", [hole_ratio, hole_radius])
def test_bad_masks_are_named(measure):
    with pytest.raises(ValueError, match="value 255"):
        measure(np.full((4, 4), 255))
    with pytest.raises(ValueError, match=r"\(3, 4, 4\); give \(H, W\)"):
        measure(np.ones((3, 4, 4), bool))


# ---- bins and dilation


@pytest.mark.parametrize("bins", [RATIO_BINS, RADIUS_BINS])
def test_bins_follow_each_other_and_do_not_overlap(bins):
    for (_, high), (low, _) in itertools.pairwise(bins):
        assert high == low
    for index, (low, high) in enumerate(bins):
        assert find_bin(high, bins) == index
        assert find_bin(low, bins) == (index - 1 if index else None)
        assert find_bin((low + high) / 2, bins) == index
    assert find_bin(2 * bins[-1][1], bins) is None


@given(masks(), st.integers(0, 4))
@settings(max_examples=80, deadline=None)
def test_dilation_is_the_mask_update_turned_around(mask, pixels):
    """Growing the hole by n equals n mask updates of the complement, where hole pixels spread like valid ones."""
    expected = ~mask
    for _ in range(pixels):
        expected = update_mask(expected, 3, padding=1)
    assert np.array_equal(~dilate(mask, pixels), expected)
    assert (dilate(dilate(mask, pixels), -pixels) <= mask).all()  # growing and shrinking never opens the hole


def test_a_hole_shrinks_and_vanishes():
    mask = np.ones((9, 9), bool)
    mask[2:7, 2:7] = False
    assert [int((~dilate(mask, -n)).sum()) for n in (0, 1, 2, 3)] == [25, 9, 1, 0]
    for wrong in (1.5, True, "1", None, (1, 2)):
        with pytest.raises(TypeError, match="pixels"):
            dilate(mask, wrong)


@pytest.mark.parametrize("border", [False, True])
@pytest.mark.parametrize("ratio", RATIO_BINS)
def test_the_fixed_test_holes(ratio, border):
    masks = load_test_holes(ratio, border)
    assert masks.shape == (30, 256, 256) and masks.dtype == bool
    for mask in masks:
        assert ratio[0] < hole_ratio(mask) <= ratio[1]
        edge = mask.copy()
        edge[25:-25, 25:-25] = True
        assert edge.all() or not border
    assert len({mask.tobytes() for mask in masks}) == 30


def test_the_fixed_test_holes_never_change():
    digest = hashlib.sha256()
    for ratio, border in itertools.product(RATIO_BINS, (False, True)):
        digest.update(np.packbits(load_test_holes(ratio, border)).tobytes())
    assert digest.hexdigest() == "c9d06474bc83ede63a10ea57fd2cdce1124f6d23c7b5ecaabf983de1441aeee8"
    for wrong in ((0.2, 0.4), 0.2, None, "N", (np.ones(2), 3)):
        with pytest.raises(ValueError, match=r"ratio is .*; give one of"):
            load_test_holes(wrong)
    for wrong in (25, "yes", None):
        with pytest.raises(TypeError, match=r"border is .*; give True or False"):
            load_test_holes((0.2, 0.3), wrong)


def pairs_by_hand(mask):
    """Compare every hole pixel with its four neighbours."""
    pairs = set()
    for row, column in np.argwhere(~mask).tolist():
        for place in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            if all(0 <= at < n for at, n in zip(place, mask.shape, strict=True)) and mask[place]:
                pairs.add(((row, column), place))
    return pairs


@given(masks())
@settings(max_examples=100, deadline=None)
def test_the_pairs_at_the_edge_of_a_hole(mask):
    pairs = [[tuple(place) for place in places.tolist()] for places in edge_pairs(mask)]
    pairs = list(zip(*pairs, strict=True))
    assert set(pairs) == pairs_by_hand(mask) and len(pairs) == len(set(pairs))


def test_no_edge_without_a_hole_or_without_a_valid_pixel():
    assert [places.shape for mask in (np.ones, np.zeros) for places in edge_pairs(mask((3, 4), bool))] == [(0, 2)] * 4
    with pytest.raises(ValueError, match="value 7"):
        edge_pairs(np.full((2, 2), 7))
