"""Draw the mean of a measure as one curve per method, against the hole ratio, the hole radius or the depth in the hole.

The functions draw into given axes or a new figure, and return the axes.
"""

from collections.abc import Collection, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from .. import scores
from ..measures import DEPTHS, measure_of
from .looks import COLORS, GREY, label, style


def ratio_curves(
    rows: pd.DataFrame,
    measure: str = "psnr_hole",
    holes: str = "N",
    methods: Collection[str] | None = None,
    ax: Axes | None = None,
    highlight: Collection[str] | None = None,
) -> Axes:
    """Draw the mean of a measure against the hole ratio as one line per method, with 95 % confidence intervals.

    The function returns the axes.

    methods : names; None for all methods that have rows
    ax : axes to draw into; None for a new figure
    highlight : names of methods to draw in colour. The other methods become thin grey lines without intervals, and each
        line has its name at its right end, so the plot needs no legend. None for colours and intervals everywhere.
    """
    chosen = rows[rows.holes == holes]
    bins = sorted(set(chosen.bin))
    ax = ax or plt.subplots(figsize=(7.5, 4.6), layout="constrained")[1]
    _lines(ax, chosen, "bin", bins, measure, methods, highlight)
    ax.set_xticks(range(len(bins)), bins)
    ax.set(xlabel=f"hole ratio ({holes})", ylabel=measure_of(measure).title)
    return ax


def radius_curves(
    rows: pd.DataFrame,
    measure: str = "psnr_hole",
    ratio: str = "1/4",
    methods: Collection[str] | None = None,
    ax: Axes | None = None,
    highlight: Collection[str] | None = None,
) -> Axes:
    """Draw the mean of a measure against the radius of square holes, for one hole ratio, and return the axes.

    The lines, `methods`, `ax` and `highlight` are as in `ratio_curves`.
    """
    chosen = rows[(rows.holes == "squares") & rows.bin.str.startswith(f"{ratio},")]
    radii = sorted(set(chosen.radius))
    ax = ax or plt.subplots(figsize=(7.5, 4.6), layout="constrained")[1]
    _lines(ax, chosen, "radius", radii, measure, methods, highlight)
    ax.set_xticks(range(len(radii)), [f"{radius:g}" for radius in radii])
    ax.set(xlabel=f"hole radius, px (squares, hole ratio {ratio})", ylabel=measure_of(measure).title)
    return ax


def depth_curves(
    rows: pd.DataFrame,
    holes: str = "N",
    methods: Collection[str] | None = None,
    ax: Axes | None = None,
    highlight: Collection[str] | None = None,
) -> Axes:
    """Draw PSNR against the distance from a hole pixel to the nearest valid pixel, and return the axes.

    `methods`, `ax` and `highlight` are as in `ratio_curves`.

    holes : the kind of holes, such as "N" (holes that may touch the border)
    """
    chosen = rows[rows.holes == holes]
    ax = ax or plt.subplots(figsize=(7.5, 4.6), layout="constrained")[1]
    for name, part, look in _by_method(chosen, methods):
        means = [part.groupby("photo")[depth].mean().mean() for depth in DEPTHS]
        with np.errstate(divide="ignore"):  # the error of an exact fill is 0
            ax.plot(range(len(DEPTHS)), -10 * np.log10(means), **_toned(name, look, highlight))
    if highlight is not None:
        _name_ends(ax)
    ax.set_xticks(range(len(DEPTHS)), [f"{low + 1}–{high}" for low, high in DEPTHS.values()])
    ax.set(xlabel=f"distance to the nearest valid pixel, px ({holes})", ylabel="PSNR of these pixels, dB")
    return ax


def _by_method(rows: pd.DataFrame, methods: Collection[str] | None) -> list[tuple[str, pd.DataFrame, dict[str, Any]]]:
    """Return (name, rows, keyword arguments for matplotlib) for each method, first those in `COLORS`, then others."""
    present = [name for name in dict.fromkeys(rows.method) if methods is None or name in methods]
    others = [name for name in present if name not in COLORS]
    return [
        (name, rows[rows.method == name], {"label": label(name), **style(name, others)})
        for name in [*(name for name in COLORS if name in present), *others]
    ]


def _lines(
    ax: Axes,
    rows: pd.DataFrame,
    by: str,
    places: Sequence[Any],
    measure: str,
    methods: Collection[str] | None,
    highlight: Collection[str] | None,
) -> None:
    """Draw a line for each method. The lines are shifted sideways a little, so that the intervals stay readable."""
    parts = _by_method(rows, methods)
    for number, (name, part, look) in enumerate(parts):
        values = np.array([scores.interval(part[part[by] == place][measure]) for place in places])
        shift = 0.5 * (number / max(1, len(parts) - 1) - 0.5)
        with np.errstate(invalid="ignore"):  # PSNR can be infinite
            bars = np.abs(values[:, 1:] - values[:, :1]).T
        if highlight is None or name in highlight:
            ax.errorbar(np.arange(len(places)) + shift, values[:, 0], bars, capsize=0, elinewidth=1, **look)
        else:
            ax.plot(np.arange(len(places)) + shift, values[:, 0], **_toned(name, look, highlight))
    ax.margins(x=0.02)
    if highlight is not None:
        _name_ends(ax)


def _toned(name: str, look: dict[str, Any], highlight: Collection[str] | None) -> dict[str, Any]:
    """Return the look of a method's line. A line that is not highlighted is thin and grey, and has no markers."""
    if highlight is None or name in highlight:
        return look
    return {"label": look["label"], "color": GREY, "linewidth": 1, "zorder": 1}


def _name_ends(ax: Axes, size: float = 9) -> None:
    """Write the name of each line to the right of its end, in its colour. Names that would overlap are moved apart."""
    handles, texts = ax.get_legend_handles_labels()
    lines: list[Any] = [part[0] if isinstance(part, tuple) else part for part in handles]  # a tuple has intervals too
    ends = sorted(
        (float(line.get_ydata()[-1]), text, line.get_color()) for line, text in zip(lines, texts, strict=True)
    )
    low, high = ax.get_ylim()
    points = 72 / ax.figure.dpi * ax.get_window_extent().height
    gap = 1.25 * size / points * (high - low)
    heights = np.array([end[0] for end in ends])
    for _ in range(200):  # push neighbours apart, half of what is missing each time
        missing = np.maximum(0, gap - np.diff(heights)) / 2
        heights[1:] += missing
        heights[:-1] -= missing
    right = ax.get_xlim()[1]
    for (_, text, color), height in zip(ends, heights, strict=True):
        rgb = to_rgb(color)
        shade = tuple(0.6 * part for part in rgb) if min(rgb) > 0.6 else rgb  # light colours could not be read
        ax.text(right, height, f" {text}", size=size, color=shade, va="center", clip_on=False)
