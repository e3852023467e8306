"""Colour profiles: the kinds of pixels they fit, and conversion to sRGB with known values."""

import numpy as np
import pytest
import tifffile
from PIL import Image

from pconv_edu.core import read_image
from pconv_edu.core.color_profiles import is_srgb, space_of, srgb, to_srgb

from .profiles import cmyk_profile, grey_profile, rgb_profile


def test_the_kind_of_pixels_that_a_profile_is_for():
    profiles = (srgb(), rgb_profile(), grey_profile(), cmyk_profile(), b"no profile", srgb()[:100])
    assert [space_of(profile) for profile in profiles] == ["RGB", "RGB", "GRAY", "CMYK", None, None]
    unreadable = rgb_profile().replace(b"test\0", b"te\x97t\0")  # a description that Pillow cannot read
    assert space_of(unreadable) == "RGB"
    assert [is_srgb(profile) for profile in (srgb(), rgb_profile(), unreadable)] == [True, False, False]


def test_inks_become_the_colours_that_their_profile_says():
    inks = np.array([[[0, 0, 0, 0], [0, 0, 0, 255], [255, 0, 0, 0]]], np.uint8)
    rgb, profile = to_srgb(Image.fromarray(inks, "CMYK"), cmyk_profile())
    white, black, cyan = np.asarray(rgb)[0].astype(int)
    assert (white >= 254).all() and (black <= 1).all()
    assert abs(cyan - 119).max() <= 2  # L* = 50 is 119 in sRGB
    assert space_of(profile) == "RGB" and is_srgb(profile)


@pytest.mark.parametrize("profile", [None, b"no profile", "another kind", "without tables"])
def test_inks_without_a_profile_that_fits_become_rgb_by_the_plain_formula(profile):
    broken = cmyk_profile().replace(b"A2B0", b"XXXX")
    profile = {"another kind": srgb(), "without tables": broken}.get(profile, profile)
    inks = Image.fromarray(np.array([[[255, 0, 0, 0], [0, 51, 0, 0]]], np.uint8), "CMYK")
    rgb, written = to_srgb(inks, profile)
    assert np.asarray(rgb).tolist() == [[[0, 255, 255], [255, 204, 255]]] and written is None


def test_a_file_in_lab(tmp_path):
    """L* = 100 is white, 50 is 119, 0 is black; a* and b* are signed in the file, 0 is neutral."""
    lab = np.uint8([[[255, 0, 0], [128, 0, 0], [0, 0, 0]]])
    tifffile.imwrite(tmp_path / "lab.tif", lab, photometric="cielab")
    found = np.rint(read_image(tmp_path / "lab.tif")[0] * 255)
    assert abs(found - np.array([[255], [119], [0]])).max() <= 1


def test_read_image_follows_the_profile_of_inks(tmp_path):
    cyan = Image.fromarray(np.full((2, 3, 4), [255, 0, 0, 0], np.uint8), "CMYK")
    cyan.save(tmp_path / "a.tif", icc_profile=cmyk_profile())
    assert abs(read_image(tmp_path / "a.tif") * 255 - 119).max() <= 2
    cyan.save(tmp_path / "b.tif")
    assert read_image(tmp_path / "b.tif")[0, 0].tolist() == [0, 1, 1]
