"""Find the mask that belongs to each photo in a folder, and decide where each filled photo is written.

Everything is planned before any photo is filled.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pconv_edu.core.arguments import as_path
from pconv_edu.core.atomic import check_writable
from pconv_edu.core.image_kinds import FORMATS, is_image_name, is_record_name, why_no_image

SYSTEM_FILES = {"thumbs.db", "desktop.ini"}  # created by Windows; the names of other systems' files begin with a dot
Item = TypeVar("Item")


@dataclass(frozen=True)
class Job:
    """Store the paths of a photo, of its mask, and of the file to which the filled photo is written."""

    photo: Path
    mask: Path
    out: Path


def plan(photos: Path | str, masks: Path | str, out: Path | str) -> tuple[list[Job], dict[Path, str]]:
    """Return a job for each photo that can be filled, sorted by name, and the files that are left out.

    Files whose names begin with a dot are ignored, and so are the system files of Windows.

    Parameters
    ----------
    photos : folder
    masks : folder with one mask per photo, or one mask file for all photos. In a folder, each mask has the same name as
        its photo, apart from the extension.
    out : folder, which is created if it does not exist. A filled photo has the same name as the original. If the format
        of the original can't be written, the extension becomes .png.

    Returns
    -------
    jobs : list of `Job`
    left_out : dict from the path of each file or folder that is left out to the reason

    Raises
    ------
    ValueError, OSError
        If a folder of photos or masks does not exist or has no image files, or if `out` can't be written to or is one
        of these folders.
    """
    photos, masks, out = as_path(photos, "photos"), as_path(masks, "masks"), as_path(out, "out")
    _check_folders(photos, masks, out)
    files, left_out = _photos_in(photos, aside=(masks, out))
    if not files:
        examples = "".join(f"; {path.name}: {reason}" for path, reason in list(left_out.items())[:3])
        raise ValueError(f"{photos}: there are no image files in this folder{examples}")
    pairs = _pair(files, masks, left_out) if masks.is_dir() else dict.fromkeys(files, masks)
    if pairs:
        _make_folder(out)
    inputs = identities([*photos.iterdir(), *(masks.iterdir() if masks.is_dir() else [masks])])
    jobs = [Job(photo, mask, out / _out_name(photo)) for photo, mask in pairs.items()]
    together = _groups(jobs, lambda job: job.out.name)
    for job in jobs:
        others = [other.photo.name for other in together[job.out.name] if other is not job]
        if others:
            left_out[job.photo] = f"{job.out} would be the filled {' and '.join(others)} too; rename one"
        elif reason := _why_not(job.out, inputs):
            left_out[job.photo] = reason
    return [job for job in jobs if job.photo not in left_out], dict(sorted(left_out.items()))


def identities(paths: Iterable[Path]) -> set[tuple[int, int]]:
    """Return the identities (device and inode numbers) of those files that exist.

    A file has the same identity under all its names and links.
    """
    return {(stat.st_dev, stat.st_ino) for stat in (path.stat() for path in paths if path.exists())}


def _check_folders(photos: Path, masks: Path, out: Path) -> None:
    """Raise an error if the masks do not exist, if two of the folders are the same, or if `out` is a file."""
    if not masks.exists():
        raise FileNotFoundError(f"{masks}: there is no such file or folder of masks")
    if masks.is_dir() and masks.samefile(photos):
        raise ValueError(f"{masks} is the folder of the photos; put the masks in a folder of their own")
    for folder, what in ((photos, "photos"), (masks, "masks")):
        if out.exists() and out.samefile(folder) and folder.is_dir():
            raise ValueError(f"{out} is the folder of the {what}; give another one, so that they are not lost")
    if out.exists() and not out.is_dir():
        raise FileExistsError(f"{out} is a file; {photos} is a folder, so give a folder to write to")


def _photos_in(folder: Path, aside: tuple[Path, ...]) -> tuple[list[Path], dict[Path, str]]:
    """Return the sorted photos in a folder, and a dict from each path that is left out to the reason.

    Hidden files, the system files of Windows, records of filled pixels, and subfolders without photos are ignored. So
    is each subfolder that contains or equals a path in `aside`.
    """
    photos: list[Path] = []
    left_out: dict[Path, str] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.lower() in SYSTEM_FILES or is_record_name(path):
            continue
        if path.is_dir():
            inside = any(other.resolve().is_relative_to(path.resolve()) for other in aside)
            if not inside and _has_photos(path):
                left_out[path] = "a folder inside the folder; give it by itself"
        elif not path.is_file():
            left_out[path] = "not an ordinary file, or a link to one that is not there"
        elif reason := why_no_image(path):
            left_out[path] = reason
        else:
            photos.append(path)
    return photos, left_out


def _has_photos(folder: Path) -> bool:
    return any(is_image_name(path) for path in folder.rglob("*"))


def _pair(photos: list[Path], folder: Path, left_out: dict[Path, str]) -> dict[Path, Path]:
    """Return a dict from each photo to its mask, and add the photos that have no mask of their own to `left_out`."""
    files = [path for path in sorted(folder.iterdir()) if not path.name.startswith(".") and path.is_file()]
    masks = [path for path in files if is_image_name(path)]
    if not masks:
        raise ValueError(f"{folder}: there are no image files in this folder, so no masks")
    masks_by_name, photos_by_name = _groups(masks, _stem), _groups(photos, _stem)
    pairs = {}
    for photo in photos:
        name = _stem(photo)
        own_masks, sharing = masks_by_name[name], photos_by_name[name]
        if len(own_masks) != 1:
            number = f"are {len(own_masks)} masks" if own_masks else "is no mask"
            left_out[photo] = f"there {number} called {name}.* in {folder}" + _similar(name, files)
        elif len(sharing) > 1:
            others = " and ".join(other.name for other in sharing if other != photo)
            left_out[photo] = f"{own_masks[0]} could be the mask of {others} too; give each photo a name of its own"
        else:
            pairs[photo] = own_masks[0]
    return pairs


def _similar(name: str, files: list[Path]) -> str:
    """Return a hint about files that may be the missing mask, or "" if there are no such files.

    These are unreadable files with the given name, and files whose names differ from the given name only in upper and
    lower case.
    """
    hints = [f"; {path.name}: {why_no_image(path)}" for path in files if _stem(path) == name and why_no_image(path)]
    similar = [path.name for path in files if _stem(path) != name and _stem(path).casefold() == name.casefold()]
    return "".join(hints) + (f"; {', '.join(similar)} differs in upper and lower case" if similar else "")


def _stem(path: Path) -> str:
    """Return the file name without its extension.

    Accented letters are normalised, because they can be encoded in two ways.
    """
    return unicodedata.normalize("NFC", path.stem)


def _groups(items: Iterable[Item], key: Callable[[Item], str]) -> dict[str, list[Item]]:
    """Group the items by their keys, and return a dict from each key to a list of items."""
    groups: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        groups[key(item)].append(item)
    return groups


def _out_name(photo: Path) -> str:
    """Return the file name of a filled photo, which ends in .png if the format of the photo can't be written."""
    return photo.name if photo.suffix.lower() in FORMATS else f"{photo.stem}.png"


def _make_folder(out: Path) -> None:
    """Create the output folder if necessary. Raise OSError if the folder can't be created or written to."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise type(error)(f"{out}: this folder can't be made: {error.strerror}") from None
    check_writable(out / "a.png")


def _why_not(out: Path, inputs: set[tuple[int, int]]) -> str | None:
    """Return the reason why the file `out` must not or cannot be written, or None if it can be written.

    inputs : identities of the files that must not be replaced
    """
    try:
        check_writable(out)
    except OSError as error:
        return str(error)
    if identities([out]) & inputs:
        return f"{out} is a photo or mask that is read, under another name or by a link"
    return None
