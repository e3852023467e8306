"""Provide the cases of the hole-ratio experiment. Each case is a photo with a hole.

The photos and the holes are the course's own, or they are read from the user's folders.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pconv_edu.console import sentence
from pconv_edu.core import RATIO_BINS, hole_radius, hole_ratio, load_photo, load_test_holes, photo_names
from pconv_edu.core.holes import find_bin

from . import hole_shapes

SIZE, BORDER = 256, 25  # px; the border is the paper's 50 px at 512
CUT = 80  # px; width of the strip that is cut off the left side of the picture in the case "edge"
KEYS = ("holes", "bin", "photo")  # the fields that identify a case
TRAINING_FOLDERS = ("train", "data_large", "data_256")  # if a folder has one of these, only that one is searched

Bin = tuple[float, float]  # a range (low, high] of hole ratio
Holes = Mapping[tuple[str, Bin], Sequence[np.ndarray]]  # the masks for each kind ("N" or "B") and ratio bin


class Case(NamedTuple):
    """Store a photo with a hole that every method fills."""

    holes: str  # the kind: N, B, squares, stripes, blobs, middle, edge
    bin: str  # the hole ratio, such as "0.2–0.3"; for lattices the ratio and the radius, such as "1/4, 8 px"
    photo: str  # the name of the photo
    image: np.ndarray  # (H, W, 3) float32 in [0, 1]
    mask: np.ndarray  # (H, W) bool, True = valid

    @property
    def key(self) -> tuple[str, str, str]:
        """Return the values of `KEYS`, which identify the case."""
        return self.holes, self.bin, self.photo


def label(bin_: Sequence[float]) -> str:
    """Return a ratio bin as a string, such as "0.2–0.3" for (0.2, 0.3]."""
    return f"{bin_[0]:g}–{bin_[1]:g}"


def table_cases(photos: Mapping[str, np.ndarray], holes: Holes | None = None) -> Iterator[Case]:
    """Yield the cases of the article's table.

    photos : {name: image}
    holes : {(kind, bin): masks}; None for the stored test holes
    """
    if holes is None:
        holes = {(kind, bin_): list(load_test_holes(bin_, kind == "B")) for bin_ in RATIO_BINS for kind in "NB"}
    for (kind, bin_), masks in holes.items():
        for number, (name, image) in enumerate(photos.items()):
            yield Case(kind, label(bin_), name, image, masks[number % len(masks)])


def shape_cases(photos: Mapping[str, np.ndarray]) -> Iterator[Case]:
    """Yield the cases that separate the effects of the hole ratio, the hole radius and the border."""
    lattices = [("1/16", 64), ("1/4", 128), ("9/16", 192)]  # total length of the holes in one row, in px
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
        middle = hole_shapes.squares(1, SIZE - 2 * CUT, SIZE)
        yield Case("middle", "9/64, 48 px", name, image, middle)
        yield Case("edge", "9/64, 48 px", name, image[:, CUT:], middle[:, CUT:])


def course_cases(quick: bool = False) -> list[Case]:
    """Return all cases with the bundled test photos. If `quick` is True, return only a few of them (see `only_few`)."""
    photos = {name: load_photo(name, SIZE) for name in photo_names("test")}
    return only_few(table_cases(photos)) if quick else [*table_cases(photos), *shape_cases(photos)]


def only_few(cases: Iterable[Case]) -> list[Case]:
    """Return the cases of the first four photos with holes of kind "N", or of kind "B" if there is no kind "N"."""
    cases = list(cases)
    few = list(dict.fromkeys(case.photo for case in cases))[:4]
    kind = "N" if any(case.holes == "N" for case in cases) else "B"
    return [case for case in cases if case.photo in few and case.holes == kind]


def own_cases(
    photos: Path | str | None = None, holes: Path | str | None = None, threshold: float | None = None
) -> tuple[list[Case], list[str]]:
    """Return the cases of the article's table for your own photos or holes, and remarks about what was left out.

    Parameters
    ----------
    photos : folder of images, which may have subfolders; None for the test photos of the course. The largest centred
        square of each image is scaled to 256×256
    holes : folder of masks, white = hole, which are scaled in the same way; None for the test holes of the course. Each
        mask is put into the bin of its hole ratio. Its kind is B if the hole stays 25 px away from the border, and N
        otherwise
    threshold : brightness (0 to 1) above which a mask pixel belongs to the hole; None if every pixel of the masks is
        black or white

    Returns
    -------
    cases : list of `Case`
    remarks : list of sentences that say what was left out, and why

    Raises
    ------
    ValueError
        If none of the photos, or none of the masks, can be used.
    """
    remarks: list[str] = []
    pictures = _own_photos(photos, remarks) if photos else {n: load_photo(n, SIZE) for n in photo_names("test")}
    masks = _own_holes(holes, threshold, remarks) if holes else None
    unused = sum(max(0, len(several) - len(pictures)) for several in (masks or {}).values())
    if unused:
        remarks.append(f"{unused} masks were not used: each photo meets one mask of each kind and bin")
    return list(table_cases(pictures, masks)), remarks


def _own_photos(folder: Path | str, remarks: list[str]) -> dict[str, np.ndarray]:
    from pconv_edu.core import read_image

    pictures = {name: _square(image) for name, image in _read_all(folder, read_image, remarks)}
    if not pictures:
        raise ValueError(f"no image in {folder} can be read: {remarks[0]}")
    return pictures


def _own_holes(folder: Path | str, threshold: float | None, remarks: list[str]) -> Holes:
    from pconv_edu.core import read_hole_image

    holes: dict[tuple[str, Bin], list[np.ndarray]] = {(kind, bin_): [] for bin_ in RATIO_BINS for kind in "NB"}

    def read(path: Path) -> np.ndarray:
        return read_hole_image(path, threshold, option="--threshold {}")

    for name, mask in _read_all(folder, read, remarks):
        mask = _square(mask)
        number = find_bin(hole_ratio(mask), RATIO_BINS)
        if number is None:
            remarks.append(f"skipped: {folder}/{name} has the hole ratio {hole_ratio(mask):.3f}, which is in no bin")
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


def _read_all(
    folder: Path | str, read: Callable[[Path], np.ndarray], remarks: list[str]
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (name, picture) for every image file in a folder. Add a remark instead if a file cannot be read."""
    from pconv_edu.nn.data import find_images

    folder = Path(folder)
    files = find_images(folder)
    tops = {path.relative_to(folder).parts[0] for path in files}
    if tops <= set(TRAINING_FOLDERS):
        remarks.append(f"of {folder}, only the subfolder {tops.pop()} was searched, as in a training set")
    for path in files:
        try:
            yield path.relative_to(folder).as_posix(), read(path)
        except (ValueError, OSError) as error:
            remarks.append(f"skipped: {sentence(error)}")


def _square(picture: np.ndarray) -> np.ndarray:
    """Return the largest centred square of an image or a mask, scaled to 256×256."""
    import cv2

    side = min(picture.shape[:2])
    top, left = ((n - side) // 2 for n in picture.shape[:2])
    part = np.ascontiguousarray(picture[top : top + side, left : left + side])
    if part.dtype == bool:
        return cv2.resize(part.astype(np.uint8), (SIZE, SIZE), interpolation=cv2.INTER_NEAREST_EXACT) > 0
    small = cv2.resize(part, (SIZE, SIZE), interpolation=cv2.INTER_AREA if side > SIZE else cv2.INTER_CUBIC)
    return np.clip(small, 0, 1)


def describe(case: Case) -> dict[str, str]:
    """Return the hole ratio, the hole radius in px, and a hash of the photo and the hole, as the strings of a row."""
    pixels = np.round(case.image * 255).astype(np.uint8)
    digest = hashlib.sha256(pixels.tobytes() + np.packbits(case.mask).tobytes()).hexdigest()[:12]
    return {"ratio": f"{hole_ratio(case.mask):.5f}", "radius": str(hole_radius(case.mask)), "hash": digest}
