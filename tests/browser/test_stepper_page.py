"""The stepper on a bare page, with no kernel: its arithmetic is Python's, and every way to use it works."""

import numpy as np
import pytest

from pconv_edu.core import worked_example
from pconv_edu.core.worked_example import trace
from pconv_edu.lessons.widgets import Stepper
from pconv_edu.lessons.widgets.portable import join_module
from pconv_edu.lessons.widgets.stepper import HERE

from .conftest import set_theme, violations

FIELDS = ("sum_1", "sum_M", "ratio", "raw", "y", "y_article", "new_mask", "products")


def load(page, stepper=None, before=""):
    """Show a stepper's kernel-free copy, twice if `before` contains another one."""
    page.set_content(f'<!doctype html><html lang="en"><body>{before}{(stepper or Stepper()).portable_html()}</body>')
    page.wait_for_selector(".pconv-stepper dl dd")


def block(page, name):
    return page.locator(".block", has_text=name)


def output(page, row, col, width=5):
    return block(page, "Output").locator("button.cell").nth(row * width + col)


def outputs(page):
    return block(page, "Output").locator("button.cell").all_inner_texts()


def sums(page):
    return page.locator("dl.sums").inner_text()


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def random_states():
    rng = np.random.default_rng(0)
    for k in range(36):
        height, width = rng.integers(1, 10, 2)
        kernel = (3, 3) if k % 2 else tuple(rng.choice([1, 3, 5], 2))
        x = rng.integers(-9, 10, (height, width)) if k % 3 else rng.standard_normal((height, width))
        weight = rng.standard_normal(kernel).round(2)
        yield x, rng.random((height, width)) < rng.choice([0, 0.2, 0.6, 1]), weight, float(rng.normal())


def test_javascript_and_python_agree(page):
    states = [(worked_example.X, worked_example.M, worked_example.W, worked_example.B), *random_states()]
    code = join_module(HERE / "stepper.js")
    for x, mask, weight, bias in states:
        state = {"x": x.tolist(), "mask": mask.astype(int).tolist(), "weight": weight.tolist(), "bias": bias}
        found = page.evaluate(
            """async ([code, state]) => {
              const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
              const { traceWindow } = await import(url);
              return state.x.flatMap((line, r) => line.map((_, c) => traceWindow(state, r, c))); }""",
            [code, state],
        )
        windows = trace(x, mask, weight, bias)
        assert len(found) == len(windows) == x.size
        for got, want in zip(found, windows, strict=True):
            for field in FIELDS:
                assert np.allclose(got[field], getattr(want, field), rtol=1e-12, atol=1e-12), field


def test_it_steps_and_shows_only_what_was_visited(page):
    load(page)
    assert outputs(page)[:2] == ["−8", "·"]
    assert "3 of 9 values are valid" in sums(page)
    assert "1×5 + (−2)×2 + (−1)×4 = −3" in sums(page)
    assert "−3 × 9/3 + b = −9 + b = −9 + 1 = −8" in sums(page)
    press(page, "Step")
    y = [f"{w.y:.2f}".rstrip("0").rstrip(".").replace("-", "−") for w in trace()]
    assert outputs(page) == [*y[:2], *["·"] * 23]
    press(page, "Back")
    page.get_by_role("button", name="Back").click(force=True)  # stops at the first cell, where it looks disabled
    assert "row 0, column 0" in sums(page)
    press(page, "Show all")
    assert outputs(page) == y
    press(page, "Show all")
    assert outputs(page).count("·") == 23


def test_pointing_and_clicking(page):
    load(page)
    output(page, 3, 3).hover()
    assert "row 3, column 3 (blue)" in sums(page) and "−3 × 9/5 + b = −5.4 + b = −5.4 + 1 = −4.4" in sums(page)
    output(page, 2, 2).click()
    assert "nothing to add up" in sums(page) and "0: it stays a hole" in sums(page)
    assert block(page, "New mask").locator(".cell").nth(12).inner_text() == "0"


def test_the_frame_lies_on_the_window(page):
    load(page)
    output(page, 3, 3).click()
    page.wait_for_timeout(300)  # the frame slides there
    frame = block(page, "Input").locator(".frame").bounding_box()
    first, last = (block(page, "Input").locator("input.cell").nth(n).bounding_box() for n in (2 * 5 + 2, 4 * 5 + 4))
    assert frame["x"] == pytest.approx(first["x"], abs=1) and frame["y"] == pytest.approx(first["y"], abs=1)
    assert frame["x"] + frame["width"] == pytest.approx(last["x"] + last["width"], abs=1)
    assert frame["y"] + frame["height"] == pytest.approx(last["y"] + last["height"], abs=1)


