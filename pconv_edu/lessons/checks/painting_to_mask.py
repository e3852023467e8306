"""Lesson 02: `painting_to_mask(picture) -> (H, W) bools` returns the mask of a painted picture, True = valid.

The picture is (H, W) uint8. Values above 127 belong to the hole.
"""

import numpy as np

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def answer(picture: np.ndarray) -> np.ndarray:
    return picture <= 127


@mistake("white becomes valid. The painter paints the HOLE white, and True in a mask means valid.")
def white_is_valid(picture):
    return picture > 127


@mistake("only pure white counts as hole. JPEG has turned some of it into 250, and those pixels stay as an outline.")
def only_pure_white(picture):
    return picture != 255


@mistake(
    "everything that is not pure black counts as hole. JPEG leaves faint ghosts beside the hole, and these become hole "
    "too."
)
def all_but_black(picture):
    return picture == 0


@mistake("every value above 0 becomes True, as astype(bool) does. White would be valid, and so would faint grey.")
def as_bool(picture):
    return picture.astype(bool)


@mistake("the mask has the values 0 and 255. It must have True and False.")
def still_bytes(picture):
    return np.uint8(255 * (picture <= 127))


@mistake("the mask has values between 0 and 1. A pixel is either known or not.")
def soft(picture):
    return 1 - picture / 255


@mistake("127 counts as hole. Only values brighter than 127 are hole.")
def rounded_to_even(picture):
    return picture < 127


@mistake("128 counts as valid. It is brighter than 127, so it is hole.")
def from_128(picture):
    return picture <= 128


@mistake("the threshold is the mean of the picture, which changes with the size of the hole.")
def by_the_mean(picture):
    return picture <= picture.mean()


@mistake.sign(
    "the threshold changes with the picture, as its mean, its median or its brightest value do. It is always 127."
)
def threshold_moves(attempt):
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    results = [attempt(np.concatenate([ramp[:end], ramp[:end] // other])) for end, other in ((16, 1), (12, 1), (16, 3))]
    return any((r[:12] != results[0][:12]).any() for r in results)


@mistake.sign("the threshold is {}. Values above 127 are hole, and no others.")
def threshold_elsewhere(attempt):
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    valid = attempt(ramp).ravel()
    end = int(valid.sum())
    return str(end - 1) if valid.dtype == bool and end not in (0, 128, 256) and valid[:end].all() else False


def _case(shows, values, shape=(3, 4)):
    return Case(shows, (np.resize(np.uint8(values), shape),))


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        _case("pure black and white", [0, 255, 0, 0, 255]),
        _case("a JPEG: nearly black, nearly white", [0, 3, 250, 255, 7, 129, 120]),
        _case("values at the threshold", [126, 127, 128]),
        _case("all white", [255]),
        _case("a small hole", [0, 0, 0, 0, 0, 0, 0, 0, 0, 100, 255]),
    ),
    mistake.signs,
)
