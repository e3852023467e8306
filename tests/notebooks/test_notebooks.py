"""Rules for every lesson and for the start page. nbval runs the notebooks (conftest.py); this file reads them."""

import functools
import json
import re
from pathlib import Path

import nbformat
import pytest

from pconv_edu.core import photo_credit, photo_names
from pconv_edu.lessons.checks import exercise_names
from pconv_edu.lessons.figures.course_map import read_table
from pconv_edu.lessons.my_course import START_PAGE

ROOT = Path(__file__).parents[2]
START = ROOT / "notebooks" / START_PAGE
LESSONS = [path for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")) if path != START]
DESCRIBED = (START, *LESSONS)
SOLUTIONS = sorted((ROOT / "notebooks" / "solutions").glob("*.ipynb"))


@functools.cache
def cells_of(path):
    return nbformat.read(path, as_version=4).cells


def code_cells(path):
    return [cell for cell in cells_of(path) if cell.cell_type == "code"]


def text(path):
    return "\n".join(cell.source for cell in cells_of(path))


def printed(path):
    """Return what the cells print or show as text, which includes captions and the results of checks."""
    outputs = [output for cell in code_cells(path) for output in cell.outputs]
    return "\n".join(o.text if o.output_type == "stream" else o.get("data", {}).get("text/plain", "") for o in outputs)


def test_there_are_lessons():
    assert {path.name[:2] for path in LESSONS} >= {"04", "05"}
    assert len(SOLUTIONS) >= 2


@pytest.mark.parametrize("path", [START, *LESSONS], ids=lambda path: path.name)
def test_no_cell_is_too_long_and_every_answer_is_folded(path):
    assert max(len(cell.source.splitlines()) for cell in code_cells(path)) <= 30
    source = text(path)
    assert source.count("<details>") == source.count("</details>")


@pytest.mark.parametrize("path", [START, *LESSONS, *SOLUTIONS], ids=lambda path: path.name)
def test_stored_outputs(path):
    cells = code_cells(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))  # run in order, all of it
    assert not any(output.output_type == "error" for cell in cells for output in cell.outputs)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert "widgets" not in notebook["metadata"]
    assert "widget-view" not in path.read_text(encoding="utf-8")
    assert [cell["id"] for cell in notebook["cells"]] == [
        f"{path.name[:2]}-{n:02}" for n in range(len(notebook["cells"]))
    ]
    assert not re.search(r"0x[0-9a-f]{8}", printed(path))


@pytest.mark.parametrize("path", [START, *LESSONS], ids=lambda path: path.name)
def test_credits_are_shown_as_captions_and_not_printed(path):
    streams = [o.text for cell in code_cells(path) for o in cell.outputs if o.output_type == "stream"]
    assert not [text for text in streams if "://" in text]


@pytest.mark.parametrize("path", [START, *LESSONS, *SOLUTIONS], ids=lambda path: path.name)
def test_stored_pictures_are_free_and_credited(path):
    used = [name for name in photo_names() if name in text(path)]
    free = photo_names(free=True)
    for name in used:
        assert name in free
        assert photo_credit(name) in printed(path)


@pytest.mark.parametrize("path", DESCRIBED, ids=lambda path: path.name)
def test_pictures_are_described(path):
    """nbconvert writes the metadata `alt` of a cell into the pages that it exports."""
    for cell in code_cells(path):
        if any(kind.startswith("image/") for output in cell.outputs for kind in output.get("data", {})):
            assert len(cell.metadata.get("alt", "")) > 30, cell.id


def test_every_exercise_has_its_lesson_and_its_solution():
    lessons, solutions = "\n".join(map(text, LESSONS)), "\n".join(map(text, SOLUTIONS))
    for name in exercise_names():
        assert f'check("{name}", {name})' in lessons
        assert f'check("{name}", {name})' in solutions


@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.name)
def test_every_solution_passes(path):
    checks = [cell for cell in code_cells(path) if re.search(r"^check(_fix|_matches)?\(", cell.source, re.M)]
    assert checks
    for cell in checks:
        result = cell.outputs[-1]
        last = (result.text if result.output_type == "stream" else result.data["text/plain"]).splitlines()[-1]
        assert re.match(r"Right[,:] ", last)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.name)
def test_lessons_are_listed(path):
    for page in ("README.md", "TEACHING.md"):
        assert path.name[:2] in (ROOT / page).read_text(encoding="utf-8")
    assert f"notebooks/{path.name}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_teachers_minutes_are_those_of_the_lessons():
    page = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
    minutes_of = {number: int(minutes) for number, minutes in re.findall(r"^\| (\d\d) \| .+? \| (\d+) \|", page, re.M)}
    for path in LESSONS:
        stated = re.search(r"\*\*Time:\*\* about (two hours|\d+ minutes)", text(path))[1]
        assert minutes_of.pop(path.name[:2]) == (120 if stated == "two hours" else int(stated.split()[0])), path.name
    assert minutes_of == {}
    total = sum(int(minutes) for _, minutes in re.findall(r"^\| (\d\d) \| .+? \| (\d+) \|", page, re.M))
    assert f"take {total} minutes" in page


def test_the_glossary_names_the_lesson_of_each_word():
    texts = {path.name[:2]: text(path).lower() for path in LESSONS}
    rows = re.findall(r"^\| (.+?) \| (.+) \| (\d\d) \|$", (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"), re.M)
    assert len(rows) > 40
    words = [word.lower() for word, _, _ in rows]
    assert words == sorted(words) and len(set(words)) == len(words)
    for word, _, lesson in rows:
        first = re.match(r"[\w–-]+", word)[0].lower().removesuffix("'s")
        assert first in texts[lesson], f"{word} is not in lesson {lesson}"


def test_the_start_page_links_to_every_lesson_by_its_title():
    links = re.findall(r"\[(\d\d) (?!·)([^\]]+)\]\((\w+\.ipynb)\)", text(START))
    titles = [(path.name[:2], cells_of(path)[0].source.splitlines()[0].split(" · ")[1], path.name) for path in LESSONS]
    assert links == titles
    assert [(lesson.number, lesson.title) for lesson in read_table()] == [title[:2] for title in titles]
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", text(START)):
        assert (ROOT / "notebooks" / target).exists(), target


def test_the_start_page_is_small():
    assert START.stat().st_size < 250_000
    assert text(START).count("**Predict") == 1 and "check(" not in text(START)  # it explains exercises and has none
