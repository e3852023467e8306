"""The layer explorer on a bare page, with no kernel: every block by click and by key, and what is shown of it."""

import numpy as np
import pytest
import torch

from pconv_edu.core import irregular_mask, load_photo
from pconv_edu.lessons.widgets import LayerExplorer
from pconv_edu.nn import PConvUNet

from .conftest import set_theme, violations

SIZE = (64, 96)


def explorer(levels=3, size=SIZE, mask=None, **options):
    torch.manual_seed(0)
    mask = irregular_mask(size, (0.3, 0.4), rng=np.random.default_rng(3)) if mask is None else mask
    return LayerExplorer(PConvUNet(width=4, levels=levels), load_photo("gc-animal-koala", size=size), mask, **options)


def load(page, widget=None):
    """Show an explorer's kernel-free copy; window.sent counts what it would send to a kernel."""
    html = (widget or explorer()).portable_html()
    html = html.replace("save_changes: () => {}", "save_changes: () => { (window.sent ||= []).push(state.chosen); }")
    page.set_content(f'<!doctype html><html lang="en"><body>{html}</body></html>')
    page.wait_for_selector(".pconv-layers dl dd")


def button(page, name):
    return page.locator(f"button.block[aria-label^='{name}:']")


def chosen(page):
    return page.locator("button.block[aria-pressed=true]").get_attribute("aria-label").split(":")[0]


def facts(page):
    terms, texts = page.locator("dl dt").all_inner_texts(), page.locator("dl dd").all_inner_texts()
    return dict(zip(terms, texts, strict=True))


def pixels(page, image):
    """A picture of the page, pixel by pixel: (H, W, 3)."""
    data = image.evaluate(
        """async (image) => {
          await image.decode();
          const sheet = document.createElement("canvas");
          [sheet.width, sheet.height] = [image.naturalWidth, image.naturalHeight];
          const pen = sheet.getContext("2d");
          pen.drawImage(image, 0, 0);
          return [sheet.width, sheet.height, ...pen.getImageData(0, 0, sheet.width, sheet.height).data]; }"""
    )
    return np.array(data[2:]).reshape(data[1], data[0], 4)[..., :3]


def test_every_block_by_click(page):
    widget = explorer()
    load(page, widget)
    assert page.locator("button.block").count() == 6 and chosen(page) == "encoder 1"
    for index in (*range(1, 6), 0):
        about = widget.blocks[index]
        button(page, about["name"]).click()
        assert chosen(page) == page.locator(".name").inner_text() == about["name"]
        label = f"{about['name']}: {about['out']} channels, {about['height']}×{about['width']}"
        assert button(page, about["name"]).get_attribute("aria-label") == label
        assert facts(page) == {
            "layer": about["layer"], "channels": about["channels"], "size": f"{about['height']}×{about['width']}",
            "then": about["then"], "mask": about["hole"], "reach": about["reach"],
        }  # fmt: skip
        photo, mask, *maps = page.locator("figure:not([hidden]) img").all()
        white = (pixels(page, mask) == 255).all(-1)
        assert np.array_equal(white, widget.layer_masks[index]) and about["hole"] in mask.get_attribute("alt")
        assert about["reach"] in photo.get_attribute("alt")
        assert len(maps) == 3
        for image, channel in zip(maps, widget.channels[index], strict=True):
            pink = (pixels(page, image) == (217, 28, 140)).all(-1)
            assert np.array_equal(pink, ~widget.layer_masks[index])
            assert image.get_attribute("alt") == f"Feature map {channel} of {about['name']}."
        assert page.locator(".skip.lit").count() == (not about["down"])
        assert ("that vary most" in page.locator(".note").inner_text()) == (about["out"] > 3 or index == 5)
    assert page.evaluate("sent") == [1, 2, 3, 4, 5, 0]
    button(page, "encoder 1").click()
    assert len(page.evaluate("sent")) == 6  # nothing new, nothing sent


def test_the_frame_lies_on_what_is_seen(page):
    widget = explorer()
    load(page, widget)
    photo = page.locator(".frame img").first.bounding_box()
    scale = photo["width"] / SIZE[1]
    assert photo["height"] == pytest.approx(scale * SIZE[0], abs=1)
    for about in widget.blocks:
        button(page, about["name"]).click()
        wanted = [about["seen"]] + ([about["skip"]] if about["skip"] else [])
        boxes = page.locator(".frame path.box:not(.under)").all()
        assert len(boxes) == len(wanted)
        for box, (top, left, bottom, right) in zip(boxes, wanted, strict=True):
            drawn = box.evaluate("(node) => { const b = node.getBBox(); return [b.y, b.x, b.height, b.width]; }")
            assert drawn == [top, left, bottom + 1 - top, right + 1 - left]
            matrix = box.evaluate("(node) => { const m = node.getScreenCTM(); return [m.a, m.d, m.e, m.f]; }")
            assert matrix == pytest.approx([scale, scale, photo["x"], photo["y"]], abs=0.6)


