"""Lesson 05: `update_once(mask) -> new_mask` returns the mask after one 3×3 layer.

In both masks, True = valid. The layer has stride 1 and padding 1.
"""

from collections.abc import Iterable

import numpy as np

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()

SQUARE = [(dr, dc) for dr in (-1, 0, 1) for dc in (-1, 0, 1)]
CROSS = [(dr, dc) for dr, dc in SQUARE if dr * dc == 0]


def count(mask: np.ndarray, offsets: Iterable[tuple[int, int]] = SQUARE, outside: int = 0) -> np.ndarray:
    """Return (H, W) counts of the valid neighbours at `offsets`.

    Each position outside the image contributes `outside` (0 or 1) to the count.
    """
    height, width = mask.shape
    padded = np.pad(mask.astype(int), 1, constant_values=outside)
    return np.sum([padded[1 + dr : 1 + dr + height, 1 + dc : 1 + dc + width] for dr, dc in offsets], axis=0)


def answer(mask: np.ndarray) -> np.ndarray:
    return count(mask) > 0


@mistake("ALL values of the window must be valid. One is enough: the hole shrinks, it does not grow.")
def all_valid(mask):
    return count(mask) == 9


@mistake("the hole grows by a pixel, because hole and valid are swapped. True means valid.")
def hole_grows(mask):
    return ~(count(~mask) > 0)


@mistake("most values of the window must be valid. One is enough.")
def majority(mask):
    return count(mask) >= 5


@mistake("diagonal neighbours do not count. They are part of the 3×3 window too.")
def cross(mask):
    return count(mask, CROSS) > 0


@mistake("the pixel itself does not count. A valid pixel stays valid, even if it is alone.")
def without_center(mask):
    return count(mask, [o for o in SQUARE if o != (0, 0)]) > 0


@mistake(
    "the mask is padded with ones. Everything outside the image counts as hole, so holes never close from outside."
)
def padded_with_ones(mask):
    return count(mask, outside=1) > 0


@mistake("the window wraps around to the other side of the image, as with np.roll.")
def wrapped(mask):
    return np.any([np.roll(mask, o, (0, 1)) for o in SQUARE], axis=0)


@mistake("you return the number of valid values. The new mask says whether that number is above 0.")
def counts(mask):
    return count(mask)


@mistake("nothing is padded, so the new mask is 2 pixels smaller. Pad by 1 with holes.")
def no_padding(mask):
    return answer(mask)[1:-1, 1:-1]


@mistake(
    "you write into the mask while you still read it. A pixel that has just become valid counts at once, and the hole "
    "closes in one sweep. Write into a new array."
)
def in_place(mask):
    height, width = mask.shape
    for i in range(height):
        for j in range(width):
            mask[i, j] = mask[max(0, i - 1) : i + 2, max(0, j - 1) : j + 2].any()
    return mask


@mistake("the slice starts at −1 in the first row and column. Python counts −1 from the end. Pad the mask first.")
def negative_index(mask):
    """Slice mask[i - 1 : i + 2] without padding. For i = 0, the slice is empty because index -1 is the last row."""
    height, width = mask.shape
    return np.array([[mask[i - 1 : i + 2, j - 1 : j + 2].any() for j in range(width)] for i in range(height)])


@mistake("you return the share of valid values. The new mask says whether it is above 0.")
def shares(mask):
    return count(mask) / 9


@mistake("hole and valid are swapped: a pixel becomes valid if there is a hole in its window. True means valid.")
def holes_counted(mask):
    return count(~mask) > 0


@mistake("the hole shrinks by two pixels, as after two layers or one of 5×5. One 3×3 layer moves the edge by one.")
def two_layers(mask):
    return answer(answer(mask))


@mistake("the window lies to one side of the pixel. It reaches one pixel up and left, and one down and right.")
def one_side(mask):
    return count(mask, [(dr, dc) for dr, dc in SQUARE if dr < 1 and dc < 1]) > 0


@mistake("the window lies to one side of the pixel. It reaches one pixel down and right, and one up and left.")
def other_side(mask):
    return count(mask, [(dr, dc) for dr, dc in SQUARE if dr > -1 and dc > -1]) > 0


@mistake("you return only the pixels that become valid. Those that were valid stay valid.")
def only_the_new(mask):
    return answer(mask) & ~mask


@mistake("the border stays as it was. Pad first, so that every pixel has a window.")
def border_kept(mask):
    new = mask.copy()
    new[1:-1, 1:-1] = answer(mask)[1:-1, 1:-1]
    return new


@mistake("the border stays a hole. Pad first, so that every pixel has a window.")
def border_left_out(mask):
    new = np.zeros_like(mask)
    new[1:-1, 1:-1] = answer(mask)[1:-1, 1:-1]
    return new


@mistake("the slice around a valid pixel starts at −1 in the first row and column, and is empty. Use max(0, row − 1).")
def spread_with_negative_index(mask):
    new = mask.copy()
    for r, c in np.argwhere(mask):
        new[r - 1 : r + 2, c - 1 : c + 2] = True
    return new


@mistake.sign("a pixel becomes valid only if {} values of its window are valid. One is enough.")
def needs_several(attempt):
    """Count how many valid values a window needs, with windows in which they are at random places."""
    rng = np.random.default_rng(0)
    valid = []
    for n in range(1, 10):
        centres = []
        for _ in range(6):
            mask = np.zeros((7, 7), bool)
            rows, columns = np.divmod(rng.permutation(9)[:n], 3)
            mask[2 + rows, 2 + columns] = True
            centres.append(bool(attempt(mask)[3, 3]))
        if len(set(centres)) > 1:
            return False
        valid.append(centres[0])
    needed = valid.index(True) + 1
    return str(needed) if needed > 1 and all(valid[needed - 1 :]) else False


def _mask(shape, holes=None, valid=()):
    mask = np.full(shape, holes is not None)
    if holes is not None:
        mask[holes] = False
    for cell in valid:
        mask[cell] = True
    return mask


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        Case("a 5×5 hole in the middle", (_mask((9, 9), np.s_[2:7, 2:7]),)),
        Case("a hole in the corner", (_mask((6, 7), np.s_[:4, :4]),)),
        Case("one valid pixel in a corner", (_mask((5, 6), valid=[(0, 0)]),)),
        Case("one valid pixel inside", (_mask((7, 7), valid=[(3, 2)]),)),
        Case("nothing valid", (_mask((4, 4)),)),
        Case("nothing missing", (_mask((4, 5), np.s_[:0]),)),
    ),
    mistake.signs,
)
