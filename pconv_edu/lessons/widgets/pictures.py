"""Check photos and masks for the widgets, and encode pictures as PNG and JPEG files and as data URLs."""

import base64
import io
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from pconv_edu.core.arguments import check_mask

LARGE = 10**7  # bytes of pixels; PNG files of larger pictures are compressed less


def check_photo(photo: ArrayLike) -> np.ndarray:
    """Return `photo` as an (H, W, 3) float32 array; raise a ValueError if it is not an RGB image in [0, 1]."""
    array = np.asarray(photo, np.float32)
    if array.ndim != 3 or array.shape[2] != 3 or not 0 <= array.min() <= array.max() <= 1:
        raise ValueError(f"photo has shape {array.shape}; give (H, W, 3) with values in [0, 1]")
    return array


def check_mask_of(mask: ArrayLike, photo: np.ndarray) -> np.ndarray:
    """Return `mask` as a bool array, True = valid; raise a ValueError if its size differs from the photo's."""
    valid = check_mask(mask)
    if valid.shape != photo.shape[:2]:
        raise ValueError(f"mask is {valid.shape} but the photo is {photo.shape[:2]}: rows come first")
    return valid


def png_bytes(image: ArrayLike) -> bytes:
    """Return an (H, W, 3) image in [0, 1] as the bytes of a PNG file."""
    pixels = np.uint8(255 * np.asarray(image) + 0.5)
    level = 1 if pixels.size > LARGE else 6  # a high level would take seconds
    return png_of(Image.fromarray(pixels), compress_level=level)


def png_of(picture: Image.Image, **options: Any) -> bytes:
    """Return a Pillow image as the bytes of a PNG file; `options` are passed to Pillow's PNG writer."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", **options)
    return buffer.getvalue()


def jpeg_of(png: bytes) -> bytes:
    """Convert a PNG file to a JPEG file, both given as bytes. Empty bytes stay empty."""
    if not png:
        return png
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(png)) as picture:
        picture.save(buffer, "JPEG", quality=85, subsampling=0)
    return buffer.getvalue()


def data_url(file: bytes, kind: str = "png") -> str:
    """Return the bytes of a PNG or JPEG file as a data: URL."""
    return f"data:image/{kind};base64,{base64.b64encode(file).decode()}"
