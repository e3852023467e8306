"""Keep key presses inside a widget, so that JupyterLab does not treat them as notebook shortcuts."""

from pathlib import Path

import anywidget

from .portable import join_module


class Keys(anywidget.AnyWidget):
    """An invisible child of a `VBox` that keeps key presses in the box from triggering notebook shortcuts."""

    _esm = join_module(Path(__file__).parent / "keys.js")
