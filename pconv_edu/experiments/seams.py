"""Measure the seam that each method leaves at the edge of the hole, and what Poisson blending changes.

Every method fills one hole in each of the 30 test photos. The holes are those of kind N with hole ratio 0.2–0.3 in the
hole-ratio experiment. Each fill is measured as it is and after blending (`pconv_edu.inpainters.blending`), by the seam
(`pconv_edu.core.seam`) and by the PSNR in the hole.

``python -m pconv_edu.experiments.seams`` measures all methods and stores the rows. This takes a few minutes, and an
interrupted run can be resumed. Lesson 13 shows the results.
"""

import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pconv_edu import console, inpaint
from pconv_edu.core import load_photo, load_test_holes, photo_names, psnr, seam
from pconv_edu.inpainters.blending import poisson
from pconv_edu.progress import progress_bar

from . import RESULTS, evaluate, processes
from .evaluate import scores
from .evaluate.rows import Key, Rows, read_rows, row_of, write_rows

STORED = RESULTS / "seams"
BIN, KIND = (0.2, 0.3), "N"
MEASURES = ("seam", "psnr")
COLUMNS = tuple(f"{measure}_{state}" for measure in MEASURES for state in ("fill", "blended"))


def seam_cases(photos: Sequence[str] | None = None) -> list[evaluate.Case]:
    """Return one case for each photo, the same holes as in the hole-ratio experiment.

    photos : names of photos; None for all test photos
    """
    images = {name: load_photo(name, evaluate.SIZE) for name in photos or photo_names("test")}
    return list(evaluate.table_cases(images, {(KIND, BIN): list(load_test_holes(BIN))}))


def blended(fill: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the fill (H, W, 3) as ``inpaint(…, blend="poisson")`` returns it, without filling the hole again."""
    return np.where(mask[..., None], fill, np.clip(poisson(fill, mask), 0, 1))


def measure(fill: np.ndarray, truth: np.ndarray, mask: np.ndarray) -> dict[str, float]:
    """Return the values of `COLUMNS` for a fill (H, W, 3): the seam in % and the PSNR in the hole in dB."""
    pictures = fill, blended(fill, mask)
    values = [score(picture, truth, mask) for score in (seam, psnr) for picture in pictures]
    return dict(zip(COLUMNS, values, strict=True))


def answer(case: evaluate.Case, about: Mapping[str, str], method: str) -> dict[str, str]:
    """Fill the hole of one case, measure the fill without and with blending, and return the row.

    about : what `evaluate.describe` returns for this case
    """
    return row_of(case, about, measure(evaluate.fill(case, method), case.image, case.mask))


def rebuild(
    folder: Path = STORED,
    methods: Iterable[Path | str] | None = None,
    photos: Sequence[str] | None = None,
    workers: int | None = None,
) -> int:
    """Measure methods on all cases, store the rows in the folder, and return the number of new rows.

    methods : names of methods, or folders of finished training runs, as for `evaluate.run`; None for all methods of
        `inpaint.METHODS`
    photos : names of photos, as for `seam_cases`
    workers : number of processes, each with one thread; None for one per core
    """
    names, cases = evaluate.named(methods or inpaint.METHODS), seam_cases(photos)
    abouts = [evaluate.describe(case) for case in cases]
    hashes: dict[Key, str] = {case.key: about["hash"] for case, about in zip(cases, abouts, strict=True)}
    by_method = {method: name for name, method in names.items()}
    with Rows(folder, {name: evaluate.fingerprint(method) for name, method in names.items()}, hashes, COLUMNS) as rows:
        jobs = [
            (case, about, method)
            for case, about in zip(cases, abouts, strict=True)
            for name, method in names.items()
            if case.key not in rows.known[name]
        ]
        with (
            progress_bar(total=len(jobs), unit="fill", disable=bool(os.environ.get("COURSE_QUIET"))) as bar,
            contextlib.closing(processes.results(answer, jobs, workers)) as results,
        ):
            for number, row in results:
                rows.add(by_method[jobs[number][2]], row)
                bar.update()
    for name in names:
        path = folder / f"{name}.csv"
        write_rows(path, sorted(read_rows(path), key=lambda row: row["photo"]), COLUMNS)
    return len(jobs)


def load(folder: Path = STORED) -> pd.DataFrame:
    """Return the stored rows, with the methods in the order of `inpaint.METHODS`."""
    return scores.load(folder)


def table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a table with a row for each method and 95 % intervals over photos.

    The columns are (what, value). `what` is one of `COLUMNS`, "seam_change" or "psnr_change", and each change is a
    paired difference, blended − fill. `value` is "mean", "low" or "high".
    """
    lines = {}
    for method, own in rows.groupby("method", sort=False):
        values = {column: own[column] for column in COLUMNS}
        values |= {f"{name}_change": own[f"{name}_blended"] - own[f"{name}_fill"] for name in MEASURES}
        lines[method] = {
            (what, end): value
            for what, numbers in values.items()
            for end, value in zip(("mean", "low", "high"), scores.interval(numbers), strict=True)
        }
    return pd.DataFrame.from_dict(lines, orient="index")


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.experiments.seams"):
        rebuild()
