"""Report the lengths and the parts of the lessons, and how the lessons differ from the usual structure.

``make form`` prints the report. Read the report before you edit or add a lesson. The report only gives advice, so the
command does not fail if a lesson differs from the usual structure.
"""

import re
import statistics
import sys
from pathlib import Path
from typing import NamedTuple

import nbformat

from pconv_edu import console

PARTS = ("**After this lesson you can**", "**Time:** about", "**You need:**", "**Predict", "Recall")
RECALL_QUESTIONS = 5
MEDIAN_LINES, MOST_LINES = 8, 30  # lines of a code cell; a test fails if a cell has more than `MOST_LINES`


class Form(NamedTuple):
    """Store the lengths and counts that describe the structure of one lesson."""

    name: str
    words: int  # number of words in the text cells
    code_lines: int
    code_cells: int
    median_lines: float  # median number of lines of a code cell
    longest_cell: int  # lines of the longest code cell
    predictions: int
    exercises: int
    minutes: str  # as the lesson states them
    departures: tuple[str, ...]  # differences from the usual structure


def measure(path: Path | str) -> Form:
    """Measure a lesson, given as a notebook file, and return its `Form`."""
    cells = nbformat.read(path, as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    lengths = [len(source.splitlines()) for source in code] or [0]
    exercises = len(re.findall(r"^check(?:_fix|_matches)?\(", "\n".join(code), re.M))
    recall = prose.count("<details>")
    departures = [f"no {part.replace('**', '')}" for part in PARTS if part not in prose]
    if recall != RECALL_QUESTIONS:
        departures.append(f"{recall} recall questions")
    if not exercises:
        departures.append("no exercise")
    if statistics.median(lengths) > MEDIAN_LINES:
        departures.append(f"median cell of {statistics.median(lengths):g} lines")
    if max(lengths) > MOST_LINES:
        departures.append(f"a cell of {max(lengths)} lines")
    stated = re.search(r"\*\*Time:\*\* about ([^.\n]+)", prose)
    return Form(
        Path(path).stem,
        len(re.findall(r"\w+", prose)),
        sum(lengths),
        len(code),
        statistics.median(lengths),
        max(lengths),
        prose.count("**Predict"),
        exercises,
        stated[1] if stated else "?",
        tuple(departures),
    )


def report(paths: list[str]) -> str:
    """Return a table of all lessons, followed by their differences from the usual structure."""
    forms = [measure(path) for path in paths]
    lines = [f"{'lesson':32} words  lines  cells  median  longest  predictions  exercises  time"]
    lines += [
        f"{form.name:32} {form.words:5}  {form.code_lines:5}  {form.code_cells:5}  {form.median_lines:6g}  "
        f"{form.longest_cell:7}  {form.predictions:11}  {form.exercises:9}  {form.minutes}"
        for form in forms
    ]
    lines += [f"{form.name}: {', '.join(form.departures)}" for form in forms if form.departures]
    return "\n".join(lines)


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.lessons.form"):
        print(report(sys.argv[1:]))
