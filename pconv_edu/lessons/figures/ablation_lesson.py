"""Draw the pictures of lesson 12 whose code is not what the lesson teaches: fills, and plots of the rows.

Most functions draw and return a figure. They are not figures of `figures/`, so they are not registered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pconv_edu.lessons.comparing import Comparison, compare

if TYPE_CHECKING:
    import pandas as pd

    from pconv_edu.experiments.evaluate import Case

INK, FLOOR = "#1565C0", "#E0E0E0"
WIDTH = 952  # of a row of pictures on the screen, in px
GRID_METHODS = ("truth", "l1", "course", "no-perceptual")  # in the plot of the places


def fills(cases: Sequence[Case], methods: Mapping[str, str], side: int = 256) -> Comparison:
    """Compare the fills of each case by some methods, with their PSNR in the hole; each case has a row.

    methods : {method: title}
    side : side in px of the square that is shown. It is the square that contains the most hole pixels.
    """
    from pconv_edu.experiments import evaluate

    rows, width = [], WIDTH / (len(methods) + 2) - 8  # with a gap of 8 px
    for case in cases:
        filled = {title: evaluate.fill(case, method) for method, title in methods.items()}
        rows.append(compare(case.image, case.mask, filled, side, width / side))
    return reduce(add, rows)


def mean_differences(
    rows: pd.DataFrame, pairs: Sequence[tuple[str, str]], measures: Sequence[str], holes: str = "N"
) -> Figure:
    """Draw the mean difference over all ratio bins as a dot with its 95 % interval, in a plot for each measure.

    A dot is filled if its whole interval is beyond the noise floor, which is a grey band.

    rows : what `ablations.load` returns
    pairs : (method, other method) of each difference method − other
    measures : columns of `measures.COLUMNS`
    holes : the kind of holes, such as "N" (holes that may touch the border). The noise floor is always that of holes N.
    """
    from pconv_edu.experiments.evaluate import scores
    from pconv_edu.experiments.evaluate.measures import measure_of
    from pconv_edu.experiments.evaluate.seed_noise import noise_floor

    lines = -(-len(measures) // 3)
    size = (9.6, lines * (0.95 + 0.3 * len(pairs)))
    fig, axes = plt.subplots(lines, 3, figsize=size, layout="constrained", squeeze=False, sharey=True)
    for ax, measure in zip(axes.flat, measures, strict=False):
        about, floor = measure_of(measure), noise_floor(rows, measure)
        values = [scores.interval(scores.differences(rows, *pair, measure, holes).mean(axis=1)) for pair in pairs]
        ax.axvspan(-floor, floor, color=FLOOR, zorder=0)
        intervals(ax, np.array(values), floor, "{:+.3f}")
        better = "more" if about.more_is_better else "less"
        ax.set_title(f"{about.short}: {better} is better", size=10)
        ax.set_xlabel(f"grey: the noise floor, ±{floor:.3f}", size=9)
    axes.flat[0].set_yticks(range(len(pairs)), [f"{a} − {b}" for a, b in pairs])
    for ax in axes.flat[len(measures) :]:
        ax.axis("off")
    return fig


def intervals(ax: Axes, values: np.ndarray, floor: float = 0.0, form: str = "{:.2f}") -> None:
    """Draw intervals as horizontal bars, from top to bottom, with their means as dots and as numbers.

    A dot is filled if its whole interval is beyond `floor`, on either side of zero.

    values : (n, 3) array, the mean and both ends of each interval
    form : how the mean is written
    """
    for place, (mean, low, high) in enumerate(values):
        beyond = low > floor or high < -floor
        ax.plot([low, high], [place, place], color=INK, linewidth=1.8)
        ax.plot(mean, place, "o", color=INK, markersize=6.5, markerfacecolor=INK if beyond else "white")
        text = form.format(mean).replace("-", "−")
        ax.annotate(text, (mean, place), (0, 6), textcoords="offset points", ha="center", size=9)
    ax.axvline(0, color="black", linewidth=0.8)
    ax.set_ylim(len(values) - 0.6, -0.8)
    ax.margins(x=0.12)


def grid_strengths() -> Figure:
    """Draw how strong the grid of each method is, and by how much each differs from `course`, with 95 % intervals."""
    from pconv_edu.experiments import grid

    stored = grid.load()
    counts = stored["truth"][1]
    draws = {name: grid.resampled(sums, counts) for name, (sums, _) in stored.items()}
    means = {name: float(grid.strength(sums.sum(0), counts.sum(0))) for name, (sums, _) in stored.items()}
    ends = (0.025, 0.975)
    strengths = [(means[name], *np.quantile(draws[name], ends)) for name in stored]
    gaps = [(means[name] - means["course"], *np.quantile(draws[name] - draws["course"], ends)) for name in stored]
    fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.2), layout="constrained", sharey=True)
    intervals(axes[0], np.array(strengths))
    intervals(axes[1], np.array(gaps), form="{:+.2f}")
    axes[0].set(xlim=(0.9, 2.4), yticks=range(len(stored)), yticklabels=list(stored))
    axes[0].set_xlabel("strength of the grid; 1 = no grid")
    axes[1].set_xlabel("difference from course")
    return fig


def grid_places() -> Figure:
    """Draw the differences of neighbouring pixels deep in holes by row and by column modulo 16."""
    from pconv_edu.experiments import grid
    from pconv_edu.experiments.evaluate import plots

    stored = grid.load()
    fig, axes = plt.subplots(1, 2, figsize=(9.6, 3), layout="constrained", sharey=True)
    for ax, direction, title in zip(axes, (0, 1), ("row", "column"), strict=True):
        for name in GRID_METHODS:
            sums, counts = stored[name]
            means = (sums.sum(0) / counts.sum(0))[direction]
            look = {"color": "black", "marker": "."} if name == "truth" else plots.style(name, GRID_METHODS[3:])
            ax.plot(means / means.mean(), label=name, **look)
        ax.set(xlabel=f"{title} modulo {grid.PERIOD}", ylim=(0, None), xticks=range(0, grid.PERIOD, 3))
    axes[0].set_ylabel("differences of neighbours,\n1 = the average place")
    axes[1].legend()
    return fig


def shape_scores(rows: pd.DataFrame) -> Figure:
    """Draw the PSNR in irregular holes and in rectangles, and below it the gain of `l1` over `regular-holes`."""
    from pconv_edu.experiments import ablations
    from pconv_edu.experiments.evaluate import plots, scores
    from pconv_edu.experiments.evaluate.seed_noise import noise_floor

    fig, axes = plt.subplots(2, 2, figsize=(9.6, 5.6), layout="constrained", sharex="col", height_ratios=(3, 2))
    for (above, below), holes in zip(axes.T, ("N", "rectangles"), strict=True):
        plots.ratio_curves(rows, holes=holes, methods=ablations.SHAPES, ax=above)
        above.set(xlabel="", ylabel="PSNR in the hole, dB", ylim=(8, 21.5))
        above.set_title("irregular holes (N)" if holes == "N" else "rectangles", size=11)
        gaps = {"l1": scores.compare(rows, "l1", ["regular-holes"], holes=holes)}
        plots.difference_plot(gaps, "l1 − regular-holes, dB", noise_floor(rows), ax=below)
        below.set_xlabel("hole ratio")
    axes[0, 1].legend()
    return fig


def one_change(rows: pd.DataFrame) -> Figure:
    """Draw the PSNR of `l1` and `regular-holes` in the holes of `ablations.ONE_CHANGE`, and their difference.

    The noise floor of holes N is a grey band. A dot is filled if its whole interval is beyond it.
    """
    from pconv_edu.experiments import ablations
    from pconv_edu.experiments.evaluate import plots, scores
    from pconv_edu.experiments.evaluate.seed_noise import noise_floor

    changed, holes = rows[rows.holes == "one change"], list(ablations.ONE_CHANGE)
    means = changed.pivot_table(index="bin", columns="method", values="psnr_hole")
    fig, axes = plt.subplots(1, 2, figsize=(9.6, 5.2), layout="constrained", sharey=True)
    for name in ablations.CHANGED:
        look = plots.style(name, ["regular-holes"])
        axes[0].plot(means.loc[holes, name], range(len(holes)), linestyle="", label=name, **look)
    gaps = scores.differences(rows, "regular-holes", "l1", "psnr_hole", "one change")
    floor = noise_floor(rows)
    axes[1].axvspan(-floor, floor, color="#E0E0E0", zorder=0)
    intervals(axes[1], np.array([scores.interval(gaps[hole]) for hole in holes]), floor, form="{:+.1f}")
    axes[0].set(yticks=range(len(holes)), yticklabels=holes, xlabel="PSNR in the hole, dB")
    axes[0].grid(axis="y", color="#E6E6E6")
    axes[0].legend(loc="upper left")
    axes[1].set_xlabel("regular-holes − l1, dB")
    return fig


def freezing() -> Figure:
    """Draw the colour shift and the PSNR before and after more training, with batch norm frozen and not frozen.

    A bar is the standard deviation between the seeds.
    """
    from pconv_edu.experiments import batch_norm, evaluate

    stored = batch_norm.load()
    parts = {
        "valid": ("colour shift, valid pixels", "out of 255", 255),
        "hole": ("colour shift, hole pixels", "out of 255", 255),
        "psnr": ("PSNR in the hole", "dB", 1),
    }
    looks = {"before": ("s", "#616161"), "frozen": ("o", INK), "not frozen": ("^", "#D62728")}
    fig, axes = plt.subplots(1, 3, figsize=(9.6, 3.2), layout="constrained")
    for ax, (part, (title, unit, scale)) in zip(axes, parts.items(), strict=True):
        for shift, (mode, (marker, color)) in zip((-0.2, 0, 0.2), looks.items(), strict=True):
            values = scale * np.array([[cell[part] for cell in seed] for seed in stored[mode]])
            spread = values.std(0, ddof=1) if len(values) > 1 else None
            places = np.arange(values.shape[1]) + shift
            ax.errorbar(places, values.mean(0), spread, fmt=marker, color=color, label=mode, markersize=5)
        ax.set_title(title, size=10)
        ax.set(ylabel=unit, xlabel="hole ratio", ylim=(0, None) if part != "psnr" else None)
        ax.set_xticks(range(len(stored["bins"])), [evaluate.label(bin_) for bin_ in stored["bins"]])
        ax.tick_params(axis="x", labelsize=9, rotation=30)
    axes[0].legend(fontsize=9, loc="lower right")
    return fig
