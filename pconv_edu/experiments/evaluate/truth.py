"""Measure the errors of a fill in its pixels and its features, and at each depth in the hole."""

import cv2
import numpy as np
import torch

from pconv_edu.core import l1, psnr, ssim

from .measures import COLUMNS, DEPTHS, PARTS
from .perceptual import distance_maps, efficientnet_features, mean_in_hole, texture_distance, vgg_features

FEATURES = {"vgg": vgg_features, "efficientnet": efficientnet_features}


class Truth:
    """Store a photo with a hole, and measure fills by comparing them with the photo.

    Values that depend only on the photo and its hole are computed only once.

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

        The number is None for a range of depths that the hole does not reach.
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
