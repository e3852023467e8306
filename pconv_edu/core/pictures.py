"""A picture file as it is: its pixels with all their bits, and what the file says about them."""

import threading
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, UnidentifiedImageError

from .color_profiles import space_of, to_srgb
from .image_kinds import CAMERA_RAW, CONVERT, WAY_OUT, why_unidentified
from .metadata import exif_to_keep, orientation_of, other_data, resolution_of, upright

LARGEST = 120_000_000  # pixels: the 108 megapixels of a phone fit
_OPENING = threading.Lock()  # the filters of warnings are shared by all threads


class PictureError(ValueError):
    """A picture file that is refused; the message names it."""


@dataclass(frozen=True)
class Picture:
    """Pixels, and what a file says about them.

    pixels : (H, W) grey, (H, W, 2) grey and alpha, (H, W, 3) RGB or (H, W, 4) RGBA; uint8 or uint16; upright
    profile : the ICC colour profile of these numbers as bytes, or None
    exif : EXIF data as bytes, without orientation and thumbnail, or None
    dpi : (across, down), or None
    orientation : how the stored pixels were turned to be upright, 1 (not at all) to 8
    changes : what is no longer as in the file, a few words each
    """

    pixels: np.ndarray
    profile: bytes | None = None
    exif: bytes | None = None
    dpi: tuple[float, float] | None = None
    orientation: int = 1
    changes: tuple[str, ...] = ()

    @property
    def white(self):
        """The number that stands for white and for opaque: 255 or 65535."""
        return np.iinfo(self.pixels.dtype).max

    @property
    def has_alpha(self):
        """True for grey and alpha, and for RGBA."""
        return self.pixels.shape[2:] in ((2,), (4,))


def read_picture(path):
    """Return the `Picture` in a file; of an animation, or of several pages, the first.

    Grey stays grey and 16 bits stay 16 bits. 1-bit files become grey and palettes RGB. CMYK and LAB become sRGB, by the
    file's colour profile if there is one. A profile that is for another kind of pixels is left out.

    Raises
    ------
    FileNotFoundError, IsADirectoryError, OSError
        If there is no such file, or it is a folder or not an ordinary file.
    PictureError (a ValueError)
        If the file is broken, cut short, empty, no image, larger than `LARGEST`, or its pixels have no known range.
    """
    with _opened(path) as image:
        orientation = orientation_of(image)  # before decoding: Pillow turns TIFF files in doing so
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
        except Exception:  # whatever Pillow stumbles on
            exif = None
            changes.append("damaged EXIF data are left out")
        return Picture(pixels, profile, exif, dpi, orientation, tuple(changes))


def count_pictures(path):
    """Return how many pages, frames or layers are in a file. The second picture in a phone's JPEG does not count."""
    with _opened(path) as image:
        return image.n_frames if getattr(image, "is_animated", False) and image.format != "MPO" else 1


@contextmanager
def _opened(path):
    """Open a file by Pillow. What a decoder stumbles on, here or in the block, becomes an error that names the file."""
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; give an image file")
    if not path.exists():
        raise FileNotFoundError(f"{path}: there is no such file")
    if not path.is_file():
        raise OSError(f"{path}: not an ordinary file")
    if CONVERT.get(path.suffix.lower()) == CAMERA_RAW:  # Pillow would read the small preview inside
        raise PictureError(f"{path}: {CAMERA_RAW} {WAY_OUT}")
    with path.open("rb") as file:  # given a path, Pillow garbles turned raw TIFFs
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
        except Exception as error:  # each decoder has errors of its own
            raise PictureError(f"{path}: the file is broken or cut short: {error}") from None


def _decoded(image, path):
    """Return the pixels of a loaded image, their colour profile, and a list of what changed."""
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


def _bits(image, path):
    """Return the bits per channel that a PNG or TIFF file says it has; 8 for other formats."""
    if image.format == "PNG":
        return _png_header(path)[24]
    return max(image.tag_v2.get(258, (8,))) if image.format == "TIFF" else 8


def _png_header(path):
    """Return the first bytes of a PNG file: byte 24 is the bit depth, byte 25 the kind of colour."""
    with path.open("rb") as file:
        return file.read(26)


def _sixteen_bit_grey(image, path):
    """Return (H, W) uint16, or (H, W, 2) if one of the values means transparent."""
    grey = np.asarray(image)
    tiff = image.format == "TIFF"
    if image.mode == "I" and (tiff or grey.min() < 0 or grey.max() > 65535):
        raise PictureError(f"{path}: its pixels have 32 bits and no known range; save it with 8 or 16 bits")
    if _bits(image, path) == 12:
        grey = (grey.astype(np.uint32) * 65535 + 2047) // 4095
    grey = grey.astype(np.uint16)
    if tiff and image.tag_v2.get(262) == 0:  # white is 0 there; Pillow turns that round for 8 bits only
        grey = 65535 - grey
    transparent = image.info.get("transparency")
    if transparent is None:
        return grey
    return np.dstack([grey, np.where(grey == transparent, 0, 65535).astype(np.uint16)])


def _sixteen_bit_color(image, path):
    """Return (H, W, 2), (H, W, 3) or (H, W, 4) uint16, read by OpenCV: Pillow cuts 16-bit colour to 8 bits.

    What OpenCV reads is compared with Pillow's 8 bits: it misreads files with separate planes or premultiplied alpha.
    """
    pixels = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    eight = np.asarray(image)  # (H, W, 3) or (H, W, 4)
    channels = 4 if image.has_transparency_data else 3
    if pixels is not None and pixels.dtype == np.uint16 and pixels.shape[2:] in ((channels,), (4,)):
        pixels = pixels[..., [2, 1, 0, 3][:channels]]  # from blue, green, red and alpha
        high = np.uint8(pixels[..., : eight.shape[2]] >> 8)
        if high.shape == eight.shape and (np.maximum(high, eight) - np.minimum(high, eight)).max() <= 1:
            grey_and_alpha = image.format == "PNG" and _png_header(path)[25] == 4
            return pixels[..., [0, 3]] if grey_and_alpha else pixels
    raise PictureError(f"{path}: 16-bit colour of a kind that can't be read here; save it with 8 bits")
