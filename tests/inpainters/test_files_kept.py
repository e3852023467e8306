"""What a filled file keeps of its photo: bits, channels, colour profile, EXIF data, resolution; and what is said."""

import io

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageCms

from pconv_edu.core import write_image
from pconv_edu.core.color_profiles import space_of
from pconv_edu.core.image_files import write_picture
from pconv_edu.core.pictures import Picture, read_picture
from tests.core.profiles import cmyk_profile, grey_profile, rgb_profile

from .one_photo import HOLE, MASK, PHOTO, fill

DEEP = np.random.default_rng(1).integers(0, 65536, (40, 56, 4), dtype=np.uint16)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [(), (2,), (3,), (4,)], ids=["grey", "grey and alpha", "RGB", "RGBA"])
@pytest.mark.parametrize("ending", ["png", "tif"])
@pytest.mark.parametrize("method", ["mean", "telea"])
def test_bits_and_channels_stay_and_valid_pixels_are_identical(files, dtype, channels, ending, method):
    pixels = DEEP[..., 0] if channels == () else DEEP[..., : channels[0]]
    pixels = pixels if dtype == np.uint16 else np.uint8(pixels >> 8)
    if ending == "tif" and channels == (2,) and dtype == np.uint16:
        ending = "png"  # TIFF of that kind can't be read
    write_picture(files / f"a.{ending}", Picture(pixels))
    filled = fill(files, f"a.{ending}", out=f"filled.{ending}", method=method).pixels
    assert filled.dtype == dtype and filled.shape == pixels.shape
    assert np.array_equal(filled[MASK], pixels[MASK])
    assert (filled[HOLE] != pixels[HOLE]).reshape(HOLE.sum(), -1).any(axis=1).mean() > 0.9
    whole = np.iinfo(dtype).max
    layers = np.moveaxis(np.atleast_3d(pixels / whole), 2, 0)
    if method == "mean":
        expected = np.array([layer[MASK].mean() for layer in layers])
        assert abs(np.atleast_2d(filled[HOLE].T).T.reshape(HOLE.sum(), -1) / whole - expected).max() < 1 / 255


def test_a_network_keeps_16_bits(files):
    write_picture(files / "a.png", Picture(DEEP))
    assert np.array_equal(fill(files, "a.png", method="l1").pixels[MASK], DEEP[MASK])


def test_each_number_of_16_bits_comes_back(files):
    pixels = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    write_picture(files / "a.tif", Picture(pixels))
    write_image(files / "corner.png", np.pad(np.ones((1, 1)), ((255, 0), (255, 0))))
    filled = fill(files, "a.tif", "corner.png", "filled.tif").pixels
    assert np.array_equal(filled.flat[:-1], pixels.flat[:-1]) and filled[-1, -1] in (32767, 32768)


def test_a_fill_of_16_bits_uses_them(files):
    """The mean of the valid pixels is not one of the 256 values that 8 bits have."""
    pixels = np.full((40, 56), 1000, np.uint16)
    pixels[::2] = 1001
    write_picture(files / "a.png", Picture(pixels))
    assert set(np.unique(fill(files, "a.png").pixels[HOLE])) <= {1000, 1001}


@pytest.mark.parametrize("out", ["jpg", "webp", "bmp"])
def test_16_bits_become_8_aloud_where_the_format_has_no_more(files, capsys, out):
    write_picture(files / "a.png", Picture(DEEP[..., :3]))
    filled = fill(files, "a.png", out=f"a.{out}").pixels
    assert f"note: 16 bits become 8 in {out.upper().replace('JPG', 'JPEG')}" in capsys.readouterr().err
    if out != "jpg":
        assert np.array_equal(filled[MASK], np.rint(DEEP[..., :3][MASK] / 257))


