"""The lessons in a real JupyterLab: run top to bottom, and their widgets used."""

import pytest

from .conftest import ROOT, violations

NOTEBOOKS = ROOT / "notebooks"


@pytest.fixture
def lesson(open_notebook, page):
    """lesson("04") opens that lesson in JupyterLab, runs every cell, and scrolls a selector into view."""

    def open_(number, selector):
        notebook = open_notebook(next(NOTEBOOKS.glob(f"{number}_*.ipynb")))
        notebook.run_all()
        scroll_to(page, selector)
        return notebook

    return open_


def scroll_to(page, selector):
    """Scroll down until the page holds the selector: cells out of sight are not in it."""
    for cell in range(page.evaluate("() => jupyterapp.shell.currentWidget.content.widgets.length")):
        if page.locator(selector).count():
            break
        page.evaluate("(n) => jupyterapp.shell.currentWidget.content.scrollToItem(n)", cell)
        page.wait_for_timeout(100)
    page.locator(selector).first.scroll_into_view_if_needed()


def test_lesson_04_runs_and_its_stepper_talks_to_python(lesson, page):
    notebook = lesson("04", ".pconv-stepper")
    stepper = page.locator(".pconv-stepper")
    cells = stepper.locator(".block", has_text="Output").locator("button.cell")
    cells.nth(18).click()
    page.wait_for_timeout(500)
    assert notebook.evaluate("[stepper.position, stepper.window.y]") == [18, pytest.approx(-4.4)]

    stepper.get_by_role("button", name="valid, row 1, column 1").click()
    page.wait_for_timeout(500)
    assert notebook.evaluate("[stepper.mask[1][1], sum(map(sum, stepper.mask))]") == [1, 17]

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
    assert field.input_value() == "5" and notebook.evaluate("stepper.x[0][0]") == 5


def test_lesson_05_runs_and_its_shrinker_works(lesson, page):
    notebook = lesson("05", "img[alt^='Left: the photo']")
    says = page.locator("div[aria-live]", has_text="Layer")
    assert "Layer 0 of 29: 15.8 % hole. All is valid after 29 layers." in says.inner_text()
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
    assert notebook.evaluate("[shrinker.layer.value, float(shrinker.masks[-1].mean())]") == [64, 0.25]
    page.get_by_label("dilation").select_option("1")
    notebook.execute("shrinker.mask = mask")
    page.get_by_text("Layer 0 of 29").wait_for()
    page.get_by_role("button", name="Clear", exact=True).click()
    paint(page, [(128, 128)])
    page.get_by_text("All is valid after 6 layers").wait_for()  # a disc of radius 8: 6 along a diagonal
    assert page.locator("img[alt^='Left: the photo']").evaluate("(image) => image.naturalWidth") == 612
    box = page.locator(".widget-vbox", has=page.locator("img[alt^='Left: the photo']")).first
    box.evaluate("(node) => node.setAttribute('data-shrinker', '')")
    assert violations(page, "[data-shrinker]") == []


def paint(page, points, within=None, size=256):
    """Drag over the painter (the one in a widget, if there are several), in pixels of its photo, `size` across."""
    box = (within or page).locator("canvas.paint").bounding_box()
    zoom = box["width"] / size
    page.mouse.move(box["x"] + points[0][0] * zoom, box["y"] + points[0][1] * zoom)
    page.mouse.down()
    for x, y in points[1:]:
        page.mouse.move(box["x"] + x * zoom, box["y"] + y * zoom)
    page.mouse.up()


def upload(page, path, within=None):
    with page.expect_file_chooser() as chooser:
        (within or page).get_by_role("button", name="Your photo").click()
    chooser.value.set_files(path)


