"""Folders of photos and masks: names are matched exactly, and what is left out is named with the reason."""

import os
import unicodedata

import numpy as np
import pytest
from PIL import Image

from pconv_edu.core import read_image, write_image

from .folder_tools import content, hole, photo, run

RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    "names",
    [
        ("photo[1]", "photo1"),
        ("img", "img.small"),
        ("2024.05", "2024.05.01", "2024"),
        ("img.tar", "img"),
        ("a*", "ab", "a?", "a"),
        ("Photo", "photo") if os.path.normcase("A") == "A" else ("one", "two"),
        ("!a", "[!a]", "b"),
        ("with space", "with", "ünï.cödé"),
    ],
)
def test_each_photo_is_filled_by_the_mask_of_exactly_its_name(folders, capsys, names):
    for number, name in enumerate(names):
        photo(folders / "in" / f"{name}.png", number)
        Image.fromarray(hole(number)).save(folders / "masks" / f"{name}.{('png', 'bmp', 'tif')[number % 3]}")
    said = run(capsys, "in", "masks", "-o", "out")
    assert said == f"{len(names)} photos filled in out\n"
    for number, name in enumerate(names):
        before, after = (read_image(folders / folder / f"{name}.png") for folder in ("in", "out"))
        assert np.array_equal((before != after).any(axis=2), hole(number) == 255)


def test_one_name_is_not_another(folders, capsys):
    photo(folders / "in" / "photo[1].png")
    photo(folders / "in" / "IMG.png")
    photo(folders / "in" / "layers.png")
    for name in ("photo1", "img"):
        Image.fromarray(hole(0)).save(folders / "masks" / f"{name}.png")
    (folders / "masks" / "layers.xcf").touch()
    said = run(capsys, "in", "masks", "-o", "out", code=1)
    assert "there is no mask called photo[1].* in masks\n" in said
    assert "no mask called IMG.* in masks; img.png differs in upper and lower case" in said
    assert "no mask called layers.* in masks; layers.xcf: GIMP files can't be read here; convert it to PNG" in said
    assert "3 left out:" in said and content(folders / "out") == {}


def test_accents_are_the_same_in_both_ways_of_storing_them(folders, capsys):
    photo(folders / "in" / f"{unicodedata.normalize('NFD', 'é')}.png")
    Image.fromarray(hole(0)).save(folders / "masks" / f"{unicodedata.normalize('NFC', 'é')}.png")
    assert "1 photo filled" in run(capsys, "in", "masks", "-o", "out")


def test_a_name_that_two_photos_or_two_masks_have_is_left_out(folders, capsys):
    for name in ("a.jpg", "a.png", "b.png", "c.png"):
        photo(folders / "in" / name)
    for name in ("a.png", "b.png", "b.bmp", "c.png"):
        Image.fromarray(hole(1)).save(folders / "masks" / name)
    said = run(capsys, "in", "masks", "-o", "out", code=1)
    assert "a.jpg: masks/a.png could be the mask of a.png too" in said.replace(os.sep, "/")
    assert "a.png: masks/a.png could be the mask of a.jpg too" in said.replace(os.sep, "/")
    assert "there are 2 masks called b.* in masks" in said and "3 left out" in said
    assert [path.name for path in content(folders / "out")] == ["c.png"]


def test_photos_that_would_be_written_to_one_file_are_left_out(folders, capsys):
    for name in ("a.gif", "a.png", "b.jpg", "b.png"):
        photo(folders / "in" / name)
    Image.fromarray(hole(1)).save(folders / "mask.png")
    said = run(capsys, "in", "mask.png", "-o", "out", code=1)
    assert "would be the filled a.png too" in said and "would be the filled a.gif too" in said
    assert [path.name for path in content(folders / "out")] == ["b.jpg", "b.png"]


def test_all_formats_that_are_read_one_by_one_are_read_in_folders(folders, capsys):
    names = ["a.png", "b.jpg", "c.jpeg", "d.jfif", "e.gif", "f.bmp", "g.webp", "h.tif", "i.tiff", "j.PNG", "k.JPG"]
    names += ["l.tga", "m.ppm", "n.jp2", "o.jpe", "p.ico"] + (
        ["q.avif"] if ".avif" in Image.registered_extensions() else []
    )
    for name in names:
        image = Image.fromarray(RNG.integers(0, 256, (24, 24, 3), dtype=np.uint8))
        image.save(folders / "in" / name, "JPEG" if name.endswith("jfif") else None)
        Image.fromarray(hole(0)[:, :24]).save(folders / "masks" / f"{name[0]}.png")
    for name in ("._a.png", ".DS_Store", ".hidden.jpg", "Thumbs.db", "desktop.ini"):
        (folders / "in" / name).write_bytes(b"not a photo")
        (folders / "masks" / name).write_bytes(b"not a mask")
    said = run(capsys, "in", "masks", "-o", "out")
    assert f"{len(names)} photos filled" in said and "left out" not in said
    written = {path.name for path in content(folders / "out")}
    kept = {"png", "jpg", "jpeg", "jfif", "bmp", "webp", "tif", "tiff", "PNG", "JPG", "jpe"}
    assert written == {name if name.split(".")[1] in kept else f"{name[0]}.png" for name in names}


