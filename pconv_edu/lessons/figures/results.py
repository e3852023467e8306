"""Load the stored rows and the photos that several figures of measured results use.

The experiments are imported only when a figure is drawn, because they import PyTorch and pandas, which takes a few
seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pconv_edu.core import load_photo, photo_names

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def shipped_rows() -> pd.DataFrame:
    """Return the stored rows of the hole-ratio experiment, for the methods that `inpaint` offers."""
    from pconv_edu import inpaint
    from pconv_edu.experiments.evaluate import scores

    rows = scores.load()
    return rows[rows.method.isin(inpaint.METHODS)]


def experiment_photos() -> dict[str, np.ndarray]:
    """Return the test photos as {name: pixels (H, W, 3)}, at the size that the experiments use."""
    from pconv_edu.experiments.evaluate import SIZE

    return {name: load_photo(name, SIZE) for name in photo_names("test")}
