"""The exemplar fill: edges with known answers, copies that can be found again, the terms of the priority by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tqdm import tqdm

from pconv_edu.core import irregular_mask, load_photo
from pconv_edu.inpainters import exemplar as module
from pconv_edu.inpainters.diffusion import navier_stokes
from pconv_edu.inpainters.exemplar import exemplar
from pconv_edu.inpainters.patch_levels import fitting_size

PHOTO = load_photo("gc-animal-koala", size=64)
MASK = irregular_mask(64, (0.2, 0.3), rng=np.random.default_rng(0))
KNOWN = np.where(MASK[..., None], PHOTO, 0).astype(np.float32)


def square_hole(size, first, last):
    mask = np.ones((size, size), bool)
    mask[first:last, first:last] = False
    return mask


def edge(size, slope):
    """Dark above, bright below a straight line through the middle."""
    y, x = np.mgrid[:size, :size] - size // 2
    return np.where((y > slope * x)[..., None], np.float32([0.9, 0.7, 0.5]), np.float32([0.1, 0.2, 0.3]))


@pytest.mark.parametrize("slope", [0, 1, -1, 2])
def test_a_straight_edge_goes_on(slope):
    truth, mask = edge(64, slope), square_hole(64, 24, 42)
    filled = exemplar(np.where(mask[..., None], truth, 0), mask)
    assert (filled == truth).all()


def test_a_periodic_texture_goes_on():
    truth = np.tile(np.random.default_rng(0).random((8, 8, 3), np.float32), (8, 8, 1))
    for mask in (square_hole(64, 24, 40), MASK):
        assert np.array_equal(exemplar(np.where(mask[..., None], truth, 0), mask), truth)


def test_every_new_pixel_is_a_copy():
    """With colours that occur once each, we can tell where each new pixel comes from: the valid part, in patches."""
    number = np.random.default_rng(0).permutation(64 * 64).reshape(64, 64)
    image = (number[..., None] // [1, 64, 1] % [64, 64, 64] / 64).astype(np.float32)
    filled = exemplar(np.where(MASK[..., None], image, 0), MASK)
    where = {tuple(image[y, x]): (y, x) for y, x in np.ndindex(64, 64)}
    assert len(where) == 64 * 64
    sources = {place: where[tuple(filled[place])] for place in map(tuple, np.argwhere(~MASK))}
    assert all(MASK[place] for place in sources.values())
    together = sum(sources.get((y, x + 1)) == (sources[y, x][0], sources[y, x][1] + 1) for y, x in sources if x < 63)
    assert together > len(sources) / 2


def test_each_step_copies_a_whole_valid_patch(monkeypatch):
    steps, copy = [], module.copy_patch

    def watched(picture, filled, C, p, q, half):
        before = filled.copy()
        copy(picture, filled, C, p, q, half)
        steps.append((p, q, half))
        assert MASK[module.window(q, half)].all() and MASK[module.window(q, half)].shape == (9, 9)
        assert not before[p] and filled[module.window(p, half)].all()
        new = filled & ~before
        for y, x in np.argwhere(new):
            assert np.array_equal(picture[y, x], PHOTO[y - p[0] + q[0], x - p[1] + q[1]])

    monkeypatch.setattr(module, "copy_patch", watched)
    exemplar(KNOWN, MASK)
    assert len(steps) > 20


def test_the_best_match_is_taken():
    rng = np.random.default_rng(0)
    filled = MASK & (rng.random(MASK.shape) < 0.9)
    is_source = np.pad(module.find_sources(MASK, 7), 3)
    for p in [(0, 0), (20, 30), (63, 40)]:
        error = {}
        for v, u in np.argwhere(is_source):
            places = [(i, j) for i in range(-3, 4) for j in range(-3, 4)]
            inside = [(i, j) for i, j in places if 0 <= p[0] + i < 64 and 0 <= p[1] + j < 64]
            known = [(i, j) for i, j in inside if filled[p[0] + i, p[1] + j]]
            error[v, u] = sum(((PHOTO[p[0] + i, p[1] + j] - PHOTO[v + i, u + j]) ** 2).sum() for i, j in known)
        best = module.find_exemplar(PHOTO, filled, is_source, p, 3, 64)
        assert error[best] == pytest.approx(min(error.values()), rel=1e-4)


def test_the_search_stays_near_unless_nothing_is_there():
    is_source = np.zeros((64, 64), bool)
    is_source[10, 10] = is_source[40, 40] = True
    filled = MASK.copy()
    assert module.find_exemplar(PHOTO, filled, is_source, (12, 12), 4, 5) == (10, 10)
    assert module.find_exemplar(PHOTO, filled, is_source, (38, 40), 4, 5) == (40, 40)
    assert module.find_exemplar(PHOTO, filled, is_source, (63, 0), 4, 5) in [(10, 10), (40, 40)]


def test_confidence_by_hand():
    C = np.ones((5, 5), np.float32)
    C[2:] = 0
    assert module.confidence(C, 2, 2, 1) == pytest.approx(3 / 9)
    assert module.confidence(C, 2, 0, 1) == pytest.approx(2 / 6)  # at the border, only what is inside counts
    picture, filled = np.ones((5, 5, 3), np.float32), C > 0
    module.copy_patch(picture, filled, C, (2, 2), (1, 1), 1)
    assert C[2, 2] == C[3, 3] == pytest.approx(1 / 3) and C[1, 1] == 1 and C[2, 0] == 0
    assert filled[2:4, 1:4].all() and not filled[4].any()


def test_data_term_by_hand():
    """The hole is the lower half. A vertical edge runs straight into it; a horizontal one runs along it."""
    filled = np.ones((11, 11), bool)
    filled[6:] = False
    assert module.normal(filled, 6, 5) == (-1, 0)
    into, along = np.zeros((2, 11, 11, 3), np.float32)
    into[:, 5:], along[3:] = 1, 1
    assert module.data_term(into, filled, 6, 5, 4) == pytest.approx(0.5)  # central difference: 1 over 2 pixels
    assert module.data_term(along, filled, 6, 5, 4) == 0
    hidden = np.where(filled[..., None], into, 7)
    assert module.data_term(hidden.astype(np.float32), filled, 6, 5, 4) == pytest.approx(0.5)
    slanted = np.tri(11, dtype=np.float32)[..., None] * np.ones(3, np.float32)
    assert module.data_term(slanted, filled, 6, 5, 4) == pytest.approx(0.5)


def test_priorities_around_a_patch_are_those_of_the_whole_picture(monkeypatch):
    """The update after each copy looks at a part of the picture only; nothing outside it may have changed."""
    update = module.update_priorities

    def checked(P, picture, filled, C, half, p, reach):
        update(P, picture, filled, C, half, p, reach)
        whole = np.empty_like(P)
        update(whole, picture, filled, C, half, (0, 0), max(P.shape))
        assert np.array_equal(P, whole)
        front = (P > -1) & ~filled
        assert np.array_equal(P > -1, front) and (P[front] > 0).all()

    monkeypatch.setattr(module, "update_priorities", checked)
    exemplar(KNOWN, MASK, patch_size=5)


def test_twice_the_same():
    assert np.array_equal(exemplar(KNOWN, MASK), exemplar(KNOWN, MASK))


def test_what_the_hole_holds_does_not_matter():
    fills = [exemplar(np.where(MASK[..., None], KNOWN, np.float32(junk)), MASK) for junk in (0, 1, 0.3)]
    assert np.array_equal(fills[0], fills[1]) and np.array_equal(fills[0], fills[2])


def test_valid_pixels_and_input_are_left_alone():
    image, mask = KNOWN.copy(), MASK.copy()
    filled = exemplar(image, mask)
    assert filled.shape == (64, 64, 3) and filled.dtype == np.float32
    assert np.array_equal(filled[MASK], KNOWN[MASK])
    assert np.array_equal(image, KNOWN) and np.array_equal(mask, MASK)


def test_without_patches_it_is_navier_stokes():
    image, mask = np.zeros((20, 13, 3), np.float32), np.zeros((20, 13), bool)
    image[4, 5], mask[4, 5] = (0.25, 0.5, 0.75), True
    assert abs(exemplar(image, mask) - image[4, 5]).max() < 1 / 255
    image[10, 5], mask[10, 5] = (0.75, 0.5, 0.25), True
    assert np.array_equal(exemplar(image, mask)[~mask], navier_stokes(image, mask)[~mask])


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
    filled = exemplar(np.where(mask[..., None], image, 0), mask)
    assert filled.shape == image.shape and np.array_equal(filled[mask], image[mask])
    slack = 1e-6 if fitting_size(mask, 9) > 1 else 1 / 255
    assert filled.min() >= image[mask].min() - slack and filled.max() <= image[mask].max() + slack


def test_holes_at_the_border_and_far_from_all_that_is_valid():
    truth = np.full((96, 96, 3), 0.6, np.float32)
    corner, strip = np.ones((96, 96), bool), np.zeros((96, 96), bool)
    corner[:50, :50] = False
    strip[:, :20] = True
    for mask in (corner, ~corner, strip):
        assert (exemplar(np.where(mask[..., None], truth, 0), mask, search_radius=10) == truth).all()


@pytest.mark.parametrize(
    "options, says",
    [
        ({"patch_size": 4}, "patch_size is 4; give an odd"),
        ({"patch_size": 1}, "patch_size is 1"),
        ({"search_radius": 0}, "search_radius is 0; give a whole number of pixels, at least 1"),
        ({"search_radius": 2.5}, r"search_radius is 2\.5"),
        ({"mask": np.zeros((64, 64), bool)}, "nothing valid"),
    ],
)
def test_bad_options_are_named(options, says):
    with pytest.raises(ValueError, match=says):
        exemplar(**{"image": KNOWN, "mask": MASK} | options)


def test_progress_only_when_asked(capsys, monkeypatch):
    exemplar(KNOWN, MASK)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(module, "progress_bar", lambda **options: tqdm(**options | {"delay": 0}))
    exemplar(KNOWN, MASK, progress=True)
    assert f"{(~MASK).sum()}/{(~MASK).sum()}" in capsys.readouterr().err


def test_nothing_missing_is_the_image():
    assert np.array_equal(exemplar(PHOTO, np.ones((64, 64), bool)), PHOTO)
