"""Run PatchMatch on one level of a pyramid.

The search finds a similar valid patch for each patch that overlaps the hole. These valid patches then vote on the
colours of the pixels in the hole.

The search follows Barnes et al. 2009 (doi:10.1145/1531326.1531330). It has three steps: random initialisation,
propagation and random search. The votes follow Wexler et al. 2007 (doi:10.1109/TPAMI.2007.60). The functions
are in the order of the steps of the algorithm. A patch is identified by its top-left pixel.
"""

import math

import numpy as np
from numba import njit, prange
from tqdm import tqdm

from .patch_levels import Level, sum_patches

ALPHA = 0.5  # ratio of each window of the random search to the one before (section 3.2 of the paper)
Field = tuple[np.ndarray, np.ndarray]  # row and column of each target, and its offset: see `fill_level`
BANDS = 16  # parts that are searched in parallel: a fixed number, so that the result does not depend on the threads


def fill_level(
    level: Level,
    mask: np.ndarray,
    coarse: Field | None,
    votes: int,
    iterations: int,
    rng: np.random.Generator,
    bar: tqdm | None = None,
) -> tuple[np.ndarray, Field]:
    """Search and vote alternately, and return the picture and its nearest-neighbour field (targets, f).

    As in the paper, the field consists of offsets. The match of the patch at `targets[k]` is the patch at
    `targets[k] + f[k]`. In the code, D[k] is the distance between the two patches. `coarse` is the field of the next
    coarser level, or None on the coarsest level.
    """
    f = initialise(level, rng)
    if coarse is not None:
        f = enlarge(f, level, *coarse)
        level = level._replace(picture=vote(level, mask, f, weigh(measure(level, f), level)))
    for _ in range(votes):
        D = measure(level, f)  # computed again, because the vote has changed the picture
        for iteration in range(iterations):
            search(f, D, level, draw(level, rng), iteration % 2 == 0)
        level = level._replace(picture=vote(level, mask, f, weigh(D, level)))
        if bar is not None:
            bar.update(int((~mask).sum()))
    return level.picture, (level.targets, f)


def initialise(level: Level, rng: np.random.Generator) -> np.ndarray:
    """Return the offset from each target to a random source patch, (N, 2).

    This is the random initialisation (section 3.1).
    """
    sources = np.argwhere(level.is_source).copy()
    return sources[rng.integers(len(sources), size=len(level.targets))] - level.targets


