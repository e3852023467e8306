"""The learner's own photos in the studio are read like `read_image` does, named right, and saved at full size."""

import datetime
import io
import tempfile

import numpy as np
import pytest
from PIL import Image, ImageCms

from pconv_edu.core import load_photo, read_image, write_image
from pconv_edu.inpainters.files import inpaint_file
from pconv_edu.inpainters.record import read_record, with_record
from pconv_edu.lessons.widgets import MaskPainter, Studio
from pconv_edu.lessons.widgets.painter import resize_nearest
from pconv_edu.lessons.widgets.upload_button import UploadButton
from pconv_edu.lessons.widgets.uploads import UploadedPhoto

SMALL = np.uint8(load_photo("gc-animal-koala", size=(40, 56)) * 255)
LARGE = np.uint8(load_photo("gc-animal-koala", size=(200, 300)) * 255)
OTHER = np.uint8(load_photo("gc-erase-kingfisher", size=(40, 56)) * 255)


def file_of(pixels, format_="PNG", mode=None, **options):
    """The bytes of an image file."""
    image = Image.fromarray(pixels)
    buffer = io.BytesIO()
    (image.convert(mode) if mode else image).save(buffer, format_, **options)
    return buffer.getvalue()


def sixteen_bits(pixels):
    """A 16-bit grey PNG, most of whose values are far above 255."""
    return file_of(pixels.astype(np.uint16).mean(axis=2).astype(np.uint16) * 257 + 3)


def turned(orientation, pixels=LARGE):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return file_of(pixels, "JPEG", exif=exif, quality=95)


def with_alpha(pixels, alpha=90):
    return np.dstack([pixels, np.full(pixels.shape[:2], alpha, np.uint8)])


FILES = {
    "photo.png": file_of(SMALL),
    "photo.jpg": file_of(SMALL, "JPEG"),
    "turned.jpg": turned(6, SMALL),
    "mirrored.jpg": turned(7, SMALL),
    "16-bit.png": sixteen_bits(SMALL),
    "16-bit.tif": file_of(SMALL.mean(axis=2).astype(np.uint16) * 257, "TIFF"),
    "transparent.png": file_of(with_alpha(SMALL)),
    "clear.png": file_of(with_alpha(SMALL, 0)),
    "palette.png": file_of(SMALL, mode="P"),
    "clear-palette.gif": file_of(SMALL, "GIF", mode="P", transparency=3),
    "1-bit.png": file_of(SMALL, mode="1"),
    "grey.png": file_of(SMALL, mode="L"),
    "cmyk.jpg": file_of(SMALL, "JPEG", mode="CMYK"),
    "photo.webp": file_of(SMALL, "WEBP", lossless=True),
    "photo.bmp": file_of(SMALL, "BMP"),
    "no ending": file_of(SMALL),
    "../../photo[1]*.PNG": file_of(SMALL),
    "<b>größe</b>\n.png": file_of(SMALL),
    "wrong ending.xyz/..": file_of(SMALL),
}


def upload(studio, name, content):
    """What the upload button does."""
    now = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)
    file = {"name": name, "type": "", "size": len(content), "last_modified": now, "content": memoryview(content)}
    studio.upload.value = (file,)


