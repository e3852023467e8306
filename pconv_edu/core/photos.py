"""The bundled photographs: names, split, licences, pixels.

They lie in ``bundled_photos/`` with a manifest that names each one's author, licence and source.
"""

import csv
import difflib
import functools
from pathlib import Path

import numpy as np
from PIL import Image

from .arguments import check_size, is_whole, shown

FOLDER = Path(__file__).parent / "bundled_photos"
SPLITS = ("train", "test")
FREE = ("CC0-1.0", "Public domain")


@functools.cache
def manifest():
    """name -> row of the manifest: file, split, author, licence, source, width, height (text)."""
    with (FOLDER / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return {Path(row["file"]).stem: row for row in csv.DictReader(file)}


def photo_names(split=None, *, free=False):
    """Return the names of the bundled photographs, sorted.

    Parameters
    ----------
    split : "train", "test" or None for both; the split is by photograph
    free : True for public-domain and CC0 photographs only, whose pictures may be stored and shown anywhere

    Raises
    ------
    ValueError
        For another split.

    Examples
    --------
    >>> len(photo_names()), len(photo_names("train")), len(photo_names("test")), len(photo_names(free=True))
    (151, 121, 30, 84)
    """
    if split is not None and split not in SPLITS:
        raise ValueError(f"split is {split!r}; give 'train', 'test' or None")
    rows = manifest().items()
    return sorted(name for name, row in rows if split in (None, row["split"]) and (not free or row["licence"] in FREE))


def load_photo(name, size=None):
    """Return a bundled photograph.

    Parameters
    ----------
    name : one of `photo_names()`
    size : None for the whole photograph (short side at most 512); an int n for its largest centred square, resized to
        n × n; a pair (H, W) for its largest centred part of that proportion, resized to it

    Returns
    -------
    (H, W, 3) float32 array, RGB in [0, 1]

    Raises
    ------
    ValueError, TypeError
        For an unknown name, with the nearest known ones, or a size that is not positive whole numbers.

    Examples
    --------
    >>> photo = load_photo("gc-animal-koala", size=128)
    >>> photo.shape, photo.dtype
    ((128, 128, 3), dtype('float32'))
    """
    with Image.open(FOLDER / _row(name)["file"]) as photo:
        if size is not None:
            photo = _crop(photo, *_height_and_width(size))
        return np.asarray(photo, np.float32) / 255


def photo_credit(name):
    """Return "author, licence, source" of a bundled photograph; ValueError for an unknown name.

    Examples
    --------
    >>> photo_credit("gc-animal-koala")
    'BurningWell, Public domain, https://commons.wikimedia.org/wiki/File:Koala_Perth_Zoo.jpg'
    """
    row = _row(name)
    return f"{row['author']}, {row['licence']}, {row['source']}"


def _row(name):
    known = manifest()
    if not isinstance(name, str):
        raise TypeError(f"name is {shown(name)}; give one of photo_names()")
    if name.removesuffix(".jpg") not in known:
        near = difflib.get_close_matches(name, known, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else "photo_names() lists them."
        raise ValueError(f"no bundled photo is called {shown(name)}; {hint}")
    return known[name.removesuffix(".jpg")]


def _height_and_width(size):
    pair = tuple(size) if isinstance(size, tuple | list) else (size, size)
    if len(pair) != 2 or not all(is_whole(n) for n in pair):
        raise TypeError(f"size is {shown(size)}; give a whole number, or a pair (height, width)")
    if min(pair) < 1:
        raise ValueError(f"size is {shown(size)}; it must be at least 1")
    check_size(*pair, "size")
    return pair


def _crop(photo, height, width):
    """The largest centred part of the proportion height : width, resized."""
    scale = min(photo.height / height, photo.width / width)
    # Whole pixels, so that a mere crop stays exact; at least one, for proportions such as 1 : 2000.
    part_height, part_width = max(1, round(height * scale)), max(1, round(width * scale))
    left, top = (photo.width - part_width) // 2, (photo.height - part_height) // 2
    box = (left, top, left + part_width, top + part_height)
    return photo.resize((width, height), Image.Resampling.LANCZOS, box=box)
