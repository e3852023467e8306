"""Poisson blending: what it repairs exactly, what it leaves alone, and that the solver is right."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from pconv_edu import inpaint
from pconv_edu.core import edge_pairs, irregular_mask, load_photo, seam
from pconv_edu.inpainters import blending
from pconv_edu.inpainters.blending import poisson

PHOTO = load_photo("gc-animal-koala", size=48)
MASK = irregular_mask(48, (0.2, 0.3), rng=np.random.default_rng(0))


@st.composite
def masks(draw):
    """Masks of any size with holes of any number, which may touch the border."""
    shape = draw(st.tuples(st.integers(1, 20), st.integers(1, 20)).filter(lambda shape: shape != (1, 1)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    mask = rng.random(shape) < draw(st.sampled_from([0.1, 0.5, 0.9]))
    mask.flat[0], mask.flat[-1] = True, False
    return mask


def offset(picture, mask, sizes=(0.2, -0.1, 0.05)):
    return np.where(mask[..., None], picture, picture + np.array(sizes)).astype(np.float32)


@given(masks())
@settings(max_examples=60, deadline=None)
def test_a_constant_fill_with_an_offset_is_repaired(mask):
    picture = np.broadcast_to(np.float32([0.3, 0.5, 0.7]), (*mask.shape, 3))
    assert abs(poisson(offset(picture, mask), mask) - picture).max() < 1e-5


def slope(shape):
    rows, columns = np.indices(shape)
    return np.stack([0.2 + 0.01 * rows, 0.8 - 0.01 * columns, 0.4 + 0.004 * rows + 0.003 * columns], axis=2)


# Every edge has a second pixel on both sides, so that both next steps exist.
BLOCKS = [np.s_[10:20, 12:25], np.s_[0:6, 5:9], np.s_[24:32, 30:40], np.s_[20:23, 3:8], np.s_[4:30, 35:37]]


@pytest.mark.parametrize("block", BLOCKS)
def test_an_even_slope_with_an_offset_is_repaired(block):
    mask = np.ones((32, 40), bool)
    mask[block] = False
    picture = slope(mask.shape)
    assert abs(poisson(offset(picture, mask), mask) - picture).max() < 1e-5


@pytest.mark.parametrize("block", BLOCKS)
def test_a_fill_that_continues_a_slope_does_not_change(block):
    mask = np.ones((32, 40), bool)
    mask[block] = False
    picture = slope(mask.shape).astype(np.float32)
    assert abs(poisson(picture, mask) - picture).max() < 1e-6


def test_without_a_next_step_none_is_wanted():
    """A row of three pixels: the hole has no second pixel, and neither have the sides."""
    filled, mask = np.float32([[0.2, 0.9, 0.4]])[..., None], np.array([[True, False, True]])
    assert poisson(filled, mask).ravel() == pytest.approx([0.2, 0.3, 0.4], abs=1e-6)
    # A fourth pixel gives the right side a next step of 0.1 to the left, so 0.5 is wanted from there and 0.2 from left.
    filled, mask = np.float32([[0.2, 0.9, 0.4, 0.3]])[..., None], np.array([[True, False, True, True]])
    assert poisson(filled, mask).ravel() == pytest.approx([0.2, 0.35, 0.4, 0.3], abs=1e-6)


def test_the_steps_inside_are_kept_and_the_wanted_steps_are_met_by_least_squares():
    """No other change of the fill comes closer to the wanted steps: the sum of squares is smallest."""
    rng = np.random.default_rng(1)
    mask = rng.random((12, 14)) < 0.6
    filled = rng.random((12, 14, 1))
    inside, outside = edge_pairs(mask)
    wanted = blending._wanted_steps(filled, mask, inside, outside)
    both = [(a, b) for a, b in zip(*_neighbors(mask.shape), strict=True) if not mask[a] and not mask[b]]

    def misfit(picture):
        inner = sum((picture[a] - picture[b] - filled[a] + filled[b]) ** 2 for a, b in both)
        edge = picture[tuple(inside.T)] - picture[tuple(outside.T)] - wanted
        return float(inner[0] + (edge**2).sum())

    best = poisson(filled, mask).astype(float)
    assert misfit(best) < misfit(filled)
    for _ in range(50):
        change = 0.01 * rng.standard_normal(mask.shape) * ~mask
        assert misfit(best + change[..., None]) > misfit(best)


def _neighbors(shape):
    places = [tuple(place) for place in np.argwhere(np.ones(shape, bool)).tolist()]
    pairs = [(p, (p[0] + d, p[1] + 1 - d)) for p in places for d in (0, 1)]
    pairs = [pair for pair in pairs if pair[1][0] < shape[0] and pair[1][1] < shape[1]]
    return zip(*pairs, strict=True)


def test_the_pyramid_agrees_with_a_direct_solution(monkeypatch):
    """A hole of many components, some of them at the border."""
    mask = ndimage.zoom(np.random.default_rng(2).random((16, 16)), 10, order=1) > 0.5
    filled = np.random.default_rng(3).random((*mask.shape, 3))
    assert ndimage.label(~mask)[1] > 5 and np.count_nonzero(~mask) > 2 * blending.DIRECT
    by_pyramid = poisson(filled, mask)
    monkeypatch.setattr(blending, "DIRECT", mask.size)
    assert abs(poisson(filled, mask) - by_pyramid).max() < 5e-5


def test_a_solver_that_does_not_converge_is_named(monkeypatch):
    monkeypatch.setattr(blending, "cg", lambda *_, **options: (None, options["maxiter"]))
    with pytest.raises(RuntimeError, match="did not converge"):
        inpaint(PHOTO, MASK, "mean", blend="poisson")


@pytest.mark.parametrize("method", ["mean", "telea", "biharmonic"])
@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.float32, np.float64])
def test_known_pixels_stay_and_the_hole_does_not_matter(method, dtype):
    image = np.uint8(PHOTO * 255) if dtype == np.uint8 else PHOTO.astype(dtype)
    fills = []
    for junk in (0, 1) if dtype == np.uint8 else (0, np.nan, np.inf, -7):
        given_ = image.copy()
        given_[~MASK] = junk
        fills.append(inpaint(given_, MASK, method, blend="poisson"))
    assert all(np.array_equal(fills[0], fill) for fill in fills)
    assert np.array_equal(fills[0][MASK], image[MASK]) and fills[0].dtype == dtype
    assert fills[0].min() >= 0 and fills[0].max() <= (255 if dtype == np.uint8 else 1)


@given(masks(), st.sampled_from([0, 3, 4]), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
@pytest.mark.filterwarnings("ignore::pconv_edu.inpainters.inpaint.FewValidWarning")
def test_any_size_and_any_number_of_channels(mask, channels, seed):
    image = np.random.default_rng(seed).random((*mask.shape, channels) if channels else mask.shape)
    filled = inpaint(image, mask, "mean", blend="poisson")
    assert filled.shape == image.shape and np.isfinite(filled).all() and np.array_equal(filled[mask], image[mask])


def test_what_is_far_from_the_hole_does_not_matter():
    mask = np.ones((48, 48), bool)
    mask[20:25, 0:9] = False
    filled = np.where(mask[..., None], PHOTO, 0.5)
    part = np.s_[18:27, 0:11]
    changed = filled.copy()
    changed[:18], changed[27:], changed[:, 11:] = 0, 1, 0
    assert np.array_equal(poisson(filled, mask)[part], poisson(changed, mask)[part])


def test_blending_removes_the_seam_of_the_mean():
    seams = [seam(inpaint(PHOTO, MASK, "mean", blend=blend), PHOTO, MASK) for blend in (None, "poisson")]
    assert seams[0] > 3 and seams[1] < 0


def test_the_fill_is_blended_as_it_would_be_returned(monkeypatch):
    """A fill outside [0, 1] is clipped before it is blended, so an even fill that is too bright is repaired too."""
    fill = lambda image, mask: np.full_like(image, 5.0)  # noqa: E731
    monkeypatch.setitem(inpaint.__globals__["TABLE"], "mean", diffusion_method(fill))
    image = np.full((9, 9, 3), 0.25, np.float32)
    mask = np.ones((9, 9), bool)
    mask[3:6, 3:6] = False
    assert (inpaint(image, mask, "mean")[~mask] == 1).all()
    assert abs(inpaint(image, mask, "mean", blend="poisson") - 0.25).max() < 1e-5


def diffusion_method(fill):
    from pconv_edu.inpainters.methods import DIFFUSION, Method

    return Method("a fill that is far too bright", DIFFUSION, "#000000", fill)


@pytest.mark.parametrize("mask", [MASK, np.ones((48, 48), bool)], ids=["hole", "no-hole"])
@pytest.mark.parametrize("blend", ["Poisson", "", True, 0, ["poisson"], b"poisson", np.zeros(2)])
def test_a_wrong_value_is_refused(mask, blend):
    with pytest.raises(ValueError, match=r"^blend is .*; give 'poisson', or None"):
        inpaint(PHOTO, mask, "mean", blend=blend)


def test_nothing_missing_is_a_copy_and_nothing_valid_is_refused():
    assert np.array_equal(inpaint(PHOTO, np.ones((48, 48), bool), "mean", blend="poisson"), PHOTO)
    with pytest.raises(ValueError, match="nothing valid"):
        inpaint(PHOTO, np.zeros((48, 48), bool), "mean", blend="poisson")
