"""PatchMatch: each patch that touches the hole finds its like in the valid part, and the patches found vote on colours.

The search is that of Barnes et al. 2009 (doi:10.1145/1531326.1531330), in its three steps: random initialisation,
propagation, random search. The voting, from coarse to fine, is that of Wexler et al. 2007
(doi:10.1109/TPAMI.2007.60). The file reads in the order of the algorithm; a patch is named by its top-left pixel.
"""

import math
from typing import NamedTuple

import cv2
import numpy as np
from numba import njit, prange
from tqdm import tqdm

from .diffusion import navier_stokes
from .options import check_options

ALPHA = 0.5  # each window of the random search is this much smaller than the one before (section 3.2 of the paper)
GAMMA = 1.6  # a pixel of the hole counts this much less for each pixel that it lies deeper in it
ENOUGH = 20  # source patches on the coarsest level, for each pixel of one
BANDS = 16  # parts that are searched at once: a fixed number, so that the number of threads changes nothing


def patchmatch(image, mask, seed=0, patch_size=7, votes=10, iterations=2, progress=False):
    """Fill the hole with pieces of the valid part that fit to each other and to the edge.

    Parameters
    ----------
    image : (H, W, 3) float32 array, RGB in [0, 1]. What the hole holds is ignored.
    mask : (H, W) bool array, True = valid, False = hole
    seed : int, at least 0. The same seed gives the same fill, whatever the number of threads.
    patch_size : odd int, at least 3, in pixels. Where the valid part has too few patches of that size, smaller ones
        are taken: see `fitting_size`. Where too few of 3×3 are left, the fill is that of Navier–Stokes.
    votes : int, 1 to 100: how often the patches vote on each level of the pyramid
    iterations : int, 1 to 100: passes of propagation and random search before each vote
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
    Barnes et al. 2009 (doi:10.1145/1531326.1531330); Wexler et al. 2007 (doi:10.1109/TPAMI.2007.60).

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
    rng = np.random.default_rng(seed)
    size = fitting_size(mask, patch_size)
    if size == 1:
        return np.where(mask[..., None], image, navier_stokes(image, mask)).astype(np.float32)
    levels = build_pyramid(image, mask, size)
    picture, field = navier_stokes(*levels[-1]), None
    work = votes * sum(int((~valid).sum()) for _, valid in levels)
    with tqdm(total=work, unit="px", unit_scale=True, delay=1, disable=not progress) as bar:
        for known, valid in reversed(levels):
            if picture.shape != known.shape:
                picture = cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
                picture = picture[: valid.shape[0], : valid.shape[1]].clip(0, 1)
            picture = np.where(valid[..., None], known, picture).astype(np.float32)
            picture, field = fill_level(picture, valid, field, size, votes, iterations, rng, bar)
    return picture.clip(0, 1)


def build_pyramid(image, mask, size):
    """[(image, mask), …]: each half as large as the one before.

    It ends where too few source patches are left: a coarse picture made of a few things misleads all finer ones.
    """
    levels = [(np.where(mask[..., None], image, 0).astype(np.float32), mask)]
    while True:
        image, mask = halve(*levels[-1])
        if mask.all() or find_sources(mask, size).sum() < ENOUGH * size * size:
            return levels
        levels.append((image, mask))


def halve(image, mask):
    """(H, W, 3), (H, W) -> half the size: the mean of the valid ones of 2×2 pixels, valid where two or more are."""
    odd = [(0, n % 2) for n in mask.shape]
    image, mask = np.pad(image, [*odd, (0, 0)]), np.pad(mask, odd)
    shape = mask.shape[0] // 2, 2, mask.shape[1] // 2, 2
    count = mask.reshape(shape).sum((1, 3))
    total = np.where(mask[..., None], image, 0).reshape(*shape, 3).sum((1, 3))
    return (total / np.maximum(count, 1)[..., None]).astype(np.float32), count >= 2


def fitting_size(mask, size):
    """Return the largest odd patch size up to `size` of which there are as many valid ones as one has pixels; or 1."""
    # By bisection over half the size: the larger the patches, the fewer are valid.
    low, high = 0, (min(size, *mask.shape) - 1) // 2
    while low < high:
        half = (low + high + 1) // 2
        enough = find_sources(mask, 2 * half + 1).sum() >= (2 * half + 1) ** 2
        low, high = (half, high) if enough else (low, half - 1)
    return 2 * low + 1


def find_sources(mask, size):
    """(H, W) -> (H - size + 1, W - size + 1) bool, True where a patch holds no hole pixel."""
    return sum_patches(mask.astype(int), size) == size * size


def sum_patches(values, size):
    """(H, W) -> (H - size + 1, W - size + 1): the sum over each patch; no patch fits a smaller picture: (0, 0)."""
    if min(values.shape) < size:
        return np.zeros((0, 0), values.dtype)
    total = np.pad(values, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    return total[size:, size:] - total[:-size, size:] - total[size:, :-size] + total[:-size, :-size]


def measure_confidence(mask):
    """How much each pixel counts, (H, W): 1 where valid, less and less inwards. So the fill grows from the edge."""
    depth = cv2.distanceTransform(np.uint8(~mask), cv2.DIST_L2, 5)
    return np.maximum(GAMMA**-depth, 1e-6)


class Level(NamedTuple):
    """What the search needs to know of one level of the pyramid."""

    picture: np.ndarray  # (H, W, 3), the hole as it is filled so far
    confidence: np.ndarray  # (H, W)
    is_source: np.ndarray  # (H - size + 1, W - size + 1) bool, by the patches' top-left pixels
    targets: np.ndarray  # (N, 2) row and column of each patch that holds a hole pixel, row after row
    index: np.ndarray  # shape of is_source: the number of each target, -1 elsewhere
    size: int


def make_level(picture, mask, size):
    """The sources and targets of a picture (H, W, 3), whose hole holds a first guess."""
    is_source = find_sources(mask, size)
    index = np.where(is_source, -1, 0)
    targets = np.argwhere(~is_source).copy()  # in C order: Numba compiles once for each
    index[tuple(targets.T)] = np.arange(len(targets))
    return Level(picture, measure_confidence(mask), is_source, targets, index, size)


def fill_level(picture, mask, coarse, size, votes, iterations, rng, bar=None):
    """Search and vote in turns; return the picture and its nearest-neighbour field (targets, f).

    The field is kept as the paper's offsets: the patch at `targets[k]` is most like the one at `targets[k] + f[k]`,
    and D[k] is their distance. `coarse` is the field of the level above, or None.
    """
    level = make_level(picture, mask, size)
    f = initialise(level, rng)
    if coarse is not None:
        f = enlarge(f, level, *coarse)
        level = level._replace(picture=vote(level, mask, f, weigh(measure(level, f), level)))
    for _ in range(votes):
        D = measure(level, f)  # anew: the vote has changed the picture
        for iteration in range(iterations):
            search(f, D, level, draw(level, rng), iteration % 2 == 0)
        level = level._replace(picture=vote(level, mask, f, weigh(D, level)))
        if bar is not None:
            bar.update(int((~mask).sum()))
    return level.picture, (level.targets, f)


def initialise(level, rng):
    """Random initialisation (section 3.1): the offset to any source patch, (N, 2)."""
    sources = np.argwhere(level.is_source).copy()
    return sources[rng.integers(len(sources), size=len(level.targets))] - level.targets


def enlarge(f, level, coarse_targets, coarse_f):
    """Replace the offsets f by twice those of the level above, where these lead to a source patch."""
    shape = np.array(level.is_source.shape)
    proposed = np.zeros((*(shape // 2 + 1), 2), int)
    proposed[tuple(coarse_targets.T)] = 2 * coarse_f
    proposed = proposed[tuple(level.targets.T // 2)]
    place = level.targets + proposed
    inside = ((place >= 0) & (place < shape)).all(1)
    leads = inside & level.is_source[tuple(np.where(inside[:, None], place, 0).T)]
    return np.where(leads[:, None], proposed, f)


def draw(level, rng):
    """The random numbers R of one iteration (section 3.2), (N, windows, 2) in [-1, 1)."""
    windows = 1 + math.floor(math.log(max(level.is_source.shape), 1 / ALPHA))
    return rng.random((len(level.targets), windows, 2), np.float32) * 2 - 1


@njit(cache=True, parallel=True)
def search(f, D, level, R, forward):
    """One iteration: propagation and random search at every target, in scan order or against it; changes f and D."""
    before = f.copy()
    for band in prange(BANDS):
        first, last = band * len(f) // BANDS, (band + 1) * len(f) // BANDS
        for step in range(last - first):
            k = first + step if forward else last - 1 - step
            propagate(k, f, D, level, before, first, last, forward)
            search_randomly(k, f, D, level, R)


@njit(cache=True)
def propagate(k, f, D, level, before, first, last, forward):
    """Try the offsets of the two neighbours that the scan has just passed."""
    back = -1 if forward else 1
    for down, right in ((back, 0), (0, back)):
        y, x = level.targets[k, 0] + down, level.targets[k, 1] + right
        if 0 <= y < level.index.shape[0] and 0 <= x < level.index.shape[1] and level.index[y, x] >= 0:
            neighbour = level.index[y, x]
            # Another band may be at work on its own targets: of those we take what they were.
            offset = f[neighbour] if first <= neighbour < last else before[neighbour]
            improve(k, offset[0], offset[1], f, D, level)


@njit(cache=True)
def search_randomly(k, f, D, level, R):
    """Try places around the best so far in ever smaller windows: v0 + w·alpha^i·R (equation 1)."""
    v0, v1 = f[k, 0], f[k, 1]
    w = float(max(level.is_source.shape))
    for i in range(R.shape[1]):
        improve(k, v0 + int(w * ALPHA**i * R[k, i, 0]), v1 + int(w * ALPHA**i * R[k, i, 1]), f, D, level)


@njit(cache=True)
def improve(k, down, right, f, D, level):
    """Take the offset if it leads to a source patch that is nearer than the best so far."""
    y, x = level.targets[k, 0] + down, level.targets[k, 1] + right
    if 0 <= y < level.is_source.shape[0] and 0 <= x < level.is_source.shape[1] and level.is_source[y, x]:
        d = distance(k, down, right, level, D[k])
        if d < D[k]:
            D[k], f[k, 0], f[k, 1] = d, down, right


@njit(cache=True, fastmath={"contract", "reassoc"})
def distance(k, down, right, level, limit):
    """Squared differences of a target and the patch at that offset, summed with confidence; stops at the limit."""
    total = np.float32(0)
    for y in range(level.targets[k, 0], level.targets[k, 0] + level.size):
        for x in range(level.targets[k, 1], level.targets[k, 1] + level.size):
            for c in range(3):
                difference = level.picture[y, x, c] - level.picture[y + down, x + right, c]
                total += level.confidence[y, x] * difference * difference
        if total >= limit:
            break
    return total


@njit(cache=True, parallel=True)
def measure(level, f):
    """D of the whole field: (N,) float32."""
    D = np.empty(len(f), np.float32)
    for k in prange(len(f)):
        D[k] = distance(k, f[k, 0], f[k, 1], level, np.float32(np.inf))
    return D


def weigh(D, level):
    """How much each target's vote counts, (N,): its confidence, and less where its match is poor."""
    confidence = sum_patches(level.confidence.astype(float), level.size)[tuple(level.targets.T)]
    d = D / confidence
    sigma2 = max(np.quantile(d, 0.75), 1e-6)  # as Wexler et al.
    return np.maximum(confidence * np.exp(-d / (2 * sigma2)), 1e-30)  # above 0, so that every pixel gets a colour


@njit(cache=True, parallel=True)
def vote(level, mask, f, weight):
    """Each hole pixel becomes the weighted mean of what all patches over it found for it."""
    picture = level.picture.copy()
    for y in prange(mask.shape[0]):
        for x in range(mask.shape[1]):
            if mask[y, x]:
                continue
            total, color = 0.0, np.zeros(3)
            for top in range(max(0, y - level.size + 1), min(y + 1, level.index.shape[0])):
                for left in range(max(0, x - level.size + 1), min(x + 1, level.index.shape[1])):
                    k = level.index[top, left]
                    total += weight[k]
                    for c in range(3):
                        color[c] += weight[k] * level.picture[y + f[k, 0], x + f[k, 1], c]
            for c in range(3):
                picture[y, x, c] = color[c] / total
    return picture
