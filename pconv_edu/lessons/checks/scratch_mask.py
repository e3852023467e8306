"""Lesson 13: `scratch_mask(grey, size, threshold, grow) -> (H, W) bools` finds damage that is thin and bright.

The damage is found with a top-hat filter, which subtracts the opened picture from the picture. The picture `grey` is
(H, W) in [0, 1]. In the mask, True = valid. Both `size` and `grow` are in pixels.
"""

import numpy as np
from scipy.ndimage import (
    binary_dilation,
    grey_closing,
    grey_erosion,
    grey_opening,
    maximum_filter,
    median_filter,
    uniform_filter,
)

from pconv_edu.core import dilate

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def answer(grey: np.ndarray, size: int, threshold: float, grow: int) -> np.ndarray:
    return dilate(grey - grey_opening(grey, size) <= threshold, grow)


@mistake("the mask is inverted. True means valid, so damaged pixels must be False.")
def inverted(grey, size, threshold, grow):
    return ~answer(grey, size, threshold, grow)


@mistake("the hole is not grown by `grow` px. `pconv_edu.core.dilate` does that.")
def not_grown(grey, size, threshold, grow):
    return answer(grey, size, threshold, 0)


@mistake("the hole shrinks where it should grow. Give `dilate` a mask with True = valid, as everywhere.")
def valid_grown(grey, size, threshold, grow):
    return ~dilate(grey - grey_opening(grey, size) > threshold, grow)


@mistake("you find thin dark things. The top-hat is the picture minus its opening.")
def dark_things(grey, size, threshold, grow):
    return dilate(grey_closing(grey, size) - grey <= threshold, grow)


@mistake("you take only the minimum, so the rim of everything bright counts. A maximum must follow it.")
def only_minimum(grey, size, threshold, grow):
    return dilate(grey - grey_erosion(grey, size) <= threshold, grow)


@mistake("only brightness decides. Subtract the opened picture first.")
def brightness(grey, size, threshold, grow):
    return dilate(grey <= threshold, grow)


@mistake("the opened picture itself is compared with the threshold. Subtract it from the picture first.")
def opened(grey, size, threshold, grow):
    return dilate(grey_opening(grey, size) <= threshold, grow)


@mistake("`size` is used as a radius. It is the whole width of the square, in px.")
def size_as_radius(grey, size, threshold, grow):
    return answer(grey, 2 * size + 1, threshold, grow)


def _top_hat(grey, size):
    return grey - grey_opening(grey, size)


@mistake(
    "the difference is below 0 everywhere, so nothing is damaged. Either you close the picture (maximum first), or the "
    "sign is wrong. Open the picture (minimum first), and take picture − opening."
)
def other_sign(grey, size, threshold, grow):
    return dilate(grey_opening(grey, size) - grey <= threshold, grow)


@mistake(
    "hole and valid are swapped before the hole is grown, or hole is what is BELOW the threshold. Give `dilate` a mask "
    "with True = valid."
)
def swapped_before_growing(grey, size, threshold, grow):
    return dilate(_top_hat(grey, size) > threshold, grow)


@mistake("the hole grows in the shape of a plus. `dilate` grows it in all eight directions.")
def grown_as_plus(grey, size, threshold, grow):
    hole = _top_hat(grey, size) > threshold
    return ~binary_dilation(hole, iterations=grow) if grow else ~hole


@mistake("`grow` is not used: the hole grows by 1 px. Grow it by `grow` px.")
def grown_by_one(grey, size, threshold, grow):
    return answer(grey, size, threshold, 1)


@mistake("`grow` is not used: the hole grows by 1 px, or not at all for 0. Grow it by `grow` px.")
def grown_by_one_or_not(grey, size, threshold, grow):
    return answer(grey, size, threshold, min(grow, 1))


@mistake("the hole is grown twice, by 2 · grow px in all. Grow it by `grow` px.")
def grown_twice(grey, size, threshold, grow):
    return answer(grey, size, threshold, 2 * grow)


@mistake("a window of `grow` px is used to grow. A radius of `grow` px needs a window of 2 · grow + 1.")
def window_of_grow(grey, size, threshold, grow):
    return ~maximum_filter(_top_hat(grey, size) > threshold, max(grow, 1))


@mistake("a window of grow + 1 px is used to grow. A radius of `grow` px needs a window of 2 · grow + 1.")
def window_of_grow_and_one(grey, size, threshold, grow):
    return ~maximum_filter(_top_hat(grey, size) > threshold, grow + 1)


@mistake("a window of 2 · grow px is used to grow. A radius of `grow` px needs a window of 2 · grow + 1.")
def window_of_twice_grow(grey, size, threshold, grow):
    return ~maximum_filter(_top_hat(grey, size) > threshold, max(2 * grow, 1))


@mistake("the picture is opened along columns only. Open it with a square, (size, size).")
def columns_only(grey, size, threshold, grow):
    return dilate(grey - grey_opening(grey, (size, 1)) <= threshold, grow)


@mistake("the picture is opened along rows only. Open it with a square, (size, size).")
def rows_only(grey, size, threshold, grow):
    return dilate(grey - grey_opening(grey, (1, size)) <= threshold, grow)


@mistake("you subtract the median of the neighbourhood. Subtract the opening, the minimum and then the maximum.")
def median_subtracted(grey, size, threshold, grow):
    return dilate(grey - median_filter(grey, size) <= threshold, grow)


@mistake("you subtract the mean of the neighbourhood. Subtract the opening, the minimum and then the maximum.")
def mean_subtracted(grey, size, threshold, grow):
    return dilate(grey - uniform_filter(grey, size) <= threshold, grow)


@mistake("the slices of damaged pixels near the border begin below 0, and are empty. Cut them off: max(0, row − grow).")
def negative_slices(grey, size, threshold, grow):
    hole = _top_hat(grey, size) > threshold
    mask = ~hole
    for r, c in np.argwhere(hole):
        mask[r - grow : r + grow + 1, c - grow : c + grow + 1] = False
    return mask


def _corner() -> np.ndarray:
    """Return a flat picture with a bright pixel in its upper left corner."""
    grey = np.full((7, 8), 0.4)
    grey[0, 0] = 0.9
    return grey


def _picture() -> np.ndarray:
    """Return a ramp with a bright block, a thin bright line, a thin dark line, a speck, and a line at the border."""
    grey = np.linspace(0.1, 0.5, 26)[None] + np.zeros((22, 1))
    grey[2:12, 2:12] = 0.8
    grey[15] += 0.3
    grey[18] -= 0.08
    grey[5, 18:20] += 0.25
    grey[:, 25] += 0.3
    return grey


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        Case("nothing damaged", (np.full((9, 9), 0.5), 3, 0.1, 1)),
        Case("a line and a block, not grown", (_picture(), 5, 0.1, 0)),
        Case("a line and a block, grown by 1 px", (_picture(), 5, 0.1, 1)),
        Case("grown by 2 px", (_picture(), 5, 0.1, 2)),
        Case("a smaller square", (_picture(), 3, 0.1, 1)),
        Case("a higher threshold", (_picture(), 5, 0.28, 1)),
        Case("a larger square, in which the block fits", (_picture(), 11, 0.1, 0)),
        Case("a speck in the corner", (_corner(), 3, 0.1, 2)),
    ),
    mistake.signs,
)
