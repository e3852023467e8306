"""Compute the noise floor of the scores.

The noise floor is how much the scores of two training runs of one recipe differ because of the random seed alone.
"""

import pandas as pd

from .scores import differences

TWO_SEEDS = ("l1-seed2", "l1")  # two training runs of one recipe that differ only in the seed


def noise_floor(
    rows: pd.DataFrame, measure: str = "psnr_hole", holes: str = "N", pair: tuple[str, str] = TWO_SEEDS
) -> float:
    """Return the largest mean difference in any ratio bin between two training runs of one recipe.

    If a difference between two networks is smaller than this noise floor, the difference may be due to chance. The
    noise floor is computed from only one pair of training runs.

    rows : what `load` returns, with both methods of the pair
    """
    return float(differences(rows, *pair, measure, holes).mean().abs().max())
