"""The widgets of lessons 11 to 13 in a real JupyterLab, in a file of their own: files are tested in parallel."""

from .conftest import ROOT, paint, scroll_to, upload, violations


def test_lesson_11s_sketch_and_explorer_work(lesson, page):
    notebook = lesson("11", ".pconv-sketch svg")
    sketch = page.locator(".pconv-sketch")
    for name in ("patchmatch", "exemplar", "conv-mean"):
        for field in sketch.get_by_label(f"{name}, ").all():
            field.fill("15")
    page.keyboard.press("Tab")
    sketch.get_by_role("button", name="Show the truth").click()
    sketch.get_by_text("patchmatch: your curve is").wait_for()
    notebook.expect("[sketch.revealed, sketch.drawn[2]]", [True, [15] * 6])
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
    notebook.expect("[explorer.controls['method'].value, explorer.text[:11]]", ["telea", "Ratio 6.2 %"])
    explorer.evaluate("(node) => node.setAttribute('data-explorer', '')")
    assert violations(page, "[data-explorer]") == []


def test_lesson_12s_votes_are_kept(lesson, page, lab):
    file = lab[2] / "votes.csv"
    file.unlink(missing_ok=True)
    notebook = lesson("12", ".pconv-blind img[src]")
    status = page.locator(".pconv-blind [role=status]")
    page.get_by_role("button", name="cannot tell").focus()
    for number, key in enumerate("132", start=2):
        page.keyboard.press(key)
        status.get_by_text(f"Pair {number} of 24").wait_for(timeout=20_000)
    assert [line.rsplit(",", 1)[1] for line in file.read_text(encoding="utf-8").splitlines()] == [
        "choice",
        "left",
        "right",
        "neither",
    ]
    notebook.expect("[len(study.votes), study.methods[1]]", [3, "conv-mean"])
    assert violations(page, ".pconv-blind") == []
    file.unlink()

    scroll_to(page, "img[alt^='Ratio']")
    explorer = page.locator(".widget-vbox").filter(has=page.get_by_label("photo"))
    assert "no-perceptual" in explorer.get_by_label("method").locator("option").all_text_contents()
    explorer.get_by_label("method").select_option("no-perceptual")
    notebook.expect("explorer.controls['method'].value", "no-perceptual")


def test_lesson_13_takes_a_photo_of_ones_own_and_a_mask_is_mended(lesson, page):
    notebook = lesson("13", "canvas.paint[data-painted]")
    studio = page.locator(".widget-vbox").filter(has=page.locator("canvas.paint")).first
    upload(page, ROOT / "figures" / "worked_example.png", studio)
    page.wait_for_timeout(1000)
    studio.get_by_role("button", name="Clear", exact=True).click()
    paint(page, [(60, 60), (120, 90)], studio)
    studio.get_by_label("method").select_option("telea")
    notebook.expect("[max(studio.painter.mask.shape), studio.filled is not None]", [300, True])
    with page.expect_download() as download:
        studio.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(".png")
    assert violations(page, ".pconv-painter") == []

    # the share of the guide
    scroll_to(page, "img[alt^='Share']")
    page.get_by_text("Share 100 %: ").wait_for()
    slider = page.get_by_label("share, %")
    for _ in range(2):
        slider.press("ArrowRight")
    page.get_by_text("Share 102 %: ").wait_for()
    slider.press("Home")  # without a share it is PatchMatch
    page.get_by_text("Share 0 %: ").wait_for()

    # further down, an automatic mask is corrected by hand
    page.evaluate("() => jupyterapp.shell.currentWidget.content.scrollToItem(22, 'start')")
    studio = page.locator(".widget-vbox").filter(has=page.locator("canvas.paint")).last
    studio.scroll_into_view_if_needed()
    assert not studio.get_by_label("the photo under the hole is the truth").is_checked()
    assert studio.get_by_label("method").input_value() == "telea"
    state = "[int((~mend.painter.mask).sum()), float(abs(mend.filled - damaged[1]).sum())]"
    before = notebook.evaluate(state)
    studio.locator("canvas.paint").focus()
    page.keyboard.press("e")
    paint(page, [(150, 200), (250, 200), (250, 230), (150, 230)], studio)
    # a smaller hole, and another fill
    notebook.wait_until(state, lambda after: 0 < after[0] < before[0] and after[1] != before[1])
    notebook.expect("bool(mend.painter.mask[200, 200])", True)
