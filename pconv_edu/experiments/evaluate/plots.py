"""Draw the plots of the hole-ratio experiment for `pconv-edu evaluate`, lesson 11 and the figures."""

from collections.abc import Collection, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pconv_edu.core.holes import RADIUS_BINS, find_bin
from pconv_edu.inpainters.methods import KINDS, TABLE

from . import scores
from .measures import DEPTHS, measure_of

COLORS = {name: TABLE[name].color for name in sorted(TABLE, key=lambda name: KINDS.index(TABLE[name].kind))}
OTHERS = ("#FF7F0E", "#00ACC1", "#EC407A", "#000000", "#00E5A0")  # for methods that are not in `COLORS`
MARKS = "osD^vPX*<>"


def style(method: str, others: Sequence[str] = ()) -> dict[str, Any]:
    """Return the colour and the marker of a method's line, as keyword arguments for matplotlib.

    others : methods of the plot that are not in `COLORS`, such as training runs. They get the colours of `OTHERS` in
        the order in which they are listed, so that no training run has the colour of a shipped method
    """
    if method in COLORS:
        color, number = COLORS[method], list(COLORS).index(method)
    else:
        number = list(others).index(method) if method in others else sum(method.encode(errors="replace"))
        color = OTHERS[number % len(OTHERS)]
    return {"color": color, "marker": MARKS[number % len(MARKS)], "markersize": 5}


def ratio_curves(
    rows: pd.DataFrame,
    measure: str = "psnr_hole",
    holes: str = "N",
    methods: Collection[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the mean of a measure against the hole ratio as one line per method, with 95 % confidence intervals.

    The function returns the axes.

    methods : names; None for all methods that have rows
    ax : axes to draw into; None for a new figure
    """
    chosen = rows[rows.holes == holes]
    bins = sorted(set(chosen.bin))
    ax = ax or plt.subplots(figsize=(7.5, 4.6), layout="constrained")[1]
    _lines(ax, chosen, "bin", bins, measure, methods)
    ax.set_xticks(range(len(bins)), bins)
    ax.set(xlabel=f"hole ratio ({holes})", ylabel=measure_of(measure).title)
    return ax


def radius_curves(
    rows: pd.DataFrame,
    measure: str = "psnr_hole",
    ratio: str = "1/4",
    methods: Collection[str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the mean of a measure against the radius of square holes, for one hole ratio, and return the axes.

    The lines, `methods` and `ax` are as in `ratio_curves`.
    """
    chosen = rows[(rows.holes == "squares") & rows.bin.str.startswith(f"{ratio},")]
    radii = sorted(set(chosen.radius))
    ax = ax or plt.subplots(figsize=(7.5, 4.6), layout="constrained")[1]
    _lines(ax, chosen, "radius", radii, measure, methods)
    ax.set_xticks(range(len(radii)), [f"{radius:g}" for radius in radii])
    ax.set(xlabel=f"hole radius, px (squares, hole ratio {ratio})", ylabel=measure_of(measure).title)
    return ax


def depth_curves(
    rows: pd.DataFrame, holes: str = "N", methods: Collection[str] | None = None, ax: Axes | None = None
) -> Axes:
    """Draw PSNR against the distance from a hole pixel to the nearest valid pixel, and return the axes.

    holes : the kind of holes, such as "N" (holes that may touch the border)
    """
    chosen = rows[rows.holes == holes]
    ax = ax or plt.subplots(figsize=(7.5, 4.6), layout="constrained")[1]
    for _, part, look in _by_method(chosen, methods):
        means = [part.groupby("photo")[name].mean().mean() for name in DEPTHS]
        with np.errstate(divide="ignore"):  # the error of an exact fill is 0
            ax.plot(range(len(DEPTHS)), -10 * np.log10(means), **look)
    ax.set_xticks(range(len(DEPTHS)), [f"{low + 1}–{high}" for low, high in DEPTHS.values()])
    ax.set(xlabel=f"distance to the nearest valid pixel, px ({holes})", ylabel="PSNR of these pixels, dB")
    return ax


def winners(rows: pd.DataFrame, measure: str = "psnr_hole", holes: Collection[str] = ("N", "B")) -> pd.DataFrame:
    """Return a DataFrame (ratio bins × radius bins) that shows which method is best on irregular holes.

    A cell contains the name of the method with the best mean, and the number of photos. A cell with fewer than six
    photos is empty.
    """
    chosen = rows[rows.holes.isin(holes)]
    chosen = chosen.assign(deep=[find_bin(radius, RADIUS_BINS) for radius in chosen.radius])
    best = {}
    for (bin_, deep), part in chosen.groupby(["bin", "deep"]):
        count = len(part) // part.method.nunique()
        if count >= 6:
            best[bin_, RADIUS_BINS[int(deep)]] = (
                f"{measure_of(measure).best(part.groupby('method')[measure].mean())} ({count})"
            )
    table = pd.Series(best).unstack(fill_value="")
    table.columns = [f"{low + 1}–{high} px" for low, high in table.columns]
    return table


def _by_method(rows: pd.DataFrame, methods: Collection[str] | None) -> list[tuple[str, pd.DataFrame, dict[str, Any]]]:
    """Return (name, rows, keyword arguments for matplotlib) for each method, first those in `COLORS`, then others."""
    present = [name for name in dict.fromkeys(rows.method) if methods is None or name in methods]
    others = [name for name in present if name not in COLORS]
    return [
        (name, rows[rows.method == name], {"label": _plain(name), **style(name, others)})
        for name in [*(name for name in COLORS if name in present), *others]
    ]


def _plain(name: str) -> str:
    """Return a name in a form that matplotlib shows literally, even if the name contains "$" or begins with "_"."""
    text = name.encode(errors="replace").decode().replace("$", r"\$")
    return f" {text}" if text.startswith("_") else text


def _lines(
    ax: Axes,
    rows: pd.DataFrame,
    by: str,
    places: Sequence[Any],
    measure: str,
    methods: Collection[str] | None,
) -> None:
    """Draw a line for each method. The lines are shifted sideways a little, so that the intervals stay readable."""
    parts = _by_method(rows, methods)
    for number, (_, part, look) in enumerate(parts):
        values = np.array([scores.interval(part[part[by] == place][measure]) for place in places])
        shift = 0.5 * (number / max(1, len(parts) - 1) - 0.5)
        with np.errstate(invalid="ignore"):  # PSNR can be infinite
            bars = np.abs(values[:, 1:] - values[:, :1]).T
        ax.errorbar(np.arange(len(places)) + shift, values[:, 0], bars, capsize=0, elinewidth=1, **look)
    ax.margins(x=0.02)
