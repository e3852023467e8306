"""Build the pyramid of a picture for PatchMatch, and compute the data that the search needs on each level.

A patch is identified by its top-left pixel.
"""

from typing import NamedTuple

import cv2
import numpy as np

ENOUGH = 20  # smallest number of source patches on the coarsest level, per pixel of a patch
GAMMA = 1.6  # the confidence decreases by this factor with each pixel of depth in the hole


def build_pyramid(image: np.ndarray, mask: np.ndarray, size: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the levels of the pyramid, [(image, mask), …], each half the size of the previous level.

    The first level has the original size. The pyramid ends before the hole would disappear or a level would have too
    few source patches. With few source patches, the matches on that level would be poor and would mislead the search on
    all finer levels.
    """
    levels = [(np.where(mask[..., None], image, 0).astype(np.float32), mask)]
    while True:
        image, mask = halve(*levels[-1])
        if mask.all() or find_sources(mask, size).sum() < ENOUGH * size * size:
            return levels
        levels.append((image, mask))


def halve(image: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the image (H, W, 3) and the mask (H, W) at half their size.

    Each new pixel is the mean of the valid pixels in a block of 2×2 old pixels, and is valid if at least two of the old
    pixels are valid. If the height or width is odd, a row or column of hole pixels is added first.
    """
    odd = [(0, n % 2) for n in mask.shape]
    image, mask = np.pad(image, [*odd, (0, 0)]), np.pad(mask, odd)
    shape = mask.shape[0] // 2, 2, mask.shape[1] // 2, 2
    count = mask.reshape(shape).sum((1, 3))
    total = np.where(mask[..., None], image, 0).reshape(*shape, 3).sum((1, 3))
    return (total / np.maximum(count, 1)[..., None]).astype(np.float32), count >= 2


def fitting_size(mask: np.ndarray, size: int) -> int:
    """Return the largest odd patch size, at most `size`, with enough valid patches, or 1 if no size has enough.

    There are enough valid patches if their number is at least the number of pixels in a patch. The size can be found by
    bisection, because the number of valid patches decreases as the patch size increases.
    """
    low, high = 0, (min(size, *mask.shape) - 1) // 2
    while low < high:
        half = (low + high + 1) // 2
        enough = find_sources(mask, 2 * half + 1).sum() >= (2 * half + 1) ** 2
        low, high = (half, high) if enough else (low, half - 1)
    return 2 * low + 1


def find_sources(mask: np.ndarray, size: int) -> np.ndarray:
    """Return a bool array (H - size + 1, W - size + 1) that marks the source patches for a mask (H, W).

    An element is True if the patch that begins at this position contains no hole pixel.
    """
    return sum_patches(mask.astype(int), size) == size * size


def sum_patches(values: np.ndarray, size: int) -> np.ndarray:
    """Return the sum of the values in each patch.

    The shape is (H - size + 1, W - size + 1) for values of shape (H, W), or (0, 0) if a patch is larger than the array.
    """
    if min(values.shape) < size:
        return np.zeros((0, 0), values.dtype)
    total = np.pad(values, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    return total[size:, size:] - total[:-size, size:] - total[size:, :-size] + total[:-size, :-size]


def measure_confidence(mask: np.ndarray) -> np.ndarray:
    """Return the confidence of each pixel, (H, W), which is used as the weight of the pixel.

    The confidence is 1 for valid pixels and decreases with the depth in the hole. As a result, the hole is filled from
    the edge inwards.
    """
    depth = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    return np.maximum(GAMMA**-depth, 1e-6)


class Level(NamedTuple):
    """Store the data that the search needs on one level of the pyramid."""

    picture: np.ndarray  # (H, W, 3), with the fill so far in the hole
    guide: np.ndarray  # (H, W, 3), a blurred picture that the fill should resemble
    confidence: np.ndarray  # (H, W)
    is_source: np.ndarray  # (H - size + 1, W - size + 1) bool, by the patches' top-left pixels
    targets: np.ndarray  # (N, 2) row and column of each patch with a hole pixel, row after row
    total: np.ndarray  # (N,) float32, the confidence of each target, summed over its pixels
    share: np.float32  # weight of the guide, relative to that of the patch; with 0, the guide is not used
    number: np.ndarray  # shape of is_source: the number of each target, -1 elsewhere
    size: int


def make_level(
    picture: np.ndarray, mask: np.ndarray, size: int, guide: np.ndarray | None = None, share: float = 0
) -> Level:
    """Return the `Level` for a picture (H, W, 3) whose hole already contains a first guess."""
    is_source = find_sources(mask, size)
    number = np.where(is_source, -1, 0)
    targets = np.argwhere(~is_source).copy()  # in C order: Numba would compile again for another order
    number[tuple(targets.T)] = np.arange(len(targets))
    confidence = measure_confidence(mask)
    total = sum_patches(confidence.astype(float), size)[tuple(targets.T)].astype(np.float32)
    guide, weight = (picture, np.float32(0)) if guide is None else (guide, np.float32(share))
    return Level(picture, guide, confidence, is_source, targets, total, weight, number, size)
