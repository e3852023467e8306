"""Image files of every kind that the libraries here can write, whole and damaged."""

import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageCms

from .given import Given, chance, pick

NAMES = ("photo", "a b", "photo[1]", "ünï", "100%", "2024.05.01", "-o", "#1", "x" * 100)
ENDINGS = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp", "BMP": ".bmp", "TIFF": ".tif", "GIF": ".gif", "PPM": ".ppm",
           "TGA": ".tga", "ICO": ".ico", "JPEG2000": ".jp2", "AVIF": ".avif"}  # fmt: skip
MODES = {"PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16", "deep", "deep alpha"), "JPEG": ("L", "RGB", "CMYK"),
         "WEBP": ("RGB", "RGBA"), "BMP": ("1", "L", "P", "RGB"), "GIF": ("P", "L"), "PPM": ("1", "L", "RGB"),
         "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "LAB", "I;16", "I", "F", "deep", "deep alpha"),
         "TGA": ("L", "RGB", "RGBA"), "ICO": ("RGBA",), "JPEG2000": ("L", "RGB", "RGBA"), "AVIF": ("RGB",)}  # fmt: skip
PROFILES = {name: ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes() for name in ("sRGB", "LAB", "XYZ")}
NO_PATHS = (None, 3, 0.5, b"photo.png", [], {}, True, object())
PLAIN = ("RGB", "RGBA", "L")  # modes that every reader here must take


def draw_file(rng, folder, shape=None, odd=()):
    """Write an image file to the folder; Given is its path.

    shape : (H, W), or None for any
    odd : from "mode" (an unusual kind of pixels or extra), "damage" (the bytes are broken) and "path" (no such file)
    """
    if "path" in odd:
        return _odd_path(rng, folder)
    shape = shape or (int(rng.integers(1, 24)), int(rng.integers(1, 24)))
    format_ = pick(rng, list(ENDINGS) if "mode" in odd else ("PNG", "PNG", "JPEG", "TIFF", "BMP", "WEBP"))
    mode = pick(rng, MODES[format_] if "mode" in odd else [mode for mode in MODES[format_] if mode in PLAIN])
    extra = pick(rng, EXTRAS) if "mode" in odd else None
    content = encode(rng, shape, format_, mode, extra)
    words, good = f"{shape} {mode} {format_} with {extra}", None if "mode" in odd else True
    if "damage" in odd:
        content, damage = break_bytes(rng, content)
        words, good = f"{words}, {damage}", None
    ending = pick(rng, list(ENDINGS.values())) if "mode" in odd and chance(rng, 0.1) else ENDINGS[format_]
    path = Path(folder) / f"{pick(rng, NAMES)}{pick(rng, (ending, ending, ending.upper()))}"
    path.write_bytes(content)
    return Given(pick(rng, (path, str(path))), f"<{path.name!r}: {words}>", good)


EXTRAS = (None, None, "orientation", "broken EXIF", "frames", "profile", "broken profile", "transparency", "resolution")


def encode(rng, shape, format_, mode, extra):
    """The bytes of a random picture in that format, mode and with that extra, if the format has it."""
    if mode.startswith("deep"):
        pixels = rng.integers(0, 65536, (*shape, 4 if "alpha" in mode else 3), dtype=np.uint16)
        return cv2.imencode(ENDINGS[format_], pixels)[1].tobytes()
    image, options = _image(rng, shape, mode), {}
    if extra == "orientation":
        exif = Image.Exif()
        exif[0x0112] = pick(rng, (1, 2, 3, 4, 5, 6, 7, 8, 0, 9, 65535))
        options["exif"] = exif.tobytes()
    elif extra == "broken EXIF":
        options["exif"] = b"Exif\0\0" + pick(rng, (b"", b"MM", rng.bytes(40), b"II*\0\xff\xff\xff\x7f"))
    elif extra == "frames" and format_ in ("PNG", "WEBP", "GIF", "TIFF"):
        options |= {"save_all": True, "append_images": [_image(rng, shape, mode) for _ in range(2)]}
    elif extra in ("profile", "broken profile"):
        options["icc_profile"] = PROFILES[pick(rng, list(PROFILES))] if extra == "profile" else rng.bytes(200)
    elif extra == "transparency" and mode in ("P", "L", "RGB", "1") and format_ in ("PNG", "GIF"):
        options["transparency"] = tuple(map(int, rng.integers(0, 255, 3))) if mode == "RGB" else int(rng.integers(0, 2))
    elif extra == "resolution":
        options["dpi"] = pick(rng, ((300, 300), (0, 0), (1, 1000)))
    if format_ == "TIFF":
        options["compression"] = pick(rng, (None, "tiff_lzw", "tiff_adobe_deflate", "packbits"))
    file = io.BytesIO()
    try:
        image.save(file, format_, **options)
    except Exception:  # not every format accepts every extra, and each writer reports this in its own way
        file = io.BytesIO()
        Image.new("RGB", image.size).save(file, "PNG")
    return file.getvalue()


