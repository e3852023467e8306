"""Keep key presses inside a widget, so that JupyterLab does not treat them as notebook shortcuts."""

from pathlib import Path

import anywidget

from .portable import join_module


class Keys(anywidget.AnyWidget):
    """Stop key presses in a `VBox` from triggering notebook shortcuts. The widget is an invisible child of the box."""

    _esm = join_module(Path(__file__).parent / "keys.js")
