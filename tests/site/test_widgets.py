"""Every kind of widget on the website works without a kernel, and its code is stored once."""

import itertools
import re
from collections import defaultdict

import numpy as np
import pytest

from pconv_edu.core import partial_conv2d, shrink_mask

from .conftest import SITE, lessons


def widgets():
    """Return the first page of every kind of widget, by kind."""
    found = defaultdict(list)
    for name in lessons():
        for kind in re.findall('data-widget="([a-z]+)"', (SITE / name).read_text(encoding="utf-8")):
            found[kind].append(name)
    return {kind: names[0] for kind, names in found.items()}


def paint(widget):
    canvas = widget.locator("canvas.paint")
    canvas.scroll_into_view_if_needed()
    widget.get_by_role("button", name="Clear", exact=True).click()
    assert "hole ratio 0.0 %" in widget.locator(".count").inner_text()
    box = canvas.bounding_box()
    mouse = widget.page.mouse
    mouse.move(box["x"] + 30, box["y"] + 30)
    mouse.down()
    mouse.move(box["x"] + 90, box["y"] + 60, steps=4)
    mouse.up()
    ratio = re.search(r"hole ratio ([1-9]\.\d %)", widget.locator(".count").inner_text())[1]
    fill = widget.locator(".course-fill")
    assert re.fullmatch(r"after layer (\d+) of \1: 0\.0 % hole", fill.get_by_role("status").inner_text())
    fill.get_by_role("slider").focus()
    widget.page.keyboard.press("Home")
    assert re.fullmatch(rf"after layer 0 of [1-9]\d*: {ratio} hole", fill.get_by_role("status").inner_text())


def step(widget):
    outputs = widget.locator(".block", has_text="Output").locator("button.cell")
    assert outputs.nth(1).inner_text() == "·"
    widget.get_by_role("button", name="Step", exact=True).click()
    assert outputs.nth(1).inner_text() == "1"


def play(widget):
    assert widget.get_by_role("status").inner_text().startswith("before the first layer: ")
    widget.get_by_role("slider").focus()
    widget.page.keyboard.press("ArrowRight")
    assert widget.get_by_role("status").inner_text().startswith("after layer 1: ")


def choose_layer(widget):
    widget.locator("button.block").nth(2).click()
    assert widget.locator(".name").inner_text() == "encoder 3"
    assert widget.locator("figure:not([hidden]) img").count() > 2


def weigh(widget):
    before = widget.locator("canvas").first.get_attribute("aria-label")
    widget.get_by_role("slider").first.focus()
    widget.page.keyboard.press("Home")
    assert widget.locator("canvas").first.get_attribute("aria-label") != before


def draw(widget):
    widget.locator("input[type=number]").first.fill("20")
    widget.page.keyboard.press("Tab")
    count = widget.locator("input[type=number]").count()
    assert f"{count - 1} of {count} values are still to be drawn" in widget.get_by_role("status").inner_text()


def choose_cell(widget):
    before = widget.locator(".head").inner_text()
    widget.locator(".frame").first.focus()
    widget.page.keyboard.press("ArrowRight")
    assert widget.locator(".head").inner_text() != before


INTERACTIONS = {
    "attention": choose_cell,
    "film": play,
    "gates": choose_layer,
    "layers": choose_layer,
    "painter": paint,
    "playground": weigh,
    "sketch": draw,
    "stepper": step,
}


def test_every_kind_of_widget_has_an_interaction_below():
    assert set(widgets()) == set(INTERACTIONS)


@pytest.mark.parametrize("kind", INTERACTIONS)
@pytest.mark.parametrize("width", [390, 1400])
def test_a_widget_is_alive(open_page, kind, width):
    page = open_page(widgets()[kind], width=width)
    widget = page.locator(f'.course-widget[data-widget="{kind}"]').first
    widget.scroll_into_view_if_needed()
    page.wait_for_selector(f'.course-widget[data-widget="{kind}"][data-alive]')
    page.wait_for_timeout(300)  # until its pictures are decoded
    INTERACTIONS[kind](widget)


@pytest.mark.parametrize("size", [3, 5, 7])
def test_the_fill_of_the_painter_is_that_of_partial_convolutions(open_page, size):
    rng = np.random.default_rng(size)
    mask, photo = rng.random((30, 20)) > 0.9, rng.integers(0, 256, (30, 20, 4))
    arguments = [(~mask).ravel().astype(int).tolist(), photo.ravel().tolist(), 20, 30, size // 2]
    fill = "(a) => { const f = fillByLayers(...a); return { ...f, reached: [...f.reached], colors: [...f.colors] }; }"
    got = open_page(widgets()["painter"]).evaluate(fill, arguments)
    masks = shrink_mask(mask, size)
    assert got["last"] == len(masks) - 1 > 1
    reached = np.reshape(got["reached"], mask.shape)
    expected = np.moveaxis(photo[..., :3], 2, 0).astype(float)
    for layer, (before, after) in enumerate(itertools.pairwise(masks), 1):
        assert np.array_equal(reached <= layer, after)
        weight = np.ones((3, 1, size, size)) / size**2
        means, _ = partial_conv2d(expected, before, weight, padding=size // 2, groups=3)
        expected = np.where(before, expected, means)
    colors = np.reshape(got["colors"], (*mask.shape, 4))[..., :3]
    assert np.allclose(colors, np.moveaxis(expected, 0, 2), atol=1e-3)


def test_the_code_of_a_widget_is_stored_once():
    programs = [path.name.split("-code-")[0] for path in (SITE / "widgets").glob("*-code-*.js")]
    assert sorted(programs) == sorted(set(programs)) == sorted(INTERACTIONS)
    texts = [(SITE / name).read_text(encoding="utf-8") for name in lessons()]
    assert [text[:80] for text in texts if "base64," in text] == []


def test_a_widget_follows_the_theme_of_the_page(open_page):
    page = open_page(widgets()["stepper"])
    page.locator(".course-widget").first.scroll_into_view_if_needed()
    page.wait_for_selector(".course-widget[data-alive]")
    color = "getComputedStyle(document.querySelector('.pconv-stepper')).color"
    light = page.evaluate(color)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"{color} !== '{light}'")
