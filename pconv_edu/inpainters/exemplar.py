"""Fill holes by exemplar-based inpainting, which copies one patch at a time and begins where edges run into the hole.

The method is by Criminisi, Perez & Toyama 2004 (doi:10.1109/TIP.2004.833105). This file uses the terms of their paper:
fill front, exemplar and priority. The priority P = C·D is the product of the confidence C and the data term D. A patch
is identified by its centre p.
"""

import numpy as np
from numba import njit

from pconv_edu.progress import progress_bar

from .diffusion import navier_stokes
from .options import check_options
from .patch_levels import find_sources, fitting_size

FLAT = 1e-3  # smallest data term; without it, D would be 0 in flat areas, where the confidence alone should decide


def exemplar(
    image: np.ndarray, mask: np.ndarray, patch_size: int = 9, search_radius: int = 128, progress: bool = False
) -> np.ndarray:
    """Fill the hole with copies of patches from the valid part of the picture, and continue edges first.

    Parameters
    ----------
    image : (H, W, 3) float32 array, RGB in [0, 1]. Values in the hole are ignored.
    mask : (H, W) bool array, True = valid, False = hole
    patch_size : odd int, at least 3, in pixels. If the valid part has too few patches of this size, smaller patches
        are used (see `patch_levels.fitting_size`). If it has too few 3×3 patches as well, the hole is filled by the
        Navier–Stokes method.
    search_radius : int, at least 1, the largest distance in rows and columns between the patch to fill and an exemplar.
        If there is no exemplar within this distance, the whole picture is searched. The running time grows with the
        square of the radius.
    progress : bool, True to show a progress bar once the filling has taken more than a second

    Returns
    -------
    (H, W, 3) float32 array in [0, 1], equal to the image at valid pixels

    Raises
    ------
    ValueError
        If an option has an invalid value, or if no pixel is valid.

    Notes
    -----
    The method is by Criminisi, Perez & Toyama 2004 (doi:10.1109/TIP.2004.833105).

    Examples
    --------
    >>> edge = np.zeros((32, 32, 3), np.float32)
    >>> edge[:, 16:] = 1
    >>> mask = np.ones((32, 32), bool)
    >>> mask[10:22, 10:22] = False
    >>> bool((exemplar(edge, mask) == edge).all())
    True
    """
    options = check_options(patch_size=patch_size, search_radius=search_radius, progress=progress)
    patch_size, search_radius, progress = options.values()
    if not mask.any():
        raise ValueError("the mask leaves nothing valid: there is nothing to copy")
    picture = np.where(mask[..., None], image, 0).astype(np.float32)
    size = fitting_size(mask, patch_size)
    if size == 1:
        return np.where(mask[..., None], picture, navier_stokes(picture, mask))
    half = size // 2
    # This array marks the centres of source patches. As in the paper, only patches that are valid at the start count.
    is_source = np.pad(find_sources(mask, size), half)
    filled, C = mask.copy(), mask.astype(np.float32)
    P = np.empty(mask.shape, np.float32)
    update_priorities(P, picture, filled, C, half, (0, 0), max(mask.shape))
    with progress_bar(total=int((~mask).sum()), unit="px", delay=1, disable=not progress) as bar:
        while not filled.all():
            p = divmod(int(P.argmax()), mask.shape[1])
            q = find_exemplar(picture, filled, is_source, p, half, search_radius)
            bar.update(int((~filled[window(p, half)]).sum()))
            copy_patch(picture, filled, C, p, q, half)
            update_priorities(P, picture, filled, C, half, p, 2 * half + 1)  # nothing farther away changes
    return picture


@njit(cache=True)
def update_priorities(
    P: np.ndarray,
    picture: np.ndarray,
    filled: np.ndarray,
    C: np.ndarray,
    half: int,
    p: tuple[int, int],
    reach: int,
) -> None:
    """Update P = C·D (equation 1) at all pixels that are at most `reach` rows and columns away from p.

    P is -1 at all pixels that are not on the fill front.
    """
    for y in range(max(0, p[0] - reach), min(p[0] + reach + 1, len(filled))):
        for x in range(max(0, p[1] - reach), min(p[1] + reach + 1, filled.shape[1])):
            P[y, x] = -1
            if on_front(filled, y, x):
                P[y, x] = confidence(C, y, x, half) * max(data_term(picture, filled, y, x, half), FLAT)


@njit(cache=True)
def on_front(filled: np.ndarray, y: int, x: int) -> bool:
    """Return True if the pixel is on the fill front: it is empty, and at least one of its four neighbours is filled."""
    if filled[y, x]:
        return False
    height, width = filled.shape
    return (
        (y > 0 and filled[y - 1, x])
        or (y + 1 < height and filled[y + 1, x])
        or (x > 0 and filled[y, x - 1])
        or (x + 1 < width and filled[y, x + 1])
    )


@njit(cache=True)
def confidence(C: np.ndarray, y: int, x: int, half: int) -> float:
    """Return C(p), which is the mean of C over the patch. Pixels that are not yet filled have confidence 0."""
    return C[max(0, y - half) : y + half + 1, max(0, x - half) : x + half + 1].mean()


