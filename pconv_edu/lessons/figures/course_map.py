"""Draw the map of the course, which shows the lessons, their minutes, and which lesson needs which.

The titles, the minutes and the needs are read from the table in TEACHING.md.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from pconv_edu.lessons.my_course import COURSE

PARTS = {  # name of each part of the course -> the column and the row of each of its lessons on the map
    "The task": {"01": (0, 0), "02": (1, 0), "03": (2, 0)},
    "The layer": {"04": (0, 1), "05": (1, 1), "06": (2, 1), "07": (3, 1)},
    "The network": {"08": (2, 2), "09": (4, 2), "10": (5, 2)},
    "Experiments": {"11": (2, 3), "12": (3, 3), "13": (3, 4), "14": (4, 4), "15": (5, 4)},
}
COLORS = "#E8EEF7", "#E6F2EC", "#F7EEE3", "#F1E8F3"  # one for each part
WIDTH, HEIGHT = 0.92, 0.72  # of a box, where the distance between two boxes is 1
LONGEST = 16  # characters that are sure to fit into one line of a box
LEFT = -1.2  # the left border of the map; the first box has its middle at 0
DARK, GREY = "#222222", "#555555"


class LessonRow(NamedTuple):
    """Store what the table in TEACHING.md says about one lesson."""

    number: str  # two digits
    title: str
    minutes: int
    needs: tuple[str, ...]  # the numbers of the lessons that must come before this lesson


def read_table(teaching: str | Path = COURSE / "TEACHING.md") -> list[LessonRow]:
    """Return the rows of the table of lessons in TEACHING.md, in the order of the lessons.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    """
    page = Path(teaching).read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d\d) \| (.+?) \| (\d+) \| (.+?) \|", page, re.M)
    return [LessonRow(number, title, int(minutes), _numbers(needs)) for number, title, minutes, needs in rows]


def _numbers(needs: str) -> tuple[str, ...]:
    """Return the lesson numbers in a text such as "02, 08 to 11"."""
    numbers: list[str] = []
    for first, last in re.findall(r"\b(\d\d)\b(?: to (\d\d))?", needs):
        numbers += [f"{number:02}" for number in range(int(first), int(last or first) + 1)]
    return tuple(numbers)


def direct_needs(lessons: Sequence[LessonRow]) -> list[tuple[str, str]]:
    """Return the pairs (needed lesson, lesson), without the pairs that follow from other pairs."""
    before: dict[str, set[str]] = {}  # number -> all lessons that it needs, directly or indirectly
    for lesson in lessons:
        before[lesson.number] = set(lesson.needs).union(*(before[need] for need in lesson.needs))
    return [
        (need, lesson.number)
        for lesson in lessons
        for need in lesson.needs
        if not any(need in before[other] for other in lesson.needs)
    ]


def course_map() -> Figure:
    """Draw one box per lesson, with its title and its minutes, and an arrow from each lesson to those that need it."""
    lessons = read_table()
    by_number = {lesson.number: lesson for lesson in lessons}
    places = {number: place for part in PARTS.values() for number, place in part.items()}
    fig, ax = plt.subplots(figsize=(9.6, 4.5))
    for (part, members), color in zip(PARTS.items(), COLORS, strict=True):
        rows = [row for _, row in members.values()]
        top, bottom = min(rows) - 0.48, max(rows) + 0.48
        ax.add_patch(Rectangle((LEFT, top), 5.5 - LEFT, bottom - top, facecolor=color, edgecolor="none"))
        minutes = sum(by_number[number].minutes for number in members)
        ax.text(LEFT + 0.1, min(rows) - 0.06, part, fontsize=11, weight="bold", color=DARK, va="center")
        ax.text(LEFT + 0.1, min(rows) + 0.22, f"{minutes} minutes", fontsize=9, color=GREY, va="center")
        for number, (column, row) in members.items():
            corner = column - WIDTH / 2, row - HEIGHT / 2
            box = FancyBboxPatch(corner, WIDTH, HEIGHT, "round,pad=0,rounding_size=0.06", zorder=3)
            box.set(facecolor="white", edgecolor=GREY, linewidth=0.8)
            ax.add_patch(box)
            heading = f"{number} · {by_number[number].minutes} min"
            title = _in_lines(by_number[number].title)
            ax.text(column, row - 0.29, heading, fontsize=9, color=GREY, ha="center", va="top", zorder=4)
            ax.text(column, row + 0.11, title, fontsize=9, color=DARK, ha="center", va="center", zorder=4)
    arrows = [(places[need], places[number]) for need, number in direct_needs(lessons)]
    for start, end in arrows:
        _draw_arrow(ax, start, end, start[1] + turning_depth(start, arrows))
    ax.set(xlim=(LEFT, 5.5), ylim=(4.48, -0.48))
    ax.axis("off")
    fig.subplots_adjust(0, 0, 1, 1)
    return fig


def _in_lines(title: str) -> str:
    """Return a title in one line, or in two lines of similar length if it is long."""
    words = title.replace(" a ", " a\u00a0").split(" ")  # "a" stays beside its noun
    if len(title) <= LONGEST or len(words) == 1:
        return title
    pairs = [(" ".join(words[:cut]), " ".join(words[cut:])) for cut in range(len(words) - 1, 0, -1)]
    return "\n".join(min(pairs, key=lambda pair: max(map(len, pair))))


def turning_depth(start: tuple[int, int], arrows: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> float:
    """Return how far below the middle of its box an arrow turns sideways.

    Arrows from different boxes of a row turn at different depths, the rightmost one first, so that none seems to lead
    to the end of another.
    """
    turning = sorted({a for a, b in arrows if a[1] == start[1] != b[1] and a[0] != b[0]})
    return 0.5 + 0.1 * ((len(turning) - 1) / 2 - turning.index(start)) if start in turning else 0.5


def _draw_arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], gap: float) -> None:
    """Draw an arrow along the row, or down from `start`, along the gap between two rows, and down to `end`."""
    (x, y), (to_x, to_y) = start, end
    if y == to_y:
        points = [(x + WIDTH / 2, y), (to_x - WIDTH / 2, y)]
    else:
        points = [(x, y + HEIGHT / 2), (x, gap), (to_x, gap), (to_x, to_y - HEIGHT / 2)]
    ax.plot(*zip(*points[:-1], strict=True), color=DARK, linewidth=1, zorder=2)
    arrow = {"arrowstyle": "-|>", "color": DARK, "linewidth": 1, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", points[-1], points[-2], arrowprops=arrow, zorder=2)
