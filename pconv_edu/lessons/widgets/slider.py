"""Define sliders with a label for screen readers. The handles of ipywidgets' sliders have no accessible name."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from .portable import join_module

HERE = Path(__file__).parent


class Slider(anywidget.AnyWidget):
    """Show the browser's own slider for whole numbers. `value` changes when the handle is released.

    Parameters
    ----------
    value, min, max, step : int
    description : str, the label

    Raises
    ------
    traitlets.TraitError
        If `value` is set to a number outside the range.
    """

    _esm, _css = join_module(HERE / "slider.js"), HERE / "slider.css"
    value = traitlets.Int().tag(sync=True)
    min = traitlets.Int(0).tag(sync=True)
    max = traitlets.Int(100).tag(sync=True)
    step = traitlets.Int(1).tag(sync=True)
    description = traitlets.Unicode().tag(sync=True)

    @traitlets.validate("value")
    def _validate_value(self, proposal):
        if not self.min <= proposal["value"] <= self.max:
            raise traitlets.TraitError(f"value is {proposal['value']}; it must be from {self.min} to {self.max}")
        return proposal["value"]


class ChoiceSlider(anywidget.AnyWidget):
    """Choose one of several strings with a slider. `value` changes when the handle is released.

    If the chosen option is removed, `value` becomes the first option.

    Parameters
    ----------
    options : list of str
    value : str, one of the options (default: the first option)
    description : str, the label

    Raises
    ------
    traitlets.TraitError
        If `value` is set to a string that is not one of the options.
    """

    _esm, _css = join_module(HERE / "slider.js"), HERE / "slider.css"
    options = traitlets.List(traitlets.Unicode(), minlen=1).tag(sync=True)
    value = traitlets.Unicode().tag(sync=True)
    description = traitlets.Unicode().tag(sync=True)

    def __init__(self, options: Sequence[str], value: str | None = None, **arguments: Any) -> None:
        super().__init__(options=options, value=options[0] if value is None else value, **arguments)

    @traitlets.validate("value")
    def _validate_value(self, proposal):
        if proposal["value"] not in self.options:
            raise traitlets.TraitError(f"value is {proposal['value']!r}; there are {', '.join(self.options)}")
        return proposal["value"]

    @traitlets.observe("options")
    def _keep_value(self, change):
        if self.value not in self.options:
            self.value = self.options[0]
