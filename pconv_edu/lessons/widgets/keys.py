"""Keep key presses inside a widget, so that JupyterLab does not treat them as notebook shortcuts."""

from pathlib import Path

import anywidget

from .portable import join_module


class Keys(anywidget.AnyWidget):
    """Keep key presses in a `VBox` from triggering notebook shortcuts. Add it as an invisible child of the box."""

    _esm = join_module(Path(__file__).parent / "keys.js")
