"""Write down which pixels of a filled photo are made up: a mask beside the photo, with the method that filled them.

A filled photo looks like a photograph, but no camera has seen what the hole now shows. ``pconv-edu inpaint`` therefore
writes a record beside each filled file, unless ``--no-record`` is given.
"""

import base64
import hashlib
import io
import os
import struct
import zlib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, PngImagePlugin

from pconv_edu.core.arguments import as_path
from pconv_edu.core.atomic import check_writable, write_atomically
from pconv_edu.core.image_kinds import RECORD

from .methods import BEST

MADE_BY = "pconv-edu"  # the beginning of the text "Software"
METHOD, BLEND = "Method", "Blend"  # the names of two texts; the second is missing if the fill was not blended
LONGEST_NAME = 255  # bytes of a file's name in common file systems
INSIDE = "Filled pixels"  # the name of the text of a filled photo that contains its record
END_OF_PNG = b"\0\0\0\0IEND\xaeB`\x82"


class Record(NamedTuple):
    """Store which pixels of a photo were filled, (H, W) bool with True = filled, by which method, and the blending."""

    filled: np.ndarray
    method: str
    blend: str | None = None


def record_path(out: Path | str) -> Path:
    """Return the path of the record of a filled photo, in the same folder.

    The name of the record begins with the name of the photo. If it would be too long for a file system, a hash replaces
    its end.

    >>> str(record_path("filled.jpg"))
    'filled.jpg.filled-pixels.png'
    """
    out = as_path(out, "out")
    name = os.fsencode(out.name)
    if len(name) + len(RECORD) > LONGEST_NAME:
        end = f"-{hashlib.sha256(name).hexdigest()[:8]}"
        kept = name[: LONGEST_NAME - len(RECORD) - len(end)]
        return out.with_name(kept.decode(errors="ignore") + end + RECORD)
    return out.with_name(out.name + RECORD)


def check_record(out: Path | str) -> None:
    """Raise OSError or ValueError if the record of a filled photo cannot be written.

    A record may replace an earlier record, but no other file.
    """
    path = record_path(out)
    check_writable(path)
    if path.exists():
        try:
            read_record(path)
        except ValueError as error:
            raise ValueError(
                f"{path}: the record of the filled pixels would replace this file, and it is not a record. Move it, or "
                "give --no-record"
            ) from error


def write_record(out: Path | str, valid: np.ndarray, method: str, blend: str | None = None) -> Path:
    """Write the record of a filled photo beside it, and return the path of the record.

    The record is a black and white PNG file, in which white pixels were filled. It can be used as a mask. Its texts say
    what it is, in the fields "Title", "Description", "Software" and "Method", and "Blend" if the fill was blended.

    out : the filled photo
    valid : (H, W) bool array, True = valid, the mask with which the photo was filled
    method : the method that filled it
    blend : the blending that changed the fill, as for `inpaint`

    Raises OSError if the file cannot be written.
    """
    path = record_path(out)
    write_atomically(path, _record(valid, {"Title": f"filled pixels of {Path(out).name}"} | _texts(method, blend)))
    return path


def with_record(png: bytes, valid: np.ndarray, method: str) -> bytes:
    """Return a copy of a PNG file that contains its record, for files that travel alone. The pixels stay the same.

    png : bytes of the filled photo
    valid, method : as for `write_record`

    Raises ValueError if `png` is not a complete PNG file.
    """
    if not png.endswith(END_OF_PNG):
        raise ValueError("this is not a complete PNG file, so it cannot contain a record")
    texts = _texts(method) | {INSIDE: base64.b64encode(_record(valid, _texts(method))).decode()}
    return png.removesuffix(END_OF_PNG) + b"".join(_chunk(*text) for text in texts.items()) + END_OF_PNG


def read_record(path: Path | str) -> Record:
    """Return the record in a file that `write_record` wrote, or in a filled photo from `with_record`.

    Raises ValueError if the file contains no record, and OSError if it cannot be opened.
    """
    return _read(as_path(path, "path").read_bytes(), str(path))


def _read(data: bytes, source: str) -> Record:
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            image.load()  # texts may come after the pixels
            texts = {name: str(text) for name, text in getattr(image, "text", {}).items()}
            if INSIDE in texts:
                return _read(base64.b64decode(texts[INSIDE], validate=True), source)
            filled = np.array(image.convert("1"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError(f"{source}: this is not a record of filled pixels ({error})") from error
    if not texts.get("Software", "").startswith(MADE_BY) or METHOD not in texts:
        raise ValueError(f"{source}: this picture has no record of filled pixels")
    return Record(filled, texts[METHOD], texts.get(BLEND))


def _record(valid: np.ndarray, texts: dict[str, str]) -> bytes:
    """Return the bytes of a record with these texts."""
    info = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        info.add_itxt(name, text)
    file = io.BytesIO()
    Image.fromarray(~np.asarray(valid, bool)).save(file, "PNG", pnginfo=info, optimize=True)
    return file.getvalue()


def _texts(method: str, blend: str | None = None) -> dict[str, str]:
    try:
        software = f"{MADE_BY} {version(MADE_BY)}"
    except PackageNotFoundError:  # the package is used from a folder, without an installation
        software = MADE_BY
    method = BEST if method == "pconv" else method
    then = f", and {blend} blending adapted their colours to the edge" if blend else ""
    about = (
        f"Some pixels are not from the photo. The method {method} made them up{then}; in the record, they are white."
    )
    return {"Description": about, "Software": software, METHOD: method} | ({BLEND: blend} if blend else {})


def _chunk(keyword: str, text: str) -> bytes:
    """Return an iTXt chunk of a PNG file: an uncompressed text in UTF-8, without a language."""
    body = b"iTXt" + keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode()
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
