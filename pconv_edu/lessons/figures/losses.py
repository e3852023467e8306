"""Draw the figures of lesson 09: terms of the loss, feature maps, Gram matrices and filled holes.

The functions get numbers and pictures that the lesson has computed, so none of them is in the list of figures.
"""

from collections.abc import Collection, Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from pconv_edu.core.colors import HOLE
from pconv_edu.lessons.drawing import outline, show_images


def terms_by_fill(terms: Mapping[str, Mapping[str, float]], names: Sequence[str]) -> Figure:
    """Draw bars of loss terms, with one plot per term, and mark the fill that each term prefers in green.

    Parameters
    ----------
    terms : {name of a fill: {name of a term: its value}}
    names : the terms to draw
    """
    fig, axes = plt.subplots(1, len(names), figsize=(9.4, 2.2), layout="constrained", sharey=True, squeeze=False)
    for ax, name in zip(axes[0], names, strict=True):
        values = [float(of_fill[name]) for of_fill in terms.values()]
        colors = ["tab:green" if value == min(values) else "silver" for value in values]
        ax.bar_label(ax.barh(list(terms), values, color=colors), fmt="%.3f", padding=3)
        ax.set(title=name, xticks=[], xlim=(0, 1.5 * max(values)))
    axes[0, 0].invert_yaxis()
    return fig


def weighted_terms(groups: Mapping[str, Mapping[str, float]]) -> Figure:
    """Draw bars of weighted loss terms, with one plot per choice of loss weights.

    groups : {title of a plot: {name of a term: loss weight × term}}; all plots have the same terms
    """
    fig, axes = plt.subplots(1, len(groups), figsize=(9.4, 2.6), layout="constrained", sharey=True, squeeze=False)
    for ax, (title, values) in zip(axes[0], groups.items(), strict=True):
        ax.bar_label(ax.barh(list(values), list(values.values())), fmt="%.3f", padding=3)
        ax.set(title=title, xlim=(0, 1.2 * max(values.values())), xlabel="loss weight × term")
    axes[0, 0].invert_yaxis()
    return fig


def feature_maps(photo: np.ndarray, features: Mapping[str, np.ndarray], count: int = 2) -> Figure:
    """Show a photo and, for each layer, the feature maps that vary most.

    Parameters
    ----------
    photo : (H, W, 3) array in [0, 1]
    features : {name of a layer: (C, H', W') array, at least 0}; each map is divided by its largest value
    count : how many maps of each layer are shown
    """
    pictures, titles = [photo], ["photo"]
    for name, maps in features.items():
        for channel in np.argsort(-maps.std(axis=(1, 2)), kind="stable")[:count]:
            pictures.append(maps[channel] / maps[channel].max())
            titles.append(f"{name}, channel {channel}")
    return show_images(pictures, titles, columns=5, size=1.9)


def gram_matrices(crops: Mapping[str, np.ndarray], grams: Sequence[np.ndarray], count: int = 24) -> Figure:
    """Show crops of photos, and below each crop a part of its Gram matrix.

    Parameters
    ----------
    crops : {title: (H, W, 3) array in [0, 1]}
    grams : for each crop a (C, C) array, at least 0; square roots of its entries are drawn
    count : the part has the `count` channels that are strongest in the first crop, in the same order for all crops
    """
    strong = np.argsort(-grams[0].diagonal())[:count]
    parts = [np.sqrt(gram[np.ix_(strong, strong)]) for gram in grams]
    fig, axes = plt.subplots(2, len(crops), figsize=(8.6, 5.4), layout="constrained", squeeze=False)
    for (top, bottom), (title, crop), part in zip(axes.T, crops.items(), parts, strict=True):
        top.imshow(crop, interpolation="nearest")
        top.set_title(title, size=11)
        top.axis("off")
        picture = bottom.imshow(part, vmin=0, vmax=max(map(np.max, parts)))
        bottom.set(xticks=[], yticks=[], xlabel="channel", ylabel="channel")
    fig.colorbar(picture, ax=axes, shrink=0.5, label="square root of the entry")
    return fig


def outlined_holes(
    pictures: Sequence[np.ndarray], titles: Collection[str] | None = None, columns: int = 3, around: int = 16
) -> Figure:
    """Show square pictures with a pink outline around the square hole in their middle, and return the figure.

    Parameters
    ----------
    pictures : (H, H, 3) arrays in [0, 1]; the side of the hole is H / 2
    titles : a title for each picture
    columns : the largest number of pictures in a row
    around : how many pixels are shown on each side of the hole
    """
    side = len(pictures[0]) // 2
    start = side // 2 - around
    end = start + side + 2 * around
    fig = show_images([p[start:end, start:end] for p in pictures], titles, columns, size=9.4 / columns)
    for ax in fig.axes:
        outline(ax, around, around, side, side, HOLE, linewidth=1.2)
    fig.tight_layout(h_pad=1.5)  # room for titles of two lines
    return fig
