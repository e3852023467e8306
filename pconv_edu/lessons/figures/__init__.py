"""Draw the figures of the course.

The command is ``python -m pconv_edu figures``. To add a figure, write a function that draws and returns the figure. The
docstring of the function is the caption, and the decorator `@figure` (in `registry`) registers the function. The
modules group the figures by subject. A new module must be imported in this file.
"""

from . import (  # noqa: F401  (importing a module registers its figures)
    ablations,
    cleanup,
    comparison,
    failure_kinds,
    hole_ratio,
    parts_lesson,
    super_resolution,
)
from .builder import build
from .cleanup import damaged_photos
from .convolution import blur_over_fills, five_by_five, leaking_color, mean_blur
from .course_map import course_map
from .first_screen import behind_a_fence, green_leak, same_ratio
from .holes import deepest_place, example_hole, example_masks, shrinking
from .losses import feature_maps, gram_matrices, outlined_holes, terms_by_fill, weighted_terms
from .registry import FIGURES, PHOTOGRAPHIC, caption, figure, file_name
from .rescaling import rescaled_sums
from .training import before_and_after, enlarged_fills, learning_rates, log_curves
from .unet import closing_layers, unet_masks, weights_by_layer

__all__ = [
    "FIGURES",
    "PHOTOGRAPHIC",
    "before_and_after",
    "behind_a_fence",
    "blur_over_fills",
    "build",
    "caption",
    "closing_layers",
    "course_map",
    "damaged_photos",
    "deepest_place",
    "enlarged_fills",
    "example_hole",
    "example_masks",
    "feature_maps",
    "figure",
    "file_name",
    "five_by_five",
    "gram_matrices",
    "green_leak",
    "leaking_color",
    "learning_rates",
    "log_curves",
    "mean_blur",
    "outlined_holes",
    "rescaled_sums",
    "same_ratio",
    "shrinking",
    "terms_by_fill",
    "unet_masks",
    "weighted_terms",
    "weights_by_layer",
]
