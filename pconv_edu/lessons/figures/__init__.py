"""Draw the figures of the course.

The command is ``python -m pconv_edu figures``. To add a figure, write a function that draws and returns the figure. The
docstring of the function is the caption, and the decorator `@figure` (in `registry`) registers the function. The
modules group the figures by subject. A new module must be imported in this file.
"""

from . import ablations, cleanup, comparison, failure_kinds, hole_ratio, super_resolution  # noqa: F401  (importing a module registers its figures)
from .builder import build
from .cleanup import damaged_photos
from .convolution import blur_over_fills, five_by_five, leaking_color
from .holes import example_hole, example_masks, shrinking
from .registry import FIGURES, PHOTOGRAPHIC, caption, figure, file_name

__all__ = [
    "FIGURES",
    "PHOTOGRAPHIC",
    "blur_over_fills",
    "build",
    "caption",
    "damaged_photos",
    "example_hole",
    "example_masks",
    "figure",
    "file_name",
    "five_by_five",
    "leaking_color",
    "shrinking",
]
