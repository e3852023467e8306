"""Which files are pictures, and which are refused at once: too large, of an unsupported kind, or not a file."""

import io
import os
import struct
import warnings
import zlib

import numpy as np
import pytest
from PIL import Image

from pconv_edu.core import read_image
from pconv_edu.core.image_kinds import is_image_name, why_no_image
from pconv_edu.core.pictures import LARGEST, read_picture

RGB = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)


def png_header(width, height, depth=8, color=2):
    """The beginning of a PNG file: enough to say its size."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return start + struct.pack(">I", 100) + b"IDAT" + bytes(20)


def test_the_limit_of_the_size_is_one_and_ours(tmp_path):
    side = int(LARGEST**0.5)
    for size, large in (
        ((side, side), False),
        ((side + 1, side + 1), True),
        ((20000, 10000), True),
        ((60000, 60000), True),
    ):
        (tmp_path / "a.png").write_bytes(png_header(*size))
        says = "too large: at most 120 megapixels" if large else "broken or cut short"
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # Pillow's own warning is not shown
            with pytest.raises(ValueError, match=rf"a\.png: .*{says}"):
                read_picture(tmp_path / "a.png")


def test_what_pillow_warns_of_is_read_without_a_warning(tmp_path, monkeypatch):
    Image.fromarray(RGB).save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 20)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read_image(tmp_path / "a.png").shape == (5, 7, 3)


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"hevc"])
@pytest.mark.parametrize("name", ["a.heic", "a.HEIF", "a.jpg"])
def test_heic_is_named_with_the_way_out(tmp_path, brand, name):
    (tmp_path / name).write_bytes(b"\0\0\0\x18ftyp" + brand + bytes(40))
    with pytest.raises(ValueError, match=rf"{name}: HEIC files can't be read here; convert it to PNG or JPEG"):
        read_image(tmp_path / name)


@pytest.mark.parametrize("name", ["a.NEF", "a.dng", "a.cr2"])
def test_the_preview_in_a_raw_file_is_not_taken_for_the_photo(tmp_path, name):
    buffer = io.BytesIO()
    Image.fromarray(RGB).save(buffer, "TIFF")
    (tmp_path / name).write_bytes(buffer.getvalue())
    with pytest.raises(ValueError, match=rf"{name}: camera raw files .*convert it to PNG or JPEG"):
        read_image(tmp_path / name)


def test_which_files_are_photos_by_their_names():
    for name in (
        "a.png",
        "a.PNG",
        "a.jpeg",
        "a.jfif",
        "a.jpe",
        "a.gif",
        "a.tif",
        "a.webp",
        "a.bmp",
        "a.jp2",
        "a.mpo",
        "a.tga",
    ):
        assert is_image_name(name) and why_no_image(name) is None, name
    for name in ("a.heic", "a.HEIC", "a.nef", "a.jxl", "a.xcf"):
        assert not is_image_name(name) and why_no_image(name).endswith("convert it to PNG or JPEG"), name
    assert why_no_image("notes.txt") == why_no_image("png") == "not an image file, by the ending of its name"


def test_a_pipe_is_refused_instead_of_waited_for(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes here")
    os.mkfifo(tmp_path / "a.png")
    with pytest.raises(OSError, match="not an ordinary file"):
        read_image(tmp_path / "a.png")
