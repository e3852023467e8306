"""The stepper in a real JupyterLab: the browser and Python share one state, two views agree, and keys stay inside."""

import nbformat
import numpy as np
import pytest

from pconv_edu.core.worked_example import M, trace

CELLS = ["from pconv_edu.lessons.widgets import Stepper\nstepper = Stepper()\nstepper", "'the cell below'"]


@pytest.fixture
def notebook(open_notebook, tmp_path):
    """A notebook that shows one stepper, run."""
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    content.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(content, tmp_path / "stepper.ipynb")
    opened = open_notebook(tmp_path / "stepper.ipynb")
    opened.run_all()
    opened.page.wait_for_selector(".pconv-stepper dl dd")
    return opened


def block(page, name):
    return page.locator(".pconv-stepper .block", has_text=name)


def says(page, text):
    page.locator("dl.sums", has_text=text).wait_for(timeout=10_000)


def test_the_browser_and_python_hold_one_state(notebook, page):
    block(page, "Output").locator("button.cell").nth(18).click()
    notebook.expect("stepper.position", 18)
    notebook.expect("[stepper.window.row, stepper.window.col, stepper.window.y]", [3, 3, pytest.approx(-4.4)])

    block(page, "Mask M").locator("button.cell").nth(12).click()
    changed = np.where(np.arange(25).reshape(5, 5) == 12, True, M)
    notebook.expect("stepper.mask", changed.astype(int).tolist())
    notebook.expect("stepper.window.y", pytest.approx(trace(mask=changed)[18].y))

    number = block(page, "Input").locator("input.cell").first
    number.fill("7")
    number.press("Enter")
    notebook.expect("stepper.x[0][0]", 7)

    notebook.execute("stepper.mask = [[1] * 5] * 5; stepper.position = 12")
    says(page, "row 2, column 2 (purple): 9 of 9 values are valid")
    notebook.execute("stepper.bias = -2")
    says(page, "+ (−2) =")
    page.get_by_role("button", name="Reset").click()
    notebook.expect("[stepper.position, stepper.bias, stepper.x[0][0]]", [0, 1, 5])


def test_jupyterlab_takes_none_of_its_keys(notebook, page):
    """x would cut the notebook cell, b would add one, and the arrows would move to another cell."""
    where = "() => { const { activeCellIndex, mode, widgets } = jupyterapp.shell.currentWidget.content;"
    where += " return [activeCellIndex, mode, widgets.length]; }"
    output = block(page, "Output").locator("button.cell").first
    output.click()
    before = page.evaluate(where)
    for start in (
        output,
        block(page, "Mask M").locator("button.cell").first,
        block(page, "Input").locator("input.cell").first,
        page.get_by_role("button", name="Step", exact=True),
        page.locator(".pconv-stepper input[type=radio]").first,
    ):
        for key in ("x", "b", "d", "d", "ArrowDown", "ArrowUp", "Shift+Enter"):
            start.focus()
            page.keyboard.press(key)
            assert page.evaluate(where) == before, key
            assert page.evaluate("() => document.activeElement.closest('.pconv-stepper') !== null"), key


def test_two_views_of_one_stepper(notebook, page):
    page.evaluate(
        """() => {
          jupyterapp.shell.currentWidget.content.activeCellIndex = 0;
          return jupyterapp.commands.execute("notebook:create-output-view"); }"""
    )
    first, second = page.locator(".pconv-stepper").first, page.locator(".pconv-stepper").nth(1)
    second.get_by_role("button", name="Step", exact=True).click()
    for view in (first, second):
        view.locator("dl.sums", has_text="row 0, column 1").wait_for(timeout=10_000)
