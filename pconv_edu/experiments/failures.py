"""The worst fills by a rule, and numbers that explain them: sharpness, and what a shift of the picture would do.

Each photo was assigned to a kind by what it shows, before any fill was looked at (lesson 12).
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
WIDE, NARROW = 64, 32  # px; wide holes have a radius above the first, holes of the other kinds at most the second


def find(rows: pd.DataFrame, method: str, measure: str = "efficientnet_hole") -> dict[str, pd.Series]:
    """Return the worst fill of each of `KINDS`: {kind: row}.

    The rule: among the free test photos of a kind with irregular holes (N and B), take the fill with the largest
    `measure`, but no photo twice. Wide holes have a radius above `WIDE`. For the other kinds the radius is at most
    `NARROW`, so that the width is not the reason.

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
    """Find the shift of the picture, by whole pixels, that fills its hole best: (PSNR in dB, (rows, columns)).

    The result is (nan, (0, 0)) if no shift covers enough of the hole. All shifts are computed at once, by Fourier
    transform.

    photo : (H, W, 3) in [0, 1], the truth; the PSNR is therefore a bound for fills that shift the picture as a whole
    mask : (H, W) bool, True = valid
    covers : smallest share of the hole that valid pixels must cover after the shift; the PSNR is about these pixels
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
    """Return which pixels of a hole are covered by known pixels if the picture is shifted: (H, W) bool.

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
    """Return how strong the differences between neighbours in the hole are: 1 = as strong as in the truth, 0 = flat.

    Only pairs of neighbours that are both in the hole count. The result is nan if the truth is flat.

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
