"""Where a fill fails, by a rule; and three numbers that tell why: depth, sharpness, and what a mere shift would do.

The kinds were assigned to the photos by what they show, before any fill was looked at.
"""

import numpy as np
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
KINDS = {"wide hole": None, "straight structure": STRAIGHT, "periodic structure": PERIODIC, "content": CONTENT}
WIDE, NARROW = 64, 32  # px: radius above which a hole is wide; at most which the other kinds' holes are


def find(rows, method, measure="efficientnet_hole"):
    """Return the worst fill of each of `KINDS`: {kind: row}.

    Of the free test photos of a kind and the irregular holes (N and B), the fill with the largest `measure`; no photo
    twice. Wide holes have a radius above `WIDE`; for the other kinds it is at most `NARROW`, so that width is not the
    reason.

    rows : what `scores.load` returns
    """
    free = photo_names("test", free=True)
    chosen = rows[(rows.method == method) & rows.holes.isin(["N", "B"])]
    found = {}
    for kind, names in KINDS.items():
        deep = chosen.radius <= NARROW if names else chosen.radius > WIDE
        left = chosen[
            deep & chosen.photo.isin(names or free) & ~chosen.photo.isin([row.photo for row in found.values()])
        ]
        found[kind] = left.loc[left[measure].idxmax()]
    return found


def best_shift(photo, mask, covers=0.5):
    """What the picture itself, moved by whole pixels, would be as a fill: (PSNR in dB, (rows, columns)).

    photo : (H, W, 3) in [0, 1], the truth; that makes it a bound for fills that move the picture as one
    mask : (H, W) bool, True = valid
    covers : the least share of the hole that valid pixels must cover after the move; the PSNR is that of these

    (nan, (0, 0)) if no move covers so much. By Fourier transform: all moves at once.
    """
    hole, valid = (~mask).astype(float), mask.astype(float)
    photo = np.asarray(photo, float)

    def correlate(a, b):  # for every move s the sum over p of a(p) · b(p + s)
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


def covered(mask, move):
    """What of a hole known pixels cover if the picture is moved: (H, W) bool.

    mask : (H, W) bool, True = valid; move : (rows, columns), as `best_shift` gives it
    Hole pixel (i, j) is covered if pixel (i + rows, j + columns) lies in the picture and is valid.
    """
    rows, columns = np.nonzero(~mask)
    there = rows + move[0], columns + move[1]
    inside = (there[0] >= 0) & (there[0] < mask.shape[0]) & (there[1] >= 0) & (there[1] < mask.shape[1])
    rows, columns, there = rows[inside], columns[inside], tuple(axis[inside] for axis in there)
    found = np.zeros_like(mask)
    found[rows, columns] = mask[there]
    return found


def sharpness(fill, photo, mask):
    """How strong the differences of neighbours in the hole are, compared with the truth: 1 = as strong, 0 = flat.

    fill, photo : (H, W, 3); mask : (H, W) bool, True = valid. Pairs of neighbours that both lie in the hole count.
    """
    totals = []
    for picture in (fill, photo):
        picture, hole = np.asarray(picture, float), ~mask
        across = abs(np.diff(picture, axis=1)).sum(2)[hole[:, 1:] & hole[:, :-1]].sum()
        down = abs(np.diff(picture, axis=0)).sum(2)[hole[1:] & hole[:-1]].sum()
        totals.append(across + down)
    return float(totals[0] / totals[1]) if totals[1] else float("nan")
