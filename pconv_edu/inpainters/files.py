"""Fill holes in photo files. The holes are marked in mask files.

The command ``pconv-edu inpaint`` uses this module. Error messages therefore name options as they are written on the
command line.
"""

import os
import warnings
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from pconv_edu.core import read_hole_image
from pconv_edu.core.arguments import as_path
from pconv_edu.core.atomic import check_writable
from pconv_edu.core.encoding import fitted, format_of
from pconv_edu.core.image_files import write_picture
from pconv_edu.core.pictures import Picture, count_pictures, read_picture
from pconv_edu.progress import progress_bar

from .folders import identities, plan
from .inpaint import FEW_VALID, FewValidWarning, inpaint
from .mask_size import fit_mask
from .record import check_record, write_record

NO_MEMORY = "there is not enough memory"


def inpaint_file(
    photo: Path | str,
    mask: Path | str,
    out: Path | str,
    method: str,
    threshold: float | None = None,
    *,
    resize_mask: bool = False,
    first_page: bool = False,
    record: bool = True,
    blend: str | None = None,
    **options: Any,
) -> list[str]:
    """Fill the hole in one photo file, write the result to `out`, and return a list of short notes for the user.

    The notes say what the result does not keep, whether the mask was resized or turned, and whether the mask is
    probably inverted.

    A record beside the result says which pixels were filled, by which method, and whether the fill was blended (see
    `record.write_record`).

    The result keeps the size, transparency, colour profile, EXIF data and resolution. Grey stays grey, and PNG and TIFF
    keep 16 bits. The picture is turned upright. Outside the hole, values change only if `out` is a JPEG or if a note
    describes a conversion. As far as possible, the files and arguments are checked before the hole is filled.

    Parameters
    ----------
    photo, mask, out : image files. WHITE = hole in the mask. `out` must not be the photo or the mask.
    method, blend, options : see `inpaint`
    threshold : brightness in (0, 1) above which a mask pixel belongs to the hole; None if the mask must be black and
        white
    resize_mask : True to resize a mask that has the same aspect ratio as the photo, see `fit_mask`
    first_page : True to use only the first page or frame of files that have several
    record : False to write no record

    Raises
    ------
    ValueError, TypeError, OSError
        If the photo cannot be filled, or if `out` cannot be written. The message names the file that causes the error.
    """
    photo, mask, out = as_path(photo, "photo"), as_path(mask, "mask"), as_path(out, "out")
    _check_out(out, photo, mask)
    if record:
        check_record(out)
    picture = fitted(_read(photo, first_page), out)
    valid = _read_mask(mask, threshold, first_page)
    valid, done = fit_mask(valid, picture.pixels.shape[:2], picture.orientation, (mask, photo), resize_mask)
    _check_hole(valid, mask, threshold)
    changes = [*picture.changes, *([done] if done else [])]
    if valid.mean() < FEW_VALID:
        share = f"{100 * valid.mean():.1f} % of the photo is outside the hole. "
        changes.append(f"only {share}White is the hole: if the mask is the wrong way round, invert its colours")
    write_picture(out, replace(picture, pixels=_fill(picture, valid, method, options | {"blend": blend}, photo)))
    if record:
        write_record(out, valid, method, blend)
    return changes


def _check_out(out: Path, photo: Path, mask: Path) -> None:
    """Raise an error unless both input files exist and `out` can be written without replacing one of them.

    The two input files must be different files. A link to a file is treated as the same file.
    """
    for path in (photo, mask):
        if not path.exists():
            raise FileNotFoundError(f"{path}: there is no such file")
    if photo.samefile(mask):
        raise ValueError(f"{mask} is the photo itself; give a mask, white = hole")
    check_writable(out)
    format_of(out)
    for path, what in ((photo, "photo"), (mask, "mask")):
        if out.exists() and out.samefile(path):
            raise ValueError(f"{out} is the {what} itself; give another name, so that it is not lost")


def _read(path: Path, first_page: bool) -> Picture:
    """Return the `Picture` in a photo file, and add the warnings of the decoder to the picture's `changes`."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _check_pages(path, first_page)
        picture = read_picture(path)
    messages = (str(warning.message) for warning in caught if issubclass(warning.category, UserWarning))
    return replace(picture, changes=(*picture.changes, *dict.fromkeys(messages)))


def _read_mask(mask: Path, threshold: float | None, first_page: bool) -> np.ndarray:
    """Return the mask in a mask file, True = valid, and ignore the warnings of the decoder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        _check_pages(mask, first_page)
        return read_hole_image(mask, threshold, option="--threshold {}")


def _check_pages(path: Path, first_page: bool) -> None:
    """Raise ValueError if a file has several pages or frames and `first_page` is False."""
    count = 1 if first_page else count_pictures(path)
    if count > 1:
        raise ValueError(f"{path}: it has {count} pages, frames or layers; give --first-page to take the first alone")


