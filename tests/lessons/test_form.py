"""The report on the form of a lesson counts correctly and names the differences from the usual form."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from pconv_edu.lessons.form import measure, report

INTRODUCTION = "**After this lesson you can** count.\n\n**Time:** about 20 minutes\n\n**You need:** nothing."


def lesson(folder, *cells):
    path = folder / "99_example.ipynb"
    nbformat.write(new_notebook(cells=list(cells)), path)
    return path


def test_a_lesson_is_counted(tmp_path):
    recall = "## Recall\n" + "<details><summary>why</summary>so</details>\n" * 5
    path = lesson(
        tmp_path,
        new_markdown_cell(INTRODUCTION),
        new_markdown_cell("> **Predict.** one two three"),
        new_code_cell("a = 1\nb = 2"),
        new_code_cell('check("mean_fill", mean_fill)'),
        new_markdown_cell(recall),
    )
    form = measure(path)
    assert (form.code_lines, form.code_cells, form.median_lines, form.longest_cell) == (3, 2, 1.5, 2)
    assert (form.predictions, form.exercises, form.minutes, form.departures) == (1, 1, "20 minutes", ())
    assert "99_example" in report([path]) and report([path]).count("\n") == 1


def test_departures_are_named(tmp_path):
    path = lesson(tmp_path, new_markdown_cell("Hello."), new_code_cell("\n".join(["x = 1"] * 31)))
    assert measure(path).departures == (
        "no After this lesson you can",
        "no Time: about",
        "no You need:",
        "no Predict",
        "no Recall",
        "0 recall questions",
        "no exercise",
        "median cell of 31 lines",
        "a cell of 31 lines",
    )
    assert report([path]).splitlines()[-1].startswith("99_example: no After this lesson you can, ")
