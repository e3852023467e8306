"""The curve sketch on a bare page, with no kernel: drawn with the pointer, typed, revealed, by keyboard alone."""

import pytest

from pconv_edu.lessons.widgets import CurveSketch

from .conftest import set_theme, violations

LABELS = ["0.1–0.2", "0.2–0.3", "0.3–0.4"]
TRUTH = {
    "mean": [(14, 13, 15), (13.5, 13, 14), (13, 12, 14)],
    "l1": [(20, 19, 21), (18, 17, 19), (16, 15, 17)],
}


@pytest.fixture
def sketch(page):
    made = CurveSketch(LABELS, TRUTH, {"mean": "#777777", "l1": "#1565C0"}, "hole ratio", "PSNR, dB", (8, 24))
    page.set_content(f'<!doctype html><html lang="en"><body>{made.portable_html()}</body></html>')
    page.wait_for_selector(".pconv-sketch svg")
    return page


def values(page):
    return [
        [c.input_value() for c in r.locator("input[type=number]").all()] for r in page.locator("tbody tr").all()[:2]
    ]


def place(page, column, value):
    """Return the place of a column and a value on the page, from the plot's own numbers."""
    box = page.locator("svg").bounding_box()
    scale = box["width"] / 680
    x = 52 + (column + 0.5) * (680 - 52 - 14) / 3
    y = 14 + (24 - value) * (360 - 14 - 46) / (24 - 8)
    return box["x"] + x * scale, box["y"] + y * scale


def test_the_pointer_draws_the_chosen_curve(sketch):
    sketch.mouse.move(*place(sketch, 0, 15))
    sketch.mouse.down()
    for column, value in ((1, 14), (2, 13)):
        sketch.mouse.move(*place(sketch, column, value), steps=8)
    sketch.mouse.up()
    sketch.mouse.move(*place(sketch, 1, 20))  # no button is pressed, so nothing is drawn
    drawn = [float(v) for v in values(sketch)[0]]
    assert drawn == pytest.approx([15, 14, 13], abs=0.15) and values(sketch)[1] == ["", "", ""]
    sketch.get_by_role("radio", name="l1").check()
    sketch.mouse.click(*place(sketch, 2, 20))
    assert [float(v) for v in values(sketch)[0]] == drawn and float(values(sketch)[1][2]) == pytest.approx(20, abs=0.15)
    assert "2 of 6 values are still to be drawn" in sketch.get_by_role("status").inner_text()


def test_known_curves_are_grey_lines_with_their_names(page):
    made = CurveSketch(
        LABELS, TRUTH, {"mean": "#777777", "l1": "#1565C0"}, "ratio", "dB", (8, 24), {"telea": [20, 18, 16]}
    )
    page.set_content(f'<!doctype html><html lang="en"><body>{made.portable_html()}</body></html>')
    page.wait_for_selector(".pconv-sketch svg")
    assert page.locator("svg .known path").count() == 1 and page.locator("svg .known text").inner_html() == "telea"
    first = "path => { const p = path.getPointAtLength(0).matrixTransform(path.getScreenCTM()); return [p.x, p.y]; }"
    assert page.locator("svg .known path").evaluate(first) == pytest.approx(place(page, 0, 20), abs=2)
    assert violations(page, ".pconv-sketch") == []


def fill(page, typed=(("15", "14", "13"), ("20", "20", "20"))):
    for name, row in zip(("mean", "l1"), typed, strict=True):
        for label, value in zip(LABELS, row, strict=True):
            page.get_by_label(f"{name}, {label}").fill(value)
    page.keyboard.press("Tab")


def test_the_truth_waits_until_all_is_drawn(sketch):
    button = sketch.get_by_role("button", name="Show the truth")
    assert button.is_disabled() and sketch.locator(".true").count() == 0
    assert not sketch.locator("tr.truth").first.is_visible()
    fill(sketch)
    assert button.is_enabled() and "All drawn" in sketch.get_by_role("status").inner_text()
    button.click()
    assert sketch.locator(".true").count() == 2 and sketch.locator(".interval").count() == 6
    assert sketch.locator("tr.truth").nth(1).locator("td").all_inner_texts() == ["20.0", "18.0", "16.0"]
    says = sketch.get_by_role("status").inner_text()
    assert "mean: your curve is 0.5 off" in says and "l1: your curve is 2.0 off" in says
    sketch.mouse.click(*place(sketch, 0, 10))  # what was drawn stays as it was
    assert values(sketch)[0] == ["15", "14", "13"] and sketch.get_by_label("mean, 0.1–0.2").is_disabled()
    sketch.get_by_role("button", name="Start again").click()
    assert values(sketch) == [[""] * 3] * 2 and sketch.locator(".true").count() == 0


def test_by_keyboard_alone(sketch):
    sketch.keyboard.press("Tab")
    sketch.keyboard.press("ArrowDown")  # the other curve
    assert sketch.get_by_role("radio", name="l1").is_checked()
    sketch.get_by_label("mean, 0.1–0.2").focus()
    for _ in range(3):
        sketch.keyboard.press("ArrowUp")
    sketch.keyboard.press("Tab")
    assert values(sketch)[0][0] == "9"  # 8, the end of the axis, then steps of a half
    sketch.keyboard.type("99")
    sketch.keyboard.press("Tab")
    assert values(sketch)[0][1] == "24"  # the end of the axis


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible(sketch, theme):
    set_theme(sketch, theme)
    assert not violations(sketch, ".pconv-sketch")
    fill(sketch)
    sketch.get_by_role("button", name="Show the truth").click()
    assert not violations(sketch, ".pconv-sketch")
