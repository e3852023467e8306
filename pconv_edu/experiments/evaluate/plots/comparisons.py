"""Draw differences between methods with their intervals, and coloured tables of which method is better where.

The functions return the axes or the figure; `winners` returns its table as a DataFrame.
"""

from collections.abc import Collection, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from pconv_edu.core.holes import RADIUS_BINS, find_bin

from .. import scores
from ..measures import measure_of
from .looks import COLORS, label, style


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
    fig, axes = plt.subplots(lines, columns, figsize=(9.6, 0.4 + 2.7 * lines), layout="constrained", squeeze=False)
    for ax, measure in zip(axes.flat, measures, strict=False):
        about = measure_of(measure)
        tables = {f"{label(a)} − {label(b)}": scores.compare(rows, a, [b], measure, holes) for a, b in pairs}
        difference_plot(tables, ax=ax)
        ax.set_title(f"{about.short}: {'more' if about.more_is_better else 'less'} is better", size=10)
        ax.tick_params(axis="x", labelsize=9, rotation=30)
        ax.set_xlabel(f"hole ratio ({holes})")
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
