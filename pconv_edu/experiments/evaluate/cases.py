"""The cases of the hole-ratio experiment: a photo and a hole each, the course's own or those of a folder."""

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from pconv_edu.console import sentence
from pconv_edu.core import RATIO_BINS, hole_radius, hole_ratio, load_photo, load_test_holes, photo_names
from pconv_edu.core.holes import find_bin

from . import hole_shapes

SIZE, BORDER = 256, 25  # px; the border is the paper's 50 px at 512
CUT = 80  # px: where the picture of the case "edge" is cut off
KEYS = ("holes", "bin", "photo")  # what names a case
TRAINING_FOLDERS = ("train", "data_large", "data_256")  # `find_images` searches nothing but these, if one is there


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


def course_cases(quick=False):
    """All cases on the bundled test photos; `quick` keeps the holes N for four photos."""
    photos = {name: load_photo(name, SIZE) for name in photo_names("test")}
    return only_few(table_cases(photos)) if quick else [*table_cases(photos), *shape_cases(photos)]


def only_few(found):
    """Of the cases of the article's table, those of the first four photos with the holes N, or B if there is no N."""
    found = list(found)
    few = list(dict.fromkeys(case.photo for case in found))[:4]
    kind = "N" if any(case.holes == "N" for case in found) else "B"
    return [case for case in found if case.photo in few and case.holes == kind]


def own_cases(photos=None, holes=None, threshold=None):
    """The article's table for photos or holes of your own: (cases, remarks).

    photos : folder of images, subfolders too; their largest centred squares are taken at 256×256
    holes : folder of masks, white = hole, treated alike; each goes to its ratio bin, and to B if it keeps 25 px away
        from the border, else to N
    threshold : brightness (0 to 1) above which a mask is hole; None if masks are black and white
    remarks : what was left out, and why, as lines of text

    Raises ValueError if nothing is left.
    """
    remarks = []
    pictures = _own_photos(photos, remarks) if photos else {n: load_photo(n, SIZE) for n in photo_names("test")}
    masks = _own_holes(holes, threshold, remarks) if holes else None
    unused = sum(max(0, len(several) - len(pictures)) for several in (masks or {}).values())
    if unused:
        remarks.append(f"{unused} masks were not used: each photo meets one mask of each kind and bin")
    return list(table_cases(pictures, masks)), remarks


def _own_photos(folder, remarks):
    from pconv_edu.core import read_image

    pictures = {name: _square(image) for name, image in _read_all(folder, read_image, remarks)}
    if not pictures:
        raise ValueError(f"no image in {folder} can be read: {remarks[0]}")
    return pictures


def _own_holes(folder, threshold, remarks):
    from pconv_edu.core import read_hole_image

    holes = {(kind, bin_): [] for bin_ in RATIO_BINS for kind in "NB"}
    for name, mask in _read_all(folder, lambda path: read_hole_image(path, threshold), remarks):
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


def _read_all(folder, read, remarks):
    """Yield (name, picture) of every file in a folder that can be read; what cannot becomes a remark."""
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


def describe(case):
    """What is kept about a case's hole: ratio, radius in px, and a hash of the photo's and the hole's pixels."""
    pixels = np.round(case.image * 255).astype(np.uint8)
    digest = hashlib.sha256(pixels.tobytes() + np.packbits(case.mask).tobytes()).hexdigest()[:12]
    return {"ratio": f"{hole_ratio(case.mask):.5f}", "radius": str(hole_radius(case.mask)), "hash": digest}
