"""The stepper on a bare page, with no kernel: its arithmetic is Python's, and every way to use it works."""

import numpy as np
import pytest

from pconv_edu.core import worked_example
from pconv_edu.core.worked_example import trace
from pconv_edu.lessons.widgets import Stepper
from pconv_edu.lessons.widgets.stepper import HERE

from .conftest import violations

FIELDS = ("sum_1", "sum_M", "ratio", "raw", "y", "y_article", "new_mask", "products")


def load(page, stepper=None, before=""):
    """Show a stepper's kernel-free copy, twice if `before` holds another one."""
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
    code = (HERE / "stepper.js").read_text()
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
    press(page, "Back")  # stops at the first cell
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
    assert block(page, "Updated mask").locator(".cell").nth(12).inner_text() == "0"


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
    stops = page.evaluate("() => document.querySelectorAll('.block:nth-child(4) button.cell[tabindex=\"0\"]').length")
    assert stops == 1  # Tab enters and leaves the output grid in one go
    cell = block(page, "Mask M").locator("button.cell").nth(6)
    cell.focus()
    page.keyboard.press("Enter")
    assert cell.get_attribute("aria-pressed") == "true"


def test_keys_that_it_uses_go_no_further(page):
    """The page around may take them as commands, as notebooks do."""
    load(page)
    page.evaluate("() => { window.heard = []; document.addEventListener('keydown', (e) => heard.push(e.key)); }")
    output(page, 1, 1).focus()
    for key in ("ArrowLeft", "ArrowDown", "Home", "End", "Space", "Space"):
        page.keyboard.press(key)
    block(page, "Input").locator("input.cell").first.focus()
    for key in ("d", "d", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("() => heard") == []
    output(page, 1, 1).focus()
    page.keyboard.press("q")  # not one of its own
    assert page.evaluate("() => heard") == ["q"]


def test_play_runs_to_the_end_and_stops(page):
    page.clock.install()
    load(page, Stepper(position=22))
    output(page, 4, 2).focus()
    page.keyboard.press("Space")
    assert page.get_by_role("button", name="Pause").count() == 1
    page.clock.run_for(810)
    assert "row 4, column 3" in sums(page)
    page.clock.run_for(5000)
    assert "row 4, column 4" in sums(page)
    assert page.get_by_role("button", name="Play").count() == 1


def test_the_mask_can_be_changed(page):
    load(page)
    block(page, "Mask M").locator("button.cell").nth(6).click()  # row 1, column 1 becomes valid
    windows = trace(mask=np.where(np.arange(25).reshape(5, 5) == 6, True, worked_example.M))
    assert "4 of 9 values are valid" in sums(page)
    press(page, "Show all")
    assert [text == "0" for text in block(page, "Updated").locator(".cell").all_inner_texts()] == [
        not w.new_mask for w in windows
    ]


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
    page.get_by_label("bias b").fill("−2")
    page.get_by_label("bias b").press("Enter")
    assert page.locator(".says").inner_text() == "" and "+ (−2) =" in sums(page)
    kernel = block(page, "Kernel").locator("input.cell").nth(4)
    kernel.fill("0")
    kernel.press("Enter")
    assert "0×6.5" in sums(page)


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
    if theme == "dark":
        page.evaluate(
            "() => { document.body.dataset.jpThemeLight = 'false'; document.body.style.background = '#111'; }"
        )
    for row, col in ((0, 0), (2, 2), (3, 3), (4, 1)):
        output(page, row, col).click()
        assert violations(page, ".pconv-stepper") == []


def test_nothing_moves_when_stepping(page):
    """The layout keeps its height, so the next click lands where the last one did."""
    load(page)
    heights = set()
    for row, col in ((0, 0), (2, 2), (3, 3), (1, 1)):
        output(page, row, col).click()
        heights.add(page.locator(".pconv-stepper").bounding_box()["height"])
    assert len(heights) == 1


def test_narrow_pages_show_everything(page):
    page.set_viewport_size({"width": 400, "height": 1200})
    load(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 400
