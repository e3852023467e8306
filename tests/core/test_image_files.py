"""Image files of every kind are read and written, broken ones are named, and nothing is lost if writing fails."""

import os
import stat
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from pconv_edu.core import load_photo, read_hole_image, read_image, write_image
from pconv_edu.core.image_files import read_color_profile
from pconv_edu.core.photos import FOLDER

RNG = np.random.default_rng(0)
RGB = RNG.integers(0, 256, (5, 7, 3), dtype=np.uint8)


def close(a, b, within=1e-6):
    return a.dtype == np.float32 and a.shape == b.shape and abs(a - b).max() <= within


# ---- reading


def test_a_photo_file_is_the_bundled_photo():
    assert np.array_equal(read_image(FOLDER / "gc-animal-koala.jpg"), load_photo("gc-animal-koala"))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = Image.fromarray(RGB)
    image.save(tmp_path / "a.png", exif=exif)
    with Image.open(tmp_path / "a.png") as opened:
        expected = np.asarray(ImageOps.exif_transpose(opened))
    assert close(read_image(tmp_path / "a.png"), expected / np.float32(255))
    assert (read_image(tmp_path / "a.png").shape[0] == 7) == (orientation >= 5)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_of_16_bit_colour(tmp_path, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = cv2.imencode(".png", (RGB.astype(np.uint16) * 257)[..., ::-1])[1].tobytes()
    chunk = exif.tobytes().removeprefix(b"Exif\0\0")
    body = b"eXIf" + chunk
    extra = len(chunk).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    (tmp_path / "a.png").write_bytes(buffer[:33] + extra + buffer[33:])  # after the header chunk
    with Image.open(tmp_path / "a.png") as opened:
        expected = np.asarray(ImageOps.exif_transpose(opened))
    assert close(read_image(tmp_path / "a.png"), expected / np.float32(255))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("pixels", [RGB, RGB[..., 0], RGB.astype(np.uint16) * 257, RGB[..., 0].astype(np.uint16) * 257])
@pytest.mark.parametrize("compression", [1, 5])  # none, which Pillow would map into memory, and LZW
def test_orientation_of_tiff(tmp_path, pixels, orientation, compression):
    content = cv2.imencode(".tif", pixels, [cv2.IMWRITE_TIFF_COMPRESSION, compression])[1].tobytes()
    path = tmp_path / "a.tif"
    path.write_bytes(_with_tiff_orientation(content, orientation))
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = Image.fromarray(RGB[..., ::-1] if pixels.ndim == 3 else np.repeat(RGB[..., :1], 3, axis=2))  # cv2 is BGR
    upright.save(tmp_path / "same.png", exif=exif)
    assert close(read_image(path), read_image(tmp_path / "same.png"))


def _with_tiff_orientation(content, orientation):
    """A little-endian TIFF whose directory is written again at its end, with the orientation tag, 274."""
    start = struct.unpack("<I", content[4:8])[0]
    count = struct.unpack("<H", content[start : start + 2])[0]
    entries = [content[start + 2 + 12 * n : start + 14 + 12 * n] for n in range(count)]
    entries = [entry for entry in entries if entry[:2] != struct.pack("<H", 274)]
    entries.append(struct.pack("<HHIHH", 274, 3, 1, orientation, 0))
    entries.sort(key=lambda entry: struct.unpack("<H", entry[:2]))
    content += b"\0" * (len(content) % 2)
    directory = struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)
    return content[:4] + struct.pack("<I", len(content)) + content[8:] + directory


def test_grey_palette_one_bit_cmyk(tmp_path):
    image = Image.fromarray(RGB)
    for mode, name in (("L", "grey.png"), ("1", "bit.png"), ("P", "palette.png"), ("CMYK", "c.tif")):
        image.convert(mode).save(tmp_path / name)
        expected = np.asarray(image.convert(mode).convert("RGB")) / np.float32(255)
        assert close(read_image(tmp_path / name), expected), mode


def test_transparency_is_laid_over_white(tmp_path):
    rgba = np.dstack([RGB, np.full(RGB.shape[:2], 51, np.uint8)])  # 20 % opaque
    Image.fromarray(rgba).save(tmp_path / "a.png")
    assert close(read_image(tmp_path / "a.png"), 0.2 * RGB / np.float32(255) + 0.8)
    Image.fromarray(RGB[..., 0]).convert("LA").save(tmp_path / "la.png")
    assert close(read_image(tmp_path / "la.png"), np.repeat(RGB[..., :1], 3, axis=2) / np.float32(255))
    palette = Image.fromarray(RGB).convert("P")
    palette.save(tmp_path / "p.png", transparency=palette.getpixel((0, 0)))
    assert read_image(tmp_path / "p.png")[0, 0].tolist() == [1, 1, 1]


