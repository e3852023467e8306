"""Collect the sources of the site in one folder, from which Sphinx builds the pages."""

import os
import re
from pathlib import Path

from .notebook import prepare
from .reference import reference_pages

PAGES = {"README.md": "index.md", "GLOSSARY.md": "", "TEACHING.md": "", "CONTRIBUTING.md": "", "CHANGELOG.md": ""}
PAGES |= {"figures/README.md": "", "notebooks/project.md": ""}  # "" means that the page keeps its name
LINK = re.compile(r"(?<=\]\()(?!\w+:|#)([^)\s#]+)")
FIGURE = re.compile(r"^## (.*)\n\n!\[[^\]]*\]\((.*)\)\n\n(.*)$", re.MULTILINE)
GALLERY = """<div class="gallery">

{}

</div>

"""
CONTENTS = """

```{toctree}
:hidden:

notebooks/index
notebooks/project
GLOSSARY
figures/README
api/index
TEACHING
CONTRIBUTING
CHANGELOG
```
"""
LESSONS = """# Lessons

The pages show the lessons with the outputs that they had when they were last run. Widgets work on these pages, except
those that need Python. To run the lessons yourself, follow the [instructions on the start page](../index.md).

```{toctree}
:glob:

[0-9]*
```

The [solutions](solutions/index.md) show one way to write each exercise.

```{toctree}
:hidden:

solutions/index
```
"""
SOLUTIONS = """# Solutions

Try each exercise yourself before you read its solution.

```{toctree}
:glob:

[0-9]*
```
"""


class Gathering:
    """The folder that receives the sources of the site."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder

    def write(self, name: str, content: bytes) -> None:
        """Write one file, and make its folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def copy(self, name: str) -> None:
        """Copy one file of the repository to the same place."""
        self.write(name, (self.root / name).read_bytes())


def gather(root: Path, folder: Path) -> None:
    """Fill `folder` with the pages of the site and the files that they show or link to.

    Parameters
    ----------
    root : the folder of the repository
    folder : an empty folder, or one that does not exist yet
    """
    into = Gathering(root, folder)
    lessons = sorted((root / "notebooks").rglob("[0-9]*.ipynb"))
    for path in lessons:
        name = path.relative_to(root).as_posix()
        up = "../" * name.count("/")

        def save(file: str, content: bytes, up: str = up) -> str:
            into.write(f"extra/{file}", content)
            return up + file

        into.write(name, prepare(path.read_text(encoding="utf-8"), save).encode())
    for name, page in PAGES.items():
        text = _with_links(into, name, (root / name).read_text(encoding="utf-8"))
        text = add_thumbnails(text) if name == "figures/README.md" else text
        into.write(page or name, (text + CONTENTS if page == "index.md" else text).encode())
    into.write("notebooks/index.md", LESSONS.encode())
    into.write("notebooks/solutions/index.md", SOLUTIONS.encode())
    for name, text in reference_pages(lessons).items():
        into.write(f"api/{name}.rst", text.encode())


def add_thumbnails(text: str) -> str:
    """Return the page of the figures with thumbnails at its top, and with the first sentence of a caption as its alt.

    text : the page, with a heading, a picture and a caption for each figure
    """
    links = []

    def describe(match: re.Match[str]) -> str:
        name, file, caption = match[1].replace("_", " ").capitalize(), match[2], match[3]
        links.append(f"[![]({file})<br>{name}](#{name.lower().replace(' ', '-')})")
        alt = re.sub(r"([\[\]])", r"\\\1", caption.partition(". ")[0])
        return f"## {name}\n\n![{alt}.]({file})\n\n{caption}"

    text = FIGURE.sub(describe, text)
    start = text.index("## ")
    return text[:start] + GALLERY.format("\n".join(links)) + text[start:]


def _with_links(into, name, text):
    """Return the text of a page, with links to folders turned into links to their pages; copy the files it links to."""

    def replace(match: re.Match[str]) -> str:
        target = Path(os.path.normpath(into.root / Path(name).parent / match[1]))
        if target.is_dir():
            return match[1].rstrip("/") + "/index.md"
        if target.suffix not in (".md", ".ipynb"):
            into.copy(target.relative_to(into.root).as_posix())
        return match[1]

    return LINK.sub(replace, text)
