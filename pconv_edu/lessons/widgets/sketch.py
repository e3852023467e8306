"""Define the curve sketch of lesson 11, in which learners draw the curves they expect before they see the results."""

import html
from collections.abc import Mapping, Sequence
from pathlib import Path

import traitlets

from .portable import PortableWidget, join_module, join_style

HERE = Path(__file__).parent


class CurveSketch(PortableWidget):
    """Show a plot in which the learner draws curves. Once all curves are drawn, a button shows the measured curves.

    Values can be drawn with the pointer or typed in. The widget works without a Jupyter kernel.

    Parameters
    ----------
    labels : one string for each column
    truth : {name of a curve: list with one (value, low, high) per column}; low and high are the ends of the interval
    colors : {name: CSS colour}
    x_title, y_title : strings
    limits : (low, high) of the vertical axis
    known : {name of a curve: one value per column}; these curves are shown in grey from the start, for comparison

    Attributes
    ----------
    drawn : list with one list of values per curve, with None where nothing is drawn yet
    revealed : bool, whether the measured curves are shown

    Raises
    ------
    ValueError
        If a curve does not have one value for each column, or a value is outside the limits.
    traitlets.TraitError
        If `drawn` is set to lists of another shape or to values outside the limits.
    """

    _module, _style = "sketch.js", "sketch.css"
    _esm, _css = join_module(HERE / _module), join_style(HERE / _style)
    labels = traitlets.List().tag(sync=True)
    names = traitlets.List().tag(sync=True)
    colors = traitlets.List().tag(sync=True)
    truth = traitlets.List().tag(sync=True)
    known = traitlets.List().tag(sync=True)
    x_title = traitlets.Unicode().tag(sync=True)
    y_title = traitlets.Unicode().tag(sync=True)
    low = traitlets.CFloat().tag(sync=True)
    high = traitlets.CFloat().tag(sync=True)
    drawn = traitlets.List().tag(sync=True)
    revealed = traitlets.CBool(False).tag(sync=True)

    def __init__(
        self,
        labels: Sequence[str],
        truth: Mapping[str, Sequence[Sequence[float]]],
        colors: Mapping[str, str],
        x_title: str,
        y_title: str,
        limits: tuple[float, float],
        known: Mapping[str, Sequence[float]] | None = None,
    ) -> None:
        low, high = limits
        anchors = {name: [(value,) for value in values] for name, values in (known or {}).items()}
        for name, values in {**truth, **anchors}.items():
            if len(values) != len(labels):
                raise ValueError(f"{name} has {len(values)} values for {len(labels)} columns")
            if not all(low <= number <= high for value in values for number in value):
                raise ValueError(f"{name} leaves the axis from {low} to {high}: give wider limits")
        super().__init__(
            labels=list(labels),
            names=list(truth),
            colors=[colors[name] for name in truth],
            truth=[[[float(f"{number:.4g}") for number in value] for value in values] for values in truth.values()],
            known=[[name, [float(f"{number:.4g}") for number in values]] for name, values in (known or {}).items()],
            x_title=x_title,
            y_title=y_title,
            low=low,
            high=high,
            drawn=[[None] * len(labels) for _ in truth],
        )

    @traitlets.validate("drawn")
    def _validate_drawn(self, proposal):
        drawn = proposal["value"]
        if [len(values) for values in drawn] != [len(self.labels)] * len(self.names):
            raise traitlets.TraitError(f"drawn needs {len(self.names)} lists of {len(self.labels)} values or None")
        for value in (value for values in drawn for value in values):
            if value is not None and not self.low <= value <= self.high:
                raise traitlets.TraitError(f"a value is {value}; the axis runs from {self.low} to {self.high}")
        return drawn

    def __repr__(self) -> str:
        missing = sum(value is None for values in self.drawn for value in values)
        return f"CurveSketch({', '.join(self.names)}; {missing} values to be drawn)"

    def static_html(self) -> str:
        """Return the measured values as a collapsed table, for readers whose browser runs no scripts."""
        head = "".join(f"<th>{html.escape(label)}</th>" for label in self.labels)
        rows = "".join(
            f"<tr><th>{html.escape(name)}</th>{''.join(f'<td>{value[0]:.1f}</td>' for value in values)}</tr>"
            for name, values in zip(self.names, self.truth, strict=True)
        )
        about = f"{html.escape(self.y_title)} against {html.escape(self.x_title)}"
        table = f"<table><tr><th></th>{head}</tr>{rows}</table>"
        return f"<div>Draw on paper: {about}.</div><details><summary>The measured curves</summary>{table}</details>"
