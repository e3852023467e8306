"""Lesson 01: `mean_fill(image, mask) -> image` fills the hole with the mean colour of the valid pixels."""

import numpy as np

from .comparison import same_values
from .exercise import Case, Exercise, Mistakes
from .signs import lets_nan_out

mistake = Mistakes()


def answer(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    filled = image.copy()
    filled[~mask] = image[mask].mean(axis=0)
    return filled


@mistake("the junk in the hole enters the mean. image[mask] has the valid pixels only.")
def mean_of_everything(image, mask):
    filled = image.copy()
    filled[~mask] = image.mean(axis=(0, 1))
    return filled


@mistake("one grey value fills all three colours. Take the mean of each colour: axis=0 of image[mask].")
def one_grey(image, mask):
    filled = image.copy()
    filled[~mask] = image[mask].mean()
    return filled


@mistake("the valid pixels are painted over too. Only the hole may change.")
def everywhere(image, mask):
    return np.broadcast_to(image[mask].mean(axis=0), image.shape).copy()


@mistake("hole and valid are swapped. True in the mask means valid.")
def other_polarity(image, mask):
    filled = image.copy()
    if mask.all():
        return np.full_like(image, np.nan)
    filled[mask] = image[~mask].mean(axis=0)
    return filled


@mistake("the mean is taken over the hole. The values in the hole mean nothing.")
def mean_of_the_hole(image, mask):
    filled = image.copy()
    if not mask.all():
        filled[~mask] = image[~mask].mean(axis=0)
    return filled


@mistake("the hole is black. Fill it with the mean colour of the valid pixels.")
def black(image, mask):
    return np.where(mask[..., None], image, 0)


@mistake("the hole is black, or NaN where it was NaN. Fill it with the mean colour of the valid pixels.")
def multiplied_to_black(image, mask):
    return image * mask[..., None]


@mistake(
    "the hole is set to 0 and then counted, so the mean comes out too dark. Divide by the number of valid pixels only."
)
def zeros_counted(image, mask):
    filled = image.copy()
    filled[~mask] = np.where(mask[..., None], image, 0).mean(axis=(0, 1))
    return filled


@mistake("you take the median instead of the mean.")
def median(image, mask):
    filled = image.copy()
    filled[~mask] = np.median(image[mask], axis=0)
    return filled


@mistake(
    "you multiply by the mask. NaN · 0 is NaN, so a broken value in the hole gets out. Choose with indexing or "
    "np.where instead."
)
def multiplied(image, mask):
    shown = mask[..., None]
    return image * shown + (1 - shown) * image[mask].mean(axis=0)


@mistake("the valid pixels are replaced by the mean, and the hole stays as it was. Fill the hole: filled[~mask].")
def valid_replaced(image, mask):
    filled = image.copy()
    filled[mask] = image[mask].mean(axis=0)
    return filled


def _with_junk(junk, added=0.0):
    image = np.random.default_rng(5).random((3, 4, 3))
    mask = np.ones((3, 4), bool)
    mask[1, 1:3] = False
    image[~mask] = junk
    image[mask] += added
    return image, mask


@mistake.sign("you take a median instead of the mean.")
def no_outlier_counts(attempt):
    """A very large value changes a mean, and does not change a median."""
    image, mask = _with_junk(0.5)
    image[0, 0] = image.max()
    other = image.copy()
    other[0, 0] = 1000
    one, two = attempt(image, mask)[1, 1], attempt(other, mask)[1, 1]
    colours = np.sort(image[mask], axis=0)
    return same_values(one, two) and bool(((one >= colours[4]) & (one <= colours[5])).all())


mistake.sign(
    "NaN gets out of the hole, because it is multiplied: NaN · 0 is NaN. Choose with indexing or np.where instead."
)(lets_nan_out(_with_junk))


@mistake("you take the largest value of each colour. Take the mean.")
def largest(image, mask):
    filled = image.copy()
    filled[~mask] = image[mask].max(axis=0)
    return filled


@mistake("the valid pixels are 0. Begin with a copy of the image, and change only the hole.")
def valid_lost(image, mask):
    return np.where(mask[..., None], 0, answer(image, mask))


@mistake.sign("the junk in the hole enters the mean. image[mask] has the valid pixels only.")
def junk_in_the_mean(attempt):
    """One colour fills the hole. It changes with the values there, but is not that value."""
    one, other = (attempt(*_with_junk(junk))[1, 1:3] for junk in (1.0, -3.0))
    return same_values(one[0], one[1]) and not same_values(one, other) and not same_values(one, np.ones((2, 3)))


def _case(shows, hole, seed, junk=0.9):
    image = np.random.default_rng(seed).random((4, 5, 3)).round(2)
    mask = np.ones((4, 5), bool)
    mask[hole] = False
    image[~mask] = junk
    return Case(shows, (image, mask))


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        _case("a hole of 2×2 pixels", np.s_[1:3, 2:4], 0),
        _case("a hole at the edge", np.s_[:, :2], 1, junk=0.2),
        _case("a hole with NaN in it", np.s_[2, 1:4], 2, junk=np.nan),
        _case("nothing missing", np.s_[:0], 3),
    ),
    mistake.signs,
)