@njit(cache=True)
def data_term(picture: np.ndarray, filled: np.ndarray, y: int, x: int, half: int) -> float:
    """Return D(p) = |isophote · normal|, at most 1. D is high where an edge runs straight into the hole."""
    down, right = normal(filled, y, x)
    strongest, best = 0.0, (0.0, 0.0)
    for i in range(max(1, y - half), min(y + half + 1, len(filled) - 1)):
        for j in range(max(1, x - half), min(x + half + 1, filled.shape[1] - 1)):
            if filled[i, j] and filled[i - 1, j] and filled[i + 1, j] and filled[i, j - 1] and filled[i, j + 1]:
                gradient = (
                    (grey(picture, i + 1, j) - grey(picture, i - 1, j)) / 2,
                    (grey(picture, i, j + 1) - grey(picture, i, j - 1)) / 2,
                )
                strength = gradient[0] ** 2 + gradient[1] ** 2
                if strength > strongest:
                    strongest, best = strength, gradient
    return abs(-best[1] * down + best[0] * right)  # the isophote is the gradient turned by 90°


@njit(cache=True)
def grey(picture: np.ndarray, y: int, x: int) -> float:
    """Return the mean of the three colour channels."""
    return (picture[y, x, 0] + picture[y, x, 1] + picture[y, x, 2]) / 3


@njit(cache=True)
def normal(filled: np.ndarray, y: int, x: int) -> tuple[float, float]:
    """Return the unit normal (rows, columns) of the fill front, which is the normalised Sobel gradient of `filled`.

    The result is (0, 0) if the gradient is 0.
    """
    height, width = filled.shape
    down, right = 0.0, 0.0
    for i in range(-1, 2):
        for j in range(-1, 2):
            inside = filled[min(max(y + i, 0), height - 1), min(max(x + j, 0), width - 1)]
            down += i * (2 - abs(j)) * inside
            right += j * (2 - abs(i)) * inside
    length = (down**2 + right**2) ** 0.5
    return (down / length, right / length) if length > 0 else (0.0, 0.0)


def find_exemplar(
    picture: np.ndarray, filled: np.ndarray, is_source: np.ndarray, p: tuple[int, int], half: int, radius: int
) -> tuple[int, int]:
    """Return the centre of the source patch that is most similar to the filled part of the patch at p.

    If there is no source patch within the radius, the whole picture is searched.
    """
    near = window(p, radius)
    near = near if is_source[near].any() else window(p, max(filled.shape))
    candidates, known = places(is_source, near), places(filled, window(p, half)) - p
    return tuple(candidates[search(picture, p, known, candidates)])


@njit(cache=True)
def search(picture: np.ndarray, p: tuple[int, int], known: np.ndarray, candidates: np.ndarray) -> int:
    """Return the index of the candidate patch with the smallest sum of squared differences over the `known` pixels."""
    smallest, best = np.float32(np.inf), 0
    for k in range(len(candidates)):  # on one thread: starting threads takes longer than a short search
        d = distance(picture, p, known, candidates[k], smallest)
        if d < smallest:
            smallest, best = d, k
    return best


@njit(cache=True)
def distance(
    picture: np.ndarray, p: tuple[int, int], known: np.ndarray, q: np.ndarray, limit: np.float32
) -> np.float32:
    """Return the sum of squared differences between the patches at p and q over the `known` pixels.

    The summation stops early if the sum reaches the limit.
    """
    total = np.float32(0)
    for i, j in known:
        for c in range(3):
            difference = picture[p[0] + i, p[1] + j, c] - picture[q[0] + i, q[1] + j, c]
            total += difference * difference
        if total >= limit:
            break
    return total


@njit(cache=True)
def copy_patch(
    picture: np.ndarray, filled: np.ndarray, C: np.ndarray, p: tuple[int, int], q: tuple[int, int], half: int
) -> None:
    """Fill the empty pixels of the patch at p with the corresponding pixels of the patch at q.

    The new pixels get the confidence C(p).
    """
    new = confidence(C, p[0], p[1], half)
    for i in range(-half, half + 1):
        for j in range(-half, half + 1):
            y, x = p[0] + i, p[1] + j
            if 0 <= y < len(filled) and 0 <= x < filled.shape[1] and not filled[y, x]:
                picture[y, x] = picture[q[0] + i, q[1] + j]
                filled[y, x], C[y, x] = True, new


def window(p: tuple[int, int], reach: int) -> tuple[slice, ...]:
    """Return slices of the rows and columns that are at most `reach` away from p."""
    return tuple(slice(max(0, n - reach), n + reach + 1) for n in p)


def places(chosen: np.ndarray, window: tuple[slice, ...]) -> np.ndarray:
    """Return the row and column of each True pixel in a window, as an array (N, 2)."""
    return np.add(np.argwhere(chosen[window]), [part.start for part in window], order="C")
