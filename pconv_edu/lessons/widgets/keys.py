"""Single keys stay in a widget: without this, JupyterLab takes them as commands for the notebook."""

from pathlib import Path

import anywidget


class Keys(anywidget.AnyWidget):
    """An invisible child of a `VBox` that keeps single keys typed on the box's controls from the notebook."""

    _esm = Path(__file__).parent / "keys.js"