def test_lesson_01_runs_and_its_studio_fills(lesson, page, tmp_path):
    notebook = lesson("01", "canvas.paint[data-painted]")
    state = "[float(1 - studio.painter.mask.mean()), None if studio.filled is None else float(studio.filled.mean())]"
    before = notebook.evaluate(state)
    paint(page, [(60, 60), (120, 90)])
    page.wait_for_timeout(800)
    after = notebook.evaluate(state)
    assert after[0] > before[0] and after[1] != before[1]
    page.get_by_text("In the hole: L1").wait_for()

    page.get_by_role("button", name="Undo", exact=True).click()
    page.wait_for_timeout(800)
    assert notebook.evaluate(state) == before
    page.get_by_role("button", name="Redo", exact=True).click()
    page.wait_for_timeout(800)
    assert notebook.evaluate(state) == after

    for method in ("mean", "telea", "biharmonic"):
        page.get_by_label("method").select_option(method)
        page.get_by_text(f"{method}: ").first.wait_for()
    page.get_by_role("button", name="All methods").click()
    page.locator("img[alt='filled by biharmonic']").wait_for()

    page.locator("canvas.paint").focus()  # by keyboard alone: clear, a dot, fill
    for key in ("c", "Space"):
        page.keyboard.press(key)
    page.wait_for_timeout(800)
    assert notebook.evaluate("[int((~studio.painter.mask).sum()), bool(studio.filled is not None)]") == [197, True]

    page.get_by_label("hole ratio of the random hole, per cent").fill("30")
    page.get_by_role("button", name="Random").click()
    page.wait_for_timeout(1500)
    assert abs(notebook.evaluate("float(1 - studio.painter.mask.mean())") - 0.3) < 0.01

    (tmp_path / "notes.txt").write_text("no picture")
    upload(page, tmp_path / "notes.txt")
    page.get_by_text("notes.txt is no image that can be read").wait_for()
    upload(page, ROOT / "figures" / "worked_example.png")
    page.wait_for_timeout(1000)
    assert notebook.evaluate("max(studio.painter.mask.shape)") == 256
    assert violations(page, ".pconv-painter") == []


def test_painting_goes_on_while_a_cell_runs(lesson, page):
    notebook = lesson("02", "canvas.paint[data-painted]")
    page.evaluate(
        """() => { const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
          window.busy = kernel.requestExecute({ code: "import time; time.sleep(3)" }).done; }"""
    )
    page.get_by_role("button", name="Clear", exact=True).click()
    paint(page, [(40, 40), (90, 40)])
    assert "hole ratio 0.0 %" not in page.locator(".count").inner_text()  # at once, with the kernel busy
    shown = page.locator(".count").inner_text()
    page.evaluate("() => window.busy")
    page.wait_for_timeout(500)
    ratio = notebook.evaluate("float(100 * (1 - painter.mask.mean()))")
    assert shown.startswith(f"hole ratio {ratio:.1f} %")


def test_lesson_03_runs_and_its_explorer_follows(lesson, page):
    lesson("03", "img[alt^='Fill 127 of 255']")
    page.get_by_role("slider").focus()
    page.keyboard.press("Home")
    page.get_by_text("Fill 0 of 255.").wait_for()
    explorer = page.locator(".widget-vbox", has=page.locator("img[alt^='Fill 0 of 255']")).first
    explorer.evaluate("(node) => node.setAttribute('data-explorer', '')")
    assert violations(page, "[data-explorer]") == []


def test_lesson_07_runs_and_its_museum_answers(lesson, page):
    lesson("07", ".widget-dropdown")
    explorer = page.locator(".widget-vbox").filter(has=page.get_by_label("exhibit"))
    explorer.get_by_label("exhibit").select_option("5, the formula")
    explorer.get_by_text("class Exhibit5").wait_for()
    explorer.get_by_label("test").select_option("nothing known")
    explorer.get_by_text("def nothing_known").wait_for()
    explorer.locator("button", has_text="Run the test").press("Enter")
    explorer.get_by_text("right is 0").wait_for()
    assert violations(page, ".widget-vbox") == []


