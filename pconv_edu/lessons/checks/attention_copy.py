"""Lesson 14: `attention_copy(picture, mask, scale) -> (H, W)` fills a grey picture with weighted means of its pixels.

The 3×3 patch around each hole pixel is compared with all known patches. This is contextual attention in small.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .exercise import Case, Exercise, Mistakes
from .signs import lets_nan_out, uses_junk

mistake = Mistakes()


def answer(picture: np.ndarray, mask: np.ndarray, scale: float) -> np.ndarray:
    return _fill(picture, mask, softmax(scale * _cosines(picture, mask)))


def patches_of(picture: np.ndarray, mask: np.ndarray, **padding: str) -> np.ndarray:
    """Return the 3×3 patch around each pixel, with zeros in the hole and outside the picture: (H, W, 9)."""
    padded = np.pad(np.where(mask, picture, 0.0), 1, **padding)  # type: ignore[call-overload]
    return sliding_window_view(padded, (3, 3)).reshape(*mask.shape, 9)


def sources_of(mask: np.ndarray) -> np.ndarray:
    """Return where the whole 3×3 patch is valid and inside the picture: (H, W), bool."""
    return np.asarray(sliding_window_view(np.pad(mask, 1), (3, 3)).all((2, 3)))


def unit(patches: np.ndarray) -> np.ndarray:
    """Return patches (…, 9) divided by their Euclidean length. Patches of zeros stay zeros."""
    return patches / np.maximum(np.linalg.norm(patches, axis=-1, keepdims=True), 1e-9)


def softmax(scores: np.ndarray, axis: int = -1) -> np.ndarray:
    """Return exp(scores), divided by its sum along the axis."""
    powers = np.exp(scores - scores.max(axis, keepdims=True))
    return powers / powers.sum(axis, keepdims=True)


def _cosines(picture, mask):
    """Return the cosines of all hole patches with all known patches: (hole pixels, sources)."""
    units = unit(patches_of(picture, mask))
    return units[~mask] @ units[sources_of(mask)].T


def _fill(picture, mask, weights, sources=None):
    """Return a copy of the picture with weighted means of the centres of the sources in its hole."""
    filled = picture.copy()
    filled[~mask] = weights @ np.where(mask, picture, 0.0)[sources_of(mask) if sources is None else sources]
    return filled


@mistake("the patches are not normalised, so bright patches win. Divide both patches by their lengths.")
def not_normalised(picture, mask, scale):
    patches = patches_of(picture, mask)
    return _fill(picture, mask, softmax(scale * (patches[~mask] @ patches[sources_of(mask)].T)))


@mistake("only the patch of the hole pixel is normalised, so bright patches win. Normalise the known patches too.")
def known_not_normalised(picture, mask, scale):
    patches = patches_of(picture, mask)
    return _fill(picture, mask, softmax(scale * (unit(patches)[~mask] @ patches[sources_of(mask)].T)))


@mistake("only the known patches are normalised. Divide the patch of the hole pixel by its length too.")
def hole_not_normalised(picture, mask, scale):
    patches = patches_of(picture, mask)
    return _fill(picture, mask, softmax(scale * (patches[~mask] @ unit(patches)[sources_of(mask)].T)))


@mistake("you divide by the sums of squares. A length is the root of the sum of squares.")
def squared_lengths(picture, mask, scale):
    patches = patches_of(picture, mask)
    units = patches / np.maximum((patches**2).sum(-1, keepdims=True), 1e-9)
    return _fill(picture, mask, softmax(scale * (units[~mask] @ units[sources_of(mask)].T)))


@mistake("each patch's mean is subtracted, which gives a correlation. The cosine takes the patches as they are.")
def centred(picture, mask, scale):
    patches = patches_of(picture, mask)
    units = unit(patches - patches.mean(-1, keepdims=True))
    return _fill(picture, mask, softmax(scale * (units[~mask] @ units[sources_of(mask)].T)))


@mistake("known patches lose the pixels that the hole patch lacks. Compare with whole known patches.")
def common_pixels_only(picture, mask, scale):
    patches, sources = patches_of(picture, mask), sources_of(mask)
    seen = patches_of(np.ones(mask.shape), mask)[~mask]
    keys = unit(patches[sources] * seen[:, None])
    return _fill(picture, mask, softmax(scale * np.einsum("qd,qkd->qk", unit(patches)[~mask], keys)))


@mistake("you compare by Euclidean distance. Use the cosine, which ignores how bright a patch is.")
def euclidean(picture, mask, scale):
    patches = patches_of(picture, mask)
    distances = ((patches[~mask][:, None] - patches[sources_of(mask)]) ** 2).sum(-1)
    return _fill(picture, mask, softmax(-scale * distances))


@mistake("the softmax is missing. The weights are exp(scale · cosine), divided by their sum.")
def no_softmax(picture, mask, scale):
    scores = scale * _cosines(picture, mask)
    return _fill(picture, mask, scores / np.maximum(scores.sum(1, keepdims=True), 1e-9))


@mistake("the weights do not sum to 1. Divide each exp(scale · cosine) by the sum over all known patches.")
def sum_not_one(picture, mask, scale):
    return _fill(picture, mask, np.exp(scale * _cosines(picture, mask)))


@mistake("the softmax runs over the hole pixels. The weights of ONE hole pixel, over all known patches, sum to 1.")
def wrong_axis(picture, mask, scale):
    return _fill(picture, mask, softmax(scale * _cosines(picture, mask), axis=0))


@mistake("one softmax runs over all pairs at once. Each hole pixel needs its own weights, which sum to 1.")
def one_softmax(picture, mask, scale):
    scores = scale * _cosines(picture, mask)
    return _fill(picture, mask, softmax(scores.ravel()).reshape(scores.shape))


@mistake("only the best patch is copied. Take the mean of all centres, weighted by the softmax.")
def best_only(picture, mask, scale):
    scores = _cosines(picture, mask)
    return _fill(picture, mask, (np.arange(scores.shape[1]) == scores.argmax(1)[:, None]).astype(float))


@mistake("the scale is not used. Multiply the cosines by it before the softmax.")
def scale_forgotten(picture, mask, scale):
    return answer(picture, mask, 1.0)


@mistake("the scale is applied after the softmax. Multiply the cosines by it before the softmax.")
def scale_after(picture, mask, scale):
    return _fill(picture, mask, scale * softmax(_cosines(picture, mask)))


@mistake("you divide by the scale. Multiply by it: a LARGE scale makes the best match win.")
def divided_by_scale(picture, mask, scale):
    return answer(picture, mask, 1 / scale)


@mistake("patches whose centre is in the hole are sources too. Copy only from patches without a hole pixel.")
def hole_as_source(picture, mask, scale):
    units, sources = unit(patches_of(picture, mask)), sources_of(np.ones_like(mask))
    return _fill(picture, mask, softmax(scale * (units[~mask] @ units[sources].T)), sources)


@mistake("patches that touch the hole are sources. All nine pixels of a source must be valid, not just its centre.")
def touching_the_hole(picture, mask, scale):
    units, sources = unit(patches_of(picture, mask)), sources_of(np.ones_like(mask)) & mask
    return _fill(picture, mask, softmax(scale * (units[~mask] @ units[sources].T)), sources)


@mistake("patches that extend beyond the picture are sources. All nine pixels of a source must be in the picture.")
def beyond_the_border(picture, mask, scale):
    units = unit(patches_of(picture, mask))
    sources = sliding_window_view(np.pad(mask, 1, constant_values=True), (3, 3)).all((2, 3))
    return _fill(picture, mask, softmax(scale * (units[~mask] @ units[sources].T)), sources)


@mistake("the picture is padded with its border pixels. What is outside is unknown, like the hole: pad with zeros.")
def edge_padding(picture, mask, scale):
    units = unit(patches_of(picture, mask, mode="edge"))
    return _fill(picture, mask, softmax(scale * (units[~mask] @ units[sources_of(mask)].T)))


@mistake("the values in the hole are compared too. Set the hole to 0 before you cut patches.")
def junk_compared(picture, mask, scale):
    units = unit(patches_of(picture, np.ones_like(mask)))
    return _fill(picture, mask, softmax(scale * (units[~mask] @ units[sources_of(mask)].T)))


@mistake("a patch without any known pixel gives NaN, 0/0. Divide by at least a tiny number, np.maximum(length, 1e-9).")
def zero_length(picture, mask, scale):
    patches = patches_of(picture, mask)
    units = patches / np.linalg.norm(patches, axis=-1, keepdims=True)
    return _fill(picture, mask, softmax(scale * (units[~mask] @ units[sources_of(mask)].T)))


@mistake("valid pixels change too. Write only into the hole.")
def valid_changed(picture, mask, scale):
    units, sources = unit(patches_of(picture, mask)), sources_of(mask)
    return softmax(scale * (units @ units[sources].T)) @ picture[sources]


@mistake("rows and columns of the sources are swapped. The centre of the patch around (r, c) is picture[r, c].")
def swapped(picture, mask, scale):
    weights = softmax(scale * _cosines(picture, mask))
    filled = picture.copy()
    filled[~mask] = weights @ np.where(mask, picture, 0.0).T[sources_of(mask)]
    return filled


@mistake("you copy the corner of each source. Copy its centre: patch (r, c) of a sliding window begins at (r, c).")
def corner_copied(picture, mask, scale):
    weights, sources = softmax(scale * _cosines(picture, mask)), sources_of(mask)
    return _fill(picture, mask, weights, np.roll(sources, (-1, -1), (0, 1)))


@mistake("pixels that you have just filled are compared too. Cut all patches before you fill any pixel.")
def one_after_the_other(picture, mask, scale):
    filled, so_far = picture.copy(), mask.copy()
    sources = sources_of(mask)
    for r, c in np.argwhere(~mask):
        units = unit(patches_of(filled, so_far))
        filled[r, c] = softmax(scale * (units[r, c] @ units[sources].T)) @ picture[sources]
        so_far[r, c] = True
    return filled


@mistake(
    "the softmax is missing: cosines are divided by their sum. The weights are exp(scale · cosine) over their sum."
)
def shares_of_cosines(picture, mask, scale):
    scores = _cosines(picture, mask)
    return _fill(picture, mask, scores / scores.sum(1, keepdims=True))


@mistake("the sign is wrong: exp(−scale · cosine) makes the LEAST similar patch win. Use exp(scale · cosine).")
def least_similar(picture, mask, scale):
    return answer(picture, mask, -scale)


@mistake("all valid pixels are sources. All nine pixels of a source's patch must be valid and in the picture.")
def all_valid_sources(picture, mask, scale):
    units = unit(patches_of(picture, mask))
    return _fill(picture, mask, softmax(scale * (units[~mask] @ units[mask].T)), mask)


@mistake("a pixel is a source if ANY of its nine is valid. All nine must be valid: .all(), not .any().")
def any_valid_source(picture, mask, scale):
    units, filled = unit(patches_of(picture, mask)), picture.copy()
    sources = sliding_window_view(np.pad(mask, 1), (3, 3)).any((2, 3))
    filled[~mask] = softmax(scale * (units[~mask] @ units[sources].T)) @ picture[sources]
    return filled


@mistake("the valid pixels are set to 0. Copy the picture, and write only into the hole.")
def valid_lost(picture, mask, scale):
    return np.where(mask, 0.0, answer(picture, mask, scale))


@mistake("you copy the mean of each source's patch. Copy its centre.")
def patch_means(picture, mask, scale):
    filled = picture.copy()
    means = patches_of(picture, mask).mean(-1)[sources_of(mask)]
    filled[~mask] = softmax(scale * _cosines(picture, mask)) @ means
    return filled


@mistake("the patches are 2×2, not 3×3. A slice r - 1 : r + 2 has three rows.")
def small_patches(picture, mask, scale):
    patches = patches_of(picture, mask).reshape(*mask.shape, 3, 3)[..., :2, :2].reshape(*mask.shape, 4)
    units = unit(patches)
    return _fill(picture, mask, softmax(scale * (units[~mask] @ units[sources_of(mask)].T)))


@mistake("the picture is padded with a mirror image. What is outside is unknown, like the hole: pad with zeros.")
def mirror_padding(picture, mask, scale):
    units = unit(patches_of(picture, mask, mode="reflect"))
    return _fill(picture, mask, softmax(scale * (units[~mask] @ units[sources_of(mask)].T)))


@mistake("every source has the same weight. Weigh them by exp(scale · cosine), over its sum.")
def plain_mean(picture, mask, scale):
    return answer(picture, mask, 0.0)


def _with_junk(junk, added):
    picture, mask, scale = _case("", np.s_[4, 2:4], 10.0, 9).arguments
    return np.where(mask, picture + added, junk), mask, scale


mistake.sign("NaN gets out of the hole, because it is multiplied: NaN · 0 is NaN. Choose with np.where.")(
    lets_nan_out(_with_junk)
)
mistake.sign("the values in the hole are used. Set them to 0 before you compare, and never copy them.")(
    uses_junk(_with_junk)
)


def _case(shows, hole, scale, seed, junk=0.9):
    picture = np.random.default_rng(seed).random((6, 6)).round(2)
    mask = np.ones((6, 6), bool)
    mask[hole] = False
    picture[~mask] = junk
    return Case(shows, (picture, mask, scale))


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        _case("a hole of one pixel", np.s_[2, 1], 10.0, 0),
        _case("a hole of two pixels", np.s_[4, 3:5], 5.0, 1),
        _case("a hole at the border", np.s_[:2, 4:], 10.0, 2, junk=0.1),
        _case("a hole of 3×3 pixels, whose middle has no known neighbour", np.s_[:3, :3], 10.0, 3),
        _case("a hole with NaN in it, and a large scale", np.s_[1:3, 0], 30.0, 4, junk=np.nan),
    ),
    mistake.signs,
)
