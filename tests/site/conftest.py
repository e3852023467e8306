"""Fixtures for the tests of the website, which `make site` has built: a server for its pages, and pages in Chromium."""

import functools
import http.server
import threading
from pathlib import Path

import pytest

from tests.browser.conftest import chromium  # noqa: F401  (a fixture)

SITE = Path(__file__).parents[2] / "site"


def pages():
    """Return the addresses of all pages, such as "notebooks/01_fill_a_hole.html"."""
    return sorted(path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html") if "_static" not in path.parts)


def lessons():
    """Return the addresses of the pages of the lessons."""
    return [page for page in pages() if page.startswith("notebooks/") and page.split("/")[1][0].isdigit()]


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serve files without a log."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def address():
    """The address at which the site is served."""
    if not (SITE / "index.html").exists():
        pytest.fail("there is no site/index.html: run `make test-site`, or build the site with `make site` first")
    handler = functools.partial(Quiet, directory=SITE)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def open_page(chromium, address):  # noqa: F811
    """open_page("index.html", width=390) opens a page. No test may cause an error, or a request to another host."""
    opened, faults = [], []

    def open_(page_address, width=1400, theme="light"):
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
        context.set_default_timeout(90_000)  # a busy machine takes long to show a lesson
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(f"uncaught: {error}"))
        page.on("requestfailed", lambda request: faults.append(f"failed: {request.url}"))

        def guard(route):
            if route.request.url.startswith((address, "data:", "blob:")):
                return route.continue_()
            faults.append(f"request to another host: {route.request.url}")
            return route.abort()

        context.route("**/*", guard)
        page.goto(f"{address}/{page_address}")
        return page

    yield open_
    for context in opened:
        context.close()
    assert faults == []


def read_to_the_end(page):
    """Scroll through a page, so that it loads everything that it would load for a reader."""
    page.evaluate(
        """async () => {
          for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
            scrollTo(0, y);
            await new Promise((done) => setTimeout(done, 20));
          }
        }"""
    )
    page.wait_for_load_state("networkidle")
