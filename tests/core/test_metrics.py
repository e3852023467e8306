"""Scores against values worked out by hand, and against scikit-image's own."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage import metrics

from pconv_edu.core import edge_pairs, l1, load_photo, psnr, seam, ssim

RNG = np.random.default_rng(0)
TRUTH = load_photo("gc-animal-koala", size=64)
NOISY = np.clip(TRUTH + 0.1 * RNG.standard_normal(TRUTH.shape), 0, 1)
MASK = np.ones((64, 64), bool)
MASK[20:40, 10:50] = False


def test_by_hand():
    truth, image = np.zeros((2, 2)), np.array([[0.0, 0.1], [0.2, 0.4]])
    mask = np.array([[True, False], [False, True]])
    assert l1(image, truth) == pytest.approx(100 * 0.7 / 4) and l1(image, truth, mask) == pytest.approx(15)
    assert psnr(image, truth) == pytest.approx(-10 * math.log10(0.21 / 4))
    assert psnr(image, truth, mask) == pytest.approx(-10 * math.log10(0.025))


def test_against_scikit_image():
    assert psnr(NOISY, TRUTH) == pytest.approx(metrics.peak_signal_noise_ratio(TRUTH, NOISY, data_range=1))
    options = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "data_range": 1}
    for image, truth in ((NOISY, TRUTH), (NOISY[..., 0], TRUTH[..., 0])):
        axis = 2 if image.ndim == 3 else None
        expected = metrics.structural_similarity(truth.astype(float), image.astype(float), channel_axis=axis, **options)
        assert ssim(image, truth) == pytest.approx(expected)


def test_equal_pictures():
    assert l1(TRUTH, TRUTH) == 0 and psnr(TRUTH, TRUTH) == math.inf and ssim(TRUTH, TRUTH) == pytest.approx(1)
    assert psnr(TRUTH, TRUTH, MASK) == math.inf


def test_hole_scores_see_the_hole_alone():
    image = np.where(MASK[..., None], TRUTH, NOISY)
    assert l1(image, TRUTH, MASK) == pytest.approx(l1(NOISY, TRUTH, MASK))
    share = 1 - MASK.mean()
    assert l1(image, TRUTH) == pytest.approx(share * l1(image, TRUTH, MASK))
    assert psnr(image, TRUTH) == pytest.approx(psnr(image, TRUTH, MASK) - 10 * math.log10(share))
    assert ssim(image, TRUTH, MASK) < ssim(image, TRUTH)


def test_a_tiny_hole_flatters_the_whole_picture():
    image, mask = TRUTH.copy(), np.ones((64, 64), bool)
    image[30, 30], mask[30, 30] = 1 - TRUTH[30, 30], False
    assert psnr(image, TRUTH) > 35 and psnr(image, TRUTH, mask) < 15


@pytest.mark.parametrize("score", [l1, psnr, ssim, seam])
@pytest.mark.parametrize(
    "change, says",
    [
        ({"image": NOISY[:32]}, r"\(32, 64, 3\) and truth \(64, 64, 3\)"),
        ({"image": NOISY * 255}, "image runs from 0.0 to 255.0"),
        ({"truth": np.full_like(TRUTH, np.nan)}, "truth runs from nan"),
        ({"mask": np.ones((64, 64), bool)}, "no hole"),
        ({"mask": np.ones((64, 32), bool)}, r"mask is \(64, 32\)"),
        ({"mask": np.full((64, 64), 7)}, "value 7"),
        ({"image": None}, "image is None; give an array"),
        ({"image": "filled.png"}, "image is 'filled.png'; give an array .*read_image"),
        ({"truth": NOISY + 0j}, "truth complex128; give real numbers"),  # its second part would be lost
        ({"truth": np.full(TRUTH.shape, "0.5")}, "truth is <U3"),
        ({"image": [[0.1], [0.2, 0.3]]}, "image is a list"),
    ],
)
def test_bad_input_is_named(score, change, says):
    with pytest.raises((ValueError, TypeError), match=says):
        score(**({"image": NOISY, "truth": TRUTH, "mask": MASK if score is seam else None} | change))


def test_ssim_needs_room_for_its_window():
    with pytest.raises(ValueError, match="11 × 11"):
        ssim(NOISY[:8], TRUTH[:8])


def test_a_seam_by_hand():
    """The hole is the middle of a row. Its edge has two pairs, with the steps 0.2 and 0.1 in the truth."""
    truth, mask = np.array([[0.3, 0.5, 0.6]]), np.array([[True, False, True]])
    steps = {0.5: (0.2, 0.1), 0.3: (0, 0.3), 0.45: (0.15, 0.15), 0.9: (0.6, 0.3)}
    for value, (left, right) in steps.items():
        image = np.array([[0.3, value, 0.6]])
        assert seam(image, truth, mask) == pytest.approx(100 * ((left + right) - 0.3) / 2)
    # The same picture as a column, and in two channels, of which the second has no seam.
    image, column = np.array([[0.3], [0.9], [0.6]]), truth.T
    assert seam(image, column, mask.T) == pytest.approx(30)
    assert seam(np.dstack([image, column]), np.dstack([column, column]), mask.T) == pytest.approx(15)


def random_case(seed):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(2, 9, 2))
    mask = rng.random(shape) < 0.5
    mask[0, 0], mask[-1, -1] = True, False
    return rng, 0.3 + 0.4 * rng.random((*shape, 3)), mask


seeds = given(st.integers(0, 2**32 - 1))


@seeds
@settings(max_examples=60, deadline=None)
def test_the_truth_has_no_seam_and_an_offset_has_a_seam_that_grows(seed):
    rng, truth, mask = random_case(seed)
    inside, outside = edge_pairs(mask)
    largest = 100 * np.abs(truth[tuple(inside.T)] - truth[tuple(outside.T)]).max()
    offset = lambda size: seam(truth + size * ~mask[..., None], truth, mask)  # noqa: E731
    assert seam(truth, truth, mask) == 0
    for sign in (-1, 1):
        scores = [offset(sign * size) for size in np.linspace(0, 0.3, 7)]
        assert (np.diff(scores, 2) > -1e-9).all()  # convex: once it grows, it grows ever faster
        for size, score in zip(np.linspace(0, 30, 7), scores, strict=True):
            assert size - 2 * largest - 1e-9 <= score <= size + 1e-9
    flat = np.full_like(truth, 0.4)
    size = float(rng.uniform(-0.3, 0.3))
    assert seam(flat + size * ~mask[..., None], flat, mask) == pytest.approx(100 * abs(size))


@seeds
@settings(max_examples=60, deadline=None)
def test_only_the_edge_counts(seed):
    rng, truth, mask = random_case(seed)
    image = rng.random(truth.shape)
    edge = np.zeros(mask.shape, bool)
    for places in edge_pairs(mask):
        edge[tuple(places.T)] = True
    elsewhere = ~edge[..., None] & np.ones(3, bool)
    other = np.where(elsewhere, rng.random(truth.shape), image), np.where(elsewhere, rng.random(truth.shape), truth)
    assert seam(*other, mask) == seam(image, truth, mask)


def test_a_smooth_edge_scores_below_the_photo():
    mask = np.ones((64, 64), bool)
    mask[30, :] = False
    smooth, bright = TRUTH.copy(), TRUTH.copy()
    smooth[30], bright[30] = (TRUTH[29] + TRUTH[31]) / 2, 1
    assert seam(smooth, TRUTH, mask) < 0 < seam(bright, TRUTH, mask)


def test_a_hole_without_an_edge_has_no_seam():
    with pytest.raises(ValueError, match="no edge"):
        seam(TRUTH, TRUTH, np.zeros((64, 64), bool))
