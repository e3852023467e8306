"""The Python side of the painter and the studio: masks, photos, fills, scores, and errors that are shown."""

import base64
import html
import io
import re

import ipywidgets as widgets
import numpy as np
import pytest
import traitlets
from PIL import Image

from pconv_edu import inpaint
from pconv_edu.core import hole_radius, hole_ratio, irregular_mask, load_photo, photo_names, psnr
from pconv_edu.lessons.figures import damaged_photos
from pconv_edu.lessons.widgets import (
    ChoiceSlider,
    Explorer,
    MaskPainter,
    Slider,
    Studio,
    hole_explorer,
    leak_explorer,
)
from pconv_edu.lessons.widgets import studio as studio_module

PHOTO = load_photo("gc-erase-kingfisher", size=64)
MASK = irregular_mask(64, (0.2, 0.3), rng=np.random.default_rng(0))


# ---- painter


def test_the_mask_goes_out_and_comes_back():
    painter = MaskPainter(PHOTO, MASK)
    assert np.array_equal(painter.mask, MASK) and painter.hole == np.packbits(~MASK).tobytes()
    painter.hole = memoryview(np.packbits(MASK))  # the type in which a message delivers it
    assert np.array_equal(painter.mask, ~MASK)
    painter.mask = np.ones((64, 64), bool)
    assert painter.mask.all() and repr(painter) == "MaskPainter(64×64, hole ratio 0.0 %)"


def test_sizes_that_are_no_multiple_of_8():
    photo, mask = PHOTO[:13, :11], MASK[:13, :11]
    assert np.array_equal(MaskPainter(photo, mask).mask, mask)


def test_a_random_hole_is_asked_from_python():
    painter = MaskPainter(PHOTO, rng=np.random.default_rng(0))
    for ratio in (0.01, 0.25, 0.9):
        painter._on_message(painter, {"random": ratio}, [])
        assert abs(hole_ratio(painter.mask) - ratio) <= 0.006


def test_another_photo_keeps_the_hole_if_it_fits():
    painter = MaskPainter(PHOTO, MASK)
    painter.result = painter.photo
    painter.set_photo(load_photo("gc-animal-koala", size=64))
    assert np.array_equal(painter.mask, MASK) and painter.result == b""
    painter.set_photo(PHOTO, ~MASK)
    assert np.array_equal(painter.mask, ~MASK)
    painter.set_photo(load_photo("gc-animal-koala", size=(20, 30)))
    assert painter.mask.shape == (20, 30) and painter.mask.all()
    with pytest.raises(ValueError, match=r"mask is \(64, 64\) but the photo is \(20, 30\)"):
        painter.set_photo(painter.photo_array, MASK)


@pytest.mark.parametrize(
    "arguments, says",
    [
        ((PHOTO[..., 0],), r"photo has shape \(64, 64\)"),
        ((PHOTO * 255,), r"in \[0, 1\]"),
        ((PHOTO, MASK[:32]), r"mask is \(32, 64\) but the photo is \(64, 64\)"),
        ((PHOTO, MASK * 255), "value 255"),
    ],
)
def test_the_painter_refuses(arguments, says):
    with pytest.raises(ValueError, match=says):
        MaskPainter(*arguments)


def test_a_portable_copy_is_deterministic_and_knows_it_has_no_kernel():
    first, second = MaskPainter(PHOTO, MASK).portable_html(), MaskPainter(PHOTO, MASK).portable_html()
    assert first == second and '\\"has_kernel\\": false' in first


# ---- studio


def test_the_studio_fills_and_scores():
    studio = Studio("gc-erase-kingfisher", MASK, size=64)
    expected = inpaint(PHOTO, MASK, "guided")
    assert np.array_equal(studio.filled, expected)
    report = studio.report.value
    assert f"PSNR {psnr(expected, PHOTO, MASK):.1f} dB" in report and " ms." in report and "download" in report
    shown = np.asarray(Image.open(io.BytesIO(studio.painter.result)))
    assert np.array_equal(shown, np.uint8(expected * 255 + 0.5))
    studio.known.value = False
    assert "PSNR" not in studio.report.value


