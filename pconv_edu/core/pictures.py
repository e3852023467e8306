"""Read picture files at their full bit depth, together with the metadata that describe the pixels.

`image_files` converts the pictures to float RGB images and to masks.
"""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from .arguments import as_path
from .color_profiles import space_of, to_srgb
from .image_kinds import CAMERA_RAW, CONVERT, WAY_OUT, why_unidentified
from .metadata import exif_to_keep, orientation_of, other_data, resolution_of, upright

LARGEST = 120_000_000  # pixels; enough for the 108 megapixels of a phone
_OPENING = threading.Lock()  # needed because all threads share the warning filters


class PictureError(ValueError):
    """Signal that a picture file cannot be used. The message names the file."""


@dataclass(frozen=True, eq=False)  # arrays have no == that is a bool
class Picture:
    """Store the pixels of a picture file, together with the metadata that describe the pixels.

    Attributes
    ----------
    pixels : upright pixels, uint8 or uint16: (H, W) grey, (H, W, 2) grey and alpha, (H, W, 3) RGB or (H, W, 4) RGBA
    profile : ICC colour profile of the pixels as bytes, or None
    exif : EXIF data as bytes, without the orientation and the thumbnail, or None
    dpi : resolution (across, down) in dots per inch, or None
    orientation : EXIF orientation of the pixels in the file, 1 to 8; `pixels` have already been turned upright
    changes : short descriptions of how the pixels and metadata differ from those in the file
    """

    pixels: np.ndarray
    profile: bytes | None = None
    exif: bytes | None = None
    dpi: tuple[float, float] | None = None
    orientation: int = 1
    changes: tuple[str, ...] = ()

    @property
    def white(self) -> int:
        """Return the value that means white in a colour channel and opaque in the alpha channel, 255 or 65535."""
        return int(np.iinfo(self.pixels.dtype).max)

    @property
    def has_alpha(self) -> bool:
        """Return True if the pixels are grey with alpha, or RGBA."""
        return self.pixels.shape[2:] in ((2,), (4,))


def read_picture(path: Path | str) -> Picture:
    """Return the `Picture` in a file, or the first one if the file has several pages or frames.

    Grey stays grey, and 16 bits stay 16 bits. 1-bit files become grey, and palettes become RGB. CMYK and LAB are
    converted to sRGB with the colour profile of the file, if the file has one. A colour profile for another kind of
    pixels is left out.

    Raises
    ------
    FileNotFoundError, IsADirectoryError, OSError
        If the file does not exist, or the path is a folder or not an ordinary file.
    PictureError (a ValueError)
        If the file is broken, truncated, empty, not an image, or larger than `LARGEST`, or if it has pixels of a kind
        that cannot be read, such as floating-point numbers.
    """
    with _opened(path) as image:
        orientation = orientation_of(image)  # must be read before decoding, because Pillow then turns TIFF files
        image.load()
        to_turn = orientation_of(image)
        pixels, profile, changes = _decoded(image, Path(path))
        pixels = np.ascontiguousarray(upright(pixels, to_turn))
        if profile and space_of(profile) != ("RGB" if pixels.shape[2:] in ((3,), (4,)) else "GRAY"):
            profile = None
            changes.append("a colour profile that is damaged, or for another kind of pixels, is left out")
        if image.format == "MPO":
            changes.append("the second picture in the file (a phone's preview or depth) is left out")
        if others := other_data(image):
            changes.append(f"{' and '.join(others)} data are left out")
        dpi = resolution_of(image, orientation)
        try:
            exif = exif_to_keep(image, pixels.shape, dpi)
        except Exception:  # Pillow raises many kinds of errors on damaged data
            exif = None
            changes.append("damaged EXIF data are left out")
        return Picture(pixels, profile, exif, dpi, orientation, tuple(changes))


def count_pictures(path: Path | str) -> int:
    """Return the number of pages, frames or layers in a file.

    The second picture that some phones add to a JPEG file is not counted.
    """
    with _opened(path) as image:
        return image.n_frames if getattr(image, "is_animated", False) and image.format != "MPO" else 1