def _check_hole(valid: np.ndarray, mask: Path, threshold: float | None) -> None:
    """Raise ValueError if the mask has no hole or no valid pixel."""
    if valid.all() and threshold is None:
        raise ValueError(f"{mask}: it is black all over, so there is no hole to fill. Paint the hole white")
    if valid.all():
        raise ValueError(
            f"{mask}: no pixel is brighter than --threshold {threshold:g}, so there is no hole to fill. Without "
            "--threshold the mask is checked, and the message says which values it has"
        )
    if not valid.any():
        why = "it is white all over" if threshold is None else f"all of it is brighter than --threshold {threshold:g}"
        raise ValueError(
            f"{mask}: {why}, which leaves nothing valid to fill from. White is the hole, black stays as it is"
        )


def _fill(picture: Picture, valid: np.ndarray, method: str, options: dict[str, Any], photo: Path) -> np.ndarray:
    """Return the pixels of the picture with the hole filled.

    Outside the hole, all values stay exactly the same, because float32 can represent every 16-bit value.
    """
    pixels = picture.pixels
    # Grey and alpha are filled separately.
    layers = [pixels[..., 0], pixels[..., 1]] if pixels.shape[2:] == (2,) else [pixels]
    filled = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FewValidWarning)  # `inpaint_file` returns a note instead
        for layer in layers:
            image = layer if layer.dtype == np.uint8 else layer.astype(np.float32) / picture.white
            try:
                result = inpaint(image, valid, method, **options)
            except (MemoryError, RuntimeError) as error:  # PyTorch raises RuntimeError when memory runs out
                why = str(error).partition("\n")[0] or NO_MEMORY
                raise OSError(f"{photo}: the fill failed: {why}") from error
            filled.append(result if layer.dtype == np.uint8 else (result * picture.white + 0.5).astype(np.uint16))
    return filled[0] if len(filled) == 1 else np.dstack(filled)


@dataclass
class Report:
    """Store the outcome of filling the photos in a folder.

    Attributes
    ----------
    out : folder to which the filled photos are written
    total : number of photos that were to be filled
    left_out : dict from each path that was left out to the reason. The paths include files that are not photos.
    filled : number of photos filled in this run
    before : number of photos that were skipped because an earlier run had filled them
    changes : dict from each note of `inpaint_file` to the names of the photos to which the note applies
    stopped : True if the run was stopped with Ctrl-C
    """

    out: Path
    total: int
    left_out: dict[Path, str]
    filled: int = 0
    before: int = 0
    changes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    stopped: bool = False

    def __str__(self) -> str:
        """Return the report as text for a terminal."""
        lines = [f"{_photos(self.filled)} filled in {self.out}"]
        if self.before:
            lines.append(f"{_photos(self.before)} filled before, and left as they are")
        if self.stopped:
            done = f"{self.filled} of {_photos(self.total)} filled in {self.out}"
            lines[0] = f"stopped: {done}; the same command with --resume fills the rest"
        if self.changes:
            lines += [f"note: {change} ({', '.join(names)})" for change, names in self.changes.items()]
        if self.left_out:
            lines.append(f"{len(self.left_out)} left out:")
            lines += [f"  {path}: {reason}" for path, reason in sorted(self.left_out.items())]
        return "\n".join(lines)


def _photos(count: int) -> str:
    return f"{count} photo{'' if count == 1 else 's'}"


def inpaint_folder(
    photos: Path | str,
    masks: Path | str,
    out: Path | str,
    method: str,
    threshold: float | None = None,
    *,
    resume: bool = False,
    **choices: Any,
) -> Report:
    """Fill the hole in every photo in a folder, and return a `Report`.

    If a photo cannot be filled, the other photos are still filled.

    Ctrl-C stops the run. The files written so far are complete, and the report states that the run was stopped.

    Parameters
    ----------
    photos, masks, out : folders, see `plan`. `masks` may also be a single mask file for all photos.
    method, threshold, choices : see `inpaint_file`
    resume : True to skip photos whose filled file already exists

    Raises
    ------
    ValueError, TypeError, OSError
        If a folder is missing or has no image files, if `out` can't be written to or is one of the other folders, or if
        the single mask for all photos can't be used. The error is raised before any photo is filled.
    """
    photos, masks, out = as_path(photos, "photos"), as_path(masks, "masks"), as_path(out, "out")
    if not masks.is_dir() and masks.exists():
        _check_hole(_read_mask(masks, threshold, choices.get("first_page", False)), masks, threshold)
    jobs, left_out = plan(photos, masks, out)
    report = Report(out, len(jobs), left_out)
    written: set[tuple[int, int]] = set()
    try:
        for job in progress_bar(jobs, unit="photo", disable=bool(os.environ.get("COURSE_QUIET"))):
            if resume and job.out.is_file():
                report.before += 1
                continue
            try:
                if identities([job.out]) & written:
                    raise ValueError(f"{job.out} is the file of another photo here: upper and lower case are the same")
                changes = inpaint_file(job.photo, job.mask, job.out, method, threshold, **choices)
            except (ValueError, TypeError, OSError, MemoryError) as error:
                report.left_out[job.photo] = str(error).removeprefix(f"{job.photo}: ") or NO_MEMORY
                continue
            written |= identities([job.out])
            report.filled += 1
            for change in changes:
                report.changes[change].append(job.photo.name)
    except KeyboardInterrupt:
        report.stopped = True
    return report
