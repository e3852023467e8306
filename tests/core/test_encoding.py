"""Files that are written: what each format keeps, read back by Pillow, OpenCV and tifffile."""

import io

import cv2
import numpy as np
import pytest
import tifffile
from PIL import ExifTags, Image

from pconv_edu.core import write_image
from pconv_edu.core.color_profiles import srgb
from pconv_edu.core.encoding import fitted
from pconv_edu.core.image_files import write_picture
from pconv_edu.core.pictures import Picture, read_picture

from .profiles import cmyk_profile, grey_profile, rgb_profile

RNG = np.random.default_rng(0)
SHAPES = [(5, 7), (5, 7, 2), (5, 7, 3), (5, 7, 4)]
IDS = ["grey", "grey and alpha", "RGB", "RGBA"]


def pixels_of(shape, dtype=np.uint8):
    return RNG.integers(0, np.iinfo(dtype).max, shape, dtype=dtype, endpoint=True)


def some_exif():
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "maker"
    exif.get_ifd(ExifTags.IFD.Exif).update({ExifTags.Base.ExposureTime: 0.01, ExifTags.IFD.Interop: {1: "R98"}})
    exif.get_ifd(ExifTags.IFD.GPSInfo)[1] = "N"
    return exif.tobytes()


@pytest.mark.parametrize("ending", ["png", "tif", "webp", "bmp"])
@pytest.mark.parametrize("shape", SHAPES, ids=IDS)
def test_8_bits_come_back_to_the_bit(tmp_path, ending, shape):
    pixels = pixels_of(shape)
    if ending == "bmp" and len(shape) == 3:
        pixels = pixels[..., 0] if shape[2] == 2 else pixels[..., :3]
    if pixels.shape[2:] in ((2,), (4,)):
        pixels[::2, :, -1] = 0  # transparent pixels keep their colours
    write_picture(tmp_path / f"a.{ending}", Picture(pixels))
    found = read_picture(tmp_path / f"a.{ending}").pixels
    if ending == "webp" and shape[2:] in ((), (2,)):  # has no grey mode
        assert np.array_equal(found[..., 0], found[..., 2])
        found = found[..., 0] if found.shape[2] == 3 else found[..., [0, 3]]
    assert found.dtype == np.uint8 and np.array_equal(found, pixels)


@pytest.mark.parametrize("shape", [*SHAPES, (1, 1), (1, 1, 3), (64, 1, 4)], ids=str)
def test_16_bit_png(tmp_path, shape):
    pixels = pixels_of(shape, np.uint16)
    write_picture(tmp_path / "a.png", Picture(pixels))
    assert np.array_equal(read_picture(tmp_path / "a.png").pixels, pixels)
    other = cv2.imread(str(tmp_path / "a.png"), cv2.IMREAD_UNCHANGED)
    if shape[2:] == (2,):
        pixels = pixels[..., [0, 0, 0, 1]]
    expected = pixels if pixels.ndim == 2 else pixels[..., [2, 1, 0, 3][: pixels.shape[2]]]
    assert other.dtype == np.uint16 and np.array_equal(other, expected)


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4), (1, 1), (64, 1, 4)], ids=str)
def test_16_bit_tiff(tmp_path, shape):
    pixels = pixels_of(shape, np.uint16)
    write_picture(tmp_path / "a.tif", Picture(pixels))
    assert np.array_equal(read_picture(tmp_path / "a.tif").pixels, pixels)
    with tifffile.TiffFile(tmp_path / "a.tif") as file:
        page = file.pages[0]
        assert page.asarray().dtype == np.uint16 and np.array_equal(page.asarray(), pixels)
        assert [int(extra) for extra in page.extrasamples] == ([2] if shape[2:] == (4,) else [])  # 2: not premultiplied


@pytest.mark.parametrize(
    "ending, dtype, shape",
    [(ending, dtype, shape) for ending in ("png", "tif") for dtype in (np.uint8, np.uint16) for shape in SHAPES[::2]]
    + [("jpg", np.uint8, (5, 7)), ("jpg", np.uint8, (5, 7, 3)), ("webp", np.uint8, (5, 7, 3))],
)
def test_profile_exif_and_resolution_are_kept(tmp_path, ending, dtype, shape):
    profile = grey_profile() if len(shape) == 2 else rgb_profile()
    path = tmp_path / f"a.{ending}"
    write_picture(path, Picture(pixels_of(shape, dtype), profile, some_exif(), (300, 150)))
    with Image.open(path) as image:
        assert image.info["icc_profile"] == profile
        exif = image.getexif()
        assert exif[ExifTags.Base.Make] == "maker" and exif.get_ifd(ExifTags.IFD.GPSInfo) == {1: "N"}
        assert exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ExposureTime] == 0.01
        assert exif.get_ifd(ExifTags.IFD.Interop) == {1: "R98"}
        if ending == "webp":
            dpi = exif[ExifTags.Base.XResolution], exif[ExifTags.Base.YResolution]
        else:
            dpi = image.info["dpi"]
        assert dpi == pytest.approx((300, 150), abs=0.02)
    again = read_picture(path)
    assert again.profile == profile and again.changes == ()


