"""Mask files in the painter are saved in pure black and white at the right size, and loaded by the rules of
`read_hole_image`."""

import base64
import io
import struct

import numpy as np
import pytest
from PIL import Image

from pconv_edu.__main__ import main
from pconv_edu.core import irregular_mask, load_photo, read_hole_image, read_image
from pconv_edu.lessons.widgets import Studio

from .painter_page import HEIGHT, WIDTH, ZOOM, call, discs, drag, hole, load, painter, press
from .png_files import GREY_ALPHA, PALETTE, RGB, RGBA, chunk, png

HOLE = ~irregular_mask((HEIGHT, WIDTH), (0.2, 0.3), rng=np.random.default_rng(0))
ONE = HOLE.astype(int)
WHITE = 255 * ONE
SOFT = np.clip(WHITE + 0 * ONE, 0, 255).copy()
SOFT[5, 5:9] = 128
CLEAR = "are transparent"
BETWEEN = "% of the pixels are neither black nor white"
TWO = "its pixels have two values"
BROKEN = "broken"


def colored(values, *more):
    """(H, W) -> (H, W, C): the three colours are alike; more channels follow."""
    return np.stack([values] * 3 + list(more), axis=2)


def palette(*colors):
    return (b"PLTE", bytes(sum(colors, ())))


def alpha(values):
    return (b"tRNS", bytes(values))


def by_pillow(format_, values=WHITE, mode="L", **options):
    buffer = io.BytesIO()
    Image.fromarray(values.astype(np.uint8)).convert(mode).save(buffer, format_, **options)
    return buffer.getvalue()


def turned(orientation):
    """The mask as a camera would store it: its EXIF data say how to turn it."""
    transpose = Image.Transpose
    undo = {2: transpose.FLIP_LEFT_RIGHT, 3: transpose.ROTATE_180, 4: transpose.FLIP_TOP_BOTTOM}
    undo |= {5: transpose.TRANSPOSE, 6: transpose.ROTATE_90, 7: transpose.TRANSVERSE, 8: transpose.ROTATE_270}
    stored = np.asarray(Image.fromarray(WHITE.astype(np.uint8)).transpose(undo[orientation]))
    exif = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    return png(stored, extra=[(b"eXIf", exif)])


