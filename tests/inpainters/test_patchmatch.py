"""PatchMatch: textures with known answers, and the promises of the search."""

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pconv_edu.core import irregular_mask, load_photo
from pconv_edu.inpainters import patch_levels as levels
from pconv_edu.inpainters import patch_search as search
from pconv_edu.inpainters.diffusion import navier_stokes
from pconv_edu.inpainters.patchmatch import patchmatch

PHOTO = load_photo("gc-animal-koala", size=64)
MASK = irregular_mask(64, (0.2, 0.3), rng=np.random.default_rng(0))
KNOWN = np.where(MASK[..., None], PHOTO, 0).astype(np.float32)


def square_hole(size, first, last):
    mask = np.ones((size, size), bool)
    mask[first:last, first:last] = False
    return mask


def tiles(size, period=8, seed=0):
    """Random colours that come again every `period` pixels; these divide the size."""
    tile = np.random.default_rng(seed).random((period, period, 3), np.float32)
    return np.tile(tile, (size // period, size // period, 1))


def field_of(picture, mask, size=7, seed=0):
    """A level and a random field on it."""
    level = levels.make_level(picture, mask, size)
    rng = np.random.default_rng(seed)
    f = search.initialise(level, rng)
    return level, f, search.measure(level, f), rng


def plain_distance(level, target, offset):
    """The distance as one reads it: squared differences times confidence, summed."""
    (y, x), (v, u), size = target, target + offset, level.size
    difference = level.picture[y : y + size, x : x + size] - level.picture[v : v + size, u : u + size]
    return (level.confidence[y : y + size, x : x + size, None] * difference**2).sum()


def test_a_periodic_texture_goes_on():
    for mask in (square_hole(64, 24, 40), MASK):
        truth = tiles(64)
        filled = patchmatch(np.where(mask[..., None], truth, 0), mask)
        assert abs(filled - truth).max() < 0.01


def test_an_edge_goes_on():
    truth = np.full((64, 64, 3), 0.2, np.float32)
    truth[:, 30:] = 0.8
    mask = square_hole(64, 24, 36)
    assert abs(patchmatch(np.where(mask[..., None], truth, 0), mask) - truth).max() < 0.01


def test_the_field_only_gets_better():
    level, f, D, rng = field_of(KNOWN, MASK)
    first = D.mean()
    for iteration in range(6):
        before = D.copy()
        search.search(f, D, level, search.draw(level, rng), iteration % 2 == 0)
        assert (before >= D).all()
        assert np.allclose(D, search.measure(level, f), rtol=1e-5)
    assert D.mean() < first / 2


def test_the_search_nearly_finds_the_nearest_patches():
    level, f, D, rng = field_of(PHOTO, MASK)
    for iteration in range(20):
        search.search(f, D, level, search.draw(level, rng), iteration % 2 == 0)
    sources = np.argwhere(level.is_source)
    chosen = np.arange(0, len(f), 40)
    nearest = [min(plain_distance(level, level.targets[k], q - level.targets[k]) for q in sources) for k in chosen]
    assert (D[chosen] >= np.array(nearest) * (1 - 1e-4)).all()
    assert np.mean(D[chosen]) < 1.05 * np.mean(nearest)


def test_distance_is_the_weighted_sum():
    level, f, D, _ = field_of(PHOTO, MASK, size=5)
    for k in range(0, len(f), 20):
        assert D[k] == pytest.approx(plain_distance(level, level.targets[k], f[k]), rel=1e-4)


def test_propagation_carries_a_good_offset_along():
    """One right offset in a field of bad ones reaches all targets after it, within its band, in one iteration."""
    picture, mask = tiles(64, period=64), square_hole(64, 8, 24)
    picture[40:56, 40:56] = picture[8:24, 8:24]
    picture[33:40, 33:56], picture[40:56, 33:40] = picture[1:8, 1:24], picture[8:24, 1:8]
    picture[56:62, 33:62], picture[33:56, 56:62] = picture[24:30, 1:30], picture[1:24, 24:30]
    level, f, D, _ = field_of(picture, mask)
    f[0] = 32, 32
    D = search.measure(level, f)
    still = np.zeros((len(f), 1, 2), np.float32)  # no random search
    search.search(f, D, level, still, True)
    band = len(f) // search.BANDS
    assert (f[:band] == 32).all() and (D[:band] == 0).all()
    assert not (f[band:] == 32).all()
    for _ in range(search.BANDS):
        search.search(f, D, level, still, True)
    assert (f == 32).all()


@given(seed=st.integers(0, 2**32 - 1), size=st.sampled_from([3, 5, 7]))
@settings(max_examples=20, deadline=None)
def test_source_patches_never_touch_the_hole(seed, size):
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(14, 40, 2))
    mask = irregular_mask(shape, (0.1, 0.3), rng=rng)
    if levels.fitting_size(mask, size) < size:
        return
    picture = rng.random((*shape, 3), np.float32)
    _, (coarse_targets, coarse_f) = search.fill_level(levels.make_level(picture, mask, size), mask, None, 1, 1, rng)
    fine_mask = mask.repeat(2, 0).repeat(2, 1)
    fine = rng.random((*fine_mask.shape, 3), np.float32)
    level = levels.make_level(fine, fine_mask, size)
    _, (targets, f) = search.fill_level(level, fine_mask, (coarse_targets, coarse_f), 1, 2, rng)
    for valid, places in ((mask, coarse_targets + coarse_f), (fine_mask, targets + f)):
        assert (places >= 0).all() and (places + size <= valid.shape).all()
        assert all(valid[y : y + size, x : x + size].all() for y, x in places)


def test_targets_are_the_patches_that_touch_the_hole():
    level, *_ = field_of(PHOTO, MASK)
    touching = [(y, x) for y in range(58) for x in range(58) if not MASK[y : y + 7, x : x + 7].all()]
    assert np.array_equal(level.targets, touching)
    assert (level.number[tuple(level.targets.T)] == np.arange(len(touching))).all()


def test_the_field_of_the_level_above_is_doubled():
    mask = square_hole(32, 12, 20)
    level, f, *_ = field_of(PHOTO[:32, :32].copy(), mask, size=3)
    coarse = np.argwhere(~levels.find_sources(mask[::2, ::2], 3))
    found = search.enlarge(f, level, coarse, np.tile([-5, 2], (len(coarse), 1)))
    there = {tuple(place) for place in coarse}
    for target, offset, old in zip(level.targets, found, f, strict=True):
        leads = tuple(target // 2) in there and level.is_source[target[0] - 10, target[1] + 4]
        assert tuple(offset) == ((-10, 4) if leads else tuple(old))
    assert (found == [-10, 4]).all(1).any()


def test_same_seed_same_fill():
    assert np.array_equal(patchmatch(KNOWN, MASK, seed=3), patchmatch(KNOWN, MASK, seed=3))
    assert not np.array_equal(patchmatch(KNOWN, MASK, seed=3), patchmatch(KNOWN, MASK, seed=4))


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="only one thread is allowed")
def test_the_number_of_threads_changes_nothing():
    fills, before = [], numba.get_num_threads()
    for threads in (1, 2):
        numba.set_num_threads(threads)
        fills.append(patchmatch(KNOWN, MASK))
    numba.set_num_threads(before)
    assert np.array_equal(*fills)


def test_what_the_hole_holds_does_not_matter():
    fills = [patchmatch(np.where(MASK[..., None], KNOWN, np.float32(junk)), MASK) for junk in (0, 1, 0.3)]
    assert np.array_equal(fills[0], fills[1]) and np.array_equal(fills[0], fills[2])


def test_valid_pixels_and_input_are_left_alone():
    image, mask = KNOWN.copy(), MASK.copy()
    filled = patchmatch(image, mask)
    assert filled.shape == (64, 64, 3) and filled.dtype == np.float32
    assert np.array_equal(filled[MASK], KNOWN[MASK])
    assert np.array_equal(image, KNOWN) and np.array_equal(mask, MASK)


def test_fewer_source_patches_smaller_patches():
    mask = np.ones((40, 40), bool)
    assert levels.fitting_size(mask, 7) == 7
    mask[3::6] = False  # bands of five rows: room for 5×5, not for 7×7
    assert levels.fitting_size(mask, 7) == 5
    mask[:, 3::4] = False  # three columns at most
    assert levels.fitting_size(mask, 7) == 3
    mask[:] = False
    mask[5, 5] = True
    assert levels.fitting_size(mask, 7) == 1


def test_one_valid_pixel_gives_its_colour():
    image, mask = np.zeros((20, 13, 3), np.float32), np.zeros((20, 13), bool)
    image[4, 5], mask[4, 5] = (0.25, 0.5, 0.75), True
    assert abs(patchmatch(image, mask) - image[4, 5]).max() < 1 / 255  # OpenCV's Navier–Stokes has 8 bits


def test_without_patches_of_three_pixels_it_is_navier_stokes():
    """As in a grid that keeps every second pixel: single pixels are nothing to compare."""
    rng = np.random.default_rng(0)
    mask = rng.random((24, 24)) < 0.3
    image = rng.random((24, 24, 3), np.float32)
    assert levels.fitting_size(mask, 7) == 1
    assert np.array_equal(patchmatch(image, mask)[~mask], navier_stokes(image, mask)[~mask])


@given(
    shape=st.tuples(st.integers(1, 24), st.integers(1, 24)),
    known=st.sampled_from([0.1, 0.5, 0.9, 0.99]),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=40, deadline=None)
def test_any_size(shape, known, seed):
    rng = np.random.default_rng(seed)
    image, mask = rng.random((*shape, 3), np.float32), rng.random(shape) < known
    mask[tuple(rng.integers(shape))] = True
    filled = patchmatch(np.where(mask[..., None], image, 0), mask)
    assert filled.shape == image.shape and np.array_equal(filled[mask], image[mask])
    # A mean of colours: never above the highest, never below the lowest. NaN fails both.
    slack = 1e-6 if levels.fitting_size(mask, 7) > 1 else 1 / 255
    assert filled.min() >= image[mask].min() - slack and filled.max() <= image[mask].max() + slack


def test_holes_at_the_border_and_far_from_all_that_is_valid():
    truth = np.full((96, 96, 3), 0.6, np.float32)
    corner, strip = np.ones((96, 96), bool), np.zeros((96, 96), bool)
    corner[:50, :50] = False
    strip[:, :9] = True
    for mask in (corner, ~corner, strip):
        assert abs(patchmatch(np.where(mask[..., None], truth, 0), mask) - truth).max() < 1e-5


@pytest.mark.parametrize(
    "options, says",
    [
        ({"patch_size": 4}, "patch_size is 4; give an odd"),
        ({"patch_size": 1}, "patch_size is 1"),
        ({"patch_size": 7.0}, r"patch_size is 7\.0"),
        ({"votes": 0}, "votes is 0; give a whole number from 1 to 100"),
        ({"iterations": True}, "iterations is True"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 0.5}, r"seed is 0\.5"),
        ({"mask": np.zeros((64, 64), bool)}, "nothing valid"),
    ],
)
def test_bad_options_are_named(options, says):
    with pytest.raises(ValueError, match=says):
        patchmatch(**{"image": KNOWN, "mask": MASK} | options)


def test_nothing_missing_is_the_image():
    assert np.array_equal(patchmatch(PHOTO, np.ones((64, 64), bool)), PHOTO)
