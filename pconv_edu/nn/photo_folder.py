"""List the images in a folder, hold some of them out, and compute a fingerprint that shows whether they changed."""

import hashlib
import os
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from pconv_edu.core import photo_names
from pconv_edu.core.arguments import as_path
from pconv_edu.core.image_kinds import is_record_name

from .run_folder import MACHINE, RECIPE

TRAINING_FOLDERS = ("train", "data_large", "data_256")  # subfolders of ImageNet, and of Places2 in its two sizes
NOT_PHOTOS = (
    "BUFR",
    "GRIB",
    "HDF5",
    "MPEG",
    "EPS",
    "WMF",
)  # Pillow knows these kinds, but needs other programs to read them
NEEDS_MORE = (
    ".heic",
    ".heif",
    ".avif",
)  # Pillow may need a plugin to read these photos; a warning names those that are skipped
KEPT_IN_MEMORY = 2000  # photos; in larger sets, a photo is read each time it is needed, unless `device_photos` packs it


def image_endings() -> set[str]:
    """Return, in lower case, the extensions of files that `read_image` may be able to read: {".png", ".jpg", …}."""
    Image.init()
    readable = {kind for kind in Image.OPEN if kind not in NOT_PHOTOS}
    return {ending for ending, kind in Image.registered_extensions().items() if kind in readable} | set(NEEDS_MORE)


def image_root(folder: str | Path) -> Path:
    """Return the folder to search for images.

    This is the first of the subfolders "train", "data_large" and "data_256" that exists, or else the folder itself.
    """
    inner = [Path(folder) / name for name in TRAINING_FOLDERS if (Path(folder) / name).is_dir()]
    return (inner or [Path(folder)])[0]


def find_images(folder: str | Path) -> list[Path]:
    """Return the image files in a folder and all its subfolders, sorted.

    The data sets ImageNet (train/n01440764/*.JPEG), Places2 (data_256/a/abbey/*.jpg) and CelebA-HQ (*.jpg) can be used
    without changes after unpacking. If the folder has a subfolder train, data_large or data_256, only this subfolder is
    searched. Links to files and folders are followed, but each file is listed only once. Files and folders whose names
    begin with a dot are left out, because macOS and other systems use such names for metadata and previews. Folders of
    training runs are also left out, and so are records of filled pixels.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.
    NotADirectoryError
        If the path is a file.
    ValueError
        If the folder contains no image file.
    """
    folder = as_path(folder, "folder")
    if not folder.exists():
        raise FileNotFoundError(f"{folder} does not exist; give a folder of images")
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file; give a folder of images")
    endings = image_endings()
    images = _each_once(sorted(path for path in _files(image_root(folder)) if _is_photo(path, endings)))
    if not images:
        raise ValueError(
            f"there is no image in {folder}, nor in its subfolders; looked for .png, .jpg and {len(endings) - 2} other "
            "endings, and left out names that begin with a dot"
        )
    return images


def _is_photo(path: Path, endings: set[str]) -> bool:
    return path.suffix.lower() in endings and not is_record_name(path)


def _files(root: Path) -> Iterator[Path]:
    """Yield the files in a folder and its subfolders, except those in folders of training runs.

    Names that begin with a dot are left out. Links are followed, and each folder is visited only once.
    """

    def left_out(error: OSError) -> None:
        warnings.warn(f"{error.filename} was left out: {error.strerror}", stacklevel=2)

    visited: set[Any] = set()
    for place, folders, files in os.walk(root, onerror=left_out, followlinks=True):
        if _identity(Path(place)) in visited or {RECIPE, MACHINE} <= set(files):
            folders.clear()
            continue
        visited.add(_identity(Path(place)))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in files if not name.startswith("."))


def _each_once(paths: Iterable[Path]) -> list[Path]:
    """Return the paths that are files, with only one path for each file."""
    seen: set[Any] = set()
    kept = []
    for path in paths:
        if path.is_file() and _identity(path) not in seen:
            seen.add(_identity(path))
            kept.append(path)
    return kept


def _identity(path: Path) -> Any:
    """Return a value that is the same for all paths that lead to the same file or folder."""
    status = path.stat()
    return (status.st_dev, status.st_ino) if status.st_ino else path.resolve()  # some systems do not number files


def list_photos(folder: str | Path | None = None) -> list[Any]:
    """Return all photos, including those to be held out.

    The photos are given as names of bundled photos, or as paths of image files in `folder`.
    """
    return photo_names("train") if folder is None else find_images(folder)


def split(names: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """Return (training photos, held-out photos).

    One photo in 14 is held out, but at most 17 photos in total. If there are fewer than 14 photos, none is held out.
    """
    apart = set(names[6 :: max(14, len(names) // 16)]) if len(names) >= 14 else set()
    return [name for name in names if name not in apart], [name for name in names if name in apart]


def fingerprint(names: Sequence[Any], folder: str | Path | None = None) -> str:
    """Return a SHA-256 hash of a list of photos. The hash does not change if the folder is moved.

    names : the result of `list_photos`
    folder : the argument of `list_photos`

    For photos in a folder, the hash depends on the names of the files and subfolders and on the sizes of the files. If
    there are at most `KEPT_IN_MEMORY` files, the hash also depends on every byte of these files. For bundled photos,
    the hash depends only on the names of the photos.
    """
    digest = hashlib.sha256()
    for name in names:
        if folder is None:
            digest.update(f"{name}\n".encode())
            continue
        digest.update(f"{name.relative_to(folder).as_posix()} {name.stat().st_size}\n".encode(errors="surrogateescape"))
        if len(names) <= KEPT_IN_MEMORY:
            digest.update(_content(name))
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return b"cannot be read"
