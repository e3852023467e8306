"""Statistics of thousands of irregular holes: no side is preferred, and outlines have all their waves.

Each shape is drawn around the middle of a canvas, so that what is measured is the shape and not the place.
"""

import numpy as np
import pytest

from pconv_edu.core import irregular

SIZE = 81  # px of the canvas
MIDDLE = SIZE // 2
FROM_MIDDLE = np.arange(SIZE) - MIDDLE + 1j * (np.arange(SIZE)[:, None] - MIDDLE)  # x + iy of each pixel
DIRECTION = FROM_MIDDLE / np.maximum(abs(FROM_MIDDLE), 1e-9)


def draw(shape, count, size):
    """The same `count` shapes in every run, each a (SIZE, SIZE) bool array, True = hole."""
    inside = np.zeros((SIZE, SIZE), bool)
    inside[MIDDLE, MIDDLE] = True  # the only place where a shape may begin
    return [shape(inside, size, np.random.default_rng(seed)) for seed in range(count)]


def deviation(values):
    """How many standard errors the mean of the values, real or complex, is away from 0."""
    values = np.asarray(values)
    return abs(values.mean()) / np.sqrt((abs(values) ** 2).mean() / len(values))


@pytest.fixture(scope="module")
def strokes():
    return draw(irregular._strokes, 4000, 16)


def test_strokes_prefer_no_side(strokes):
    """Their centres of mass spread evenly, and so do the directions in which they begin."""
    assert deviation([FROM_MIDDLE[stroke].mean() for stroke in strokes]) < 3.5
    begins = [DIRECTION[stroke & (abs(FROM_MIDDLE) < 6)].mean() for stroke in strokes]
    assert deviation([z / abs(z) for z in begins if z]) < 3.5


def test_strokes_turn_left_as_often_as_right(strokes):
    """The angle from the part near the beginning to the part further away is as often positive as negative."""
    near, far = (abs(FROM_MIDDLE) > 2) & (abs(FROM_MIDDLE) < 7), abs(FROM_MIDDLE) >= 7
    parts = [(DIRECTION[stroke & near].sum(), DIRECTION[stroke & far].sum()) for stroke in strokes]
    turns = [(b * a.conjugate() / abs(a * b)).imag for a, b in parts if a and b]
    assert len(turns) > 3000
    assert deviation(turns) < 3.5
    assert 0.3 < np.std(turns) < 0.7  # they do turn: a straight stroke gives 0, random directions give 0.71


def test_slivers_prefer_no_side():
    slivers = [sliver for sliver in draw(irregular._occlusions, 1000, 16) if sliver.any()]
    assert len(slivers) > 900
    assert deviation([FROM_MIDDLE[sliver].mean() for sliver in slivers]) < 3.5


def test_blobs_have_five_waves():
    """The radius of an outline is 1 plus waves 1 to 5 of amplitude 0.28 / wave, and has no finer waves."""
    radius = [measure_radius(blob) / 15 for blob in draw(irregular._blobs, 1000, 30)]
    power = (abs(np.fft.rfft(radius, axis=1, norm="forward") * 2) ** 2).mean(0)
    amplitude = np.sqrt(power) / 0.28
    for wave in range(1, 6):
        assert amplitude[wave] * wave == pytest.approx(1, abs=0.12), wave
    assert (amplitude[6:] < 0.05).all()


def test_holes_lie_evenly_in_the_picture():
    rng = np.random.default_rng(0)
    holes = [~irregular.irregular_mask(SIZE, (0.02, 0.1), rng=rng) for _ in range(1000)]
    assert deviation([FROM_MIDDLE[hole].mean() for hole in holes]) < 3.5


def measure_radius(blob):
    """Pixels of the blob along 64 rays from the middle, in px."""
    turn, steps = np.linspace(0, 2 * np.pi, 64, endpoint=False), np.arange(0, MIDDLE, 0.25)[:, None]
    rows, columns = (np.rint(MIDDLE + steps * part(turn)).astype(int) for part in (np.sin, np.cos))
    return blob[rows, columns].sum(0) * 0.25
