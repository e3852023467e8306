"""What each loss term, and the shape of the training holes, is worth: networks that differ in one thing.

Loss: `course` and its copies with one term less, each trained on from `l1` by the same schedule on the same crops.
Holes: `l1` and its copy trained on rectangles, `regular-holes`, on irregular holes and on rectangles; the twins with
ordinary convolutions beside them. Then both on a square that is changed in one thing at a time: what is it in irregular
holes that a network trained on rectangles cannot fill?

``python -m pconv_edu.experiments.ablations`` measures every network that ships and keeps the rows; a run that was
stopped resumes. A few minutes a network. The rows of `no-tv`, whose weights do not ship, come from a training run of
that name: ``python -m pconv_edu.experiments.ablations runs/no-tv``. Other runs are for ``pconv-edu evaluate``.
"""

import os
import sys

import cv2
import numpy as np
import pandas as pd

from pconv_edu import console, inpaint
from pconv_edu.core import RATIO_BINS, load_photo, photo_names
from pconv_edu.core.regular import rectangular_mask
from pconv_edu.nn.weights import write_scores

from . import RESULTS, evaluate
from .evaluate import scores
from .evaluate.hole_shapes import boxes, turned_square
from .evaluate.report import card_scores

STORED = RESULTS / "ablations"
LOSSES = ("no-perceptual", "no-style", "small-style", "no-tv")  # course without a term, or with little of it
SHAPES = ("l1", "regular-holes", "conv-grey", "conv-mean")  # what meets rectangles
MEASURES = {  # of the hole alone; of the first two more is better, of the distances less
    "psnr_hole": "PSNR, dB",
    "ssim_hole": "SSIM",
    "vgg_hole": "VGG's features",
    "efficientnet_hole": "EfficientNet's features",
    "texture_hole": "texture",
}
SEED = 7
ONE_CHANGE = {  # a square of 100 px, and what is changed
    **{f"turned by {degrees}°": turned_square(degrees) for degrees in (0, 1, 5, 15, 45)},
    "four squares": boxes(*((top, left, 50, 50) for top in (40, 150) for left in (40, 150))),
    "an L": boxes((78, 78, 50, 50), (128, 78, 50, 100)),
    **{
        f"a bar of {width} px": boxes((64, left, 128, width))
        for width, left in ((16, 120), (8, 124), (4, 126), (2, 126))
    },
    **{f"{width} px moved by 1 px": boxes((64, 127, 128, width)) for width in (4, 2)},
}
CHANGED = ("l1", "regular-holes")  # what meets these


def rectangle_cases(photos):
    """One rectangle for each photo in each ratio bin, always the same: a list of `evaluate.Case`.

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


def one_change_cases(photos):
    """Each hole of `ONE_CHANGE` in each photo: a list of `evaluate.Case`.

    photos : {name: image (256, 256, 3)}
    """
    return [
        evaluate.Case("one change", hole, name, image, mask)
        for hole, mask in ONE_CHANGE.items()
        for name, image in photos.items()
    ]


def rebuild(runs=(), folder=STORED, workers=None):
    """Measure the variants on the holes N and B of the article's table, `SHAPES` on rectangles, `CHANGED` on the square
    that is changed; write the scores into the cards.

    runs : folder of the training run of a network in `LOSSES` whose weights do not ship; ValueError for other runs,
        since the rows are those that the lessons show
    """
    runs, without_weights = evaluate.named(runs), [name for name in LOSSES if name not in inpaint.VARIANTS]
    if others := [name for name in runs if name not in without_weights]:
        raise ValueError(
            f"{', '.join(others)}: the rows that ship are those of the course's own networks"
            f"{' and of a run called ' + ' or '.join(without_weights) if without_weights else ''}. "
            "Measure your own by  pconv-edu evaluate RUN"
        )
    photos = {name: load_photo(name, evaluate.SIZE) for name in photo_names("test")}
    progress = not os.environ.get("COURSE_QUIET")
    shipped = [name for name in (*LOSSES, "regular-holes") if name in inpaint.VARIANTS]
    evaluate.run(list(evaluate.table_cases(photos)), [*shipped, *runs.values()], folder, workers, progress)
    shapes = [name for name in SHAPES if name in evaluate.KNOWN]
    evaluate.run(rectangle_cases(photos), shapes, folder, workers, progress)
    evaluate.run(one_change_cases(photos), CHANGED, folder, workers, progress)
    rows = scores.load(folder)
    for name in shipped:
        write_scores(name, card_scores(rows, name))


def load(folder=STORED):
    """Return the stored rows, and with them those of the hole-ratio experiment: a DataFrame as `scores.load` gives."""
    return pd.concat([scores.load(), scores.load(folder)], ignore_index=True)


def summary(rows, pairs, measures=MEASURES, holes="N"):
    """Return differences over all six ratio bins together, with 95 % intervals over photos, as a DataFrame of texts.

    rows : what `load` returns
    pairs : list of (method, rival); a row each, method − rival
    measures : {column of the rows: its name in the table}

    The difference is taken photo by photo in each bin, then its mean over the bins: one number a photo.
    """
    found = {}
    for method, rival in pairs:
        line = {}
        for measure, title in measures.items():
            each = scores.differences(rows, method, rival, measure, holes).mean(axis=1)
            # signs and spaces that do not break keep a cell on one line of a narrow table
            text = "{:+.3f}\u00a0[{:+.3f},\u00a0{:+.3f}]".format(*scores.interval(each))
            line[title] = text.replace("-", "−")
        found[f"{method} − {rival}"] = line
    return pd.DataFrame.from_dict(found, orient="index")


def where_they_differ(cases, first, second, size=80):
    """Return the case, and the square in it, where two methods differ most in the hole: (case, (rows, columns)).

    cases : list of `evaluate.Case`
    size : of the square in px; the mean absolute difference over it decides
    """
    best = (-1.0, None, None)
    for case in cases:
        gap = abs(evaluate.fill(case, first) - evaluate.fill(case, second)).mean(axis=2)
        means = cv2.boxFilter(gap, -1, (size, size), anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
        means = means[: means.shape[0] - size + 1, : means.shape[1] - size + 1]
        top, left = np.unravel_index(means.argmax(), means.shape)
        if means[top, left] > best[0]:
            best = float(means[top, left]), case, np.s_[int(top) : int(top) + size, int(left) : int(left) + size]
    return best[1:]


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.experiments.ablations"):
        rebuild(sys.argv[1:])
