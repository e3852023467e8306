"""Define the base class of the widgets that are boxes of ipywidgets.

The base class runs one callback at a time, shows errors, and adds a static copy of the widget for readers without a
running Jupyter kernel.
"""

import html
import threading
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets

from .keys import Keys


class Panel(widgets.VBox):
    """Arrange ipywidgets in a column. A subclass defines `still()`, and `show_error()` if it uses `run_callback()`.

    JupyterLab may run the callbacks of several controls at the same time, each in its own thread. A callback that uses
    the state of the panel therefore runs inside `with self.one_at_a_time`.

    Parameters
    ----------
    children : the widgets of the column, from top to bottom
    """

    def __init__(self, children: Sequence[widgets.Widget]) -> None:
        self.one_at_a_time = threading.RLock()
        super().__init__([*children, Keys()])

    def run_callback(self, act: Callable[..., object], *arguments: Any) -> None:
        """Call `act`, and show any exception that it raises, because notebooks hide exceptions in callbacks."""
        with self.one_at_a_time:
            try:
                act(*arguments)
            except Exception as error:
                self.show_error(error)

    def show_error(self, error: Exception) -> None:
        """Show an error that was raised in a callback."""
        raise NotImplementedError

    def still(self) -> dict[str, str]:
        """Return the output that readers without a Jupyter kernel see, as {MIME type: text}."""
        raise NotImplementedError

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        return {**super()._repr_mimebundle_(**options), **self.still(), "text/plain": repr(self)}


def alert(text: str) -> str:
    """Return a string as HTML in the error colour. Screen readers read the string out at once."""
    style = "color: var(--jp-error-color0, #b3261e); line-height: 1.4"
    return f'<div style="{style}" role="alert">{html.escape(text)}</div>'
