"""Measure how much each method loses from rectangles to irregular holes that are equally large and equally deep.

GLCIC and Contextual Attention were trained on rectangles. The article gives this as the reason why they fail on
irregular holes. Irregular holes can also be harder because they are larger or deeper. Therefore every rectangle is
paired with an irregular hole of the same hole ratio and the same hole radius, in the same photo.

``python -m pconv_edu.experiments.rivals`` measures `MEASURED` and stores the rows. This takes an hour, and an
interrupted run can be resumed. Lesson 14 shows the results.
"""

import itertools
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pconv_edu import console
from pconv_edu.core import hole_radius, hole_ratio, irregular_mask, load_photo, photo_names
from pconv_edu.core.regular import rectangular_mask

from . import RESULTS, evaluate
from .evaluate import plots, scores
from .evaluate.measures import PARTS, measure_of

STORED = RESULTS / "rivals"
BINS = ((0.1, 0.2), (0.2, 0.3), (0.3, 0.4))  # hole ratios; a rectangle of the rivals' training covers at most 0.39
KINDS = ("rectangles", "irregular")
WITHIN, CLOSE = 0.01, 1  # how much ratio and radius (px) may differ from those of the rectangle
CHOICE, TRIES = 4, 400  # holes to choose from; how many are drawn at most to find them
SEED = 14
MEASURED = (
    "mean",
    "telea",
    "navier-stokes",
    "biharmonic",
    "patchmatch",
    "exemplar",
    "guided",
    "large",
    "l1",
    "course",
    "conv-grey",
    "conv-mean",
    "regular-holes",
    "glcic",
    "attention",
)


