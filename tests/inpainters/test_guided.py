"""Guided fill: what it takes from its guide, what from the patches, and the promises that it shares with PatchMatch."""

import numba
import numpy as np
import pytest

from pconv_edu import inpaint
from pconv_edu.core import irregular_mask, load_photo
from pconv_edu.inpainters import guided as module
from pconv_edu.inpainters import patch_levels, patch_search
from pconv_edu.inpainters.guided import follow, guided
from pconv_edu.inpainters.patchmatch import patchmatch

PHOTO = load_photo("gc-animal-koala", size=64)
MASK = irregular_mask(64, (0.2, 0.3), rng=np.random.default_rng(0))
KNOWN = np.where(MASK[..., None], PHOTO, 0).astype(np.float32)


def hole(size, first, last):
    mask = np.ones((size, size), bool)
    mask[first:last, first:last] = False
    return mask


def two_textures(size=96):
    """Rows of red and black on the left, columns of blue and white on the right."""
    picture = np.zeros((size, size, 3), np.float32)
    picture[::4, : size // 2] = picture[1::4, : size // 2] = (0.8, 0, 0)
    picture[:, size // 2 :] = (0.4, 0.4, 1)
    picture[:, size // 2 :: 4] = picture[:, size // 2 + 1 :: 4] = 1
    return picture


def test_the_guide_decides_which_texture_goes_where():
    """The guide is a flat colour without texture, and says the opposite of what surrounds the hole."""
    picture, mask = two_textures(), hole(96, 58, 84)
    known = np.where(mask[..., None], picture, 0).astype(np.float32)
    red = np.broadcast_to(picture[:, :48].mean((0, 1)), picture.shape).astype(np.float32)
    middle = slice(66, 76), slice(66, 76)
    alone, follows = patchmatch(known, mask)[middle], follow(known, mask, red, share=10.0)[middle]
    assert alone[..., 2].mean() > 0.5 > follows[..., 2].mean()  # blue as around it; red as the guide says
    assert follows[..., 0].std() > 0.25  # with the stripes that the guide does not have


def test_a_repeated_texture_is_continued_under_a_vague_guide():
    picture, mask = two_textures(), hole(96, 62, 80)
    known = np.where(mask[..., None], picture, 0).astype(np.float32)
    vague = np.broadcast_to(picture[:, 48:].mean((0, 1)), picture.shape).astype(np.float32)
    assert abs(follow(known, mask, vague) - picture)[~mask].mean() < 0.02
    assert abs(vague - picture)[~mask].mean() > 0.15


def test_without_a_share_it_is_patchmatch():
    expected = patchmatch(KNOWN, MASK, votes=3, seed=4)
    assert np.array_equal(guided(KNOWN, MASK, share=0, votes=3, seed=4), expected)
    assert np.array_equal(follow(KNOWN, MASK, np.full_like(KNOWN, 0.9), share=0, votes=3, seed=4), expected)


def test_on_a_level_without_a_share_the_guide_has_no_influence():
    fields = []
    for guide in (None, np.zeros_like(PHOTO), PHOTO[::-1].copy()):
        level = patch_levels.make_level(KNOWN, MASK, 7, guide, 0.0)
        fields.append(patch_search.fill_level(level, MASK, None, 2, 2, np.random.default_rng(0))[0])
    assert np.array_equal(fields[0], fields[1]) and np.array_equal(fields[0], fields[2])


def test_the_guide_counts_as_much_as_the_patch():
    """With a share of 1, a guide that differs by d weighs as much as a picture that differs by d at every pixel."""
    picture, mask = np.zeros((24, 24, 3), np.float32), hole(24, 10, 13)
    differs = picture.copy()
    differs[:, 12:] = 0.5
    for level in (
        patch_levels.make_level(picture, mask, 3, differs, 1.0),
        patch_levels.make_level(differs, mask, 3, picture, 1.0),
    ):
        k = int(np.flatnonzero((level.targets == (9, 8)).all(1))[0])  # columns 8 to 10; the source's are 14 to 16
        assert patch_search.distance(k, 0, 6, level, np.float32(np.inf)) == pytest.approx(0.75 * level.total[k])


def test_deep_in_a_hole_the_colors_are_not_taken_from_the_guide():
    mask = hole(180, 20, 160)
    whole, fill = np.ones((180, 180, 3), np.float32), np.zeros((180, 180, 3), np.float32)
    moved = module._with_colors_of(whole, np.where(mask[..., None], whole, fill), mask)
    assert moved[90, 90, 0] == 0 and moved[90, 20 + module.CLEAR - 8, 0] > 0.9
    assert np.array_equal(moved[mask], whole[mask])


def test_any_network_can_be_the_guide():
    fills = [inpaint(PHOTO, MASK, "guided", guide=name, votes=2) for name in ("pconv", "large", "l1", "conv-mean")]
    assert np.array_equal(fills[0], fills[1])
    assert not np.array_equal(fills[1], fills[2]) and not np.array_equal(fills[2], fills[3])


def test_same_seed_same_fill_whatever_the_threads():
    fills, before = [], numba.get_num_threads()
    for threads in (1, 2, 1):
        numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
        fills.append(guided(KNOWN, MASK, guide="l1", votes=2))
    numba.set_num_threads(before)
    assert np.array_equal(fills[0], fills[1]) and np.array_equal(fills[0], fills[2])
    assert not np.array_equal(fills[0], guided(KNOWN, MASK, guide="l1", votes=2, seed=1))


@pytest.mark.parametrize("shape", [(1, 2), (3, 40), (16, 17), (33, 21)])
def test_any_size(shape):
    image, mask = np.full((*shape, 3), 0.5, np.float32), np.ones(shape, bool)
    mask[0, 0] = False
    filled = inpaint(image, mask, "guided", guide="l1")
    assert np.isfinite(filled).all() and np.array_equal(filled[mask], image[mask])


@pytest.mark.parametrize(
    "options, says",
    [
        ({"guide": "telea"}, "guide is 'telea'; give a network: pconv, large, l1"),
        ({"guide": ["l1"]}, "guide is ['l1']"),
        ({"share": -1}, "share is -1; give a number from 0 to 10"),
        ({"share": float("nan")}, "share is nan"),
        ({"votes": 0}, "votes is 0"),
    ],
)
def test_bad_options_are_named(options, says):
    with pytest.raises(ValueError, match="^" + says.replace("[", r"\[").replace("]", r"\]")):
        inpaint(PHOTO, MASK, "guided", **options)


def test_a_wide_hole_gets_more_levels(monkeypatch):
    seen = []
    fill = module.fill_pyramid
    monkeypatch.setattr(
        module, "fill_pyramid", lambda levels, *a, **k: seen.append(len(levels)) or fill(levels, *a, **k)
    )
    for side in (40, 200):
        mask = hole(420, 100, 100 + side)
        follow(np.zeros((420, 420, 3), np.float32), mask, np.zeros((420, 420, 3), np.float32), votes=1, iterations=1)
    assert seen == [3, 4]


def test_without_valid_pixels_there_is_nothing_to_fill_from():
    with pytest.raises(ValueError, match="nothing valid"):
        follow(KNOWN, np.zeros_like(MASK), KNOWN)


def test_the_share_is_full_on_coarse_levels_and_0_on_the_finest(monkeypatch):
    seen, fill = [], module.fill_pyramid

    def watch(*values):
        seen.append(values[-1])
        return fill(*values)

    monkeypatch.setattr(module, "fill_pyramid", watch)
    mask = hole(420, 100, 300)
    follow(np.zeros((420, 420, 3), np.float32), mask, np.zeros((420, 420, 3), np.float32), 2.0, votes=1, iterations=1)
    assert seen == [[0, pytest.approx(2 / 3), 2, 2]]


def test_a_larger_share_finds_patches_that_are_nearer_to_the_guide():
    guide, far = PHOTO[::-1].copy(), []
    for share in (0.0, 10.0):
        level = patch_levels.make_level(KNOWN, MASK, 7, guide, share)
        _, (targets, f) = patch_search.fill_level(level, MASK, None, 2, 2, np.random.default_rng(0))
        there, found = targets + 3, targets + f + 3
        far.append(abs(guide[tuple(there.T)] - guide[tuple(found.T)]).mean())
    assert far[1] < 0.5 * far[0]
