"""Every widget in a real JupyterLab at three widths, light and dark: nothing is cut off or too small to read.

All widgets are shown by one cell, so one kernel and one page serve all tests.
"""

import nbformat
import pytest

from pconv_edu.lessons import widgets

from .conftest import violations, watched_page
from .jupyterlab import Notebook

NAMES = {  # the widgets, and the widget that each explorer function returns
    "Studio", "MaskPainter", "Stepper", "HoleFilm", "MaskShrinker", "LayerExplorer", "GatesExplorer", "LossPlayground",
    "CurveSketch", "AttentionExplorer", "BlindStudy", "results_explorer", "hole_explorer", "leak_explorer", "Slider",
    "ChoiceSlider",
}  # fmt: skip
CELL = """\
import warnings

import numpy as np
from IPython.display import display

from pconv_edu.core import irregular_mask, load_photo
from pconv_edu.experiments.evaluate import scores
from pconv_edu.lessons import widgets
from pconv_edu.nn import GatedUNet, PConvUNet
from pconv_edu.nn.attention_network import AttentionNetwork

warnings.simplefilter("ignore")
photo, mask = load_photo("gc-animal-koala", size=256), irregular_mask(256, (0.2, 0.3), rng=np.random.default_rng(0))
curves = {"mean": [(14, 13, 15), (13, 12, 14), (12, 11, 13)], "l1": [(20, 19, 21), (18, 17, 19), (16, 15, 17)]}
colors = {"mean": "#777777", "l1": "#1565C0"}
axes = ["0.1–0.2", "0.2–0.3", "0.3–0.4"], curves, colors, "hole ratio", "PSNR, dB", (8, 24)
every = {
    "Studio": widgets.Studio("gc-erase-kingfisher", mask, "telea"),
    "MaskPainter": widgets.MaskPainter(photo, mask),
    "Stepper": widgets.Stepper(),
    "HoleFilm": widgets.HoleFilm(photo, mask),
    "MaskShrinker": widgets.MaskShrinker(photo, mask),
    "LayerExplorer": widgets.LayerExplorer(PConvUNet(width=4, levels=6), photo, mask),
    "GatesExplorer": widgets.GatesExplorer(GatedUNet(width=4, levels=6), photo, mask),
    "LossPlayground": widgets.LossPlayground(),
    "CurveSketch": widgets.CurveSketch(*axes),
    "AttentionExplorer": widgets.AttentionExplorer(AttentionNetwork(width=2), photo, mask),
    "BlindStudy": widgets.BlindStudy(("telea", "mean"), per_bin=1, file="none.csv"),
    "results_explorer": widgets.results_explorer(scores.load(), method="telea"),
    "hole_explorer": widgets.hole_explorer(photo),
    "leak_explorer": widgets.leak_explorer(photo, mask),
    "Slider": widgets.Slider(description="share of the guide, %"),
    "ChoiceSlider": widgets.ChoiceSlider(["1/16, 8 px", "1/4, 8 px"], description="ratio, size"),
}
for widget in every.values():
    display(widget)
"""
# What leaves the output of a widget to the right (unless it scrolls), and text below 9 pt, for each widget.
FAULTS = """() => [...document.querySelectorAll(".jp-OutputArea-child .jp-OutputArea-output")].map((output) => {
  const shown = (node) => node.checkVisibility({ visibilityProperty: true }) && node.getBoundingClientRect().width > 0;
  const cut = (node) => node.closest(".frame, .unet, .scroll"); // these scroll, or show a part of a picture on purpose
  const name = (node) => `${node.tagName}.${node.getAttribute("class") ?? ""}`.slice(0, 60);
  const nodes = [...output.querySelectorAll("*")].filter(shown);
  const edge = output.getBoundingClientRect().right + 1;
  const own = (node) => [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
  // An element of a plot has its font size in units of the plot, which may be drawn smaller.
  const scale = (node) => node.closest(".pconv-sketch .plot")?.getScreenCTM().a ?? 1;
  return {
    wide: nodes.filter((node) => node.getBoundingClientRect().right > edge && !cut(node.parentElement)).map(name),
    small: nodes.filter((node) => own(node) && parseFloat(getComputedStyle(node).fontSize) * scale(node) < 11.9
      && !node.closest("svg:not(.plot)")).map(name),
  }; })"""


@pytest.fixture(scope="module")
def widget_page(chromium, lab, lab_context):
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    content.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(content, lab[2] / "every_widget.ipynb")
    with watched_page(chromium, lab_context) as page:
        notebook = Notebook(page, lab, "every_widget.ipynb")
        notebook.run_all()
        page.evaluate("() => jupyterapp.shell.collapseLeft()")
        page.names = notebook.evaluate("list(every)")
        page.locator("figure:has(.divider)").first.wait_for()
        yield page


def test_every_widget_is_shown(widget_page):
    public = {name for name in widgets.__all__ if name not in ("Explorer", "attention_explorer")}
    assert set(widget_page.names) == NAMES == public
    assert widget_page.locator(".jp-OutputArea-child").count() == len(NAMES)


@pytest.mark.parametrize("theme", ["Light", "Dark"])
@pytest.mark.parametrize("width", [1400, 900, 390])
def test_nothing_is_cut_off_or_too_small(widget_page, width, theme):
    page = widget_page
    page.set_viewport_size({"width": width, "height": 900})
    page.evaluate("(theme) => jupyterapp.commands.execute('apputils:change-theme', { theme })", f"JupyterLab {theme}")
    page.wait_for_function("(light) => document.body.dataset.jpThemeLight === light", arg=str(theme == "Light").lower())
    page.wait_for_timeout(500)  # the styles of the theme are loaded, and the plots and pictures have their new sizes
    faults = dict(zip(page.names, page.evaluate(FAULTS), strict=True))
    assert {name: found for name, found in faults.items() if found["wide"] or found["small"]} == {}
    assert violations(page, ".jp-OutputArea-output") == []


def test_the_picture_of_the_studio_is_above_the_fold(widget_page):
    widget_page.set_viewport_size({"width": 1400, "height": 900})
    studio = widget_page.locator(".jp-OutputArea-child").first
    studio.evaluate("(node) => node.scrollIntoView({ block: 'start' })")
    for picture in studio.locator("figure").all():
        box = picture.bounding_box()
        assert box["y"] > 0 and box["y"] + box["height"] < 860, box