def test_transparency_is_kept_if_asked_for(tmp_path):
    rgba = RNG.integers(0, 256, (5, 7, 4), dtype=np.uint8)
    write_image(tmp_path / "a.png", rgba)
    assert close(read_image(tmp_path / "a.png", alpha=True), rgba / np.float32(255))
    write_image(tmp_path / "b.png", RGB)
    assert read_image(tmp_path / "b.png", alpha=True).shape == (5, 7, 3)
    deep = RNG.integers(0, 65536, (4, 6, 4), dtype=np.uint16)
    cv2.imwrite(str(tmp_path / "deep.png"), deep)
    assert close(read_image(tmp_path / "deep.png", alpha=True), (deep / 65535)[..., [2, 1, 0, 3]].astype(np.float32))


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tif"])
def test_the_color_profile_goes_along(tmp_path, ending):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    write_image(tmp_path / f"a.{ending}", RGB, color_profile=profile)
    assert read_color_profile(tmp_path / f"a.{ending}") == profile
    write_image(tmp_path / f"b.{ending}", RGB)
    assert read_color_profile(tmp_path / f"b.{ending}") is None


def test_sixteen_bits_keep_their_precision(tmp_path):
    grey = RNG.integers(0, 65536, (4, 6), dtype=np.uint16)
    color = RNG.integers(0, 65536, (4, 6, 3), dtype=np.uint16)
    alpha = np.dstack([color, np.full((4, 6), 13107, np.uint16)])  # 20 % opaque
    for ending in ("png", "tif"):
        for pixels, expected in (
            (grey, np.repeat(grey[..., None], 3, axis=2) / 65535),
            (color, color[..., ::-1] / 65535),
            (alpha, 0.2 * color[..., ::-1] / 65535 + 0.8),
        ):
            path = tmp_path / f"deep.{ending}"
            cv2.imwrite(str(path), pixels)
            if ending == "tif" and pixels.shape[2:] == (4,):
                continue  # OpenCV writes its alpha as an unnamed channel there
            assert close(read_image(path), expected, 1e-5), (ending, pixels.shape)


def test_pixels_of_no_known_range_are_refused(tmp_path):
    for value, says in ((np.int32(70000), "32 bits"), (np.float32(0.5), "floating-point")):
        Image.fromarray(np.full((3, 4), value)).save(tmp_path / "a.tif")
        with pytest.raises(ValueError, match=rf"a\.tif: .*{says}"):
            read_image(tmp_path / "a.tif")


def test_the_first_frame_of_an_animation(tmp_path):
    frames = [Image.fromarray(np.full((3, 3), value, np.uint8)) for value in (0, 255)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert read_image(tmp_path / "a.gif").max() == 0


@pytest.mark.parametrize("content", [b"", b"not an image", b"\x89PNG\r\n\x1a\n"])
def test_broken_files_are_named(tmp_path, content):
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"broken\.png"):
        read_image(path)


@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "tif", "bmp"])
def test_cut_files_are_named(tmp_path, ending):
    whole = tmp_path / f"whole.{ending}"
    write_image(whole, RNG.integers(0, 256, (64, 64, 3), dtype=np.uint8))
    cut = tmp_path / f"cut.{ending}"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(ValueError, match=rf"cut\.{ending}"):
        read_image(cut)


@pytest.mark.parametrize("content", [b"P6\n3x 2\n255\n" + bytes(18), b"P6\n3 2\n99999999999\n" + bytes(18)])
def test_what_a_decoder_says_is_given_with_the_file_name(tmp_path, content):
    path = tmp_path / "broken.ppm"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"broken\.ppm: the file is broken or cut short: "):
        read_image(path)


def test_missing_files_folders_and_bombs_are_named(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match=r"gone\.png: there is no such file"):
        read_image(tmp_path / "gone.png")
    with pytest.raises(IsADirectoryError, match="is a folder; give an image file"):
        read_image(tmp_path)
    write_image(tmp_path / "large.png", RGB)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    with pytest.raises(ValueError, match=r"large\.png: too large"):
        read_image(tmp_path / "large.png")


# ---- masks


def test_white_is_hole_in_a_file_and_true_is_valid_in_the_mask(tmp_path):
    hole = RNG.random((6, 9)) < 0.3
    for mode in ("L", "1", "RGB", "P", "RGBA"):
        Image.fromarray(np.uint8(255 * hole)).convert(mode).save(tmp_path / "hole.png")
        mask = read_hole_image(tmp_path / "hole.png")
        assert mask.dtype == bool and np.array_equal(mask, ~hole), mode


