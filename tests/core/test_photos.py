"""The bundled photographs: complete, credited, small, and cropped as asked."""

import numpy as np
import pytest
from PIL import Image

from pconv_edu.core import load_photo, photo_credit, photo_names
from pconv_edu.core.photos import FOLDER, manifest


def test_the_manifest_is_complete():
    assert len(manifest()) == 151
    assert {row["file"] for row in manifest().values()} == {path.name for path in FOLDER.glob("*.jpg")}
    for row in manifest().values():
        assert row["author"].strip() and row["licence"].strip()
        assert row["source"].startswith(("https://", "Debian package "))
        with Image.open(FOLDER / row["file"]) as photo:
            assert photo.size == (int(row["width"]), int(row["height"]))
            assert photo.mode == "RGB" and min(photo.size) <= 512 and not photo.getexif()


def test_the_photos_stay_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 16e6


def test_split_and_licence():
    train, test, free = photo_names("train"), photo_names("test"), photo_names(free=True)
    assert (len(train), len(test), len(free)) == (121, 30, 84)
    assert not set(train) & set(test) and sorted(train + test) == photo_names()
    assert photo_names("test", free=True) == sorted(set(test) & set(free))
    licences = {manifest()[name]["licence"] for name in free}
    assert licences == {"CC0-1.0", "Public domain"}
    with pytest.raises(ValueError, match="split is 'valid'; give 'train', 'test' or None"):
        photo_names("valid")


def test_a_photo_is_float_rgb():
    photo = load_photo("gc-animal-koala")
    assert photo.dtype == np.float32 and photo.shape == (683, 512, 3)
    assert photo.min() >= 0 and photo.max() <= 1 and photo.std() > 0.1
    assert np.array_equal(photo, load_photo("gc-animal-koala.jpg"))


@pytest.mark.parametrize(
    "size, shape",
    [
        (64, (64, 64)),
        ((64, 96), (64, 96)),
        ((700, 700), (700, 700)),
        (1, (1, 1)),
        ((1, 2000), (1, 2000)),
        ((2000, 1), (2000, 1)),
    ],
)
def test_sizes(size, shape):
    assert load_photo("gc-animal-koala", size=size).shape == (*shape, 3)


@pytest.mark.parametrize("shape", [(1, 2000), (2000, 1)])
def test_a_sliver_is_at_least_one_pixel_of_the_photo(shape):
    assert load_photo("gc-animal-koala", size=shape).shape == (*shape, 3)


def test_the_crop_is_centred_and_not_stretched():
    whole = load_photo("gc-animal-koala")  # 683 high, 512 wide
    square = load_photo("gc-animal-koala", size=512)
    assert np.array_equal(square, whole[85:597])
    assert np.array_equal(load_photo("gc-animal-koala", size=(256, 512)), whole[213:469])
    half = square.reshape(256, 2, 256, 2, 3).mean(axis=(1, 3))
    assert abs(load_photo("gc-animal-koala", size=256) - half).mean() < 0.02


def test_names_are_helped_along():
    with pytest.raises(ValueError, match=r"'gc-animal-coala'; did you mean gc-animal-koala"):
        load_photo("gc-animal-coala")
    with pytest.raises(ValueError, match=r"photo_names\(\) lists them"):
        photo_credit("?")
    for wrong in (3, None, b"gc-animal-koala", ["gc-animal-koala"]):
        with pytest.raises(TypeError, match=r"name is .*; give one of"):
            load_photo(wrong)


@pytest.mark.parametrize("size", [0, -5, 2.5, True, (3,), (3, 4, 5), "64", (0, 4), 10**5, (10**9, 1), np.array([4, 4])])
def test_bad_sizes_are_named(size):
    with pytest.raises((TypeError, ValueError), match="size is"):
        load_photo("gc-animal-koala", size=size)


def test_credit():
    assert photo_credit("gc-animal-koala").startswith("BurningWell, Public domain, https://")