def _image(rng, shape, mode):
    deep = {"I;16": ("uint16", 65536), "I": ("int32", pick(rng, (255, 65536, 2**31 - 1))), "F": ("float32", 1)}
    if mode in deep:
        dtype, most = deep[mode]
        values = rng.random(shape) * most
        return Image.fromarray(values.astype(dtype))
    image = Image.fromarray(rng.integers(0, 256, (*shape, 4), dtype=np.uint8), "RGBA")
    if mode in ("RGBA", "LA"):
        return image.convert(mode)
    image = image.convert("RGB")
    if mode == "LAB":  # Pillow converts to LAB by profiles alone; any numbers will do here
        return Image.frombytes("LAB", image.size, image.tobytes())
    return image.convert(mode)


def break_bytes(rng, content):
    """(damaged bytes, what was done)."""
    kinds = ("cut", "cut", "bits", "bits", "zeros", "empty", "noise", "text", "behind", "before", "huge header")
    kind = pick(rng, kinds)
    if kind == "cut":
        return content[: rng.integers(len(content))], "cut short"
    if kind == "bits":
        data = np.frombuffer(content, np.uint8).copy()
        for _ in range(pick(rng, (1, 3, 30))):
            data[rng.integers(len(data))] ^= np.uint8(1 << rng.integers(8))
        return data.tobytes(), "bits flipped"
    if kind == "zeros":
        start = int(rng.integers(len(content)))
        return content[:start] + bytes(len(content) - start), f"zeros from byte {start}"
    if kind == "huge header":
        return pick(rng, _HUGE_HEADERS)
    changed = {"empty": b"", "noise": rng.bytes(300), "text": b"<html>not found</html>\n" * 9}
    return changed.get(kind, rng.bytes(50) + content if kind == "before" else content + rng.bytes(50)), kind


def _png(width, height):
    """A PNG file that says it is that large, with the pixels of a small one."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(bytes(100))
    chunks = [struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in (header, data)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


_HUGE_HEADERS = (
    (_png(100_000, 100_000), "a header of 100 000 × 100 000"),
    (_png(2**31 - 1, 1), "a header of 2³¹ − 1 × 1"),
    (_png(0, 5), "a header of 0 × 5"),
    (_png(9_500, 9_500), "a header of 9 500 × 9 500"),
    (b"P6 99999 99999 255\n" + bytes(99), "a PPM header of 99 999 × 99 999"),
    (b"P5 0 0 255\n", "a PPM header of 0 × 0"),
    (b"BM" + struct.pack("<IHHIIiiHH", 99, 0, 0, 54, 40, 2**31 - 1, -(2**31), 1, 24) + bytes(24), "a huge BMP"),
)


def _odd_path(rng, folder):
    folder = Path(folder)
    links = ("link to nothing", "link to itself")
    kind = pick(rng, ("missing", "folder", "missing folder", "no path", *links, "null byte", "long"))
    names = {"missing folder": "nowhere/odd.png", "long": "n" * 300 + ".png"}
    path = folder / names.get(kind, "odd.png")
    if kind == "folder":
        path.mkdir()
    elif kind in links:
        try:
            path.symlink_to(folder / "nothing.png" if kind == "link to nothing" else path)
        except OSError:  # Windows asks for a permission
            kind = "missing"
    elif kind == "no path":
        value = pick(rng, NO_PATHS)
        return Given(value, repr(value), False)
    elif kind == "null byte":
        return Given(str(folder / "a\0b.png"), "<a path with a null byte>", False)
    return Given(path, f"<{kind}: {path.name[:20]!r}>", False)


def draw_hole_file(rng, folder, shape, odd=()):
    """Write a mask file, white = hole, with at least one valid pixel."""
    if odd:
        return draw_file(rng, folder, pick(rng, (shape, shape, None)), odd)
    hole = rng.random(shape) < pick(rng, (0.0, 0.1, 0.4, 0.9))
    hole[tuple(rng.integers(shape))] = False
    kinds = (("PNG", "1"), ("PNG", "L"), ("PNG", "RGB"), ("BMP", "L"), ("TIFF", "1"), ("WEBP", "RGB"))
    format_, mode = pick(rng, kinds)
    path = Path(folder) / f"{pick(rng, NAMES)}-mask{ENDINGS[format_]}"
    options = {"lossless": True} if format_ == "WEBP" else {}
    Image.fromarray(np.uint8(hole) * 255).convert(mode).save(path, format_, **options)
    good = True if hole.any() else None  # a mask without a hole may be refused
    return Given(pick(rng, (path, str(path))), f"<{path.name!r}: mask {shape} {mode} {format_}>", good)


def read_all(folder):
    """{path: bytes, or None for a folder or a link that leads nowhere} of everything in a folder."""
    return {path: path.read_bytes() if path.is_file() else None for path in sorted(Path(folder).rglob("*"))}
