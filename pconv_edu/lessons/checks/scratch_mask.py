"""Lesson 13: bright thin damage by the top-hat, `scratch_mask(grey, size, threshold, grow) -> (H, W) bools`."""

import numpy as np
from scipy.ndimage import grey_closing, grey_erosion, grey_opening

from pconv_edu.core import dilate

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def answer(grey, size, threshold, grow):
    return dilate(grey - grey_opening(grey, size) <= threshold, grow)


@mistake("the mask is the wrong way round: True = valid, so what is found must be False.")
def inverted(grey, size, threshold, grow):
    return ~answer(grey, size, threshold, grow)


@mistake("the hole is not grown by `grow` px: `pconv_edu.core.dilate` does that.")
def not_grown(grey, size, threshold, grow):
    return answer(grey, size, threshold, 0)


@mistake("the hole has shrunk where it should grow: give `dilate` a mask with True = valid, as everywhere.")
def valid_grown(grey, size, threshold, grow):
    return ~dilate(grey - grey_opening(grey, size) > threshold, grow)


@mistake("the picture is closed, a maximum first: an opening takes the minimum first.")
def closed(grey, size, threshold, grow):
    return dilate(grey - grey_closing(grey, size) <= threshold, grow)


@mistake("dark thin things are found: the top-hat is the picture minus its opening.")
def dark_things(grey, size, threshold, grow):
    return dilate(grey_closing(grey, size) - grey <= threshold, grow)


@mistake("only the minimum is taken, so the rim of everything bright counts: a maximum must follow it.")
def only_minimum(grey, size, threshold, grow):
    return dilate(grey - grey_erosion(grey, size) <= threshold, grow)


@mistake("brightness alone decides: subtract the opened picture first.")
def brightness(grey, size, threshold, grow):
    return dilate(grey <= threshold, grow)


@mistake("the opened picture itself is compared with the threshold: subtract it from the picture.")
def opened(grey, size, threshold, grow):
    return dilate(grey_opening(grey, size) <= threshold, grow)


@mistake("`size` is taken as a radius: it is the whole width of the square, in px.")
def size_as_radius(grey, size, threshold, grow):
    return answer(grey, 2 * size + 1, threshold, grow)


def _picture():
    """A ramp with a bright block, a thin bright line, a thin dark one, a speck, and a line at the border."""
    grey = np.linspace(0.1, 0.5, 26)[None] + np.zeros((22, 1))
    grey[2:12, 2:12] = 0.8
    grey[15] += 0.3
    grey[18] -= 0.08
    grey[5, 18:20] += 0.25
    grey[:, 25] += 0.3
    return grey


EXERCISE = Exercise(
    answer,
    mistake.all,
    (
        Case("nothing damaged", (np.full((9, 9), 0.5), 3, 0.1, 1)),
        Case("a line and a block, not grown", (_picture(), 5, 0.1, 0)),
        Case("a line and a block, grown by 1 px", (_picture(), 5, 0.1, 1)),
        Case("grown by 2 px", (_picture(), 5, 0.1, 2)),
        Case("a smaller square", (_picture(), 3, 0.1, 1)),
        Case("a higher threshold", (_picture(), 5, 0.28, 1)),
    ),
)
