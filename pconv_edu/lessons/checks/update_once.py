"""Lesson 05: the mask after one 3×3 layer, `update_once(mask) -> new_mask`, stride 1, padding 1, True = valid."""

import numpy as np

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()

SQUARE = [(dr, dc) for dr in (-1, 0, 1) for dc in (-1, 0, 1)]
CROSS = [(dr, dc) for dr, dc in SQUARE if dr * dc == 0]


def count(mask, offsets=SQUARE, outside=0):
    """How many of the neighbours at `offsets` are valid, (H, W); outside the image counts as `outside`."""
    height, width = mask.shape
    padded = np.pad(mask.astype(int), 1, constant_values=outside)
    return sum(padded[1 + dr : 1 + dr + height, 1 + dc : 1 + dc + width] for dr, dc in offsets)


def answer(mask):
    return count(mask) > 0


@mistake("ALL values of the window must be valid. One is enough: the hole shrinks, it does not grow.")
def all_valid(mask):
    return count(mask) == 9


@mistake("the hole grows by a pixel: hole and valid are swapped. True means valid.")
def hole_grows(mask):
    return ~(count(~mask) > 0)


@mistake("most values of the window must be valid. One is enough.")
def majority(mask):
    return count(mask) >= 5


@mistake("diagonal neighbours do not count: the 3×3 window holds them too.")
def cross(mask):
    return count(mask, CROSS) > 0


@mistake("the pixel itself does not count: a valid pixel stays valid, even alone.")
def without_center(mask):
    return count(mask, [o for o in SQUARE if o != (0, 0)]) > 0


@mistake("the mask is padded with ones: outside the image counts as hole, so holes never close from outside.")
def padded_with_ones(mask):
    return count(mask, outside=1) > 0


@mistake("the window wraps around to the other side of the image (np.roll does).")
def wrapped(mask):
    return np.any([np.roll(mask, o, (0, 1)) for o in SQUARE], axis=0)


@mistake("you return the count of valid values: the new mask is whether that count is above 0.")
def counts(mask):
    return count(mask)


@mistake("nothing is padded: the new mask is 2 pixels smaller. Pad by 1 with holes.")
def no_padding(mask):
    return answer(mask)[1:-1, 1:-1]


@mistake(
    "you write into the mask that you still read: what has just become valid counts at once, and the hole closes in "
    "one sweep. Write into a new array."
)
def in_place(mask):
    height, width = mask.shape
    for i in range(height):
        for j in range(width):
            mask[i, j] = mask[max(0, i - 1) : i + 2, max(0, j - 1) : j + 2].any()
    return mask


@mistake("the slice starts at −1 in the first row and column: Python counts that from the end. Pad the mask first.")
def negative_index(mask):
    """Slices such as mask[i - 1 : i + 2] are empty for i = 0: -1 counts from the end."""
    height, width = mask.shape
    return np.array([[mask[i - 1 : i + 2, j - 1 : j + 2].any() for j in range(width)] for i in range(height)])


def _mask(shape, holes=None, valid=()):
    mask = np.full(shape, holes is not None)
    if holes is not None:
        mask[holes] = False
    for cell in valid:
        mask[cell] = True
    return mask


EXERCISE = Exercise(
    answer,
    mistake.all,
    (
        Case("a 5×5 hole in the middle", (_mask((9, 9), np.s_[2:7, 2:7]),)),
        Case("a hole in the corner", (_mask((6, 7), np.s_[:4, :4]),)),
        Case("one valid pixel in a corner", (_mask((5, 6), valid=[(0, 0)]),)),
        Case("one valid pixel inside", (_mask((7, 7), valid=[(3, 2)]),)),
        Case("nothing valid", (_mask((4, 4)),)),
        Case("nothing missing", (_mask((4, 5), np.s_[:0]),)),
    ),
)