def test_values_between_are_refused_with_the_reason_unless_asked_for(tmp_path):
    hole = np.zeros((32, 32), np.uint8)
    hole[8:20, 9:21] = 255
    Image.fromarray(hole).save(tmp_path / "hole.jpg", quality=70)
    with pytest.raises(ValueError, match=r"hole\.jpg: .*JPEG.*bilinear.*threshold=0\.5"):
        read_hole_image(tmp_path / "hole.jpg")
    assert np.array_equal(read_hole_image(tmp_path / "hole.jpg", threshold=0.5), hole == 0)
    for threshold in (0, 1, 127):
        with pytest.raises(ValueError, match="threshold is"):
            read_hole_image(tmp_path / "hole.jpg", threshold=threshold)


@pytest.mark.parametrize("threshold", [None, 0.5])
def test_a_transparent_mask_is_refused_with_the_way_out(tmp_path, threshold):
    strokes = np.zeros((4, 4, 4), np.uint8)  # white paint on a transparent layer
    strokes[:2] = 255
    Image.fromarray(strokes).save(tmp_path / "rgba.png")
    Image.fromarray(strokes[..., 0]).save(tmp_path / "palette.png", transparency=0)
    for name in ("rgba.png", "palette.png"):
        with pytest.raises(ValueError, match=rf"{name[:-4]}\.png: some pixels are transparent.*black layer"):
            read_hole_image(tmp_path / name, threshold)


def test_a_mask_of_16_bits(tmp_path):
    hole = RNG.random((6, 9)) < 0.3
    Image.fromarray(np.uint16(65535 * hole)).save(tmp_path / "deep.png")
    assert np.array_equal(read_hole_image(tmp_path / "deep.png"), ~hole)


# ---- writing


@pytest.mark.parametrize("ending", ["png", "webp", "bmp", "tif", "PNG"])
@pytest.mark.parametrize("channels", [(), (3,), (4,)])
def test_round_trip_to_the_bit(tmp_path, ending, channels):
    pixels = RNG.integers(0, 256, (5, 7, *channels), dtype=np.uint8)
    if channels == (4,):
        pixels[..., 3] = 255
    path = tmp_path / f"a.{ending}"
    for image in (pixels, pixels / 255, (pixels / 255).astype(np.float32)):
        write_image(path, image)
        back = np.rint(read_image(path) * 255).astype(np.uint8)
        expected = np.repeat(pixels[..., None], 3, axis=2) if channels == () else pixels[..., :3]
        assert np.array_equal(back, expected)


def test_floats_are_rounded_not_cut(tmp_path):
    write_image(tmp_path / "a.png", np.array([[0.0019, 0.002, 0.4999, 0.5, 0.998, 0.9981]]))
    with Image.open(tmp_path / "a.png") as image:
        assert np.asarray(image).tolist() == [[0, 1, 127, 128, 254, 255]]


def test_jpeg_is_near(tmp_path):
    photo = load_photo("gc-animal-koala", size=64)
    write_image(tmp_path / "a.jpeg", photo)
    assert abs(read_image(tmp_path / "a.jpeg") - photo).mean() < 0.02


@pytest.mark.parametrize(
    "image, says",
    [
        (np.full((2, 2), np.nan), "nan"),
        (np.full((2, 2), 255.0), r"from 255\.0 to 255\.0.*\[0, 1\]"),
        (np.full((2, 2), -0.1), "-0.1"),
        (np.ones((2, 2), int), "int64"),
        (np.ones((2, 2, 2)), r"\(2, 2, 2\)"),
        (np.ones((0, 2)), r"\(0, 2\)"),
        (np.ones(4), r"\(4,\)"),
    ],
)
def test_bad_images_are_named_and_nothing_is_written(tmp_path, image, says):
    with pytest.raises((ValueError, TypeError), match=says):
        write_image(tmp_path / "a.png", image)
    assert list(tmp_path.iterdir()) == []


def test_bad_endings_are_named(tmp_path):
    with pytest.raises(ValueError, match=r"the ending '\.xyz' is not known; use one of \.png"):
        write_image(tmp_path / "a.xyz", RGB)
    with pytest.raises(ValueError, match="JPEG has no transparency"):
        write_image(tmp_path / "a.jpg", np.ones((2, 2, 4)))
    with pytest.raises(FileNotFoundError):
        write_image(tmp_path / "no folder" / "a.png", RGB)


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    write_image(path, RGB)
    before = path.read_bytes()

    def full_disk(self, file, *arguments, **options):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_image(path, RGB // 2)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
def test_permissions_are_those_of_a_new_file(tmp_path):
    write_image(tmp_path / "a.png", RGB)
    (tmp_path / "b").touch()
    mode = lambda path: stat.S_IMODE(path.stat().st_mode)  # noqa: E731
    assert mode(tmp_path / "a.png") == mode(tmp_path / "b")


@pytest.mark.parametrize("image", [[[0.1, 0.2], [0.3]], "photo.png", None])
def test_what_is_no_array_is_named(tmp_path, image):
    with pytest.raises(TypeError, match=r"^image is "):
        write_image(tmp_path / "new.tiff", image)
    assert not any(tmp_path.iterdir())
