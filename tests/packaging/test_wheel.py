"""The wheel contains the course, the sdist gives the same wheel, and the wheel works in an empty folder."""

import subprocess
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pconv_edu.__main__ import main
from pconv_edu.lessons.my_course import START_PAGE

from .building import ROOT, build, run

COURSE = "pconv_edu/lessons/course/"
LARGEST = 80e6  # bytes; package indexes accept wheels of up to 100 MB by default
RUN_CELLS = """
import sys
from pathlib import Path
import nbformat
from nbclient import NotebookClient
path, number = Path(sys.argv[1]), int(sys.argv[2])
notebook = nbformat.read(path, as_version=4)
code = [cell for cell in notebook.cells if cell.cell_type == "code"]
where = nbformat.v4.new_code_cell("import pconv_edu; print(pconv_edu.__file__)")
notebook.cells = [*code[:number], where]
NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
print(notebook.cells[-1].outputs[0].text)
"""


def record(wheel):
    """Return {name: hash and size} of the files in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/RECORD"))
        lines = archive.read(name).decode().splitlines()
    return dict(line.split(",", 1) for line in lines)


def course_files():
    """Return the names of the files that a learner's course is made of, relative to the root of the repository."""
    patterns = "GLOSSARY.md", "TEACHING.md", "notebooks/*.ipynb", "notebooks/*.md", "notebooks/solutions/*.ipynb"
    return {path.relative_to(ROOT).as_posix() for pattern in patterns for path in ROOT.glob(pattern)}


def test_the_wheel_contains_the_course_and_the_data(wheel):
    names = set(record(wheel))
    packed = {name.removeprefix(COURSE) for name in names if name.startswith(COURSE)}
    assert packed == course_files() and len(packed) > 30  # in particular, what an earlier build has left is gone
    assert f"notebooks/{START_PAGE}" in packed and "notebooks/project.md" in packed
    tracked = subprocess.run(["git", "ls-files", "-z", "pconv_edu"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode == 0:
        assert {*filter(None, tracked.stdout.split("\0"))} == {
            name for name in names if name.startswith("pconv_edu/") and not name.startswith(COURSE)
        }
    assert wheel.stat().st_size < LARGEST


def test_the_copy_of_a_lesson_is_the_lesson(wheel):
    with zipfile.ZipFile(wheel) as archive:
        for name in course_files():
            assert archive.read(COURSE + name) == (ROOT / name).read_bytes(), name


def test_the_wheel_says_what_it_is(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        about = archive.read(name).decode()
    fields = about.partition("\n\n")[0].splitlines()
    assert "License-Expression: MIT AND CC-BY-4.0" in fields and "Requires-Python: <3.15,>=3.11" in fields
    versions = [field.rpartition(" ")[2] for field in fields if "Python :: 3." in field]
    assert versions == ["3.11", "3.12", "3.13", "3.14"]
    assert not any(field.startswith("Classifier: License") for field in fields)  # not allowed beside an expression


def test_the_sdist_gives_the_same_wheel(wheel, sdist, tmp_path):
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
        archive.extractall(tmp_path, filter="data")
    assert course_files() | {"setup.py", "constraints.txt"} <= names
    assert not any(name.startswith("tests") for name in names)
    (folder,) = tmp_path.iterdir()
    assert record(build("wheel", folder, tmp_path / "dist")) == record(wheel)


def test_the_course_starts_in_an_empty_folder(installed, tmp_path):
    printed = run(installed / "pconv-edu", "lab", "--only-copy", cwd=tmp_path)
    copies = {path.relative_to(tmp_path / "my_course").as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert copies == {name.removeprefix("notebooks/") for name in course_files()} - {"TEACHING.md"}
    assert f"{tmp_path / 'my_course'}: {len(copies)} new, 0 that you have" in printed
    mine = tmp_path / "my_course" / START_PAGE
    mine.write_text("mine", encoding="utf-8")
    # in the folder of the copies itself, too, no second folder is made
    assert f": 0 new, {len(copies)} that" in run(installed / "pconv-edu", "lab", "--only-copy", cwd=mine.parent)
    assert mine.read_text(encoding="utf-8") == "mine" and not (mine.parent / "my_course").exists()


@pytest.mark.parametrize("lesson, cells", [(START_PAGE, 2), ("04_partial_convolution_by_hand.ipynb", 99)])
def test_a_lesson_runs_there(lesson, cells, installed, tmp_path):
    run(installed / "pconv-edu", "lab", "--only-copy", cwd=tmp_path)
    where = run(installed / "python", "-c", RUN_CELLS, tmp_path / "my_course" / lesson, cells, cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)  # the kernel, too, has the installed package


def test_a_photo_is_filled_there(installed, tmp_path):
    where = "import pconv_edu.core, pathlib; print(pathlib.Path(pconv_edu.core.__file__).parent / 'bundled_photos')"
    photos = Path(run(installed / "python", "-c", where, cwd=tmp_path).strip())
    assert photos.is_relative_to(installed.parent)
    photo = photos / "gc-animal-koala.jpg"
    with Image.open(photo) as picture:
        hole = np.zeros(picture.size[::-1], np.uint8)
    hole[40:60, 40:60] = 255
    Image.fromarray(hole).save(tmp_path / "mask.png")
    task = photo, tmp_path / "mask.png", "-o", tmp_path / "filled.png", "--method", "telea"
    run(installed / "pconv-edu", "inpaint", *task, cwd=tmp_path)
    with Image.open(tmp_path / "filled.png") as filled, Image.open(photo) as before:
        changed = (np.asarray(filled) != np.asarray(before)).any(-1)
    assert changed.any() and not changed[hole == 0].any()


def test_stored_results_are_the_same_there(installed, tmp_path, capsys):
    main(["evaluate", "--stored"])
    printed = run(installed / "pconv-edu", "evaluate", "--stored", cwd=tmp_path)
    assert printed == capsys.readouterr().out and "0.1–0.2" in printed