def test_keyboard_alone(page):
    load(page)
    output(page, 0, 0).focus()
    for key, place in (
        ("ArrowRight", "row 0, column 1"),
        ("ArrowDown", "row 1, column 1"),
        ("ArrowLeft", "row 1, column 0"),
        ("ArrowUp", "row 0, column 0"),
        ("ArrowUp", "row 0, column 0"),
        ("End", "row 4, column 4"),
        ("ArrowRight", "row 4, column 4"),
        ("Home", "row 0, column 0"),
    ):
        page.keyboard.press(key)
        assert place in sums(page), key
    assert (
        block(page, "Output").locator("button.cell[tabindex='0']").count() == 1
    )  # Tab enters and leaves the output grid in one go
    cell = block(page, "Mask M").locator("button.cell").nth(6)
    cell.focus()
    page.keyboard.press("Enter")
    assert cell.get_attribute("aria-pressed") == "true"


def test_plain_keys_stay_inside_and_shortcuts_pass(page):
    """A notebook around it would take x, b or an arrow as a command; Control+S is for the notebook."""
    load(page)
    page.evaluate("() => { window.left = []; document.onkeydown = (event) => window.left.push(event.key); }")
    for start in (
        output(page, 0, 0),
        block(page, "Mask M").locator("button.cell").first,
        block(page, "Kernel").locator("input.cell").first,
        page.get_by_role("button", name="Step", exact=True),
        page.get_by_label("0 (paper)"),
    ):
        start.focus()
        for key in ("x", "b", "ArrowDown", "Enter", "Shift+Enter", "Escape"):
            page.keyboard.press(key)
    assert page.evaluate("window.left") == []
    output(page, 0, 0).focus()
    page.keyboard.press("Control+ArrowRight")
    assert page.evaluate("window.left").count("ArrowRight") == 1
    assert "row 0, column 0" in sums(page)


def test_the_focus_is_never_lost(page):
    load(page, Stepper(position=23))
    step = page.get_by_role("button", name="Step", exact=True)
    step.focus()
    for _ in range(3):  # also at the last cell, where Step has nothing left to do
        page.keyboard.press("Enter")
    assert step.get_attribute("aria-disabled") == "true"
    assert step.evaluate("(node) => node === document.activeElement")
    cell = block(page, "Input").locator("input.cell").first
    cell.fill("8")
    cell.press("Enter")
    assert cell.evaluate("(node) => node === document.activeElement")


def test_scrolling_under_a_pointer_that_lies_still_moves_nothing(page):
    page.set_viewport_size({"width": 1000, "height": 300})
    load(page)
    output(page, 1, 1).hover()
    assert "row 1, column 1" in sums(page)
    page.mouse.wheel(0, 28)
    page.wait_for_timeout(300)
    assert page.evaluate("() => window.scrollY") == 28
    assert "row 1, column 1" in sums(page)
    output(page, 1, 1).focus()
    page.keyboard.press("ArrowRight")
    output(page, 3, 3).hover()
    assert "row 3, column 3" in sums(page)
    page.keyboard.press("ArrowUp")
    output(page, 3, 3).hover(position={"x": 5, "y": 5})  # a hand that trembles does not undo the keyboard
    assert "row 2, column 3" in sums(page)
    page.get_by_role("button", name="Reset").hover()
    output(page, 3, 3).hover()
    assert "row 3, column 3" in sums(page)


def test_play_runs_to_the_end_and_stops(page):
    page.clock.install()
    load(page, Stepper(position=22))
    output(page, 4, 2).focus()
    page.keyboard.press("Space")
    assert page.get_by_role("button", name="Pause").count() == 1
    page.clock.run_for(810)
    assert "row 4, column 3" in sums(page)
    assert output(page, 4, 3).evaluate("(node) => node === document.activeElement")  # the focus follows Play
    page.clock.run_for(5000)
    assert "row 4, column 4" in sums(page)
    assert page.get_by_role("button", name="Play").count() == 1


def test_the_mask_can_be_changed(page):
    load(page)
    block(page, "Mask M").locator("button.cell").nth(6).click()  # row 1, column 1 becomes valid
    windows = trace(mask=np.where(np.arange(25).reshape(5, 5) == 6, True, worked_example.M))
    assert "4 of 9 values are valid" in sums(page)
    press(page, "Show all")
    assert [text == "0" for text in block(page, "New mask").locator(".cell").all_inner_texts()] == [
        not w.new_mask for w in windows
    ]


def test_a_number_in_the_hole_changes_no_output(page):
    load(page)
    for cell, changed in ((12, 0), (0, 2)):  # in the middle of the hole, and in the corner, where two weights are 0
        node = block(page, "Input").locator("input.cell").nth(cell)
        node.fill("50")
        node.press("Enter")
        assert page.locator(".says").inner_text() == f"{changed} of 25 outputs changed"


