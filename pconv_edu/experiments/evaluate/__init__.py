"""Measure how well methods fill holes: photos and holes, one row for each fill, means, plots and the printed tables.

``pconv-edu evaluate`` runs the experiment of lessons 10 and 11; the other experiments measure with the same parts.
The protocol:

- 30 test photos at 256×256. Every photo meets every kind of hole once, and all methods fill the same pairs.
- The article's table: six bins of hole ratio, holes that may touch the border (N) and holes that keep 25 px away (B).
- Ratio against radius: lattices of squares with 3 ratios × 3 radii, larger single squares, stripes, blobs.
- The border alone: the same missing pixels in the middle of the picture, and with the picture cut off beside them.

The files: ``cases`` has the photos and holes, drawn with ``hole_shapes``. ``methods`` names what can be measured and
fills. ``measures`` computes the numbers, with ``perceptual`` for distances by features. ``running`` measures all
cases, and ``rows`` keeps the results as CSV files. ``scores`` computes means, intervals and comparisons,
``seed_noise`` the noise floor. ``plots`` draws them, and ``report`` prints everything for the command.
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
