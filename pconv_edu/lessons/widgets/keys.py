"""Keep single key presses inside a widget, so that JupyterLab does not take them as commands for the notebook."""

from pathlib import Path

import anywidget

from .portable import join_module


class Keys(anywidget.AnyWidget):
    """An invisible child of a `VBox` that keeps the notebook from seeing single keys typed on the box's controls."""

    _esm = join_module(Path(__file__).parent / "keys.js")
