"""Draw the pictures and plots of lesson 13, which come from numbers that the lesson computes or loads.

They are not part of the gallery in `figures/`, so the decorator `@figure` is missing here.
"""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pconv_edu import inpaint
from pconv_edu.core import load_photo, psnr
from pconv_edu.experiments import seams
from pconv_edu.experiments.damage import damage, find_scratches
from pconv_edu.experiments.evaluate import plots
from pconv_edu.lessons.drawing import show_images, with_hole

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#777777"


def scratches_repaired(photo: str = "gc-sea-sea5") -> Figure:
    """Draw a scratched photo beside its fill, whose mask was computed from the scratched photo alone."""
    damaged, _ = damage(load_photo(photo, 256), np.random.default_rng(0))
    repaired = inpaint(damaged, find_scratches(damaged.min(axis=2), 7, 0.2, 1), "telea")
    return show_images([damaged, repaired], ["a scratched photo", "repaired by a program"], columns=2, size=4)


def mask_gains(rows: pd.DataFrame) -> Figure:
    """Draw how good the fills are with each mask: a panel for each photo, and a line of dots for each mask.

    rows : columns photo, mask, hole and found (shares of the picture and of the damage), damaged, and one column of
        PSNR, in dB, for each method
    """
    photos = list(dict.fromkeys(rows.photo))
    fig, axes = plt.subplots(1, len(photos), figsize=(9.4, 4.2), layout="constrained")
    for ax, photo in zip(axes, photos, strict=True):
        part = rows[rows.photo == photo].iloc[::-1].reset_index(drop=True)
        for method, color, marker, shift in (("l1", BLUE, "s", -0.33), ("telea", ORANGE, "o", 0.2)):
            ax.plot(part[method], part.index, marker, color=color, markersize=7, label=method)
            for place, value in enumerate(part[method]):
                ax.text(value, place + shift, f"{value:.1f}", color=color, size=9, ha="center")
        ax.axvline(part.damaged[0], color=GREY, linestyle=":")
        texts = [f"{row.mask}\nhole {row.hole:.0%}, found {row.found:.0%}" for row in part.itertuples()]
        ax.set_yticks(part.index, texts, size=9)
        ax.set_title(f"{photo}\nnot filled (dotted): {part.damaged[0]:.1f} dB", size=11)
        ax.set(xlabel="PSNR of the whole picture, dB", ylim=(-0.6, len(part) - 0.4))
        ax.margins(x=0.1)
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper left", ncols=2, fontsize=9)
    return fig


def margin_plot(differences: Mapping[int, float], step: int = 64) -> Figure:
    """Draw the largest difference between tiles and the whole picture for each margin, on a logarithmic axis.

    differences : margin in px -> largest difference of two pixels, from 0 to 1
    step : margins that are multiples of it are joined by a line
    """
    fig, ax = plt.subplots(figsize=(6.4, 3), layout="constrained")
    aligned = [margin for margin in differences if margin % step == 0]
    floor = 1e-7  # for differences of 0
    height = {margin: max(value, floor) for margin, value in differences.items()}
    ax.plot(aligned, [height[m] for m in aligned], "o-", color=BLUE, label=f"multiples of {step} px")
    others = [margin for margin in differences if margin % step]
    ax.plot(others, [height[m] for m in others], "s", color=ORANGE, label="another margin")
    for margin, value in differences.items():
        ax.annotate(f"{value:.2g}", (margin, height[margin]), (7, 4), textcoords="offset points", size=9)
    ax.set(
        yscale="log", xticks=list(differences), xlabel="margin, px", ylabel="largest difference\n(values from 0 to 1)"
    )
    ax.margins(x=0.16, y=0.15)
    ax.legend(fontsize=9)
    return fig


def enlarged_scores(rows: pd.DataFrame, methods: Sequence[str]) -> Figure:
    """Draw the mean scores of methods that enlarge pictures: PSNR, and the distance by EfficientNet's features.

    rows : what `super_resolution.load` returns
    methods : names of the methods, from top to bottom
    """
    fig, axes = plt.subplots(1, 2, figsize=(9.4, 4.2), layout="constrained", sharey=True)
    panels = (
        ("psnr_hole", "PSNR in the hole, dB: more is better", 1),
        ("efficientnet_hole", "distance by EfficientNet: less is better", 2),
    )
    for ax, (measure, title, digits) in zip(axes, panels, strict=True):
        means = rows.pivot_table(index="method", columns="bin", values=measure).loc[list(methods)][::-1]
        places = np.arange(len(means))
        ax.hlines(places, means.min(axis=1), means.max(axis=1), color="#CCCCCC", zorder=0)
        for factor, color, marker in (("×2", ORANGE, "o"), ("×4", BLUE, "s")):
            ax.plot(means[factor], places, marker, color=color, markersize=7, label=factor)
        low, high = means.min(axis=1), means.max(axis=1)
        gap = 0.02 * (high.max() - low.min())
        for place, (left, right) in enumerate(zip(low, high, strict=True)):
            ax.text(left - gap, place, f"{left:.{digits}f}  ", size=9, ha="right", va="center")
            ax.text(right + gap, place, f"  {right:.{digits}f}", size=9, ha="left", va="center")
        ax.set_title(title, size=11)
        ax.margins(x=0.16)
    axes[0].set_yticks(np.arange(len(methods)), list(methods)[::-1], size=10)
    axes[1].legend(fontsize=10)
    return fig


