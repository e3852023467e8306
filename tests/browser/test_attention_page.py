"""The attention explorer on a bare page, with no kernel: cells by pointer and by key, their sources, and the fills."""

import functools

import numpy as np
import pytest
import torch

from pconv_edu.core import load_photo
from pconv_edu.lessons.widgets import AttentionExplorer
from pconv_edu.lessons.widgets.attention_cells import ONE, spread_text
from pconv_edu.nn.attention_network import AttentionNetwork

from .conftest import set_theme, violations

SIZE = (64, 96)  # the network adds cells to the rows


def holes():
    """A large hole, whose upper edge crosses cells, and a small one to its right."""
    mask = np.ones(SIZE, bool)
    mask[12:40, 24:56] = False
    mask[32:40, 80:88] = False
    return mask


@functools.cache
def explorer():
    torch.manual_seed(0)
    image = load_photo("gc-animal-koala", size=SIZE)
    return AttentionExplorer(AttentionNetwork(width=2), image, holes(), image)


def load(page, widget=None):
    """Show an explorer's kernel-free copy; window.sent lists what it would send to a kernel."""
    html = (widget or explorer()).portable_html()
    html = html.replace(
        "save_changes: () => {}", "save_changes: () => { (window.sent ||= []).push(`${state.chosen}`); }"
    )
    page.set_content(f'<!doctype html><html lang="en"><body>{html}</body></html>')
    page.wait_for_selector(".pconv-attention canvas[data-shown]")


def frame(page):
    return page.locator(".pconv-attention .frame").first


def point(page, row, column):
    """Return the position of a pixel of the photo on the page."""
    box = frame(page).locator("img").bounding_box()
    zoom = box["width"] / SIZE[1]
    return box["x"] + (column + 0.5) * zoom, box["y"] + (row + 0.5) * zoom


def cell(page):
    """The cell that the text describes, as (row, column)."""
    words = page.locator(".head").inner_text().replace(",", "").split()
    return int(words[2]), int(words[4])


