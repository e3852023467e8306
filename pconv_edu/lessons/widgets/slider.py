"""A slider with a label that accessibility rules accept: the handle of ipywidgets' own has no name."""

from pathlib import Path

import anywidget
import traitlets

HERE = Path(__file__).parent


class Slider(anywidget.AnyWidget):
    """The browser's own slider. `value` changes when the handle is let go.

    Parameters
    ----------
    value, min, max, step : int
    description : str, the label
    """

    _esm, _css = HERE / "slider.js", HERE / "slider.css"
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
