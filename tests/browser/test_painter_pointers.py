"""Fingers, palms and pens on the painter: one pointer paints, and others do not disturb it."""

import contextlib

import numpy as np
import pytest

from .painter_page import at, discs, hole, load, messages, press


@pytest.fixture
def send(page):
    """send(kind, id, x, y, type): a pointer event at pixel (x, y) of the photo, as a browser would send it."""
    load(page)

    def send_(kind, number, x, y, type_="touch", **options):
        px, py = at(page, x, y)
        page.evaluate(
            "([kind, options]) => document.querySelector('canvas.paint').dispatchEvent("
            "new PointerEvent(kind, { bubbles: true, ...options }))",
            [f"pointer{kind}", {"pointerId": number, "pointerType": type_, "clientX": px, "clientY": py, **options}],
        )

    return send_


@contextlib.contextmanager
def touch_screen(chromium):
    """A page with a touch screen, and touch(kind, (finger, x, y), …), which the browser takes for real fingers."""
    context = chromium.new_context(has_touch=True, viewport={"width": 800, "height": 600})
    page = context.new_page()
    load(page)
    driver = context.new_cdp_session(page)

    def touch(kind, *fingers):
        points = [dict(zip("xy", at(page, x, y), strict=True), id=number) for number, x, y in fingers]
        driver.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    yield page, touch
    context.close()


def test_a_tap_and_a_stroke_by_finger(chromium):
    with touch_screen(chromium) as (page, touch):
        page.touchscreen.tap(*at(page, 30, 20))
        assert np.array_equal(hole(page), discs([(30, 20)]))
        touch("Start", (0, 10, 50))
        for x in range(10, 80, 10):
            touch("Move", (0, x, 50))
        touch("End")
        assert hole(page)[50, 10:70].all() and page.evaluate("() => scrollY") == 0
        assert messages(page) == 2


def test_a_second_finger_draws_no_bar(page, send):
    send("down", 1, 10, 10)
    send("move", 1, 20, 10)
    send("down", 2, 80, 55)
    for k in range(3):
        send("move", 2, 80 - k, 55)
        send("move", 1, 20 + 10 * k, 10)
    send("up", 2, 78, 55)  # the stroke of the first finger continues
    send("move", 1, 40, 30)
    assert messages(page) == 0
    send("up", 1, 40, 30)
    assert np.array_equal(hole(page), discs([(10, 10), (40, 10), (40, 30)])) and messages(page) == 1
    send("down", 3, 80, 55)  # and the next finger paints
    send("up", 3, 80, 55)
    assert hole(page)[55, 80]


def test_a_second_finger_that_stays_down_paints_nothing_later(page, send):
    send("down", 1, 10, 10)
    send("down", 2, 80, 55)
    send("up", 1, 10, 10)
    send("move", 2, 60, 40)
    send("up", 2, 60, 40)
    assert np.array_equal(hole(page), discs([(10, 10)]))


def test_a_cancelled_stroke(page, send):
    """A single cancelled finger keeps its stroke and does not block the next; with a second finger it was a pinch."""
    send("down", 1, 10, 10)
    send("move", 1, 30, 10)
    send("cancel", 1, 30, 10)
    kept = discs([(10, 10), (30, 10)])
    assert np.array_equal(hole(page), kept) and messages(page) == 1
    send("move", 1, 80, 50)
    assert np.array_equal(hole(page), kept)
    send("down", 1, 10, 50)
    send("down", 2, 80, 50)
    send("cancel", 1, 10, 50)
    send("cancel", 2, 80, 50)
    assert np.array_equal(hole(page), kept) and messages(page) == 1
    send("down", 3, 50, 50)
    send("up", 3, 50, 50)
    assert np.array_equal(hole(page), kept | discs([(50, 50)]))


def test_a_lost_capture_ends_the_stroke(page, send):
    page.mouse.move(*at(page, 10, 10))
    page.mouse.down()
    page.mouse.move(*at(page, 30, 10))
    page.evaluate("() => document.querySelector('canvas.paint').releasePointerCapture(1)")
    page.mouse.move(*at(page, 32, 10))  # the browser reports it with the next event
    page.mouse.move(*at(page, 80, 50))
    page.mouse.up()
    found = hole(page)
    assert messages(page) == 1 and found[10, 10:31].all() and not found[20:].any()


def test_a_palm_gives_way_to_the_pen(page, send):
    send("down", 1, 80, 50)  # the palm comes first
    send("move", 1, 70, 50)
    send("down", 2, 10, 10, "pen")
    send("move", 1, 60, 40)
    send("move", 2, 30, 10, "pen")
    send("up", 2, 30, 10, "pen")
    stroke = discs([(10, 10), (30, 10)])
    assert np.array_equal(hole(page), stroke) and messages(page) == 1
    send("up", 1, 60, 40)
    send("down", 3, 80, 50)  # the palm once more, before the pen is back
    send("up", 3, 80, 50)
    assert np.array_equal(hole(page), stroke)
    send("down", 2, 20, 10, "pen", button=5)  # its other end erases
    send("up", 2, 20, 10, "pen", button=5)
    assert np.array_equal(hole(page), stroke & ~discs([(20, 10)]))


def test_a_key_in_the_middle_of_a_stroke_comes_after_it(page, send):
    send("down", 1, 10, 10)
    send("move", 1, 30, 10)
    press(page, "Invert")
    send("move", 1, 80, 50)
    send("up", 1, 80, 50)
    assert np.array_equal(hole(page), ~discs([(10, 10), (30, 10)])) and messages(page) == 2
    press(page, "Undo")
    assert np.array_equal(hole(page), discs([(10, 10), (30, 10)]))
