"""Lesson 13: `scratch_mask(grey, size, threshold, grow) -> (H, W) bools` finds damage that is thin and bright.

The damage is found with a top-hat filter, which subtracts the opened picture from the picture. The picture `grey` is
(H, W) in [0, 1]. In the mask, True = valid. Both `size` and `grow` are in pixels.
"""

import numpy as np
from scipy.ndimage import grey_closing, grey_erosion, grey_opening

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


@mistake("you close the picture, with the maximum first. An opening takes the minimum first.")
def closed(grey, size, threshold, grow):
    return dilate(grey - grey_closing(grey, size) <= threshold, grow)


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
    ),
)
