"""The attention explorer in a real JupyterLab: a cell chosen in the browser is `chosen` in Python, and back."""

import nbformat

CODE = """\
import numpy as np
from pconv_edu.core import load_photo
from pconv_edu.lessons.widgets import AttentionExplorer
from pconv_edu.nn.attention_network import AttentionNetwork

mask = np.ones((72, 96), bool)
mask[16:40, 24:56] = False
explorer = AttentionExplorer(AttentionNetwork(width=2), load_photo("gc-animal-koala", size=(72, 96)), mask)
explorer"""


def test_the_browser_and_python_choose_together(open_notebook, page, tmp_path):
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE), nbformat.v4.new_code_cell("'below'")])
    content.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(content, tmp_path / "attention.ipynb")
    notebook = open_notebook(tmp_path / "attention.ipynb")
    notebook.run_all()
    page.wait_for_selector(".pconv-attention canvas[data-shown]")

    page.locator(".pconv-attention .frame").first.focus()
    where = "() => { const { activeCellIndex, mode, widgets } = jupyterapp.shell.currentWidget.content;"
    where += " return [activeCellIndex, mode, widgets.length]; }"
    before = page.evaluate(where)
    page.keyboard.press("Home")
    page.keyboard.press("x")  # would cut the cell
    notebook.expect("explorer.chosen", [2, 3])
    page.keyboard.press("ArrowDown")
    notebook.expect("explorer.chosen", [3, 3])
    assert page.evaluate(where) == before

    notebook.execute("explorer.chosen = [4, 6]; explorer.shown = 'coarse'")
    page.locator(".head", has_text="Cell row 4, column 6 copies from").wait_for(timeout=10_000)
    page.locator("canvas[data-shown=coarse]").wait_for(timeout=10_000)  # the fills arrived complete
    assert page.locator("ol li").all_inner_texts() == notebook.evaluate("explorer.source_list(4, 6)")
    page.get_by_role("radio", name="refined").check()
    notebook.expect("explorer.shown", "refined")
