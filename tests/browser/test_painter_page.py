"""The mask painter on a bare page, with no kernel: every tool, by mouse, finger and keyboard."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from pconv_edu.core import dilate, hole_radius, hole_ratio, irregular_mask, load_photo
from pconv_edu.lessons.widgets import MaskPainter
from pconv_edu.lessons.widgets.painter import HERE

from .conftest import set_theme, violations

WIDTH, HEIGHT, ZOOM, BRUSH = 96, 64, 4, 5


def painter(mask=None):
    widget = MaskPainter(load_photo("gc-animal-koala", size=(HEIGHT, WIDTH)), mask, zoom=ZOOM)
    widget.brush = BRUSH
    return widget


def load(page, widget=None):
    """Show a painter's kernel-free copy; window.sent collects what it would send to a kernel."""
    html = (widget or painter()).portable_html()
    html = html.replace("save_changes: () => {}", "save_changes: () => { (window.sent ||= []).push(state.hole); }")
    html = html.replace("const model = {", "window.state = state; const model = window.model = {")
    page.set_content(f'<!doctype html><html lang="en"><body>{html}</body></html>')
    page.wait_for_selector("canvas[data-painted]")


def hole(page):
    """The hole that the model holds: (H, W) bool, True = hole."""
    data = page.evaluate("() => [...new Uint8Array(state.hole.buffer)]")
    return np.unpackbits(np.array(data, np.uint8))[: WIDTH * HEIGHT].reshape(HEIGHT, WIDTH).astype(bool)


def at(page, x, y):
    box = page.locator("canvas.paint").bounding_box()
    return box["x"] + 1 + (x + 0.5) * ZOOM, box["y"] + 1 + (y + 0.5) * ZOOM


def drag(page, points, **options):
    page.mouse.move(*at(page, *points[0]))
    page.mouse.down(**options)
    for point in points[1:]:
        page.mouse.move(*at(page, *point))
    page.mouse.up(**options)


def discs(points, radius=BRUSH):
    """The same strokes, drawn in Python: discs along straight lines, in whole numbers."""
    drawn = np.zeros((HEIGHT, WIDTH), bool)
    rows, cols = np.mgrid[:HEIGHT, :WIDTH]
    for a, b in zip(points, points[1:] or points, strict=False):
        steps = max(abs(b[0] - a[0]), abs(b[1] - a[1]), 1)
        for k in range(steps + 1):
            x, y = (int(np.floor(p + (q - p) * k / steps + 0.5)) for p, q in zip(a, b, strict=True))
            drawn |= (cols - x) ** 2 + (rows - y) ** 2 <= radius**2
    return drawn


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_a_stroke_is_the_same_bits_in_python_and_one_message(page):
    load(page)
    points = [(10, 10), (50, 40), (80, 12)]
    drag(page, points)
    assert np.array_equal(hole(page), discs(points))
    assert page.evaluate("() => sent.length") == 1
    text = page.locator(".count").inner_text()
    mask = ~hole(page)
    assert text == f"hole ratio {100 * hole_ratio(mask):.1f} %, hole radius {hole_radius(mask)} px"


def test_erase_line_shift_and_right_button(page):
    load(page)
    press(page, "Line")
    drag(page, [(10, 30), (40, 5), (80, 30)])  # only first and last count
    line = discs([(10, 30), (80, 30)])
    assert np.array_equal(hole(page), line)
    press(page, "Erase")
    drag(page, [(40, 30), (50, 30)])
    gap = line & ~discs([(40, 30), (50, 30)])
    assert np.array_equal(hole(page), gap)
    press(page, "Brush")
    drag(page, [(70, 30), (72, 30)], button="right")
    assert np.array_equal(hole(page), gap & ~discs([(70, 30), (72, 30)]))


def test_undo_redo_clear_invert(page):
    load(page)
    assert page.get_by_role("button", name="Undo").is_disabled()
    drag(page, [(10, 10), (20, 10)])
    drag(page, [(60, 40), (70, 40)])
    both, first = discs([(10, 10), (20, 10)]) | discs([(60, 40), (70, 40)]), discs([(10, 10), (20, 10)])
    press(page, "Undo")
    assert np.array_equal(hole(page), first)
    press(page, "Redo")
    assert np.array_equal(hole(page), both)
    press(page, "Invert")
    assert np.array_equal(hole(page), ~both)
    press(page, "Clear")
    assert not hole(page).any() and "hole ratio 0.0 %, hole radius 0 px" in page.locator(".count").inner_text()
    for _ in range(3):
        press(page, "Undo")
    assert np.array_equal(hole(page), first)


@pytest.mark.parametrize("pixels", [1, 4])
def test_grow_and_shrink_are_dilate(page, pixels):
    mask = irregular_mask((HEIGHT, WIDTH), (0.2, 0.3), rng=np.random.default_rng(0))
    load(page, painter(mask))
    page.get_by_label("pixels to grow or shrink by").fill(str(pixels))
    press(page, "Grow")
    assert np.array_equal(~hole(page), dilate(mask, pixels))
    press(page, "Undo")
    press(page, "Shrink")
    assert np.array_equal(~hole(page), dilate(mask, -pixels))
    page.get_by_label("pixels to grow or shrink by").fill("0")
    press(page, "Grow")
    assert "whole number of pixels" in page.locator(".says").inner_text()


