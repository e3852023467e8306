"""Measure what each loss term and the shape of the training holes contribute.

The networks in each comparison differ in only one respect.

For the loss terms, `course` is compared with networks that were trained without one term, or with a smaller weight for
the style terms. All these networks start from `l1` and are trained with the same schedule on the same crops. For the
training holes, `l1` is compared with `regular-holes`, which was trained in the same way but on rectangles, and with
twin networks that have ordinary convolutions. Each of these networks fills irregular holes and rectangles. In addition,
`l1` and `regular-holes` fill a square hole and variants of this hole. Each variant changes one property, such as the
orientation or the width. The comparison shows which holes a network trained on rectangles cannot fill. Lesson 12 shows
the results.

``python -m pconv_edu.experiments.ablations`` measures every shipped network and stores the rows. This takes a few
minutes per network, and an interrupted run can be resumed. Of the networks in `LOSSES`, only `no-perceptual` ships. The
rows of the others come from training runs of their names: ``python -m pconv_edu.experiments.ablations runs/no-tv``. To
measure other runs, use ``pconv-edu evaluate``.
"""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pandas as pd

from pconv_edu import console, inpaint
from pconv_edu.core import RATIO_BINS, load_photo, photo_names
from pconv_edu.core.regular import rectangular_mask
from pconv_edu.nn.weights import write_scores

from . import RESULTS, evaluate, stored_fills
from .evaluate import scores
from .evaluate.hole_shapes import boxes, turned_square
from .evaluate.measures import measure_of
from .evaluate.report import card_scores

STORED = RESULTS / "ablations"
LOSSES = ("no-perceptual", "no-style", "small-style", "no-tv")  # `course` without one term, or with a lower weight
SHAPES = ("l1", "regular-holes", "conv-grey", "conv-mean")  # methods that are measured on rectangles
MEASURES = {  # column -> its name in a narrow table
    column: measure_of(column).short
    for column in ("psnr_hole", "ssim_hole", "vgg_hole", "efficientnet_hole", "texture_hole")
}
SEED = 7
ONE_CHANGE = {  # a square of 100 px, and the same square with one thing changed
    **{f"turned by {degrees}°": turned_square(degrees) for degrees in (0, 1, 5, 15, 45)},
    "four squares": boxes(*((top, left, 50, 50) for top in (40, 150) for left in (40, 150))),
    "an L": boxes((78, 78, 50, 50), (128, 78, 50, 100)),
    **{
        f"a bar of {width} px": boxes((64, left, 128, width))
        for width, left in ((16, 120), (8, 124), (4, 126), (2, 126))
    },
    **{f"{width} px moved by 1 px": boxes((64, 127, 128, width)) for width in (4, 2)},
}
CHANGED = ("l1", "regular-holes")  # methods that are measured on the holes of `ONE_CHANGE`


def rectangle_cases(photos: Mapping[str, np.ndarray]) -> list[evaluate.Case]:
    """Return a case with a rectangular hole for each photo and each ratio bin. Every call returns the same rectangles.

    photos : {name: image (256, 256, 3)}
    """
    return [
        evaluate.Case(
            "rectangles",
            evaluate.label(bin_),
            name,
            image,
            rectangular_mask(evaluate.SIZE, bin_, np.random.default_rng((SEED, number, place))),
        )
        for place, bin_ in enumerate(RATIO_BINS)
        for number, (name, image) in enumerate(photos.items())
    ]


def one_change_cases(photos: Mapping[str, np.ndarray]) -> list[evaluate.Case]:
    """Return one case for each photo and each hole in `ONE_CHANGE`.

    photos : {name: image (256, 256, 3)}
    """
    return [
        evaluate.Case("one change", hole, name, image, mask)
        for hole, mask in ONE_CHANGE.items()
        for name, image in photos.items()
    ]


