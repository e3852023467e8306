"""Handle photos that a learner uploads.

The photos are read with `read_image`, shown at a reduced size, and filled at full size.
"""

import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePath

import numpy as np
from PIL import Image

from pconv_edu.core import read_image, write_image
from pconv_edu.inpainters.files import inpaint_file


@dataclass(frozen=True, eq=False)
class UploadedPhoto:
    """Store an uploaded photo file.

    Attributes
    ----------
    name : the file's name
    content : the bytes of the file
    size : (height, width) after rotating the photo according to its EXIF data
    small : (h, w, 3) float32 array in [0, 1], the reduced photo to paint on
    """

    name: str
    content: bytes
    size: tuple[int, int]
    small: np.ndarray

    @classmethod
    def read(cls, name: str, content: bytes, side: int) -> "UploadedPhoto":
        """Read a photo from the bytes of an image file.

        The longer side of the reduced copy, `small`, has at most `side` pixels.

        Raise a ValueError with the message of `read_image`, which names the file, if the bytes are not an image.
        """
        with _files_named(name) as folder:
            path = folder / f"photo{_ending(name)}"
            path.write_bytes(content)
            photo = read_image(path)
        height, width = photo.shape[:2]
        scale = min(1, side / max(height, width))
        small = photo if scale == 1 else _shrink(photo, (max(1, round(width * scale)), max(1, round(height * scale))))
        return cls(name, bytes(content), (height, width), small)

    def fill(self, mask: np.ndarray, method: str) -> tuple[bytes, list[str]]:
        """Fill the photo at its own size, as `pconv-edu inpaint PHOTO MASK` does.

        mask : (height, width) bool array, True = valid
        Return the bytes of a PNG file, and a list of phrases that say how this file differs from the uploaded file.
        Raise a ValueError with the message of `inpaint_file` if the photo cannot be filled.
        """
        with _files_named(self.name) as folder:
            photo, hole, filled = folder / f"photo{_ending(self.name)}", folder / "mask.png", folder / "filled.png"
            photo.write_bytes(self.content)
            write_image(hole, np.where(mask, np.uint8(0), np.uint8(255)))
            changes = inpaint_file(photo, hole, filled, method, first_page=True, record=False)
            return filled.read_bytes(), changes


@contextlib.contextmanager
def _files_named(name):
    """Provide a temporary folder. In the messages of errors, `name` replaces the path of the photo in this folder."""
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        try:
            yield folder
        except (ValueError, TypeError, OSError) as error:
            text = str(error).replace(str(folder / f"photo{_ending(name)}"), name)
            raise ValueError(text.replace(f"{folder}{os.sep}", "")) from error


def _ending(name):
    """Return the extension of a file name, or "" if the extension could be harmful.

    The check is needed because a browser may send any name.
    """
    ending = PurePath(name).suffix.lower()
    return ending if ending[1:].isalnum() and ending.isascii() and len(ending) <= 5 else ""


def _shrink(photo, size):
    pixels = Image.fromarray(np.uint8(255 * photo + 0.5))
    return np.asarray(pixels.resize(size, Image.Resampling.LANCZOS), np.float32) / 255
