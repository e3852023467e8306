"""The mask painter on a bare page, with no kernel: every tool, by mouse, finger and keyboard."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from pconv_edu.core import dilate, hole_radius, hole_ratio, irregular_mask

from .conftest import set_theme, violations
from .painter_page import BRUSH, HEIGHT, WIDTH, at, call, discs, drag, hole, load, messages, painter, press


def test_a_stroke_is_the_same_bits_in_python_and_one_message(page):
    load(page)
    points = [(10, 10), (50, 40), (80, 12)]
    drag(page, points)
    assert np.array_equal(hole(page), discs(points))
    assert messages(page) == 1
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


def shown(page):
    """What is on the canvas: (H, W, 3) uint8."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    data = page.evaluate(
        "() => [...document.querySelector('canvas.paint').getContext('2d').getImageData(0, 0, 96, 64).data]"
    )
    return np.array(data, np.uint8).reshape(HEIGHT, WIDTH, 4)[..., :3]


def test_the_picture_shows_the_hole_in_pink(page):
    """Only changed pixels are repainted, so after every kind of change the whole picture must be right."""
    load(page)
    photo = shown(page)
    assert photo.std() > 20

    def check():
        pink = hole(page)
        assert np.array_equal(shown(page), np.where(pink[..., None], (217, 28, 140), photo)), pink.sum()

    drag(page, [(10, 10), (50, 40), (80, 12)])
    check()
    press(page, "Line")
    page.mouse.move(*at(page, 10, 30))
    page.mouse.down()
    for end in ((80, 60), (40, 5), (80, 30)):
        page.mouse.move(*at(page, *end))
    page.mouse.up()
    check()
    for name in ("Undo", "Invert", "Grow", "Undo", "Redo", "Clear"):
        press(page, name)
        check()


def test_what_python_sets_can_be_undone(page):
    load(page)
    drag(page, [(10, 10), (20, 10)])
    first = discs([(10, 10), (20, 10)])
    other = irregular_mask((HEIGHT, WIDTH), (0.2, 0.3), rng=np.random.default_rng(0))
    packed = np.packbits(~other).tolist()
    page.evaluate("(bytes) => model.set('hole', new DataView(Uint8Array.from(bytes).buffer))", packed)
    assert np.array_equal(hole(page), ~other)
    assert page.locator(".count").inner_text().startswith(f"hole ratio {100 * hole_ratio(other):.1f} %")
    press(page, "Undo")
    assert np.array_equal(hole(page), first)
    press(page, "Undo")
    assert not hole(page).any()
    press(page, "Redo")
    press(page, "Redo")
    assert np.array_equal(hole(page), ~other)


def test_what_changes_nothing_is_no_step(page):
    load(page)
    drag(page, [(10, 10), (20, 10)])
    drag(page, [(10, 10), (20, 10)])  # the same pixels again
    assert messages(page) == 1
    press(page, "Undo")
    assert not hole(page).any()


def test_without_a_kernel_it_says_so(page):
    load(page)
    assert page.get_by_role("button", name="Random").is_disabled()
    page.get_by_text("No notebook runs behind this page").wait_for()
    page.locator("canvas.paint").focus()
    page.keyboard.press("r")
    assert "need one" in page.locator(".says").inner_text()


def white_fill():
    """A painter whose fill is a white picture."""
    widget, buffer = painter(), io.BytesIO()
    Image.new("RGB", (WIDTH, HEIGHT), (255, 255, 255)).save(buffer, "PNG")
    widget.result = buffer.getvalue()
    return widget


def test_without_a_kernel_the_fill_of_another_hole_is_hidden(page):
    load(page, white_fill())
    fill, message = page.locator("figure").nth(1), page.locator(".says")
    fill.wait_for()
    drag(page, [(10, 10), (20, 10)])
    fill.wait_for(state="hidden")
    assert "A new fill needs a running notebook" in message.inner_text()
    press(page, "Undo")
    fill.wait_for()
    assert message.inner_text() == ""


def test_before_and_after(page):
    load(page, white_fill())
    corner = "() => [...document.querySelectorAll('canvas')[1].getContext('2d').getImageData(5, 5, 1, 1).data].join()"
    page.wait_for_function(f"({corner})() === '255,255,255,255'")
    page.locator("canvas.paint").focus()
    page.keyboard.down("b")
    page.wait_for_function(f"({corner})() !== '255,255,255,255'")
    page.keyboard.up("b")
    page.wait_for_function(f"({corner})() === '255,255,255,255'")


def test_distances_are_chessboard(page):
    mask = irregular_mask((HEIGHT, WIDTH), (0.3, 0.4), rng=np.random.default_rng(1))
    bits = (~mask).astype(int).ravel().tolist()
    found = call(page, "return Math.max(...painter.distances(...args, 0))", bits, WIDTH, HEIGHT)
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