def check_cell(page, widget, row, column):
    """The text and the outlines are those of this cell."""
    k = widget._cells.index((row, column))
    copies = widget.copies
    assert cell(page) == (row, column)
    assert page.locator("ol li").all_inner_texts() == widget.source_list(row, column)
    assert page.locator(".spread").inner_text() == spread_text(copies.weights[k], copies.outside[k], widget.count)
    corners = """(nodes) => nodes.map((node) => ["x", "y", "width"].map((name) => Number(node.getAttribute(name))))"""
    boxes = page.locator(".source rect:not(.under)").evaluate_all(corners)
    listed = copies.sources[k][copies.weights[k] > 0].astype(int)
    middles = [(y + side / 2, x + side / 2) for x, y, side in boxes][::-1]  # the heaviest one is drawn last
    assert np.allclose(middles, 8 * np.stack(np.divmod(listed, SIZE[1] // 8), 1) + 4)
    for drawing in page.locator(".frame svg").all():
        [[x, y, side]] = drawing.locator(".cursor:not(.under)").evaluate_all(corners)
        assert (y + side / 2, x + side / 2) == (8 * row + 4, 8 * column + 4)


def test_every_cell_by_click(page):
    widget = explorer()
    load(page, widget)
    check_cell(page, widget, *widget.chosen)
    for row, column in widget._cells:
        page.mouse.click(*point(page, 8 * row + 4, 8 * column + 4))
        page.mouse.move(0, 0)
        check_cell(page, widget, row, column)
    page.mouse.click(*point(page, 8 * row + 2, 8 * column + 6))
    sent = page.evaluate("sent")
    assert sent[-1] == f"{row},{column}" and len(sent) == len(set(sent))  # nothing is sent twice


def test_larger_weights_have_thicker_and_stronger_outlines(page):
    widget = explorer()
    load(page, widget)
    k = int(widget.copies.weights[:, 0].argmin())  # the cell whose sources are spread most
    page.mouse.click(*point(page, *(8 * np.array(widget._cells[k]) + 4)))
    weights = widget.copies.weights[k][widget.copies.weights[k] > 0] / ONE
    shown = page.locator(".source").evaluate_all(
        "(nodes) => nodes.map((g) => [Number(g.style.opacity), parseFloat(g.lastChild.style.strokeWidth)])"
    )[::-1]
    assert len(shown) == len(weights) > 1 and weights[0] > weights[-1]
    for values in zip(*shown, strict=True):
        assert list(values) == sorted(values, reverse=True) and values[0] > values[-1]
    bars = page.locator(".bar").evaluate_all("(nodes) => nodes.map((node) => parseFloat(node.style.width) / 100)")
    assert bars == pytest.approx(weights.tolist(), abs=1e-4)


def test_pointing_shows_a_cell_until_the_pointer_leaves(page):
    widget = explorer()
    load(page, widget)
    page.mouse.move(*point(page, 36, 84))
    check_cell(page, widget, 4, 10)
    page.mouse.move(*point(page, 60, 4))  # known, and far from the hole
    check_cell(page, widget, *widget.chosen)
    page.mouse.move(*point(page, 13, 28))  # in the hole, but not in one of its cells
    check_cell(page, widget, 2, 3)
    page.mouse.move(0, 0)
    check_cell(page, widget, *widget.chosen)
    assert page.evaluate("window.sent") is None
    page.mouse.click(*point(page, 60, 4))
    assert page.evaluate("window.sent") is None


def test_arrow_keys_go_through_the_hole(page):
    widget = explorer()
    load(page, widget)
    page.keyboard.press("Tab")
    assert frame(page).evaluate("(node) => node === document.activeElement")
    page.keyboard.press("Home")
    seen = [cell(page)]
    for _ in widget._cells[1:]:
        page.keyboard.press("ArrowRight")
        seen.append(cell(page))
    assert seen == widget._cells
    for key, target in (
        ("ArrowRight", (4, 10)),
        ("ArrowUp", (3, 6)),  # the nearest cell of the row above
        ("ArrowUp", (2, 6)),
        ("ArrowUp", (2, 6)),
        ("ArrowLeft", (2, 5)),
        ("ArrowDown", (3, 5)),
        ("ArrowDown", (4, 5)),
        ("ArrowDown", (4, 5)),
        ("End", (4, 10)),
        ("ArrowLeft", (4, 6)),
        ("Home", (2, 3)),
        ("ArrowLeft", (2, 3)),
    ):
        page.keyboard.press(key)
        check_cell(page, widget, *target)
    assert page.evaluate("sent.at(-1)") == "2,3"


def test_a_key_moves_the_kept_cell_while_the_pointer_rests(page):
    load(page)
    frame(page).focus()
    page.keyboard.press("Home")
    page.mouse.move(*point(page, 36, 84))
    page.keyboard.press("ArrowRight")
    assert cell(page) == (2, 4)


def test_the_focus_is_visible(page):
    load(page)
    for _ in range(2):
        page.keyboard.press("Tab")
        style = "() => { const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.outlineWidth]; }"
        assert page.evaluate(style) == ["solid", "3px"]


def test_plain_keys_stay_inside_and_shortcuts_pass(page):
    load(page)
    page.evaluate("() => { window.heard = []; document.onkeydown = (event) => heard.push(event.key); }")
    frame(page).focus()
    before = cell(page)
    for key in ("x", "b", "Enter", "Escape"):
        page.keyboard.press(key)
    assert page.evaluate("heard") == []
    page.keyboard.press("Control+ArrowDown")
    assert "ArrowDown" in page.evaluate("heard") and cell(page) == before


def shown(page):
    """The pixels of the right picture, (H, W, 3) in [0, 1]."""
    data = page.locator("canvas").evaluate(
        "(canvas) => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
    )
    return np.array(data).reshape(*SIZE, 4)[..., :3] / 255


def test_the_fills(page):
    load(page)
    assert page.locator("canvas").get_attribute("data-shown") == "refined"
    page.get_by_role("radio", name="refined").focus()
    pictures = {"refined": shown(page)}
    for key, name, label in (
        ("ArrowLeft", "coarse", "The coarse fill."),
        ("ArrowLeft", "true", "The photo without a hole."),
    ):
        page.keyboard.press(key)
        page.wait_for_selector(f"canvas[data-shown={name}]")
        assert page.locator("canvas").get_attribute("aria-label") == label
        pictures[name] = shown(page)
    truth = load_photo("gc-animal-koala", size=SIZE)
    hole = ~holes()
    assert abs(pictures["true"] - truth).mean() < 0.03
    assert abs(pictures["coarse"] - truth)[~hole].mean() < 0.03
    for a, b in (("coarse", "refined"), ("coarse", "true"), ("refined", "true")):
        assert abs(pictures[a] - pictures[b])[hole].mean() > 0.03


def test_a_hole_without_a_cell(page):
    mask = np.ones(SIZE, bool)
    mask[20:27, 10:80] = False
    widget = AttentionExplorer(AttentionNetwork(width=2), load_photo("gc-animal-koala", size=SIZE), mask)
    load(page, widget)
    assert page.get_by_role("status").inner_text().strip() == widget.message != ""
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "radio"  # the photo cannot be focused
    page.mouse.click(*point(page, 24, 40))
    page.mouse.move(*point(page, 24, 50))
    assert page.locator(".frame rect").count() == 0 and page.evaluate("window.sent") is None
    assert violations(page, ".pconv-attention") == []


@pytest.mark.parametrize("width", [600, 800, 1200])
def test_nothing_overflows_and_nothing_moves(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    widget = explorer()
    load(page, widget)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    left, right = (box.bounding_box() for box in page.locator(".frame").all())
    assert left["y"] == right["y"] and left["x"] + left["width"] < right["x"]
    frame(page).focus()
    places = set()
    for key in ("Home", "ArrowRight", "ArrowDown", "End"):
        page.keyboard.press(key)
        places.add(tuple(page.locator(place).first.bounding_box()["y"] for place in (".about", ".spread", ".note")))
    assert len(places) == 1


def test_two_copies_on_a_page_do_not_disturb_each_other(page):
    html = explorer().portable_html()
    page.set_content(f'<!doctype html><html lang="en"><body>{html}{html}</body></html>')
    page.wait_for_function("() => document.querySelectorAll('canvas[data-shown]').length === 2")
    first, second = page.locator(".pconv-attention").all()
    second.get_by_role("radio", name="coarse").check()
    second.locator(".frame").first.focus()
    page.keyboard.press("End")
    assert first.get_by_role("radio", name="refined").is_checked()
    assert first.locator(".head").inner_text() != second.locator(".head").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible(page, theme):
    load(page)
    set_theme(page, theme)
    assert violations(page, ".pconv-attention") == []
    about = page.get_by_role("status")
    assert about.get_attribute("aria-atomic") == "true" and "copies from" in about.inner_text()


def test_without_scripts_there_are_pictures_and_a_sentence(page_without_scripts):
    page, widget = page_without_scripts, explorer()
    page.set_content(widget.portable_html())
    assert widget.describe() in page.locator("body").inner_text()
    assert page.locator("img").evaluate_all("(images) => images.map((i) => i.naturalWidth)") == [SIZE[1]] * 2
