"""Encode pictures as files, and keep everything that the file format can store.

Pillow cannot write colour with 16 bits per channel, so this module writes 16-bit PNG and TIFF files itself.
"""

import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from PIL import ExifTags, Image, TiffImagePlugin

from .arguments import as_path
from .color_profiles import is_srgb
from .image_kinds import FORMATS
from .metadata import with_resolution

if TYPE_CHECKING:
    from .pictures import Picture

OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"lossless": True, "exact": True},
}
LONGEST_SIDE = {"WEBP": 16383, "JPEG": 65500}  # px
LONGEST_EXIF = {"JPEG": 65533, "BMP": 0}  # bytes


def format_of(path: Path | str) -> str:
    """Return the image format, such as "PNG", that belongs to the extension of a file name.

    Raise ValueError if the extension does not belong to a format that can be written.
    """
    ending = as_path(path, "path").suffix
    if ending.lower() not in FORMATS:
        raise ValueError(f"{path}: the ending {ending!r} is not known; use one of {', '.join(FORMATS)}")
    return FORMATS[ending.lower()]


def fitted(picture: "Picture", path: Path | str) -> "Picture":
    """Return a copy of a picture that can be stored in the format of the file `path`.

    For everything that is left out or reduced, a short description is added to the `changes` of the copy.

    Raise ValueError if the file extension is not known, if a side of the picture is too long for the format, if the
    file could not be read again, or if the picture would look different in this format. A picture would look different
    without its transparency (in JPEG and BMP) or without a colour profile other than sRGB (in BMP).
    """
    format_, changes = format_of(path), []
    longest = LONGEST_SIDE.get(format_, max(picture.pixels.shape))
    if max(picture.pixels.shape[:2]) > longest:
        raise ValueError(f"{path}: {format_} has at most {longest} pixels a side; write .png or .tif")
    if picture.has_alpha and format_ == "BMP" and picture.pixels[..., -1].min() == picture.white:  # nothing is lost
        picture = replace(picture, pixels=picture.pixels[..., 0 if picture.pixels.shape[2] == 2 else slice(3)])
    if picture.has_alpha and format_ in ("JPEG", "BMP"):
        raise ValueError(f"{path}: {format_} has no transparency; write .png, .webp or .tif")
    if picture.profile and format_ == "BMP":
        if not is_srgb(picture.profile):
            raise ValueError(f"{path}: {format_} has no colour profile, so colours would change; write .png or .tif")
        picture = replace(picture, profile=None)
    if picture.pixels.dtype == np.uint16 and format_ not in ("PNG", "TIFF"):
        picture = replace(picture, pixels=((picture.pixels.astype(np.uint32) + 128) // 257).astype(np.uint8))
        changes.append(f"16 bits become 8 in {format_}")
    if picture.pixels.dtype == np.uint16 and format_ == "TIFF" and picture.pixels.shape[2:] == (2,):
        raise ValueError(f"{path}: grey of 16 bits with transparency can't be read again from TIFF; write .png")
    if picture.exif and len(picture.exif) > LONGEST_EXIF.get(format_, len(picture.exif)):
        picture = replace(picture, exif=None)
        changes.append(f"EXIF data are left out: {format_} has no room for them")
    if picture.dpi and format_ == "WEBP":  # WebP stores the resolution only in the EXIF data
        picture = replace(picture, exif=with_resolution(picture.exif, picture.dpi), dpi=None)
    return replace(picture, changes=(*picture.changes, *changes))


def encode(picture: "Picture", file: BinaryIO, format_: str) -> None:
    """Write a picture to an open binary file. The picture must have been returned by `fitted` for this format."""
    if picture.pixels.dtype == np.uint16:
        file.write((_png if format_ == "PNG" else _tiff)(picture))
        return
    kept: dict[str, Any] = {"icc_profile": picture.profile, "exif": picture.exif, "dpi": picture.dpi}
    if picture.exif and format_ == "TIFF":
        kept["exif"] = _directories(picture.exif)
    kept = {name: value for name, value in kept.items() if value}
    Image.fromarray(picture.pixels).save(file, format_, **OPTIONS.get(format_, {}), **kept)


def _png(picture: "Picture") -> bytes:
    """Return the bytes of a 16-bit PNG file.

    The file follows the third edition of the PNG specification, https://www.w3.org/TR/png-3/
    """
    height, width = picture.pixels.shape[:2]
    channels = picture.pixels.size // (height * width)
    rows = picture.pixels.astype(">u2").view(np.uint8).reshape(height, -1)
    # Each line begins with its filter type. Type 1 stores the difference from the pixel on the left.
    lines = np.ones((height, 1 + rows.shape[1]), np.uint8)
    lines[:, 1:] = rows
    lines[:, 1 + 2 * channels :] -= rows[:, : -2 * channels]
    kind = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 16, kind, 0, 0, 0))]
    if picture.profile:
        chunks.append((b"iCCP", b"ICC profile\0\0" + zlib.compress(picture.profile)))
    if picture.dpi:
        across, down = (round(dots / 0.0254) for dots in picture.dpi)  # per metre
        chunks.append((b"pHYs", struct.pack(">IIB", across, down, 1)))
    if picture.exif:
        chunks.append((b"eXIf", picture.exif.removeprefix(b"Exif\0\0")))
    chunks += [(b"IDAT", zlib.compress(lines.data)), (b"IEND", b"")]
    checked = ((struct.pack(">I", len(body)), name + body) for name, body in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(size + body + struct.pack(">I", zlib.crc32(body)) for size, body in checked)


def _tiff(picture: "Picture") -> bytes:
    """Return the bytes of a 16-bit TIFF file, which consists of a header, a directory and the uncompressed pixels."""
    height, width = picture.pixels.shape[:2]
    channels = picture.pixels.size // (height * width)
    directory = TiffImagePlugin.ImageFileDirectory_v2(prefix=b"II")
    if picture.exif:
        exif = _directories(picture.exif)
        for tag in exif:
            directory[tag] = exif.get_ifd(tag) if tag in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo) else exif[tag]
    pixels = picture.pixels.astype("<u2").tobytes()
    directory[256], directory[257] = width, height
    directory[258] = (16,) * channels
    directory[259] = 1  # not compressed
    directory[262] = 2 if channels > 2 else 1  # RGB, or grey in which 0 is black
    directory[273], directory[278], directory[279] = 0, height, len(pixels)  # one strip, right after the directory
    directory[277] = channels
    directory[284] = 1  # the channels of a pixel are stored together
    if picture.has_alpha:
        directory[338] = 2  # the colours are not multiplied by alpha
    if picture.profile:
        directory[34675] = picture.profile
    if picture.dpi:
        directory[282], directory[283] = picture.dpi
        directory[296] = 2  # dots per inch
    return b"II*\0" + struct.pack("<I", 8) + directory.tobytes(8) + pixels


def _directories(data: bytes) -> Image.Exif:
    """Return EXIF data as a Pillow Exif object that Pillow's TIFF writer accepts.

    The TIFF writer needs the nested Interop directory as a dict.
    """
    exif = Image.Exif()
    exif.load(data)
    if ExifTags.IFD.Exif in exif:
        details = exif.get_ifd(ExifTags.IFD.Exif)
        if ExifTags.IFD.Interop in details:
            details[ExifTags.IFD.Interop] = dict(exif.get_ifd(ExifTags.IFD.Interop))
    return exif
