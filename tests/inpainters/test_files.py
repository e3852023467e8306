"""`pconv-edu inpaint`: files and folders are filled, nothing is lost, and every failure is named."""

import numpy as np
import pytest
from PIL import Image

from pconv_edu import inpaint
from pconv_edu.__main__ import main
from pconv_edu.core import read_image, write_image
from pconv_edu.core.image_files import read_color_profile

from .one_photo import MASK, PHOTO, PROFILE


def run(folder, *arguments):
    main(
        ["inpaint", *(str(folder / a) if a.endswith((".png", ".jpg", "in", "masks", "out")) else a for a in arguments)]
    )


@pytest.mark.parametrize("method", inpaint.METHODS)
def test_one_file(files, method):
    run(files, "photo.png", "mask.png", "-o", "filled.png", "--method", method)
    filled = np.rint(read_image(files / "filled.png") * 255).astype(np.uint8)
    assert filled.shape == PHOTO.shape and np.array_equal(filled[MASK], PHOTO[MASK])
    expected = inpaint(np.float32(PHOTO) / 255, MASK, method)
    assert abs(filled / 255 - expected).max() < 1 / 255
    assert read_color_profile(files / "filled.png") == PROFILE


def test_transparency_is_kept(files):
    rgba = np.dstack([PHOTO, np.full((40, 56), 90, np.uint8)])
    write_image(files / "rgba.png", rgba)
    run(files, "rgba.png", "mask.png", "-o", "filled.png")
    filled = np.asarray(Image.open(files / "filled.png"))
    assert filled.shape == (40, 56, 4) and np.array_equal(filled[MASK], rgba[MASK])


@pytest.mark.parametrize(
    "arguments, says",
    [
        (("gone.png", "mask.png", "-o", "f.png"), r"gone\.png: there is no such file"),
        (("photo.png", "mask.png", "-o", "photo.png"), "is the photo itself"),
        (("photo.png", "mask.png", "-o", "f.xyz"), r"ending '\.xyz' is not known"),
        (("photo.png", "small.png", "-o", "f.png"), r"small\.png is 3 × 2 pixels, but .*photo\.png is 56 × 40"),
        (("photo.png", "grey.png", "-o", "f.png"), r"grey\.png: .*JPEG"),
        (("photo.png", "white.png", "-o", "f.png"), "nothing valid"),
    ],
)
def test_errors_are_one_sentence_and_leave_the_photo(files, arguments, says):
    write_image(files / "small.png", np.zeros((2, 3)))
    write_image(files / "grey.png", np.full((40, 56), 0.4))
    write_image(files / "white.png", np.ones((40, 56)))
    before = (files / "photo.png").read_bytes()
    with pytest.raises(SystemExit, match=says):
        run(files, *arguments)
    assert (files / "photo.png").read_bytes() == before and not (files / "f.png").exists()


def test_a_soft_mask_with_a_threshold(files):
    write_image(files / "soft.png", np.where(MASK, 0.1, 0.8))
    run(files, "photo.png", "soft.png", "-o", "a.png", "--threshold", "0.5")
    run(files, "photo.png", "mask.png", "-o", "b.png")
    assert (files / "a.png").read_bytes() == (files / "b.png").read_bytes()


def test_a_folder_goes_on_past_failures(files, capsys):
    for folder in ("in", "masks"):
        (files / folder).mkdir()
    for name in ("a.png", "b.jpg", "c.png", "d.png", "e.png"):
        write_image(files / "in" / name, PHOTO)
    (files / "in" / "notes.txt").write_text("no image", encoding="utf-8")
    (files / "in" / "d.png").write_bytes(b"broken")
    for name in ("a", "b", "d"):
        write_image(files / "masks" / f"{name}.png", (~MASK).astype(float))
    for ending in ("png", "bmp"):
        write_image(files / "masks" / f"e.{ending}", (~MASK).astype(float))
    with pytest.raises(SystemExit) as stopped:
        run(files, "in", "masks", "-o", "out")
    assert stopped.value.code == 1
    assert sorted(path.name for path in (files / "out").iterdir()) == [
        "a.png",
        "a.png.filled-pixels.png",
        "b.jpg",
        "b.jpg.filled-pixels.png",
    ]
    said = capsys.readouterr().err
    assert "2 photos filled" in said and "there is no mask called c.* in" in said
    assert "d.png: not an image" in said and "there are 2 masks called e.* in" in said


def test_a_folder_with_one_mask_for_all(files, capsys):
    (files / "in").mkdir()
    for name in ("a.png", "b.png"):
        write_image(files / "in" / name, PHOTO)
    run(files, "in", "mask.png", "-o", "out")
    assert "2 photos filled" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="is the folder of the photos"):
        run(files, "in", "mask.png", "-o", "in")
    (files / "empty in").mkdir()
    with pytest.raises(SystemExit, match="no image files in this folder"):
        run(files, "empty in", "mask.png", "-o", "out")
