"""inpaint(): what every method promises, and every kind of bad input."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pconv_edu import inpaint
from pconv_edu.core import irregular_mask, load_photo, psnr
from pconv_edu.inpainters.inpaint import NETWORKS

METHODS = list(inpaint.METHODS)
PHOTO = load_photo("gc-animal-koala", size=48)
MASK = irregular_mask(48, (0.2, 0.3), rng=np.random.default_rng(0))
each_method = pytest.mark.parametrize("method", METHODS)


def as_kind(photo, channels, dtype):
    image = {0: photo[..., 0], 3: photo, 4: np.dstack([photo, np.full(photo.shape[:2], 0.5)])}[channels]
    return np.uint8(image * 255) if dtype == np.uint8 else image.astype(dtype)


@each_method
@pytest.mark.parametrize("channels", [0, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.float32, np.float64])
def test_shape_dtype_and_valid_pixels_are_kept(method, channels, dtype):
    image = as_kind(PHOTO, channels, dtype)
    before = image.copy(), MASK.copy()
    filled = inpaint(image, MASK, method)
    assert filled.shape == image.shape and filled.dtype == image.dtype
    assert np.array_equal(filled[MASK], image[MASK])
    assert np.array_equal(image, before[0]) and np.array_equal(MASK, before[1])
    whole = 255 if dtype == np.uint8 else 1
    assert filled.min() >= 0 and filled.max() <= whole


@each_method
def test_what_the_hole_holds_does_not_matter(method):
    fills = []
    for junk in (0, 1, np.nan, np.inf, -5):
        image = PHOTO.copy()
        image[~MASK] = junk
        fills.append(inpaint(image, MASK, method))
    assert all(np.array_equal(fills[0], fill) for fill in fills)
    assert np.isfinite(fills[0]).all()


@pytest.mark.parametrize("method", [method for method in METHODS if method not in NETWORKS])
def test_a_flat_image_stays_flat(method):
    for value in (0.0, 0.4, 1.0):
        image = np.where(MASK[..., None], np.float32(value), np.float32(0.7)) * np.ones((1, 1, 3), np.float32)
        # OpenCV's Telea rounds on its way inwards: up to 3 of 255 were measured.
        assert abs(inpaint(image, MASK, method) - value).max() < (4 if method == "telea" else 1) / 255


def test_scores_in_order():
    """Every diffusion beats the mean colour on a photo, by far."""
    scores = {method: psnr(inpaint(PHOTO, MASK, method), PHOTO, MASK) for method in METHODS}
    assert min(scores[m] for m in ("telea", "navier-stokes", "biharmonic")) > scores["mean"] + 1


@each_method
def test_nothing_missing_is_a_copy(method):
    filled = inpaint(PHOTO, np.ones((48, 48), bool), method)
    assert np.array_equal(filled, PHOTO) and not np.shares_memory(filled, PHOTO)


@each_method
@given(
    shape=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    known=st.sampled_from([0.1, 0.5, 0.9]),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=25, deadline=None)
def test_any_size(method, shape, known, seed):
    rng = np.random.default_rng(seed)
    image, mask = rng.random((*shape, 3)), rng.random(shape) < known
    mask[tuple(rng.integers(shape))] = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a small random mask may leave under 5 % valid
        filled = inpaint(image, mask, method)
    assert filled.shape == image.shape and np.isfinite(filled).all() and np.array_equal(filled[mask], image[mask])


def test_one_pixel():
    assert inpaint(np.full((1, 1), 0.3), np.ones((1, 1), bool)) == 0.3
    with pytest.raises(ValueError, match="nothing valid"):
        inpaint(np.full((1, 1), 0.3), np.zeros((1, 1), bool))


def test_options_reach_the_method():
    assert not np.array_equal(inpaint(PHOTO, MASK, "telea", radius=1), inpaint(PHOTO, MASK, "telea", radius=9))
    with pytest.raises(TypeError, match="speed"):
        inpaint(PHOTO, MASK, "telea", speed=3)
    with pytest.raises(ValueError, match="radius is 0"):
        inpaint(PHOTO, MASK, "telea", radius=0)


def test_methods_are_described_and_pconv_is_the_default():
    assert set(METHODS) >= {"mean", "telea", "navier-stokes", "biharmonic"}
    assert all(len(line) > 20 for line in inpaint.METHODS.values())
    assert np.array_equal(inpaint(PHOTO, MASK), inpaint(PHOTO, MASK, "pconv"))


def test_a_mask_the_wrong_way_round_is_suspected_aloud():
    mask = np.zeros((48, 48), bool)
    mask[10, 10:20] = True
    with pytest.warns(UserWarning, match=r"only 0\.4 % of the mask is valid.*wrong way round.*~mask"):
        inpaint(PHOTO, mask)


@pytest.mark.parametrize("rows, suspected", [(2, True), (3, False)])  # 4.2 % and 6.3 % valid
def test_the_suspicion_begins_at_5_per_cent(rows, suspected):
    mask = np.zeros((48, 48), bool)
    mask[:rows] = True
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        inpaint(PHOTO, mask)
    assert bool(caught) == suspected


BROKEN = PHOTO.copy()
BROKEN[tuple(np.argwhere(MASK)[0])] = np.nan


@pytest.mark.parametrize(
    "change, says",
    [
        ({"mask": np.zeros((48, 48), bool)}, "nothing valid"),
        ({"mask": np.ones((48, 40), bool)}, r"mask is \(48, 40\) but the image is \(48, 48\)"),
        ({"image": PHOTO[:, :40], "mask": np.ones((40, 48), bool)}, "did you swap width and height"),
        ({"mask": np.full((48, 48), 255, np.uint8)}, "value 255.*JPEG"),
        ({"mask": np.full((48, 48), 0.5)}, "bilinear"),
        ({"mask": MASK[..., None]}, r"mask has shape \(48, 48, 1\)"),
        ({"image": BROKEN}, "nan.*without NaN"),
        ({"image": PHOTO * 255}, r"divide by 255"),
        ({"image": PHOTO - 0.5}, r"valid pixels run from -"),
        ({"image": (PHOTO * 255).astype(int)}, "image is int64"),
        ({"image": PHOTO.astype(complex)}, "complex"),
        ({"image": PHOTO[..., :2]}, r"image has shape \(48, 48, 2\)"),
        ({"image": np.full((48, 48), "x")}, "image is <U1"),
        ({"method": "magic"}, "method is 'magic'; there are pconv, mean, telea"),
        ({"method": None}, "method is None"),
    ],
)
def test_bad_input_is_named(change, says):
    arguments = {"image": PHOTO, "mask": MASK, "method": "telea"} | change
    with pytest.raises((ValueError, TypeError), match=says):
        inpaint(**arguments)
