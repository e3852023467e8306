"""The rule that chooses failures, and the numbers that explain them."""

import math

import numpy as np
import pytest

from pconv_edu.core import load_photo, photo_names, psnr
from pconv_edu.experiments import failures
from pconv_edu.experiments.evaluate import scores


@pytest.fixture(scope="module")
def rows():
    return scores.load()


def test_the_rule(rows):
    found = failures.find(rows, "l1")
    assert list(found) == list(failures.KINDS)
    assert len({row.photo for row in found.values()}) == 4
    assert {row.photo for row in found.values()} <= set(photo_names("test", free=True))
    assert found["wide hole"].radius > failures.WIDE
    for kind in list(failures.KINDS)[1:]:
        row = found[kind]
        assert row.photo in failures.KINDS[kind] and row.radius <= failures.NARROW
        taken = [found[earlier].photo for earlier in list(found)[: list(found).index(kind)]]
        rivals = rows[(rows.method == "l1") & rows.holes.isin(["N", "B"]) & (rows.radius <= failures.NARROW)]
        rivals = rivals[rivals.photo.isin(failures.KINDS[kind]) & ~rivals.photo.isin(taken)]
        assert row.efficientnet_hole == rivals.efficientnet_hole.max()


def test_kinds_are_free_test_photos_and_do_not_overlap():
    named = [*failures.STRAIGHT, *failures.PERIODIC, *failures.CONTENT]
    assert len(named) == len(set(named)) and set(named) <= set(photo_names("test", free=True))


def hole_at(rows, columns, shape=(64, 80)):
    mask = np.ones(shape, bool)
    mask[rows, columns] = False
    return mask


def test_a_periodic_picture_is_filled_by_a_shift():
    tile = np.random.default_rng(0).random((8, 11, 3))
    photo = np.tile(tile, (8, 8, 1))[:64, :80]
    value, (down, across) = failures.best_shift(photo, hole_at(np.s_[20:36], np.s_[30:50]))
    assert value > 80 and down % 8 == 0 and across % 11 == 0 and (down, across) != (0, 0)


def test_the_shift_agrees_with_moving_the_picture():
    photo = load_photo("gc-mon-pontdugard", 64).astype(float)
    mask = hole_at(np.s_[24:34], np.s_[20:32], (64, 64))
    value, (down, across) = failures.best_shift(photo, mask, covers=0.99)
    rows, columns = np.nonzero(~mask)
    assert mask[rows + down, columns + across].all()  # the hole is covered by valid pixels
    moved = photo.copy()
    moved[rows, columns] = photo[rows + down, columns + across]
    assert value == pytest.approx(psnr(moved, photo, mask), abs=1e-6)
    best = -np.inf
    for s in range(-20, 21):
        for t in range(-20, 21):
            r, c = rows + s, columns + t
            if r.min() >= 0 and c.min() >= 0 and r.max() < 64 and c.max() < 64 and mask[r, c].all():
                moved[rows, columns] = photo[r, c]
                best = max(best, psnr(moved, photo, mask))
    assert value >= best - 1e-6


def test_what_a_shift_covers():
    mask = hole_at(np.s_[10:20], np.s_[0:10], (32, 40))
    assert (failures.covered(mask, (0, 10)) == ~mask).all()
    assert not failures.covered(mask, (0, 0)).any() and not failures.covered(mask, (0, -10)).any()
    assert np.argwhere(failures.covered(mask, (-4, 0))).max(0).tolist() == [13, 9]  # the upper four rows
    photo = load_photo("gc-mon-pontdugard", 64).astype(float)
    mask = hole_at(np.s_[20:40], np.s_[10:40], (64, 64))
    value, move = failures.best_shift(photo, mask)
    part = failures.covered(mask, move)
    assert part.sum() > 0.5 * (~mask).sum()
    moved = np.roll(photo, (-move[0], -move[1]), (0, 1))
    assert psnr(moved, photo, ~part) == pytest.approx(value, abs=1e-6)


def test_no_shift_covers_a_hole_that_is_nearly_everything():
    value, move = failures.best_shift(np.zeros((20, 20, 3)), hole_at(np.s_[1:19], np.s_[1:19], (20, 20)))
    assert math.isnan(value) and move == (0, 0)


def test_sharpness():
    photo, mask = load_photo("gc-mon-pontdugard", 64), hole_at(np.s_[24:34], np.s_[20:32], (64, 64))
    flat = np.where(mask[..., None], photo, 0.5)
    assert failures.sharpness(photo, photo, mask) == 1
    assert failures.sharpness(flat, photo, mask) == 0
    assert failures.sharpness(0.5 * photo, photo, mask) == pytest.approx(0.5)
    assert math.isnan(failures.sharpness(photo, flat, mask))
