"""Filling files: one photo and its mask, or a folder of each. ``python -m pconv_edu inpaint`` calls this.

Messages speak to people at a command line: options are called as they are written there.
"""

import os
import warnings
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from pconv_edu.core import read_hole_image
from pconv_edu.core.atomic import check_writable
from pconv_edu.core.encoding import fitted, format_of
from pconv_edu.core.image_files import write_picture
from pconv_edu.core.pictures import count_pictures, read_picture

from .folders import identities, plan
from .inpaint import inpaint
from .mask_size import fit_mask

NO_MEMORY = "there is not enough memory"
FEW_VALID = 0.05  # under this share the mask is probably the wrong way round


def inpaint_file(photo, mask, out, method, threshold=None, *, resize_mask=False, first_page=False, **options):
    """Fill one photo file, write it to `out`, and return what is not as in the photo: a list of text.

    Kept are size, transparency, colour profile, EXIF data (the picture is upright), resolution, grey, and in PNG and
    TIFF 16 bits. Outside the hole every number stays as it is, unless `out` is a JPEG. All that can be checked is
    checked before the fill.

    Parameters
    ----------
    photo, mask, out : image files; in the mask WHITE = hole. `out` may not be one of the others
    method, options : those of `inpaint`
    threshold : brightness, in (0, 1), above which a mask is hole; None for masks of black and white alone
    resize_mask : make a mask fit that has the photo's proportions, see `fit_mask`
    first_page : take the first picture of files with several pages or frames

    Raises ValueError, TypeError or OSError; messages name the file.
    """
    photo, mask, out = Path(photo), Path(mask), Path(out)
    _check_out(out, photo, mask)
    picture = fitted(_read(photo, first_page), out)
    valid = _read_mask(mask, threshold, first_page)
    valid, done = fit_mask(valid, picture.pixels.shape[:2], picture.orientation, (mask, photo), resize_mask)
    _check_hole(valid, mask, threshold)
    changes = [*picture.changes, *([done] if done else [])]
    if valid.mean() < FEW_VALID:
        share = f"{100 * valid.mean():.1f} % of the photo is outside the hole. "
        changes.append(f"only {share}White is the hole: if the mask is the wrong way round, invert its colours")
    write_picture(out, replace(picture, pixels=_fill(picture, valid, method, options, photo)))
    return changes


def _check_out(out, photo, mask):
    """Refuse an output file that can't be written, or that is one of the inputs, by whatever name."""
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


def _read(path, first_page):
    """Read a photo. What a decoder warns of is added to its changes."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _check_pages(path, first_page)
        picture = read_picture(path)
    said = (str(warning.message) for warning in caught if issubclass(warning.category, UserWarning))
    return replace(picture, changes=(*picture.changes, *dict.fromkeys(said)))


def _read_mask(mask, threshold, first_page):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of decoders
        _check_pages(mask, first_page)
        return read_hole_image(mask, threshold, option="--threshold {}")


def _check_pages(path, first_page):
    count = 1 if first_page else count_pictures(path)
    if count > 1:
        raise ValueError(f"{path}: it has {count} pages, frames or layers; give --first-page to take the first alone")


def _check_hole(valid, mask, threshold):
    """Refuse a mask without a hole, and one that is nothing but hole."""
    if valid.all() and threshold is None:
        raise ValueError(f"{mask}: it is black all over, so there is no hole to fill. Paint white what is to be filled")
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


def _fill(picture, valid, method, options, photo):
    """Return the filled pixels. `inpaint` keeps those outside the hole, 16 bits too: float32 has room for them."""
    pixels = picture.pixels
    layers = [pixels[..., 0], pixels[..., 1]] if pixels.shape[2:] == (2,) else [pixels]  # grey and alpha by themselves
    filled = []
    with warnings.catch_warnings():
        if valid.mean() < FEW_VALID:  # said in other words, see inpaint_file
            warnings.simplefilter("ignore", UserWarning)
        for layer in layers:
            image = layer if layer.dtype == np.uint8 else layer.astype(np.float32) / picture.white
            try:
                result = inpaint(image, valid, method, **options)
            except (MemoryError, RuntimeError) as error:  # RuntimeError: PyTorch's way to say it
                why = str(error).partition("\n")[0] or NO_MEMORY
                raise OSError(f"{photo}: the fill failed: {why}") from error
            filled.append(result if layer.dtype == np.uint8 else np.uint16(result * picture.white + 0.5))
    return filled[0] if len(filled) == 1 else np.dstack(filled)


@dataclass
class Report:
    """What became of a folder.

    total : photos that could be filled, as far as their names say; filled : of these
    before : how many were filled by an earlier run, and left as they are
    left_out : path -> why; changes : what is not as in the photo -> names of photos; stopped : True after Ctrl-C
    """

    out: Path
    total: int
    left_out: dict[Path, str]
    filled: int = 0
    before: int = 0
    changes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    stopped: bool = False

    def __str__(self):
        lines = [f"{_photos(self.filled)} filled in {self.out}"]
        if self.before:
            lines.append(f"{_photos(self.before)} filled before, and left as they are")
        if self.stopped:
            done = f"{self.filled} of {_photos(self.total)} filled, and whole, in {self.out}"
            lines[0] = f"stopped: {done}; the same command with --resume fills the rest"
        if self.changes:
            lines += [f"note: {change} ({', '.join(names)})" for change, names in self.changes.items()]
        if self.left_out:
            lines.append(f"{len(self.left_out)} left out:")
            lines += [f"  {path}: {reason}" for path, reason in sorted(self.left_out.items())]
        return "\n".join(lines)


def _photos(count):
    return f"{count} photo{'' if count == 1 else 's'}"


def inpaint_folder(photos, masks, out, method, threshold=None, *, resume=False, **choices):
    """Fill every photo in a folder, and return a `Report`. A photo that fails does not stop the others.

    Parameters
    ----------
    photos, masks, out : folders, see `plan`; `masks` may be one mask file for all
    method, threshold, choices : see `inpaint_file`
    resume : leave photos alone whose filled file is there already

    Ctrl-C ends the loop: the photos filled so far are whole, and the report says that it was stopped.

    Raises
    ------
    ValueError, TypeError, OSError
        Before anything is filled, if a folder is not there or empty, `out` can't be written to or is one of the other
        folders, or the one mask for all can't be used.
    """
    if not Path(masks).is_dir() and Path(masks).exists():
        _check_hole(_read_mask(masks, threshold, choices.get("first_page", False)), masks, threshold)
    jobs, left_out = plan(photos, masks, out)
    report = Report(Path(out), len(jobs), left_out)
    written = set()
    try:
        for job in tqdm(jobs, unit="photo", disable=bool(os.environ.get("COURSE_QUIET"))):
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
