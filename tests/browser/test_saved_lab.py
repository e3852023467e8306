"""A notebook that was run, saved and opened again with a new kernel shows its widgets before any cell is run."""

import shutil

import nbformat

from .jupyterlab import Notebook

SOURCE = "from pconv_edu.lessons.widgets import Stepper\nstepper = Stepper()\nstepper"


def test_a_saved_widget_is_shown_again(open_notebook, page, tmp_path, lab):
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(SOURCE)])
    content.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(content, tmp_path / "saved.ipynb")
    open_notebook(tmp_path / "saved.ipynb").run_all()
    page.wait_for_selector(".pconv-stepper dl dd")
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    Notebook.close_all(page)
    saved = lab[2] / "saved.ipynb"
    assert "widgets" in nbformat.read(saved, as_version=4).metadata
    again = open_notebook(shutil.copy(saved, tmp_path / "again.ipynb"))  # a new session, and so a new kernel
    page.wait_for_selector(".pconv-stepper dl dd")
    assert page.get_by_text("Error displaying widget").count() == 0
    again.expect("'stepper' in globals()", False)  # the kernel has run no cell
