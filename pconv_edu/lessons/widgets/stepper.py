"""Define the stepper of lesson 04, in which a kernel slides over a small image and the arithmetic is written out."""

from pathlib import Path

import numpy as np
import traitlets

from pconv_edu.core import worked_example
from pconv_edu.lessons.drawing import number_text

from .portable import PortableWidget, join_module, join_style

HERE = Path(__file__).parent


class Stepper(PortableWidget):
    """Step a partial convolution over a small image. The learner points at an output cell or presses Step.

    A click on a mask cell switches the cell between valid and hole. The numbers can be edited too. After each change,
    the output is updated. The sizes are fixed, so a different size needs a new Stepper. JavaScript repeats the
    arithmetic, so the stepper also works without a running Jupyter kernel; a test compares its results with
    `pconv_edu.core.worked_example.trace`.

    Parameters
    ----------
    x : (H, W) array of finite numbers; the default is the 5×5 example
    mask : (H, W) bool array, True = valid, False = hole
    weight : (kH, kW) array, where kH and kW are odd
    bias : float
    position : int, the index of the output cell that is shown first, counting from 0 in reading order
    article : bool, False if the output of an empty window is 0, as in the paper; True if it is 0 + b, as in the article
        from which the course grew

    Attributes
    ----------
    x, mask, weight, bias, position, article
        The current values, as lists and numbers; assign a value to change what is shown. In the mask, 1 = valid and 0 =
        hole.
    window : the `Window` of the cell shown, from `worked_example.trace`

    Raises
    ------
    ValueError, traitlets.TraitError
        If the shapes are inconsistent, a side of the kernel is even, a number is not finite, the mask is not binary, or
        the position is outside the output.
    """

    _module, _style = "stepper.js", "stepper.css"
    _esm, _css = join_module(HERE / _module), join_style(HERE / _style)
    x = traitlets.List().tag(sync=True)
    mask = traitlets.List().tag(sync=True)
    weight = traitlets.List().tag(sync=True)
    bias = traitlets.CFloat().tag(sync=True)
    position = traitlets.CInt().tag(sync=True)
    article = traitlets.Bool().tag(sync=True)
    start = traitlets.Dict().tag(sync=True)  # the state that Reset restores

    def __init__(
        self,
        x: np.ndarray = worked_example.X,
        mask: np.ndarray = worked_example.M,
        weight: np.ndarray = worked_example.W,
        bias: float = worked_example.B,
        position: int = 0,
        article: bool = False,
    ) -> None:
        worked_example.trace(x, mask, weight, bias)  # raises an error for arguments that do not fit
        state = {
            "x": np.asarray(x, float).tolist(),
            "mask": np.asarray(mask, int).tolist(),
            "weight": np.asarray(weight, float).tolist(),
            "bias": float(bias),
            "position": position,
            "article": article,
        }
        super().__init__(**state, start=state)

    @traitlets.validate("x", "weight", "mask")
    def _validate_grid(self, proposal):
        name, value = proposal["trait"].name, np.asarray(proposal["value"], float)
        if value.ndim != 2 or value.size == 0 or not np.isfinite(value).all():
            raise traitlets.TraitError(f"{name} must be rows of finite numbers, all rows of one length")
        old = np.shape(getattr(self, name))
        if old != (0,) and value.shape != old:
            raise traitlets.TraitError(f"{name} has shape {value.shape}, but it is {old} here: make a new Stepper")
        if name == "mask":
            if not np.isin(value, (0, 1)).all():
                raise traitlets.TraitError("mask may hold only 1 (valid) and 0 (hole)")
            return value.astype(int).tolist()
        return value.tolist()

    @traitlets.validate("bias")
    def _validate_bias(self, proposal):
        if not np.isfinite(proposal["value"]):
            raise traitlets.TraitError("bias must be finite")
        return proposal["value"]

    @traitlets.validate("position")
    def _validate_position(self, proposal):
        cells = np.size(self.x) or np.inf  # x is set first when the widget is created
        if not 0 <= proposal["value"] < cells:
            raise traitlets.TraitError(f"position is {proposal['value']}; the output has cells 0 to {cells - 1}")
        return proposal["value"]

    def _trace(self):
        return worked_example.trace(self.x, np.array(self.mask, bool), self.weight, self.bias)

    @property
    def window(self) -> worked_example.Window:
        """Return the arithmetic of the output cell that is shown."""
        return self._trace()[self.position]

    def __repr__(self) -> str:
        sizes = (
            f"{np.shape(self.x)[0]}×{np.shape(self.x)[1]}, kernel {np.shape(self.weight)[0]}×{np.shape(self.weight)[1]}"
        )
        return f"Stepper({sizes}, at row {self.window.row}, column {self.window.col})"

    def static_html(self) -> str:
        """Return the input, mask, kernel, output and new mask as HTML tables."""
        windows, shape = self._trace(), np.shape(self.x)
        output = np.reshape([w.y_article if self.article else w.y for w in windows], shape)
        new_mask = np.reshape([w.new_mask for w in windows], shape).astype(int)
        grids = {
            "Input X": _table(self.x, self.mask),
            "Mask M": _table(self.mask, self.mask),
            "Kernel W": _table(self.weight),
            "Output": _table(output, new_mask),
            "New mask M′": _table(new_mask, new_mask),
        }
        blocks = "".join(
            f'<div style="margin: 0 18px 8px 0"><div>{title}</div>{table}</div>' for title, table in grids.items()
        )
        note = f"b = {number_text(self.bias)}. Struck out: the hole. To use the stepper, allow scripts."
        return f'<div style="display: flex; flex-wrap: wrap">{blocks}</div><div>{note}</div>'


def _table(values, valid=None):
    """Return an HTML table of numbers; cells where `valid` is 0 are struck out."""
    rows = []
    for r, row in enumerate(values):
        cells = []
        for c, value in enumerate(row):
            text = number_text(value)
            cells.append(f"<td>{text}</td>" if valid is None or valid[r][c] else f"<td><s>{text}</s></td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{''.join(rows)}</table>"
