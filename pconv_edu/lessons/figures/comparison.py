"""Draw the article's main comparison with the methods of this course, for the README.

The rule that chooses the photos and the holes does not use any fill or score.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from pconv_edu import inpaint
from pconv_edu.core import hole_ratio, load_photo, photo_names
from pconv_edu.lessons.drawing import short_credit, with_hole

from .registry import figure

if TYPE_CHECKING:
    from pconv_edu.experiments.evaluate import Case

METHODS = {
    "PatchMatch": "patchmatch",
    "GLCIC": "glcic",
    "Contextual\nAttention": "attention",
    "partial conv.\n(large)": "large",
    "guided": "guided",
}
BIN = (0.2, 0.3)
IRREGULAR = 4  # the first four photos get the irregular hole of their pair, and the others get the rectangle


def comparison_cases() -> list[Case]:
    """Return one case for each subject of the public-domain and CC0 test photos.

    The first two words of a photo's name give its subject. Each subject is represented by the first photo in the order
    of the names. Its hole is one of the pair for `BIN` in the experiment `rivals`.
    """
    from pconv_edu.experiments import evaluate, rivals

    numbers = {name: number for number, name in enumerate(photo_names("test"))}
    chosen: dict[str, str] = {}
    for name in photo_names("test", free=True):
        chosen.setdefault("-".join(name.split("-")[:2]), name)
    cases = []
    for row, name in enumerate(chosen.values()):
        masks = dict(zip(rivals.KINDS, rivals.pair(numbers[name], BIN), strict=True))
        kind = "irregular" if row < IRREGULAR else "rectangles"
        cases.append(evaluate.Case(kind, evaluate.label(BIN), name, load_photo(name, evaluate.SIZE), masks[kind]))
    return cases


def show_comparison(cases: Sequence[Case], size: float = 1.6) -> Figure:
    """Show each case in a row, with its hole, its fill by each of `METHODS`, and the truth; return the figure.

    size : width and height of a picture, in inches
    """
    names = ["input", *METHODS, "truth"]
    wide, tall = size * len(names), (size + 0.24) * len(cases) + 0.4
    fig, axes = plt.subplots(len(cases), len(names), figsize=(wide, tall), squeeze=False)
    fig.subplots_adjust(0.004, 0.24 / tall, 0.996, 1 - 0.42 / tall, wspace=0.03, hspace=0.26 / size)
    for row, case in zip(axes, cases, strict=True):
        fills = [inpaint(case.image, case.mask, method) for method in METHODS.values()]
        for ax, picture in zip(row, (with_hole(case.image, case.mask), *fills, case.image), strict=True):
            ax.imshow(picture)
            ax.axis("off")
        about = f"{case.photo} ({short_credit(case.photo)}), hole ratio {hole_ratio(case.mask):.2f}"
        row[0].text(0, -0.03, about, va="top", size=10, transform=row[0].transAxes)
    for letter, ax, name in zip("abcdefg", axes[0], names, strict=True):
        ax.set_title(f"({letter}) {name}", size=11)
    return fig


@figure("comparison", lesson=14, photographic=True)
def comparison() -> Figure:
    """This figure rebuilds the article's main comparison with the methods of this course and adds the guided fill. The
    columns are (a) the input with its hole in pink, (b) PatchMatch, (c) GLCIC, (d) Contextual Attention, (e) the
    network `large` with partial convolutions, (f) `guided`, and (g) the truth. We trained GLCIC at half the width of
    its paper and Contextual Attention at three quarters, for nine minutes each, on a GPU that they shared with other
    trainings. So the figure says nothing about the networks of those papers. Both were trained on rectangles in
    pictures of 128×128 px; the pictures shown have 256×256 px. The rows were chosen by a rule that does not use the
    fills. They show the first public-domain or CC0 test photo of each subject, in the order of the photos' names. The
    holes have a ratio of 0.2 to 0.3 and come from the pairs of holes in lesson 14. The first four photos have the
    irregular hole of their pair, and the other two have the rectangle. Lesson 14 gives the scores over 30 photos.
    """
    return show_comparison(comparison_cases())
