"""Filling files: one photo and its mask, or a folder of each. ``python -m pconv_edu inpaint`` calls this."""

import os
from pathlib import Path

from tqdm import tqdm

from pconv_edu.core import read_hole_image, read_image, write_image
from pconv_edu.core.image_files import FORMATS, read_color_profile

from .inpaint import inpaint


def inpaint_file(photo, mask, out, method, threshold=None, **options):
    """Fill one photo file and write it to `out`, in the same size and with the same colour profile.

    photo, out : image files; mask : image file, WHITE = hole. Raises ValueError, TypeError or OSError naming the file.
    """
    if Path(out).exists() and Path(out).samefile(photo):
        raise ValueError(f"{out} is the photo itself; give another name, so that it is not lost")
    image, valid = read_image(photo, alpha=True), read_hole_image(mask, threshold)
    if valid.shape != image.shape[:2]:
        raise ValueError(
            f"{mask} is {valid.shape[1]} × {valid.shape[0]} pixels, but {photo} is {image.shape[1]} × {image.shape[0]}"
        )
    write_image(out, inpaint(image, valid, method, **options), color_profile=read_color_profile(photo))


def inpaint_folder(photos, masks, out, method, threshold=None, **options):
    """Fill every photo in a folder; return (number filled, list of errors as text).

    photos : folder; masks : folder with a mask of the same stem for each photo, or one mask file for all; out : folder,
    made if it is not there. A photo that fails does not stop the others.
    """
    files = sorted(path for path in Path(photos).iterdir() if path.suffix.lower() in FORMATS)
    if not files:
        raise ValueError(f"{photos} holds no image files ({', '.join(FORMATS)})")
    out = Path(out)
    if out.exists() and out.samefile(photos):
        raise ValueError(f"{out} is the folder of the photos; give another one, so that they are not lost")
    out.mkdir(parents=True, exist_ok=True)
    errors = []
    for photo in tqdm(files, unit="photo", disable=bool(os.environ.get("COURSE_QUIET"))):
        try:
            inpaint_file(photo, _mask_of(photo, Path(masks)), out / photo.name, method, threshold, **options)
        except (ValueError, TypeError, OSError) as error:
            errors.append(f"{photo}: {error}")
    return len(files) - len(errors), errors


def _mask_of(photo, masks):
    """The mask file of a photo: `masks` itself, or the file of the same stem in it."""
    if masks.is_file():
        return masks
    found = sorted(path for path in masks.glob(f"{photo.stem}.*") if path.suffix.lower() in FORMATS)
    if len(found) != 1:
        kind = "no mask" if not found else f"{len(found)} masks"
        raise ValueError(f"{masks} holds {kind} called {photo.stem}.*")
    return found[0]
