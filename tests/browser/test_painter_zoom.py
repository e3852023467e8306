"""Zoom, the outline of the brush and the line between before and after, on a bare page with no kernel."""

import io

import numpy as np
import pytest
from PIL import Image

from .conftest import violations
from .painter_page import HEIGHT, WIDTH, ZOOM, discs, drag, hole, load, messages, painter, press
from .test_painter_pointers import touch_screen

DOT = "Space"
# which pixels of the photo's canvas are pink, as 0 and 1
PINK = """() => { const canvas = document.querySelector("canvas.paint");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return Array.from({ length: data.length / 4 }, (_, k) =>
    +(data[4 * k] === 217 && data[4 * k + 1] === 28 && data[4 * k + 2] === 140)); }"""


def box(page, selector):
    return page.locator(selector).bounding_box()


def frame(page):
    return box(page, "figure:first-child .frame")


def scale(page):
    """How many screen pixels a pixel of the photo has."""
    return box(page, "canvas.paint")["width"] / WIDTH


def place(page, x, y):
    """The middle of pixel (x, y) of the photo on the screen, whatever part of the photo is shown."""
    canvas = box(page, "canvas.paint")
    return canvas["x"] + (x + 0.5) * scale(page), canvas["y"] + (y + 0.5) * scale(page)


def inside(page):
    """Fail if the photo leaves a part of its frame empty."""
    outer, inner = frame(page), box(page, "canvas.paint")
    for start, length in (("x", "width"), ("y", "height")):
        assert inner[start] <= outer[start] + 0.5
        assert inner[start] + inner[length] >= outer[start] + outer[length] - 0.5


def turn_wheel(page, x, y, by, keys="Control"):
    page.mouse.move(*place(page, x, y))
    page.keyboard.down(keys)
    page.mouse.wheel(0, by)
    page.keyboard.up(keys)
    page.wait_for_timeout(50)


def ring_pixels(page):
    """The pixels inside the ring as the browser sees it: (H, W) bool, and the rectangle of its own pixels."""
    return np.array(
        page.evaluate(
            """([width, height]) => { const path = document.querySelector(".ring .edge");
              const canvas = document.querySelector("canvas.paint").getBoundingClientRect();
              const toPath = path.getScreenCTM().inverse(), inside = [];
              for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) {
                const at = new DOMPoint(canvas.x + ((x + 0.5) * canvas.width) / width,
                  canvas.y + ((y + 0.5) * canvas.height) / height).matrixTransform(toPath);
                inside.push(path.isPointInFill(at)); }
              return inside; }""",
            [WIDTH, HEIGHT],
        )
    ).reshape(HEIGHT, WIDTH)


@pytest.mark.parametrize("radius", [1, 2, 5, 11])
@pytest.mark.parametrize("steps", [0, 3])
def test_the_ring_encloses_what_a_click_paints(page, radius, steps):
    load(page)
    page.evaluate("(r) => model.set('brush', r)", radius)
    page.locator("canvas.paint").focus()
    for _ in range(steps):
        page.keyboard.press("+")
    x, y = place(page, 40, 30)
    page.mouse.move(x, y)
    page.wait_for_function("() => document.querySelector('.ring').style.display === ''")
    page.wait_for_timeout(50)
    seen = ring_pixels(page)
    page.mouse.click(x, y)
    assert np.array_equal(seen, hole(page)) and np.array_equal(seen, discs([(40, 30)], radius))


def test_the_keyboards_ring_is_seen_before_the_first_dot(page):
    load(page)
    page.get_by_role("button", name="Load PNG").focus()
    page.keyboard.press("Tab")  # to the photo
    page.wait_for_function("() => document.querySelector('.ring').style.display === ''")
    seen = ring_pixels(page)
    page.keyboard.press(DOT)
    assert seen.any() and np.array_equal(seen, hole(page))
    for key in ("ArrowLeft", "Shift+ArrowDown", "]"):
        page.keyboard.press(key)
    page.wait_for_timeout(50)
    seen, before = ring_pixels(page), hole(page)
    page.keyboard.press(DOT)
    assert np.array_equal(hole(page), before | seen) and not np.array_equal(hole(page), before)


def test_painting_is_exact_when_zoomed(page):
    load(page)
    page.locator("canvas.paint").focus()
    strokes = np.zeros((HEIGHT, WIDTH), bool)
    for number, key in enumerate(("+", "=", "+", "-")):
        page.keyboard.press(key)
        shown = frame(page)
        middle = shown["x"] + shown["width"] / 2, shown["y"] + shown["height"] / 2
        canvas = box(page, "canvas.paint")
        x, y = (int((m - canvas[k]) / scale(page)) for m, k in zip(middle, "xy", strict=True))
        points = [(x, y), (x + 4, y - 3 * number)]
        page.mouse.move(*place(page, *points[0]))
        page.mouse.down()
        page.mouse.move(*place(page, *points[1]))
        page.mouse.up()
        strokes |= discs(points)
        assert np.array_equal(hole(page), strokes), key
        inside(page)
    assert scale(page) == pytest.approx(ZOOM * 1.5**2, rel=0.01)
    page.keyboard.press("0")
    assert scale(page) == pytest.approx(ZOOM) and np.array_equal(hole(page), strokes) and messages(page) == 4


