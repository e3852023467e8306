"""Fill holes with PatchMatch, which finds a similar valid patch for each patch that overlaps the hole.

The search follows Barnes et al. 2009 (doi:10.1145/1531326.1531330). It has three steps: random initialisation,
propagation and random search. The valid patches then vote on the colour of each hole pixel, from coarse to fine, as in
Wexler et al. 2007 (doi:10.1109/TPAMI.2007.60). `patch_levels` prepares the pyramid, and `patch_search` fills one level.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from pconv_edu.progress import progress_bar

from .diffusion import navier_stokes
from .options import check_options
from .patch_levels import build_pyramid, fitting_size, make_level
from .patch_search import Field, fill_level


def patchmatch(
    image: np.ndarray,
    mask: np.ndarray,
    seed: int = 0,
    patch_size: int = 7,
    votes: int = 10,
    iterations: int = 2,
    progress: bool = False,
) -> np.ndarray:
    """Fill the hole with patches of the valid part, chosen to match each other and the edge of the hole.

    Parameters
    ----------
    image : (H, W, 3) float32 array, RGB in [0, 1]. Values in the hole are ignored.
    mask : (H, W) bool array, True = valid, False = hole
    seed : int, at least 0. The same seed gives the same fill, whatever the number of threads.
    patch_size : odd int, at least 3, in pixels. If the valid part has too few patches of this size, smaller patches are
        used (see `fitting_size`). If it has too few 3×3 patches as well, the hole is filled by the Navier–Stokes
        method.
    votes : int, 1 to 100, the number of times that the matched patches vote on each level of the pyramid
    iterations : int, 1 to 100, the number of passes of propagation and random search before each vote
    progress : bool, True to show a progress bar once the filling has taken more than a second

    Returns
    -------
    (H, W, 3) float32 array in [0, 1], equal to the image at valid pixels

    Raises
    ------
    ValueError
        If an option is outside the range given above, or if no pixel is valid.

    Notes
    -----
    The method is by Barnes et al. 2009 (doi:10.1145/1531326.1531330) and Wexler et al. 2007
    (doi:10.1109/TPAMI.2007.60).

    Examples
    --------
    >>> stripes = np.zeros((32, 32, 3), np.float32)
    >>> stripes[:, ::4] = 1
    >>> mask = np.ones((32, 32), bool)
    >>> mask[12:20, 12:20] = False
    >>> bool(abs(patchmatch(stripes, mask) - stripes).max() < 0.01)
    True
    """
    options = check_options(seed=seed, patch_size=patch_size, votes=votes, iterations=iterations, progress=progress)
    seed, patch_size, votes, iterations, progress = options.values()
    if not mask.any():
        raise ValueError("the mask leaves nothing valid: there is nothing to fill from")
    if mask.all():
        return image.astype(np.float32)
    size = fitting_size(mask, patch_size)
    if size == 1:
        return np.where(mask[..., None], image, navier_stokes(image, mask)).astype(np.float32)
    levels = build_pyramid(image, mask, size)
    return fill_pyramid(levels, navier_stokes(*levels[-1]), size, votes, iterations, seed, progress)


def fill_pyramid(
    levels: Sequence[tuple[np.ndarray, np.ndarray]],
    picture: np.ndarray,
    size: int,
    votes: int,
    iterations: int,
    seed: int,
    progress: bool,
    guides: Sequence[np.ndarray] | None = None,
    shares: Sequence[float] | None = None,
) -> np.ndarray:
    """Fill all levels, from the coarsest to the finest, and return the finest picture, (H, W, 3) in [0, 1].

    levels : the levels that `build_pyramid` returns, the finest level first
    picture : a first guess for the coarsest level, (h, w, 3)
    size : patch size in px
    votes, iterations, seed, progress : see `patchmatch`
    guides, shares : for each level, a picture that the fill should resemble and the weight of that picture; both are
        None if there is no guide
    """
    rng = np.random.default_rng(seed)
    field: Field | None = None
    work = votes * sum(int((~valid).sum()) for _, valid in levels)
    with progress_bar(total=work, unit="px", unit_scale=True, delay=1, disable=not progress) as bar:
        for number, (known, valid) in reversed(list(enumerate(levels))):
            if picture.shape != known.shape:
                picture = cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
                picture = picture[: valid.shape[0], : valid.shape[1]].clip(0, 1)
            picture = np.where(valid[..., None], known, picture).astype(np.float32)
            guide, share = (None, 0.0) if guides is None or shares is None else (guides[number], shares[number])
            level = make_level(picture, valid, size, guide, share)
            picture, field = fill_level(level, valid, field, votes, iterations, rng, bar)
    return picture.clip(0, 1)
