"""Exemplar-based inpainting: patch after patch is copied into the hole, where an edge runs into it first.

Criminisi, Perez & Toyama 2004 (doi:10.1109/TIP.2004.833105), with the names of the paper: fill front, priority
P = C·D of confidence and data term, exemplar. A patch is named by its centre p.
"""

import numpy as np
from numba import njit
from tqdm import tqdm

from .diffusion import navier_stokes
from .options import check_options
from .patchmatch import find_sources, fitting_size

FLAT = 1e-3  # least data term: in flat places D is 0, and the confidence alone should decide


def exemplar(image, mask, patch_size=9, search_radius=128, progress=False):
    """Fill the hole by copies of whole patches of the valid part, edges first.

    Parameters
    ----------
    image : (H, W, 3) float32 array, RGB in [0, 1]. What the hole holds is ignored.
    mask : (H, W) bool array, True = valid, False = hole
    patch_size : odd int, at least 3, in pixels. Where the valid part has too few patches of that size, smaller ones
        are taken (see `patchmatch.fitting_size`); where too few of 3×3 are left, there is nothing
        to copy, and the fill is that of Navier–Stokes.
    search_radius : int, at least 1: how many rows and columns away from the hole's patch an exemplar may lie. Where
        there is none so near, the whole picture is searched. The time grows with its square.
    progress : bool: show a progress bar once the filling has taken more than a second

    Returns
    -------
    (H, W, 3) float32 array in [0, 1]; at valid pixels the image itself

    Raises
    ------
    ValueError
        If an option is not as above, or nothing is valid.

    Notes
    -----
    Criminisi, Perez & Toyama 2004 (doi:10.1109/TIP.2004.833105).

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
    is_source = np.pad(find_sources(mask, size), half)  # at the centres; those of the start, as in the paper
    filled, C = mask.copy(), mask.astype(np.float32)
    P = np.empty(mask.shape, np.float32)
    update_priorities(P, picture, filled, C, half, (0, 0), max(mask.shape))
    with tqdm(total=int((~mask).sum()), unit="px", delay=1, disable=not progress) as bar:
        while not filled.all():
            p = divmod(int(P.argmax()), mask.shape[1])
            q = find_exemplar(picture, filled, is_source, p, half, search_radius)
            bar.update(int((~filled[window(p, half)]).sum()))
            copy_patch(picture, filled, C, p, q, half)
            update_priorities(P, picture, filled, C, half, p, 2 * half + 1)  # further away nothing changes
    return picture


@njit(cache=True)
def update_priorities(P, picture, filled, C, half, p, reach):
    """P(p) = C(p)·D(p) (equation 1) on the fill front, at most `reach` from p; -1 elsewhere."""
    for y in range(max(0, p[0] - reach), min(p[0] + reach + 1, len(filled))):
        for x in range(max(0, p[1] - reach), min(p[1] + reach + 1, filled.shape[1])):
            P[y, x] = -1
            if on_front(filled, y, x):
                P[y, x] = confidence(C, y, x, half) * max(data_term(picture, filled, y, x, half), FLAT)


@njit(cache=True)
def on_front(filled, y, x):
    """Whether an empty pixel has a filled one beside it."""
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
def confidence(C, y, x, half):
    """C(p): the mean confidence over the patch; it is 0 in empty pixels."""
    return C[max(0, y - half) : y + half + 1, max(0, x - half) : x + half + 1].mean()


@njit(cache=True)
def data_term(picture, filled, y, x, half):
    """D(p) = |isophote · normal|: high where an edge runs straight into the hole; at most 1."""
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
    return abs(-best[1] * down + best[0] * right)  # an isophote is the gradient turned by 90°


@njit(cache=True)
def grey(picture, y, x):
    """Mean of the three colours."""
    return (picture[y, x, 0] + picture[y, x, 1] + picture[y, x, 2]) / 3


@njit(cache=True)
def normal(filled, y, x):
    """Unit normal of the fill front (rows, columns): the gradient of `filled` by Sobel's 3×3 weights."""
    height, width = filled.shape
    down, right = 0.0, 0.0
    for i in range(-1, 2):
        for j in range(-1, 2):
            inside = filled[min(max(y + i, 0), height - 1), min(max(x + j, 0), width - 1)]
            down += i * (2 - abs(j)) * inside
            right += j * (2 - abs(i)) * inside
    length = (down**2 + right**2) ** 0.5
    return (down / length, right / length) if length > 0 else (0.0, 0.0)


def find_exemplar(picture, filled, is_source, p, half, radius):
    """Centre of the source patch that is most like the filled part of the patch at p."""
    near = window(p, radius)
    near = near if is_source[near].any() else window(p, max(filled.shape))
    candidates, known = places(is_source, near), places(filled, window(p, half)) - p
    return tuple(candidates[search(picture, p, known, candidates)])


@njit(cache=True)
def search(picture, p, known, candidates):
    """Number of the candidate with the smallest sum of squared differences over the `known` pixels."""
    smallest, best = np.float32(np.inf), 0
    for k in range(len(candidates)):  # one thread: hundreds of short searches would wait for each other
        d = distance(picture, p, known, candidates[k], smallest)
        if d < smallest:
            smallest, best = d, k
    return best


@njit(cache=True)
def distance(picture, p, known, q, limit):
    """Sum of squared differences of the patches at p and q; stops early, once it is over the limit."""
    total = np.float32(0)
    for i, j in known:
        for c in range(3):
            difference = picture[p[0] + i, p[1] + j, c] - picture[q[0] + i, q[1] + j, c]
            total += difference * difference
        if total >= limit:
            break
    return total


@njit(cache=True)
def copy_patch(picture, filled, C, p, q, half):
    """Copy what is empty at p from q; the new pixels get the confidence C(p)."""
    new = confidence(C, p[0], p[1], half)
    for i in range(-half, half + 1):
        for j in range(-half, half + 1):
            y, x = p[0] + i, p[1] + j
            if 0 <= y < len(filled) and 0 <= x < filled.shape[1] and not filled[y, x]:
                picture[y, x] = picture[q[0] + i, q[1] + j]
                filled[y, x], C[y, x] = True, new


def window(p, reach):
    """Slices of the rows and columns that lie at most `reach` from p."""
    return tuple(slice(max(0, n - reach), n + reach + 1) for n in p)


def places(chosen, window):
    """(N, 2) rows and columns of the True pixels in a window."""
    return np.add(np.argwhere(chosen[window]), [part.start for part in window], order="C")
