"""What `inpaint` refuses, in one sentence and before the fill: overwriting an input, bad names, doubtful masks."""

import os
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image

from pconv_edu.__main__ import main
from pconv_edu.core import write_image
from pconv_edu.core.pictures import read_picture
from tests.core.profiles import rgb_profile

from .one_photo import HOLE, MASK, PHOTO, fill

# ---- no input is ever replaced


def ways_to(folder, name):
    """Other ways to write the path of a file, the file system's links included."""
    (folder / "inner").mkdir(exist_ok=True)
    (folder / "linked folder").symlink_to(folder)
    (folder / "link.png").symlink_to(folder / name)
    (folder / "link to link.png").symlink_to("link.png")
    os.link(folder / name, folder / "hard link.png")
    yield from (folder / name, folder / "." / name, folder / "inner" / ".." / name, folder / "linked folder" / name)
    yield from (folder / "link.png", folder / "link to link.png", folder / "hard link.png")
    yield Path(os.path.relpath(folder / name))
    if (folder / name.upper()).exists():  # a file system where upper and lower case are the same
        yield folder / name.upper()


@pytest.mark.parametrize("name, what", [("photo.png", "the photo itself"), ("mask.png", "the mask itself")])
def test_no_input_is_replaced_whatever_way_its_path_is_written(files, name, what):
    before = {path: (files / path).read_bytes() for path in ("photo.png", "mask.png")}
    for out in ways_to(files, name):
        with pytest.raises(SystemExit, match=what):
            main(["inpaint", str(files / "photo.png"), str(files / "mask.png"), "-o", str(out)])
        assert {path: (files / path).read_bytes() for path in before} == before, out
    for source in ("link.png", "linked folder/photo.png"):  # and the photo by another name
        with pytest.raises(SystemExit, match="itself"):
            fill(files, source if name == "photo.png" else "photo.png", "mask.png", name)


def test_resume_is_for_folders(files, capsys):
    with pytest.raises(SystemExit):
        fill(files, "photo.png", "mask.png", "a.png", "--resume")
    assert "--resume is for a folder of photos" in capsys.readouterr().err and not (files / "a.png").exists()


def test_a_photo_that_is_its_own_mask_is_refused(files):
    with pytest.raises(SystemExit, match=r"photo\.png is the photo itself; give a mask"):
        fill(files, mask="photo.png")


# ---- what can be checked is checked before the fill


@pytest.mark.parametrize(
    "photo, out, says",
    [
        ("photo.png", "a.xyz", r"the ending '\.xyz' is not known; use one of \.png"),
        ("photo.png", "a", "the ending '' is not known"),
        ("photo.png", "gone/a.png", "there is no folder .*gone"),
        ("photo.png", "folder", "is a folder; give the name of a file"),
        ("photo.png", "photo.png/a.png", "there is no folder"),
        ("photo.png", "x" * 252 + ".png", "no file can have this name"),
        ("rgba.png", "a.jpg", "JPEG has no transparency; write .png"),
        ("rgba.png", "a.bmp", "BMP has no transparency"),
        ("wide.png", "a.webp", "WEBP has at most 16383 pixels a side"),
        ("profile.png", "a.bmp", "BMP has no colour profile"),
    ],
)
def test_what_can_be_checked_is_checked_before_the_fill(files, photo, out, says, monkeypatch):
    monkeypatch.setattr("pconv_edu.inpainters.files.inpaint", lambda *_, **__: pytest.fail("it was filled"))
    (files / "folder").mkdir()
    write_image(files / "rgba.png", np.dstack([PHOTO, np.full((40, 56), 90, np.uint8)]))
    write_image(files / "wide.png", np.zeros((1, 16384, 3)))
    write_image(files / "profile.png", PHOTO, color_profile=rgb_profile())
    before = sorted(files.rglob("*"))
    with pytest.raises(SystemExit, match=says):
        fill(files, photo, out=out)
    assert sorted(files.rglob("*")) == before


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which nobody can write")
def test_a_folder_that_cannot_be_written_to_is_named_before_the_fill(files, monkeypatch):
    monkeypatch.setattr("pconv_edu.inpainters.files.inpaint", lambda *_, **__: pytest.fail("it was filled"))
    with pytest.raises(SystemExit, match="/proc cannot be written to"):
        main(["inpaint", str(files / "photo.png"), str(files / "mask.png"), "-o", "/proc/a.png"])


@pytest.mark.parametrize("length", [200, 243, 250, 255])
def test_long_names_of_the_output(files, length):
    assert fill(files, out="x" * (length - 4) + ".png").pixels.shape == PHOTO.shape


@pytest.mark.parametrize("threshold", ["0", "1", "127", "-0.1", "nan", "half"])
def test_a_threshold_out_of_range_is_named_as_the_option_is_written(files, capsys, threshold):
    with pytest.raises(SystemExit):
        fill(files, "photo.png", "mask.png", "a.png", f"--threshold={threshold}")
    assert f"argument --threshold: {threshold} is not a number between 0 and 1" in capsys.readouterr().err


# ---- masks that are not what they seem


