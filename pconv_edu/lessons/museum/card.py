"""Draw an exhibit as a card, which marks the lines of its code that differ from the right code.

If the fault of a layer can be seen in a photo, the card shows it beside the right result. The right lines are folded,
so that learners can first say what is wrong with the marked ones.
"""

import difflib
import html
import re

from IPython.display import HTML

from .answers import find_exhibit
from .exhibit import Exhibit
from .symptom import symptom_html

# JupyterLab's own colours, readable in its light and its dark theme; on other pages, the colours of the page.
CODE = (
    "margin: 0; padding: 6px 8px; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 12px; line-height: 1.35;"
)
CODE += " font-family: var(--jp-code-font-family, monospace); color: inherit; background: transparent;"
CODE += " border: 1px solid var(--jp-border-color1, #999)"
TEXT = "line-height: 1.45; color: var(--jp-content-font-color1, inherit)"
MARKED = "background: rgba(255, 165, 0, 0.3); box-shadow: -3px 0 0 rgb(204, 102, 0)"
REMOVED, ADDED = "background: rgba(220, 60, 40, 0.22)", "background: rgba(40, 160, 70, 0.25)"


def show_exhibit(number: int) -> HTML:
    """Return the card of an exhibit, for the last line of a cell.

    Raises
    ------
    ValueError
        If no exhibit has this number.
    """
    return HTML(card_html(find_exhibit(number)))


def card_html(exhibit: Exhibit) -> str:
    """Return the code of an exhibit as HTML, with the faulty lines marked and the right lines folded below the code."""
    lines, differences = exhibit.source.splitlines(), changes(exhibit)
    faulty = {n for start, wrong, _ in differences for n in range(start, start + len(wrong))}
    code = "".join(_line(line, MARKED if n in faulty else "opacity: 0.75") for n, line in enumerate(lines))
    compared = "".join(
        "".join(_line(f"− {line}", REMOVED) for line in wrong) + "".join(_line(f"+ {line}", ADDED) for line in right)
        for _, wrong, right in differences
    )
    fault = html.escape(_sentence(exhibit.fault))
    return (
        f'<div style="{TEXT}; max-width: 900px"><b>Exhibit {exhibit.number}</b> as it was found{symptom_html(exhibit)}'
        f'<pre style="{CODE}">{code}</pre>'
        f"<details><summary>Compare with the right one</summary>"
        f'<pre style="{CODE}">{compared}</pre>{fault}</details></div>'
    )


def changes(exhibit: Exhibit) -> list[tuple[int, list[str], list[str]]]:
    """Return how the code and the repaired code differ: (index of the first line, its lines, the right lines)."""
    found, right = exhibit.source.splitlines(), exhibit.repaired.splitlines()
    blocks = difflib.SequenceMatcher(None, found, right, autojunk=False).get_opcodes()
    return [(a, found[a:b], right[c:d]) for kind, a, b, c, d in blocks if kind != "equal"]


def _sentence(text: str) -> str:
    """Return a text with a capital letter at its start, unless it starts with a symbol or a formula such as sum(1)."""
    starts_with_a_word = re.match(r"(a|[a-z]{2,})[,;:]?\s", text)
    return text[0].upper() + text[1:] if starts_with_a_word else text


def _line(line: str, style: str) -> str:
    return f'<span style="display: block; {style}">{html.escape(line) or " "}</span>'
