"""Lesson 04: `partial_window(x, m, w, b) -> (y, new_mask)` computes one window of a partial convolution.

The values x, the mask m and the kernel w are (k, k). The result y is a number, and the new mask is 0 or 1.
"""

import numpy as np

from .exercise import Case, Exercise, Mistakes
from .signs import layer_signs, lets_nan_out, uses_junk, uses_only_junk

mistake = Mistakes()


def answer(x: np.ndarray, m: np.ndarray, w: np.ndarray, b: float) -> tuple[float, int]:
    count = m.sum()
    if count == 0:
        return 0.0, 0
    return np.where(m, w * x, 0).sum() * m.size / count + b, 1


@mistake("the values in the hole are used too. Only the valid ones may enter the sum.")
def unmasked(x, m, w, b):
    return ((w * x).sum() * m.size / m.sum() + b, 1) if m.any() else (0.0, 0)


@mistake(
    "you multiply by the mask. NaN · 0 is NaN, so a broken value in the hole gets out. Choose with np.where(m, …, 0), "
    "or index with [m], instead."
)
def multiplied(x, m, w, b):
    return ((w * x * m).sum() * m.size / m.sum() + b, 1) if m.any() else (0.0, 0)


@mistake("the sum is not rescaled. Multiply it by sum(1) / sum(M).")
def no_ratio(x, m, w, b):
    return (np.where(m, w * x, 0).sum() + b, 1) if m.any() else (0.0, 0)


@mistake(
    "the sum is divided by sum(M) but not multiplied by sum(1), the size of the window. With all values valid, this is "
    "no longer an ordinary convolution."
)
def mean_only(x, m, w, b):
    return (np.where(m, w * x, 0).sum() / m.sum() + b, 1) if m.any() else (0.0, 0)


@mistake("the ratio is upside down. It is sum(1) / sum(M), which is at least 1.")
def inverted_ratio(x, m, w, b):
    return (np.where(m, w * x, 0).sum() * m.sum() / m.size + b, 1) if m.any() else (0.0, 0)


@mistake("the bias is rescaled too. The ratio applies to the sum alone; b is added after it.")
def scaled_bias(x, m, w, b):
    return ((np.where(m, w * x, 0).sum() + b) * m.size / m.sum(), 1) if m.any() else (0.0, 0)


@mistake("the ratio is applied twice.")
def twice(x, m, w, b):
    return (np.where(m, w * x, 0).sum() * (m.size / m.sum()) ** 2 + b, 1) if m.any() else (0.0, 0)


@mistake("b is added in an empty window; equation (1) gives 0 there.")
def bias_in_the_empty_window(x, m, w, b):
    return (np.where(m, w * x, 0).sum() * m.size / m.sum() + b, 1) if m.any() else (b, 0)


@mistake("the new mask is always 1. An empty window stays a hole, 0.")
def always_valid(x, m, w, b):
    return answer(x, m, w, b)[0], 1


@mistake("you divide by sum(M) = 0. Test for an empty window first, and return 0.")
def divides_by_zero(x, m, w, b):
    return np.where(m, w * x, 0).sum() * m.size / np.float64(m.sum()) + b, int(m.any())


