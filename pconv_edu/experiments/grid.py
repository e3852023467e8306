"""How strong a grid a network draws into holes: texture stands anywhere, a grid stands where the network put it.

A network halves the picture level by level, so what it invents tends to repeat at fixed places of its own. Take the
differences of neighbours deep in holes, add them up by their place modulo a period, and compare the strongest place
with the average: photographs, and textures, have 1; lines at every 16th pixel and nothing between them have 16.

``python -m pconv_edu.experiments.grid`` measures the networks and keeps the sums: a minute or two.
"""

import json
import os

import numpy as np
from tqdm import tqdm

from pconv_edu import console, inpaint
from pconv_edu.core import hole_radius, load_photo, photo_names, update_mask
from pconv_edu.core.atomic import write_atomically
from pconv_edu.inpainters.network import DEEPEST

from . import RESULTS, ablations, evaluate
from .evaluate.scores import RESAMPLES

FILE = RESULTS / "grid.json"
PERIOD = 16  # px
DEPTH = 16  # px, chessboard: nearer to what is known, true edges run into the hole
BINS = ("0.3–0.4", "0.4–0.5", "0.5–0.6")  # of holes N; smaller ones have next to nothing that deep
TRUTH = "truth"


def profile(fill, mask, period=PERIOD):
    """Add up the differences of neighbours in a hole by their place modulo a period.

    fill : (H, W, 3) in [0, 1]
    mask : (H, W) bool, True = valid; pairs of neighbours that both lie in the hole count
    period : int, px

    Returns (sums, counts), each (2, period) floats: first by row, of pairs one above the other, then by column, of
    pairs side by side. sums are of absolute differences, added over the three channels.
    """
    fill, hole, found = np.asarray(fill, float), ~mask, []
    for picture, inside in ((fill, hole), (fill.swapaxes(0, 1), hole.T)):
        both = inside[1:] & inside[:-1]
        place = np.nonzero(both)[0] % period
        gaps = abs(np.diff(picture, axis=0)).sum(2)[both]
        found.append([np.bincount(place, weights, period) for weights in (gaps, np.ones_like(gaps))])
    sums, counts = np.array(found).swapaxes(0, 1)
    return sums, counts


def strength(sums, counts):
    """How much stronger the differences are at the strongest place than on average: 1 = no grid, up to the period.

    sums, counts : (…, 2, period), as `profile` returns them, added over photos; no count may be 0
    Returns the mean of the two directions, (…) floats.
    """
    means = np.asarray(sums) / counts
    return (means.max(-1) / means.mean(-1)).mean(-1)


def resampled(sums, counts, seed=0):
    """Draw photos anew, with repetition, and return the strength of each draw: (`RESAMPLES`,) floats.

    sums, counts : (photos, 2, period)
    seed : the same seed draws the same photos, so the strengths of two methods can be subtracted draw by draw
    """
    photos = len(sums)
    draws = np.random.default_rng(seed).integers(photos, size=(RESAMPLES, photos))
    times = np.array([np.bincount(draw, minlength=photos) for draw in draws], float)
    return strength(np.tensordot(times, sums, 1), np.tensordot(times, counts, 1))


def deep(mask):
    """The mask of what lies deep in holes: (H, W) bool, False where all that is valid is more than `DEPTH` away."""
    return update_mask(mask, 2 * DEPTH + 1, padding=DEPTH)


def methods():
    """What is measured: the photo itself, `l1`, `course` and its variants that ship, and a twin."""
    return [TRUTH, "l1", "course", *(name for name in ablations.LOSSES if name in inpaint.VARIANTS), "conv-grey"]


def measure(case):
    """The profiles of all `methods` on one `evaluate.Case`: {method: (sums, counts)}."""
    mask = deep(case.mask)
    return {
        method: profile(case.image if method == TRUTH else evaluate.fill(case, method), mask) for method in methods()
    }


def table_cases():
    """The cases that are measured: wide irregular holes, up to three for each test photo.

    None is deeper than `DEEPEST`: deeper ones `inpaint` fills at a smaller size first, where places are others.
    """
    photos = {name: load_photo(name, evaluate.SIZE) for name in photo_names("test")}
    wide = [case for case in evaluate.table_cases(photos) if case.holes == "N" and case.bin in BINS]
    return [case for case in wide if DEPTH < hole_radius(case.mask) <= DEEPEST]


def rebuild(file=FILE):
    """Measure all cases and write {photo: {"counts": …, method: its sums, …}}, added over its holes, as JSON."""
    found = {}
    for case in tqdm(table_cases(), unit="hole", disable=bool(os.environ.get("COURSE_QUIET"))):
        parts, sums = measure(case), found.setdefault(case.photo, {})
        sums["counts"] = sums.get("counts", 0) + parts[TRUTH][1].astype(int)  # the same for all methods
        for method, (part, _) in parts.items():
            sums[method] = sums.get(method, 0) + part
    texts = {photo: {name: part.round(4).tolist() for name, part in sums.items()} for photo, sums in found.items()}
    lines = ",\n".join(f"{json.dumps(photo)}: {json.dumps(parts)}" for photo, parts in texts.items())
    write_atomically(file, f"{{\n{lines}\n}}\n".encode())


def load(file=FILE):
    """The stored sums: {method: (sums, counts)}, each (photos, 2, PERIOD)."""
    photos = json.loads(file.read_text(encoding="utf-8"))
    counts = np.array([parts.pop("counts") for parts in photos.values()], float)
    return {
        name: (np.array([parts[name] for parts in photos.values()]), counts) for name in next(iter(photos.values()))
    }


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.experiments.grid"):
        rebuild()
