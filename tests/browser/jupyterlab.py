"""A real JupyterLab and a page in Chromium, for the browser tests and for the tour of the studio (`docs/tour.py`)."""

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

import nbformat

from pconv_edu.lessons.my_course import lab_command
from pconv_edu.lessons.rebuild import WIDGET_VIEW

from .widget_cells import cells_for_widgets, shows_widget

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


def find_chromium():
    """Return the path of the browser, or None."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)


@contextlib.contextmanager
def running_lab(home, notebooks):
    """Start a JupyterLab on its own port, with its own token and configuration: (url, token, folder of notebooks).

    home : an empty folder for its configuration and its log
    notebooks : the folder that it shows
    """
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
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')}")


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


# Ends every kernel, and closes what is open without asking whether to save it.
CLOSE_ALL = """async () => {
  if (!window.jupyterapp) return;
  for (const widget of [...jupyterapp.shell.widgets("main")]) widget.dispose();
  await jupyterapp.serviceManager.sessions.shutdownAll(); }"""


class Notebook:
    """A notebook open in JupyterLab. A page that shows JupyterLab already is used as it is: it takes long to load."""

    def __init__(self, page, lab, name):
        url, token, _ = lab
        self.page = page
        if not page.url.startswith(url):
            page.goto(f"{url}/lab?token={token}&reset")
            page.wait_for_function("() => window.jupyterapp", polling=100, timeout=90_000)
            page.evaluate("() => jupyterapp.restored.then(() => null)")
        page.evaluate("(path) => jupyterapp.commands.execute('docmanager:open', { path }).then(() => null)", name)
        page.wait_for_function(
            """(path) => { const context = jupyterapp.shell.currentWidget?.context;
              return context?.path === path && context.sessionContext.session?.kernel?.status === "idle"; }""",
            arg=name,
            polling=100,  # by default it looks at each frame, and takes the time that JupyterLab needs
            timeout=90_000,
        )

    @staticmethod
    def close_all(page):
        """Close every notebook of a page, and end its kernel."""
        page.evaluate(CLOSE_ALL)

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
