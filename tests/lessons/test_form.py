"""The report on the form of a lesson counts correctly and names the differences from the usual form."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from pconv_edu.lessons.form import measure, report
from pconv_edu.lessons.my_course import START_PAGE

INTRODUCTION = "**After this lesson you can** count.\n\n**Time:** about 20 minutes\n\n**You need:** nothing."


def lesson(folder, *cells):
    path = folder / "99_example.ipynb"
    nbformat.write(new_notebook(cells=list(cells)), path)
    return path


def test_a_lesson_is_counted(tmp_path):
    recall = "## Recall\n" + "<details><summary>1. why</summary>so</details>\n" * 5
    path = lesson(
        tmp_path,
        new_markdown_cell(INTRODUCTION),
        new_markdown_cell("> **Predict.** one two three"),
        new_markdown_cell("<details><summary>Answer</summary>\n\nfour\n\n</details>"),
        new_code_cell("a = 1\nb = 2"),
        new_code_cell('check("mean_fill", mean_fill)'),
        new_markdown_cell(recall),
    )
    form = measure(path)
    assert (form.code_lines, form.code_cells, form.median_lines, form.longest_cell) == (3, 2, 1.5, 2)
    assert (form.predictions, form.exercises, form.minutes, form.departures) == (1, 1, "20 minutes", ())
    assert form.words == 59 and form.estimate == round(59 / 60 + 3 / 12 + 1.5 + 7) and form.further_words == 0
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


def test_optional_sections_do_not_count(tmp_path):
    path = lesson(
        tmp_path,
        new_markdown_cell("# Title\n## 1 · Main\none two\n## 2 · Further: more\nthree four five"),
        new_code_cell('check("mean_fill", mean_fill)'),
        new_markdown_cell("> **Predict.** six\n## Recall\nseven"),
    )
    form = measure(path)
    assert (form.words, form.further_words) == (7, 8)
    assert (form.code_lines, form.exercises, form.predictions) == (0, 0, 0)


def test_a_lesson_that_takes_too_long_is_named(tmp_path):
    path = lesson(tmp_path, new_markdown_cell("word " * 4600))
    assert measure(path).estimate == 77 and "an estimate of 77 minutes" in measure(path).departures


def test_the_start_page_is_not_measured(tmp_path):
    path = lesson(tmp_path, new_markdown_cell("Hello."))
    start = path.rename(tmp_path / START_PAGE)
    assert START_PAGE.removesuffix(".ipynb") not in report([start])
