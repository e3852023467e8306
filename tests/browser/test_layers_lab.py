"""The layer explorer in a real JupyterLab: a block chosen in the browser is `chosen` in Python, and back."""

import nbformat

CODE = """\
from pconv_edu.core import irregular_mask, load_photo
from pconv_edu.lessons.widgets import LayerExplorer
from pconv_edu.nn import PConvUNet
import numpy as np

mask = irregular_mask((64, 96), (0.2, 0.3), rng=np.random.default_rng(0))
explorer = LayerExplorer(PConvUNet(width=4, levels=3), load_photo("gc-animal-koala", size=(64, 96)), mask)
explorer"""


def test_the_browser_and_python_choose_together(open_notebook, page, tmp_path):
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE), nbformat.v4.new_code_cell("'below'")])
    content.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(content, tmp_path / "layers.ipynb")
    notebook = open_notebook(tmp_path / "layers.ipynb")
    notebook.run_all()
    page.wait_for_selector(".pconv-layers dl dd")

    page.locator("button.block[aria-label^='decoder 3:']").click()
    notebook.expect("explorer.chosen", 3)
    where = "() => { const { activeCellIndex, mode, widgets } = jupyterapp.shell.currentWidget.content;"
    where += " return [activeCellIndex, mode, widgets.length]; }"
    before = page.evaluate(where)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("x")  # would cut the cell
    notebook.expect("explorer.chosen", 4)
    assert page.evaluate(where) == before

    notebook.execute("explorer.chosen = 1")
    page.locator(".name", has_text="encoder 2").wait_for(timeout=10_000)
    for image in page.locator(".pconv-layers .frame img").all():  # the pictures arrived complete
        assert image.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