def test_numbers_can_be_edited_and_nonsense_is_refused(page):
    load(page)
    cell = block(page, "Input").locator("input.cell").first
    cell.fill("6,5")
    cell.press("Enter")
    assert cell.input_value() == "6.5" and "= −1.5" in sums(page)
    for nonsense in ("abc", "", "1e999"):
        cell.fill(nonsense)
        cell.press("Enter")
        assert cell.input_value() == "6.5" and cell.get_attribute("aria-invalid") == "true"
        assert f'"{nonsense}" in the input is not a number; 6.5 stays.' in page.locator(".says").inner_text()
    press(page, "Reset")
    assert page.locator("[aria-invalid=true]").count() == 0 and page.locator(".says").inner_text() == ""
    cell.fill("abc")
    page.get_by_label("bias b").fill("−2")
    page.get_by_label("bias b").press("Enter")
    assert page.locator(".says").inner_text() == "24 of 25 outputs changed"  # all but the empty window
    assert "+ (−2) =" in sums(page)
    kernel = block(page, "Kernel").locator("input.cell").nth(4)
    kernel.fill("0")
    kernel.press("Enter")
    assert "0×5" in sums(page) and page.locator("[aria-invalid=true]").count() == 0


def test_the_holes_values_change_nothing(page):
    load(page)
    press(page, "Show all")
    before = outputs(page)
    cell = block(page, "Input").locator("input.cell").nth(12)
    cell.fill("1000")
    cell.press("Enter")
    assert outputs(page) == before


def test_the_two_conventions(page):
    load(page)
    output(page, 2, 2).click()
    assert page.locator("dl strong").inner_text() == "paper: 0" and outputs(page)[12] == "0"
    page.get_by_label("0 + b (article)").check()
    assert page.locator("dl strong").inner_text() == "article: 0 + b = 1" and outputs(page)[12] == "1"


def test_reset(page):
    load(page)
    before = sums(page)
    output(page, 4, 1).click()
    block(page, "Mask M").locator("button.cell").nth(6).click()
    page.get_by_label("0 + b (article)").check()
    press(page, "Reset")
    assert sums(page) == before and outputs(page)[1:] == ["·"] * 24
    assert page.get_by_label("0 (paper)").is_checked()


def test_two_copies_on_a_page_do_not_disturb_each_other(page):
    load(page, Stepper(bias=5), before=Stepper().portable_html())
    first, second = page.locator(".pconv-stepper").all()
    second.get_by_label("0 + b (article)").check()
    second.get_by_role("button", name="Step", exact=True).click()
    assert first.get_by_label("0 (paper)").is_checked()
    assert "row 0, column 0" in first.inner_text() and "row 0, column 1" in second.inner_text()


def test_other_sizes(page):
    load(page, Stepper(np.ones((3, 7)), np.ones((3, 7), bool), np.ones((5, 5)), 0, position=10))
    assert "row 1, column 3: 15 of 25 values are valid" in sums(page)
    assert "15 × 25/15 + b = 25 + b" in sums(page)


def test_without_scripts_the_tables_can_be_read(page_without_scripts):
    page = page_without_scripts
    page.set_content(Stepper().portable_html())
    assert page.locator("table").count() == 5
    assert "−4.4" in page.locator("table").nth(3).inner_text()
    assert page.locator("table").nth(1).locator("s").count() == 9


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible(page, theme):
    load(page)
    set_theme(page, theme)
    for row, col in ((0, 0), (2, 2), (3, 3), (4, 1)):
        output(page, row, col).click()
        assert violations(page, ".pconv-stepper") == []


@pytest.mark.parametrize("width", [400, 700, 1200])
def test_nothing_moves_when_stepping(page, width):
    """The layout does not shift, so the next click hits the same button as the last one."""
    page.set_viewport_size({"width": width, "height": 1200})
    load(page)
    boxes = set()
    for row, col in ((0, 0), (2, 2), (3, 3), (1, 1), (4, 4)):
        output(page, row, col).click()
        for part in page.locator(".pconv-stepper, .pconv-stepper .grid").all():
            boxes.add(tuple(part.bounding_box().values()))
    assert len(boxes) == 1 + 5


def test_rounded_numbers_say_so(page):
    load(page, Stepper(np.full((3, 3), 1 / 3), np.ones((3, 3), bool), np.ones((3, 3)), 1 / 3, position=4))
    assert "≈ 3" in sums(page) and "3 × 9/9 + b = 3 + b ≈ 3 + 0.33 ≈ 3.33" in sums(page)


@pytest.mark.parametrize("large", [False, True])
def test_no_number_is_cut_off(page, large):
    rng = np.random.default_rng(1)
    x, weight = rng.normal(0, 900, (6, 7)).round(2), rng.normal(0, 3, (5, 5)).round(2)
    load(page, Stepper(x, rng.random((6, 7)) < 0.6, weight, -123.45) if large else Stepper(position=18))
    press(page, "Show all")
    cut = page.evaluate(
        """() => [...document.querySelectorAll(".pconv-stepper .cell")].filter((cell) => {
          if (cell.tagName === "INPUT") return cell.scrollWidth > cell.clientWidth;
          const text = document.createRange();
          text.selectNodeContents(cell);
          return text.getBoundingClientRect().width > cell.getBoundingClientRect().width;
        }).map((cell) => cell.value || cell.textContent)"""
    )
    assert cut == []


def test_narrow_pages_show_everything(page):
    page.set_viewport_size({"width": 400, "height": 1200})
    load(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 400
