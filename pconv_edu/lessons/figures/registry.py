"""Keep the list of the course's figures. Write `@figure("name", lesson=4)` above a function to add it to the list."""

import inspect
from collections.abc import Callable

from matplotlib.figure import Figure

Draw = Callable[[], Figure]

FIGURES: dict[str, Draw] = {}  # name -> drawing function, in the order of the lessons
PHOTOGRAPHIC: set[str] = set()  # names of the figures that are mostly photos
LESSONS: dict[str, int] = {}  # name -> number of the lesson that explains the figure


def figure(name: str, *, lesson: int, photographic: bool = False) -> Callable[[Draw], Draw]:
    """Return a decorator that registers a function as the figure `name`, with its docstring as the caption.

    The figures are sorted by lesson. Figures of the same lesson keep the order in which they are registered. If
    `photographic` is True, the figure is stored as a JPEG file; otherwise, it is stored as a PNG file.
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
    """Return the file name of a figure, with the extension .jpg if the figure is mostly photos, and .png otherwise."""
    return f"{name}.jpg" if name in PHOTOGRAPHIC else f"{name}.png"


def caption(name: str) -> str:
    """Return the caption of a figure, on one line."""
    return " ".join((inspect.getdoc(FIGURES[name]) or "").split())
