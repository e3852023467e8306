"""The gates explorer on a bare page, with no kernel: every block by click and by key, and what is shown of it."""

import numpy as np
import pytest

from pconv_edu.core import irregular_mask, load_photo
from pconv_edu.lessons.widgets import GatesExplorer
from pconv_edu.nn.variants import GatedUNet
from tests.nn.test_unet import some_network

from .conftest import set_theme, violations
from .test_layers_page import button, chosen, facts, pixels

SIZE = (64, 96)


def explorer(levels=3, size=SIZE, width=4, **options):
    mask = irregular_mask(size, (0.3, 0.4), rng=np.random.default_rng(3))
    network = some_network(GatedUNet, width=width, levels=levels, max_channels=8)
    return GatesExplorer(network, load_photo("gc-animal-koala", size=size), mask, **options)


def load(page, widget=None):
    """Show an explorer's kernel-free copy; window.sent counts what it would send to a kernel."""
    html = (widget or explorer()).portable_html()
    html = html.replace("save_changes: () => {}", "save_changes: () => { (window.sent ||= []).push(state.chosen); }")
    page.set_content(f'<!doctype html><html lang="en"><body>{html}</body></html>')
    page.wait_for_selector(".pconv-layers dl dd")


def shades(page, image):
    """A grey picture of the page as gates (H, W) in 0 … 1."""
    shown = pixels(page, image)
    assert (shown == shown[..., :1]).all()
    return shown[..., 0] / 255


def test_every_block_by_click(page):
    widget = explorer()
    load(page, widget)
    assert page.locator("button.block").count() == 6 and chosen(page) == "encoder 1"
    assert page.locator("div.block").get_attribute("aria-label") == "the photo and its mask: 4 channels, 64×96"
    photo = page.locator("figure img").first
    assert photo.get_attribute("alt") == "The photo, its hole in pink."
    assert pixels(page, photo).shape == (*SIZE, 3)
    for index in (*range(1, 6), 0):
        about = widget.blocks[index]
        button(page, about["name"]).click()
        assert chosen(page) == page.locator(".name").inner_text() == about["name"]
        assert facts(page) == {
            "layer": about["layer"], "channels": about["channels"], "size": f"{about['height']}×{about['width']}",
            "then": about["then"], "mask": about["hole"], "gates": about["gates"],
        }  # fmt: skip
        _, mask, mean, *maps = page.locator("figure:not([hidden]) img").all()
        assert np.array_equal((pixels(page, mask) == 255).all(-1), widget.layer_masks[index])
        assert about["hole"] in mask.get_attribute("alt") and about["gates"] in mean.get_attribute("alt")
        assert abs(shades(page, mean) - widget.gates[index].mean(0)).max() < 0.025
        assert len(maps) == 3
        captions = page.locator("figure.small:not([hidden]) figcaption").all_inner_texts()
        for k, channel in enumerate(widget.channels[index]):
            assert abs(shades(page, maps[k]) - widget.gates[index][channel]).max() < 0.025
            assert captions[k] == f"channel {channel}: {about['ranges'][k]}"
            says = f"Gates of channel {channel} of {about['name']}, from {about['ranges'][k]}."
            assert maps[k].get_attribute("alt") == says
        assert about["order"] in page.locator(".note").inner_text()
        assert page.locator(".skip.lit").count() == (not about["down"])
    assert page.evaluate("sent") == [1, 2, 3, 4, 5, 0]


def test_arrow_keys_walk_through_the_u(page):
    load(page)
    button(page, "encoder 1").focus()
    for key, name in (
        ("ArrowDown", "encoder 2"),
        ("ArrowRight", "decoder 3"),
        ("ArrowDown", "encoder 3"),
        ("ArrowLeft", "encoder 2"),
        ("End", "decoder 1"),
        ("ArrowUp", "decoder 1"),
        ("Home", "encoder 1"),
    ):
        page.keyboard.press(key)
        assert chosen(page) == page.locator(".name").inner_text() == name, key
        assert button(page, name).evaluate("(node) => node === document.activeElement")
        assert page.locator("button.block[tabindex='0']").count() == 1  # Tab enters and leaves in one step


def test_plain_keys_stay_inside_and_shortcuts_pass(page):
    load(page)
    page.evaluate("() => { window.heard = []; document.onkeydown = (event) => heard.push(event.key); }")
    button(page, "encoder 1").focus()
    for key in ("x", "b", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("heard") == []
    page.keyboard.press("Control+ArrowDown")
    assert page.evaluate("heard").count("ArrowDown") == 1


def test_a_narrow_network_shows_fewer_pictures(page):
    load(page, explorer(levels=2, width=1))
    for name, count in (("encoder 1", 1), ("encoder 2", 2), ("decoder 1", 3)):
        button(page, name).click()
        assert page.locator("figure.small:not([hidden])").count() == count


def test_a_single_value_fills_its_frame(page):
    load(page, explorer(levels=4, size=(16, 16), chosen=3))
    assert "1×1" in facts(page)["size"]
    for image in page.locator(".frame img").all()[1:]:
        box = image.bounding_box()
        assert box["width"] > 100 and box["height"] == pytest.approx(box["width"], abs=1)


@pytest.mark.parametrize("width", [700, 1000, 1400])
def test_nothing_moves_when_choosing(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    load(page, explorer(6, (256, 256)))
    places = set()
    for node in page.locator("button.block").all():
        node.click()
        tops = [page.locator(place).first.bounding_box()["y"] for place in (".name", ".frame", ".maps", ".unet")]
        places.add(tuple(tops))
    assert len(places) == 1
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    for frame in page.locator(".large .frame").all():
        assert frame.evaluate("(node) => node.clientWidth") >= (256 if width >= 1000 else 200)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible(page, theme):
    load(page)
    set_theme(page, theme)
    for name in ("encoder 1", "encoder 3", "decoder 2"):
        button(page, name).click()
        assert violations(page, ".pconv-layers") == []


def test_without_scripts_there_is_a_table(page_without_scripts):
    page, widget = page_without_scripts, explorer()
    page.set_content(widget.portable_html())
    rows = page.locator("tr").all_inner_texts()
    assert len(rows) == 7 and all(about["gates"] in row for about, row in zip(widget.blocks, rows[1:], strict=True))