BLACK_WHITE = palette((0, 0, 0), (255, 255, 255))
# name -> (file, None if it is the mask, or what the message says)
FILES = {
    "grey.png": (png(WHITE), None),
    "1-bit.png": (png(ONE, depth=1), None),
    "2-bit.png": (png(3 * ONE, depth=2), None),
    "4-bit.png": (png(15 * ONE, depth=4), None),
    "16-bit.png": (png(65535 * ONE, depth=16), None),
    "rgb.png": (png(colored(WHITE), RGB), None),
    "rgb-16-bit.png": (png(colored(65535 * ONE), RGB, 16), None),
    "rgba-opaque.png": (png(colored(WHITE, 255 + 0 * ONE), RGBA), None),
    "grey-alpha-opaque.png": (png(np.stack([WHITE, 255 + 0 * ONE], 2), GREY_ALPHA), None),
    "palette.png": (png(ONE, PALETTE, extra=[BLACK_WHITE]), None),
    "palette-4-bit.png": (png(2 + ONE, PALETTE, 4, extra=[palette((9, 9, 9), (7, 7, 7), (0, 0, 0), (255,) * 3)]), None),
    "palette-turned.png": (png(1 - ONE, PALETTE, 1, extra=[palette((255,) * 3, (0, 0, 0))]), None),
    "palette-opaque.png": (png(ONE, PALETTE, extra=[BLACK_WHITE, alpha([255, 255])]), None),
    "interlaced.png": (png(WHITE, interlaced=True), None),
    "interlaced-1-bit.png": (png(ONE, depth=1, interlaced=True), None),
    "interlaced-rgb.png": (png(colored(WHITE), RGB, interlaced=True), None),
    "gamma.png": (png(WHITE, extra=[(b"gAMA", struct.pack(">I", 100000))]), None),
    "empty hole.png": (png(0 * ONE), None),
    "all hole.png": (png(255 + 0 * ONE), None),
    **{f"turned-{n}.png": (turned(n), None) for n in range(2, 9)},
    "mask.bmp": (by_pillow("BMP"), None),
    "mask.gif": (by_pillow("GIF"), None),
    "mask.webp": (by_pillow("WEBP", mode="RGB", lossless=True), None),
    "white.jpg": (by_pillow("JPEG", 255 + 0 * ONE), None),
    "mask.jpg": (by_pillow("JPEG"), BETWEEN),
    "soft.png": (png(SOFT), BETWEEN),
    "soft-16-bit.png": (png(SOFT * 257 + 1 * (SOFT == 128), depth=16), BETWEEN),
    "blue.png": (png(np.stack([0 * ONE, 0 * ONE, WHITE], 2), RGB), TWO),
    "red.png": (png(np.stack([WHITE, 0 * ONE, 0 * ONE], 2), RGB), TWO),
    "yellow.png": (png(ONE, PALETTE, extra=[palette((0, 0, 0), (255, 255, 0))]), TWO),
    "0-and-1.png": (png(ONE), TWO),
    "0-and-255-of-65535.png": (png(WHITE, depth=16), TWO),
    "128.png": (png(128 * ONE), TWO),
    "all-grey.png": (png(90 + 0 * ONE), BETWEEN),
    "clear-hole.png": (png(colored(WHITE, 255 * (1 - ONE)), RGBA), CLEAR),
    "almost-clear.png": (png(colored(WHITE, 255 - ONE), RGBA), CLEAR),
    "clear-grey.png": (png(np.stack([WHITE, 255 * ONE], 2), GREY_ALPHA), CLEAR),
    "clear-palette.png": (png(ONE, PALETTE, extra=[BLACK_WHITE, alpha([0])]), CLEAR),
    "clear-color.png": (png(colored(WHITE), RGB, extra=[alpha([0, 0, 0, 0, 0, 0])]), CLEAR),
    "clear-16-bit.png": (png(colored(65535 * ONE, 65535 * ONE), RGBA, 16), CLEAR),
    "text.png": (b"no image", BROKEN),
    "nothing.png": (b"", BROKEN),
    "cut.png": (png(WHITE)[:-600], BROKEN),
    "cut-header.png": (png(WHITE)[:20], BROKEN),
    "wrong-header.png": (png(WHITE).replace(b"\x08\0\0\0\0", b"\x08\0\0\0\1", 1), BROKEN),
}
# Values so near to black or white that only exact reading tells them apart.
NEARLY = {
    "0-and-1-of-65535.png": (png(ONE, depth=16), TWO),
    "one-blue.png": (png(np.stack([WHITE, WHITE, np.where(HOLE, 254, 0)], 2), RGB), TWO),
    "almost-white.png": (png(np.where(HOLE, 65534, 0), depth=16), TWO),
}


def read_by_painter(page, file, name):
    """(True, hole) or (False, message): what the painter makes of a file."""
    read, answer = call(
        page,
        """const bytes = Uint8Array.from(atob(args[0]), (letter) => letter.charCodeAt(0));
        try { const { width, height, bits } = await painter.readHole(new File([bytes], args[1]));
          return [true, [height, width, [...bits]]]; } catch (error) { return [false, error.message]; }""",
        base64.b64encode(file).decode(),
        name,
    )
    return read, np.array(answer[2], bool).reshape(answer[:2]) if read else answer


def read_by_python(path):
    try:
        return True, ~read_hole_image(path)
    except ValueError as error:
        return False, str(error)


