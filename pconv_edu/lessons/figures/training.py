"""Draw the pictures of lesson 10 whose code is not what the lesson teaches: fills, learning rates and training logs.

The functions return a figure or a `Comparison`. They are not in the list of figures, so they are not registered.
"""

from collections.abc import Mapping, Sequence
from functools import reduce
from operator import add
from typing import Any

import cv2
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from pconv_edu.core import RATIO_BINS, load_photo, load_test_holes
from pconv_edu.lessons.comparing import Comparison, compare
from pconv_edu.lessons.drawing import hole_window, show_pixels, with_hole

SIDE = 88  # px, the side of the square that is cut out around a hole
CASES = (("gc-mon-colosseum", 1), ("gc-sea-sea3", 2), ("gc-animal-koala", 4))  # (test photo, number of the ratio bin)
HOLE = 3  # number of the test hole in its bin


def before_and_after(name: str = "gc-sea-sea3", side: int = 112) -> Figure:
    """Show a photo with a hole, its fill by `l1` before and after training, and the truth, enlarged.

    side : px, the side of the square that is cut out around the hole
    """
    import torch

    from pconv_edu import inpaint
    from pconv_edu.nn import PConvUNet

    photo, mask = load_photo(name, 256), load_test_holes(RATIO_BINS[2])[HOLE]
    torch.manual_seed(0)
    network = PConvUNet.course().eval()
    with torch.no_grad():
        output = network(torch.from_numpy(photo).permute(2, 0, 1)[None], torch.from_numpy(mask)[None, None].float())
    untrained = np.where(mask[..., None], photo, output[0].permute(1, 2, 0).numpy().clip(0, 1))
    pictures = [with_hole(photo, mask), untrained, inpaint(photo, mask, "l1"), photo]
    window = hole_window(mask, side)
    titles = ["hole", "before training", "after 12,000 steps", "truth"]
    return show_pixels([_doubled(picture[window]) for picture in pictures], titles, columns=4)


def enlarged_fills(methods: Sequence[str]) -> Comparison:
    """Compare how some methods fill three holes, from a small to a large hole ratio, each in a row and enlarged."""
    from pconv_edu import inpaint

    rows = []
    for name, bin_ in CASES:
        photo, mask = load_photo(name, 256), load_test_holes(RATIO_BINS[bin_])[HOLE]
        rows.append(compare(photo, mask, {method: inpaint(photo, mask, method) for method in methods}, SIDE))
    return reduce(add, rows)


def learning_rates(recipe: Any) -> Figure:
    """Draw the learning rate of each step of a `Recipe` with two stages, and mark where the second stage begins."""
    first = recipe.stages[0]
    fig, ax = plt.subplots(figsize=(6.5, 2.5), layout="constrained")
    ax.plot([recipe.rate(step) for step in range(recipe.steps)])
    ax.axvline(first.steps, color="gray", linestyle=":")
    ax.annotate("encoder's batch norm frozen → ", (first.steps, first.rate), size=10, ha="right", va="top")
    ax.set(xlabel="step", ylabel="learning rate")
    return fig


def log_curves(logs: Mapping[str, Sequence[Mapping[str, float]]], second_stage: int, first: int = 500) -> Figure:
    """Draw three curves of a training log: both pixel terms of the loss, and the error on held-out photos.

    Parameters
    ----------
    logs : {name of a run: what `read_log` returns}; the pixel terms are those of the first run
    second_stage : the step at which the second stage begins, marked by a dotted line
    first : earlier steps are left out
    """
    fig, axes = plt.subplots(1, 3, figsize=(9.5, 2.7), layout="constrained")
    for ax, key in zip(axes, ("valid", "hole", "held_out_hole"), strict=True):
        for name, log in list(logs.items())[: None if key == "held_out_hole" else 1]:
            points = [(row["step"], row[key]) for row in log if key in row and row["step"] > first]
            ax.plot(*zip(*points, strict=True), label=name)
        ax.axvline(second_stage, color="gray", linestyle=":")
        ax.set(title=key, xlabel="step")
        ax.locator_params(axis="x", nbins=4)
    axes[2].legend()
    return fig


def _doubled(picture: np.ndarray) -> np.ndarray:
    """Return an (H, W, 3) picture in [0, 1] at twice its size, interpolated, which takes less space as a JPEG."""
    return cv2.resize(np.asarray(picture, np.float32), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC).clip(0, 1)
