"""The padding experiment: each padding does what its name says, tasks are distinguished, a seed gives one result."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from pconv_edu.experiments import padding as experiment

torch.set_num_threads(1)


def alike(kind):
    """A convolution of each kind with the same weights, and a picture of its own mean inside."""
    torch.manual_seed(0)
    return experiment.conv(kind, 2, 3)


def test_each_padding_is_what_its_name_says():
    x = torch.rand(2, 2, 9, 9)
    plain = alike("zeros")
    for kind, pad in (("reflect", "reflect"), ("replicate", "replicate")):
        wanted = F.conv2d(F.pad(x, (1, 1, 1, 1), mode=pad), plain.weight, plain.bias)
        assert torch.allclose(alike(kind)(x), wanted, atol=1e-6)
    seen = F.conv2d(torch.ones(1, 1, 9, 9), torch.ones(1, 1, 3, 3), padding=1) / 9
    bias = plain.bias[:, None, None]
    assert torch.allclose(alike("partial")(x), (plain(x) - bias) / seen + bias, atol=1e-5)
    inner = np.s_[:, :, 1:-1, 1:-1]
    assert all(torch.allclose(alike(kind)(x)[inner], plain(x)[inner], atol=1e-6) for kind in experiment.PADDINGS)
    with pytest.raises(ValueError, match="padding is 'round'"):
        experiment.conv("round", 1, 1)


def test_rings_by_hand():
    noise = torch.zeros(1, 3, 48, 48)
    output = noise.clone()
    output[..., 0, :] = 1.0  # 48 of the 188 pixels at the border
    output[..., 24, 24] = 2.0  # one of the 32² inner ones
    found = experiment.ring_errors(output, noise)
    assert found == pytest.approx([48 / 188, 0, 0, 0, 4 / 32**2])


def test_tasks():
    rng = np.random.default_rng(0)
    images = torch.rand(64, 3, 8, 8)
    disturbed, noise = experiment.noisy(images, rng)
    assert torch.allclose(disturbed - noise, images, atol=1e-6)
    assert noise.std().item() == pytest.approx(0.15, rel=0.03)
    rotated, turns = experiment.turned(images, rng)
    assert set(turns.tolist()) == {0, 1, 2, 3}
    for image, after, turn in zip(images, rotated, turns, strict=True):
        assert torch.equal(after.rot90(-int(turn), (1, 2)), image)


def test_training(monkeypatch):
    monkeypatch.setattr(experiment, "TESTED", 100)
    found = [experiment.train("noise", kind, 0, steps=2) for kind in ("zeros", "zeros", "partial")]
    assert found[0] == found[1] != found[2]
    assert len(found[0]) == len(experiment.RINGS) and all(0 < value < 10 for value in found[0])
    assert 0.1 < experiment.train("turns", "partial", 0, steps=2) < 0.5  # by chance 0.25


def test_the_stored_results_are_whole():
    stored = experiment.load()
    assert (stored["steps"], stored["batch"], stored["size"]) == (experiment.STEPS, experiment.BATCH, experiment.SIZE)
    assert set(stored["noise"]) == set(stored["turns"]) == set(experiment.PADDINGS)
    for kind in experiment.PADDINGS:
        errors, shares = np.array(stored["noise"][kind]), np.array(stored["turns"][kind])
        assert errors.shape == (experiment.SEEDS, len(experiment.RINGS)) and shares.shape == (experiment.SEEDS,)
        assert (errors > 0).all() and (errors < experiment.NOISE**2).all()  # better than predicting nothing
        assert (shares > 0.3).all() and (shares <= 1).all()  # by chance 0.25
        assert len(set(shares)) > 1
