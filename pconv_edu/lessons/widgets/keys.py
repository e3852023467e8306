"""Single keys stay in a widget: without this, JupyterLab takes them as commands for the notebook."""

from pathlib import Path

import anywidget


class Keys(anywidget.AnyWidget):
    """An invisible child of a `VBox` of ipywidgets: what is typed on the box's controls does not reach the notebook."""

    _esm = Path(__file__).parent / "keys.js"
