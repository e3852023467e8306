"""The widgets of lessons 01 to 07 in a real JupyterLab. Lesson 01 is run from top to bottom there.

Of the others, the cells of the widgets are run; nbval runs all cells (conftest.py at the root).
"""

import pytest

from .conftest import ROOT, paint, upload, violations


def test_lesson_04s_stepper_talks_to_python(lesson, page):
    notebook = lesson("04", ".pconv-stepper")
    stepper = page.locator(".pconv-stepper")
    cells = stepper.locator(".block", has_text="Output").locator("button.cell")
    cells.nth(18).click()
    notebook.expect("[stepper.position, stepper.window.y]", [18, pytest.approx(-4.4)])

    stepper.get_by_role("button", name="valid, row 1, column 1").click()
    notebook.expect("[stepper.mask[1][1], sum(map(sum, stepper.mask))]", [1, 17])

    notebook.execute("stepper.position = 12; stepper.bias = 7")
    stepper.get_by_text("row 2, column 2 (purple)").wait_for()
    assert stepper.get_by_label("bias b").input_value() == "7"

    notebook.execute("stepper.mask = [[1] * 5] * 4 + [[1, 2, 3, 4, 5]]")  # refused: nothing changes
    page.wait_for_timeout(300)
    assert notebook.evaluate("sum(map(sum, stepper.mask))") == 17
    assert violations(page, ".pconv-stepper") == []


def test_the_steppers_keys_are_its_own(lesson, page):
    """In JupyterLab, letters, arrows and Space are commands; none may leave the stepper."""
    notebook = lesson("04", ".pconv-stepper")
    active = "() => jupyterapp.shell.currentWidget.content.activeCellIndex"
    count = "() => jupyterapp.shell.currentWidget.content.widgets.length"
    stepper = page.locator(".pconv-stepper")
    stepper.locator(".block", has_text="Output").locator("button.cell").nth(0).click()
    before = page.evaluate(active), page.evaluate(count)
    for key in ("ArrowDown", "ArrowRight", "Home", "End", "Space", "Space"):
        page.keyboard.press(key)
    assert (page.evaluate(active), page.evaluate(count)) == before
    field = stepper.get_by_label("input, row 0, column 0")
    field.click()
    for key in ("a", "x", "d", "d"):  # insert a cell, cut it, delete it
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    assert (page.evaluate(active), page.evaluate(count)) == before
    assert field.input_value() == "5"
    notebook.expect("stepper.x[0][0]", 5)


def test_lesson_05s_shrinker_works(lesson, page):
    notebook = lesson("05", "img[alt^='Left: the photo']")
    says = page.locator("div[aria-live]", has_text="Layer")
    assert "Layer 0 of 29: 15.8 % hole. Everything is valid after 29 layers." in says.inner_text()
    page.get_by_role("button", name="Next layer").click()
    page.get_by_text("Layer 1 of 29").wait_for()
    page.get_by_label("kernel size").select_option("7")
    page.get_by_text("Layer 0 of 10").wait_for()
    page.get_by_label("hole", exact=True).select_option("lone pixel")  # three changes at once: the last state counts
    page.get_by_label("kernel size").select_option("3")
    page.get_by_label("dilation").select_option("2")
    page.get_by_text("Layer 0 of 64: 100.0 % hole. After 64 layers nothing changes any more").wait_for()
    page.get_by_role("button", name="Last layer").click()
    page.get_by_text("Layer 64 of 64: 75.0 % hole").wait_for()
    notebook.expect("[shrinker.layer.value, float(shrinker.masks[-1].mean())]", [64, 0.25])
    page.get_by_label("dilation").select_option("1")
    notebook.execute("shrinker.mask = mask")
    page.get_by_text("Layer 0 of 29").wait_for()
    page.get_by_role("button", name="Clear", exact=True).click()
    paint(page, [(128, 128)])
    page.get_by_text("Everything is valid after 6 layers").wait_for()  # a disc of radius 8: 6 along a diagonal
    assert page.locator("img[alt^='Left: the photo']").evaluate("(image) => image.naturalWidth") == 612
    box = page.locator(".widget-vbox", has=page.locator("img[alt^='Left: the photo']")).first
    box.evaluate("(node) => node.setAttribute('data-shrinker', '')")
    assert violations(page, "[data-shrinker]") == []


