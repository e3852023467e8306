"""The images of a folder: which files they are, and whether they are the same as before."""

import hashlib
import os
import warnings
from pathlib import Path

from PIL import Image

from pconv_edu.core import photo_names

from .run_folder import MACHINE, RECIPE

TRAINING_FOLDERS = ("train", "data_large", "data_256")  # of ImageNet, and of Places2's two sizes
NOT_PHOTOS = ("BUFR", "GRIB", "HDF5", "MPEG", "EPS", "WMF")  # Pillow knows their names, and needs more to read them
NEEDS_MORE = (".heic", ".heif", ".avif")  # photos that a plain Pillow may not read: named when skipped, not overlooked
KEPT_IN_MEMORY = 2000  # photos; larger collections are read from their files again and again


def image_endings():
    """Return the endings of files that `read_image` may read, in lower case: {".png", ".jpg", …}."""
    Image.init()
    readable = {kind for kind in Image.OPEN if kind not in NOT_PHOTOS}
    return {ending for ending, kind in Image.registered_extensions().items() if kind in readable} | set(NEEDS_MORE)


def image_root(folder):
    """Return where the images of a folder are searched for: its "train", "data_large" or "data_256", else itself."""
    inner = [Path(folder) / name for name in TRAINING_FOLDERS if (Path(folder) / name).is_dir()]
    return (inner or [Path(folder)])[0]


def find_images(folder):
    """Return the image files in a folder and all its subfolders, sorted.

    ImageNet (train/n01440764/*.JPEG), Places2 (data_256/a/abbey/*.jpg) and CelebA-HQ (*.jpg) are read as they are
    unpacked: if a folder has a subfolder train, data_large or data_256, only that one is searched. Links to files and
    folders are followed, but each file is listed once. Names that begin with a dot are left out: macOS and other
    systems keep notes and previews under them. So are folders of training runs, whose pictures are no photos.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    NotADirectoryError
        If it is a file.
    ValueError
        If there is no image file in it.
    """
    folder = Path(folder)
    if not folder.exists():
        raise FileNotFoundError(f"{folder} does not exist; give a folder of images")
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file; give a folder of images")
    endings = image_endings()
    images = _each_once(sorted(path for path in _files(image_root(folder)) if path.suffix.lower() in endings))
    if not images:
        raise ValueError(
            f"there is no image in {folder}, nor in its subfolders; looked for .png, .jpg and {len(endings) - 2} other "
            "endings, and left out names that begin with a dot"
        )
    return images


def _files(root):
    """Yield the files below a folder, but for training runs. Links are followed, and each folder is visited once."""

    def left_out(error):
        warnings.warn(f"{error.filename} was left out: {error.strerror}", stacklevel=2)

    visited = set()
    for place, folders, files in os.walk(root, onerror=left_out, followlinks=True):
        if _identity(Path(place)) in visited or {RECIPE, MACHINE} <= set(files):
            folders.clear()
            continue
        visited.add(_identity(Path(place)))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in files if not name.startswith("."))


def _each_once(paths):
    """Leave out what is no file, and every further name of a file that was listed already."""
    seen, kept = set(), []
    for path in paths:
        if path.is_file() and _identity(path) not in seen:
            seen.add(_identity(path))
            kept.append(path)
    return kept


def _identity(path):
    """Return what is the same for all names of a file or folder."""
    status = path.stat()
    return (status.st_dev, status.st_ino) if status.st_ino else path.resolve()  # some systems do not number files


def list_photos(folder=None):
    """Return what there is to train on and to hold out: names of bundled photos, or the image files of a folder."""
    return photo_names("train") if folder is None else find_images(folder)


def split(names):
    """Return (training, held out): one photo in 14, at most 17, is not trained on; of fewer than 14, none."""
    apart = set(names[6 :: max(14, len(names) // 16)]) if len(names) >= 14 else set()
    return [name for name in names if name not in apart], [name for name in names if name in apart]


def fingerprint(names, folder=None):
    """Return a SHA-256 of a list of photos: the same for the same files and subfolders, wherever the folder is.

    names : of `list_photos`
    folder : what `list_photos` was given

    The files' names in the folder and sizes count; for up to `KEPT_IN_MEMORY` files, so does every byte of them.
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


def _content(path):
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return b"cannot be read"