@pytest.mark.parametrize("method", inpaint.METHODS)
def test_every_method_can_be_chosen(method):
    studio = Studio("gc-erase-kingfisher", MASK, size=64)
    studio.method.value = method
    assert np.array_equal(studio.filled, inpaint(PHOTO, MASK, method)) and f"{method}: " in studio.report.value


def test_fill_after_each_stroke_or_on_demand():
    studio = Studio("gc-erase-kingfisher", size=64)
    assert studio.filled is None and "Paint a hole" in studio.report.value
    studio.painter.mask = MASK
    assert studio.filled is not None
    studio.at_once.value = False
    before = studio.filled
    studio.painter.mask = MASK[::-1]
    assert studio.filled is before
    studio.fill.click()
    assert np.array_equal(studio.filled, inpaint(PHOTO, MASK[::-1]))


def test_all_methods_side_by_side():
    studio = Studio("gc-erase-kingfisher", MASK, size=64)
    studio.compare.click()
    for method in inpaint.METHODS:
        assert f'alt="filled by {method}"' in studio.side_by_side.value
    studio.painter.mask = MASK[::-1]
    assert studio.side_by_side.value == ""  # the pictures belong to the previous hole


def test_other_photos():
    studio = Studio("gc-erase-kingfisher", MASK, size=64)
    studio.photo.value = "gc-animal-koala"
    koala = load_photo("gc-animal-koala", size=64)
    assert np.array_equal(studio.painter.photo_array, koala) and "BurningWell" in studio.credit()
    assert np.array_equal(studio.filled, inpaint(koala, MASK, "guided"))
    assert all(name in photo_names(free=True) for _, name in studio.photo.options if name not in ("", "lettering"))
    own = Studio(PHOTO[:40], MASK[:40])
    assert own.filled.shape == (40, 64, 3) and own.credit() == ""
    assert Studio(photo_names("train")[0], size=32).painter.mask.shape == (32, 32)


def test_one_click_brings_lettering_and_its_mask(monkeypatch):
    fills = []

    def counted(*arguments):
        fills.append(arguments)
        return inpaint(*arguments)

    studio = Studio("gc-erase-kingfisher", MASK, "telea", size=64)
    counted.METHODS = inpaint.METHODS
    monkeypatch.setattr(studio_module, "inpaint", counted)
    studio.lettering.click()
    lettered = next(photo for photo in damaged_photos() if photo.damage == "lettering")
    assert np.array_equal(studio.painter.photo_array, lettered.picture) and len(fills) == 1
    assert np.array_equal(studio.painter.mask, lettered.mask)
    assert np.array_equal(studio.filled, inpaint(lettered.picture, lettered.mask, "telea"))
    assert "PSNR" not in studio.report.value and not studio.painter.known  # the lettering is not the truth
    assert "Public domain" in studio.credit() and studio.photo.label == "gc-mon-pontdugard with lettering"
    studio.painter.mask = np.ones_like(lettered.mask)
    studio.lettering.click()
    assert np.array_equal(studio.painter.mask, lettered.mask)  # the mask is back
    studio.photo.value = "gc-erase-kingfisher"
    assert studio.known.value and studio.painter.known and studio.painter.mask.all()
    begun = Studio("lettering", method="telea")
    assert np.array_equal(begun.painter.mask, lettered.mask) and not begun.known.value
    begun.photo.value = "gc-erase-kingfisher"
    assert begun.known.value and begun.painter.mask.shape == (256, 256)


def test_errors_are_seen_and_the_next_fill_works(monkeypatch):
    studio = Studio("gc-erase-kingfisher", MASK, size=64)

    def broken(*arguments):
        raise RuntimeError("out of paint")

    monkeypatch.setattr(studio_module, "inpaint", broken)
    broken.METHODS = inpaint.METHODS
    studio.fill.click()
    assert "RuntimeError: out of paint" in studio.report.value and studio.painter.result == b""
    monkeypatch.undo()
    studio.fill.click()
    assert studio.filled is not None and "RuntimeError" not in studio.report.value
    studio.painter.mask = np.zeros((64, 64), bool)
    assert "nothing valid" in studio.report.value


