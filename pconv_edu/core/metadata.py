"""Read and change the orientation, the EXIF data and the resolution that a picture file stores besides its pixels.

EXIF orientations are numbers from 1 (upright) to 8. For orientations from 5 to 8, width and height are swapped.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import ExifTags, Image

SIDEWAYS = 5  # this EXIF orientation and all larger ones swap width and height
X_DPI, Y_DPI, DPI_UNIT = ExifTags.Base.XResolution, ExifTags.Base.YResolution, ExifTags.Base.ResolutionUnit
HIGHEST_DPI = 65535  # the largest resolution that JPEG can store
XMP, IPTC = 700, 33723
WIDTH, HEIGHT = ExifTags.Base.ExifImageWidth, ExifTags.Base.ExifImageHeight
# These tags of TIFF directories would be wrong in another file, because they describe how the pixels are stored, are
# copies of the pixels (thumbnails, layers), or repeat the orientation (XMP).
STORAGE = {254, 255, 256, 257, 258, 259, 262, 263, 266, 273, 274, 277, 278, 279, 280, 281, 284, 288, 289, 290, 291}
STORAGE |= {292, 293, 301, 317, 320, 321, 322, 323, 324, 325, 330, 332, 333, 334, 338, 339, 340, 341, 342, 347}
STORAGE |= {*range(512, 522), 529, 530, 531, 532, XMP, IPTC, 34377, 34675, 37724, 50255}


def orientation_of(image: Image.Image) -> int:
    """Return the EXIF orientation of an open PIL image, 1 to 8, or 1 if the orientation is missing or out of range."""
    value = image.getexif().get(ExifTags.Base.Orientation, 1)
    return value if value in range(1, 9) else 1


def upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Turn or mirror pixels (H, W, …) according to an EXIF orientation, 1 to 8, and return them.

    For orientations from 5 to 8, the result has the shape (W, H, …).
    """
    if orientation >= SIDEWAYS:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels


def exif_to_keep(image: Image.Image, shape: Sequence[int], dpi: tuple[float, float] | None) -> bytes | None:
    """Return the EXIF data of an open PIL image as bytes that begin with b"Exif", or None if there are no data to keep.

    The result has no orientation and no tags about the storage of the pixels. It also has no thumbnail, because the
    thumbnail would show the photo before it was filled. If the data are damaged, Pillow may raise an error of any type.

    shape : shape of the upright pixels, (H, W, …)
    dpi : resolution of the upright pixels, or None
    """
    exif = image.getexif()
    exif.bigtiff = False  # EXIF data never have the BigTIFF form
    for tag in STORAGE & set(exif):
        del exif[tag]
    if dpi and {X_DPI, Y_DPI} <= set(exif):
        _set_resolution(exif, dpi)
    if ExifTags.IFD.Exif in exif:
        details = exif.get_ifd(ExifTags.IFD.Exif)
        details |= {tag: value for tag, value in ((WIDTH, shape[1]), (HEIGHT, shape[0])) if tag in details}
    return exif.tobytes() if len(exif) else None


def other_data(image: Any) -> list[str]:
    """List the kinds of data in an open PIL image that are not kept, which can be "IPTC", "XMP", both or neither."""
    tags = set(image.tag_v2) if image.format == "TIFF" else set()
    xmp = {"xmp", "XML:com.adobe.xmp"} & set(image.info) or XMP in tags
    iptc = "photoshop" in image.info or IPTC in tags
    return ["IPTC"] * bool(iptc) + ["XMP"] * bool(xmp)


def with_resolution(exif: bytes | None, dpi: tuple[float, float]) -> bytes:
    """Return a copy of the EXIF data with the resolution `dpi`, a pair (across, down), added or replaced."""
    data = Image.Exif()
    if exif:
        data.load(exif)
    _set_resolution(data, dpi)
    return data.tobytes()


def _set_resolution(exif: Image.Exif, dpi: tuple[float, float]) -> None:
    exif[X_DPI], exif[Y_DPI] = dpi
    exif[DPI_UNIT] = 2  # dots per inch


def resolution_of(image: Any, orientation: int) -> tuple[float, float] | None:
    """Return the resolution (across, down) of the upright picture in dots per inch.

    Return None if the resolution is missing, not above 0, or above `HIGHEST_DPI`.
    """
    if image.format == "TIFF" and X_DPI not in image.tag_v2:
        return None  # Pillow would return 1
    try:
        across, down = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    if not (0 < across <= HIGHEST_DPI and 0 < down <= HIGHEST_DPI):
        return None
    return (down, across) if orientation >= SIDEWAYS else (across, down)