def test_arrow_keys_walk_through_the_u(page):
    load(page)
    button(page, "encoder 1").focus()
    for key, name in (
        ("ArrowDown", "encoder 2"),
        ("ArrowRight", "decoder 3"),
        ("ArrowLeft", "encoder 2"),
        ("ArrowLeft", "encoder 2"),
        ("ArrowDown", "encoder 3"),
        ("ArrowDown", "encoder 3"),
        ("ArrowRight", "decoder 3"),
        ("ArrowDown", "encoder 3"),
        ("ArrowLeft", "encoder 2"),
        ("ArrowRight", "decoder 3"),
        ("ArrowUp", "decoder 2"),
        ("ArrowUp", "decoder 1"),
        ("ArrowUp", "decoder 1"),
        ("ArrowLeft", "decoder 1"),
        ("Home", "encoder 1"),
        ("ArrowUp", "encoder 1"),
        ("ArrowRight", "decoder 2"),
        ("End", "decoder 1"),
    ):
        page.keyboard.press(key)
        assert chosen(page) == page.locator(".name").inner_text() == name, key
        assert button(page, name).evaluate("(node) => node === document.activeElement")
        assert page.locator("button.block[tabindex='0']").count() == 1  # Tab enters and leaves in one go


def test_plain_keys_stay_inside_and_shortcuts_pass(page):
    load(page)
    page.evaluate("() => { window.heard = []; document.onkeydown = (event) => heard.push(event.key); }")
    button(page, "encoder 1").focus()
    for key in ("x", "b", "ArrowDown", "Enter", "Shift+Enter", "Escape"):
        page.keyboard.press(key)
    assert page.evaluate("heard") == []
    page.keyboard.press("Control+ArrowDown")
    assert page.evaluate("heard").count("ArrowDown") == 1 and chosen(page) == "encoder 2"


def test_a_single_value_fills_its_frame(page):
    """The deepest layer may be one pixel: it is drawn as large as every other picture."""
    load(page, explorer(levels=4, size=(16, 16), chosen=3))
    assert "1×1" in facts(page)["size"]
    for image in page.locator(".frame img").all()[1:]:
        box = image.bounding_box()
        assert box["width"] > 100 and box["height"] == pytest.approx(box["width"], abs=1)
        assert pixels(page, image).shape == (1, 1, 3)


def test_a_mask_of_256_pixels_loses_none(page):
    """Drawn any smaller, a lone hole pixel could fall between two pixels of the screen."""
    page.set_viewport_size({"width": 1000, "height": 900})
    load(page, explorer(levels=2, size=(256, 256)))
    for frame in page.locator(".large .frame").all():
        assert frame.evaluate("(node) => node.clientWidth") >= 256


@pytest.mark.parametrize("levels, width", [(2, 700), (6, 700), (8, 1000)])
def test_the_blocks_of_any_depth_lie_apart_and_hold_their_text(page, levels, width):
    page.set_viewport_size({"width": width, "height": 900})
    load(page, explorer(levels))
    boxes = [node.bounding_box() for node in page.locator(".block").all()]
    assert len(boxes) == 2 * levels + 1
    for k, a in enumerate(boxes):
        assert a["x"] >= 0 and a["x"] + a["width"] <= width
        for b in boxes[:k]:
            apart_x = a["x"] + a["width"] <= b["x"] or b["x"] + b["width"] <= a["x"]
            assert apart_x or a["y"] + a["height"] <= b["y"] or b["y"] + b["height"] <= a["y"]
    for block in page.locator(".block").all():
        assert block.evaluate(
            "(node) => node.scrollWidth <= node.clientWidth && node.scrollHeight <= node.clientHeight"
        )
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("width", [700, 770, 1000, 1400])
def test_nothing_moves_when_choosing(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    load(page, explorer(6, (256, 256)))
    places = set()
    for node in page.locator("button.block").all():
        node.click()
        tops = [page.locator(place).first.bounding_box()["y"] for place in (".name", ".frame", ".maps", ".unet")]
        places.add(tuple(tops))
    assert len(places) == 1


def test_two_copies_on_a_page_do_not_disturb_each_other(page):
    html = explorer().portable_html()
    page.set_content(f'<!doctype html><html lang="en"><body>{html}{html}</body></html>')
    page.wait_for_function("() => document.querySelectorAll('.pconv-layers dl dd').length === 12")
    first, second = page.locator(".pconv-layers").all()
    second.locator("button.block").nth(4).click()
    assert second.locator(".name").inner_text() == "decoder 2"
    assert first.locator(".name").inner_text() == "encoder 1"


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
    assert len(rows) == 7 and all(about["reach"] in row for about, row in zip(widget.blocks, rows[1:], strict=True))
