"""Folders of photos and masks: no input is replaced, and what is filled stays when a run is stopped."""

import os

import numpy as np
import pytest
from PIL import Image

from pconv_edu.core import read_image, write_image

from .folder_tools import content, hole, photo, run


@pytest.mark.parametrize("link", [os.symlink, os.link])
@pytest.mark.parametrize("target", ["in/a.png", "in/b.png", "masks/a.png"])
def test_no_input_is_replaced_through_a_link_in_the_output_folder(folders, capsys, link, target):
    for name in ("a.png", "b.png"):
        photo(folders / "in" / name)
        Image.fromarray(hole(0)).save(folders / "masks" / name)
    (folders / "out").mkdir()
    link(folders / target, folders / "out" / "a.png")
    before = content(folders / "in") | content(folders / "masks")
    said = run(capsys, "in", "masks", "-o", "out", code=1)
    assert "1 photo filled" in said and "a.png is a photo or mask that is read, under another name or by a link" in said
    assert content(folders / "in") | content(folders / "masks") == before


def test_the_mask_for_all_is_not_replaced(folders, capsys):
    photo(folders / "in" / "a.png")
    (folders / "out").mkdir()
    Image.fromarray(hole(0)).save(folders / "out" / "a.png")
    before = content(folders)
    assert "is a photo or mask that is read" in run(capsys, "in", "out/a.png", "-o", "out", code=1)
    assert content(folders) == before


def test_photos_that_are_links_protect_the_folder_they_lead_to(folders, capsys):
    (folders / "real").mkdir()
    photo(folders / "real" / "a.png")
    (folders / "in" / "a.png").symlink_to(folders / "real" / "a.png")
    Image.fromarray(hole(0)).save(folders / "mask.png")
    before = content(folders)
    assert "is a photo or mask that is read" in run(capsys, "in", "mask.png", "-o", "real", code=1)
    assert content(folders) == before
    assert "1 photo filled" in run(capsys, "in", "mask.png", "-o", "out")


def test_an_output_folder_inside_the_folder_of_photos(folders, capsys):
    photo(folders / "in" / "a.png")
    (folders / "in" / "masks").mkdir()
    Image.fromarray(hole(0)).save(folders / "in" / "masks" / "a.png")
    before = content(folders / "in")
    for _ in range(2):  # the second time the filled photos are there
        said = run(capsys, "in", "in/masks", "-o", "in/new/filled")
        assert said.replace(os.sep, "/") == "1 photo filled in in/new/filled\n"
    after = content(folders / "in")
    assert before.items() <= after.items() and len(after) == len(before) + 1


def test_two_names_for_one_file_of_the_output_folder(folders, capsys, monkeypatch):
    """Where upper and lower case are the same, the second photo is left out, and the first one's fill stays."""
    for number, name in enumerate(("A.png", "a.png")):
        photo(folders / "in" / name, number)
    if len(content(folders / "in")) < 2:
        pytest.skip("upper and lower case are the same here, so there is one photo")
    Image.fromarray(hole(0)).save(folders / "mask.png")
    (folders / "out").mkdir()
    write_image(folders / "out" / "A.png", np.zeros((2, 2)))
    (folders / "out" / "a.png").symlink_to("A.png")
    assert "a.png is the file of another photo here" in run(capsys, "in", "mask.png", "-o", "out", code=1)
    filled = read_image(folders / "out" / "A.png"), read_image(folders / "in" / "A.png")
    assert np.array_equal(*(image[hole(0) == 0] for image in filled))


def test_resume_fills_what_is_not_there_yet(folders, capsys):
    for name in ("a.png", "b.png", "c.gif"):
        photo(folders / "in" / name)
    Image.fromarray(hole(0)).save(folders / "mask.png")
    run(capsys, "in", "mask.png", "-o", "out")
    whole = content(folders / "out")
    for name in ("a.png", "c.png"):
        (folders / "out" / name).write_bytes(b"mine")
    (folders / "out" / "b.png").unlink()
    said = run(capsys, "in", "mask.png", "-o", "out", "--resume")
    assert said == "1 photo filled in out\n2 photos filled before, and left as they are\n"
    assert (folders / "out" / "a.png").read_bytes() == b"mine"
    run(capsys, "in", "mask.png", "-o", "out")
    assert content(folders / "out") == whole


def test_ctrl_c_says_what_is_kept_and_how_to_resume(folders, capsys, monkeypatch):
    from pconv_edu.inpainters import files

    for name in "abcde":
        photo(folders / "in" / f"{name}.png")
    Image.fromarray(hole(0)).save(folders / "mask.png")
    fill, calls = files.inpaint, []

    def interrupted(*arguments, **options):
        calls.append(arguments)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return fill(*arguments, **options)

    monkeypatch.setattr(files, "inpaint", interrupted)
    said = run(capsys, "in", "mask.png", "-o", "out", code=130)
    assert said == "stopped: 2 of 5 photos filled in out; the same command with --resume fills the rest\n"
    kept = content(folders / "out")
    assert [path.name for path in kept] == ["a.png", "b.png"]
    said = run(capsys, "in", "mask.png", "-o", "out", "--resume")
    assert "3 photos filled in out\n2 photos filled before" in said
    assert len(calls) == 6 and kept.items() <= content(folders / "out").items() and len(content(folders / "out")) == 5