def test_jpeg_changes_valid_pixels_little(files):
    photo = read_picture(files / "photo.png").pixels.astype(int)
    change = abs(fill(files, out="a.jpg").pixels[MASK] - photo[MASK])
    assert 0 < change.max() <= 32 and change.mean() < 3


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "tif"])
def test_exif_and_resolution_stay_and_the_picture_is_upright(files, orientation, ending):
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Orientation] = "maker", orientation
    exif.get_ifd(ExifTags.IFD.GPSInfo)[1] = "N"
    exif.load(exif.tobytes())
    Image.fromarray(PHOTO).save(files / f"a.{ending}", exif=exif, dpi=(300, 150))
    upright = read_picture(files / f"a.{ending}").pixels
    write_image(files / "turned.png", np.ones(upright.shape[:2]) * (np.arange(upright.shape[1]) < 9))
    filled = fill(files, f"a.{ending}", "turned.png", f"filled.{ending}")
    assert filled.pixels.shape == upright.shape
    assert filled.dpi == pytest.approx((300, 150) if orientation < 5 else (150, 300), abs=0.02)
    with Image.open(files / f"filled.{ending}") as image:
        kept = image.getexif()
        assert kept[ExifTags.Base.Make] == "maker" and kept.get(ExifTags.Base.Orientation, 1) == 1
        assert kept.get_ifd(ExifTags.IFD.GPSInfo) == {1: "N"}
    if ending != "jpg":
        assert np.array_equal(filled.pixels[:, 9:], upright[:, 9:])


@pytest.mark.parametrize("out", ["png", "tif", "jpg", "webp"])
@pytest.mark.parametrize(
    "mode, profile, kept",
    [
        ("RGB", rgb_profile(), True),
        ("L", grey_profile(), True),
        ("L", rgb_profile(), False),
        ("CMYK", cmyk_profile(), False),
        ("CMYK", None, False),
        ("CMYK", rgb_profile(), False),
        ("RGB", cmyk_profile(), False),
        ("RGB", grey_profile(), False),
    ],
)
def test_the_profile_that_is_written_is_for_the_pixels_that_are_written(files, out, mode, profile, kept):
    if out == "webp" and mode == "L" and kept:
        out = "png"  # WebP has no grey
    Image.fromarray(PHOTO).convert(mode).save(files / "a.tif", icc_profile=profile)
    fill(files, "a.tif", out=f"filled.{out}")
    with Image.open(files / f"filled.{out}") as image:
        written = image.info.get("icc_profile")
        assert image.mode == {"CMYK": "RGB", "L": "RGB" if out == "webp" else "L"}.get(mode, mode)
        assert written is None or space_of(written) == {"L": "GRAY", "RGB": "RGB"}[image.mode]
    assert not kept or written == profile
    if mode == "CMYK" and profile == cmyk_profile():
        assert "sRGB" in ImageCms.getProfileDescription(ImageCms.getOpenProfile(io.BytesIO(written)))


@pytest.mark.parametrize("mode, kept, says", [("1", "L", "1-bit"), ("P", "RGB", "palette"), ("PA", "RGBA", "palette")])
def test_what_becomes_another_kind_of_picture_is_said(files, capsys, mode, kept, says):
    source = Image.fromarray(PHOTO).convert("P" if mode == "PA" else mode)
    source.save(files / "a.png", **({"transparency": source.getpixel((0, 0))} if mode == "PA" else {}))
    fill(files, "a.png")
    assert says in capsys.readouterr().err
    with Image.open(files / "filled.png") as image:
        assert image.mode == kept


def test_a_file_of_several_pages_is_refused_unless_the_first_is_asked_for(files):
    pages = [Image.fromarray(PHOTO), Image.fromarray(PHOTO[::-1])]
    for ending in ("tif", "gif", "png", "webp"):
        name = f"pages.{ending}"
        pages[0].save(files / name, save_all=True, append_images=pages[1:], lossless=True)
        with pytest.raises(SystemExit, match=rf"pages\.{ending}: it has 2 pages, frames or layers; give --first-page"):
            fill(files, name)
        filled = fill(files, name, "mask.png", f"{ending}.png", "--first-page").pixels
        assert ending == "gif" or np.array_equal(filled[MASK], PHOTO[MASK])
    masks = [Image.fromarray(np.uint8(255 * HOLE)), Image.fromarray(np.uint8(255 * MASK))]
    masks[0].save(files / "masks.tif", save_all=True, append_images=masks[1:])
    with pytest.raises(SystemExit, match=r"masks\.tif: it has 2 pages"):
        fill(files, mask="masks.tif")
    assert np.array_equal(fill(files, "photo.png", "masks.tif", "a.png", "--first-page").pixels[MASK], PHOTO[MASK])


def test_a_phones_second_picture_does_not_stop_it(files, capsys):
    image = Image.fromarray(PHOTO)
    image.save(files / "phone.jpg", format="MPO", save_all=True, append_images=[image.resize((7, 5))])
    assert fill(files, "phone.jpg").pixels.shape == PHOTO.shape
    assert "second picture" in capsys.readouterr().err
