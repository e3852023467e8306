"""Draw the plots and the coloured tables of the experiments for `pconv-edu evaluate`, the lessons and the figures.

The plots call GLCIC and Contextual Attention "young", because their training was far shorter than in the papers.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pconv_edu.core.holes import RADIUS_BINS, find_bin
from pconv_edu.inpainters.methods import KINDS, RIVAL, TABLE

from . import scores
from .measures import DEPTHS, measure_of

COLORS = {name: TABLE[name].color for name in sorted(TABLE, key=lambda name: KINDS.index(TABLE[name].kind))}
OTHERS = ("#00ACC1", "#000000", "#C800C8", "#00E5A0", "#6B3E00")  # for methods that are not in `COLORS`
MARKS = "osD^vPX*<>"
GREY = "#C8C8C8"  # for lines that are not highlighted


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


def difference_plot(
    differences: Mapping[str, pd.DataFrame], ylabel: str = "", floor: float | None = None, ax: Axes | None = None
) -> Axes:
    """Draw differences between methods as dots, with their intervals as bars, and return the axes.

    A dot is filled if the data show a difference, which means that the whole interval is on one side of zero and beyond
    the noise floor. Otherwise it is hollow.

    differences : {label: DataFrame}, such as {"telea": scores.compare(rows, "l1", ["telea"])}. A DataFrame has a row
        for each bin, and the columns mean, low and high. A label that is the name of a method has its colour.
    ylabel : what the differences are, such as "l1 − other method: PSNR in the hole, dB"
    floor : the noise floor (see `seed_noise.noise_floor`), which is drawn as a grey band around zero; None for no band
    ax : axes to draw into; None for a new figure
    """
    ax = ax or plt.subplots(figsize=(7.5, 3.4), layout="constrained")[1]
    bins = [*dict.fromkeys(bin_ for table in differences.values() for bin_ in table.index)]
    others = [name for name in differences if name not in COLORS]
    ax.axhline(0, color="black", linewidth=0.8)
    if floor is not None:
        ax.axhspan(-floor, floor, color="#E0E0E0", zorder=0, label="noise floor")
    for number, (name, table) in enumerate(differences.items()):
        shift = 0.5 * ((number + 0.5) / len(differences) - 0.5)
        look = {**style(name, others), "markersize": 7}
        ax.plot([], [], linestyle="", label=label(name), **look)  # for the legend, always filled
        for bin_, mean, low, high in table[["mean", "low", "high"]].itertuples(name=None):
            shown = low > (floor or 0) or high < -(floor or 0)
            look["markerfacecolor"] = look["color"] if shown else "white"
            place = bins.index(bin_) + shift
            ax.plot([place, place], [low, high], color=look["color"], linewidth=1.6)
            ax.plot(place, mean, **look)
    ax.set_xticks(range(len(bins)), bins)
    ax.set(ylabel=ylabel, xlim=(-0.6, len(bins) - 0.4))
    return ax


def difference_grid(
    rows: pd.DataFrame, pairs: Sequence[tuple[str, str]], measures: Sequence[str], holes: str = "N"
) -> Figure:
    """Draw the differences between methods in a `difference_plot` for each measure, and return the figure.

    The title of each plot names the measure, and says whether more or less is better.

    rows : what `scores.load` returns
    pairs : (method, other method) of each difference method − other
    measures : columns of `measures.COLUMNS`
    holes : the kind of holes, such as "N" (holes that may touch the border)
    """
    columns = 2 if len(measures) in (2, 4) else min(3, len(measures))
    lines = -(-len(measures) // columns)
    fig, axes = plt.subplots(lines, columns, figsize=(9.6, 0.4 + 2.5 * lines), layout="constrained", squeeze=False)
    for ax, measure in zip(axes.flat, measures, strict=False):
        about = measure_of(measure)
        tables = {f"{label(a)} − {label(b)}": scores.compare(rows, a, [b], measure, holes) for a, b in pairs}
        difference_plot(tables, ax=ax)
        ax.set_title(f"{about.short}: {'more' if about.more_is_better else 'less'} is better", size=11)
        bins = [*next(iter(tables.values())).index]
        ax.set_xticks(range(len(bins)), [bin_.split("–")[-1] for bin_ in bins])
        ax.set_xlabel(f"hole ratio up to ({holes})")
    for ax in axes.flat[len(measures) :]:
        ax.axis("off")
    fig.legend(*axes.flat[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return fig


def heat_table(means: pd.DataFrame, measure: str = "psnr_hole", ax: Axes | None = None) -> Axes:
    """Draw a table of means as a picture, in which a better value has a darker cell, and return the axes.

    Every cell also shows its number. The best value of each column is bold. If several values are equal in the digits
    shown, all of them are bold.

    means : a row for each method, and a column for each bin, or for each (bin, kind of holes) as in `scores.table`
    measure : a column of `measures.COLUMNS`, which decides whether more is better, and the number of digits
    ax : axes to draw into; None for a new figure
    """
    about = measure_of(measure)
    rounded = means.round(about.digits)
    values = rounded.to_numpy()
    best = values.max(axis=0) if about.more_is_better else values.min(axis=0)
    height, width = values.shape
    size = (1.4 + 0.68 * width, 0.75 + 0.27 * height)
    ax = ax or plt.subplots(figsize=size, layout="constrained")[1]
    ax.imshow(values if about.more_is_better else -values, cmap="YlGnBu", aspect="auto")
    middle = (values.max() + values.min()) / 2
    for row, column in np.ndindex(height, width):
        value = values[row, column]
        ax.text(
            column,
            row,
            f"{value:.{about.digits}f}",
            ha="center",
            va="center",
            size=9.5,
            weight="bold" if value == best[column] else "normal",
            color="white" if (value > middle) == about.more_is_better else "black",
        )
    _name_columns(ax, means.columns)
    ax.set_yticks(range(height), [label(str(name)) for name in means.index])
    ax.tick_params(length=0, top=False, labeltop=True, bottom=False, labelbottom=False)
    ax.spines[:].set_visible(False)
    return ax


def _name_columns(ax: Axes, columns: pd.Index) -> None:
    """Write the names of the columns above a table, and separate the bins by white lines.

    If a name is a pair (bin, kind of holes), the name of the bin is written once, above all of its columns.
    """
    pairs = [name if isinstance(name, tuple) else (name, "") for name in columns]
    ax.set_xticks(range(len(pairs)), [str(kind or bin_) for bin_, kind in pairs])
    for bin_ in dict.fromkeys(bin_ for bin_, _ in pairs):
        places = [place for place, (other, _) in enumerate(pairs) if other == bin_]
        ax.axvline(places[0] - 0.5, color="white", linewidth=3)
        if pairs[places[0]][1]:
            above = ax.get_xaxis_transform()  # in columns across, in heights of the axes upwards
            ax.annotate(
                str(bin_), (np.mean(places), 1), (0, 20), above, textcoords="offset points", ha="center", size=10
            )


def winner_map(
    rows: pd.DataFrame, measure: str = "psnr_hole", holes: Collection[str] = ("N", "B"), ax: Axes | None = None
) -> Axes:
    """Draw the table of `winners` as a picture, in which a cell has the colour of its method, and return the axes.

    `rows`, `measure` and `holes` are as in `winners`.
    """
    best = _best_by_cell(rows, measure, holes)
    bins, depths = sorted({bin_ for bin_, _ in best}), sorted({deep for _, deep in best})
    ax = ax or plt.subplots(figsize=(1.1 + 0.95 * len(depths), 0.8 + 0.45 * len(bins)), layout="constrained")[1]
    for (bin_, deep), (name, count) in best.items():
        place = depths.index(deep), bins.index(bin_)
        color = style(name)["color"]
        ax.add_patch(Rectangle((place[0] - 0.48, place[1] - 0.46), 0.96, 0.92, facecolor=color))
        text = "black" if np.dot(to_rgb(color), (0.3, 0.6, 0.1)) > 0.5 else "white"
        ax.text(*place, f"{label(name)}\n{count} holes", ha="center", va="center", size=9, color=text)
    ax.set_xticks(range(len(depths)), [f"{low + 1}–{high}" for low, high in (RADIUS_BINS[deep] for deep in depths)])
    ax.set_yticks(range(len(bins)), bins)
    ax.set(xlim=(-0.5, len(depths) - 0.5), ylim=(len(bins) - 0.5, -0.5), xlabel="hole radius, px", ylabel="hole ratio")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax


def winners(rows: pd.DataFrame, measure: str = "psnr_hole", holes: Collection[str] = ("N", "B")) -> pd.DataFrame:
    """Return a DataFrame (ratio bins × radius bins) that shows which method is best on irregular holes.

    A cell contains the name of the method with the best mean, and the number of photos. A cell with fewer than six
    photos is empty.
    """
    best = _best_by_cell(rows, measure, holes)
    table = pd.Series({cell: f"{name} ({count})" for cell, (name, count) in best.items()}).unstack(fill_value="")
    table.columns = [f"{low + 1}–{high} px" for low, high in (RADIUS_BINS[deep] for deep in table.columns)]
    return table


def label(name: str) -> str:
    """Return the name of a method as plots show it, in a form that matplotlib shows literally.

    The text is shown literally even if the name contains "$" or begins with "_". The networks that were trained on
    rectangles with a critic are marked as young.
    """
    text = name.encode(errors="replace").decode().replace("$", r"\$")
    young = name in TABLE and TABLE[name].kind == RIVAL
    return f" {text}" if text.startswith("_") else f"{text} (young)" if young else text


def _best_by_cell(rows: pd.DataFrame, measure: str, holes: Collection[str]) -> dict[tuple[str, int], tuple[str, int]]:
    """Return {(ratio bin, number of radius bin): (best method, number of photos)} for cells of six or more photos."""
    chosen = rows[rows.holes.isin(holes)]
    chosen = chosen.assign(deep=[find_bin(radius, RADIUS_BINS) for radius in chosen.radius])
    best = {}
    for (bin_, deep), part in chosen.groupby(["bin", "deep"]):
        count = len(part) // part.method.nunique()
        if count >= 6:
            best[bin_, int(deep)] = (measure_of(measure).best(part.groupby("method")[measure].mean()), count)
    return best


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
