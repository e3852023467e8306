"""All that is measured of one fill: whole picture and hole alone, in pixels and in features, and by depth.

Every measure of the hole alone has the suffix ``_hole``, of the whole picture ``_whole``.
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
    """A measure of one part of a fill.

    Attributes
    ----------
    name : "psnr", "ssim", …
    part : a key of `PARTS`
    about : what it is, with its unit, such as "PSNR, dB"
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
        """Return the name of its column in the rows, such as "psnr_hole"."""
        return f"{self.name}_{self.part}"

    @property
    def title(self) -> str:
        """Return the title of a table or an axis, such as "PSNR, dB, hole alone"."""
        return f"{self.about}, {PARTS[self.part]}"

    def best(self, means: pd.Series | pd.DataFrame) -> Any:
        """Return the label of the best of some means, or of the best in each column of a table."""
        return means.idxmax() if self.more_is_better else means.idxmin()

    def worst(self, means: pd.Series | pd.DataFrame) -> Any:
        """Return the label of the worst of some means, or of the worst in each column of a table."""
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
    """Return the measure of a column; raise ValueError, with the columns there are, for another name."""
    if column not in MEASURES:
        raise ValueError(f"no measure is called {column!r}; choose one of {', '.join(MEASURES)}")
    return MEASURES[column]


class Truth:
    """A photo and a hole, ready to measure fills against; what depends on the photo alone is computed once.

    photo : (H, W, 3) in [0, 1]
    mask : (H, W) bool, True = valid
    """

    def __init__(self, photo, mask):
        self.photo, self.mask = photo, mask
        self.depth = cv2.distanceTransform(np.uint8(~mask), cv2.DIST_C, 3)
        with torch.inference_mode():
            self.features = {name: find(_tensor(photo)) for name, find in FEATURES.items()}

    def measure(self, filled):
        """Measure a filled picture (H, W, 3): a dict of `COLUMNS` -> number; None where no pixel lies that deep."""
        found = {}
        for part in PARTS:
            where = self.mask if part == "hole" else None
            for name, function in (("psnr", psnr), ("ssim", ssim), ("l1", l1)):
                found[f"{name}_{part}"] = function(filled, self.photo, where)
        with torch.inference_mode():
            hole = torch.from_numpy(~self.mask)[None]
            features = {name: find(_tensor(filled)) for name, find in FEATURES.items()}
            for name, true in self.features.items():
                maps = distance_maps(features[name], true)
                found[f"{name}_whole"] = sum(layer.mean().item() for layer in maps)
                found[f"{name}_hole"] = mean_in_hole(maps, hole)
            pair = features["efficientnet"], self.features["efficientnet"]
            found |= {"texture_whole": texture_distance(*pair), "texture_hole": texture_distance(*pair, hole)}
        squared = ((np.asarray(filled, float) - self.photo) ** 2).mean(2)
        for name, (low, high) in DEPTHS.items():
            there = (self.depth > low) & (self.depth <= high)
            found[name] = squared[there].mean() if there.any() else None
        return {name: found[name] for name in COLUMNS}


def _tensor(image):
    return torch.from_numpy(np.asarray(image, np.float32)).permute(2, 0, 1)[None]
