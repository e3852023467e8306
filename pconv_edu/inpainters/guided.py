"""Fill holes with patches of the same picture, chosen to resemble a network's fill, which is called the guide.

The network decides what belongs in the hole, and the patches provide the texture. PatchMatch searches for the patches.
On the coarse levels, which determine the layout of the fill, PatchMatch also compares the patches with the blurred
guide. On the finest level, which determines the texture, PatchMatch does not use the guide. At the end, the colours of
the fill are moved towards those of the guide.
"""

import cv2
import numpy as np

from pconv_edu.core import hole_radius

from .options import check_options
from .patch_levels import build_pyramid, fitting_size
from .patchmatch import fill_pyramid, patchmatch

SHARES = 0.0, 1 / 3, 1.0  # factors of `share` for the finest level, the next level, and all coarser levels
BLUR = 5.0  # px, standard deviation of the Gaussian that removes the guide's detail
LOW = 2.0  # px, standard deviation of the Gaussian that takes the low frequencies from the network at the end
CLEAR, VAGUE = 24, 64  # px: the network's colours are used up to the first depth in the hole, and not beyond the second
DEEPEST = 16  # px, largest hole radius on the coarsest level; for wider holes, there are more levels
FEWEST_LEVELS = 3


def guided(
    image: np.ndarray,
    mask: np.ndarray,
    guide: str = "pconv",
    share: float = 1.0,
    seed: int = 0,
    patch_size: int = 7,
    votes: int = 10,
    iterations: int = 2,
    device: str = "auto",
    progress: bool = False,
) -> np.ndarray:
    """Fill the hole with patches of the valid part, chosen to resemble the fill of a network.

    Parameters
    ----------
    image : (H, W, 3) float32 array, RGB in [0, 1]. Values in the hole are ignored.
    mask : (H, W) bool array, True = valid, False = hole
    guide : name of a network that ships with the course, or "pconv" for the best network with partial convolutions
    share : weight of the guide on the coarse levels, 0 to 10, relative to the weight of the picture. With 0, the fill
        is the same as that of `patchmatch`.
    seed, patch_size, votes, iterations, progress : as for `patchmatch`, except that the hole is filled by the network
        alone if the valid part has too few 3×3 patches
    device : device on which the network runs; "auto" selects the best available device

    Returns
    -------
    (H, W, 3) float32 array in [0, 1], equal to the image at valid pixels

    Raises
    ------
    ValueError
        If an option is outside the range given above, or if no pixel is valid.
    OSError
        If the model card or the weights of the guide are missing or damaged.
    ModuleNotFoundError
        If PyTorch is needed but not installed.

    Notes
    -----
    A network trained with pixel losses predicts colours and large shapes well, but not texture. PatchMatch
    (Barnes et al. 2009, doi:10.1145/1531326.1531330) copies texture, but does not know what is in the hole.

    Examples
    --------
    >>> stripes = np.zeros((32, 32, 3), np.float32)
    >>> stripes[:, ::4] = 1
    >>> mask = np.ones((32, 32), bool)
    >>> mask[12:20, 12:20] = False
    >>> bool(abs(guided(stripes, mask, guide="l1") - stripes).mean() < 0.01)
    True
    """
    given = {"guide": guide, "share": share, "seed": seed, "patch_size": patch_size, "votes": votes}
    options = check_options(**given, iterations=iterations, progress=progress)
    name = options.pop("guide")
    if mask.all():
        return image.astype(np.float32)
    if options["share"] == 0:  # no network is needed
        return follow(image, mask, image, **options)
    from .inpaint import fill_by_network  # `inpaint` imports this file, for its table of methods

    return follow(image, mask, fill_by_network(image, mask, name=name, device=device), **options)


def follow(
    image: np.ndarray,
    mask: np.ndarray,
    picture: np.ndarray,
    share: float = 1.0,
    seed: int = 0,
    patch_size: int = 7,
    votes: int = 10,
    iterations: int = 2,
    progress: bool = False,
) -> np.ndarray:
    """Fill the hole with patches of the valid part, chosen to resemble a given picture.

    picture : (H, W, 3) float32 array; its values at valid pixels are ignored

    The other parameters, and the result, are the same as for `guided`.
    """
    if share == 0 or not mask.any():  # `patchmatch` raises an error if nothing is valid
        return patchmatch(image, mask, seed, patch_size, votes, iterations, progress)
    size = fitting_size(mask, patch_size)
    whole = np.where(mask[..., None], image, picture).astype(np.float32).clip(0, 1)
    if size == 1:  # too few valid pixels to copy from
        return whole
    levels = build_pyramid(image, mask, size)[: levels_for(hole_radius(mask))]
    guides = _shrink(whole, levels)
    shares = [share * SHARES[min(number, len(SHARES) - 1)] for number in range(len(levels))]
    blurred = [cv2.GaussianBlur(guide, (0, 0), BLUR) for guide in guides]
    fill = fill_pyramid(levels, guides[-1], size, votes, iterations, seed, progress, blurred, shares)
    return _with_colors_of(whole, fill, mask)


def levels_for(radius: float) -> int:
    """Return the number of pyramid levels that are needed for a hole of the given radius in px.

    Each level has half the size of the previous level.

    >>> [levels_for(radius) for radius in (5, 64, 65, 1000)]
    [3, 3, 4, 7]
    """
    levels = FEWEST_LEVELS
    while radius > DEEPEST * 2 ** (levels - 1):
        levels += 1
    return levels


def _shrink(whole: np.ndarray, levels: list[tuple[np.ndarray, np.ndarray]]) -> list[np.ndarray]:
    """Return `whole` (H, W, 3) at the size of each level, with the level's own values at the valid pixels."""
    guides = [whole]
    for known, valid in levels[1:]:
        small = cv2.resize(guides[-1], valid.shape[::-1], interpolation=cv2.INTER_AREA)
        guides.append(np.where(valid[..., None], known, small).astype(np.float32))
    return guides


def _with_colors_of(whole: np.ndarray, fill: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return `fill` with its low frequencies moved towards those of `whole`, except deep inside the hole."""
    depth = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    trust = np.clip((VAGUE - depth) / (VAGUE - CLEAR), 0, 1)[..., None]
    moved = fill + trust * cv2.GaussianBlur(whole - fill, (0, 0), LOW)
    return np.where(mask[..., None], whole, moved.clip(0, 1)).astype(np.float32)
