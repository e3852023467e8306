"""A comparison shows the part with the hole, gives the right scores, and marks the best fill."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from pconv_edu.core import load_photo, psnr
from pconv_edu.lessons.comparing import compare


@pytest.fixture(scope="module")
def case():
    photo, mask = load_photo("gc-animal-koala", 64), np.ones((64, 64), bool)
    mask[30:40, 20:32] = False
    fills = {name: np.where(mask[..., None], photo, np.float32(grey)) for name, grey in (("dark", 0.1), ("mid", 0.5))}
    return photo, mask, fills


def pictures(shown):
    files = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', shown._repr_html_())
    return [np.asarray(Image.open(io.BytesIO(base64.b64decode(file))), np.float32) / 255 for file in files]


def test_the_best_fill_is_marked(case):
    photo, mask, fills = case
    shown = compare(photo, mask, fills, side=16)
    scores = {name: psnr(fill, photo, mask) for name, fill in fills.items()}
    best = max(scores, key=scores.get)
    titles = (f"{name}: {value:.1f} dB{' ★' if name == best else ''}" for name, value in scores.items())
    assert shown.titles == ("hole", *titles, "truth")
    assert repr(shown).startswith("Comparison(hole; dark: ")


def test_the_pictures_are_the_part_with_the_hole(case):
    photo, mask, fills = case
    hole, dark, mid, truth = pictures(compare(photo, mask, fills, side=16))
    rows, columns = slice(27, 43), slice(18, 34)  # in the middle of the squares that contain the hole
    assert hole.shape == (16, 16, 3)
    for picture, wanted in ((dark, fills["dark"]), (mid, fills["mid"]), (truth, photo)):
        assert abs(picture - wanted[rows, columns]).mean() < 0.03
        assert abs(picture - wanted[16:32, 24:40]).mean() > 0.06  # another part


def test_notes_stand_below_the_titles_and_every_text_is_escaped(case):
    photo, mask, fills = case
    shown = compare(photo, mask, {"a<b": fills["mid"]}, 16, score=False, notes={"a<b": "grey & plain"})
    assert shown.titles == ("hole", "a<b\ngrey & plain", "truth")
    page = shown._repr_html_()
    assert ">a&lt;b<br>grey &amp; plain</figcaption>" in page and "a<b" not in page
    assert page.count("<button") == 1 and 'alt="the fill by a&lt;b, grey &amp; plain"' in page


def test_rows_are_added(case):
    one = compare(*case, side=16)
    both = one + one
    assert both.titles == one.titles * 2
    assert len(pictures(both)) == 8 and both._repr_html_().count("Hold the mouse button") == 1
