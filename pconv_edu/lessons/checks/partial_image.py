"""Lesson 04: `partial_image(x, m, w, b) -> (y, new_mask)` computes the partial convolution of a whole image.

The image x and its mask m are (H, W), and the kernel w is (k, k) with odd k. The image is padded with zeros, so both
results are (H, W) too.
"""

import numpy as np

from . import partial_window
from .exercise import Case, Exercise, Mistakes
from .signs import layer_signs, lets_nan_out, uses_junk, uses_only_junk

mistake = Mistakes()


def slide(
    x: np.ndarray, m: np.ndarray, w: np.ndarray, b: float, window_count: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the results of all windows. If `window_count` is given, its values replace sum(1).

    Both x and m must already be padded to (H + k − 1, W + k − 1).
    """
    k = w.shape[0]
    height, width = x.shape[0] - k + 1, x.shape[1] - k + 1
    y, new = np.zeros((height, width)), np.zeros((height, width), bool)
    for i in range(height):
        for j in range(width):
            valid = m[i : i + k, j : j + k]
            if valid.any():
                raw = np.where(valid, w * x[i : i + k, j : j + k], 0).sum()
                size = valid.size if window_count is None else window_count[i, j]
                y[i, j] = raw * size / valid.sum() + b
                new[i, j] = True
    return y, new


def answer(x: np.ndarray, m: np.ndarray, w: np.ndarray, b: float) -> tuple[np.ndarray, np.ndarray]:
    p = w.shape[0] // 2
    return slide(np.pad(x, p), np.pad(m, p), w, b)


@mistake("nothing is padded, so the output is smaller than the image. Pad by k // 2.")
def no_padding(x, m, w, b):
    return slide(x, m, w, b)


@mistake("the mask is padded with ones. Nothing is known outside the image, so the outside counts as hole.")
def mask_padded_with_ones(x, m, w, b):
    p = w.shape[0] // 2
    return slide(np.pad(x, p), np.pad(m, p, constant_values=True), w, b)


@mistake("the border is padded with copies of the edge. Pad the image and the mask with zeros.")
def edge_padding(x, m, w, b):
    p = w.shape[0] // 2
    return slide(np.pad(x, p, mode="edge"), np.pad(m, p, mode="edge"), w, b)


@mistake("sum(1) leaves out the places outside the image. It is always the size of the whole window, k · k.")
def counts_inside_only(x, m, w, b):
    p = w.shape[0] // 2
    ones = np.ones(w.shape)
    inside = slide(np.pad(np.ones(x.shape), p), np.ones(np.pad(m, p).shape, bool), ones, 0)[0]
    return slide(np.pad(x, p), np.pad(m, p), w, b, inside)


@mistake("the kernel is rotated by 180°. Networks do not rotate it: they compute a cross-correlation.")
def flipped_kernel(x, m, w, b):
    return answer(x, m, w[::-1, ::-1], b)


@mistake("the rows and columns of the kernel are swapped.")
def transposed_kernel(x, m, w, b):
    return answer(x, m, w.T, b)


@mistake("you return the old mask. Collect the new mask of every window.")
def old_mask(x, m, w, b):
    return answer(x, m, w, b)[0], m


@mistake("sum(1) is 9 for every kernel. It is k · k.")
def fixed_size(x, m, w, b):
    p = w.shape[0] // 2
    return slide(np.pad(x, p), np.pad(m, p), w, b, np.full(x.shape, 9))


@mistake("the output is set to 0 where the OLD mask had a hole. Only windows with nothing valid give 0.")
def masked_by_the_old_mask(x, m, w, b):
    y, new = answer(x, m, w, b)
    return np.where(m, y, 0), new


@mistake("known pixels are copied from the input. A convolution computes every output from its window.")
def known_pixels_stay(x, m, w, b):
    y, new = answer(x, m, w, b)
    return np.where(m, x, y), new


@mistake("the outputs at the border stay 0. Pad first, so that every pixel has a window.")
def border_left_out(x, m, w, b):
    p = w.shape[0] // 2
    y, new = answer(x, m, w, b)
    inner = np.zeros(x.shape, bool)
    inner[p:-p, p:-p] = True
    return np.where(inner, y, 0), new & inner


@mistake("the border is padded with a mirror image. Pad the image and the mask with zeros.")
def mirrored(x, m, w, b):
    p = w.shape[0] // 2
    return slide(np.pad(x, p, mode="symmetric"), np.pad(m, p, mode="symmetric"), w, b)


@mistake("the border is padded with the other side of the image. Pad the image and the mask with zeros.")
def wrapped(x, m, w, b):
    p = w.shape[0] // 2
    return slide(np.pad(x, p, mode="wrap"), np.pad(m, p, mode="wrap"), w, b)


@mistake("the image is padded by 1 for every kernel. Pad by k // 2.")
def padded_by_one(x, m, w, b):
    return slide(np.pad(x, 1), np.pad(m, 1), w, b)


@mistake("only holes are computed, and known pixels are copied. A convolution computes every output from its window.")
def known_pixels_zero(x, m, w, b):
    y, new = answer(x, m, w, b)
    return np.where(m, 0, y), new & ~m


@mistake("only windows with all values valid are computed. One valid value is enough.")
def only_full_windows(x, m, w, b):
    y, _ = answer(x, m, w, b)
    p = w.shape[0] // 2
    full = np.lib.stride_tricks.sliding_window_view(np.pad(m, p), w.shape).all((2, 3))
    return np.where(full, y, 0), full


@mistake("the first and last rows stay 0. Pad first, so that every pixel has a window.")
def rows_left_out(x, m, w, b):
    p = w.shape[0] // 2
    y, new = answer(x, m, w, b)
    inner = np.zeros(x.shape, bool)
    inner[p:-p] = True
    return np.where(inner, y, 0), new & inner


def _slid(code):
    """Return the image function that calls a function for one window at every place."""

    def slid(x, m, w, b):
        k, (height, width) = len(w), x.shape
        x, m = np.pad(x, k // 2), np.pad(m, k // 2)
        y, new = np.zeros((height, width)), np.zeros((height, width), int)
        for i, j in np.ndindex(height, width):
            at = np.s_[i : i + k, j : j + k]
            y[i, j], new[i, j] = code(x[at], m[at], w, b)
        return y, new

    slid.__name__ = code.__name__
    return slid


SAME_AS_HERE = ("old_center", "transposed_kernel", "turned_kernel", "empty_by_centre")
for one in partial_window.mistake.collected:
    if one.code.__name__ not in SAME_AS_HERE:
        mistake(one.says)(_slid(one.code))


def _with_junk(junk, added):
    x, m, w, b = _case("", (6, 5), 3, np.s_[1:4, 2:4], 1.0, 9).arguments
    return np.where(m, x + added, junk), m, w + 0.5, b


mistake.sign("NaN gets out of the hole, because it is multiplied: NaN · 0 is NaN. Choose with np.where(m, …, 0).")(
    lets_nan_out(_with_junk)
)
mistake.sign("hole and valid are swapped. 1 (True) means valid here, as in the paper.")(uses_only_junk(_with_junk))
mistake.sign("the values in the hole are used too. Only the valid ones may enter the sum.")(uses_junk(_with_junk))


@mistake("only holes are rescaled; known pixels get an ordinary convolution. The ratio applies to every window.")
def known_not_rescaled(x, m, w, b):
    y, new = answer(x, m, w, b)
    plain = _slid(partial_window.no_ratio)(x, m, w, b)[0]
    return np.where(m, plain, y), new


def _middle(attempt, x, m, w, b):
    """Return the output at the middle of a 3×3 picture, whose window is the picture."""
    y, new = attempt(x, m, w, b)
    if y.shape != (3, 3):
        raise ValueError("the output has another shape than the picture")
    return y[1, 1], new[1, 1]


layer_signs(mistake, _middle)


def _case(shows, shape, k, hole, b, seed, nan=False):
    rng = np.random.default_rng(seed)
    m = np.ones(shape, bool)
    m[hole] = False
    x = rng.integers(-5, 6, shape).astype(float)
    x[~m] = np.nan if nan else x[~m]
    return Case(shows, (x, m, rng.integers(-3, 4, (k, k)).astype(float), b))


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        _case("an image with no hole", (4, 5), 3, np.s_[:0], 0.5, 0),
        _case("a 3×3 hole in the middle of 5×5", (5, 5), 3, np.s_[1:4, 1:4], 1.0, 1),
        _case("a hole that touches the corner", (5, 6), 3, np.s_[:3, :3], -2.0, 2),
        _case("a 5×5 kernel", (7, 6), 5, np.s_[2:5, 1:6], 1.5, 3),
        _case("an image with nothing valid", (4, 4), 3, np.s_[:], 2.0, 4),
        _case("a hole with NaN in it", (6, 5), 3, np.s_[2:5, :4], 0.5, 5, nan=True),
    ),
    mistake.signs,
)