@contextmanager
def _opened(path: Path | str) -> Iterator[Any]:
    """Open a file with Pillow for a `with` block.

    If a decoder fails when the file is opened or in the block, raise an error that names the file.
    """
    path = as_path(path, "path")
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; give an image file")
    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no such file")
    if not path.is_file():
        raise OSError(f"{path}: not an ordinary file")
    if CONVERT.get(path.suffix.lower()) == CAMERA_RAW:  # Pillow would read only the small preview
        raise PictureError(f"{path}: {CAMERA_RAW} {WAY_OUT}")
    with path.open("rb") as file:  # given a path, Pillow would garble turned raw TIFFs
        try:
            with _OPENING, warnings.catch_warnings():
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
                image = Image.open(file)
            if image.width * image.height > LARGEST:
                raise Image.DecompressionBombError(f"it has {image.width} × {image.height} pixels")
            yield image
        except PictureError:
            raise
        except MemoryError:
            raise PictureError(f"{path}: there is not enough memory to read it") from None
        except UnidentifiedImageError:
            file.seek(0)
            raise PictureError(f"{path}: {why_unidentified(file.read(16))}") from None
        except Image.DecompressionBombError as error:
            limit = f"at most {LARGEST // 1_000_000} megapixels are read"
            raise PictureError(f"{path}: too large: {limit}; {error}") from None
        except Exception as error:  # decoders raise many kinds of errors
            raise PictureError(f"{path}: the file is broken or cut short: {error}") from None


def _decoded(image: Any, path: Path) -> tuple[np.ndarray, bytes | None, list[str]]:
    """Return the pixels of a loaded image, their colour profile, and descriptions of all conversions."""
    profile = image.info.get("icc_profile") or None
    if image.mode == "F":
        raise PictureError(f"{path}: a file of floating-point pixels has no known range; save it with 8 or 16 bits")
    if image.mode.startswith("I"):
        return _sixteen_bit_grey(image, path), profile, []
    if image.mode in ("RGB", "RGBA") and _bits(image, path) == 16:
        return _sixteen_bit_color(image, path), profile, []
    if image.mode in ("CMYK", "LAB"):
        rgb, profile = to_srgb(image, profile)
        return np.asarray(rgb), profile, [f"{image.mode} pixels become sRGB of 8 bits"]
    alpha = image.has_transparency_data
    if image.mode in ("1", "L", "LA", "La"):
        changes = ["1-bit pixels become grey of 8 bits"] if image.mode == "1" else []
        return np.asarray(image.convert("LA" if alpha else "L")), profile, changes
    changes = ["the palette becomes RGB"] if image.mode in ("P", "PA") else []
    return np.asarray(image.convert("RGBA" if alpha else "RGB")), profile, changes


def _bits(image: Any, path: Path) -> int:
    """Return the number of bits per channel of a PNG or TIFF file, or 8 for other formats."""
    if image.format == "PNG":
        return _png_header(path)[24]
    return max(image.tag_v2.get(258, (8,))) if image.format == "TIFF" else 8


def _png_header(path: Path) -> bytes:
    """Return the first 26 bytes of a PNG file. Byte 24 is the bit depth, and byte 25 is the colour type."""
    with path.open("rb") as file:
        return file.read(26)


def _sixteen_bit_grey(image: Any, path: Path) -> np.ndarray:
    """Return the pixels as uint16 (H, W), or (H, W, 2) with alpha if the file marks one grey value as transparent."""
    grey = np.asarray(image)
    tiff = image.format == "TIFF"
    if image.mode == "I" and (tiff or grey.min() < 0 or grey.max() > 65535):
        raise PictureError(f"{path}: its pixels have 32 bits and no known range; save it with 8 or 16 bits")
    if _bits(image, path) == 12:
        grey = (grey.astype(np.uint32) * 65535 + 2047) // 4095
    grey = grey.astype(np.uint16)
    if tiff and image.tag_v2.get(262) == 0:  # 0 is white in this file; Pillow inverts only 8-bit files
        grey = 65535 - grey
    transparent = image.info.get("transparency")
    if transparent is None:
        return grey
    return np.dstack([grey, np.where(grey == transparent, 0, 65535).astype(np.uint16)])


def _sixteen_bit_color(image: Any, path: Path) -> np.ndarray:
    """Return the pixels as uint16 (H, W, 2), (H, W, 3) or (H, W, 4).

    OpenCV reads the file, because Pillow reduces 16-bit colour to 8 bits. The result is compared with the 8-bit pixels
    of Pillow, because OpenCV misreads files with separate planes or premultiplied alpha. If the two differ, raise
    PictureError.
    """
    pixels: Any = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    eight = np.asarray(image)  # (H, W, 3) or (H, W, 4)
    channels = 4 if image.has_transparency_data else 3
    if pixels is not None and pixels.dtype == np.uint16 and pixels.shape[2:] in ((channels,), (4,)):
        pixels = pixels[..., [2, 1, 0, 3][:channels]]  # OpenCV's order is blue, green, red, alpha
        high = (pixels[..., : eight.shape[2]] >> 8).astype(np.uint8)
        if high.shape == eight.shape and (np.maximum(high, eight) - np.minimum(high, eight)).max() <= 1:
            grey_and_alpha = image.format == "PNG" and _png_header(path)[25] == 4
            return pixels[..., [0, 3]] if grey_and_alpha else pixels
    raise PictureError(f"{path}: 16-bit colour of a kind that can't be read here; save it with 8 bits")
