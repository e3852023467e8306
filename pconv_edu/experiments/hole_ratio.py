"""How filling fails as holes grow: every method on the same photos and holes, ratio and radius told apart.

``python -m pconv_edu evaluate`` runs it. The protocol:

- 30 test photos at 256×256; every photo meets every kind of hole once, and all methods see the same pairs.
- The article's table: six bins of hole ratio, holes that may touch the border (N) and holes that keep 25 px away (B).
- Ratio against radius: lattices of squares with 3 ratios × 3 radii, larger single squares, stripes, blobs.
- The border alone: the same missing pixels in the middle of the picture, and with the picture cut off beside them.

Rows are kept in one CSV file per method; a run that is stopped goes on where it was.
"""

import csv
import functools
import hashlib
import itertools
import json
import os
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from pconv_edu import inpaint
from pconv_edu.core import RATIO_BINS, hole_radius, hole_ratio, load_photo, load_test_holes, photo_names
from pconv_edu.core.holes import find_bin

from . import hole_shapes

SIZE, BORDER = 256, 25  # px; the border is the paper's 50 px at 512
KEYS = ("holes", "bin", "photo")  # what names a case
ABOUT = ("ratio", "radius", "hash")  # what is kept about its hole
CUT = 80  # px: where the picture of the case "edge" is cut off
KNOWN = {*inpaint.METHODS, *inpaint.VARIANTS}
CONTROLS = {"l1+noise": ("l1", 0.02)}  # a method with grey noise in its holes: (method, standard deviation)


class Case(NamedTuple):
    """One question for all methods."""

    holes: str  # the kind: N, B, squares, stripes, blobs, middle, edge
    bin: str  # the hole ratio: "0.2–0.3"; for lattices ratio and radius: "1/4, 8 px"
    photo: str  # its name
    image: np.ndarray  # (H, W, 3) float32 in [0, 1]
    mask: np.ndarray  # (H, W) bool, True = valid


def label(bin_):
    """A ratio bin as text: "0.2–0.3" is (0.2, 0.3]."""
    return f"{bin_[0]:g}–{bin_[1]:g}"


def table_cases(photos, holes=None):
    """The cases of the article's table: `photos` {name: image}, `holes` {(kind, bin): masks}, by default the stored."""
    if holes is None:
        holes = {(kind, bin_): load_test_holes(bin_, kind == "B") for bin_ in RATIO_BINS for kind in "NB"}
    for (kind, bin_), masks in holes.items():
        for number, (name, image) in enumerate(photos.items()):
            yield Case(kind, label(bin_), name, image, masks[number % len(masks)])