def hole_in_the_middle(shape):
    mask = np.ones(shape, bool)
    mask[shape[0] // 4 : shape[0] // 2, shape[1] // 3 : shape[1] // 2] = False
    return mask


@pytest.fixture(scope="module")
def studio():
    return Studio("gc-erase-kingfisher", method="telea", size=64)


def saved(studio):
    """Press "Save filled photo"; return the name, the bytes and the description that are sent to the browser."""
    sent = []
    studio.painter.send = lambda content, buffers: sent.append((content["save"], buffers[0], content["detail"]))
    try:
        studio.save.click()
    finally:
        del studio.painter.send
    assert len(sent) <= 1
    return sent[0] if sent else None


def pixels_of(content):
    return np.asarray(Image.open(io.BytesIO(content)))


# ---- what is shown


@pytest.mark.parametrize("name", FILES)
def test_what_is_shown_is_what_read_image_reads(studio, tmp_path, name):
    path = tmp_path / "file"
    path.write_bytes(FILES[name])
    expected = read_image(path)
    upload(studio, name, FILES[name])
    assert np.array_equal(studio.painter.photo_array, expected)
    assert expected.std() > 0.05 or name.startswith("clear.")  # the picture is not empty
    assert np.array_equal(pixels_of(studio.painter.photo), np.uint8(255 * expected + 0.5))
    assert studio.photo.label == "your own" and studio.credit() == ""
    assert "Paint a hole" in studio.report.value


def test_large_uploads_are_shown_shrunk_and_saved_in_their_own_size(studio):
    upload(studio, "large.png", file_of(LARGE))
    assert studio.painter.mask.shape == (43, 64) and studio.painter.saved_mask.shape == (200, 300)
    small = Image.fromarray(LARGE).resize((64, 43), Image.Resampling.LANCZOS)
    assert np.array_equal(pixels_of(studio.painter.photo), np.asarray(small))
    upload(studio, "turned.jpg", turned(8))  # as it is displayed, not as the camera stored it
    assert studio.painter.mask.shape == (64, 43) and studio.painter.saved_mask.shape == (300, 200)
    studio.photo.value = "gc-animal-koala"
    assert studio.painter.saved_mask.shape == (64, 64)


def test_a_file_comes_in_parts():
    button = UploadButton()
    for number, part in enumerate((b"one ", b"two ", b"three")):
        button._take_part(button, {"name": "a.txt", "part": number, "parts": 3}, [memoryview(part)])
        assert (button.value == ()) == (number < 2)
    assert button.value == ({"name": "a.txt", "content": b"one two three"},)
    button._take_part(button, {"name": "b.txt", "part": 0, "parts": 2}, [memoryview(b"never finished")])
    button._take_part(button, {"name": "c.txt", "part": 0, "parts": 1}, [memoryview(b"whole")])
    assert button.value == ({"name": "c.txt", "content": b"whole"},)


def test_the_list_names_what_is_shown():
    studio = Studio("gc-erase-kingfisher", method="telea", size=64)
    kingfisher = studio.painter.photo_array
    studio.photo.value = ""  # "your own", but nothing was uploaded
    assert studio.photo.label == "gc-erase-kingfisher" and studio.painter.photo_array is kingfisher
    assert "no photo of your own yet: upload one" in studio.report.value

    upload(studio, "mine.png", file_of(SMALL))
    mine = studio.painter.photo_array
    assert studio.photo.label == "your own" and "no photo" not in studio.report.value
    studio.photo.value = "gc-animal-koala"
    assert studio.photo.label == "gc-animal-koala" and "BurningWell" in studio.credit()
    studio.photo.value = ""
    assert studio.photo.label == "your own" and np.array_equal(studio.painter.photo_array, mine)
    assert studio.credit() == "" and studio.painter.saved_mask.shape == (40, 56)

    studio.photo.value = "gc-animal-koala"
    upload(studio, "other.png", file_of(OTHER))
    assert studio.photo.label == "your own" and np.array_equal(pixels_of(studio.painter.photo), OTHER)


def test_an_array_of_ones_own_comes_back():
    studio = Studio(np.float32(SMALL) / 255, method="telea", size=16)
    studio.photo.value = "gc-animal-koala"
    studio.photo.value = ""
    assert np.array_equal(pixels_of(studio.painter.photo), SMALL) and studio.photo.label == "your own"


def test_the_same_file_can_be_uploaded_again(studio):
    upload(studio, "mine.png", file_of(SMALL))
    studio.painter.mask = hole = hole_in_the_middle((40, 56))
    upload(studio, "mine.png", file_of(255 - SMALL))
    assert np.array_equal(pixels_of(studio.painter.photo), 255 - SMALL)
    assert np.array_equal(studio.painter.mask, hole) and studio.filled is not None  # the size is the same
    upload(studio, "mine.png", file_of(SMALL))
    assert np.array_equal(pixels_of(studio.painter.photo), SMALL)
    studio.photo.value = "gc-animal-koala"
    assert studio.painter.mask.all() and studio.filled is None
    upload(studio, "mine.png", file_of(SMALL))
    assert np.array_equal(pixels_of(studio.painter.photo), SMALL) and studio.upload.value == ()


@pytest.mark.parametrize(
    "content", [b"text", b"", file_of(SMALL)[:400], file_of(np.float32(SMALL[..., 0]), "TIFF")], ids=len
)
@pytest.mark.parametrize("before", ["bundled", "own"])
def test_a_broken_upload_changes_nothing_but_says_so(before, content):
    studio = Studio("gc-erase-kingfisher", method="telea", size=64)
    if before == "own":
        upload(studio, "mine.png", file_of(SMALL))
    studio.painter.mask = hole_in_the_middle(studio.painter.mask.shape)
    state = studio.photo.label, studio.painter.photo, studio.painter.hole, studio.painter.result, studio.report.value
    upload(studio, "<i>notes</i>.tif", content)
    assert "&lt;i&gt;notes&lt;/i&gt;.tif: " in studio.report.value
    assert tempfile.gettempdir() not in studio.report.value
    after = studio.photo.label, studio.painter.photo, studio.painter.hole, studio.painter.result
    assert after == state[:-1] and studio.filled is not None and state[-1] in studio.report.value
    upload(studio, "good.png", file_of(OTHER))
    assert np.array_equal(pixels_of(studio.painter.photo), OTHER) and "notes" not in studio.report.value


# ---- what is saved


@pytest.mark.parametrize(
    "name, content",
    [
        ("photo.png", file_of(LARGE)),
        ("photo.jpg", file_of(LARGE, "JPEG")),
        ("turned.jpg", turned(6)),
        ("mirrored.jpg", turned(5)),
        ("16-bit.png", sixteen_bits(LARGE)),
        ("transparent.png", file_of(with_alpha(LARGE))),
        ("small.png", file_of(SMALL)),
    ],
)
def test_the_saved_photo_is_filled_at_its_own_size(studio, tmp_path, name, content):
    """It is the file that the command line writes with the mask that the painter saves, and contains its record."""
    upload(studio, name, content)
    studio.painter.mask = hole_in_the_middle(studio.painter.mask.shape)
    file, data, detail = saved(studio)
    assert file == f"{name.split('.')[0]}-filled.png"

    photo, mask, out = tmp_path / name, tmp_path / "mask.png", tmp_path / "filled.png"
    photo.write_bytes(content)
    valid = studio.painter.saved_mask
    write_image(mask, 1.0 - valid)
    inpaint_file(photo, mask, out, "telea")
    assert data == with_record(out.read_bytes(), valid, "telea")
    (tmp_path / "saved.png").write_bytes(data)
    assert np.array_equal(read_record(tmp_path / "saved.png").filled, ~valid)

    original, filled = read_image(photo, alpha=True), read_image(out, alpha=True)
    assert filled.shape == original.shape and valid.shape == original.shape[:2]
    assert abs(filled - original)[valid].max() <= 0.5 / 255  # not an enlarged small fill
    assert abs(filled - original)[~valid].max() > 0.1
    assert f"{original.shape[1]} × {original.shape[0]} pixels, filled by telea in " in detail


def test_bundled_photos_and_arrays_are_saved_as_they_are_shown(studio):
    studio.photo.value = "gc-animal-koala"
    studio.painter.mask = hole_in_the_middle((64, 64))
    file, data, _ = saved(studio)
    assert file == "gc-animal-koala-filled.png"
    assert data == with_record(studio.painter.result, studio.painter.mask, "telea")
    array = Studio(np.float32(SMALL) / 255, hole_in_the_middle((40, 56)), "telea", size=16)
    file, data, _ = saved(array)
    assert file == "photo-filled.png"
    assert data == with_record(array.painter.result, array.painter.mask, "telea")


def test_it_says_what_it_is_doing_and_takes_one_order_at_a_time(studio, monkeypatch):
    upload(studio, "large.png", file_of(LARGE))
    studio.painter.mask = hole_in_the_middle((43, 64))
    last, during = studio.report.value, []
    fill = UploadedPhoto.fill
    monkeypatch.setattr(
        UploadedPhoto, "fill", lambda *a: during.append((studio.report.value, studio.save.disabled)) or fill(*a)
    )
    assert saved(studio)
    ((text, disabled),) = during
    assert "Filling 300 × 200 pixels by telea … That is 21.8 times as many as in the copy shown" in text and disabled
    assert studio.report.value == last and not studio.save.disabled
    assert "Download this copy of 64 × 43 pixels" in last


def test_nothing_to_save_and_a_failure(studio, monkeypatch):
    upload(studio, "large.png", file_of(LARGE))
    studio.painter.mask = np.ones((43, 64), bool)
    assert saved(studio) is None and "There is no hole to fill yet" in studio.report.value
    studio.painter.mask = np.zeros((43, 64), bool)
    assert saved(studio) is None and tempfile.gettempdir() not in studio.report.value
    studio.painter.mask = hole_in_the_middle((43, 64))
    filled = studio.filled

    def broken(*arguments):
        raise MemoryError("too large")

    monkeypatch.setattr(UploadedPhoto, "fill", broken)
    assert saved(studio) is None and "MemoryError: too large" in studio.report.value
    assert studio.filled is filled and studio.painter.result and not studio.save.disabled
    monkeypatch.undo()
    assert saved(studio) and "MemoryError" not in studio.report.value


def test_a_colour_profile_stays_with_the_photo(studio):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    upload(studio, "a.png", file_of(LARGE, icc_profile=profile))
    studio.painter.mask = hole_in_the_middle((43, 64))
    _, data, _ = saved(studio)
    assert Image.open(io.BytesIO(data)).info["icc_profile"] == profile


# ---- masks of another size


def test_masks_are_enlarged_by_the_nearest_pixel():
    mask = np.array([[True, False], [False, True]])
    assert np.array_equal(resize_nearest(mask, 4, 6), np.kron(mask, np.ones((2, 3))).astype(bool))
    assert np.array_equal(resize_nearest(mask, 1, 3), [[False, True, True]])
    wide = hole_in_the_middle((43, 64))
    assert np.array_equal(resize_nearest(resize_nearest(wide, 200, 300), 43, 64), wide)


def test_the_painter_knows_the_size_in_which_it_saves():
    painter = MaskPainter(np.float32(SMALL) / 255, save_size=(80, 112))
    assert (painter.save_height, painter.save_width) == painter.saved_mask.shape == (80, 112)
    painter.set_photo(np.float32(SMALL) / 255)
    assert painter.saved_mask.shape == (40, 56)
