"""The list of the course's figures. `@figure("name", lesson=4)` above a function that draws one puts it on the list."""

import inspect
from collections.abc import Callable

from matplotlib.figure import Figure

Draw = Callable[[], Figure]

FIGURES: dict[str, Draw] = {}  # by name, in the order of the lessons
PHOTOGRAPHIC: set[str] = set()  # the names of those that are mostly photos
LESSONS: dict[str, int] = {}  # the number of the lesson that explains a figure


def figure(name: str, *, lesson: int, photographic: bool = False) -> Callable[[Draw], Draw]:
    """Return a decorator that registers a function as the figure of that name; its docstring is the caption.

    Figures come in the order of their lessons, those of one lesson in the order in which they are registered.
    `photographic` figures are stored as JPEG files, others as PNG files.
    """

    def register(draw: Draw) -> Draw:
        FIGURES[name], LESSONS[name] = draw, lesson
        if photographic:
            PHOTOGRAPHIC.add(name)
        for known in sorted(FIGURES, key=LESSONS.__getitem__):
            FIGURES[known] = FIGURES.pop(known)
        return draw

    return register


def file_name(name: str) -> str:
    """Return the name of a figure's file: JPEG for figures that are mostly photos, PNG for numbers and lines."""
    return f"{name}.jpg" if name in PHOTOGRAPHIC else f"{name}.png"


def caption(name: str) -> str:
    """Return the caption of a figure, on one line."""
    return " ".join((inspect.getdoc(FIGURES[name]) or "").split())
