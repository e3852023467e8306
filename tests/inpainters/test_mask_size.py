"""A mask of another size: what is said about it, and what --resize-mask does."""

import numpy as np
import pytest

from pconv_edu.core import hole_ratio
from pconv_edu.core.metadata import upright
from pconv_edu.inpainters.mask_size import fit_mask

NAMES = ("mask.png", "photo.jpg")


def holes(height, width):
    """A mask with one hole in the upper left."""
    valid = np.ones((height, width), bool)
    valid[height // 8 : height // 3, width // 8 : width // 2] = False
    return valid


def test_a_mask_of_the_right_size_is_itself():
    valid = holes(30, 40)
    for resize in (False, True):
        for orientation in range(1, 5):
            fitting, done = fit_mask(valid, (30, 40), orientation, NAMES, resize)
            assert fitting is valid and done is None


@pytest.mark.parametrize(
    "shape, size, orientation, says, helps",
    [
        ((240, 320), (960, 1280), 1, "proportions are the same.*smaller copy.*studio.*Give --resize-mask", True),
        ((239, 320), (957, 1283), 1, "proportions are the same.*Give --resize-mask", True),
        ((213, 320), (2000, 3000), 1, "proportions are the same.*Give --resize-mask", True),
        ((1920, 2560), (960, 1280), 1, "larger copy.*Give --resize-mask", True),
        ((960, 1280), (1280, 960), 6, "EXIF.*before it is turned.*Give --resize-mask", True),
        ((240, 320), (1280, 960), 8, "EXIF.*Give --resize-mask", True),
        ((1280, 960), (960, 1280), 1, "swapped.*--resize-mask can't know which way", False),
        ((320, 240), (960, 1280), 3, "swapped", False),
        ((960, 960), (960, 1280), 1, "proportions differ.*another photo.*distort", False),
        ((959, 1280), (960, 1280), 1, "proportions are the same", True),
        ((1280, 959), (960, 1280), 1, "swapped", False),
    ],
)
def test_the_likely_reason_is_said_and_the_option_named(shape, size, orientation, says, helps):
    begin = rf"mask\.png is {shape[1]} × {shape[0]} pixels, but photo\.jpg is {size[1]} × {size[0]}\. .*"
    with pytest.raises(ValueError, match=begin + says):
        fit_mask(holes(*shape), size, orientation, NAMES)
    if not helps:
        with pytest.raises(ValueError, match=begin + says):
            fit_mask(holes(*shape), size, orientation, NAMES, resize=True)
        return
    fitting, done = fit_mask(holes(*shape), size, orientation, NAMES, resize=True)
    assert fitting.shape == size and f"was {shape[1]} × {shape[0]}" in done and ("EXIF" in done) == (orientation > 4)
    assert hole_ratio(fitting) == pytest.approx(hole_ratio(holes(*shape)), abs=0.01)


def test_enlarging_repeats_pixels_and_shrinking_takes_their_centres():
    valid = np.random.default_rng(0).random((3, 4)) < 0.5
    large, _ = fit_mask(valid, (9, 12), 1, NAMES, resize=True)
    assert np.array_equal(large, valid.repeat(3, axis=0).repeat(3, axis=1))
    small, _ = fit_mask(large, (3, 4), 1, NAMES, resize=True)
    assert np.array_equal(small, valid)


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_a_mask_of_the_stored_photo_is_turned_as_the_photo_is(orientation):
    stored = holes(30, 40)
    fitting, _ = fit_mask(stored, (40, 30), orientation, NAMES, resize=True)
    assert np.array_equal(fitting, upright(stored, orientation))


def test_a_hole_that_is_lost_in_shrinking_is_named():
    valid = np.ones((400, 400), bool)
    valid[0] = False
    with pytest.raises(ValueError, match=r"mask\.png: made to fit 40 × 40 pixels it has no hole left"):
        fit_mask(valid, (40, 40), 1, NAMES, resize=True)
