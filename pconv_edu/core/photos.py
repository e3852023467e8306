"""Load the bundled photographs and their data, such as names, licences, and the split into train and test photographs.

The photographs are stored in ``bundled_photos/``, together with a manifest that states the author, licence and source
of each photograph.
"""

import csv
import difflib
import functools
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from .arguments import check_size, is_whole, shown

FOLDER = Path(__file__).parent / "bundled_photos"
SPLITS = ("train", "test")
FREE = ("CC0-1.0", "Public domain")


@functools.cache
def manifest() -> dict[str, dict[str, str]]:
    """Return the manifest as a dict from the name of each photograph to its row.

    A row is a dict with the file, split, author, licence, source, width and height, all as strings.
    """
    with (FOLDER / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return {Path(row["file"]).stem: row for row in csv.DictReader(file)}


def photo_names(split: str | None = None, *, free: bool = False) -> list[str]:
    """Return the sorted names of the bundled photographs.

    Parameters
    ----------
    split : "train", "test", or None for both; each photograph belongs to exactly one of the two splits
    free : True to return only public-domain and CC0 photographs, which may be stored and shown anywhere

    Raises
    ------
    ValueError
        If `split` is not one of these values.

    Examples
    --------
    >>> len(photo_names()), len(photo_names("train")), len(photo_names("test")), len(photo_names(free=True))
    (151, 121, 30, 84)
    """
    if split is not None and split not in SPLITS:
        raise ValueError(f"split is {split!r}; give 'train', 'test' or None")
    rows = manifest().items()
    return sorted(name for name, row in rows if split in (None, row["split"]) and (not free or row["licence"] in FREE))


def load_photo(name: str, size: int | tuple[int, int] | None = None) -> np.ndarray:
    """Return a bundled photograph.

    Parameters
    ----------
    name : one of `photo_names()`
    size : None for the complete photograph, whose short side is at most 512 px; an int n for its largest centred
        square, resized to n × n; a pair (H, W) for its largest centred crop of aspect ratio H : W, resized to (H, W)

    Returns
    -------
    (H, W, 3) float32 array, RGB in [0, 1]

    Raises
    ------
    ValueError, TypeError
        If the name is unknown (the message suggests similar names), or if `size` does not consist of positive whole
        numbers.

    Examples
    --------
    >>> photo = load_photo("gc-animal-koala", size=128)
    >>> photo.shape, photo.dtype
    ((128, 128, 3), dtype('float32'))
    """
    with Image.open(FOLDER / _row(name)["file"]) as photo:
        pixels = np.asarray(photo if size is None else _crop(photo, *_height_and_width(size)), np.float32)
    return pixels / 255


def photo_credit(name: str) -> str:
    """Return the text "author, licence, source" for a bundled photograph. Raise ValueError for an unknown name.

    Examples
    --------
    >>> photo_credit("gc-animal-koala")
    'BurningWell, Public domain, https://commons.wikimedia.org/wiki/File:Koala_Perth_Zoo.jpg'
    """
    row = _row(name)
    return f"{row['author']}, {row['licence']}, {row['source']}"


def _row(name: str) -> dict[str, str]:
    """Return the row of a photograph in the manifest. Raise ValueError for an unknown name."""
    known = manifest()
    if not isinstance(name, str):
        raise TypeError(f"name is {shown(name)}; give one of photo_names()")
    if name.removesuffix(".jpg") not in known:
        near = difflib.get_close_matches(name, known, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else "photo_names() lists them."
        raise ValueError(f"no bundled photo is called {shown(name)}; {hint}")
    return known[name.removesuffix(".jpg")]


def _height_and_width(size: int | Sequence[int]) -> tuple[int, int]:
    pair = tuple(size) if isinstance(size, tuple | list) else (size, size)
    if len(pair) != 2 or not all(is_whole(n) for n in pair):
        raise TypeError(f"size is {shown(size)}; give a whole number, or a pair (height, width)")
    if min(pair) < 1:
        raise ValueError(f"size is {shown(size)}; it must be at least 1")
    check_size(*pair, "size")
    return pair[0], pair[1]


def _crop(photo: Image.Image, height: int, width: int) -> Image.Image:
    """Return the largest centred crop with the aspect ratio height : width, resized to (height, width)."""
    scale = min(photo.height / height, photo.width / width)
    # The sides are whole numbers of pixels, so that the crop stays exact if it is not resized. Each side is at least
    # one pixel long, which matters for aspect ratios such as 1 : 2000.
    part_height, part_width = max(1, round(height * scale)), max(1, round(width * scale))
    left, top = (photo.width - part_width) // 2, (photo.height - part_height) // 2
    box = (left, top, left + part_width, top + part_height)
    return photo.resize((width, height), Image.Resampling.LANCZOS, box=box)