@pytest.mark.parametrize(
    "values, dtype, says, threshold",
    [
        ((0, 1), np.uint8, "two values, 0 and 1 of 255, which looks all black", "0.002"),
        ((0, 2), np.uint8, "two values, 0 and 2 of 255, which looks all black", "0.004"),
        ((1, 2), np.uint8, "two values, 1 and 2 of 255", "0.006"),
        ((0, 100), np.uint8, "two values, 0 and 100 of 255", "0.2"),
        ((0, 254), np.uint8, "two values, 0 and 254 of 255", "0.5"),
        ((254, 255), np.uint8, "two values, 254 and 255 of 255", "0.998"),
        ((0, 1), np.uint16, "two values, 0 and 1 of 65535, which looks all black", "8e-06"),
        ((0, 255), np.uint16, "two values, 0 and 255 of 65535, which looks all black", "0.002"),
        ((65534, 65535), np.uint16, "two values, 65534 and 65535", "0.99999"),
    ],
)
def test_a_mask_of_two_other_values_is_named_with_the_way_out(files, values, dtype, says, threshold):
    Image.fromarray(np.where(MASK, *values).astype(dtype)).save(files / "odd.png")
    with pytest.raises(SystemExit, match=rf"odd\.png: its pixels have {says}.*give --threshold {threshold}") as stopped:
        fill(files, mask="odd.png")
    advice = str(stopped.value).split("--threshold ")[1].split(",")[0]
    filled = fill(files, "photo.png", "odd.png", "a.png", "--threshold", advice)
    assert np.array_equal(filled.pixels, fill(files).pixels)


@pytest.mark.parametrize("threshold", [[], ["--threshold", "0.5"]])
def test_a_mask_without_a_hole_does_not_copy_the_photo(files, threshold):
    for name, mask in (("black.png", np.zeros((40, 56))), ("dark.png", np.where(MASK, 0, 1 / 255))):
        if name == "dark.png" and not threshold:
            continue
        write_image(files / name, mask)
        says = "no pixel is brighter than --threshold 0.5" if threshold else "it is black all over"
        with pytest.raises(SystemExit, match=rf"{name}: {says}, so there is no hole to fill"):
            fill(files, "photo.png", name, "a.png", *threshold)
    assert not (files / "a.png").exists()


@pytest.mark.parametrize(
    "value, threshold, says", [(1.0, [], "white all over"), (0.6, ["--threshold", "0.5"], "all of it is")]
)
def test_a_mask_that_is_all_hole_is_refused(files, value, threshold, says):
    write_image(files / "bright.png", np.full((40, 56), value))
    with pytest.raises(SystemExit, match=rf"bright\.png: .*{says}.*nothing valid to fill from"):
        fill(files, "photo.png", "bright.png", "a.png", *threshold)


def test_a_mask_that_is_probably_the_wrong_way_round_is_named_without_python(files, capsys):
    mostly = np.ones((40, 56))
    mostly[:, 0] = 0
    write_image(files / "mostly.png", mostly)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fill(files, mask="mostly.png")
    said = capsys.readouterr().err
    assert "note: only 1.8 % of the photo is outside the hole. White is the hole" in said and "~" not in said


@pytest.mark.parametrize("mask", ["soft.png", "odd.png", "black.png", "white.png", "transparent.png", "small.png"])
def test_messages_about_masks_do_not_speak_python(files, mask):
    write_image(files / "soft.png", np.random.default_rng(0).random((40, 56)))
    Image.fromarray(np.uint8(HOLE)).save(files / "odd.png")
    write_image(files / "black.png", np.zeros((40, 56)))
    write_image(files / "white.png", np.ones((40, 56)))
    write_image(files / "transparent.png", np.zeros((40, 56, 4)))
    write_image(files / "small.png", np.float32(HOLE[::2, ::2]))
    with pytest.raises(SystemExit) as stopped:
        fill(files, mask=mask)
    said = str(stopped.value)
    assert mask in said and not any(
        word in said for word in ("threshold=", "~", "True", "False", "None", "array", "np.")
    )


# ---- masks of another size


def test_the_studios_mask_of_a_large_photo(files):
    Image.fromarray(PHOTO).resize((224, 160)).save(files / "large.png")
    with pytest.raises(SystemExit, match=r"56 × 40 pixels, but .*large\.png is 224 × 160.*Give --resize-mask"):
        fill(files, "large.png")
    filled = fill(files, "large.png", "mask.png", "a.png", "--resize-mask").pixels
    large = read_picture(files / "large.png").pixels
    assert np.array_equal((filled != large).any(axis=2), HOLE.repeat(4, axis=0).repeat(4, axis=1))


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_a_mask_painted_on_the_photo_as_it_is_stored(files, capsys, orientation):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    Image.fromarray(PHOTO).save(files / "phone.png", exif=exif)
    with pytest.raises(
        SystemExit, match=r"mask\.png is 56 × 40 pixels, but .* is 40 × 56\. .*EXIF.*Give --resize-mask"
    ):
        fill(files, "phone.png")
    filled = fill(files, "phone.png", "mask.png", "a.png", "--resize-mask").pixels
    assert "turned as the photo's EXIF data say" in capsys.readouterr().err
    Image.fromarray(np.uint8(255 * HOLE)).save(files / "turned.png", exif=exif)
    assert np.array_equal(filled, fill(files, "phone.png", "turned.png").pixels)


def test_a_fill_that_fails_for_memory_is_one_sentence(files, monkeypatch):
    def full(*_, **__):
        raise MemoryError

    monkeypatch.setattr("pconv_edu.inpainters.files.inpaint", full)
    with pytest.raises(SystemExit, match=r"photo\.png: the fill failed: there is not enough memory"):
        fill(files)
