"""Lesson 02: from a painted picture to a mask, `painting_to_mask(picture) -> (H, W) bools`, True = valid."""

import numpy as np

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def answer(picture):
    return picture <= 127


@mistake("white becomes valid. The painter paints the HOLE white; True in a mask means valid.")
def white_is_valid(picture):
    return picture > 127


@mistake("only pure white is hole: JPEG turned some of it into 250, and those stay as an outline.")
def only_pure_white(picture):
    return picture != 255


@mistake("all that is not pure black is hole: JPEG's faint ghosts beside the hole become hole too.")
def all_but_black(picture):
    return picture == 0


@mistake("every value above 0 becomes True (astype(bool) does that): white would be valid, and faint grey too.")
def as_bool(picture):
    return picture.astype(bool)


@mistake("the mask holds 0 and 255: it must be True and False.")
def still_bytes(picture):
    return np.uint8(255 * (picture <= 127))


@mistake("the mask holds values between 0 and 1: a pixel is known or it is not.")
def soft(picture):
    return 1 - picture / 255


@mistake("127 counts as hole: brighter than 127 was asked for.")
def rounded_to_even(picture):
    return picture < 127


@mistake("128 counts as valid: it is brighter than 127.")
def from_128(picture):
    return picture <= 128


@mistake("the threshold is the picture's own mean, which moves with the size of the hole.")
def by_the_mean(picture):
    return picture <= picture.mean()


def _case(shows, values, shape=(3, 4)):
    return Case(shows, (np.resize(np.uint8(values), shape),))


EXERCISE = Exercise(
    answer,
    mistake.all,
    (
        _case("pure black and white", [0, 255, 0, 0, 255]),
        _case("a JPEG: nearly black, nearly white", [0, 3, 250, 255, 7, 129, 120]),
        _case("values at the threshold", [126, 127, 128]),
        _case("all white", [255]),
        _case("a small hole", [0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 255]),
    ),
)