def test_every_file_gets_the_same_verdict_from_javascript_and_python(page, tmp_path):
    for name, (file, says) in FILES.items():
        (tmp_path / name).write_bytes(file)
        read, answer = read_by_painter(page, file, name)
        read_in_python, in_python = read_by_python(tmp_path / name)
        assert read == read_in_python == (says is None), (name, answer, in_python)
        if read:
            assert np.array_equal(answer, in_python), name
            plain = {"empty hole.png": 0, "all hole.png": 1, "white.jpg": 1}
            assert np.array_equal(answer, np.full_like(HOLE, plain[name]) if name in plain else HOLE), name
        else:
            assert says in answer and name in answer, (name, answer)
            assert (says in in_python or says == TWO) and name in in_python, (name, in_python)


@pytest.mark.parametrize("name", NEARLY)
def test_almost_black_is_not_black(page, name):
    file, says = NEARLY[name]
    read, answer = read_by_painter(page, file, name)
    assert not read and says in answer


def test_masks_of_0_and_1_are_explained(page):
    _, answer = read_by_painter(page, FILES["0-and-1.png"][0], "0-and-1.png")
    assert "two values, 0 and 1 of 255, which looks all black" in answer and "make it white" in answer


def test_photographs_are_read_exactly(page):
    """Every pixel of a file that Pillow has written, with the filters that it chooses."""
    photo = np.uint8(255 * painter().photo_array)
    buffer = io.BytesIO()
    Image.fromarray(photo).save(buffer, "PNG")
    grey = call(
        page,
        "const bytes = Uint8Array.from(atob(args[0]), (letter) => letter.charCodeAt(0));"
        "return [...(await painter.readPng(bytes)).grey]",
        base64.b64encode(buffer.getvalue()).decode(),
    )
    assert np.allclose(np.array(grey).reshape(HEIGHT, WIDTH), photo.mean(2) / 255, atol=1e-6)


def saved_mask(page, path):
    with page.expect_download() as download:
        press(page, "Save PNG")
    download.value.save_as(path)
    assert download.value.suggested_filename == "mask.png"
    return np.asarray(Image.open(path))


def load_file(page, path):
    page.get_by_label("mask file").set_input_files(path)


def test_a_saved_mask_is_hard_and_loads_again(page, tmp_path):
    load(page)
    drag(page, [(10, 10), (60, 40)])
    painted = hole(page)
    saved = saved_mask(page, tmp_path / "mask.png")
    assert np.array_equal(saved, 255 * painted.astype(np.uint8))  # white = hole
    assert np.array_equal(~read_hole_image(tmp_path / "mask.png"), painted)
    press(page, "Clear")
    load_file(page, tmp_path / "mask.png")
    page.locator(".count", has_text="hole ratio 0.0 %").wait_for(state="detached")
    assert np.array_equal(hole(page), painted) and page.locator(".says").inner_text() == ""
    press(page, "Undo")
    assert not hole(page).any()


@pytest.mark.parametrize("size", [(192, 288), (200, 293), (64, 500)])
def test_masks_are_saved_at_the_size_of_the_upload_and_load_again(page, tmp_path, size):
    widget = painter(~discs([(20, 20), (80, 50)]), save_size=size)
    load(page, widget)
    saved = saved_mask(page, tmp_path / "mask.png")
    assert saved.shape == size and set(np.unique(saved)) == {0, 255}
    assert np.array_equal(saved == 0, widget.saved_mask)
    rows, columns = (np.arange(size[0]) + 0.5) * HEIGHT / size[0], (np.arange(size[1]) + 0.5) * WIDTH / size[1]
    assert np.array_equal(saved == 0, widget.mask[np.ix_(rows.astype(int), columns.astype(int))])
    painted = hole(page)
    press(page, "Clear")
    load_file(page, tmp_path / "mask.png")
    page.locator(".count", has_text="hole ratio 0.0 %").wait_for(state="detached")
    assert np.array_equal(hole(page), painted) and page.locator(".says").inner_text() == ""


