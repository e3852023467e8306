"""Draw random irregular holes from wandering strokes, blobs, and slivers like those that moving objects uncover.

The paper (Liu et al., arXiv 1804.07723) took its masks from occlusions between video frames. The holes here are drawn
instead, so no masks have to be downloaded. The same state of the random generator gives the same holes.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from .arguments import check_ratio, check_size, check_whole, pair, shown

KINDS = ("strokes", "blobs", "occlusions")
TRIES = 400  # largest number of shapes to draw; if the hole is still too small afterwards, it is enlarged


def irregular_mask(
    shape: int | tuple[int, int],
    ratio: tuple[float, float] = (0.2, 0.3),
    border: int = 0,
    rng: np.random.Generator | None = None,
    *,
    kinds: Sequence[str] = KINDS,
) -> np.ndarray:
    """Draw a random irregular hole and return its mask.

    Parameters
    ----------
    shape : int or (H, W)
    ratio : (low, high); the hole ratio is drawn uniformly from (low, high]
    border : int, width in px of a border without hole pixels along the edge of the image. The paper's border of 50 px
        in an image of 512×512 corresponds to 25 px at 256×256.
    rng : numpy.random.Generator, required
    kinds : list of the kinds of shapes to draw, one or more of "strokes", "blobs" and "occlusions"

    Returns
    -------
    (H, W) bool array, True = valid, False = hole

    Raises
    ------
    ValueError, TypeError
        If no hole inside the border can have such a ratio (the message says why), if a kind is unknown, or if `rng` is
        missing.

    Examples
    --------
    >>> mask = irregular_mask(256, ratio=(0.2, 0.3), border=25, rng=np.random.default_rng(1))
    >>> bool(0.2 < 1 - mask.mean() <= 0.3), bool(mask[:25].all())
    (True, True)
    """
    height, width = pair(shape, "shape", 1)
    check_size(height, width, "shape")
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng is {shown(rng)}; give a numpy.random.Generator, such as np.random.default_rng(1)")
    if not isinstance(kinds, tuple | list | np.ndarray) or not set(map(str, kinds)) <= set(KINDS) or len(kinds) == 0:
        raise ValueError(f"kinds is {shown(kinds)}; give one or more of {', '.join(KINDS)} in a list")
    border = check_whole(border, "border", 0)
    inside = np.zeros((height, width), bool)
    inside[border : height - border, border : width - border] = True
    fewest, most = _possible_counts(ratio, inside, border)
    count = int(rng.integers(fewest, most, endpoint=True))
    hole = np.zeros(inside.shape, bool)
    for _ in range(TRIES):
        missing = count - int(np.count_nonzero(hole))
        if missing <= 0:
            break
        size = math.sqrt(missing) * rng.uniform(0.5, 1.5)
        drawn = _DRAW[kinds[rng.integers(len(kinds))]](inside, size, rng)
        hole |= _deepest(drawn & inside & ~hole, hole | drawn, missing)
    return ~_grow(hole, inside, count)


def _possible_counts(ratio: tuple[float, float], inside: np.ndarray, border: int) -> tuple[int, int]:
    """Return the smallest and the largest number of hole pixels for a ratio in (low, high].

    Raise ValueError if no number of pixels gives such a ratio, or if the area `inside` the border is too small for it.
    """
    low, high = check_ratio(ratio)
    fewest, most = math.floor(low * inside.size), math.ceil(high * inside.size)
    while fewest / inside.size <= low:  # the product may be off by one; the quotient is the hole ratio
        fewest += 1
    while most / inside.size > high:
        most -= 1
    room = int(np.count_nonzero(inside))
    if fewest > most:
        raise ValueError(f"in an image of {inside.shape} no whole number of pixels has a ratio in ({low}, {high}]")
    if fewest > room:
        raise ValueError(
            f"a hole ratio above {low} needs {fewest} of {inside.size} pixels, but a border of {border} px leaves only "
            f"{room}: ask for a smaller ratio or a narrower border"
        )
    return fewest, min(most, room)


def _deepest(part: np.ndarray, hole: np.ndarray, count: int) -> np.ndarray:
    """Return the `count` pixels of `part` that are deepest inside `hole`, or all of `part` if it has fewer pixels.

    Only pixels near the outline of the hole are left out, so the outline stays smooth.
    """
    if np.count_nonzero(part) <= count:
        return part
    depth = cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 5)
    depth[~part] = -1
    trimmed = np.zeros(part.shape, bool)
    trimmed.flat[np.argsort(-depth, axis=None, kind="stable")[:count]] = True
    return trimmed


def _grow(hole: np.ndarray, inside: np.ndarray, count: int) -> np.ndarray:
    """Add the pixels nearest to the hole until it has `count` pixels.

    This step is needed because the random shapes alone may cover fewer pixels.
    """
    missing = count - np.count_nonzero(hole)
    if missing <= 0:
        return hole
    distance = cv2.distanceTransform((~hole).astype(np.uint8), cv2.DIST_L2, 5)
    distance[hole | ~inside] = np.inf
    hole.flat[np.argsort(distance, axis=None, kind="stable")[:missing]] = True
    return hole


def _strokes(inside: np.ndarray, size: float, rng: np.random.Generator) -> np.ndarray:
    """Draw a stroke with a wandering brush that changes its direction a little at every step."""
    canvas = np.zeros(inside.shape, np.uint8)
    width = max(1, round(min(size * rng.uniform(0.08, 0.3), 0.12 * max(inside.shape))))
    point, angle = _place(inside, rng), rng.uniform(0, 2 * np.pi)
    for _ in range(rng.integers(4, 16)):
        angle += rng.normal(0, 0.7)
        step = size * rng.uniform(0.15, 0.5)
        end = point + step * np.array([np.cos(angle), np.sin(angle)])
        cv2.line(canvas, _xy(point), _xy(end), 1, width)
        cv2.circle(canvas, _xy(end), width // 2, 1, -1)
        point = end
    return canvas > 0


def _blobs(inside: np.ndarray, size: float, rng: np.random.Generator) -> np.ndarray:
    """Draw a blob whose radius varies with the angle as a sum of a few random sine waves."""
    canvas = np.zeros(inside.shape, np.uint8)
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    radius = np.ones_like(turn)
    for wave in range(1, 6):
        radius += rng.normal(0, 0.28 / wave) * np.sin(wave * turn + rng.uniform(0, 2 * np.pi))
    radius = 0.5 * size * np.maximum(radius, 0.15)
    outline = _place(inside, rng) + radius[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    cv2.fillPoly(canvas, [np.rint(outline).astype(np.int32)], 1)
    return canvas > 0


def _occlusions(inside: np.ndarray, size: float, rng: np.random.Generator) -> np.ndarray:
    """Draw the slivers that a moving object would uncover, by subtracting a shifted copy of a blob from the blob."""
    blob = _blobs(inside, 1.6 * size, rng).astype(np.uint8)
    angle, far = rng.uniform(0, 2 * np.pi), 1.6 * size * rng.uniform(0.06, 0.25)
    shift = np.array([[1, 0, far * np.cos(angle)], [0, 1, far * np.sin(angle)]], np.float32)
    moved = cv2.warpAffine(blob, shift, inside.shape[::-1], flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    return (blob > 0) & (moved == 0)


_DRAW = dict(zip(KINDS, (_strokes, _blobs, _occlusions), strict=True))


def _place(inside: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return a random point (x, y) in the area where holes are allowed."""
    rows, cols = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    return np.array([rng.choice(cols), rng.choice(rows)], float)


def _xy(point: np.ndarray) -> tuple[int, ...]:
    return tuple(int(v) for v in np.rint(point))
