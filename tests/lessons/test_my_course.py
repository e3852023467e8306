"""`make lab` copies lessons and solutions without outputs except first pictures, and never overwrites a file."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from pconv_edu.lessons.my_course import OPENING, REPOSITORY, START_PAGE, copy_lessons, lab_command

LESSONS = REPOSITORY / "notebooks"


@pytest.fixture
def notebooks(tmp_path):
    folder = tmp_path / "notebooks"
    (folder / "solutions").mkdir(parents=True)
    cell = new_code_cell("1 + 1", execution_count=3, outputs=[new_output("stream", text="2\n")])
    for name in ("04_by_hand.ipynb", "05_shrinking.ipynb", "solutions/04_solutions.ipynb"):
        nbformat.write(new_notebook(cells=[cell]), folder / name)
    (folder / "project.md").write_text("# Project\n", encoding="utf-8")
    (folder / "ruff.toml").write_text("", encoding="utf-8")
    return folder


def files(folder):
    """Return the relative names of all files in a folder and in its folders."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_copies_are_cleared_and_sources_are_not(notebooks, tmp_path, capsys):
    folder = copy_lessons(notebooks, tmp_path / "my_course")
    lessons = ["04_by_hand.ipynb", "05_shrinking.ipynb", "solutions/04_solutions.ipynb"]
    assert files(folder) == sorted([*lessons, "project.md"])
    for name in lessons:
        (cell,) = nbformat.read(folder / name, as_version=4).cells
        assert (cell.source, cell.outputs, cell.execution_count) == ("1 + 1", [], None)
        assert nbformat.read(notebooks / name, as_version=4).cells[0].outputs
    assert (folder / "project.md").read_text(encoding="utf-8") == "# Project\n"
    printed = capsys.readouterr().out
    assert "4 new, 0 that" in printed and "new: 04_by_hand.ipynb" in printed
    assert "new: solutions/04_solutions.ipynb" in printed


def test_the_opening_picture_is_kept(tmp_path):
    outputs = [new_output("stream", text="2\n")]
    cells = [new_code_cell(outputs=outputs, execution_count=1, metadata={"tags": tags}) for tags in ([OPENING], ["x"])]
    nbformat.write(new_notebook(cells=cells), tmp_path / "04_by_hand.ipynb")
    folder = copy_lessons(tmp_path, tmp_path / "my_course")
    first, second = nbformat.read(folder / "04_by_hand.ipynb", as_version=4).cells
    assert first.outputs == outputs and second.outputs == []
    assert first.execution_count is second.execution_count is None


def test_the_learners_cells_are_those_that_are_tested(tmp_path):
    """Each cell of a lesson is run twice, in an empty folder (conftest.py): so it does in a learner's copy."""
    copies = copy_lessons(my_course=tmp_path / "my_course")
    names = [name for name in files(copies) if name.endswith(".ipynb")]
    assert START_PAGE in names and "solutions/14_solutions.ipynb" in names
    for name in names:
        ours, theirs = (nbformat.read(folder / name, as_version=4) for folder in (LESSONS, copies))
        form = [[(cell.cell_type, cell.source, cell.metadata) for cell in book.cells] for book in (ours, theirs)]
        assert form[0] == form[1] and ours.metadata.kernelspec == theirs.metadata.kernelspec
        shown = [cell.metadata.get("tags") for cell in theirs.cells if cell.get("outputs")]
        assert all(OPENING in tags for tags in shown) and any(cell.get("outputs") for cell in ours.cells)


def test_a_learners_file_is_never_touched(notebooks, tmp_path, capsys):
    my_course = tmp_path / "my_course"
    my_course.mkdir()
    (my_course / "solutions").mkdir()
    mine = "04_by_hand.ipynb", "solutions/04_solutions.ipynb", "project.md"
    for name in mine:
        (my_course / name).write_text("mine", encoding="utf-8")
    copy_lessons(notebooks, my_course)
    assert {(my_course / name).read_text(encoding="utf-8") for name in mine} == {"mine"}
    printed = capsys.readouterr().out
    assert "1 new, 3 that you have already" in printed
    assert "new: 05_shrinking.ipynb" in printed and "new: 04" not in printed


def test_a_file_made_in_the_meantime_is_not_overwritten(notebooks, tmp_path, monkeypatch):
    read = nbformat.read

    def slow(path, as_version):
        (tmp_path / "my_course" / path.relative_to(notebooks)).write_text("mine", encoding="utf-8")
        return read(path, as_version)

    monkeypatch.setattr(nbformat, "read", slow)
    my_course = copy_lessons(notebooks, tmp_path / "my_course")
    assert {(my_course / name).read_text(encoding="utf-8") for name in files(my_course)} == {"mine", "# Project\n"}


def test_no_lessons_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no lessons in .*clone"):
        copy_lessons(tmp_path, tmp_path / "my_course")
    assert not (tmp_path / "my_course").exists()


@pytest.mark.parametrize("options", [[], ["--LabApp.default_url=/tree"]])
def test_jupyterlab_opens_the_start_page_if_there_is_one(tmp_path, options):
    assert not any(START_PAGE in part for part in lab_command(tmp_path, options)[0])
    (tmp_path / START_PAGE).write_text("{}", encoding="utf-8")
    command = lab_command(tmp_path, options)[0]
    pages = [part for part in command if "default_url" in part]
    assert pages == (options or [f"--LabApp.default_url=/lab/tree/{START_PAGE}"])
