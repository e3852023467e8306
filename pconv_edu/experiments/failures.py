"""Select the worst fills by a fixed rule, and measure their sharpness and how well a shifted photo fills the hole.

The photos for each kind of failure were chosen by their subjects, before anyone looked at a fill (lesson 12).
"""

import numpy as np
import pandas as pd
from scipy.signal import fftconvolve

from pconv_edu.core import photo_names

STRAIGHT = (
    "gc-mon-charminar",
    "gc-mon-chateaudechambord",
    "gc-mon-fortsumter",
    "gc-mon-schwerinpalace",
    "pala-cincinnati-bridge",
)
PERIODIC = ("gc-mon-colosseum", "gc-mon-hawamahal", "gc-mon-pontdugard")
CONTENT = (
    "gc-animal-bison",
    "gc-animal-koala",
    "gc-animal-moose",
    "gc-animal-polar-bear",
    "gc-erase-crab",
    "gc-erase-kingfisher",
    "gc-farm-cow",
    "gc-farm-dog",
)
KINDS: dict[str, tuple[str, ...] | None] = {
    "wide hole": None,
    "straight structure": STRAIGHT,
    "periodic structure": PERIODIC,
    "content": CONTENT,
}
WIDE, NARROW = 64, 32  # px; the radius is above WIDE for wide holes, and at most NARROW for the other kinds


def find(rows: pd.DataFrame, method: str, measure: str = "efficientnet_hole") -> dict[str, pd.Series]:
    """Return the worst fill for each kind of failure in `KINDS` as {kind: row}.

    The worst fill is the one with the largest `measure` among the fills of irregular holes in the test photos for this
    kind. These photos are in the public domain or under CC0. No photo is used twice. For the kind "wide hole", the hole
    radius is above `WIDE`. For the other kinds, the hole radius is at most `NARROW`, so that the failures are not due
    to the width of the hole.

    rows : what `scores.load` returns
    """
    free = photo_names("test", free=True)
    chosen = rows[(rows.method == method) & rows.holes.isin(["N", "B"])]
    worst: dict[str, pd.Series] = {}
    for kind, names in KINDS.items():
        deep = chosen.radius <= NARROW if names else chosen.radius > WIDE
        left = chosen[
            deep & chosen.photo.isin(names or free) & ~chosen.photo.isin([row.photo for row in worst.values()])
        ]
        worst[kind] = left.loc[left[measure].idxmax()]
    return worst


def best_shift(photo: np.ndarray, mask: np.ndarray, covers: float = 0.5) -> tuple[float, tuple[int, int]]:
    """Find the shift, in whole pixels, after which the shifted picture fills its own hole best.

    Return (PSNR in dB, (rows, columns)) for this shift. The result is (nan, (0, 0)) if no shift covers enough of the
    hole. The errors of all shifts are computed at once with a Fourier transform.

    photo : (H, W, 3) in [0, 1], the truth. Because the shift is chosen with the truth, the PSNR is an upper bound for
        fills that shift the picture as a whole
    mask : (H, W) bool, True = valid
    covers : smallest share of the hole that valid pixels must cover after the shift; only the pixels that they cover
        count for the PSNR
    """
    hole, valid = (~mask).astype(float), mask.astype(float)
    photo = np.asarray(photo, float)

    def correlate(a: np.ndarray, b: np.ndarray) -> np.ndarray:  # for every shift s, the sum over p of a(p) · b(p + s)
        return fftconvolve(b, a[::-1, ::-1])

    count = correlate(hole, valid)
    squared = sum(
        correlate(hole * c**2, valid) - 2 * correlate(hole * c, valid * c) + correlate(hole, valid * c**2)
        for c in np.moveaxis(photo, 2, 0)
    )
    enough = count > max(covers * hole.sum(), 0.5)
    if not enough.any():
        return float("nan"), (0, 0)
    error = np.where(enough, np.maximum(squared, 0) / np.maximum(count, 1) / 3, np.inf)
    row, column = np.unravel_index(error.argmin(), error.shape)
    move = int(row) - mask.shape[0] + 1, int(column) - mask.shape[1] + 1
    return float(-10 * np.log10(max(error.min(), 1e-10))), move


def covered(mask: np.ndarray, move: tuple[int, int]) -> np.ndarray:
    """Return an (H, W) bool array that is True where known pixels cover the hole after the picture is shifted.

    Hole pixel (i, j) is covered if pixel (i + rows, j + columns) is inside the picture and valid.

    mask : (H, W) bool, True = valid
    move : (rows, columns), as `best_shift` returns it
    """
    rows, columns = np.nonzero(~mask)
    there = rows + move[0], columns + move[1]
    inside = (there[0] >= 0) & (there[0] < mask.shape[0]) & (there[1] >= 0) & (there[1] < mask.shape[1])
    rows, columns, there = rows[inside], columns[inside], tuple(axis[inside] for axis in there)
    result = np.zeros_like(mask)
    result[rows, columns] = mask[there]
    return result


def sharpness(fill: np.ndarray, photo: np.ndarray, mask: np.ndarray) -> float:
    """Return how strong the differences between neighbouring pixels in the hole are, compared with those in the truth.

    A pair of neighbours counts only if both are in the hole. The result is 1 if the differences are as strong as in the
    truth, 0 if the fill is flat, and nan if the truth is flat.

    fill, photo : (H, W, 3)
    mask : (H, W) bool, True = valid
    """
    totals = []
    for picture in (fill, photo):
        picture, hole = np.asarray(picture, float), ~mask
        across = abs(np.diff(picture, axis=1)).sum(2)[hole[:, 1:] & hole[:, :-1]].sum()
        down = abs(np.diff(picture, axis=0)).sum(2)[hole[1:] & hole[:-1]].sum()
        totals.append(across + down)
    return float(totals[0] / totals[1]) if totals[1] else float("nan")
