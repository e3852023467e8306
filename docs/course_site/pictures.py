"""Finish the HTML of each page: pictures get their size and are loaded late, and empty table headers become cells.

A page whose pictures have a size does not jump when they arrive.
"""

import functools
import re
from pathlib import Path
from typing import Any

from PIL import Image
from sphinx.application import Sphinx

TAG = re.compile(r"<img ([^>]*?)\s*/?>")
EMPTY_HEADER = re.compile(r"<th[^>]*>(<p></p>)?</th>")  # which screen readers would announce
SOURCE = re.compile(r'src="([^"]+)"')


def setup(app: Sphinx) -> None:
    """Change the pictures of each page just before the page is written."""
    app.connect("html-page-context", _complete_pictures)


def _complete_pictures(app, pagename: str, templatename: str, context: dict[str, Any], doctree) -> None:
    if "body" not in context:
        return
    first = True

    def complete(match: re.Match[str]) -> str:
        nonlocal first
        attributes = match[1]
        source = SOURCE.search(attributes)
        path = _file(app, pagename, source[1]) if source else None
        if path and "width=" not in attributes:
            width, height = _size(path)
            attributes += f' width="{width}" height="{height}"'
        if not first:
            attributes += ' loading="lazy"'
        first = False
        return f"<img {attributes}>"

    context["body"] = EMPTY_HEADER.sub("<td></td>", TAG.sub(complete, context["body"]))


def _file(app, pagename, address):
    """Return the file of a picture, or None if the address is not that of a local file."""
    if ":" in address:
        return None
    place = (Path(app.outdir) / pagename).parent / address
    if place.parent.name == "_images":
        names = {name: source for source, (_, name) in app.env.images.items()}
        source = names.get(place.name)
        return Path(app.srcdir) / source if source else None
    relative = Path(*[part for part in Path(address).parts if part != ".."])
    path = Path(app.srcdir) / "extra" / relative
    return path if path.exists() else None


@functools.cache
def _size(path):
    with Image.open(path) as picture:
        return picture.size