def test_keyboard_alone(page):
    load(page)
    page.locator("canvas.paint").focus()
    page.keyboard.press("ArrowRight")  # from the middle (48, 32)
    page.keyboard.press("Space")
    dot = discs([(52, 32)])
    assert np.array_equal(hole(page), dot)
    page.keyboard.press("Enter")  # pen down
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")  # pen up
    page.keyboard.press("ArrowDown")
    drawn = discs([(52, 32), (36, 32), (36, 36)])
    assert np.array_equal(hole(page), drawn)
    page.keyboard.press("]")
    assert page.evaluate("() => state.brush") == BRUSH + 2
    page.keyboard.press("[")
    page.keyboard.press("e")
    page.keyboard.press("Space")
    assert np.array_equal(hole(page), drawn & ~discs([(36, 40)]))
    for key, expected in (
        ("z", drawn),
        ("y", drawn & ~discs([(36, 40)])),
        ("c", np.zeros_like(drawn)),
        ("i", ~np.zeros_like(drawn)),
    ):
        page.keyboard.press(key)
        assert np.array_equal(hole(page), expected), key


def test_keys_stay_inside(page):
    load(page)
    page.evaluate("() => { window.heard = []; document.addEventListener('keydown', (e) => heard.push(e.key)); }")
    page.locator("canvas.paint").focus()
    for key in ("z", "x", "c", "ArrowDown", "Space", "Enter", "b"):
        page.keyboard.press(key)
    assert page.evaluate("() => heard") == []


def test_touch(chromium):
    context = chromium.new_context(has_touch=True, viewport={"width": 800, "height": 600})
    page = context.new_page()
    load(page)
    page.touchscreen.tap(*at(page, 30, 20))
    assert np.array_equal(hole(page), discs([(30, 20)]))
    context.close()


def test_masks_are_saved_and_loaded_as_png(page, tmp_path):
    load(page)
    drag(page, [(10, 10), (60, 40)])
    with page.expect_download() as download:
        press(page, "Save PNG")
    download.value.save_as(tmp_path / "mask.png")
    saved = np.asarray(Image.open(tmp_path / "mask.png").convert("L"))
    assert np.array_equal(saved == 255, hole(page)) and np.isin(saved, (0, 255)).all()  # white = hole
    painted = hole(page)
    press(page, "Clear")
    page.get_by_label("mask file").set_input_files(tmp_path / "mask.png")
    page.wait_for_function("() => new Uint8Array(state.hole.buffer).some((v) => v)")
    assert np.array_equal(hole(page), painted)

    Image.new("L", (10, 10)).save(tmp_path / "small.png")
    Image.fromarray(np.full((HEIGHT, WIDTH), 90, np.uint8)).save(tmp_path / "grey.png")
    (tmp_path / "text.png").write_text("no image", encoding="utf-8")
    for name, says in (
        ("small", "small.png is 10 × 10 pixels, the photo 96 × 64"),
        ("grey", "between black and white"),
        ("text", "text.png is no image"),
    ):
        page.get_by_label("mask file").set_input_files(tmp_path / f"{name}.png")
        page.locator(".says", has_text=says).wait_for()
        assert np.array_equal(hole(page), painted)


def test_before_and_after(page):
    widget = painter()
    buffer = io.BytesIO()
    Image.new("RGB", (WIDTH, HEIGHT), (255, 255, 255)).save(buffer, "PNG")
    widget.result = buffer.getvalue()
    load(page, widget)
    corner = "() => [...document.querySelectorAll('canvas')[1].getContext('2d').getImageData(5, 5, 1, 1).data].join()"
    page.wait_for_function(f"({corner})() === '255,255,255,255'")
    page.locator("canvas.paint").focus()
    page.keyboard.down("b")
    page.wait_for_function(f"({corner})() !== '255,255,255,255'")
    page.keyboard.up("b")
    page.wait_for_function(f"({corner})() === '255,255,255,255'")


def test_distances_are_chessboard(page):
    mask = irregular_mask((HEIGHT, WIDTH), (0.3, 0.4), rng=np.random.default_rng(1))
    found = page.evaluate(
        """async ([code, bits, w, h]) => {
          const { distances } = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
          return Math.max(...distances(bits, w, h, 0)); }""",
        [(HERE / "painter.js").read_text(encoding="utf-8"), (~mask).astype(int).ravel().tolist(), WIDTH, HEIGHT],
    )
    assert found == hole_radius(mask)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible(page, theme):
    load(page)
    set_theme(page, theme)
    drag(page, [(10, 10), (20, 10)])
    assert violations(page, ".pconv-painter") == []


def test_without_scripts_there_is_a_picture(page_without_scripts):
    page = page_without_scripts
    mask = ~discs([(20, 20)])
    page.set_content(painter(mask).portable_html())
    source = page.locator("img[alt*='hole is pink']").get_attribute("src")
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(source.split(",")[1]))))
    assert abs(picture[20, 20].astype(int) - (217, 28, 140)).max() < 20
