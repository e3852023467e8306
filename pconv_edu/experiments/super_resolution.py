"""Super-resolution as inpainting: the pixels of a small picture on a large canvas, everything between them a hole.

Every second, or every fourth, pixel in both directions is kept (`core.regular.grid_mask`), so 75 % or 94 % is hole,
and yet the hole radius is 1 or 3 px. Networks and classical fills meet bilinear, bicubic and Lanczos interpolation of
the same pixels. Pixels are kept as they are, without the average over their surroundings that shrinking a picture
usually takes.

``python -m pconv_edu.experiments.super_resolution METHOD …`` measures methods and keeps their rows; a METHOD can be
the folder of a training run.
"""

import os
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tqdm import tqdm

from pconv_edu import console, inpaint
from pconv_edu.core import load_photo, photo_names
from pconv_edu.core.regular import grid_mask
from pconv_edu.nn.weights import write_scores

from . import RESULTS, evaluate
from .evaluate.measures import Truth
from .evaluate.rows import row_of, write_rows

FOLDER = RESULTS / "super_resolution"
FACTORS = (2, 4)
INTERPOLATIONS = {  # of the nearest 2×2, 4×4 and 6×6 pixels; Pillow's cubic is the usual one, a = −0.5
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
EDGE = 4  # px: the small picture goes on beyond its border with the same colour


def interpolate(small, factor, method, shape):
    """Enlarge a picture (h, w, 3) whose pixel (i, j) belongs at (factor·i, factor·j): (*shape, 3) in [0, 1].

    method : one of `INTERPOLATIONS`. Without a box, libraries place the pixels elsewhere: they align outer edges.
    """
    padded = np.pad(small, ((EDGE, EDGE), (EDGE, EDGE), (0, 0)), "edge").astype(np.float32)
    start = EDGE + 0.5 - 0.5 / factor  # so that the middle of output pixel 0 is that of input pixel 0
    box = (start, start, start + shape[1] / factor, start + shape[0] / factor)
    channels = [
        Image.fromarray(np.ascontiguousarray(channel)).resize(shape[::-1], INTERPOLATIONS[method], box)
        for channel in np.moveaxis(padded, 2, 0)
    ]
    return np.stack(channels, axis=2).clip(0, 1)


def enlarge(photo, factor, method):
    """Keep every factor-th pixel of a photo (H, W, 3) and make up the rest; the kept pixels come back as they are.

    method : one of `INTERPOLATIONS`, a method of `inpaint`, or the folder of a finished training run
    """
    mask = grid_mask(photo.shape[:2], factor)
    if method in INTERPOLATIONS:
        large = interpolate(photo[::factor, ::factor], factor, method, photo.shape[:2])
        return np.where(mask[..., None], photo, large)
    return evaluate.fill(case("", photo, factor), method)


def case(name, photo, factor):
    """A photo as a case of the experiment: (H, W, 3) -> `evaluate.Case`."""
    return evaluate.Case("grid", f"×{factor}", name, photo, grid_mask(photo.shape[:2], factor))


def run(methods, folder=FOLDER, photos=None, progress=True):
    """Measure methods on the test photos and keep a CSV file for each, in the form of the hole-ratio experiment."""
    methods = evaluate.named(methods, INTERPOLATIONS)
    folder.mkdir(parents=True, exist_ok=True)
    found = {name: [] for name in methods}
    photos = photos or photo_names("test")
    for name in tqdm(photos, unit="photo", disable=not progress):
        photo = load_photo(name, evaluate.SIZE)
        for factor in FACTORS:
            one = case(name, photo, factor)
            truth, about = Truth(photo, one.mask), evaluate.describe(one)
            for method_name, method in methods.items():
                row = row_of(one, about, truth.measure(enlarge(photo, factor, method)))
                found[method_name].append(row)
    for name, rows in found.items():
        write_rows(folder / f"{name}.csv", rows)


def load(folder=FOLDER):
    """The stored rows, as `scores.load` gives those of the hole-ratio experiment."""
    import pandas as pd

    return pd.concat([pd.read_csv(path).assign(method=path.stem) for path in sorted(folder.glob("*.csv"))])


def card_scores(rows, method):
    """What the card of a network that was trained to enlarge says of it: the mean PSNR at ×2 and ×4, in dB."""
    means = rows[rows.method == method].groupby("bin").psnr_hole.mean()
    return {"psnr of the pixels made up, dB, 30 test photos": {factor: round(m, 2) for factor, m in means.items()}}


def main(methods):
    """Measure methods and print their means. The rows of your own runs stay out of the package."""
    trained = [name for name in ("superres",) if name in inpaint.VARIANTS]
    methods = methods or [*INTERPOLATIONS, *inpaint.METHODS, *trained]
    own = [method for method in methods if method not in (*INTERPOLATIONS, *evaluate.SHIPPED)]
    folder = Path("runs/super_resolution") if own else FOLDER
    run(methods, folder, progress=not os.environ.get("COURSE_QUIET"))
    for name in [] if own else {*trained} & {*methods}:
        write_scores(name, card_scores(load(), name))
    means = load(folder).pivot_table(index="method", columns="bin", values="psnr_hole", sort=False)
    print("PSNR, dB, of the pixels made up", means.round(2).to_string(), f"rows are in {folder}", sep="\n")


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.experiments.super_resolution"):
        torch.set_num_threads(2)
        main(sys.argv[1:])
