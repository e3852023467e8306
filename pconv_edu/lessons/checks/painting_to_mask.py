"""Lesson 02: from a painted picture to a mask, `painting_to_mask(picture) -> (H, W) bools`, True = valid."""

import numpy as np

from .exercise import Case, Exercise, Mistake


def answer(picture):
    return picture <= 127


def white_is_valid(picture):
    return picture > 127


def only_pure_white(picture):
    return picture != 255


def all_but_black(picture):
    return picture == 0


def as_bool(picture):
    return picture.astype(bool)


def still_bytes(picture):
    return np.uint8(255 * (picture <= 127))


def soft(picture):
    return 1 - picture / 255


def rounded_to_even(picture):
    return picture < 127


def from_128(picture):
    return picture <= 128


def by_the_mean(picture):
    return picture <= picture.mean()


def _case(shows, values, shape=(3, 4)):
    return Case(shows, (np.resize(np.uint8(values), shape),))


EXERCISE = Exercise(
    answer,
    (
        Mistake("white becomes valid. The painter paints the HOLE white; True in a mask means valid.", white_is_valid),
        Mistake(
            "only pure white is hole: JPEG turned some of it into 250, and those stay as an outline.", only_pure_white
        ),
        Mistake(
            "all that is not pure black is hole: JPEG's faint ghosts beside the hole become hole too.", all_but_black
        ),
        Mistake(
            "every value above 0 becomes True (astype(bool) does that): white would be valid, and faint grey too.",
            as_bool,
        ),
        Mistake("the mask holds 0 and 255: it must be True and False.", still_bytes),
        Mistake("the mask holds values between 0 and 1: a pixel is known or it is not.", soft),
        Mistake("127 counts as hole: brighter than 127 was asked for.", rounded_to_even),
        Mistake("128 counts as valid: it is brighter than 127.", from_128),
        Mistake("the threshold is the picture's own mean, which moves with the size of the hole.", by_the_mean),
    ),
    (
        _case("pure black and white", [0, 255, 0, 0, 255]),
        _case("a JPEG: nearly black, nearly white", [0, 3, 250, 255, 7, 129, 120]),
        _case("values at the threshold", [126, 127, 128]),
        _case("all white", [255]),
        _case("a small hole", [0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 255]),
    ),
)
