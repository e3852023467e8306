"""Show text below a figure, or the result of a check, in the font of the page instead of that of printed output."""

import html
import re
import sys

ADDRESS = re.compile(r"https?://\S+[^\s.,;:]")
SIGNS = {"right": ("✓", "46, 125, 50"), "not attempted": ("○", "117, 117, 117")}  # kind -> sign, red, green, blue
WRONG = "✗", "192, 86, 33"
CAPTION = "font-size: 90%; line-height: 1.4; max-width: 80ch; margin: 0"
DETAILS = "margin: 4px 0 0; padding: 0; background: none; white-space: pre-wrap; line-height: 1.35; font-size: 90%"


def caption(text: str) -> None:
    """Show a caption, or the credit of a photo, below the output of a cell.

    In a notebook it is set in the font of the page, and every address becomes a link. Elsewhere it is printed.

    text : plain text; a line break stays a line break
    """
    lines = (_linked(line) for line in text.split("\n"))
    show(text, f'<p style="{CAPTION}">{"<br>".join(lines)}</p>')


def show_result(kind: str, text: str) -> None:
    """Show what a learner reads about an answer: a sign and the verdict in colour, or plain text outside a notebook.

    kind : "right", "not attempted" or anything else for a wrong answer
    text : the verdict in the first line; numbers and code in the others, which are set in fixed width
    """
    sign, color = SIGNS.get(kind, WRONG)
    verdict, _, details = text.partition("\n")
    below = f'<pre style="{DETAILS}">{html.escape(details)}</pre>' if details else ""
    box = f"border-left: 4px solid rgb({color}); background: rgba({color}, 0.1); padding: 4px 10px; max-width: 90ch"
    says = re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(verdict))
    show(text, f'<div style="{box}"><strong>{sign}</strong> {says}{below}</div>')


def show(text: str, markup: str) -> None:
    """Show HTML in a notebook, which also stores the text, and print the text elsewhere."""
    # Without a notebook, nobody has imported IPython, or there is no kernel that shows HTML.
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if not hasattr(shell, "kernel"):
        print(text)
        return
    from IPython.display import display

    display({"text/plain": text, "text/html": markup}, raw=True)


def _linked(line: str) -> str:
    """Return a line as HTML, in which each address is a link that shows the host and opens in a new tab."""
    parts, end = [], 0
    for found in ADDRESS.finditer(line):
        parts.append(html.escape(line[end : found.start()]))
        address, end = html.escape(found.group()), found.end()
        host = found.group().split("/")[2].removeprefix("www.")
        parts.append(f'<a href="{address}" target="_blank" rel="noopener">{host}</a>')
    return "".join([*parts, html.escape(line[end:])])
