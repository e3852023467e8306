"""Measure the errors of a fill in its pixels and its features, and at each depth in the hole.

A column with the suffix ``_hole`` covers the hole alone. A column with the suffix ``_whole`` covers the whole picture.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import pandas as pd
import torch

from pconv_edu.core import l1, psnr, ssim
from pconv_edu.core.holes import RADIUS_BINS

from .perceptual import distance_maps, efficientnet_features, mean_in_hole, texture_distance, vgg_features

FEATURES = {"vgg": vgg_features, "efficientnet": efficientnet_features}
PARTS = {"hole": "hole alone", "whole": "whole picture"}  # the parts of a picture that are measured
DEPTHS = {f"mse_{high}": (low, high) for low, high in RADIUS_BINS}  # squared error by distance to the nearest valid px


@dataclass(frozen=True)
class Measure:
    """Describe a measure of one part of a fill.

    Attributes
    ----------
    name : "psnr", "ssim", …
    part : a key of `PARTS`
    about : what is measured, with its unit, such as "PSNR, dB"
    digits : number of decimals in tables
    more_is_better : whether a better fill has a larger value
    """

    name: str
    part: str
    about: str
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
    Measure(name, part, about, digits, more)
    for part in PARTS
    for name, about, digits, more in (
        ("psnr", "PSNR, dB", 2, True),
        ("ssim", "SSIM", 3, True),
        ("l1", "L1, %", 2, False),
        ("vgg", "distance by VGG", 3, False),
        ("efficientnet", "distance by EfficientNet-Lite0", 3, False),
        ("texture", "texture distance by EfficientNet-Lite0", 3, False),
    )
)
MEASURES = {measure.column: measure for measure in _ALL}
COLUMNS = [*MEASURES, *DEPTHS]


def measure_of(column: str) -> Measure:
    """Return the measure of a column. If the name is unknown, raise a ValueError that lists the columns."""
    if column not in MEASURES:
        raise ValueError(f"no measure is called {column!r}; choose one of {', '.join(MEASURES)}")
    return MEASURES[column]


class Truth:
    """Store a photo with a hole, and measure fills by comparing them with the photo.

    Values that depend on the photo alone are computed once.

    photo : (H, W, 3) in [0, 1]
    mask : (H, W) bool, True = valid
    """

    def __init__(self, photo: np.ndarray, mask: np.ndarray) -> None:
        self.photo, self.mask = photo, mask
        self.depth = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_C, 3)
        with torch.inference_mode():
            self.features = {name: find(_tensor(photo)) for name, find in FEATURES.items()}

    def measure(self, filled: np.ndarray) -> dict[str, float | None]:
        """Return {column: number} for a filled picture (H, W, 3), in the order of `COLUMNS`.

        The number is None for a depth that the hole does not reach.
        """
        values: dict[str, float | None] = {}
        for part in PARTS:
            where = self.mask if part == "hole" else None
            for name, function in (("psnr", psnr), ("ssim", ssim), ("l1", l1)):
                values[f"{name}_{part}"] = function(filled, self.photo, where)
        with torch.inference_mode():
            hole = torch.from_numpy(~self.mask)[None]
            features = {name: find(_tensor(filled)) for name, find in FEATURES.items()}
            for name, true in self.features.items():
                maps = distance_maps(features[name], true)
                values[f"{name}_whole"] = sum(layer.mean().item() for layer in maps)
                values[f"{name}_hole"] = mean_in_hole(maps, hole)
            pair = features["efficientnet"], self.features["efficientnet"]
            values |= {"texture_whole": texture_distance(*pair), "texture_hole": texture_distance(*pair, hole)}
        squared = ((np.asarray(filled, float) - self.photo) ** 2).mean(2)
        for name, (low, high) in DEPTHS.items():
            there = (self.depth > low) & (self.depth <= high)
            values[name] = squared[there].mean() if there.any() else None
        return {name: values[name] for name in COLUMNS}


def _tensor(image: np.ndarray) -> torch.Tensor:
    """Turn an image (H, W, 3) into a tensor (1, 3, H, W)."""
    return torch.from_numpy(np.asarray(image, np.float32)).permute(2, 0, 1)[None]
