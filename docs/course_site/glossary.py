"""Link the first use of each term in a lesson to the glossary, and the lesson numbers in tables to the lessons."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

GLOSSARY = "GLOSSARY"
NUMBER = re.compile(r"\d\d")
LESSON = re.compile(r"notebooks/(\d\d)_\w+")
ROW = re.compile(r"^\| (?P<terms>[^|]+) \| (?P<meaning>[^|]+) \| (?P<lesson>\d\d) \|$", re.MULTILINE)
NOT_LINKED = (nodes.reference, nodes.literal, nodes.literal_block, nodes.title, nodes.math, nodes.raw)


def setup(app: Sphinx) -> None:
    """Add the links once a page has been read."""
    app.connect("doctree-read", _add_links)


def read_terms(text: str) -> Iterator[tuple[str, str, str, int]]:
    """Yield (term, anchor, meaning, number of the lesson that introduces it) for the rows of the glossary.

    A row can define several terms, such as "hole, valid". They share the anchor of their row.
    """
    for row in ROW.finditer(text):
        for term in re.split(r", (?![^(]*\))", row["terms"]):
            yield re.sub(r" \(\w+\)$", "", term), anchor(row["terms"]), row["meaning"], int(row["lesson"])


def anchor(terms: str) -> str:
    """Return the anchor of a row of the glossary."""
    return "term-" + re.sub(r"[^a-z0-9]+", "-", terms.lower()).strip("-")


def _add_links(app, doctree):
    document = app.env.docname
    if document == GLOSSARY:
        for row in doctree.findall(nodes.row):
            if isinstance(row.parent, nodes.tbody):
                row["ids"].append(anchor(row[0].astext()))
    if document in (GLOSSARY, "TEACHING"):
        _link_numbers(app, document, doctree)
    lesson = LESSON.fullmatch(document)
    if lesson:
        path = Path(app.srcdir) / f"{GLOSSARY}.md"
        app.env.dependencies[document].add(str(path))
        terms = [term for term in read_terms(path.read_text(encoding="utf-8")) if _is_known(term, int(lesson[1]))]
        glossary = app.builder.get_relative_uri(document, GLOSSARY)
        for term, place, meaning, _ in sorted(terms, key=lambda term: -len(term[0])):
            _link_first(doctree, term, refuri=f"{glossary}#{place}", reftitle=meaning, classes=["term"])


def _is_known(term, lesson):
    """Return whether a lesson links a term. In a later lesson than its own, a single letter means something else."""
    introduced = term[3]
    return introduced == lesson or (introduced < lesson and len(term[0]) > 1)


def _link_first(doctree, term, **attributes: Any):
    """Turn the first use of a term into a link."""
    for text in doctree.findall(nodes.Text):
        match = _pattern(term).search(text)
        if match and not any(isinstance(node, NOT_LINKED) for node in _ancestors(text)):
            link = nodes.reference("", match[0], internal=True, **attributes)
            around = [nodes.Text(text[: match.start()]), link, nodes.Text(text[match.end() :])]
            text.parent.replace(text, around)
            return


def _pattern(term):
    """Return a pattern that finds a term, its plural, and the term with a capital, but no part of a longer word."""
    first = f"[{term[0].upper()}{term[0].lower()}]" if term[0].isalpha() and len(term) > 1 else re.escape(term[0])
    return re.compile(rf"(?<![\w-]){first}{re.escape(term[1:])}s?(?![\w-])")


def _ancestors(node):
    while node.parent is not None:
        node = node.parent
        yield node


def _link_numbers(app, document, doctree):
    """Link the numbers of lessons that fill a cell of a table."""
    lessons = {match[1]: name for name in app.env.found_docs if (match := LESSON.fullmatch(name))}
    for entry in [entry for entry in doctree.findall(nodes.entry) if NUMBER.fullmatch(entry.astext())]:
        name = lessons.get(entry.astext())
        if name:
            link = nodes.reference(
                "", entry.astext(), internal=True, refuri=app.builder.get_relative_uri(document, name)
            )
            entry.children[0].children = []
            entry.children[0] += link
