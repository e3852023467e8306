"""The painter on a photo of 12 megapixels: strokes are fast, the history is small, and the numbers are right."""

import re

import numpy as np
import pytest

from pconv_edu.core import hole_radius, hole_ratio
from pconv_edu.lessons.widgets import MaskPainter

from .painter_page import call, hole, load, press

WIDTH, HEIGHT = 4000, 3000
# All that runs on the page's main thread because of an event, a frame or a timer is timed.
STOPWATCH = """
window.spent = 0;
const timed = (run) => typeof run !== "function" ? run : function (...args) {
  const start = performance.now();
  try { return run.apply(this, args); } finally { window.spent += performance.now() - start; } };
const listen = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (kind, run, how) { return listen.call(this, kind, timed(run), how); };
const [frame, timer] = [requestAnimationFrame.bind(window), setTimeout.bind(window)];
window.requestAnimationFrame = (run) => frame(timed(run));
window.setTimeout = (run, delay) => timer(timed(run), delay);
"""


class LargePainter(MaskPainter):
    """A small photo, drawn large: only the hole has 12 megapixels in Python."""

    def __init__(self):
        super().__init__(np.linspace(0, 1, 30 * 40 * 3, dtype=np.float32).reshape(30, 40, 3))
        self.width, self.height = WIDTH, HEIGHT
        self.hole = bytes(WIDTH * HEIGHT // 8)

    def static_html(self):
        return ""


@pytest.fixture
def large(page):
    page.evaluate(STOPWATCH)
    load(page, LargePainter())
    return page


def stroke(page, *points):
    """Drag along points in shares of the photo; return the ms that the page was busy, the next frame included."""
    box = page.locator("canvas.paint").bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.evaluate("() => { window.spent = 0; }")
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=8)
    page.mouse.up()
    return page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done(window.spent)))")


def wait_for_count(page, mask):
    """The radius of a large hole comes a moment later."""
    text = re.escape(f"hole ratio {100 * hole_ratio(mask):.1f} %, hole radius {hole_radius(mask)} px")
    page.locator(".count", has_text=re.compile(text)).wait_for()


def test_a_stroke_takes_less_than_50_ms(large):
    """The best of several: other programs may be busy."""
    times = [stroke(large, (0.1 + 0.1 * k, 0.1), (0.15 + 0.1 * k, 0.3), (0.1 + 0.1 * k, 0.3)) for k in range(8)]
    assert min(times) < 50, times
    wait_for_count(large, ~hole(large))
    press(large, "Invert")
    times = [stroke(large, (0.1 + 0.1 * k, 0.6), (0.15 + 0.1 * k, 0.8)) for k in range(8)]
    assert min(times) < 50, times
    wait_for_count(large, ~hole(large))


def test_the_brush_can_be_wider_on_a_large_photo(large):
    size = large.get_by_label("size", exact=True)
    assert size.get_attribute("max") == "250"
    size.fill("250")
    stroke(large, (0.5, 0.5))
    rows, columns = np.nonzero(hole(large))
    assert [np.ptp(rows), np.ptp(columns)] == [500, 500]


def test_undo_brings_back_every_step(large):
    before = []
    for k in range(3):
        before.append(hole(large))
        stroke(large, (0.1, 0.1 + 0.1 * k), (0.9, 0.8 - 0.1 * k))
    for name in ("Invert", "Grow"):
        before.append(hole(large))
        press(large, name)
    last = hole(large)
    for expected in reversed(before):
        press(large, "Undo")
        assert np.array_equal(hole(large), expected)
    for _ in before:
        press(large, "Redo")
    assert np.array_equal(hole(large), last)


def test_the_way_back_is_small(page):
    """60 strokes and 60 inversions take less than 2 MB, and no sequence of changes takes more than 64 MB."""
    load(page)
    code = """
      const [width, height] = args;
      const hole = new painter.Hole(width, height, null), { history } = hole;
      for (let k = 0; k < 60; k++) {
        hole.draw({ x: 40 * k, y: 100 }, { x: 4000 - 50 * k, y: 2900 }, 8, 1);
        history.add(hole.takeDrawn());
      }
      for (let k = 0; k < 60; k++) history.add([0, width * height]);
      const usual = history.bytes;
      const speckles = new Uint32Array(width * height / 30).map((_, k) => 30 * k + (k % 2));
      for (let k = 0; k < 60; k++) history.add(speckles);
      const most = history.bytes;
      const again = [...history.back()].every((place, k) => place === speckles[k]);
      return [usual, most, again, history.past.length];
    """
    usual, most, again, steps = call(page, code, WIDTH, HEIGHT)
    assert usual < 2e6 and 50e6 < most <= 64e6 and again and steps >= 40