def enlarge(f: np.ndarray, level: Level, coarse_targets: np.ndarray, coarse_f: np.ndarray) -> np.ndarray:
    """Return the offsets f, replaced by twice the offsets of the coarser level where these lead to a source patch."""
    shape = np.array(level.is_source.shape)
    proposed = np.zeros((*(shape // 2 + 1), 2), int)
    proposed[tuple(coarse_targets.T)] = 2 * coarse_f
    proposed = proposed[tuple(level.targets.T // 2)]
    place = level.targets + proposed
    inside = ((place >= 0) & (place < shape)).all(1)
    leads = inside & level.is_source[tuple(np.where(inside[:, None], place, 0).T)]
    return np.where(leads[:, None], proposed, f)


def draw(level: Level, rng: np.random.Generator) -> np.ndarray:
    """Return the random numbers R of one iteration (section 3.2), (N, windows, 2) in [-1, 1)."""
    windows = 1 + math.floor(math.log(max(level.is_source.shape), 1 / ALPHA))
    return rng.random((len(level.targets), windows, 2), np.float32) * 2 - 1


@njit(cache=True, parallel=True)
def search(f: np.ndarray, D: np.ndarray, level: Level, R: np.ndarray, forward: bool) -> None:
    """Run propagation and random search once at every target, and update f and D in place.

    forward : True to visit the targets in scan order, False to visit them in reverse order
    """
    before = f.copy()
    for band in prange(BANDS):
        first, last = band * len(f) // BANDS, (band + 1) * len(f) // BANDS
        for step in range(last - first):
            k = first + step if forward else last - 1 - step
            propagate(k, f, D, level, before, first, last, forward)
            search_randomly(k, f, D, level, R)


@njit(cache=True)
def propagate(
    k: int, f: np.ndarray, D: np.ndarray, level: Level, before: np.ndarray, first: int, last: int, forward: bool
) -> None:
    """Try the offsets of those two neighbours of target k that the scan has already passed."""
    back = -1 if forward else 1
    for down, right in ((back, 0), (0, back)):
        y, x = level.targets[k, 0] + down, level.targets[k, 1] + right
        if 0 <= y < level.number.shape[0] and 0 <= x < level.number.shape[1] and level.number[y, x] >= 0:
            neighbour = level.number[y, x]
            # Another thread may be changing the targets of another band: use the offsets from before this iteration.
            offset = f[neighbour] if first <= neighbour < last else before[neighbour]
            improve(k, offset[0], offset[1], f, D, level)


@njit(cache=True)
def search_randomly(k: int, f: np.ndarray, D: np.ndarray, level: Level, R: np.ndarray) -> None:
    """Try random offsets in smaller and smaller windows around the best offset so far.

    The offsets are v0 + w·alpha^i·R (equation 1).
    """
    v0, v1 = f[k, 0], f[k, 1]
    w = float(max(level.is_source.shape))
    for i in range(R.shape[1]):
        improve(k, v0 + int(w * ALPHA**i * R[k, i, 0]), v1 + int(w * ALPHA**i * R[k, i, 1]), f, D, level)


@njit(cache=True)
def improve(k: int, down: int, right: int, f: np.ndarray, D: np.ndarray, level: Level) -> None:
    """Store the offset for target k if it leads to a source patch that matches better than the best patch so far."""
    y, x = level.targets[k, 0] + down, level.targets[k, 1] + right
    if 0 <= y < level.is_source.shape[0] and 0 <= x < level.is_source.shape[1] and level.is_source[y, x]:
        d = distance(k, down, right, level, D[k])
        if d < D[k]:
            D[k], f[k, 0], f[k, 1] = d, down, right


@njit(cache=True)
def distance(k: int, down: int, right: int, level: Level, limit: np.float32) -> np.float32:
    """Return the distance between a target and the patch at the given offset.

    This distance is the sum of the distances in the picture and in the guide. The returned value is exact only if it is
    below the limit.
    """
    from_guide = guide_distance(k, down, right, level) if level.share > 0 else np.float32(0)
    if from_guide >= limit:
        return from_guide
    return from_guide + picture_distance(k, down, right, level, limit - from_guide)


@njit(cache=True)
def guide_distance(k: int, down: int, right: int, level: Level) -> np.float32:
    """Return the weighted squared difference of the guide between the middle pixels of the two patches.

    The weight is the share of the guide times the total confidence of the target. The guide is blurred, so the middle
    pixel represents its whole patch. With a share of 1, this pixel has as much weight as all pixels of the patch
    together, both at the edge of the hole and deep inside the hole.
    """
    y, x = level.targets[k, 0] + level.size // 2, level.targets[k, 1] + level.size // 2
    squared = np.float32(0)
    for c in range(3):
        difference = level.guide[y, x, c] - level.guide[y + down, x + right, c]
        squared += difference * difference
    return level.share * level.total[k] * squared


@njit(cache=True, fastmath={"contract", "reassoc"})
def picture_distance(k: int, down: int, right: int, level: Level, limit: np.float32) -> np.float32:
    """Return the sum of squared differences between a target and the patch at the given offset, weighted by confidence.

    The summation stops early if the sum reaches the limit.
    """
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
def measure(level: Level, f: np.ndarray) -> np.ndarray:
    """Return the distance D between each target and its match, (N,) float32."""
    D = np.empty(len(f), np.float32)
    for k in prange(len(f)):
        D[k] = distance(k, f[k, 0], f[k, 1], level, np.float32(np.inf))
    return D


def weigh(D: np.ndarray, level: Level) -> np.ndarray:
    """Return the weight of each target's vote, (N,).

    The weight is the total confidence of the target, reduced if the match is poor.
    """
    confidence = sum_patches(level.confidence.astype(float), level.size)[tuple(level.targets.T)]
    d = D / confidence
    sigma2 = max(np.quantile(d, 0.75), 1e-6)  # as in Wexler et al.
    return np.maximum(confidence * np.exp(-d / (2 * sigma2)), 1e-30)  # above 0, so that every pixel gets a colour


@njit(cache=True, parallel=True)
def vote(level: Level, mask: np.ndarray, f: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the picture with new colours in the hole.

    Each patch that covers a hole pixel proposes the colour at the corresponding position of its match. The new colour
    of the pixel is the weighted mean of these proposals.
    """
    picture = level.picture.copy()
    for y in prange(mask.shape[0]):
        for x in range(mask.shape[1]):
            if mask[y, x]:
                continue
            total, color = 0.0, np.zeros(3)
            for top in range(max(0, y - level.size + 1), min(y + 1, level.number.shape[0])):
                for left in range(max(0, x - level.size + 1), min(x + 1, level.number.shape[1])):
                    k = level.number[top, left]
                    total += weight[k]
                    for c in range(3):
                        color[c] += weight[k] * level.picture[y + f[k, 0], x + f[k, 1], c]
            for c in range(3):
                picture[y, x, c] = color[c] / total
    return picture
