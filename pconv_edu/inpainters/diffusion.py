"""Fill holes with smooth colours that are computed from the valid pixels.

The methods are the mean colour, two methods of OpenCV, and the biharmonic method of scikit-image.

Each function takes an image (H, W, 3), float32 RGB in [0, 1] with 0 in the hole, and a mask (H, W), True = valid. It
returns an image (H, W, 3). `inpaint` ignores the returned values at valid pixels.
"""

import cv2
import numpy as np
from skimage.restoration import inpaint_biharmonic

from .options import check_options

# The number of bytes that `biharmonic` may use. Most laptops have this much free memory, and no hole in a picture of
# 512 × 512 pixels needs more.
MOST_MEMORY = 2 * 2**30


def mean(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Fill the hole with the mean colour of all valid pixels."""
    return np.broadcast_to(image[mask].mean(axis=0), image.shape)


def telea(image: np.ndarray, mask: np.ndarray, radius: float = 3.0) -> np.ndarray:
    """Fill the hole from the edge inwards with weighted means, as in Telea 2004 (doi:10.1080/10867651.2004.10487596).

    OpenCV computes the fill.

    radius : radius in px of the neighbourhood over which each mean is taken; above 0 and at most 100. OpenCV rounds the
        radius to a whole number.
    """
    return _opencv(image, mask, radius, cv2.INPAINT_TELEA)


def navier_stokes(image: np.ndarray, mask: np.ndarray, radius: float = 3.0) -> np.ndarray:
    """Continue contours into the hole as a fluid would flow.

    The method is by Bertalmio et al. 2001 (doi:10.1109/CVPR.2001.990497). OpenCV computes the fill.

    radius : radius in px of the neighbourhood from which each pixel is computed; above 0 and at most 100. OpenCV
        rounds the radius to a whole number.
    """
    return _opencv(image, mask, radius, cv2.INPAINT_NS)


def biharmonic(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Fill the hole with the smoothest surface that continues the surrounding pixels.

    The method is described by Damelin & Hoang 2018 (doi:10.1155/2018/3950312). scikit-image computes the fill.

    The time and the memory needed grow faster than the area of the hole. Raise ValueError if the fill would need more
    memory than `MOST_MEMORY`, as is the case for a connected hole of more than 700 × 700 pixels.
    """
    needed = estimate_memory(mask)
    if needed > MOST_MEMORY:
        raise ValueError(
            f"the hole has {np.count_nonzero(~mask)} pixels, for which biharmonic would need about "
            f"{needed / 2**30:.1f} GB of memory; it may take {MOST_MEMORY / 2**30:.0f} GB. Give a smaller hole, or a "
            "method that fills holes of any size: telea, navier-stokes or pconv"
        )
    return inpaint_biharmonic(image, ~mask, channel_axis=-1)  # in scikit-image's mask, True = hole


def estimate_memory(mask: np.ndarray) -> float:
    """Estimate how many bytes scikit-image's solver needs for a hole, and err on the high side.

    The solver factorises a sparse matrix. For each connected region of n hole pixels, the factors need at most
    500 + 200 · log2(n) bytes per pixel. This bound was measured on strips, strokes, lattices, noise, and squares of up
    to 900 × 900 pixels.
    """
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    touching = cv2.dilate((~mask).astype(np.uint8), cross)  # an equation links pixels that are up to two pixels apart
    sizes = np.bincount(cv2.connectedComponents(touching, connectivity=4)[1][~mask])
    sizes = sizes[sizes > 0]
    return float((sizes * (500 + 200 * np.log2(sizes))).sum())


def _opencv(image: np.ndarray, mask: np.ndarray, radius: float, flag: int) -> np.ndarray:
    """Fill the hole with OpenCV, which expects an 8-bit picture and a mask that is 1 in the hole."""
    radius = check_options(radius=radius)["radius"]
    pixels = (image * 255 + 0.5).astype(np.uint8)
    return cv2.inpaint(pixels, (~mask).astype(np.uint8), radius, flag) / np.float32(255)
