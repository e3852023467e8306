"""The noise floor: how much two trainings by one recipe differ in their scores, by the seed alone."""

import pandas as pd

from .scores import differences

TWO_SEEDS = ("l1-seed2", "l1")  # two trainings by one recipe; only the seed differs


def noise_floor(
    rows: pd.DataFrame, measure: str = "psnr_hole", holes: str = "N", pair: tuple[str, str] = TWO_SEEDS
) -> float:
    """Return the noise floor: the largest mean difference in any ratio bin between two trainings by one recipe.

    A smaller difference between two networks can be chance. The floor comes from one pair of trainings only.

    rows : what `load` returns, with both methods of the pair
    """
    return float(differences(rows, *pair, measure, holes).mean().abs().max())