def test_lesson_01_runs_and_its_studio_fills(lesson, page, tmp_path):
    notebook = lesson("01", "canvas.paint[data-painted]", everything=True)
    state = "[float(1 - studio.painter.mask.mean()), None if studio.filled is None else float(studio.filled.mean())]"
    before = notebook.evaluate(state)
    paint(page, [(60, 60), (120, 90)])
    after = notebook.wait_until(state, lambda after: after[0] > before[0] and after[1] not in (None, before[1]))
    page.get_by_text("In the hole: L1").wait_for()

    page.get_by_role("button", name="Undo", exact=True).click()
    notebook.expect(state, before)
    page.get_by_role("button", name="Redo", exact=True).click()
    notebook.expect(state, after)

    for method in ("mean", "telea", "biharmonic"):
        page.get_by_label("method").select_option(method)
        page.get_by_text(f"{method}: ").first.wait_for()
    page.get_by_role("button", name="All methods").click()
    page.locator("img[alt='filled by biharmonic']").wait_for()

    page.locator("canvas.paint").focus()  # by keyboard alone: clear, a dot, fill
    for key in ("c", "Space"):
        page.keyboard.press(key)
    notebook.expect("[int((~studio.painter.mask).sum()), bool(studio.filled is not None)]", [197, True])

    page.get_by_label("hole ratio of the random hole, per cent").fill("30")
    page.get_by_role("button", name="Random").click()
    notebook.expect("float(1 - studio.painter.mask.mean())", pytest.approx(0.3, abs=0.01))

    (tmp_path / "notes.txt").write_text("no picture", encoding="utf-8")
    upload(page, tmp_path / "notes.txt")
    page.get_by_text("notes.txt: not an image, or a broken one").wait_for()
    upload(page, ROOT / "figures" / "worked_example.png")
    notebook.expect("max(studio.painter.mask.shape)", 256)
    assert violations(page, ".pconv-painter") == []


def test_painting_goes_on_while_a_cell_runs(lesson, page):
    notebook = lesson("02", "canvas.paint[data-painted]")
    page.evaluate(
        """() => { const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
          window.busy = kernel.requestExecute({ code: "import time; time.sleep(3)" }).done;
          window.ended = false;
          window.busy.then(() => { window.ended = true; }); }"""
    )
    page.get_by_role("button", name="Clear", exact=True).click()
    paint(page, [(40, 40), (90, 40)])
    counted = "!document.querySelector('.count').innerText.startsWith('hole ratio 0.0 %')"
    page.wait_for_function(counted, timeout=2000)
    assert not page.evaluate("() => window.ended")  # the kernel is still busy
    shown = page.locator(".count").inner_text()
    page.evaluate("() => window.busy")
    notebook.wait_until(
        "float(100 * (1 - painter.mask.mean()))", lambda ratio: shown.startswith(f"hole ratio {ratio:.1f} %")
    )


def test_lesson_03s_explorer_follows(lesson, page):
    lesson("03", "img[alt^='Fill 127 of 255']")
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    page.get_by_text("Fill 0 of 255.").wait_for()
    explorer = page.locator(".widget-vbox", has=page.locator("img[alt^='Fill 0 of 255']")).first
    explorer.evaluate("(node) => node.setAttribute('data-explorer', '')")
    assert violations(page, "[data-explorer]") == []


def test_lesson_07s_museum_answers(lesson, page):
    lesson("07", ".widget-dropdown")
    explorer = page.locator(".widget-vbox").filter(has=page.get_by_label("exhibit"))
    explorer.get_by_label("exhibit").select_option("5, the formula")
    explorer.get_by_text("class Exhibit5").wait_for()
    explorer.get_by_label("test").select_option("nothing known")
    explorer.get_by_text("def nothing_known").wait_for()
    explorer.locator("button", has_text="Run the test").press("Enter")
    explorer.get_by_text("instead of 0").wait_for()
    assert violations(page, ".widget-vbox") == []


def test_single_keys_stay_in_a_widget(lesson, page):
    """An arrow on a drop-down list chooses the next entry, and b makes no cell."""
    lesson("07", ".widget-dropdown")
    explorer = page.locator(".widget-vbox").filter(has=page.get_by_label("exhibit"))
    state = "() => { const c = jupyterapp.shell.currentWidget.content; return [c.widgets.length, c.activeCellIndex]; }"
    choice = explorer.get_by_label("exhibit")
    choice.focus()
    before, value = page.evaluate(state), choice.input_value()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("b")
    page.wait_for_function("([node, old]) => node.value !== old", arg=[choice.element_handle(), value])
    assert page.evaluate(state) == before
    explorer.locator("button", has_text="Run the test").focus()
    page.keyboard.press("b")
    page.keyboard.press("j")
    page.wait_for_timeout(300)
    assert page.evaluate(state) == before
