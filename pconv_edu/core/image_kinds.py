"""Decide from the extension of a file whether the file can be a picture, and explain why a file cannot be read.

The explanations also say what the user can do.
"""

from pathlib import Path

from PIL import Image

FORMATS = {  # file extension -> format that can be written
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WEBP",
    ".bmp": "BMP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".jpe": "JPEG",
    ".jfif": "JPEG",
}
CAMERA_RAW = "camera raw"
CONVERT = {  # files that Pillow can't read, or from which Pillow would read only the small preview
    **dict.fromkeys((".heic", ".heif", ".hif"), "HEIC"),
    **dict.fromkeys((".3fr", ".arw", ".cr2", ".cr3", ".dng", ".erf", ".iiq", ".nef", ".nrw"), CAMERA_RAW),
    **dict.fromkeys((".orf", ".pef", ".raf", ".raw", ".rw2", ".srw", ".x3f"), CAMERA_RAW),
    ".jxl": "JPEG XL",
    ".avif": "AVIF",  # Pillow reads it only if it was built with the decoder
    ".svg": "SVG",
    ".pdf": "PDF",
    ".xcf": "GIMP",
    ".kra": "Krita",
    ".psb": "PSB",
}
HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}  # brands in the first bytes
AVIF = {b"avif", b"avis"}
RECORD = ".filled-pixels.png"  # the ending of records of filled pixels (see `inpainters.record`), which are no photos
WAY_OUT = "files can't be read here; convert it to PNG or JPEG"


def image_endings() -> set[str]:
    """Return the lower-case extensions of all image files that can be read, such as {".png", ".jpg", ".gif", …}."""
    Image.init()
    endings = {ending for ending, format_ in Image.registered_extensions().items() if format_ in Image.OPEN}
    return endings | {".mpo"}  # a JPEG with a second picture, which Pillow reads too


def is_image_name(path: Path | str) -> bool:
    """Return True if the extension of a file, in upper or lower case, is among those that `image_endings` returns.

    Records of filled pixels are not photos, so the result for them is False.
    """
    return Path(path).suffix.lower() in image_endings() and not is_record_name(path)


def is_record_name(path: Path | str) -> bool:
    """Return True if a file is a record of filled pixels, by the ending of its name."""
    return Path(path).name.lower().endswith(RECORD)


def why_no_image(path: Path | str) -> str | None:
    """Return a short reason why files with this extension can't be read as photos, or None if they can."""
    if is_image_name(path):
        return None
    if is_record_name(path):
        return "the record of which pixels of another file were filled"
    kind = CONVERT.get(Path(path).suffix.lower())
    return f"{kind} {WAY_OUT}" if kind else "not an image file, by the ending of its name"


def why_unidentified(start: bytes) -> str:
    """Return a short reason why no decoder accepts a file. `start` contains at least the first 12 bytes of the file."""
    if start[4:8] == b"ftyp" and start[8:12] in HEIC | AVIF:
        return f"{'AVIF' if start[8:12] in AVIF else 'HEIC'} {WAY_OUT}"
    if start[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return "a broken TIFF, or one of a kind that can't be read here; save it with 8 or 16 bits a channel"
    return "not an image, or a broken one"
