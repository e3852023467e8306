"""The blind study in a real JupyterLab: votes by keyboard and by mouse reach the file; keys stay inside."""

import nbformat
import pytest

from .conftest import violations

CELLS = [
    "from pconv_edu.lessons.widgets import BlindStudy\nstudy = BlindStudy(('telea', 'mean'), per_bin=1)\nstudy",
    "'the cell below'",
]


@pytest.fixture
def notebook(open_notebook, tmp_path):
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    content.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(content, tmp_path / "blind.ipynb")
    opened = open_notebook(tmp_path / "blind.ipynb")
    opened.run_all()
    opened.page.wait_for_selector(".pconv-blind img[src]")
    return opened


def test_votes_by_keyboard_and_mouse(notebook, page, lab):
    file = lab[2] / "votes.csv"
    status = page.locator(".pconv-blind [role=status]")
    assert not violations(page, ".pconv-blind")
    page.get_by_role("button", name="cannot tell").focus()
    for number, key in enumerate("123", start=2):
        page.keyboard.press(key)
        status.get_by_text(f"Pair {number} of 6").wait_for(timeout=20_000)
    page.keyboard.press("b")  # JupyterLab would take it as a command
    page.get_by_role("button", name="A is better").click()
    status.get_by_text("Pair 5 of 6").wait_for(timeout=20_000)
    page.get_by_role("button", name="B is better").click()
    status.get_by_text("Pair 6 of 6").wait_for(timeout=20_000)
    page.keyboard.press("Enter")  # the button is still focused
    page.locator(".pconv-blind table").wait_for(timeout=20_000)
    assert not violations(page, ".pconv-blind")
    choices = [line.rsplit(",", 1)[1] for line in file.read_text(encoding="utf-8").splitlines()]
    assert choices == ["choice", "left", "neither", "right", "left", "right", "right"]
    notebook.expect("[study.results['all'].decided, study.results['all'].undecided]", [5, 1])
    assert page.locator(".jp-Notebook .jp-Cell").count() == 2
    file.unlink()