def test_what_is_left_out_is_counted_and_named_with_the_reason(folders, capsys):
    photo(folders / "in" / "good.png")
    (folders / "in" / "phone.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(40))
    (folders / "in" / "phone.jpg").write_bytes(b"\0\0\0\x18ftypheic" + bytes(40))
    (folders / "in" / "camera.NEF").write_bytes(b"II*\0")
    (folders / "in" / "broken.png").write_bytes(b"broken")
    (folders / "in" / "notes.txt").write_text("notes", encoding="utf-8")
    (folders / "in" / "inner").mkdir()
    photo(folders / "in" / "inner" / "x.png")
    (folders / "in" / "empty").mkdir()
    frames = [Image.new("RGB", (32, 24), color) for color in ("red", "blue")]
    frames[0].save(folders / "in" / "moves.gif", save_all=True, append_images=frames[1:])
    (folders / "in" / "lost.png").symlink_to(folders / "gone.png")
    Image.fromarray(hole(0)).save(folders / "mask.png")
    said = run(capsys, "in", "mask.png", "-o", "out", code=1).replace(os.sep, "/")
    assert "1 photo filled in out\n8 left out:\n" in said
    for line in (
        "in/broken.png: not an image, or a broken one",
        "in/camera.NEF: camera raw files can't be read here; convert it to PNG or JPEG",
        "in/inner: a folder inside the folder",
        "in/lost.png: not an ordinary file, or a link to one that is not there",
        "in/moves.gif: it has 2 pages, frames or layers; give --first-page",
        "in/notes.txt: not an image file",
        "in/phone.HEIC: HEIC files can't be read here; convert it to PNG or JPEG",
        "in/phone.jpg: HEIC files can't be read here; convert it to PNG or JPEG",
    ):
        assert f"\n  {line}" in said, line
    assert "2 photos filled" in run(capsys, "in", "mask.png", "-o", "out", "--first-page", code=1)


@pytest.mark.parametrize(
    "arguments, says",
    [
        (("in", "gone", "-o", "out"), "gone: there is no such file or folder of masks"),
        (("in", "empty", "-o", "out"), "empty: there are no image files in this folder, so no masks"),
        (("empty", "masks", "-o", "out"), "empty: there are no image files in this folder"),
        (
            ("phone", "masks", "-o", "out"),
            "no image files in this folder; a.heic: HEIC files .*convert it to PNG or JPEG",
        ),
        (("in", "in", "-o", "out"), "in is the folder of the photos; put the masks in a folder of their own"),
        (("in", "masks", "-o", "in"), "in is the folder of the photos; give another one"),
        (("in", "masks", "-o", "masks"), "masks is the folder of the masks; give another one"),
        (("in", "masks", "-o", "masks/../in/."), "is the folder of the photos"),
        (("in", "masks", "-o", "link"), "link is the folder of the masks"),
        (("in", "masks", "-o", "a.png"), "a.png is a file; in is a folder, so give a folder"),
        (("in", "masks", "-o", "a.png/out"), "out: this folder can't be made"),
        (("in", "black.png", "-o", "out"), "black.png: it is black all over"),
        (("in", "a.png", "-o", "out"), "a.png: .*neither black nor white"),
    ],
)
def test_what_is_wrong_for_all_is_said_once_and_before_any_fill(folders, capsys, arguments, says, monkeypatch):
    for name in ("a.png", "b.png", "c.png"):
        photo(folders / "in" / name)
        Image.fromarray(hole(0)).save(folders / "masks" / name)
    for name in ("empty", "phone"):
        (folders / name).mkdir()
    (folders / "phone" / "a.heic").touch()
    photo(folders / "a.png")
    write_image(folders / "black.png", np.zeros((24, 32)))
    (folders / "link").symlink_to("masks")
    monkeypatch.setattr("pconv_edu.inpainters.files.inpaint", lambda *_: pytest.fail("something was filled"))
    before = content(folders)
    with pytest.raises(AssertionError, match=says):
        raise AssertionError(run(capsys, *arguments, code="refused"))
    assert content(folders) == before and not (folders / "out").exists()


def test_notes_about_many_photos_are_one_line(folders, capsys):
    for name in ("a.png", "b.png"):
        Image.fromarray(RNG.integers(0, 256, (24, 32, 3), dtype=np.uint8)).convert("P").save(folders / "in" / name)
    Image.fromarray(hole(0)).save(folders / "mask.png")
    said = run(capsys, "in", "mask.png", "-o", "out")
    assert said == "2 photos filled in out\nnote: the palette becomes RGB (a.png, b.png)\n"


def test_long_names(folders, capsys):
    for length in (243, 250, 255):
        photo(folders / "in" / ("x" * (length - 4) + ".png"))
    Image.fromarray(hole(0)).save(folders / "mask.png")
    assert "3 photos filled" in run(capsys, "in", "mask.png", "-o", "out")
    photo(folders / "in" / ("y" * 252 + ".bw"))
    said = run(capsys, "in", "mask.png", "-o", "out", code=1)
    assert "3 photos filled" in said and "no file can have this name" in said