def test_the_wheel_with_ctrl_zooms_around_the_pointer(page):
    load(page)
    before = place(page, 20, 50)
    turn_wheel(page, 20, 50, -60)
    assert scale(page) > 1.5 * ZOOM and place(page, 20, 50) == pytest.approx(before, abs=1)
    inside(page)
    turn_wheel(page, 20, 50, 2000)
    turn_wheel(page, 20, 50, 2000)
    assert scale(page) == pytest.approx(ZOOM) and not hole(page).any()
    page.mouse.wheel(0, -100)  # alone, it belongs to the page
    page.wait_for_timeout(50)
    assert scale(page) == pytest.approx(ZOOM)
    for _ in range(20):
        turn_wheel(page, 20, 50, -500)
    assert scale(page) == pytest.approx(24)
    assert page.get_by_role("button", name="Zoom in").is_disabled()


def test_the_buttons_zoom_to_the_hole(page):
    mask = np.ones((HEIGHT, WIDTH), bool)
    mask[50:56, 6:12] = False
    load(page, painter(mask))
    assert page.get_by_role("button", name="Zoom out").is_disabled()
    for _ in range(3):
        press(page, "Zoom in")
        page.mouse.move(600, 20)  # not over the photo
        outer = frame(page)
        for corner in ((6, 50), (11, 55)):
            x, y = place(page, *corner)
            assert outer["x"] < x < outer["x"] + outer["width"] and outer["y"] < y < outer["y"] + outer["height"]
        inside(page)
    assert page.locator("output").inner_text() == "338 %"
    press(page, "Whole photo")
    assert scale(page) == pytest.approx(ZOOM) and np.array_equal(hole(page), ~mask)


def test_a_hole_that_arrives_out_of_sight_is_shown(page):
    mask = np.ones((HEIGHT, WIDTH), bool)
    mask[50:56, 6:12] = False
    load(page, painter(mask))
    for hidden, expected in ((False, 1.5**3), (True, 1)):
        for _ in range(3):
            press(page, "Zoom in")
        new = np.zeros((HEIGHT, WIDTH), bool)
        new[(2, 90) if hidden else (52, 9)] = True
        page.evaluate(
            "(bytes) => model.set('hole', new DataView(Uint8Array.from(bytes).buffer))", np.packbits(new).tolist()
        )
        assert scale(page) == pytest.approx(ZOOM * expected, rel=0.01)
        press(page, "Undo")
        page.keyboard.press("0")


def test_the_view_follows_the_keyboard_and_the_mouse_moves_it(page):
    load(page)
    page.locator("canvas.paint").focus()
    for _ in range(4):
        page.keyboard.press("+")
    for key in ("Shift+ArrowRight",) * 5 + ("Shift+ArrowUp",) * 3:
        page.keyboard.press(key)
        outer, ring = frame(page), box(page, ".ring")
        assert ring["x"] + ring["width"] / 2 < outer["x"] + outer["width"] + 1
        assert ring["y"] + ring["height"] / 2 > outer["y"] - 1
    inside(page)
    before = box(page, "canvas.paint")
    x, y = frame(page)["x"] + 30, frame(page)["y"] + 30
    for button in ("middle", "left"):
        if button == "left":
            press(page, "Move")
        page.mouse.move(x, y)
        page.mouse.down(button=button)
        page.mouse.move(x + 40, y + 20)
        page.mouse.up(button=button)
        after = box(page, "canvas.paint")
        assert after["x"] - before["x"] == pytest.approx(40, abs=1) and not hole(page).any()
        before = after
    inside(page)
    page.keyboard.press("0")  # nothing to move any more: the brush is back
    drag(page, [(10, 10)])
    assert np.array_equal(hole(page), discs([(10, 10)]))


@pytest.mark.parametrize("before", [0, 5], ids=["at once", "in a stroke"])
def test_two_fingers_zoom_and_move_the_photo_and_paint_nothing(chromium, before):
    with touch_screen(chromium) as (page, touch):  # in pixels of the photo, as it is when all of it is shown
        touch("Start", (0, 30 - before, 30))
        for k in range(before):
            touch("Move", (0, 30 - before + k, 30))
        touch("Start", (0, 30, 30), (1, 60, 30))
        for k in range(1, 11):
            touch("Move", (0, 30 - k, 30 + k), (1, 60 + k, 30 + k))
            page.evaluate("() => new Promise(requestAnimationFrame)")  # Chromium joins the moves within one frame
        touch("End")
        assert scale(page) == pytest.approx(
            ZOOM * 50 / 30, rel=0.2
        )  # the first px are needed to see that it is a pinch
        assert page.evaluate("() => visualViewport.scale") == 1
        inside(page)
        assert not hole(page).any() and messages(page) == 0
        page.wait_for_function(f"() => !({PINK})().includes(1)")  # nothing is left of the stroke on the screen either
        page.locator("canvas.paint").focus()
        page.keyboard.press("y")  # Redo restores what the first finger had begun
        assert hole(page).any()


