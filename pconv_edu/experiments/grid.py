"""Measure how strong the regular grid in the fills of a network is (lesson 12).

A network halves the picture level by level, so the patterns that it invents tend to repeat at regular positions. To
measure this, the differences between neighbouring pixels deep in holes are grouped by position modulo a period and
averaged within each group. The largest of these averages is then divided by their mean. The quotient is about 1 for
photographs and textures. It is 16 for a picture that changes only at every 16th pixel and is flat everywhere else.

``python -m pconv_edu.experiments.grid`` measures the networks and stores the sums. This takes a minute or two. The sums
of networks that no longer ship, `small-style` and `no-style`, are kept.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from pconv_edu import console, inpaint
from pconv_edu.core import hole_radius, load_photo, photo_names, update_mask
from pconv_edu.core.atomic import write_atomically
from pconv_edu.inpainters.network import deepest_hole
from pconv_edu.nn.weights import shipped
from pconv_edu.progress import progress_bar

from . import RESULTS, ablations, evaluate
from .evaluate.scores import RESAMPLES

FILE = RESULTS / "grid.json"
PERIOD = 16  # px
DEPTH = 16  # px, chessboard distance; closer to the known pixels, true edges continue into the hole
BINS = ("0.3–0.4", "0.4–0.5", "0.5–0.6")  # for holes N; smaller holes have hardly any pixels at this depth
TRUTH = "truth"


def profile(fill: np.ndarray, mask: np.ndarray, period: int = PERIOD) -> tuple[np.ndarray, np.ndarray]:
    """Sum the differences between neighbouring hole pixels, grouped by position modulo a period.

    Parameters
    ----------
    fill : (H, W, 3) in [0, 1]
    mask : (H, W) bool, True = valid; a pair of neighbours counts only if both are in the hole
    period : the period, in px

    Returns
    -------
    sums : (2, period) floats, absolute differences summed over the pairs of a group and the three channels. The first
        row has the sums over vertical pairs, grouped by the row of the upper pixel modulo the period. The second row
        has the sums over horizontal pairs, grouped by the column of the left pixel modulo the period
    counts : (2, period) floats, the number of pairs in each group
    """
    fill, hole, parts = np.asarray(fill, float), ~mask, []
    for picture, inside in ((fill, hole), (fill.swapaxes(0, 1), hole.T)):
        both = inside[1:] & inside[:-1]
        place = np.nonzero(both)[0] % period
        gaps = abs(np.diff(picture, axis=0)).sum(2)[both]
        parts.append([np.bincount(place, weights, period) for weights in (gaps, np.ones_like(gaps))])
    sums, counts = np.array(parts).swapaxes(0, 1)
    return sums, counts


def strength(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the mean difference at the strongest position, divided by the average over all positions.

    The result is averaged over the two directions, and its shape is that of the leading axes (…) of `sums`. A value of
    1 means that there is no grid. The largest possible value is the period.

    sums, counts : (…, 2, period), what `profile` returns, added up over photos; no count may be 0
    """
    means = np.asarray(sums) / counts
    return (means.max(-1) / means.mean(-1)).mean(-1)


def resampled(sums: np.ndarray, counts: np.ndarray, seed: int = 0) -> np.ndarray:
    """Resample the photos `RESAMPLES` times, and return the strength of each draw as (`RESAMPLES`,) floats.

    Photos are drawn with replacement.

    sums, counts : (photos, 2, period), what `profile` returns, added up over the holes of each photo
    seed : the same seed draws the same photos, so that the strengths of two methods can be subtracted draw by draw
    """
    photos = len(sums)
    draws = np.random.default_rng(seed).integers(photos, size=(RESAMPLES, photos))
    times = np.array([np.bincount(draw, minlength=photos) for draw in draws], float)
    return strength(np.tensordot(times, sums, 1), np.tensordot(times, counts, 1))


def deep(mask: np.ndarray) -> np.ndarray:
    """Return a mask (H, W) that is False only at pixels that are more than `DEPTH` px away from every valid pixel."""
    return update_mask(mask, 2 * DEPTH + 1, padding=DEPTH)


def methods() -> list[str]:
    """Return the names of the methods that are measured, where `TRUTH` stands for the true photo.

    The other methods are the networks `l1` and `course`, the shipped variants of `course`, and `conv-grey`, which is a
    twin network with ordinary convolutions.
    """
    return [TRUTH, "l1", "course", *(name for name in ablations.LOSSES if name in inpaint.VARIANTS), "conv-grey"]


def measure(case: evaluate.Case, names: Mapping[str, str]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the profiles of fills for one case as {name: (sums, counts)}, with the truth's as `TRUTH`.

    names : {name: method that `evaluate.fill` knows}; the method of `TRUTH` is not used
    """
    mask = deep(case.mask)
    return {
        name: profile(case.image if name == TRUTH else evaluate.fill(case, method), mask)
        for name, method in {TRUTH: TRUTH, **names}.items()
    }


def table_cases() -> list[evaluate.Case]:
    """Return the cases that are measured, which are up to three wide irregular holes for each test photo.

    The radius of each hole is at most `deepest_hole`, because `inpaint` first fills deeper holes at a smaller size,
    which changes the position of the grid.
    """
    photos = {name: load_photo(name, evaluate.SIZE) for name in photo_names("test")}
    wide = [case for case in evaluate.table_cases(photos) if case.holes == "N" and case.bin in BINS]
    deepest = deepest_hole(shipped("l1"))
    return [case for case in wide if DEPTH < hole_radius(case.mask) <= deepest]


def rebuild(file: Path = FILE, names: Mapping[str, str] | None = None) -> None:
    """Measure all cases, and write {photo: {"counts": …, method: its sums, …}} as JSON.

    The profiles of all holes in the same photo are added up. Sums of methods that are not measured stay in the file, if
    they were measured on the same pixels.

    names : {name in the file: method}, as for `measure`; by default those of `methods`
    """
    names = names or {name: name for name in methods()}
    by_photo: dict[str, dict[str, Any]] = {}
    for case in progress_bar(table_cases(), unit="hole", disable=bool(os.environ.get("COURSE_QUIET"))):
        parts, sums = measure(case, names), by_photo.setdefault(case.photo, {})
        sums["counts"] = sums.get("counts", 0) + parts[TRUTH][1].astype(int)  # the same for all methods
        for method, (part, _) in parts.items():
            sums[method] = sums.get(method, 0) + part
    texts = {photo: {name: part.round(4).tolist() for name, part in sums.items()} for photo, sums in by_photo.items()}
    old = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if all(photo in old and old[photo]["counts"] == parts["counts"] for photo, parts in texts.items()):
        texts = {photo: {**old[photo], **parts} for photo, parts in texts.items()}
    lines = ",\n".join(f"{json.dumps(photo)}: {json.dumps(parts)}" for photo, parts in texts.items())
    write_atomically(file, f"{{\n{lines}\n}}\n".encode())


def load(file: Path = FILE) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return the stored results as {method: (sums, counts)}, where both arrays have the shape (photos, 2, PERIOD)."""
    photos = json.loads(file.read_text(encoding="utf-8"))
    counts = np.array([parts.pop("counts") for parts in photos.values()], float)
    return {
        name: (np.array([parts[name] for parts in photos.values()]), counts) for name in next(iter(photos.values()))
    }


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.experiments.grid"):
        rebuild()