def rebuild(runs: Iterable[Path | str] = (), folder: Path = STORED, workers: int | None = None) -> None:
    """Measure the networks, store the rows, and write the scores into the networks' cards.

    The networks in `LOSSES` and `regular-holes` are measured on the holes of the article's table, which are holes that
    may touch the border (kind N) and holes that stay 25 px away from it (kind B). The methods in `SHAPES` are measured
    on rectangles, and those in `CHANGED` are measured on the holes of `ONE_CHANGE`.

    runs : folders of training runs of networks in `LOSSES` whose weights are not shipped. Any other run raises a
        ValueError, because the lessons show only the networks in `LOSSES`
    """
    own, without_weights = evaluate.named(runs), [name for name in LOSSES if name not in inpaint.VARIANTS]
    if others := [name for name in own if name not in without_weights]:
        raise ValueError(
            f"{', '.join(others)}: the rows that ship are those of the course's own networks"
            f"{' and of a run called ' + ' or '.join(without_weights) if without_weights else ''}. "
            "Measure your own by  pconv-edu evaluate RUN"
        )
    photos = {name: load_photo(name, evaluate.SIZE) for name in photo_names("test")}
    progress = not os.environ.get("COURSE_QUIET")
    shipped = [name for name in (*LOSSES, "regular-holes") if name in inpaint.VARIANTS]
    evaluate.run(list(evaluate.table_cases(photos)), [*shipped, *own.values()], folder, workers, progress)
    shapes = [name for name in SHAPES if name in evaluate.KNOWN]
    evaluate.run(rectangle_cases(photos), shapes, folder, workers, progress)
    evaluate.run(one_change_cases(photos), CHANGED, folder, workers, progress)
    rows = scores.load(folder)
    for name in shipped:
        write_scores(name, card_scores(rows, name))


def load(folder: Path = STORED) -> pd.DataFrame:
    """Return the stored rows of the hole-ratio experiment and the ablations, in the form that `scores.load` returns."""
    return pd.concat([scores.load(), scores.load(folder)], ignore_index=True)


def summary(
    rows: pd.DataFrame,
    pairs: Sequence[tuple[str, str]],
    measures: Mapping[str, str] = MEASURES,
    holes: str = "N",
) -> pd.DataFrame:
    """Return mean differences over all six ratio bins, with 95 % intervals over photos, as a DataFrame of strings.

    The difference is computed on each photo in each bin and averaged over the bins, which gives one number for each
    photo.

    rows : what `load` returns
    pairs : list of (method, rival); for each pair, the table has a row with the difference method − rival
    measures : {column of the rows: name of this column in the table}
    holes : the kind of holes, such as "N" (holes that may touch the border)
    """
    lines = {}
    for method, rival in pairs:
        line = {}
        for measure, title in measures.items():
            each = scores.differences(rows, method, rival, measure, holes).mean(axis=1)
            # minus signs and non-breaking spaces keep a cell on one line of a narrow table
            text = "{:+.3f}\u00a0[{:+.3f},\u00a0{:+.3f}]".format(*scores.interval(each))
            line[title] = text.replace("-", "−")
        lines[f"{method} − {rival}"] = line
    return pd.DataFrame.from_dict(lines, orient="index")


def where_they_differ(
    cases: Iterable[evaluate.Case], first: str, second: str, size: int = 80
) -> tuple[evaluate.Case, tuple[slice, slice]]:
    """Return the case and the square in which the fills of two methods differ most, as (case, (rows, columns)).

    The rows and the columns of the square are slices. The fills differ most where their mean absolute difference over a
    square is largest.

    cases : one or more cases
    size : side of the square in px
    """
    best: Any = (-1.0, None, None)
    for case in cases:
        gap = abs(stored_fills.fill(case, first) - stored_fills.fill(case, second)).mean(axis=2)
        means = cv2.boxFilter(gap, -1, (size, size), anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
        means = means[: means.shape[0] - size + 1, : means.shape[1] - size + 1]
        top, left = np.unravel_index(means.argmax(), means.shape)
        if means[top, left] > best[0]:
            best = float(means[top, left]), case, np.s_[int(top) : int(top) + size, int(left) : int(left) + size]
    return best[1:]


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.experiments.ablations"):
        rebuild(sys.argv[1:])
