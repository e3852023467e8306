"""Draw the plots and the coloured tables of the experiments for `pconv-edu evaluate`, the lessons and the figures.

``looks``        the colour, the marker and the name of each method
``curves``       the mean of a measure against the hole ratio, the hole radius or the depth in the hole
``comparisons``  differences with their intervals, and coloured tables
"""

from .comparisons import difference_grid, difference_plot, heat_table, winner_map, winners
from .curves import depth_curves, radius_curves, ratio_curves
from .looks import COLORS, GREY, label, style

__all__ = [
    "COLORS",
    "GREY",
    "depth_curves",
    "difference_grid",
    "difference_plot",
    "heat_table",
    "label",
    "radius_curves",
    "ratio_curves",
    "style",
    "winner_map",
    "winners",
]
