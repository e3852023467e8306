"""Every page of the website: what it loads, its weight, its width on a phone, its links, and accessibility."""

import html.parser
import re
from urllib.parse import unquote, urldefrag, urlparse

import pytest

from tests.browser.conftest import violations

from .conftest import SITE, lessons, pages, read_to_the_end

HEAVIEST = 3_000_000  # bytes of all files of a page


def too_wide(page):
    """Return the elements that stick out of the page, unless they are inside a part that scrolls by itself."""
    return page.evaluate(
        """() => {
          const right = document.documentElement.clientWidth;
          const scrolls = (node) => node.closest("article") && node.tagName !== "ARTICLE"
            && (/auto|scroll|hidden/.test(getComputedStyle(node).overflowX)
            || scrolls(node.parentElement));
          return [...document.querySelectorAll("article *")]
            .filter((node) => node.getBoundingClientRect().right > right + 1 && !scrolls(node.parentElement))
            .map((node) => node.outerHTML.slice(0, 120));
        }"""
    )


@pytest.mark.parametrize("name", pages())
def test_a_page_at_two_widths(open_page, name):
    page = open_page(name, width=390)
    read_to_the_end(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert too_wide(page) == []
    sizes = page.evaluate("performance.getEntries().map((entry) => entry.transferSize || 0)")
    assert len(sizes) > 5 and sum(sizes) < HEAVIEST
    page.set_viewport_size({"width": 1400, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 1400
    broken = "[...document.images].filter((i) => i.complete && !i.naturalWidth).map((i) => i.src)"
    assert page.evaluate(broken) == []


class Links(html.parser.HTMLParser):
    """Collect the anchors of a page and the addresses that it refers to."""

    def __init__(self, text):
        super().__init__()
        self.anchors, self.addresses = set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id":
                self.anchors.add(value)
            if name in ("href", "src", "data-program", "data-state") and value:
                self.addresses.append(value)


def test_every_link_within_the_site_has_a_target():
    read = {name: Links((SITE / name).read_text(encoding="utf-8")) for name in pages()}
    missing, checked = [], 0
    for name, links in read.items():
        for address in links.addresses:
            path, anchor = urldefrag(address)
            if urlparse(path).scheme or path.startswith("//"):
                continue
            checked += 1
            path = unquote(urlparse(path).path)
            target = (SITE / name).parent / path if path else SITE / name
            page = target.resolve().relative_to(SITE).as_posix()
            if not target.is_file() or (anchor and page in read and unquote(anchor) not in read[page].anchors):
                missing.append(f"{name}: {address}")
    assert checked > 1000 and missing == []


def test_every_notebook_and_figure_has_a_page():
    root = SITE.parent
    notebooks = [path.relative_to(root).with_suffix(".html") for path in (root / "notebooks").rglob("[0-9]*.ipynb")]
    assert len(notebooks) > 20 and [path for path in notebooks if not (SITE / path).exists()] == []
    gallery = (SITE / "figures" / "README.html").read_text(encoding="utf-8")
    figures = [path.name for path in (root / "figures").iterdir() if path.suffix in (".png", ".jpg")]
    assert len(figures) > 10 and [name for name in figures if gallery.count(f"_images/{name}") < 2] == []


def test_every_picture_has_a_description():
    tags = {name: re.findall("<img [^>]*>", (SITE / name).read_text(encoding="utf-8")) for name in lessons()}
    assert sum(map(len, tags.values())) > 100
    assert [tag for found in tags.values() for tag in found if not re.search('alt="[^"]{10,}"', tag)] == []


ACCESSIBLE = ["index.html", "GLOSSARY.html", "figures/README.html", "api/pconv_edu.inpainters.html", "search.html"]
ACCESSIBLE += lessons()[1::3]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ACCESSIBLE)
def test_accessibility(open_page, name, theme):
    page = open_page(name, theme=theme)
    read_to_the_end(page)
    assert violations(page, "html") == []