def test_a_warning_is_seen():
    studio = Studio("gc-erase-kingfisher", MASK, size=64)
    almost = np.zeros((64, 64), bool)
    almost[:2] = True
    studio.painter.mask = almost
    assert "only 3.1 % of the mask is valid" in studio.report.value and "PSNR" in studio.report.value


def test_without_a_kernel_the_painter_is_left():
    studio = Studio("gc-erase-kingfisher", MASK, size=64)
    data = studio._repr_mimebundle_()
    assert data["text/html"] == studio.painter.portable_html() and "ms" not in data["text/plain"]
    assert data["text/plain"].startswith("Studio(gc-erase-kingfisher, guided, hole ratio 2")
    jpeg = re.search(r'result\\": {\\"base64\\": \\"(.+?)\\"', data["text/html"])[1]  # the fill is in it, as a JPEG
    stored = np.asarray(Image.open(io.BytesIO(base64.b64decode(jpeg))), float)
    assert abs(stored - 255 * studio.filled).mean() < 4 and stored.shape == (64, 64, 3)


def test_damage_is_not_scored_by_itself():
    studio = Studio(PHOTO, MASK, "telea", known=False)
    assert "telea" in studio.report.value and "PSNR" not in studio.report.value and not studio.known.value


# ---- explorers


def test_the_hole_explorer_shows_the_hole_it_describes():
    explorer = hole_explorer(load_photo("gc-animal-koala", size=256))
    expected = irregular_mask(256, (0.2, 0.3), 0, np.random.default_rng(1))
    assert f"Hole ratio {100 * hole_ratio(expected):.1f} %, hole radius {hole_radius(expected)} px" in explorer.text
    assert explorer.controls["border"].description == "free margin"
    shown = np.asarray(Image.open(io.BytesIO(explorer.png)))
    assert np.array_equal((shown[:, 264:, 0] == 255)[1:-1, 1:-1], expected[1:-1, 1:-1])
    explorer.controls["border"].value = 25
    explorer.controls["kind"].value = ("blobs",)
    shown = np.asarray(Image.open(io.BytesIO(explorer.png)))[:, 264:, 0]
    assert (shown[1:25, 1:-1] == 255).all() and explorer.text in html.unescape(explorer.picture.value)


def test_the_leak_explorer_measures_the_leak():
    photo, mask = np.full((40, 40, 3), 0.8, np.float32), np.ones((40, 40), bool)
    mask[15:25, 15:25] = False
    explorer = leak_explorer(photo, mask)
    explorer.controls["grey"].value = 204  # 0.8: the photo's own colour
    assert explorer.text.startswith("Fill 204 of 255. Mean error of the blur at valid pixels: 0.00 %")
    explorer.controls["grey"].value = 0
    assert "0.00 %" not in explorer.text
    assert "image/png" in explorer._repr_mimebundle_() and repr(explorer).startswith("Explorer(Fill 0")


def test_the_slider_keeps_to_its_range():
    slider = Slider(value=5, max=9, description="n")
    with pytest.raises(traitlets.TraitError, match="value is 12; it must be from 0 to 9"):
        slider.value = 12
    assert slider.value == 5
    with pytest.raises(traitlets.TraitError):
        Slider(value=-1)


def test_an_explorers_error_is_seen():
    explorer = Explorer({"n": widgets.IntText(1)}, lambda n: (np.full((4, 4, 3), 1 / n), f"n = {n}"))
    assert explorer.text == "n = 1"
    explorer.draw = lambda n: 1 / 0
    explorer.controls["n"].value = 2
    assert "ZeroDivisionError: division by zero" in explorer.picture.value


def test_a_choice_slider_holds_one_of_its_options():
    slider = ChoiceSlider(["0.1", "0.2"], "0.2", description="ratio")
    assert ChoiceSlider(["a", "b"]).value == "a"
    with pytest.raises(traitlets.TraitError, match=r"value is '0\.3'; there are 0\.1, 0\.2"):
        slider.value = "0.3"
    assert slider.value == "0.2"
    slider.options = ["0.2", "0.3"]
    assert slider.value == "0.2"
    slider.options = ["a", "b"]
    assert slider.value == "a"
