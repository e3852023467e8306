"""Fills that carry the colours of the edge into the hole: the mean, OpenCV's two, scikit-image's biharmonic.

Each takes an image (H, W, 3), float32 RGB in [0, 1] with 0 in the hole, and a mask (H, W), True = valid, and returns
an image; what it returns at valid pixels is not used.
"""

import cv2
import numpy as np
from skimage.restoration import inpaint_biharmonic


def mean(image, mask):
    """The mean colour of all valid pixels, everywhere in the hole."""
    return np.broadcast_to(image[mask].mean(axis=0), image.shape)


def telea(image, mask, radius=3.0):
    """Telea 2004 (doi:10.1080/10867651.2004.10487596), in OpenCV: from the edge inwards, by weighted means.

    radius : px of neighbourhood that each pixel is made from
    """
    return _opencv(image, mask, radius, cv2.INPAINT_TELEA)


def navier_stokes(image, mask, radius=3.0):
    """Bertalmio et al. 2001 (doi:10.1109/CVPR.2001.990497), in OpenCV: contours go on into the hole as a fluid flows.

    radius : px of neighbourhood that each pixel is made from
    """
    return _opencv(image, mask, radius, cv2.INPAINT_NS)


def biharmonic(image, mask):
    """Damelin & Hoang 2018 (doi:10.1155/2018/3950312), in scikit-image: the smoothest surface through the edge."""
    return inpaint_biharmonic(image, ~mask, channel_axis=-1)  # there, True means unknown


def _opencv(image, mask, radius, flag):
    """OpenCV fills 8-bit pictures, and its masks mark the hole."""
    if not radius > 0:
        raise ValueError(f"radius is {radius!r}; give a number of pixels above 0")
    pixels = np.uint8(image * 255 + 0.5)
    return cv2.inpaint(pixels, np.uint8(~mask), float(radius), flag) / np.float32(255)