def shape_cases(photos):
    """The cases that tell ratio and radius apart, and the border from both."""
    lattices = [("1/16", 64), ("1/4", 128), ("9/16", 192)]  # the holes of a row together are so many px long
    for number, (name, image) in enumerate(photos.items()):
        for ratio, length in lattices:
            for radius in (2, 8, 32):
                mask = hole_shapes.squares(length // (2 * radius), 2 * radius, SIZE)
                yield Case("squares", f"{ratio}, {radius} px", name, image, mask)
            if length > 64:
                yield Case("squares", f"{ratio}, {length // 2} px", name, image, hole_shapes.squares(1, length, SIZE))
        for radius in (2, 8, 32):
            mask = hole_shapes.stripes(32 // radius, 2 * radius, SIZE)
            yield Case("stripes", f"1/4, {radius} px", name, image, mask)
        for count in (8, 2):
            mask = hole_shapes.blobs(count, np.random.default_rng((count, number)), SIZE)
            yield Case("blobs", f"1/4, {count * count} blobs", name, image, mask)
        whole = hole_shapes.squares(1, SIZE - 2 * CUT, SIZE)
        yield Case("middle", "9/64, 48 px", name, image, whole)
        yield Case("edge", "9/64, 48 px", name, image[:, CUT:], whole[:, CUT:])


def cases(quick=False):
    """All cases on the bundled test photos; `quick` keeps the holes N for four photos."""
    photos = {name: load_photo(name, SIZE) for name in photo_names("test")}
    return only_few(table_cases(photos)) if quick else [*table_cases(photos), *shape_cases(photos)]


def only_few(found):
    """Of the cases of the article's table, those with the holes N of the first four photos."""
    found = list(found)
    few = list(dict.fromkeys(case.photo for case in found))[:4]
    return [case for case in found if case.photo in few and case.holes == "N"] or found[:24]


def own_cases(photos=None, holes=None):
    """The article's table for photos or holes of your own: (cases, remarks).

    photos : folder of images, subfolders too; their largest centred squares are taken at 256×256
    holes : folder of masks, white = hole, treated alike; each goes to its ratio bin, and to B if it keeps 25 px away
        from the border, else to N
    remarks : what was left out, and why, as lines of text

    Raises ValueError if nothing is left.
    """
    remarks = []
    pictures = _own_photos(photos, remarks) if photos else {n: load_photo(n, SIZE) for n in photo_names("test")}
    found = table_cases(pictures, _own_holes(holes, remarks) if holes else None)
    return list(found), remarks


def _own_photos(folder, remarks):
    from pconv_edu.core.image_files import read_image
    from pconv_edu.nn.data import find_images

    pictures = {}
    for path in find_images(folder):
        try:
            pictures[str(path.relative_to(folder))] = _square(read_image(path))
        except (ValueError, OSError) as error:
            remarks.append(f"skipped: {error}")
    if not pictures:
        raise ValueError(f"no image in {folder} can be read: {remarks[0]}")
    return pictures


def _own_holes(folder, remarks):
    from pconv_edu.core.image_files import read_hole_image
    from pconv_edu.nn.data import find_images

    holes = {(kind, bin_): [] for bin_ in RATIO_BINS for kind in "NB"}
    for path in find_images(folder):
        try:
            mask = _square(read_hole_image(path))
        except (ValueError, OSError) as error:
            remarks.append(f"skipped: {error}")
            continue
        number = find_bin(hole_ratio(mask), RATIO_BINS)
        if number is None:
            remarks.append(f"skipped: {path} has the hole ratio {hole_ratio(mask):.3f}, which is in no bin")
            continue
        inside = np.zeros_like(mask)
        inside[BORDER:-BORDER, BORDER:-BORDER] = True
        holes["B" if mask[~inside].all() else "N", RATIO_BINS[number]].append(mask)
    empty = [f"{kind} {label(bin_)}" for (kind, bin_), masks in holes.items() if not masks]
    if len(empty) == len(holes):
        raise ValueError(f"no mask in {folder} can be used: {remarks[0]}")
    if empty:
        remarks.append(f"no holes for: {', '.join(empty)}")
    return {key: masks for key, masks in holes.items() if masks}


def _square(picture):
    """The largest centred square of a picture, or of a mask, at 256×256."""
    import cv2

    side = min(picture.shape[:2])
    top, left = ((n - side) // 2 for n in picture.shape[:2])
    part = np.ascontiguousarray(picture[top : top + side, left : left + side])
    if part.dtype == bool:
        return cv2.resize(part.astype(np.uint8), (SIZE, SIZE), interpolation=cv2.INTER_NEAREST_EXACT) > 0
    small = cv2.resize(part, (SIZE, SIZE), interpolation=cv2.INTER_AREA if side > SIZE else cv2.INTER_CUBIC)
    return np.clip(small, 0, 1)


# ---- running


def run(found, methods, folder, workers=None, progress=True):
    """Measure methods on cases and keep the rows in `folder`; what is there already is not computed again.

    found : list of `Case`
    methods : names that `inpaint` knows or `CONTROLS`, or folders of finished training runs, known by the folder's name
    folder : one CSV file per method goes there
    workers : processes of one thread each (default: one per core)

    A row whose hole, photo or network is no longer the same is computed again. Returns the number of new rows.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    abouts = [describe(case) for case in found]
    hashes = {case[: len(KEYS)]: about["hash"] for case, about in zip(found, abouts, strict=True)}
    with Rows(folder, {_name(m): fingerprint(m) for m in methods}, hashes) as rows:
        jobs = []
        for case, about in zip(found, abouts, strict=True):
            missing = [m for m in methods if case[: len(KEYS)] not in rows.known[_name(m)]]
            if missing:
                jobs.append((case, about, missing))
        bar = tqdm(total=sum(len(missing) for *_, missing in jobs), unit="fill", disable=not progress)
        for result in _compute(jobs, workers or os.cpu_count()):
            for method, row in result:
                rows.add(_name(method), row)
                bar.update()
        bar.close()
    for method in methods:
        path = folder / f"{_name(method)}.csv"
        write_rows(path, sorted(read_rows(path), key=lambda row: [row[key] for key in KEYS]))
    return bar.total


def _compute(jobs, workers):
    """The results of all jobs, as they are ready; at most a few wait in memory."""
    if workers == 1:
        yield from (answer(*job) for job in jobs)
        return
    pool = ProcessPoolExecutor(min(workers, max(1, len(jobs))), get_context("spawn"), _one_thread)
    waiting, jobs = set(), iter(jobs)
    try:
        while True:
            waiting |= {pool.submit(answer, *job) for job in itertools.islice(jobs, 2 * workers - len(waiting))}
            if not waiting:
                return
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (job.result() for job in done)
    finally:
        pool.shutdown(cancel_futures=True)


def _one_thread():
    """As many processes as cores: each keeps to one thread, or they wait for each other."""
    import cv2
    import numba
    import torch

    for set_threads in (cv2.setNumThreads, numba.set_num_threads, torch.set_num_threads):
        set_threads(1)


def answer(case, about, methods):
    """Fill and measure one case by several methods: a list of (method, row)."""
    from .measures import Truth

    truth, found = Truth(case.image, case.mask), []
    for method in methods:
        found.append((method, row_of(case, about, truth.measure(fill(case, method)))))
    return found


def row_of(case, about, measured):
    """What is kept of one fill: a dict of texts."""
    row = dict(zip(KEYS, case, strict=False)) | about
    return row | {name: "" if value is None else f"{value:.5g}" for name, value in measured.items()}


def fill(case, method):
    """The filled picture of a case."""
    if method in KNOWN:
        return inpaint(case.image, case.mask, method)
    if method in CONTROLS:
        return _with_noise(case, *CONTROLS[method])
    from pconv_edu.inpainters.network import fill_by

    found = fill_by(_network(method), np.where(case.mask[..., None], case.image, 0), case.mask)
    return np.where(case.mask[..., None], case.image, np.clip(found, 0, 1))


def _with_noise(case, method, deviation):
    """A fill with the same grey noise in all channels: it knows nothing about the photo."""
    seed = int(describe(case)["hash"], 16)
    noise = np.random.default_rng(seed).normal(0, deviation, (*case.mask.shape, 1)).astype(np.float32)
    return np.where(case.mask[..., None], case.image, np.clip(fill(case, method) + noise, 0, 1))


@functools.cache
def _network(run):
    from pconv_edu.nn.weights import from_run

    return from_run(run)


def describe(case):
    """What is kept about a case's hole: ratio, radius in px, and a hash of the photo's and the hole's pixels."""
    pixels = np.round(case.image * 255).astype(np.uint8)
    digest = hashlib.sha256(pixels.tobytes() + np.packbits(case.mask).tobytes()).hexdigest()[:12]
    return {"ratio": f"{hole_ratio(case.mask):.5f}", "radius": str(hole_radius(case.mask)), "hash": digest}


def fingerprint(method):
    """What a method's rows depend on, beside photos and holes: the weights of a network."""
    from pconv_edu.nn.cards import cards

    method, *more = CONTROLS.get(method, (method,))
    if method in KNOWN:
        return " ".join([*map(str, more), cards().get(method, {}).get("sha256", "")[:12]])
    return hashlib.sha256((Path(method) / "weights.safetensors").read_bytes()).hexdigest()[:12]


def is_run(folder):
    """Whether a folder holds a finished training run."""
    return (Path(folder) / "weights.safetensors").exists()


def is_method(name):
    """Whether `run` can measure something: a method of `inpaint`, one of `CONTROLS`, or a finished training run."""
    return name in KNOWN or name in CONTROLS or is_run(name)


def _name(method):
    return method if method in KNOWN or method in CONTROLS else Path(method).name


class Rows:
    """The rows of a folder: a CSV file a method, added to line by line.

    fingerprints : {method: `fingerprint`}; a method whose fingerprint has changed starts anew
    hashes : {the keys of a case: the hash of its pixels}; rows of cases whose pixels have changed are dropped,
        and rows without all of today's measures
    """

    def __init__(self, folder, fingerprints, hashes):
        from .measures import COLUMNS

        self.files, self.known = {}, {}
        kept = _read_fingerprints(folder)
        for name, mark in fingerprints.items():
            path = folder / f"{name}.csv"
            rows = {}
            for row in read_rows(path) if kept.get(name) == mark else []:
                key = tuple(row[key] for key in KEYS)
                if row.keys() >= set(COLUMNS) and hashes.get(key, row["hash"]) == row["hash"]:
                    rows[key] = row
            self.known[name] = set(rows)
            write_rows(path, rows.values())
            self.files[name] = path.open("a", newline="", encoding="utf-8")
        (folder / "methods.json").write_text(json.dumps(kept | fingerprints, indent=1) + "\n", encoding="utf-8")

    def add(self, name, row):
        _writer(self.files[name]).writerow(row)
        self.files[name].flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for file in self.files.values():
            file.close()


def _writer(file):
    from .measures import COLUMNS

    return csv.DictWriter(file, [*KEYS, *ABOUT, *COLUMNS], lineterminator="\n")


def write_rows(path, rows):
    """Write a CSV file of rows, whole or not at all."""
    unfinished = path.with_suffix(".part")
    with unfinished.open("w", newline="", encoding="utf-8") as file:
        writer = _writer(file)
        writer.writeheader()
        writer.writerows(rows)
    unfinished.replace(path)


def _read_fingerprints(folder):
    path = folder / "methods.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def read_rows(path):
    """The whole rows of a CSV file; a last line that was cut short is left out."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1].splitlines()
    return list(csv.DictReader(whole))
