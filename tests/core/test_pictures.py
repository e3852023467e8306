"""A picture file is read completely: every bit of its pixels, and their metadata."""

import struct
import warnings

import numpy as np
import pytest
import tifffile
from PIL import ExifTags, Image

from pconv_edu.core.pictures import count_pictures, read_picture

from .profiles import cmyk_profile, grey_profile, rgb_profile

RNG = np.random.default_rng(0)
GREY = RNG.integers(0, 256, (5, 7), dtype=np.uint8)
RGB = RNG.integers(0, 256, (5, 7, 3), dtype=np.uint8)
DEEP = RNG.integers(0, 65536, (5, 7, 4), dtype=np.uint16)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("ending", ["png", "tif"])
def test_pixels_of_8_bits_are_those_of_the_file(tmp_path, mode, ending):
    pixels = RNG.integers(0, 256, (5, 7, len(mode)), dtype=np.uint8).squeeze()
    Image.fromarray(pixels).save(tmp_path / f"a.{ending}")
    picture = read_picture(tmp_path / f"a.{ending}")
    assert picture.pixels.dtype == np.uint8 and np.array_equal(picture.pixels, pixels) and picture.changes == ()
    assert picture.white == 255 and picture.has_alpha == mode.endswith("A")


@pytest.mark.parametrize("byteorder", "<>")
@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_pixels_of_16_bit_tiff(tmp_path, byteorder, compression, channels):
    pixels = DEEP[..., 0] if channels == 1 else DEEP[..., :channels]
    kind = "minisblack" if channels == 1 else "rgb"
    extra = ["unassalpha"] if channels == 4 else None
    options = {"photometric": kind, "extrasamples": extra, "byteorder": byteorder, "compression": compression}
    tifffile.imwrite(tmp_path / "a.tif", pixels, **options)
    picture = read_picture(tmp_path / "a.tif")
    assert picture.pixels.dtype == np.uint16 and np.array_equal(picture.pixels, pixels) and picture.white == 65535


def test_a_fourth_channel_without_meaning_is_no_transparency(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", DEEP, photometric="rgb", extrasamples=["unspecified"])
    assert np.array_equal(read_picture(tmp_path / "a.tif").pixels, DEEP[..., :3])


def test_grey_whose_0_is_white(tmp_path):
    for pixels in (GREY, DEEP[..., 0]):
        tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="miniswhite")
        assert np.array_equal(read_picture(tmp_path / "a.tif").pixels, np.iinfo(pixels.dtype).max - pixels)


def test_12_bits_fill_the_whole_range(tmp_path):
    values = np.array([[0, 1, 2048, 4095]])
    packed = bytes([0x00, 0x00, 0x01, 0x80, 0x0F, 0xFF])
    entries = [(256, 4), (257, 1), (258, 12), (259, 1), (262, 1), (273, 8), (277, 1), (278, 1), (279, 6)]
    body = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    content = b"II*\0" + struct.pack("<I", 14) + packed + struct.pack("<H", len(entries)) + body + bytes(4)
    (tmp_path / "a.tif").write_bytes(content)
    found = read_picture(tmp_path / "a.tif").pixels
    assert found.dtype == np.uint16 and np.array_equal(found, np.rint(values * (65535 / 4095)))


@pytest.mark.parametrize(
    "data, options",
    [
        (DEEP[..., :3].transpose(2, 0, 1), {"photometric": "rgb", "planarconfig": "separate"}),
        (DEEP, {"photometric": "rgb", "extrasamples": ["assocalpha"]}),
        (DEEP[..., :3], {"photometric": "cielab"}),
        (DEEP[..., 0].astype(np.int16), {"photometric": "minisblack"}),
        (DEEP[..., :3].astype(np.int16), {"photometric": "rgb"}),
        (DEEP[..., 0].astype(np.uint32), {"photometric": "minisblack"}),
        (DEEP[..., :3].astype(np.float32), {"photometric": "rgb"}),
    ],
)
def test_what_would_be_misread_is_refused_with_a_way_out(tmp_path, data, options):
    tifffile.imwrite(tmp_path / "a.tif", np.ascontiguousarray(data), **options)
    with pytest.raises(ValueError, match=r"a\.tif: .*save it with 8 "):
        read_picture(tmp_path / "a.tif")


def test_one_colour_that_means_transparent(tmp_path):
    for pixels, name in ((GREY, "8.png"), (RGB, "rgb.png")):
        value = pixels[0, 0].tolist()
        Image.fromarray(pixels).save(tmp_path / name, transparency=tuple(value) if pixels.ndim == 3 else value)
        found = read_picture(tmp_path / name).pixels
        same = (pixels.reshape(5, 7, -1) == pixels[0, 0]).all(axis=2)
        assert (
            np.array_equal(found[..., -1], np.where(same, 0, 255))
            and found.shape[2] == pixels.shape[2:].count(3) * 2 + 2
        )
    Image.fromarray(DEEP[..., 0]).save(tmp_path / "16.png", transparency=int(DEEP[0, 0, 0]))
    found = read_picture(tmp_path / "16.png").pixels
    assert np.array_equal(found[..., 0], DEEP[..., 0]) and (found[..., 1] == 0).sum() == 1 and found[0, 0, 1] == 0


@pytest.mark.parametrize(
    "mode, shape, says",
    [("1", (5, 7), "1-bit"), ("P", (5, 7, 3), "palette"), ("CMYK", (5, 7, 3), "CMYK pixels become sRGB")],
)
def test_what_changes_its_kind_is_said(tmp_path, mode, shape, says):
    image = Image.fromarray(RGB).convert(mode)
    image.save(tmp_path / "a.tif")
    picture = read_picture(tmp_path / "a.tif")
    assert picture.pixels.shape == shape and len(picture.changes) == 1 and says in picture.changes[0]
    expected = image.convert("L" if mode == "1" else "RGB")
    assert np.array_equal(picture.pixels, np.asarray(expected))


