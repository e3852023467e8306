"""Shared tools for tests of the mask painter on a bare page."""

import base64

import numpy as np

from pconv_edu.core import load_photo
from pconv_edu.lessons.widgets import MaskPainter

WIDTH, HEIGHT, ZOOM, BRUSH = 96, 64, 4, 5


def painter(mask=None, **options):
    widget = MaskPainter(load_photo("gc-animal-koala", size=(HEIGHT, WIDTH)), mask, zoom=ZOOM, **options)
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
    """Return the hole in the model: (H, W) bool, True = hole."""
    width, height, data = page.evaluate(
        """() => { let text = "";
          for (const byte of new Uint8Array(state.hole.buffer)) text += String.fromCharCode(byte);
          return [state.width, state.height, btoa(text)]; }"""
    )
    bits = np.unpackbits(np.frombuffer(base64.b64decode(data), np.uint8))
    return bits[: width * height].reshape(height, width).astype(bool)


def messages(page):
    """How many messages the painter has sent."""
    return page.evaluate("() => window.sent?.length ?? 0")


def at(page, x, y):
    """The middle of pixel (x, y) of the photo, on the page."""
    box = page.locator("canvas.paint").bounding_box()
    return box["x"] + (x + 0.5) * ZOOM, box["y"] + (y + 0.5) * ZOOM


def drag(page, points, **options):
    page.mouse.move(*at(page, *points[0]))
    page.mouse.down(**options)
    for point in points[1:]:
        page.mouse.move(*at(page, *point))
    page.mouse.up(**options)


def discs(points, radius=BRUSH):
    """Draw the same strokes in Python: discs along straight lines, in integers."""
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


def call(page, code, *arguments):
    """Evaluate JavaScript with the painter's whole module as `painter`, and its arguments as `args`."""
    page.evaluate(
        """async (module) => {
          window.painter ??= await import(URL.createObjectURL(new Blob([module], { type: "text/javascript" }))); }""",
        MaskPainter._esm,
    )
    return page.evaluate(f"async (args) => {{ {code} }}", list(arguments))