@pytest.mark.parametrize("ending", ["png", "tif", "jpg", "webp", "bmp"])
def test_what_is_not_there_is_not_written(tmp_path, ending):
    write_picture(tmp_path / f"a.{ending}", Picture(pixels_of((5, 7, 3))))
    with Image.open(tmp_path / f"a.{ending}") as image:
        assert "icc_profile" not in image.info and not set(image.getexif()) & {ExifTags.Base.Make, ExifTags.IFD.Exif}


@pytest.mark.parametrize(
    "ending, picture, says",
    [
        ("jpg", Picture(pixels_of((5, 7, 4))), "JPEG has no transparency"),
        ("jpg", Picture(pixels_of((5, 7, 2))), "JPEG has no transparency"),
        ("bmp", Picture(pixels_of((5, 7, 4))), "BMP has no transparency"),
        ("bmp", Picture(pixels_of((5, 7, 3)), rgb_profile()), "BMP has no colour profile"),
        ("tif", Picture(pixels_of((5, 7, 2), np.uint16)), "16 bits with transparency"),
        ("webp", Picture(np.zeros((1, 16384), np.uint8)), "WEBP has at most 16383 pixels a side"),
        ("jpg", Picture(np.zeros((65501, 1), np.uint8)), "JPEG has at most 65500 pixels a side"),
        ("gif", Picture(pixels_of((5, 7, 3))), r"the ending '\.gif' is not known"),
    ],
)
def test_what_would_become_another_picture_is_refused(tmp_path, ending, picture, says):
    for step in (
        lambda: fitted(picture, tmp_path / f"a.{ending}"),
        lambda: write_picture(tmp_path / f"a.{ending}", picture),
    ):
        with pytest.raises(ValueError, match=rf"a\.{ending}: .*{says}"):
            step()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending, side", [("webp", 16383), ("jpg", 65500)])
def test_the_longest_side_can_be_written(tmp_path, ending, side):
    write_picture(tmp_path / f"a.{ending}", Picture(np.zeros((1, side), np.uint8)))
    assert read_picture(tmp_path / f"a.{ending}").pixels.shape[:2] == (1, side)


def test_what_a_format_has_no_room_for_is_said(tmp_path):
    deep = np.array([[0, 128, 129, 65407, 65535]], np.uint16)
    for ending in ("jpg", "webp", "bmp"):
        picture = fitted(Picture(deep), tmp_path / f"a.{ending}")
        assert picture.pixels.tolist() == [[0, 0, 1, 255, 255]] and picture.pixels.dtype == np.uint8
        assert len(picture.changes) == 1 and "16 bits become 8" in picture.changes[0]
    kept = Picture(deep, exif=some_exif(), changes=("before",))
    as_png = fitted(kept, "a.png")
    assert np.array_equal(as_png.pixels, deep) and (as_png.exif, as_png.changes) == (kept.exif, kept.changes)
    assert (as_png.profile, as_png.dpi, as_png.orientation) == (kept.profile, kept.dpi, kept.orientation)
    long = some_exif() + bytes(70000)
    for picture, name in ((Picture(deep, exif=some_exif()), "a.bmp"), (Picture(deep, exif=long), "a.jpg")):
        assert "EXIF data are left out" in fitted(picture, name).changes[-1] and fitted(picture, name).exif is None


def test_bmp_takes_what_loses_nothing(tmp_path):
    opaque = np.dstack([pixels_of((5, 7, 3)), np.full((5, 7), 255, np.uint8)])
    write_picture(tmp_path / "a.bmp", Picture(opaque, srgb()))
    assert np.array_equal(read_picture(tmp_path / "a.bmp").pixels, opaque[..., :3])


def test_jpeg_is_of_quality_95_without_subsampling():
    from PIL import JpegImagePlugin

    from pconv_edu.core.encoding import encode

    written, other = io.BytesIO(), io.BytesIO()
    pixels = pixels_of((16, 16, 3))
    encode(Picture(pixels), written, "JPEG")
    Image.fromarray(pixels).save(other, "JPEG", quality=95)
    with Image.open(written) as image, Image.open(other) as expected:
        assert JpegImagePlugin.get_sampling(image) == 0 and image.quantization == expected.quantization


def test_arrays_of_16_bits_are_written_as_such(tmp_path):
    pixels = pixels_of((5, 7, 3), np.uint16)
    for ending in ("png", "tiff"):
        write_image(tmp_path / f"a.{ending}", pixels, color_profile=rgb_profile())
        picture = read_picture(tmp_path / f"a.{ending}")
        assert np.array_equal(picture.pixels, pixels) and picture.profile == rgb_profile()
    with pytest.raises(ValueError, match=r"a\.jpg: 16 bits become 8 in JPEG; write \.png"):
        write_image(tmp_path / "a.jpg", pixels)


def test_a_profile_for_other_pixels_is_refused(tmp_path):
    cases = (
        ((5, 7, 3), grey_profile()),
        ((5, 7), rgb_profile()),
        ((5, 7, 4), cmyk_profile()),
        ((5, 7, 3), b"no profile"),
    )
    for shape, profile in cases:
        with pytest.raises(ValueError, match=r"a\.png: color_profile is for .* pixels, but the image is"):
            write_image(tmp_path / "a.png", pixels_of(shape), color_profile=profile)
    assert list(tmp_path.iterdir()) == []
