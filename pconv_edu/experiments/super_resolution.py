"""Enlarge pictures by inpainting: put the pixels of a small picture on a large canvas and fill the rest (lesson 13).

Every second or every fourth pixel is kept in both directions (`core.regular.grid_mask`). The hole therefore covers 75 %
or 94 % of the picture, but the hole radius is only 1 or 3 px. Networks and classical fills are compared with bilinear,
bicubic and Lanczos interpolation of the same pixels. The kept pixels are single pixels of the photo. In a picture that
was scaled down, each pixel would be an average of several pixels of the photo.

``python -m pconv_edu.experiments.super_resolution METHOD …`` measures methods and stores their rows; a METHOD can be
the folder of a training run. The weights of `superres`, which was trained on such holes, do not ship; its rows and a
few of its fills do.
"""

import os
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from PIL import Image

from pconv_edu import console, inpaint
from pconv_edu.core import load_photo, photo_names
from pconv_edu.core.regular import grid_mask
from pconv_edu.progress import progress_bar

from . import RESULTS, evaluate, stored_fills
from .evaluate.rows import row_of, write_rows
from .evaluate.truth import Truth

FOLDER = RESULTS / "super_resolution"
FACTORS = (2, 4)
INTERPOLATIONS = {  # from the nearest 2×2, 4×4 and 6×6 pixels; Pillow's cubic is the usual one, a = −0.5
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
EDGE = 4  # px by which the small picture is padded with the colour at its border


def interpolate(small: np.ndarray, factor: int, method: str, shape: tuple[int, int]) -> np.ndarray:
    """Return a picture (h, w, 3) enlarged to (*shape, 3), in [0, 1]. Pixel (i, j) moves to (factor · i, factor · j).

    By default, libraries align the outer edges of the two pictures, which puts the pixels at other positions. The box
    given to Pillow corrects this.

    method : one of `INTERPOLATIONS`
    """
    padded = np.pad(small, ((EDGE, EDGE), (EDGE, EDGE), (0, 0)), "edge").astype(np.float32)
    start = EDGE + 0.5 - 0.5 / factor  # so that the centres of output pixel 0 and input pixel 0 coincide
    box = (start, start, start + shape[1] / factor, start + shape[0] / factor)
    channels = [
        np.asarray(Image.fromarray(np.ascontiguousarray(channel)).resize(shape[::-1], INTERPOLATIONS[method], box))
        for channel in np.moveaxis(padded, 2, 0)
    ]
    return np.stack(channels, axis=2).clip(0, 1)


def enlarge(photo: np.ndarray, factor: int, method: str) -> np.ndarray:
    """Keep every factor-th pixel of a photo (H, W, 3) in both directions, and return the photo with the others filled.

    method : one of `INTERPOLATIONS`, a method of `inpaint`, the folder of a finished training run, or "superres", a
        network of which only some fills are stored
    """
    mask = grid_mask(photo.shape[:2], factor)
    if method in INTERPOLATIONS:
        large = interpolate(photo[::factor, ::factor], factor, method, photo.shape[:2])
        return np.where(mask[..., None], photo, large)
    return stored_fills.fill(case("", photo, factor), method)


def case(name: str, photo: np.ndarray, factor: int) -> evaluate.Case:
    """Return a photo (H, W, 3), with the hole for this factor, as a case of the experiment."""
    return evaluate.Case("grid", f"×{factor}", name, photo, grid_mask(photo.shape[:2], factor))


def run(
    methods: Iterable[Path | str],
    folder: Path = FOLDER,
    photos: Sequence[str] | None = None,
    progress: bool = True,
) -> None:
    """Measure methods on the test photos and write a CSV file for each method, in the hole-ratio experiment's format.

    methods : methods or folders of runs, as for `enlarge`
    photos : names of photos; None for all test photos
    """
    by_name = evaluate.named(methods, INTERPOLATIONS)
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, list[dict[str, str]]] = {name: [] for name in by_name}
    photos = photos or photo_names("test")
    for name in progress_bar(photos, unit="photo", disable=not progress):
        photo = load_photo(name, evaluate.SIZE)
        for factor in FACTORS:
            one = case(name, photo, factor)
            truth, about = Truth(photo, one.mask), evaluate.describe(one)
            for method_name, method in by_name.items():
                row = row_of(one, about, truth.measure(enlarge(photo, factor, method)))
                rows[method_name].append(row)
    for name, own in rows.items():
        write_rows(folder / f"{name}.csv", own)


def load(folder: Path = FOLDER) -> pd.DataFrame:
    """Return the stored rows, in the same form as the rows that `scores.load` returns."""
    return pd.concat([pd.read_csv(path).assign(method=path.stem) for path in sorted(folder.glob("*.csv"))])


def main(methods: Sequence[str]) -> None:
    """Measure methods and print their mean PSNR.

    If one of the methods is your own training run, the rows are stored in runs/super_resolution and not in the package.
    """
    methods = methods or [*INTERPOLATIONS, *inpaint.METHODS]
    own = [method for method in methods if method not in (*INTERPOLATIONS, *evaluate.SHIPPED)]
    folder = Path("runs/super_resolution") if own else FOLDER
    run(methods, folder, progress=not os.environ.get("COURSE_QUIET"))
    means = load(folder).pivot_table(index="method", columns="bin", values="psnr_hole", sort=False)
    print("PSNR, dB, of the pixels made up", means.round(2).to_string(), f"rows are in {folder}", sep="\n")


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.experiments.super_resolution"):
        torch.set_num_threads(2)
        main(sys.argv[1:])
