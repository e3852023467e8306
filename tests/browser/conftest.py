"""Fixtures for the browser tests: Chromium, a bare page and a real JupyterLab. No request may leave this machine."""

import contextlib
import os
import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError as NotInTime
from playwright.sync_api import sync_playwright

from pconv_edu.lessons.rebuild import WIDGET_VIEW

from .jupyterlab import FLAGS, Notebook, find_chromium, running_lab

ROOT = Path(__file__).parents[2]
VIEWPORT = {"width": 1200, "height": 1000}
AT_HOME = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:", "file:")
# JupyterLab reports this if a kernel ends before it has answered everything that the debugger asks a new kernel.
ENDED_EARLY = "Could not restore the debugger state: Canceled future"


@pytest.fixture(scope="session")
def chromium():
    """The browser. Without one the tests are skipped, unless COURSE_REQUIRE_BROWSER is set."""
    found = find_chromium()
    if found is None:
        reason = "no Chromium found: install chromium, or set CHROMIUM to its path"
        (pytest.fail if os.environ.get("COURSE_REQUIRE_BROWSER") else pytest.skip)(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@contextlib.contextmanager
def watched_page(browser, shared=None, **options):
    """A page whose errors and outgoing requests are collected; both must be empty at the end.

    Chromium finds no other machine (see FLAGS). Stopping requests here would turn off its cache.

    shared : a browser context for the page, instead of one of its own
    """
    context = shared or browser.new_context(viewport=VIEWPORT, **options)
    page = context.new_page()
    page.errors, page.left = [], []

    def note_error(message):
        if message.type == "error" and not message.text.startswith(ENDED_EARLY):
            page.errors.append(message.text)

    page.on("console", note_error)
    page.on("pageerror", lambda error: page.errors.append(f"uncaught: {error}"))

    def note(request):
        if not request.url.startswith(AT_HOME):
            page.left.append(request.url)

    context.on("request", note)
    yield page
    context.remove_listener("request", note)
    (page if shared else context).close()
    expect_no_fault(page)


def expect_no_fault(page):
    """No error was reported, and no request left this machine, since this was asked last."""
    left, errors = page.left.copy(), page.errors.copy()
    page.left.clear()
    page.errors.clear()
    assert left == [], "requests left this machine"
    assert errors == []


@pytest.fixture(scope="session")
def lab_context(chromium):
    """What the pages with JupyterLab share: a cache, so that its files are read and compiled once."""
    with chromium.new_context(viewport=VIEWPORT) as context:
        yield context


@pytest.fixture(scope="session")
def lab_page(chromium, lab_context):
    """One page for all tests in JupyterLab; each opens its own notebooks there, and `page` closes them."""
    with watched_page(chromium, lab_context) as page:
        yield page


@pytest.fixture
def page(chromium, request):
    """A bare page, or that of JupyterLab if the test asks for `lab`, itself or through another fixture."""
    if "lab" not in request.fixturenames:
        with watched_page(chromium) as page:
            yield page
        return
    page = request.getfixturevalue("lab_page")
    yield page
    try:
        Notebook.close_all(page)
        expect_no_fault(page)
    except BaseException:
        page.goto("about:blank")  # the next test gets a JupyterLab that is loaded again
        raise


@pytest.fixture
def page_without_scripts(chromium):
    with watched_page(chromium, java_script_enabled=False) as page:
        yield page


def violations(page, selector):
    """Return the accessibility faults that axe finds inside `selector`: a list of rule names with the elements."""
    found = Axe().run(page, context=selector).response["violations"]
    return [f"{rule['id']}: {[node['html'][:120] for node in rule['nodes']]}" for rule in found]


def set_theme(page, theme):
    """ "light" or "dark", as JupyterLab marks its page."""
    light = theme == "light"
    page.evaluate(
        "([light, paper]) => { document.body.dataset.jpThemeLight = light; document.body.style.background = paper; }",
        [light, "#fff" if light else "#111"],
    )


# ---- JupyterLab


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """A real JupyterLab: (url, token, folder of notebooks)."""
    notebooks = tmp_path_factory.mktemp("course") / "my_course"
    notebooks.mkdir()
    with running_lab(tmp_path_factory.mktemp("jupyter"), notebooks) as running:
        yield running


@pytest.fixture
def open_notebook(page, lab):
    """open_notebook(path) copies a notebook into the running JupyterLab and opens it there."""

    def open_(path):
        _, _, folder = lab
        shutil.copy(path, folder / path.name)
        return Notebook(page, lab, path.name)

    return open_


@pytest.fixture
def lesson(open_notebook, page):
    """lesson("04", selector) opens a lesson in JupyterLab, runs the cells of its widgets, and scrolls to the selector.

    With `everything`, all cells are run.
    """

    def open_(number, selector, everything=False):
        path = next((ROOT / "notebooks").glob(f"{number}_*.ipynb"))
        notebook = open_notebook(path)
        if everything:
            notebook.run_all()
        else:
            notebook.run_widgets(path)
        scroll_to(page, selector)
        return notebook

    return open_


# The numbers of the cells whose output is a widget.
WIDGET_CELLS = """(view) => jupyterapp.shell.currentWidget.content.widgets.flatMap((cell, number) =>
  cell.model.type === "code" && cell.model.outputs.toJSON().some((o) => view in (o.data ?? {})) ? [number] : [])"""


def scroll_to(page, selector):
    """Scroll from widget to widget until the selector is found: JupyterLab leaves out cells that are not visible."""
    found = page.locator(selector)
    for cell in 3 * page.evaluate(WIDGET_CELLS, WIDGET_VIEW):
        if found.count():
            break
        page.evaluate("(n) => jupyterapp.shell.currentWidget.content.scrollToItem(n)", cell)
        with contextlib.suppress(NotInTime):  # it may be another widget that has it
            found.first.wait_for(state="attached", timeout=1000)
    found.first.scroll_into_view_if_needed()


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
