"""Draw pictures for lesson 14: the logs of the two rivals, and how far networks see.

The rivals are GLCIC and Contextual Attention. They are younger than the networks of the papers, and every text next to
these pictures must say this.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from pconv_edu.experiments.evaluate.plots import COLORS
from pconv_edu.lessons.drawing import outline


def critic_start(rows: Sequence[Mapping[str, Any]]) -> float:
    """Return the minute in which the critic begins to take part in the training of the network that fills.

    rows : the rows of a log, as `weights.read_log` returns them
    """
    return next(row["seconds"] for row in rows if row["adversarial"]) / 60


def show_training(logs: Mapping[str, Sequence[Mapping[str, Any]]]) -> Figure:
    """Show the errors of Contextual Attention on rectangles, and the PSNR of both rivals in irregular holes.

    Vertical dotted lines show when the critics begin to take part. The function returns the figure.

    logs : {"glcic": rows, "attention": rows}, with rows as `weights.read_log` returns them
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(8.6, 2.9), layout="constrained")
    left.set(title="attention: absolute error on rectangles", xlabel="minutes")
    right.set(title="PSNR in irregular holes, dB", xlabel="minutes")
    late = [row for row in logs["attention"] if row["seconds"] > 60]  # the first minute would hide the rest
    for key, name, color in (("hole", "refined fill", COLORS["attention"]), ("hole_coarse", "coarse fill", "gray")):
        left.plot([row["seconds"] / 60 for row in late], [row[key] for row in late], color=color, label=name)
    for name, rows in logs.items():
        minutes, values = [row["seconds"] / 60 for row in rows], [row["held_psnr"] for row in rows]
        right.plot(minutes, values, color=COLORS[name], label=name)
        for ax in (left, right) if name == "attention" else (right,):
            ax.axvline(critic_start(rows), color=COLORS[name], linestyle=":")
    left.legend()
    right.legend()
    return fig


def show_reach(picture: np.ndarray, reaches: Mapping[str, int], size: float = 3.4) -> Figure:
    """Show the squares of a picture on which the pixel in its middle depends, and return the figure.

    picture : (H, W, 3) array in [0, 1]
    reaches : {name: reach in pixels} for up to two methods; a reach of 1 stands for a square of 3×3 px
    size : width and height of the picture, in inches
    """
    fig, ax = plt.subplots(figsize=(size, size), layout="constrained")
    ax.imshow(picture)
    ax.axis("off")
    row, column = picture.shape[0] // 2, picture.shape[1] // 2
    for name, distance in reaches.items():
        color, side = COLORS[name], 2 * distance + 1
        outline(ax, row - distance, column - distance, side, side, color)
        label: dict[str, Any] = {"color": "white", "backgroundcolor": color, "size": 9, "va": "top"}
        ax.text(column - distance + 4, row - distance + 6, f"{name}, {distance} px", **label)
    ax.plot(column, row, "o", color="gold")
    return fig