@mistake("the new mask is the old mask at the middle of the window. One valid value anywhere in the window is enough.")
def old_center(x, m, w, b):
    return answer(x, m, w, b)[0], int(m[m.shape[0] // 2, m.shape[1] // 2])


@mistake("the new mask requires all values to be valid. One is enough.")
def needs_all(x, m, w, b):
    return answer(x, m, w, b)[0], int(m.all())


@mistake(
    "the kernel is transposed. The T in the equation belongs to the dot product of two long columns: multiply w and x "
    "place by place."
)
def transposed_kernel(x, m, w, b):
    return answer(x, m, w.T, b)


@mistake("the kernel is rotated by 180°. Networks use it as it is.")
def turned_kernel(x, m, w, b):
    return answer(x, m, w[::-1, ::-1], b)


@mistake("the bias is missing. Add b to the rescaled sum.")
def no_bias(x, m, w, b):
    return answer(x, m, w, 0)


@mistake("hole and valid are swapped. 1 (True) means valid here, as in the paper.")
def other_polarity(x, m, w, b):
    return answer(x, ~m, w, b)


@mistake("values under a zero weight are left out of the counts. sum(1) and sum(M) count places, whatever the weight.")
def pixels_of_the_kernel_used(x, m, w, b):
    m_used = m & (w != 0)
    return (np.where(m, w * x, 0).sum() * (w != 0).sum() / m_used.sum() + b, 1) if m_used.any() else (0.0, 0)


@mistake("w and x are multiplied as matrices. Multiply them place by place with *, and sum.")
def matrix_product(x, m, w, b):
    return ((w @ np.where(m, x, 0)).sum() * m.size / m.sum() + b, 1) if m.any() else (0.0, 0)


@mistake("x and w are multiplied as matrices. Multiply them place by place with *, and sum.")
def other_matrix_product(x, m, w, b):
    return ((np.where(m, x, 0) @ w).sum() * m.size / m.sum() + b, 1) if m.any() else (0.0, 0)


@mistake("sum(1) is k, the side of the window. It is the number of its places, k · k.")
def side_of_the_window(x, m, w, b):
    return (np.where(m, w * x, 0).sum() * len(m) / m.sum() + b, 1) if m.any() else (0.0, 0)


@mistake("the bias is subtracted. Add it.")
def bias_subtracted(x, m, w, b):
    return answer(x, m, w, -b)


@mistake("the new mask is the number of valid values. It is 1 if that number is above 0.")
def counts(x, m, w, b):
    return answer(x, m, w, b)[0], int(m.sum())


@mistake("the new mask requires most values to be valid. One is enough.")
def majority(x, m, w, b):
    return answer(x, m, w, b)[0], int(m.mean() > 0.5)


def _with_junk(junk, added):
    x, m, w, b = _case("", (0, 2, 3, 7), 1.0, 9).arguments
    return np.where(m, x + added, junk), m, w + 0.5, b


mistake.sign(
    "NaN gets out of the hole, because it is multiplied: NaN · 0 is NaN. Choose with np.where(m, …, 0), or index with "
    "[m]."
)(lets_nan_out(_with_junk))
mistake.sign("hole and valid are swapped. 1 (True) means valid here, as in the paper.")(uses_only_junk(_with_junk))
mistake.sign("the values in the hole are used too. Only the valid ones may enter the sum.")(uses_junk(_with_junk))


@mistake("the sum is divided by the sum of the weights at valid places. Divide by their number, sum(M).")
def divided_by_weights(x, m, w, b):
    return (np.where(m, w * x, 0).sum() * m.size / (w * m).sum() + b, 1) if m.any() else (0.0, 0)


@mistake("a window counts as empty if its middle is a hole. It is empty only if nothing in it is valid.")
def empty_by_centre(x, m, w, b):
    return answer(x, m, w, b) if m[len(m) // 2, len(m) // 2] else (0.0, 0)


layer_signs(mistake, lambda attempt, x, m, w, b: attempt(x, m, w, b))


def _case(shows, valid, b, seed, nan=False):
    rng = np.random.default_rng(seed)
    x = rng.integers(-5, 6, (3, 3)).astype(float)
    m = np.zeros(9, bool)
    m[list(valid)] = True
    m = m.reshape(3, 3)
    if nan:
        x[~m] = np.nan
    w = rng.integers(1, 4, (3, 3)) * rng.choice([-1.0, 1.0], (3, 3))
    w[0, 1] = 0  # a kernel may contain zeros, and their places still count
    return Case(shows, (x, m, w, b))


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        _case("a window with nothing missing", range(9), 0.5, 0),
        _case("a window with 5 of 9 values valid", (0, 1, 3, 5, 8), 2.0, 1),
        _case("a window with 3 valid values and a negative bias", (1, 4, 7), -1.5, 2),
        _case("one valid value, off the middle", (8,), 1.0, 3),
        _case("a window with nothing valid", (), 3.0, 4),
        _case("a hole with NaN in it", (0, 2, 4, 6), 1.0, 5, nan=True),
        _case("nothing valid, and NaN in the hole", (), 3.0, 6, nan=True),
    ),
    mistake.signs,
)