# ---- the line between before and after


def filled():
    """A painter with a small hole whose fill is a white picture."""
    mask = np.ones((HEIGHT, WIDTH), bool)
    mask[20:40, 40:60] = False
    widget, buffer = painter(mask), io.BytesIO()
    Image.new("RGB", (WIDTH, HEIGHT), (255, 255, 255)).save(buffer, "PNG")
    widget.result = buffer.getvalue()
    return widget


def shown_fill(page):
    page.wait_for_timeout(50)
    data = page.evaluate(
        "() => { const c = document.querySelectorAll('canvas')[1];"
        " return [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]; }"
    )
    return np.array(data, np.uint8).reshape(HEIGHT, WIDTH, 4)[..., :3]


def white_from(picture):
    """The first column from which on the picture is white."""
    return int(np.flatnonzero((picture == 255).all((0, 2)))[0])


def test_the_line_by_mouse_and_keys(page):
    load(page, filled())
    line = page.get_by_role("slider", name="line between before and after")
    line.wait_for()
    assert white_from(shown_fill(page)) == 0 and line.input_value() == "0"
    area = box(page, ".divider")
    page.mouse.move(area["x"] + 1, area["y"] + 100)
    page.mouse.down()
    page.mouse.move(area["x"] + area["width"] / 2, area["y"] + 50)
    page.mouse.up()
    assert int(line.input_value()) == 50 and white_from(shown_fill(page)) == 48
    pink = abs(shown_fill(page).astype(int) - (217, 28, 140)).max(-1) < 2
    assert np.array_equal(pink[:, :48], hole(page)[:, :48])
    for key, value in (("ArrowRight", 51), ("ArrowLeft", 50), ("PageUp", 60), ("Home", 0), ("End", 100)):
        page.keyboard.press(key)
        assert int(line.input_value()) == value
        assert line.get_attribute("aria-valuetext") == f"{value} % before, {100 - value} % after"
    assert "slider" in page.locator("figure").nth(1).aria_snapshot()
    page.get_by_label("left of the line").select_option("the truth")
    assert not (abs(shown_fill(page).astype(int) - (217, 28, 140)).max(-1) < 2).any()
    assert violations(page, ".pconv-painter") == []


def test_the_line_by_finger(chromium):
    with touch_screen(chromium) as (page, _):
        load(page, filled())
        page.locator(".divider").wait_for()
        area = box(page, ".divider")
        page.touchscreen.tap(area["x"] + area["width"] / 4, area["y"] + 50)
        assert int(page.locator(".divider").input_value()) == 25 and white_from(shown_fill(page)) == 24


def test_the_line_stays_under_the_pointer_when_zoomed(page):
    load(page, filled())
    page.locator(".divider").wait_for()
    for _ in range(2):
        press(page, "Zoom in")
    area, sheet = box(page, ".divider"), box(page, "figure:nth-child(2) .sheet")
    assert sheet["width"] == pytest.approx(2.25 * area["width"], rel=0.01)
    assert sheet["x"] - area["x"] == pytest.approx(box(page, "canvas.paint")["x"] - frame(page)["x"], abs=1)
    pointer = area["x"] + 0.7 * area["width"]
    page.mouse.click(pointer, area["y"] + 20)
    edge = sheet["x"] + white_from(shown_fill(page)) * sheet["width"] / WIDTH
    assert edge == pytest.approx(pointer, abs=sheet["width"] / WIDTH)


def test_a_button_beside_the_key_b(page):
    load(page, filled())
    before = page.get_by_role("button", name="Before")
    before.wait_for()
    before.click()
    assert before.get_attribute("aria-pressed") == "true" and shown_fill(page).std() > 20
    before.click()
    assert (shown_fill(page) == 255).all()


def test_damage_is_not_called_the_truth(page):
    widget = filled()
    widget.known = False
    load(page, widget)
    choice = page.get_by_label("left of the line")
    choice.wait_for()
    assert choice.locator("option").all_inner_texts() == ["the hole", "the photo before"]
    assert choice.input_value() == "photo"
    page.evaluate("() => model.set('known', true)")
    assert choice.locator("option").all_inner_texts() == ["the hole", "the truth"] and choice.input_value() == "hole"
