"""Draw the pictures of lesson 11 whose code is not what the lesson teaches: holes, fills, and plots of the rows.

Most functions draw and return a figure. They are not figures of `figures/`, so they are not registered.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from pconv_edu.core import RADIUS_BINS, find_bin, hole_radius, hole_ratio, load_photo
from pconv_edu.lessons.comparing import Comparison, compare
from pconv_edu.lessons.drawing import show_pixels, with_hole
from pconv_edu.lessons.widgets import CurveSketch

if TYPE_CHECKING:
    import pandas as pd

    from pconv_edu.experiments.evaluate import Case

PHOTO = "gc-mon-colosseum"
SMALL, LARGE = (48, 4), (1, 64)  # the two lattices of squares that the lesson compares: (count, side)
WIDTH = 230  # of an enlarged picture on the screen, in px, so that four are side by side
LENGTHS, SIDES = (64, 128, 192), (4, 16, 64)  # px: the squares in a row are so long together, and so wide each


def two_holes() -> Figure:
    """Show a photo with many small square holes, and with a single large one."""
    photo, masks = _photo_and_holes()
    return show_pixels(
        [with_hole(photo, mask) for mask in masks], [f"{hole_ratio(mask):.0%} is missing" for mask in masks]
    )


def two_holes_filled(methods: Collection[str]) -> Comparison:
    """Compare how some methods fill the two holes of `two_holes`, enlarged, each hole in a row."""
    from pconv_edu import inpaint

    photo, masks = _photo_and_holes()
    many, one = (compare(photo, mask, {name: inpaint(photo, mask, name) for name in methods}) for mask in masks)
    return many + one


def lattices() -> Figure:
    """Show the middles of nine pictures with square holes of three ratios (rows) and three radii (columns)."""
    from pconv_edu.experiments.evaluate import hole_shapes

    photo = load_photo(PHOTO, 256)
    masks = [hole_shapes.squares(length // side, side) for length in LENGTHS for side in SIDES]
    titles = [f"ratio {hole_ratio(mask):.2f}, radius {hole_radius(mask)}" for mask in masks]
    return show_pixels([with_hole(photo, mask)[38:218, 38:218] for mask in masks], titles)


def lattice_scores(rows: pd.DataFrame, methods: Collection[str]) -> Figure:
    """Draw a coloured table for each method, with the mean PSNR in the nine kinds of holes of `lattices`."""
    from pconv_edu.experiments.evaluate import plots

    squares = rows[(rows.holes == "squares") & rows.radius.isin([side / 2 for side in SIDES])]
    fig, axes = plt.subplots(1, len(methods), figsize=(4.2 * len(methods), 2.6), layout="constrained")
    for ax, method in zip(np.atleast_1d(axes), methods, strict=True):
        part = squares[squares.method == method]
        means = part.pivot_table(index="ratio", columns="radius", values="psnr_hole")
        plots.heat_table(means.rename(index="ratio {:.2f}".format, columns="radius {:g}".format), ax=ax)
        ax.set_title(f"{method}: PSNR in the hole, dB", size=11)
    return fig


def curve_sketch(rows: pd.DataFrame, asked: Sequence[str], known: Sequence[str]) -> CurveSketch:
    """Return a sketch in which learners draw how the PSNR of the `asked` methods falls with the ratio of the holes N.

    The curves of the `known` methods are shown from the start.
    """
    from pconv_edu.experiments.evaluate import plots, scores

    chosen = rows[rows.holes == "N"]
    bins, values = sorted(set(chosen.bin)), chosen.set_index(["method", "bin"]).psnr_hole
    truth = {method: [scores.interval(values[method, bin_]) for bin_ in bins] for method in asked}
    means = {method: [values[method, bin_].mean() for bin_ in bins] for method in known}
    return CurveSketch(bins, truth, plots.COLORS, "hole ratio", "PSNR in the hole, dB", (8, 26), means)


def explained_shares(rows: pd.DataFrame, methods: Sequence[str]) -> Figure:
    """Draw which share of the variance of the PSNR is explained by bins of ratio, and by bins of radius.

    The left plot is about the irregular holes N and B, the right one about the squares of `lattices`. The mean of each
    photo is subtracted first.
    """
    from pconv_edu.experiments.evaluate import scores

    parts = {
        "irregular holes": rows[rows.holes.isin(["N", "B"])],
        "squares": rows[(rows.holes == "squares") & rows.radius.isin([side / 2 for side in SIDES])],
    }
    fig, axes = plt.subplots(1, 2, figsize=(9.4, 2.9), layout="constrained", sharey=True)
    for ax, (title, part) in zip(axes, parts.items(), strict=True):
        part = part.assign(ratio_bin=part.ratio.round(2) if title == "squares" else part.bin)
        part = part.assign(radius_bin=[find_bin(radius, RADIUS_BINS) for radius in part.radius])
        for shift, (name, color) in zip((-0.2, 0.2), (("ratio", "#8C6D5A"), ("radius", "#00796B")), strict=True):
            for place, method in enumerate(methods):
                one = part[part.method == method]
                values = one.psnr_hole - one.groupby("photo").psnr_hole.transform("mean")
                share = scores.explained(values, one[f"{name}_bin"])
                bar = ax.bar(place + shift, share, 0.38, color=color, label=f"bins of {name}" if not place else None)
                ax.bar_label(bar, fmt="%.2f", size=9)
        ax.set(title=title, ylim=(0, 1))
        ax.set_xticks(range(len(methods)), methods)
    axes[0].set_ylabel("share explained")
    axes[0].legend()
    return fig


def pairs_by_photo(scores: dict[str, np.ndarray], xlabel: str) -> Figure:
    """Draw the scores of two methods on each photo, joined by a line, in the order of the second method's scores.

    scores : {method: one score for each photo}, two methods
    """
    from pconv_edu.experiments.evaluate import plots

    first, second = scores.values()
    order = np.argsort(second)
    fig, ax = plt.subplots(figsize=(9, 3.4), layout="constrained")
    ax.vlines(range(len(order)), second[order], first[order], color=plots.GREY)
    for name, values in scores.items():
        ax.plot(values[order], label=name, linestyle="", **plots.style(name))
    ax.set(xlabel=xlabel, ylabel="PSNR in the hole, dB")
    ax.legend()
    return fig


def radius_and_score(rows: pd.DataFrame) -> Figure:
    """Draw the mean radius of the holes N and B, and the mean PSNR of one method's fills, against the ratio.

    rows : rows of one method
    """
    rows = rows[rows.holes.isin(["N", "B"])]
    fig, axes = plt.subplots(1, 2, figsize=(9.4, 3.2), layout="constrained")
    titles = {"radius": "mean hole radius, px", "psnr_hole": f"PSNR in the hole, dB ({rows.method.iloc[0]})"}
    for ax, (column, title) in zip(axes, titles.items(), strict=True):
        means = rows.pivot_table(index="bin", columns="holes", values=column)
        for kind, look in {"N": {"color": "#C05A00", "marker": "o"}, "B": {"color": "#1565C0", "marker": "s"}}.items():
            ax.plot(means.index, means[kind], label=f"holes {kind}", **look)
        ax.set(title=title, xlabel="hole ratio")
    axes[0].legend()
    return fig


def case_fills(rows: pd.DataFrame, case: Case, methods: Collection[str], side: int = 256) -> Comparison:
    """Compare the fills of a case by some methods, with their stored scores: PSNR, and the distance by EfficientNet.

    rows : the rows of the experiment, in which the scores are looked up
    case : the photo and the hole
    side : side in px of the square that is shown. It is the square that contains the most hole pixels.
    """
    from pconv_edu.experiments import evaluate

    same = rows[(rows.holes == case.holes) & (rows.bin == case.bin) & (rows.photo == case.photo)].set_index("method")
    stored = same.loc[list(methods), ["psnr_hole", "efficientnet_hole"]].itertuples()
    notes = {name: f"{score:.1f} dB, EfficientNet {distance:.1f}" for name, score, distance in stored}
    fills = {method: evaluate.fill(case, method) for method in methods}
    return compare(case.image, case.mask, fills, side, WIDTH / side, score=False, notes=notes)


def _photo_and_holes() -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the photo of the lesson, and the masks of the two holes that the lesson compares."""
    from pconv_edu.experiments.evaluate import hole_shapes

    return load_photo(PHOTO, 256), [hole_shapes.squares(*lattice) for lattice in (SMALL, LARGE)]
