"""In a comparison of fills, the truth replaces a fill for as long as the mouse button or the space bar is down."""

import io

import numpy as np
from PIL import Image

from pconv_edu.core import load_photo
from pconv_edu.lessons.comparing import compare


def looks(tile):
    """Return the pixels of a picture, (H, W, 3), without its border, which the focus marks."""
    return np.asarray(Image.open(io.BytesIO(tile.screenshot())).convert("RGB"), np.float32)[8:216, 8:216]


def test_a_pressed_fill_shows_the_truth(page_without_scripts):
    photo, mask = load_photo("gc-animal-koala", 256), np.ones((256, 256), bool)
    mask[100:160, 90:150] = False
    fills = {name: np.where(mask[..., None], photo, np.float32(grey)) for name, grey in (("dark", 0.1), ("mid", 0.5))}
    page = page_without_scripts
    page.set_content(f"<body>{compare(photo, mask, fills)._repr_html_()}</body>")
    truth = looks(page.locator("figure img").last)
    fill = page.get_by_role("button", name="mid: ")
    assert abs(looks(fill) - truth).mean() > 10
    box = fill.bounding_box()
    assert box["width"] == box["height"] == 224
    page.mouse.move(box["x"] + 100, box["y"] + 100)
    page.mouse.down()
    assert abs(looks(fill) - truth).mean() < 1
    page.mouse.up()
    assert abs(looks(fill) - truth).mean() > 10
    fill.focus()
    page.keyboard.down(" ")
    assert abs(looks(fill) - truth).mean() < 1
    page.keyboard.up(" ")
    assert abs(looks(fill) - truth).mean() > 10
