"""The gates explorer in a real JupyterLab, with another photo and hole: the browser and Python choose together."""

import nbformat

CODE = """\
import numpy as np
from pconv_edu.lessons.widgets import GatesExplorer
from pconv_edu.nn import GatedUNet

photo = np.linspace(0, 1, 50 * 40 * 3).reshape(50, 40, 3)
mask = np.ones((50, 40), bool)
mask[10:30, 5:25] = False
explorer = GatesExplorer(GatedUNet(width=4, levels=3), photo, mask)
explorer"""


def test_the_browser_and_python_choose_together(open_notebook, page, tmp_path):
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CODE)])
    content.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(content, tmp_path / "gates.ipynb")
    notebook = open_notebook(tmp_path / "gates.ipynb")
    notebook.run_all()
    page.wait_for_selector(".pconv-layers dl dd")

    page.locator("button.block[aria-label^='decoder 3:']").click()
    notebook.expect("explorer.chosen", 3)
    page.keyboard.press("ArrowUp")
    notebook.expect("explorer.chosen", 4)
    notebook.execute("explorer.chosen = 1")
    page.locator(".name", has_text="encoder 2").wait_for(timeout=10_000)
    for image in page.locator(".pconv-layers figure:not([hidden]) img").all():  # the pictures arrived complete
        assert image.evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 0