def padding_differences(errors: Mapping[str, pd.DataFrame], quantile: float) -> Figure:
    """Draw the difference in error between each padding and zeros, in per cent, with its 95 % interval over seeds.

    errors : padding -> errors, with a row for each seed and a column for each distance to the border
    quantile : an interval reaches this many standard errors to each side of the mean
    """
    fig, ax = plt.subplots(figsize=(8.6, 3.4), layout="constrained")
    looks = {"reflect": (GREY, "^"), "replicate": (ORANGE, "s"), "partial": (BLUE, "o")}
    for number, (padding, (color, marker)) in enumerate(looks.items()):
        zeros = errors["zeros"]
        difference = 100 * (errors[padding] - zeros) / zeros.mean()
        half = quantile * difference.std() / len(difference) ** 0.5
        places = np.arange(len(half)) + 0.26 * (number - 1)
        ax.errorbar(places, difference.mean(), half, fmt=marker, color=color, label=padding, markersize=6)
        for place, mean, reach in zip(places, difference.mean(), half, strict=True):
            ax.text(place, mean + reach + 3, f"{mean:+.0f}".replace("-", "−"), size=9, color=color, ha="center")
    ax.axhline(0, color="black", linewidth=0.8)
    ax.set_xticks(range(len(half)), half.index)
    ax.set(xlabel="distance to the border", ylabel="error compared with zeros, %")
    ax.margins(y=0.12)
    ax.legend(fontsize=9)
    return fig


def seam_changes(table: pd.DataFrame) -> Figure:
    """Draw the seam of each method without and with blending, and how much blending changes the PSNR in the hole.

    Every dot is a mean over photos with its 95 % interval. The numbers belong to the filled dots. The method with the
    largest seam is at the top.

    table : what `seams.table` returns
    """
    table = table.sort_values(("seam_fill", "mean"))
    fig, (left, right) = plt.subplots(1, 2, figsize=(9.4, 5), sharey=True, width_ratios=(1, 1), layout="constrained")
    for place, (method, row) in enumerate(table.iterrows()):
        color = plots.COLORS[str(method)]
        for state, face, shift in (("fill", color, 0.14), ("blended", "white", -0.14)):
            _dot(left, row[f"seam_{state}"], place + shift, color, face)
        _dot(right, row["psnr_change"], place, color, color)
        for ax, what in ((left, "seam_fill"), (right, "psnr_change")):
            numbers = "{mean:+.2f} [{low:+.2f}, {high:+.2f}]".format(**row[what]).replace("-", "−")
            ax.text(1.02, place, numbers, va="center", size=9, transform=ax.get_yaxis_transform())
    left.set_yticks(range(len(table)), [str(method) for method in table.index])
    left.set_title("seam, % of the range\nfilled dot: the fill; hollow: blended", size=10)
    right.set_title("PSNR in the hole, dB\nchange by blending", size=10)
    for ax in (left, right):
        ax.axvline(0, color=GREY, linewidth=0.8)
        ax.grid(axis="y", color=GREY, alpha=0.2)
        ax.set_axisbelow(True)
    return fig


def _dot(ax: Axes, value: pd.Series, place: float, color: str, face: str) -> None:
    """Draw a mean with its interval, from the entries "mean", "low" and "high"."""
    ax.plot(value[["low", "high"]], [place, place], color=color, linewidth=1.6)
    ax.plot(value["mean"], place, "o", color=color, markerfacecolor=face, markersize=6)


def zoomed_seams(places: Sequence[tuple[str, str, int, int]], side: int = 56) -> Figure:
    """Draw parts of fills at the edge of the hole: the hole, the fill, the blended fill and the photo in each row.

    places : (photo, method, top, left) of each part; the holes are those of `seams.seam_cases`
    side : height and width of each part, in px
    """
    cases = {case.photo: case for case in seams.seam_cases()}
    pictures, titles = [], []
    for photo, method, top, left in places:
        case, part = cases[photo], np.s_[top : top + side, left : left + side]
        fill = inpaint(case.image, case.mask, method)
        blended = inpaint(case.image, case.mask, method, blend="poisson")
        pictures += [with_hole(case.image, case.mask)[part], fill[part], blended[part], case.image[part]]
        scores = [psnr(picture, case.image, case.mask) for picture in (fill, blended)]
        titles += ["hole", f"{method}: {scores[0]:.1f} dB", f"blended: {scores[1]:.1f} dB", "truth"]
    return show_images(pictures, titles, columns=4, size=2.35)


def course_in_pictures(photo: str, mask: np.ndarray, methods: Mapping[str, str]) -> Figure:
    """Draw a photo with a hole, its fill by each method with the PSNR in the hole, and the photo itself.

    photo : name of a bundled photo
    mask : (H, W) bool array, True = valid
    methods : method of `inpaint` -> the words that follow its name in the title
    """
    image = load_photo(photo, mask.shape)
    pictures, titles = [with_hole(image, mask)], ["the hole"]
    for method, words in methods.items():
        fill = inpaint(image, mask, method)
        pictures.append(fill)
        titles.append(f"{method}{words}: {psnr(fill, image, mask):.1f} dB")
    return show_images([*pictures, image], [*titles, "truth"], columns=4, size=2.35)