def test_lesson_11_runs_and_its_sketch_and_explorer_work(lesson, page):
    notebook = lesson("11", ".pconv-sketch svg")
    sketch = page.locator(".pconv-sketch")
    for name in ("patchmatch", "exemplar", "conv-mean"):
        for field in sketch.get_by_label(f"{name}, ").all():
            field.fill("15")
    page.keyboard.press("Tab")
    sketch.get_by_role("button", name="Show the truth").click()
    sketch.get_by_text("patchmatch: your curve is").wait_for()
    assert notebook.evaluate("[sketch.revealed, sketch.drawn[2]]") == [True, [15] * 6]
    assert violations(page, ".pconv-sketch") == []

    scroll_to(page, "img[alt^='Ratio']")
    explorer = page.locator(".widget-vbox").filter(has=page.get_by_label("photo"))
    explorer.get_by_label("holes").select_option("squares")
    explorer.get_by_text("Ratio 6.2 %, radius 2 px.").wait_for()
    slider = explorer.get_by_label("ratio, size")
    slider.press("ArrowRight")
    explorer.get_by_text("Ratio 6.2 %, radius 8 px.").wait_for()
    assert slider.get_attribute("aria-valuetext") == "1/16, 8 px"
    explorer.get_by_label("method").select_option("telea")
    page.wait_for_timeout(1500)
    assert notebook.evaluate("[explorer.controls['method'].value, explorer.text[:11]]") == ["telea", "Ratio 6.2 %"]
    explorer.evaluate("(node) => node.setAttribute('data-explorer', '')")
    assert violations(page, "[data-explorer]") == []


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


def test_lesson_12_runs_and_its_votes_are_kept(lesson, page, lab):
    file = lab[2] / "votes.csv"
    file.unlink(missing_ok=True)
    notebook = lesson("12", ".pconv-blind img[src]")
    status = page.locator(".pconv-blind [role=status]")
    page.get_by_role("button", name="cannot tell").focus()
    for number, key in enumerate("132", start=2):
        page.keyboard.press(key)
        status.get_by_text(f"Pair {number} of 24").wait_for(timeout=20_000)
    assert [line.rsplit(",", 1)[1] for line in file.read_text().splitlines()] == ["choice", "left", "right", "neither"]
    assert notebook.evaluate("[len(study.votes), study.methods[1]]") == [3, "conv-mean"]
    assert violations(page, ".pconv-blind") == []
    file.unlink()

    scroll_to(page, "img[alt^='Ratio']")
    explorer = page.locator(".widget-vbox").filter(has=page.get_by_label("photo"))
    assert "no-perceptual" in explorer.get_by_label("method").locator("option").all_text_contents()
    explorer.get_by_label("method").select_option("no-perceptual")
    page.wait_for_timeout(1500)
    assert notebook.evaluate("explorer.controls['method'].value") == "no-perceptual"


def test_lesson_13_takes_a_photo_of_ones_own_and_a_mask_is_mended(lesson, page):
    notebook = lesson("13", "canvas.paint[data-painted]")
    studio = page.locator(".widget-vbox").filter(has=page.locator("canvas.paint")).first
    upload(page, ROOT / "figures" / "worked_example.png", studio)
    page.wait_for_timeout(1000)
    studio.get_by_role("button", name="Clear", exact=True).click()
    paint(page, [(60, 60), (120, 90)], studio)
    studio.get_by_label("method").select_option("telea")
    page.wait_for_timeout(1000)
    assert notebook.evaluate("[max(studio.painter.mask.shape), studio.filled is not None]") == [320, True]
    with page.expect_download() as download:
        studio.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(".png")
    assert violations(page, ".pconv-painter") == []

    # further down, a mask that was found is mended by hand
    page.evaluate("() => jupyterapp.shell.currentWidget.content.scrollToItem(18, 'start')")
    studio = page.locator(".widget-vbox").filter(has=page.locator("canvas.paint")).last
    studio.scroll_into_view_if_needed()
    assert not studio.get_by_label("the photo under the hole is the truth").is_checked()
    assert studio.get_by_label("method").input_value() == "telea"
    state = "[int((~mend.painter.mask).sum()), float(abs(mend.filled - damaged[1]).sum())]"
    before = notebook.evaluate(state)
    studio.locator("canvas.paint").focus()
    page.keyboard.press("e")
    paint(page, [(150, 200), (250, 200), (250, 230), (150, 230)], studio)
    page.wait_for_timeout(1000)
    after = notebook.evaluate(state)
    assert 0 < after[0] < before[0] and after[1] != before[1]  # a smaller hole, filled anew
    assert notebook.evaluate("bool(mend.painter.mask[200, 200])")
