"""The figures of the article and of the course, drawn by the package itself: ``python -m pconv_edu figures``.

To add a figure, write a function that draws it and returns it, with the caption as its docstring, and put `@figure`
above it (`registry`). The modules group the figures by subject; a new module must be imported here.
"""

from . import ablations, failure_kinds, hole_ratio, super_resolution  # noqa: F401  (an import registers their figures)
from .builder import build
from .convolution import blur_over_fills, five_by_five, leaking_color
from .holes import example_hole, example_masks, shrinking
from .registry import FIGURES, PHOTOGRAPHIC, caption, figure, file_name

__all__ = [
    "FIGURES",
    "PHOTOGRAPHIC",
    "blur_over_fills",
    "build",
    "caption",
    "example_hole",
    "example_masks",
    "figure",
    "file_name",
    "five_by_five",
    "leaking_color",
    "shrinking",
]
