"""Fills that carry the colours of the edge into the hole: the mean, OpenCV's two, scikit-image's biharmonic.

Each takes an image (H, W, 3), float32 RGB in [0, 1] with 0 in the hole, and a mask (H, W), True = valid, and returns
an image; what it returns at valid pixels is not used.
"""

import cv2
import numpy as np
from skimage.restoration import inpaint_biharmonic

from .options import check_options

# Bytes that biharmonic may take: a laptop has them to spare, and no hole in 512 × 512 pixels needs more.
MOST_MEMORY = 2 * 2**30


def mean(image, mask):
    """Return the mean colour of all valid pixels, everywhere in the hole."""
    return np.broadcast_to(image[mask].mean(axis=0), image.shape)


def telea(image, mask, radius=3.0):
    """Fill from the edge inwards, by weighted means: Telea 2004 (doi:10.1080/10867651.2004.10487596), in OpenCV.

    radius : px of neighbourhood that each pixel is made from, above 0 and at most 100; OpenCV rounds it
    """
    return _opencv(image, mask, radius, cv2.INPAINT_TELEA)


def navier_stokes(image, mask, radius=3.0):
    """Continue contours as a fluid flows: Bertalmio et al. 2001 (doi:10.1109/CVPR.2001.990497), in OpenCV.

    radius : px of neighbourhood that each pixel is made from, above 0 and at most 100; OpenCV rounds it
    """
    return _opencv(image, mask, radius, cv2.INPAINT_NS)


def biharmonic(image, mask):
    """Fill with the smoothest surface through the edge: Damelin & Hoang 2018 (doi:10.1155/2018/3950312), scikit-image.

    Time and memory grow faster than the hole. ValueError if it would take more than `MOST_MEMORY`, as one piece larger
    than 700 × 700 pixels does.
    """
    needed = estimate_memory(mask)
    if needed > MOST_MEMORY:
        raise ValueError(
            f"the hole has {np.count_nonzero(~mask)} pixels, for which biharmonic would need about "
            f"{needed / 2**30:.1f} GB of memory; it may take {MOST_MEMORY / 2**30:.0f} GB. Give a smaller hole, or a "
            "method that fills holes of any size: telea, navier-stokes or pconv"
        )
    return inpaint_biharmonic(image, ~mask, channel_axis=-1)  # there, True means unknown


def estimate_memory(mask):
    """Return the bytes that scikit-image's solver takes for a hole: an estimate that is rather too high than too low.

    It solves one sparse linear system. For each region of n connected pixels the factors of its matrix hold at most
    500 + 200 · log2(n) bytes per pixel. Squares of up to 900 × 900, strips, strokes, lattices and noise were measured.
    """
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    touching = cv2.dilate(np.uint8(~mask), cross)  # an equation holds pixels up to two apart
    sizes = np.bincount(cv2.connectedComponents(touching, connectivity=4)[1][~mask])
    sizes = sizes[sizes > 0]
    return float((sizes * (500 + 200 * np.log2(sizes))).sum())


def _opencv(image, mask, radius, flag):
    """OpenCV fills 8-bit pictures, and its masks mark the hole."""
    radius = check_options(radius=radius)["radius"]
    pixels = np.uint8(image * 255 + 0.5)
    return cv2.inpaint(pixels, np.uint8(~mask), radius, flag) / np.float32(255)
