"""Describe the pictures of a notebook in words, for readers who cannot see them.

The descriptions are taken from the titles and labels in the code that draws the picture.
"""

import ast

LABELS = {"label", "labels", "set_title", "suptitle", "title", "titles", "xlabel", "ylabel"}
LONGEST = 300  # characters; screen readers read a description in one piece


def describe_picture(source: str, shown: str) -> str:
    """Return the alternative text of a picture that a cell shows.

    Parameters
    ----------
    source : the code of the cell
    shown : what the cell shows as plain text, such as "<Figure size 915x465 with 6 Axes>" or the text of a widget
    """
    if not shown.startswith("<"):
        return shown
    words = list(dict.fromkeys(_labels(source)))
    text = "Picture drawn by the code above"
    return _shorten(f"{text}. Titles and labels: {', '.join(words)}" if words else text)


def _labels(source):
    """Yield the strings that the code gives to titles and labels, in the order of the code."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a cell with a command of IPython
        return
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        values = [keyword.value for keyword in call.keywords if keyword.arg in LABELS]
        if ast.unparse(call.func).rpartition(".")[2] in LABELS:
            values += call.args
        for value in values:
            for part in value.elts if isinstance(value, ast.List | ast.Tuple) else [value]:
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.strip():
                    yield " ".join(part.value.split())


def _shorten(text):
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] + " …"
