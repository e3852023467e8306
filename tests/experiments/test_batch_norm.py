"""The batch norm experiment: its recipes differ in one thing, shifts are what they are said to be."""

import numpy as np
import pytest
import torch

from pconv_edu.core import RATIO_BINS, load_photo, load_test_holes, photo_names
from pconv_edu.experiments import batch_norm
from pconv_edu.nn.weights import load_weights

torch.set_num_threads(1)


def test_the_modes_differ_in_freezing_only():
    frozen, free = (batch_norm.recipe(mode, 0) for mode in batch_norm.MODES)
    assert frozen.differences(free) == ["frozen"] and frozen.stages[0].frozen
    rates = [[one.rate(step) for step in range(one.steps)] for one in (frozen, free)]
    assert rates[0] == pytest.approx(rates[1]) and rates[0][0] == 2e-4 and rates[0][-1] < 1e-7


def test_shifts_by_hand():
    """A network that adds 0.1 to what is valid, and leaves 0.5 in holes of a photo of 0.25: shifts of 0.1 and 0.25."""

    def network(image, mask):
        return torch.where(mask > 0, image + 0.1, 0.5)

    photo, mask = np.full((8, 8, 3), 0.25, np.float32), np.ones((8, 8), bool)
    mask[2:4, 2:6] = False
    found = batch_norm.color_shift(network, [photo, photo], [mask, mask])
    assert found == {"valid": pytest.approx(0.1), "hole": 0.25, "psnr": pytest.approx(-20 * np.log10(0.25), rel=1e-4)}


def test_signs_cancel_within_a_picture_and_not_between_pictures():
    photo, mask = np.full((8, 8, 3), 0.5, np.float32), np.ones((8, 8), bool)
    mask[:4] = False
    noise = torch.tensor([0.1, -0.1]).repeat(4)[None, None, None]  # over and under by turns: no shift
    found = batch_norm.color_shift(lambda image, m: image + noise, [photo], [mask])
    assert found["valid"] == found["hole"] == pytest.approx(0, abs=1e-6)
    sign = iter([0.1, -0.1])
    found = batch_norm.color_shift(lambda image, m: image + next(sign), [photo] * 2, [mask] * 2)
    assert found["valid"] == found["hole"] == pytest.approx(0.1)


def test_stored_results_belong_to_the_network_that_ships():
    stored = batch_norm.load()
    assert stored["steps"] == batch_norm.STEPS and len(stored["before"]) == 1
    assert all(len(stored[mode]) == batch_norm.SEEDS for mode in batch_norm.MODES)
    assert all(len(seed) == len(RATIO_BINS) for mode in ("before", *batch_norm.MODES) for seed in stored[mode])
    photos = [load_photo(name, 256) for name in photo_names("test")]
    found = batch_norm.color_shift(load_weights("l1"), photos, load_test_holes(RATIO_BINS[2]))
    assert found == {name: pytest.approx(value, rel=2e-3) for name, value in stored["before"][0][2].items()}
