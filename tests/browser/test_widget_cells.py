"""The cells that a widget needs: what binds its names last is run, and nothing else."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output

from .conftest import ROOT
from .widget_cells import cells_for_widgets, shows_widget


def shows(text, kind="text/html"):
    return new_code_cell("seen", outputs=[new_output("display_data", {kind: "…", "text/plain": text})])


def test_what_counts_as_a_widget():
    assert shows_widget(shows("Stepper(5×5, kernel 3×3)")) and shows_widget(shows("Explorer(Ratio 6 %)", "image/jpeg"))
    for text in ("<Figure size 640x480 with 1 Axes>", "   PSNR\n0  (20.1)", "array([1.0])"):
        assert not shows_widget(shows(text)), text
    assert not shows_widget(new_code_cell("Path()", outputs=[new_output("execute_result", {"text/plain": "Path()"})]))
    assert not shows_widget(new_code_cell("print()", outputs=[new_output("stream", text="Stepper()")]))


@pytest.mark.parametrize(
    "above, run",
    [
        (["seen = 1", "other = 2", "print(seen)"], [0]),
        (["seen = 1", "seen = 2"], [1]),
        (["seen = 1", "seen += 1"], [0, 1]),
        (["import numpy as np", "seen = np.ones(3)"], [0, 1]),
        (["size = 3", "part = 1", "def f(part):\n    return part * size", "seen = f(2)"], [0, 2, 3]),
        (["size = 3", "class seen:\n    width = size"], [0, 1]),
        (["size = 3", "seen = [size for size in range(3)]"], [1]),
        (["size = 3", "size = 4\nseen = size"], [1]),
        (["size = 3", "for row in range(2):\n    seen = size + row"], [0, 1]),
        (["a = 1", "b = a", "a = 2", "seen = b"], [0, 1, 3]),
    ],
)
def test_cells_above_that_are_needed(above, run):
    cells = [*map(new_code_cell, above), shows("Studio()"), new_code_cell("seen = 3")]
    assert cells_for_widgets(cells) == [*run, len(above)]


def test_lesson_11_is_run_in_a_few_cells():
    path = next((ROOT / "notebooks").glob("11_*.ipynb"))
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert sum(map(shows_widget, cells)) == 2 and len(cells_for_widgets(cells)) < len(cells) / 4
