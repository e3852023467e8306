"""Compare a filled picture with the original using L1, PSNR and SSIM, over the whole picture or over the hole alone.

In this module, the original is called the truth. `seam` measures the edge of the hole alone.

A score over the whole picture mostly measures pixels that were never missing. If the hole is small, even a bad fill
gets a good score. Compute a score for each picture separately, and average the scores afterwards.
"""

import math

import numpy as np
from skimage.metrics import structural_similarity

from .arguments import as_array, check_mask
from .holes import edge_pairs


def l1(image: np.ndarray, truth: np.ndarray, mask: np.ndarray | None = None) -> float:
    """Return the mean absolute error as a percentage of the range of values.

    Parameters
    ----------
    image, truth : (H, W) or (H, W, C) float arrays in [0, 1]
    mask : (H, W) bool array, True = valid, False = hole; if given, the error is averaged over the hole alone

    Returns
    -------
    float in [0, 100]

    Raises
    ------
    ValueError, TypeError
        If the shapes do not match, if a value is NaN or outside [0, 1], or if the mask has no hole or is not binary.

    Examples
    --------
    >>> truth = np.zeros((2, 2, 3))
    >>> image = truth.copy()
    >>> image[0, 0] = 0.5
    >>> mask = np.array([[False, True], [True, True]])
    >>> l1(image, truth), l1(image, truth, mask)
    (12.5, 50.0)
    """
    return 100 * float(np.abs(_chosen(image, truth, mask)).mean())


def psnr(image: np.ndarray, truth: np.ndarray, mask: np.ndarray | None = None) -> float:
    """Return the peak signal-to-noise ratio in dB, 10 · log10(1 / mean squared error over all channels).

    The parameters and exceptions are the same as those of `l1`.

    Returns
    -------
    float, in dB; ``inf`` if the pictures are equal

    Examples
    --------
    >>> round(psnr(np.full((4, 4), 0.6), np.full((4, 4), 0.5)), 6)
    20.0
    """
    error = float((_chosen(image, truth, mask) ** 2).mean())
    return math.inf if error == 0 else -10 * math.log10(error)


def ssim(image: np.ndarray, truth: np.ndarray, mask: np.ndarray | None = None) -> float:
    """Return the structural similarity (Wang et al. 2004, doi:10.1109/TIP.2003.819861).

    scikit-image computes the similarity with a Gaussian window with σ = 1.5. If a mask is given, the similarity map is
    averaged over the hole alone. Windows near the edge of the hole also contain known pixels. The parameters and
    exceptions are the same as those of `l1`, and both sides of the pictures must be at least 11 pixels long.

    Returns
    -------
    float, at most 1; 1 if the pictures are equal

    Examples
    --------
    >>> picture = np.random.default_rng(0).random((16, 16, 3))
    >>> ssim(picture, picture)
    1.0
    """
    image, truth = _pair(image, truth)
    if min(image.shape[:2]) < 11:
        raise ValueError(f"the pictures are {image.shape[:2]}; SSIM's window needs at least 11 × 11 pixels")
    channel_axis = 2 if image.ndim == 3 else None
    options = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "data_range": 1.0}
    mean, full = structural_similarity(truth, image, channel_axis=channel_axis, full=True, **options)
    return float(mean) if mask is None else float(full[~_holes(mask, image)].mean())


def seam(image: np.ndarray, truth: np.ndarray, mask: np.ndarray) -> float:
    """Return by how much the steps across the edge of the hole exceed those of the truth, as a percentage of the range.

    A step is the absolute difference of two 4-neighbours, one in the hole and one outside (see `edge_pairs`). The score
    is the mean step of the image minus the mean step of the truth over the same pairs and all channels. So a photo is
    compared with what is normal for it at exactly these places: in grass, large steps are no seam. Only the pixels at
    the edge of the hole count.

    A score of 0 means steps as large as in the truth, and the truth itself scores 0. A visible seam scores above 0. A
    score below 0 means that the edge is smoother than the photo is there. Seams at some places and smooth edges at
    others cancel. The difference is used, and not the quotient, because a quotient has no value where the truth is
    flat. Measures of the blocks in compressed pictures work in the same way; PSNR-B compares the steps across the edges
    of blocks with those inside the blocks (Yim & Bovik 2011, IEEE Transactions on Image Processing 20(1), 88–98).

    The parameters and exceptions are the same as those of `l1`. Also raise ValueError if no pixel of the mask is valid.

    Returns
    -------
    float in [-100, 100]

    Examples
    --------
    >>> truth = np.full((1, 3), 0.5)
    >>> mask = np.array([[True, True, False]])
    >>> seam(np.array([[0.5, 0.5, 0.75]]), truth, mask)
    25.0
    """
    image, truth = _pair(image, truth)
    inside, outside = edge_pairs(_holes(mask, image))
    if len(inside) == 0:
        raise ValueError("the mask leaves nothing valid, so the hole has no edge; give a mask with valid pixels")
    steps = [np.abs(picture[tuple(inside.T)] - picture[tuple(outside.T)]).mean() for picture in (image, truth)]
    return 100 * float(steps[0] - steps[1])


def _pair(image: np.ndarray, truth: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Check both pictures, and return them as float64 arrays."""
    image, truth = as_array(image, "image"), as_array(truth, "truth")
    if "c" in (image.dtype.kind, truth.dtype.kind):
        raise TypeError(f"image is {image.dtype} and truth {truth.dtype}; give real numbers")
    image, truth = image.astype(float), truth.astype(float)
    if image.shape != truth.shape or image.ndim not in (2, 3) or image.size == 0:
        raise ValueError(
            f"image has shape {image.shape} and truth {truth.shape}; give two (H, W) or (H, W, C) of the same shape"
        )
    for name, values in (("image", image), ("truth", truth)):
        if not (values.min() >= 0 and values.max() <= 1):
            raise ValueError(f"{name} runs from {values.min()} to {values.max()}; give values in [0, 1], without NaN")
    return image, truth


def _holes(mask: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Check the mask, and return it as a bool array.

    Raise ValueError if the size of the mask differs from that of the image, or if the mask has no hole.
    """
    mask = check_mask(mask)
    if mask.shape != image.shape[:2]:
        raise ValueError(f"mask is {mask.shape} but the image is {image.shape[:2]}: rows come first")
    if mask.all():
        raise ValueError("the mask has no hole, so there is nothing to score; leave it out to score the whole picture")
    return mask


def _chosen(image: np.ndarray, truth: np.ndarray, mask: np.ndarray | None) -> np.ndarray:
    """Return the difference image − truth, or only the values of the difference in the hole if a mask is given."""
    image, truth = _pair(image, truth)
    difference = image - truth
    return difference if mask is None else difference[~_holes(mask, image)]