@pytest.mark.parametrize(
    "pixels, profile, kept",
    [
        (RGB, rgb_profile(), True),
        (GREY, grey_profile(), True),
        (DEEP[..., 0], grey_profile(), True),
        (GREY, rgb_profile(), False),
        (RGB, grey_profile(), False),
        (RGB, cmyk_profile(), False),
        (RGB, b"no profile", False),
    ],
)
def test_a_profile_stays_with_its_kind_of_pixels_only(tmp_path, pixels, profile, kept):
    Image.fromarray(pixels).save(tmp_path / "a.tif", icc_profile=profile)
    picture = read_picture(tmp_path / "a.tif")
    assert picture.profile == (profile if kept else None)
    assert np.array_equal(picture.pixels, pixels) and len(picture.changes) == (0 if kept else 1)


def test_exif_without_orientation_and_thumbnail_but_with_the_rest(tmp_path):
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[256], exif[257] = 6, "maker", 7, 5
    exif.get_ifd(0x8769).update({0x829A: 0.01, 40962: 7, 40963: 5})
    exif.get_ifd(0x8825)[1] = "N"
    Image.fromarray(RGB).save(tmp_path / "a.jpg", exif=_with_thumbnail(exif), dpi=(300, 150))
    assert Image.open(tmp_path / "a.jpg").getexif().get_ifd(ExifTags.IFD.IFD1)  # the thumbnail is there
    picture = read_picture(tmp_path / "a.jpg")
    assert picture.pixels.shape == (7, 5, 3) and picture.orientation == 6 and picture.dpi == (150, 300)
    kept = Image.Exif()
    kept.load(picture.exif)
    assert kept[0x010F] == "maker" and not {0x0112, 256, 257} & set(kept) and kept.get_ifd(ExifTags.IFD.IFD1) == {}
    assert kept.get_ifd(0x8769) == {0x829A: 0.01, 40962: 5, 40963: 7} and kept.get_ifd(0x8825) == {1: "N"}


def _with_thumbnail(exif):
    """EXIF data with a second directory, which Pillow does not write: a thumbnail of no bytes."""
    data = exif.tobytes()
    start = 6 + 8
    order = ">" if data[6:8] == b"MM" else "<"
    count = struct.unpack(order + "H", data[start : start + 2])[0]
    link = start + 2 + 12 * count
    second = struct.pack(order + "HHHIII", 1, 259, 3, 1, 6 << 16 if order == ">" else 6, 0)
    return data[:link] + struct.pack(order + "I", len(data) - 6) + data[link + 4 :] + second


@pytest.mark.parametrize("ending, key", [("jpg", "xmp"), ("webp", "xmp"), ("tif", 700)])
def test_data_that_are_not_kept_are_named(tmp_path, ending, key):
    options = {"tiffinfo": {key: b"<x/>"}} if ending == "tif" else {key: b"<x/>"}
    Image.fromarray(RGB).save(tmp_path / f"a.{ending}", **options)
    picture = read_picture(tmp_path / f"a.{ending}")
    assert picture.changes == ("XMP data are left out",) and b"<x/>" not in (picture.exif or b"")


def test_damaged_exif_data_do_not_stop_a_photo(tmp_path):
    Image.fromarray(RGB).save(tmp_path / "a.png", exif=b"Exif\0\0II*\0\x08\0\0\0\xff\xff garbage")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picture = read_picture(tmp_path / "a.png")
    assert np.array_equal(picture.pixels, RGB)


@pytest.mark.parametrize("dpi", [(0, 0), (float("nan"), 1), (65536, 300), (float("inf"), 1)])
def test_a_resolution_that_cannot_be_is_none(tmp_path, dpi, monkeypatch):
    Image.fromarray(RGB).save(tmp_path / "a.png")
    image = Image.open(tmp_path / "a.png")
    image.info["dpi"] = dpi
    monkeypatch.setattr(Image, "open", lambda file: image)
    assert read_picture(tmp_path / "a.png").dpi is None


def test_tiff_without_resolution_has_none(tmp_path):
    Image.fromarray(RGB).save(tmp_path / "a.tif")
    assert read_picture(tmp_path / "a.tif").dpi is None


@pytest.mark.parametrize("ending", ["gif", "tif", "png", "webp"])
def test_pages_and_frames_are_counted(tmp_path, ending):
    frames = [Image.fromarray(np.full((5, 7, 3), value, np.uint8)) for value in (0, 90, 255)]
    frames[0].save(tmp_path / f"a.{ending}", save_all=True, append_images=frames[1:])
    assert count_pictures(tmp_path / f"a.{ending}") == 3
    frames[1].save(tmp_path / f"b.{ending}")
    assert count_pictures(tmp_path / f"b.{ending}") == 1


def test_the_second_picture_of_a_phone_is_no_page(tmp_path):
    image = Image.fromarray(RGB)
    image.save(tmp_path / "a.jpg", format="MPO", save_all=True, append_images=[image.resize((3, 2))])
    assert Image.open(tmp_path / "a.jpg").n_frames == 2 and count_pictures(tmp_path / "a.jpg") == 1
    picture = read_picture(tmp_path / "a.jpg")
    assert picture.pixels.shape == (5, 7, 3) and "second picture" in picture.changes[0]
