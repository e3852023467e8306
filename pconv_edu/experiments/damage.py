"""A photo that is really damaged: scratches and dust, made so that the truth is known, and a mask found from colours.

The damage is drawn with soft edges and then stored as JPEG, as scans are: the rim of every scratch is smeared, and a
mask that is too tight leaves it in the picture.
"""

import cv2
import numpy as np

from pconv_edu.core import dilate

PAPER = 0.95  # the brightness of what lies under the picture, where it is scratched off
TOUCHED = 0.02  # a pixel is damaged if it is covered by more than this


def damage(photo, rng, scratches=14, specks=60, quality=85):
    """Scratch a photo: white lines and specks of dust with soft edges, then JPEG.

    photo : (H, W, 3) float32 RGB in [0, 1]
    rng : numpy.random.Generator
    scratches, specks : how many
    quality : of the JPEG, 1 to 100
    Returns the damaged photo, (H, W, 3) float32 in [0, 1], and the true mask, (H, W) bool, True = untouched but for
    JPEG.
    """
    height, width = photo.shape[:2]
    cover = np.zeros((height, width), np.float32)
    for _ in range(scratches):
        start, end = (rng.integers(0, (width, height)).tolist() for _ in range(2))
        cv2.line(cover, start, end, float(rng.uniform(0.6, 1)), int(rng.integers(1, 3)), cv2.LINE_8)
    for _ in range(specks):
        place = rng.integers(0, (width, height)).tolist()
        cv2.circle(cover, place, int(rng.integers(1, 3)), float(rng.uniform(0.6, 1)), -1, cv2.LINE_8)
    cover = cv2.GaussianBlur(cover, (0, 0), 0.6)[..., None]
    pixels = np.uint8(np.round(255 * (photo * (1 - cover) + PAPER * cover)))
    _, coded = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    damaged = cv2.imdecode(coded, cv2.IMREAD_COLOR)[..., ::-1]
    return np.float32(damaged) / 255, cover[..., 0] <= TOUCHED


def find_scratches(grey, size=7, threshold=0.1, grow=1):
    """Take bright and thin things for damage: (H, W) floats in [0, 1] -> a mask, (H, W) bool, True = valid.

    size : of the square of the opening, in px, odd: what is narrower is thin
    threshold : how much brighter than the opened picture the damage is
    grow : how far the hole is grown, in px
    """
    opened = cv2.morphologyEx(np.float32(grey), cv2.MORPH_OPEN, np.ones((size, size), np.uint8))
    return dilate(grey - opened <= threshold, grow)
