"""Photos damaged on purpose: the true mask is right, and the top-hat finds the damage in the right places."""

import numpy as np
import pytest
from scipy.ndimage import grey_opening

from pconv_edu import inpaint
from pconv_edu.core import dilate, load_photo, psnr
from pconv_edu.experiments.damage import damage, find_scratches

PHOTO = load_photo("gc-sea-sea5", 256)


@pytest.fixture(scope="module")
def damaged():
    return damage(PHOTO, np.random.default_rng(0))


def test_the_true_mask_holds_all_of_the_damage(damaged):
    photo, mask = damaged
    assert photo.shape == PHOTO.shape and photo.dtype == np.float32 and mask.dtype == bool
    assert 0.05 < (~mask).mean() < 0.25
    assert abs(photo - PHOTO)[mask].mean() < 0.02 < 0.2 < abs(photo - PHOTO)[~mask].mean()
    assert psnr(inpaint(photo, mask, "telea"), PHOTO) > psnr(photo, PHOTO) + 10


def test_nothing_to_draw_leaves_jpeg_alone():
    photo, mask = damage(PHOTO, np.random.default_rng(0), scratches=0, specks=0)
    assert mask.all() and 0 < abs(photo - PHOTO).max() < 0.3


def test_damage_depends_on_the_generator_alone(damaged):
    again, other = (damage(PHOTO, np.random.default_rng(seed)) for seed in (0, 1))
    assert (again[0] == damaged[0]).all() and (again[1] == damaged[1]).all()
    assert (other[1] != damaged[1]).any()


def test_on_a_smooth_photo_the_damage_is_found(damaged):
    photo, true = damaged
    found = find_scratches(photo.min(axis=2), 7, 0.2, 1)
    assert (~found & ~true).sum() > 0.95 * (~true).sum()
    assert (~found & ~true).sum() > 0.8 * (~found).sum()


@pytest.mark.parametrize("size, threshold, grow", [(3, 0.05, 0), (7, 0.1, 1), (9, 0.3, 2)])
def test_it_is_the_top_hat(damaged, size, threshold, grow):
    grey = damaged[0].mean(axis=2)
    wanted = dilate(grey - grey_opening(grey, size) <= threshold, grow)
    assert (find_scratches(grey, size, threshold, grow) == wanted).all()
