"""Make a damaged photo whose undamaged original is known, and find the damage from the colours (lesson 13).

Scratches and dust are drawn with soft edges, and the result is stored as JPEG, like a scan. The compression smears the
edges of every scratch. If the mask covers only the scratch itself, the smeared edges remain in the picture.
"""

from typing import Any

import cv2
import numpy as np

from pconv_edu.core import dilate

PAPER = 0.95  # brightness of the paper under the picture
TOUCHED = 0.02  # a pixel counts as damaged if more than this share of it is covered


def damage(
    photo: np.ndarray, rng: np.random.Generator, scratches: int = 14, specks: int = 60, quality: int = 85
) -> tuple[np.ndarray, np.ndarray]:
    """Draw white scratches and specks of dust with soft edges on a photo, and compress the result as JPEG.

    Parameters
    ----------
    photo : (H, W, 3) float32 RGB in [0, 1]
    rng : random generator
    scratches, specks : number of scratches and number of specks
    quality : JPEG quality, 1 to 100

    Returns
    -------
    damaged : (H, W, 3) float32 in [0, 1]
    mask : (H, W) bool, True = valid; scratches and dust cover at most the share `TOUCHED` of each valid pixel
    """
    height, width = photo.shape[:2]
    cover: Any = np.zeros((height, width), np.float32)
    for _ in range(scratches):
        start, end = (rng.integers(0, (width, height)).tolist() for _ in range(2))
        cv2.line(cover, start, end, float(rng.uniform(0.6, 1)), int(rng.integers(1, 3)), cv2.LINE_8)
    for _ in range(specks):
        place = rng.integers(0, (width, height)).tolist()
        cv2.circle(cover, place, int(rng.integers(1, 3)), float(rng.uniform(0.6, 1)), -1, cv2.LINE_8)
    cover = cv2.GaussianBlur(cover, (0, 0), 0.6)[..., None]
    pixels = np.round(255 * (photo * (1 - cover) + PAPER * cover)).astype(np.uint8)
    _, coded = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    damaged = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR))[..., ::-1]
    return damaged.astype(np.float32) / 255, cover[..., 0] <= TOUCHED


def find_scratches(grey: np.ndarray, size: int = 7, threshold: float = 0.1, grow: int = 1) -> np.ndarray:
    """Return an (H, W) bool mask, True = valid, whose hole contains everything that is bright and thin.

    grey : (H, W) floats in [0, 1]
    size : side of the square used for the morphological opening, in px, odd; damage must be narrower than this square
    threshold : a pixel counts as damage if it is brighter than in the opened picture by more than this value
    grow : number of pixels by which the hole is dilated
    """
    opened = cv2.morphologyEx(np.asarray(grey, np.float32), cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    return dilate(grey - opened <= threshold, grow)
