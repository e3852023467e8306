"""Define the colours, markers and names that methods have in every plot of the experiments.

GLCIC and Contextual Attention are called "young", because their training was far shorter than in the papers.
"""

from collections.abc import Sequence
from typing import Any

from pconv_edu.inpainters.methods import KINDS, RIVAL, TABLE

COLORS = {name: TABLE[name].color for name in sorted(TABLE, key=lambda name: KINDS.index(TABLE[name].kind))}
OTHERS = ("#00ACC1", "#000000", "#C800C8", "#00E5A0", "#6B3E00")  # for methods that are not in `COLORS`
MARKS = "osD^vPX*<>"
GREY = "#C8C8C8"  # for lines that are not highlighted


def style(method: str, others: Sequence[str] = ()) -> dict[str, Any]:
    """Return the colour and the marker of a method's line, as keyword arguments for matplotlib.

    others : methods of the plot that are not in `COLORS`, such as training runs. They get the colours of `OTHERS` in
        the order in which they are listed, so that no training run has the colour of a shipped method
    """
    if method in COLORS:
        color, number = COLORS[method], list(COLORS).index(method)
    else:
        number = list(others).index(method) if method in others else sum(method.encode(errors="replace"))
        color = OTHERS[number % len(OTHERS)]
    return {"color": color, "marker": MARKS[number % len(MARKS)], "markersize": 5}


def label(name: str) -> str:
    """Return the name of a method as plots show it, in a form that matplotlib shows literally.

    The text is shown literally even if the name contains "$" or begins with "_". The networks that were trained on
    rectangles with a critic are marked as young.
    """
    text = name.encode(errors="replace").decode().replace("$", r"\$")
    young = name in TABLE and TABLE[name].kind == RIVAL
    return f" {text}" if text.startswith("_") else f"{text} (young)" if young else text
