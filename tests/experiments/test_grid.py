"""The measure of grids finds no grid in photos and textures, and finds a planted grid at any position."""

import numpy as np
import pytest

from pconv_edu.core import dilate, hole_radius, load_photo, photo_names
from pconv_edu.experiments import grid
from pconv_edu.inpainters.network import deepest_hole
from pconv_edu.nn import load_weights

SHAPE = (96, 112)


@pytest.fixture
def mask():
    mask = np.ones(SHAPE, bool)
    mask[8:88, 8:104] = False
    return mask


def lines(period, phase=(0, 0)):
    """A picture whose rows step at `phase[0]` modulo the period, and its columns at `phase[1]`."""
    rows, columns = (np.arange(n) for n in SHAPE)
    steps = ((rows - phase[0] + period - 1) // period)[:, None] + ((columns - phase[1] + period - 1) // period)[None]
    return np.repeat((steps % 2)[..., None], 3, axis=2).astype(float)


@pytest.mark.parametrize("phase", [(0, 0), (5, 11)])
def test_lines_are_a_grid_wherever_they_lie(mask, phase):
    sums, counts = grid.profile(lines(16, phase), mask)
    assert sums.shape == counts.shape == (2, 16)
    assert grid.strength(sums, counts) == pytest.approx(16)
    assert sums.argmax(1).tolist() == list(phase)


def test_lines_of_another_period_are_no_grid(mask):
    assert grid.strength(*grid.profile(lines(5), mask)) < 1.5  # each place has four or five rows, and one line


def test_texture_and_photos_are_no_grid(mask):
    noise = np.random.default_rng(0).random((*SHAPE, 3))
    assert grid.strength(*grid.profile(noise, mask)) < 1.05
    found = [grid.profile(load_photo(name, 128)[:96, :112], mask) for name in photo_names("test")]
    assert grid.strength(*np.sum(found, axis=0)) < 1.2


def test_what_is_known_does_not_count(mask):
    picture = np.random.default_rng(0).random((*SHAPE, 3))
    other = np.where(mask[..., None], lines(16), picture)
    for one, two in zip(grid.profile(picture, mask), grid.profile(other, mask), strict=True):
        assert np.array_equal(one, two)
    assert grid.profile(picture, mask)[1].sum(1).tolist() == [79 * 96, 80 * 95]  # pairs in each direction


def test_flat_stripes_and_turned_pictures(mask):
    picture = np.random.default_rng(1).random((*SHAPE, 3))
    sums, counts = grid.profile(picture, mask)
    turned = grid.profile(picture.swapaxes(0, 1), mask.T)
    assert np.allclose(turned[0], sums[::-1]) and np.array_equal(turned[1], counts[::-1])


def test_draws_are_paired_and_spread_round_the_strength(mask):
    rng = np.random.default_rng(2)
    pictures = [0.2 * lines(16) * rng.random() + rng.random((*SHAPE, 3)) for _ in range(12)]
    sums, counts = np.array([grid.profile(picture, mask) for picture in pictures]).swapaxes(0, 1)
    draws = grid.resampled(sums, counts)
    assert draws.shape == (grid.RESAMPLES,) and np.array_equal(draws, grid.resampled(sums, counts))
    low, high = np.quantile(draws, [0.025, 0.975])
    assert low < grid.strength(sums.sum(0), counts.sum(0)) < high
    assert np.array_equal(grid.resampled(2 * sums, counts), draws)  # the strength has no unit
    assert not np.array_equal(grid.resampled(sums, counts, seed=1), draws)


def test_deep(mask):
    assert np.array_equal(grid.deep(mask), ~dilate(~mask, grid.DEPTH))
    assert (~grid.deep(mask)).sum() == (80 - 32) * (96 - 32)


def test_stored_sums_come_out_again():
    stored, cases = grid.load(), grid.table_cases()
    assert [name for name in stored if name in grid.methods()] == grid.methods()
    assert set(stored) - set(grid.methods()) <= {"small-style", "no-style"}  # their weights no longer ship
    assert all(grid.DEPTH < hole_radius(case.mask) <= deepest_hole(load_weights("l1")) for case in cases)
    photos = list(dict.fromkeys(case.photo for case in cases))
    assert len(photos) >= 28
    for photo in photos[::20]:
        own = [grid.measure(case, {name: name for name in grid.methods()}) for case in cases if case.photo == photo]
        for method in grid.methods():
            sums, counts = np.sum([parts[method] for parts in own], axis=0)
            assert np.array_equal(stored[method][1][photos.index(photo)], counts)
            assert np.allclose(stored[method][0][photos.index(photo)], sums, atol=0.02, rtol=0.01), method
    assert all(sums.shape == counts.shape == (len(photos), 2, 16) for sums, counts in stored.values())


def test_a_rebuild_writes_what_load_reads(tmp_path, monkeypatch):
    first = grid.table_cases()[0].photo
    cases = [case for case in grid.table_cases() if case.photo == first][:2]
    other = next(case for case in grid.table_cases() if case.photo != first)
    cases.append(other)
    monkeypatch.setattr(grid, "table_cases", lambda: cases)
    monkeypatch.setattr(grid, "methods", lambda: [grid.TRUTH, "mean"])
    grid.rebuild(tmp_path / "grid.json")
    found = grid.load(tmp_path / "grid.json")
    assert list(found) == [grid.TRUTH, "mean"] and not found["mean"][0].any()  # one colour has no differences
    monkeypatch.setattr(grid, "methods", lambda: [grid.TRUTH])
    before = (tmp_path / "grid.json").read_bytes()
    grid.rebuild(tmp_path / "grid.json")
    assert (tmp_path / "grid.json").read_bytes() == before  # sums of methods that are not measured are kept
    profiles = [grid.profile(case.image, grid.deep(case.mask)) for case in cases]
    for part, values in enumerate(found[grid.TRUTH]):  # sums, counts
        wanted = [sum(one[part] for one in profiles[:-1]), profiles[-1][part]]  # one photo with its holes, and another
        assert np.allclose(values, wanted, atol=1e-3)
