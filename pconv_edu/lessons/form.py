"""Report the lengths and the parts of the lessons, and how the lessons differ from the usual structure.

``make form`` prints the report. Read the report before you edit or add a lesson. The report only gives advice, so the
command does not fail if a lesson differs from the usual structure.
"""

import re
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import nbformat

from pconv_edu import console
from pconv_edu.lessons.my_course import START_PAGE

PARTS = ("**After this lesson you can**", "**Time:** about", "**You need:**", "**Predict", "Recall")
RECALL_QUESTIONS = 5
MEDIAN_LINES, MOST_LINES = 8, 30  # lines of a code cell; a test fails if a cell has more than `MOST_LINES`
MOST_MINUTES = 75
WORDS_A_MINUTE, LINES_A_MINUTE = 60, 12  # words are read, and then thought about; lines of code are read and run
PREDICTION, EXERCISE = 1.5, 7  # minutes


class Form(NamedTuple):
    """Store the lengths and counts that describe the structure of one lesson.

    Words, lines, cells, predictions and exercises are those of the main path. Sections whose headings contain the word
    "Further" are optional, and do not count.
    """

    name: str
    words: int  # number of words in the text cells
    code_lines: int
    code_cells: int
    median_lines: float  # median number of lines of a code cell
    longest_cell: int  # lines of the longest code cell
    predictions: int
    exercises: int
    minutes: str  # as the lesson states them
    estimate: int  # minutes, from the counts: see `estimated_minutes`
    further_words: int  # number of words in the optional sections
    departures: tuple[str, ...]  # differences from the usual structure


def measure(path: Path | str) -> Form:
    """Measure a lesson, given as a notebook file, and return its `Form`."""
    cells = nbformat.read(path, as_version=4).cells
    everything = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    prose, code, further = main_path(cells)
    lengths = [len(source.splitlines()) for source in code] or [0]
    exercises = len(re.findall(r"^check(?:_fix|_matches)?\(", "\n".join(code), re.M))
    recall = len(re.findall(r"<details><summary>\d+\. ", everything))
    departures = [f"no {part.replace('**', '')}" for part in PARTS if part not in everything]
    if recall != RECALL_QUESTIONS:
        departures.append(f"{recall} recall questions")
    if not exercises:
        departures.append("no exercise")
    if statistics.median(lengths) > MEDIAN_LINES:
        departures.append(f"median cell of {statistics.median(lengths):g} lines")
    if max(lengths) > MOST_LINES:
        departures.append(f"a cell of {max(lengths)} lines")
    words, predictions = len(re.findall(r"\w+", prose)), prose.count("**Predict")
    estimate = estimated_minutes(words, sum(lengths), predictions, exercises)
    if estimate > MOST_MINUTES:
        departures.append(f"an estimate of {estimate} minutes")
    stated = re.search(r"\*\*Time:\*\* about ([^.\n]+)", everything)
    return Form(
        Path(path).stem,
        words,
        sum(lengths),
        len(code),
        statistics.median(lengths),
        max(lengths),
        predictions,
        exercises,
        stated[1] if stated else "?",
        estimate,
        len(re.findall(r"\w+", further)),
        tuple(departures),
    )


def main_path(cells: Sequence[Any]) -> tuple[str, list[str], str]:
    """Return (text, list of code cells, text of the optional sections) of a lesson.

    An optional section begins with a heading "## …" that contains the word "Further". It ends with the next heading
    "## …" that does not.
    """
    prose: list[str] = []
    further: list[str] = []
    code, optional = [], False
    for cell in cells:
        if cell.cell_type == "code" and not optional:
            code.append(cell.source)
        elif cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                if line.startswith("## "):
                    optional = "Further" in line
                (further if optional else prose).append(line)
    return "\n".join(prose), code, "\n".join(further)


def estimated_minutes(words: int, code_lines: int, predictions: int, exercises: int) -> int:
    """Return how many minutes a learner needs for a lesson, rounded.

    The speeds were chosen so that the estimates agree with the minutes that a reader noted for five lessons.
    """
    reading = words / WORDS_A_MINUTE + code_lines / LINES_A_MINUTE
    return round(reading + PREDICTION * predictions + EXERCISE * exercises)


def report(paths: list[str]) -> str:
    """Return a table of all lessons, followed by their differences from the usual structure.

    The start page is left out, because it is not a lesson.
    """
    forms = [measure(path) for path in paths if Path(path).name != START_PAGE]
    lines = [
        f"{'lesson':33} words  further  lines  cells  median  longest  predictions  exercises  estimate  time stated"
    ]
    lines += [
        f"{form.name:33} {form.words:5}  {form.further_words:7}  {form.code_lines:5}  {form.code_cells:5}  "
        f"{form.median_lines:6g}  {form.longest_cell:7}  {form.predictions:11}  {form.exercises:9}  "
        f"{form.estimate:8}  {form.minutes}"
        for form in forms
    ]
    lines += [f"{form.name}: {', '.join(form.departures)}" for form in forms if form.departures]
    return "\n".join(lines)


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.lessons.form"):
        print(report(sys.argv[1:]))
