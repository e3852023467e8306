"""Fixtures for the browser tests: Chromium, a bare page and a real JupyterLab. No request may leave this machine."""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import TimeoutError as NotInTime
from playwright.sync_api import sync_playwright

from pconv_edu.lessons.my_course import lab_command
from pconv_edu.lessons.rebuild import WIDGET_VIEW

from .widget_cells import cells_for_widgets, shows_widget

ROOT = Path(__file__).parents[2]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
AT_HOME = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:", "about:", "file:")


@pytest.fixture(scope="session")
def chromium():
    """The browser. Without one the tests are skipped, unless COURSE_REQUIRE_BROWSER is set."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
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
    context = shared or browser.new_context(viewport={"width": 1200, "height": 1000}, **options)
    page = context.new_page()
    page.errors, page.left = [], []
    page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.errors.append(f"uncaught: {error}"))

    def note(request):
        if not request.url.startswith(AT_HOME):
            page.left.append(request.url)

    context.on("request", note)
    yield page
    context.remove_listener("request", note)
    (page if shared else context).close()
    assert page.left == [], "requests left this machine"
    assert page.errors == []


@pytest.fixture(scope="session")
def lab_context(chromium):
    """What the pages with JupyterLab share: a cache, so that its files are read and compiled once."""
    with chromium.new_context(viewport={"width": 1200, "height": 1000}) as context:
        yield context


@pytest.fixture
def page(chromium, request):
    shared = request.getfixturevalue("lab_context") if "lab" in request.fixturenames else None
    with watched_page(chromium, shared) as page:
        yield page


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
    """A real JupyterLab on its own port, token and configuration: (url, token, folder of notebooks)."""
    home, course = tmp_path_factory.mktemp("jupyter"), tmp_path_factory.mktemp("course")
    notebooks = course / "my_course"
    notebooks.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(12)
    kinds = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR", "IPYTHONDIR")
    own = {kind: str(home / kind) for kind in (*kinds, "JUPYTERLAB_WORKSPACES_DIR")}
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    options += [f"--IdentityProvider.token={token}", "--LabApp.expose_app_in_browser=True"]
    command, environment = lab_command(notebooks, options)
    with (home / "log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(command, env=environment | own, stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for_server(f"{url}/api/status?token={token}", server, home / "log")
        yield url, token, notebooks
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()


def wait_for_server(url, server, log, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=2)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')}")


# Runs one cell after the other, each once the one before has ended.
RUN_CELLS = """(numbers) => {
  const { content } = jupyterapp.shell.currentWidget;
  window.codeCells = content.widgets.filter((cell) => cell.model.type === "code");
  window.cellsHaveRun = false;
  (async () => {
    for (const number of numbers) {
      content.deselectAll();
      content.activeCellIndex = content.widgets.indexOf(window.codeCells[number]);
      await jupyterapp.commands.execute("notebook:run-cell");
    }
    window.cellsHaveRun = true;
  })(); }"""


class Notebook:
    """A notebook open in JupyterLab."""

    def __init__(self, page, lab, name):
        url, token, _ = lab
        self.page = page
        page.goto(f"{url}/lab/tree/{name}?token={token}&reset")
        page.wait_for_function(
            """() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === "idle" """,
            polling=100,  # by default it looks at each frame, and takes the time that JupyterLab needs
            timeout=90_000,
        )

    def run_all(self):
        """Run every cell; fail with the text of the first error, if there is one."""
        self.page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
        self.page.wait_for_function(
            "() => jupyterapp.shell.currentWidget.content.widgets.filter((c) => c.model.type === 'code')"
            ".every((c) => c.model.sharedModel.getSource().trim() === '' || c.model.executionCount > 0)"
            " && jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'",
            polling=100,
            timeout=120_000,
        )
        self.expect_no_error()

    def run_widgets(self, path):
        """Run the cells that show a widget, and those that they need; each of the widgets must appear."""
        cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        numbers = cells_for_widgets(cells)
        shown = [number for number in numbers if shows_widget(cells[number])]
        assert shown, f"{path.name} shows no widget"
        self.page.evaluate(RUN_CELLS, numbers)
        self.page.wait_for_function("() => window.cellsHaveRun", polling=100, timeout=120_000)
        self.expect_no_error()
        kinds = "(n) => window.codeCells[n].model.outputs.toJSON().flatMap((output) => Object.keys(output.data ?? {}))"
        for number in shown:
            assert WIDGET_VIEW in self.page.evaluate(kinds, number), f"code cell {number} shows no widget"

    def expect_no_error(self):
        errors = self.page.evaluate(
            "() => jupyterapp.shell.currentWidget.content.widgets.filter((c) => c.model.type === 'code')"
            ".flatMap((c) => c.model.outputs.toJSON()).filter((o) => o.output_type === 'error')"
            ".map((o) => o.ename + ': ' + o.evalue)"
        )
        assert errors == []

    def evaluate(self, expression):
        """Return the value of a Python expression in the kernel; it must be JSON-serialisable."""
        reply = self.page.evaluate(
            """async (expression) => {
              const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
              const code = { code: "", store_history: false, user_expressions: { value: expression } };
              return (await kernel.requestExecute(code).done).content.user_expressions.value; }""",
            f"__import__('json').dumps({expression})",
        )
        assert reply["status"] == "ok", reply
        return json.loads(reply["data"]["text/plain"][1:-1].encode().decode("unicode_escape"))

    def wait_until(self, expression, is_right, seconds=20):
        """Wait until the value of a Python expression is right, and return it: a page's changes arrive a bit later."""
        end = time.monotonic() + seconds
        while not is_right(value := self.evaluate(expression)):
            assert time.monotonic() < end, f"{expression} is still {value}"
            self.page.wait_for_timeout(100)
        return value

    def expect(self, expression, value):
        """Wait until a Python expression has this value."""
        self.wait_until(expression, lambda seen: seen == value)

    def execute(self, code):
        """Run code in the kernel, outside any cell."""
        self.page.evaluate(
            """async (code) => { const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
              await kernel.requestExecute({ code, store_history: false }).done; }""",
            code,
        )


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