@pytest.mark.parametrize("kind", ["turned.jpg", "16-bit.png", "transparent.png"])
def test_from_the_studio_to_the_command_line(page, tmp_path, kind):
    """The mask that is painted over an upload fits the file that was uploaded."""
    pixels = np.uint8(255 * load_photo("gc-erase-kingfisher", size=(240, 320)))
    exif = Image.Exif()
    exif[0x0112] = 8  # the camera was held sideways
    if kind == "turned.jpg":
        Image.fromarray(pixels).save(tmp_path / kind, exif=exif)
    elif kind == "16-bit.png":
        (tmp_path / kind).write_bytes(png(257 * pixels[..., 1].astype(int), depth=16))
    else:
        Image.fromarray(np.dstack([pixels, pixels[..., 0]])).save(tmp_path / kind)
    studio = Studio("gc-erase-kingfisher", method="telea", size=80)
    studio.upload.value = ({"name": kind, "content": (tmp_path / kind).read_bytes()},)
    studio.painter.zoom = ZOOM
    load(page, studio.painter)
    drag(page, [(20, 20), (30, 40)])
    shape = (320, 240) if kind == "turned.jpg" else (240, 320)
    assert saved_mask(page, tmp_path / "mask.png").shape == shape
    files = [str(tmp_path / name) for name in (kind, "mask.png", "filled.png")]
    main(["inpaint", files[0], files[1], "-o", files[2], "--method", "telea"])
    photo, filled = (read_image(file, alpha=True) for file in (files[0], files[2]))
    valid = read_hole_image(files[1])
    assert filled.shape == photo.shape and (~valid).sum() == 16 * hole(page).sum()
    assert abs(filled - photo)[valid].max() <= 0.5 / 255 < abs(filled - photo)[~valid].max()


def test_a_mask_with_finer_details_is_reduced_and_it_is_said(page, tmp_path):
    load(page, painter(save_size=(4 * HEIGHT, 4 * WIDTH)))
    fine = np.zeros((4 * HEIGHT, 4 * WIDTH), np.uint8)
    fine[:, 101:103] = 255
    Image.fromarray(fine).save(tmp_path / "fine.png")
    load_file(page, tmp_path / "fine.png")
    note = page.locator(".says", has_text="fine.png was reduced to 96 × 64 pixels").inner_text()
    assert "Saved again at 384 × 256, it will differ in 0.52 % of the pixels" in note
    assert hole(page).sum() == HEIGHT and hole(page)[:, 25].all()


def test_a_file_that_is_refused_changes_nothing(page, tmp_path):
    load(page, painter(save_size=(2 * HEIGHT, 2 * WIDTH)))
    drag(page, [(10, 10), (60, 40)])
    painted = hole(page)
    Image.new("L", (10, 10)).save(tmp_path / "small.png")
    Image.new("L", (HEIGHT, WIDTH)).save(tmp_path / "turned.png")
    for name in ("soft.png", "text.png", "clear-hole.png"):
        (tmp_path / name).write_bytes(FILES[name][0])
    for name, says in (
        ("small.png", "small.png is 10 × 10 pixels, the photo 96 × 64, and 192 × 128 as it was uploaded."),
        ("turned.png", "Width and height are swapped"),
        ("soft.png", BETWEEN),
        ("text.png", "text.png: not an image, or a broken one"),
        ("clear-hole.png", CLEAR),
        ("small.png", "small.png is 10 × 10"),  # the same file again is read again
    ):
        load_file(page, tmp_path / name)
        page.locator(".says", has_text=says).wait_for()
        assert np.array_equal(hole(page), painted)


def test_a_file_with_a_broken_part_names_it(page):
    file = png(WHITE, PALETTE, extra=[BLACK_WHITE])
    start = file.index(b"PLTE") + 4
    broken = file[:start] + b"\1" + file[start + 1 :]
    assert chunk(*BLACK_WHITE) in file and chunk(*BLACK_WHITE) not in broken
    read, answer = read_by_painter(page, broken, "a.png")
    assert not read and "its part PLTE does not match its checksum" in answer
