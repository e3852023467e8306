"""Measure how well methods fill holes, store one row for each fill, and show the results as tables and plots.

``pconv-edu evaluate`` runs the experiment of lessons 10 and 11; the other experiments use the same modules. The
protocol is:

- There are 30 test photos at 256×256. Every photo gets one hole of each kind and size, and all methods fill the same
  holes in the same photos.
- The article's table has six bins of hole ratio. Each bin has holes that may touch the border (kind N) and holes that
  stay 25 px away from it (kind B).
- Further holes separate the effects of ratio and radius. These holes are lattices of squares with 3 ratios × 3 radii,
  larger single squares, stripes and blobs.
- The effect of the border is tested separately. In one case, the hole is in the middle of the picture. In the other
  case, the picture is cropped so that the same hole is at the border.

``cases`` provides the photos and the holes, some of which ``hole_shapes`` draws. ``methods`` lists the methods that can
be measured, and fills the holes. ``measures`` defines the measures, and ``truth`` computes them with the feature
distances of ``perceptual``. ``running`` measures all cases, and ``rows`` stores the results as CSV files. ``scores``
computes means, confidence intervals and comparisons, and ``seed_noise`` computes how much the scores vary with the
random seed of the training. ``plots`` draws the results, and ``report`` prepares the text that the command prints.
"""

from .cases import (
    BORDER,
    CUT,
    KEYS,
    SIZE,
    Case,
    course_cases,
    describe,
    label,
    only_few,
    own_cases,
    shape_cases,
    table_cases,
)
from .methods import CONTROLS, KNOWN, SHIPPED, fill, fingerprint, named
from .running import answer, run

__all__ = [
    "BORDER",
    "CONTROLS",
    "CUT",
    "KEYS",
    "KNOWN",
    "SHIPPED",
    "SIZE",
    "Case",
    "answer",
    "course_cases",
    "describe",
    "fill",
    "fingerprint",
    "label",
    "named",
    "only_few",
    "own_cases",
    "run",
    "shape_cases",
    "table_cases",
]
