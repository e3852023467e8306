"""The record of filled pixels: what it says, where it is written, and that it is never taken for a photo."""

import functools
import io

import numpy as np
import pytest
from PIL import Image

from pconv_edu.inpainters.files import inpaint_file
from pconv_edu.inpainters.record import read_record, record_path, with_record
from pconv_edu.lessons.widgets.pictures import png_bytes
from pconv_edu.nn.photo_folder import find_images

from . import folder_tools
from .folder_tools import content, hole, photo
from .one_photo import MASK, PHOTO

run = functools.partial(folder_tools.run, record=True)


@pytest.fixture
def pair(tmp_path):
    photo(tmp_path / "photo.png")
    Image.fromarray(hole(2)).save(tmp_path / "mask.png")
    return [str(tmp_path / "photo.png"), str(tmp_path / "mask.png")]


@pytest.mark.parametrize("ending", ["png", "jpg", "tif", "bmp", "webp"])
def test_a_record_is_written_beside_every_kind_of_file(pair, tmp_path, capsys, ending):
    run(capsys, *pair, "-o", str(tmp_path / f"filled.{ending}"))
    record = read_record(tmp_path / f"filled.{ending}.filled-pixels.png")
    assert np.array_equal(record.filled, hole(2) > 0) and record.method == "mean"


def test_the_texts_say_what_the_record_is(pair, tmp_path, capsys):
    run(capsys, *pair, "-o", str(tmp_path / "filled.png"))
    texts = Image.open(tmp_path / "filled.png.filled-pixels.png").text
    assert texts["Title"] == "filled pixels of filled.png" and texts["Method"] == "mean"
    assert "made them up" in texts["Description"] and texts["Software"].startswith("pconv-edu ")


def test_the_best_network_is_recorded_by_its_name(pair, tmp_path):
    inpaint_file(*pair, tmp_path / "filled.png", "pconv")
    assert read_record(record_path(tmp_path / "filled.png")).method == "large"


def test_the_blending_is_recorded(pair, tmp_path, capsys):
    """So it is for one file and for a folder; without blending, the record names none."""
    out = tmp_path / "filled.png"
    run(capsys, *pair, "-o", str(out))
    plain = out.read_bytes()
    assert read_record(record_path(out)).blend is None and "Blend" not in Image.open(record_path(out)).text
    run(capsys, *pair, "-o", str(out), "--blend", "poisson")
    texts = Image.open(record_path(out)).text
    assert out.read_bytes() != plain and read_record(record_path(out))[1:] == ("mean", "poisson")
    assert texts["Blend"] == "poisson" and "mean made them up, and poisson blending" in texts["Description"]
    for folder, name in (("photos", "photo.png"), ("masks", "mask.png")):
        (tmp_path / folder).mkdir()
        (tmp_path / name).rename(tmp_path / folder / "photo.png")
    photos, masks, filled = (str(tmp_path / name) for name in ("photos", "masks", "all"))
    run(capsys, photos, masks, "-o", filled, "--blend", "poisson")
    assert (tmp_path / "all" / "photo.png").read_bytes() == out.read_bytes()
    assert read_record(record_path(tmp_path / "all" / "photo.png")).blend == "poisson"


def test_a_record_is_a_mask(pair, tmp_path, capsys):
    run(capsys, *pair, "-o", str(tmp_path / "once.png"))
    run(capsys, pair[0], str(record_path(tmp_path / "once.png")), "-o", str(tmp_path / "twice.png"))
    assert (tmp_path / "once.png").read_bytes() == (tmp_path / "twice.png").read_bytes()


def test_no_record_is_written_if_none_is_wanted(pair, tmp_path, capsys):
    folder_tools.run(capsys, *pair, "-o", str(tmp_path / "filled.png"))
    assert not record_path(tmp_path / "filled.png").exists() and (tmp_path / "filled.png").exists()


def test_an_earlier_record_is_replaced_and_no_other_file(pair, tmp_path, capsys):
    out = str(tmp_path / "filled.png")
    run(capsys, *pair, "-o", out)
    Image.fromarray(hole(4)).save(tmp_path / "mask.png")
    run(capsys, *pair, "-o", out)
    assert np.array_equal(read_record(record_path(out)).filled, hole(4) > 0)
    photo(record_path(out), 7)  # a picture of somebody's
    before = content(tmp_path)
    assert "is not a record" in run(capsys, *pair, "-o", out, code="refused")
    assert content(tmp_path) == before
    folder_tools.run(capsys, *pair, "-o", out)


def test_folders_of_filled_photos_can_be_read_again(tmp_path, capsys):
    for folder in ("photos", "masks", "filled"):
        (tmp_path / folder).mkdir()
    for name in ("a.png", "b.jpg"):
        photo(tmp_path / "photos" / name)
        Image.fromarray(hole(3)).save(tmp_path / "masks" / f"{name[0]}.png")
    photos, masks, filled, again = (str(tmp_path / name) for name in ("photos", "masks", "filled", "again"))
    run(capsys, photos, masks, "-o", filled)
    assert len(content(tmp_path / "filled")) == 4
    assert "2 photos filled" in run(capsys, filled, masks, "-o", again)
    assert [path.name for path in find_images(filled)] == ["a.png", "b.jpg"]


@pytest.mark.parametrize("length", [200, 240, 255])
def test_long_names(pair, tmp_path, capsys, length):
    names = [f"{'ä' * 80}{letter * (length - 164)}.png" for letter in "xy"]  # ä has two bytes
    for name in names:
        run(capsys, *pair, "-o", str(tmp_path / name))
    records = {record_path(tmp_path / name) for name in names}
    assert len(records) == 2 and all(read_record(path).method == "mean" for path in records)
    assert all(path.name.endswith(".filled-pixels.png") for path in records)


def test_a_picture_can_carry_its_record(tmp_path):
    plain = png_bytes(PHOTO)
    data = with_record(plain, MASK, "guided")
    (tmp_path / "filled.png").write_bytes(data)
    record = read_record(tmp_path / "filled.png")
    assert np.array_equal(record.filled, ~MASK) and record.method == "guided"
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), np.asarray(Image.open(io.BytesIO(plain))))
    Image.open(io.BytesIO(data)).verify()  # the check sums of all chunks


@pytest.mark.parametrize("data", [b"", b"no picture", png_bytes(PHOTO), png_bytes(PHOTO)[:-20]])
def test_other_files_are_refused(tmp_path, data):
    (tmp_path / "file.png").write_bytes(data)
    with pytest.raises(ValueError, match="record"):
        read_record(tmp_path / "file.png")
    if not data.endswith(b"B`\x82"):
        with pytest.raises(ValueError, match="complete"):
            with_record(data, MASK, "mean")
