"""Define the quality measures of fills, with columns, titles and units, and whether larger values are better.

`truth.Truth` computes them. A column with the suffix ``_hole`` covers the hole alone. A column with the suffix
``_whole`` covers the whole picture.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from pconv_edu.core.holes import RADIUS_BINS

PARTS = {"hole": "hole alone", "whole": "whole picture"}  # the parts of a picture that are measured
DEPTHS = {f"mse_{high}": (low, high) for low, high in RADIUS_BINS}  # squared error by distance to the nearest valid px


@dataclass(frozen=True)
class Measure:
    """Describe a quality measure of one part of a filled picture.

    Attributes
    ----------
    name : "psnr", "ssim", …
    part : a key of `PARTS`
    about : what is measured, with its unit, such as "PSNR, dB"
    short : a shorter description for a narrow table, such as "VGG's features"
    digits : number of decimals in tables
    more_is_better : whether a better fill has a larger value
    """

    name: str
    part: str
    about: str
    short: str
    digits: int
    more_is_better: bool

    @property
    def column(self) -> str:
        """Return the name of the measure's column in the rows, such as "psnr_hole"."""
        return f"{self.name}_{self.part}"

    @property
    def title(self) -> str:
        """Return the title of a table or an axis, such as "PSNR, dB, hole alone"."""
        return f"{self.about}, {PARTS[self.part]}"

    def best(self, means: pd.Series | pd.DataFrame) -> Any:
        """Return the label of the best mean. For a table, return the label of the best mean in each column."""
        return means.idxmax() if self.more_is_better else means.idxmin()

    def worst(self, means: pd.Series | pd.DataFrame) -> Any:
        """Return the label of the worst mean. For a table, return the label of the worst mean in each column."""
        return means.idxmin() if self.more_is_better else means.idxmax()


_ALL = (
    Measure(name, part, about, short, digits, more)
    for part in PARTS
    for name, about, short, digits, more in (
        ("psnr", "PSNR, dB", "PSNR, dB", 2, True),
        ("ssim", "SSIM", "SSIM", 3, True),
        ("l1", "L1, %", "L1, %", 2, False),
        ("vgg", "distance by VGG", "VGG's features", 3, False),
        ("efficientnet", "distance by EfficientNet-Lite0", "EfficientNet's features", 3, False),
        ("texture", "texture distance by EfficientNet-Lite0", "texture", 3, False),
    )
)
MEASURES = {measure.column: measure for measure in _ALL}
COLUMNS = [*MEASURES, *DEPTHS]


def measure_of(column: str) -> Measure:
    """Return the measure of a column. If the name is unknown, raise a ValueError that lists the known columns."""
    if column not in MEASURES:
        raise ValueError(f"no measure is called {column!r}; choose one of {', '.join(MEASURES)}")
    return MEASURES[column]