def matched_hole(rectangle: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return an irregular hole with the ratio and the radius of a rectangular one, as a mask of the same shape.

    Irregular holes are drawn whose ratio differs from that of the rectangle by at most 1 %, until four of them have a
    radius that differs by at most 1 px. The result is the one of these four that has the most pixels in common with the
    rectangle, so that both hide similar parts of the photo.

    rectangle : (H, W) bool array, True = valid

    Raises ValueError if no such hole is found.
    """
    ratio, radius = hole_ratio(rectangle), hole_radius(rectangle)
    bounds = ratio * (1 - WITHIN), ratio * (1 + WITHIN)
    drawn = (irregular_mask(rectangle.shape, bounds, rng=rng) for _ in range(TRIES))
    equal = (hole for hole in drawn if abs(hole_radius(hole) - radius) <= CLOSE)
    holes = list(itertools.islice(equal, CHOICE))
    if not holes:
        raise ValueError(f"none of {TRIES} irregular holes of ratio {ratio:.3f} has a radius of {radius} px")
    return min(holes, key=lambda hole: (hole | rectangle).sum())


def pair(number: int, bin_: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return the masks (256, 256) of a rectangle and of its irregular hole. Every call returns the same holes.

    number : the position of the photo in the order of the test photos, from 0
    bin_ : one of `BINS`
    """
    rng = np.random.default_rng((SEED, number, BINS.index(bin_)))
    rectangle = rectangular_mask(evaluate.SIZE, bin_, rng)
    return rectangle, matched_hole(rectangle, rng)


def pair_cases(photos: Mapping[str, np.ndarray]) -> list[evaluate.Case]:
    """Return a rectangle and its irregular hole for each photo and each of `BINS`. Every call returns the same holes.

    photos : {name: image (256, 256, 3)}
    """
    cases = []
    for bin_ in BINS:
        for number, (name, image) in enumerate(photos.items()):
            for kind, mask in zip(KINDS, pair(number, bin_), strict=True):
                cases.append(evaluate.Case(kind, evaluate.label(bin_), name, image, mask))
    return cases


def rebuild(folder: Path = STORED, workers: int | None = None) -> None:
    """Measure all methods in `MEASURED` on all pairs, and store the rows in the folder."""
    photos = {name: load_photo(name, evaluate.SIZE) for name in photo_names("test")}
    progress = not os.environ.get("COURSE_QUIET")
    evaluate.run(pair_cases(photos), MEASURED, folder, workers, progress)


def load(folder: Path = STORED) -> pd.DataFrame:
    """Return the stored rows, as `scores.load` returns them."""
    return scores.load(folder)


def losses(rows: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return how much the score of each method changes from a rectangle to its irregular hole.

    rows : what `load` returns
    measure : a column of `measures.COLUMNS`

    Returns a DataFrame with a row for each method and a column for each photo. Its values are differences, irregular −
    rectangle, averaged over the bins.
    """
    tables = [
        rows[rows.holes == kind].pivot_table(index="method", columns=["photo", "bin"], values=measure, sort=False)
        for kind in reversed(KINDS)
    ]
    return (tables[0] - tables[1]).T.groupby("photo").mean().T


def table(rows: pd.DataFrame, measure: str, methods: Sequence[str] | None = None) -> pd.DataFrame:
    """Return a table with a row for each method, for people to read.

    The columns are the means on rectangles and on irregular holes, and the mean difference irregular − rectangle with
    the ends of its 95 % interval over photos.

    methods : names in the order of the rows; by default all methods that have rows
    """
    changes = losses(rows, measure)
    lines = {}
    for name in methods or changes.index:
        own = rows[rows.method == name]
        means = [own.loc[own.holes == kind, measure].mean() for kind in KINDS]
        lines[name] = [*means, *scores.interval(changes.loc[name])]
    return pd.DataFrame.from_dict(lines, orient="index", columns=[*KINDS, "difference", "low", "high"])


def show_changes(rows: pd.DataFrame, measure: str = "psnr_hole", methods: Sequence[str] | None = None) -> Figure:
    """Draw what `table` returns as dots with intervals, one line for each method, and return the figure.

    The left part shows the mean on rectangles as a hollow mark and the mean on irregular holes as a filled one. The
    right part shows the mean difference irregular − rectangle with its 95 % interval over photos. The method that gains
    most is at the top.

    rows : what `load` returns
    measure : a column of `measures.MEASURES`; another name raises ValueError
    methods : names; by default all methods that have rows
    """
    about = measure_of(measure)
    lines = table(rows, measure, methods).sort_values("difference", ascending=not about.more_is_better)
    others = [name for name in lines.index if name not in plots.COLORS]
    fig, (left, right) = plt.subplots(
        1, 2, sharey=True, figsize=(9, 1.1 + 0.3 * len(lines)), width_ratios=(4, 5), layout="constrained"
    )
    for place, (name, line) in enumerate(lines.iterrows()):
        look = {**plots.style(str(name), others), "markersize": 6}
        left.plot(line[list(KINDS)], [place, place], color=look["color"], linewidth=1)
        left.plot(line[KINDS[0]], place, **{**look, "markerfacecolor": "white"})
        left.plot(line[KINDS[1]], place, **look)
        right.plot(line[["low", "high"]], [place, place], color=look["color"], linewidth=2)
        right.plot(line["difference"], place, **look)
        numbers = f"{_signed(line.difference)} [{_signed(line.low)}, {_signed(line.high)}]"
        right.text(1.02, place, numbers, va="center", size=9, transform=right.get_yaxis_transform())
    right.axvline(0, color="black", linewidth=0.8)
    left.set_yticks(range(len(lines)), [str(name) for name in lines.index])
    left.set_ylim(len(lines) - 0.5, -0.5)
    left.set_title(f"{about.about}\n{PARTS[about.part]}", size=9)
    right.set_title("difference irregular − rectangle", size=9)
    for ax in (left, right):
        ax.grid(axis="y", color="#E8E8E8")
        ax.set_axisbelow(True)
    return fig


def _signed(value: float) -> str:
    """Return a number with its sign and two decimals, or three if two would make it look like 0."""
    digits = 2 if value == 0 or abs(value) >= 0.005 else 3
    return f"{value:+.{digits}f}".replace("-", "−")


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.experiments.rivals"):
        rebuild()
