"""Fills by the shipped networks: tiles without seams, deep holes, tiny pictures."""

import numpy as np
import pytest
import torch

from pconv_edu import inpaint
from pconv_edu.core import hole_radius, irregular_mask, load_photo
from pconv_edu.inpainters import network
from pconv_edu.inpainters.methods import BEST, NETWORKS
from pconv_edu.nn import PConvUNet, load_weights

torch.set_num_threads(1)
PHOTO = load_photo("gc-animal-koala", size=128)
MASK = irregular_mask(128, (0.2, 0.3), rng=np.random.default_rng(0))


def random_network(**settings):
    """Untrained, with the statistics of batch norm moved away from 0 and 1."""
    torch.manual_seed(0)
    net = PConvUNet(**settings)
    with torch.no_grad():
        for _ in range(2):
            net(torch.rand(2, 3, 128, 128), (torch.rand(2, 1, 128, 128) > 0.3).float())
    return net.eval()


def test_pconv_is_the_best_partial_network():
    assert BEST in NETWORKS
    assert np.array_equal(inpaint(PHOTO, MASK, "pconv"), inpaint(PHOTO, MASK, BEST))
    assert not np.array_equal(inpaint(PHOTO, MASK, "pconv"), inpaint(PHOTO, MASK, "navier-stokes"))
    assert "pconv" not in inpaint.METHODS


@pytest.mark.parametrize("name", NETWORKS)
def test_the_hole_is_the_networks_and_the_rest_is_the_pictures(name):
    filled = inpaint(PHOTO, MASK, name)
    width = network.MIRROR
    image = torch.nn.functional.pad(torch.from_numpy(PHOTO).permute(2, 0, 1)[None], [width] * 4, mode="reflect")
    mask = torch.nn.functional.pad(torch.from_numpy(MASK).float()[None, None], [width] * 4, mode="reflect")
    with torch.no_grad():
        drawn = load_weights(name)(image, mask)[0, :, width:-width, width:-width].permute(1, 2, 0).numpy()
    assert np.array_equal(filled[MASK], PHOTO[MASK])
    assert np.allclose(filled[~MASK], drawn.clip(0, 1)[~MASK], atol=1e-5)


@pytest.mark.parametrize("name", ["large", "l1", "course"])
def test_a_wide_hole_at_the_border_gets_no_specks(name):
    """A plain grey picture stays grey there; the small networks by themselves stray far from it."""
    mask = np.ones((256, 256), bool)
    mask[:90, 60:200] = False
    image = np.where(mask[..., None], 0.5, np.zeros(3)).astype(np.float32)
    net = load_weights(name)
    assert abs(network._pass(net, image, mask)[~mask] - 0.5).max() < 0.2
    given = torch.from_numpy(image).permute(2, 0, 1)[None], torch.from_numpy(mask).float()[None, None]
    with torch.no_grad():
        alone = abs(net(*given)[0].permute(1, 2, 0).numpy()[~mask] - 0.5).max()
    assert name == "large" or alone > 0.5


def test_tiles_give_what_the_whole_gives(monkeypatch):
    """Of the course's depth: the receptive field, 71 px and what the decoder adds, ends within the margin."""
    net = random_network(width=4, levels=6, max_channels=8)
    rng = np.random.default_rng(0)
    image, mask = rng.random((700, 1090, 3), np.float32), np.ones((700, 1090), bool)
    for row, column in ((480, 500), (100, 1000), (650, 20), (300, 760)):
        mask[row : row + 60, column : column + 70] = False
    image[~mask] = 0
    seen = []
    whole = network._pass(net, image, mask)
    monkeypatch.setattr(network, "_pass", lambda *given: seen.append(given[2].shape) or ONE_PASS(*given))
    tiled = network._tiled(net, image, mask)
    assert len(seen) == 5 and max(map(max, seen)) <= 1024
    assert np.allclose(tiled[~mask], whole[~mask], atol=1e-5)
    mask[100:160, 1000:1070] = True  # a tile with nothing to fill is left out
    seen.clear()
    network._tiled(net, image, mask)
    assert len(seen) == 4


ONE_PASS = network._pass


def test_the_test_of_tiles_can_fail(monkeypatch):
    """With a margin that is too small, tiles differ from the whole."""
    monkeypatch.setattr(network, "margin_of", lambda _: 0)
    net = random_network(width=4, levels=6, max_channels=8)
    image, mask = np.random.default_rng(0).random((300, 700, 3), np.float32), np.ones((300, 700), bool)
    mask[100:160, 480:550] = False
    image[~mask] = 0
    assert not np.allclose(network._tiled(net, image, mask)[~mask], ONE_PASS(net, image, mask)[~mask], atol=1e-3)


def test_a_hole_that_the_network_cannot_close_is_filled_all_the_same():
    size = 400
    image = np.broadcast_to(np.linspace(0.3, 0.7, size, dtype=np.float32)[:, None, None], (size, size, 3)).copy()
    mask = np.ones((size, size), bool)
    mask[60:340, 60:340] = False
    assert hole_radius(mask) == 140 > network.deepest_hole(load_weights("l1"))
    filled = inpaint(image, mask, "l1")
    known = np.where(mask[..., None], image, 0)
    given = torch.from_numpy(known).permute(2, 0, 1)[None], torch.from_numpy(mask)[None, None]
    with torch.no_grad():
        alone, layers = load_weights("l1")(given[0], given[1].float(), return_layers=True)
    deepest = next(layer.mask for layer in layers if layer.name == "encoder 6")
    assert deepest.min() == 0  # the encoder does not reach across
    middle = slice(180, 220), slice(180, 220)
    alone = abs(alone[0].permute(1, 2, 0).numpy()[middle] - image[middle]).max()
    assert abs(filled[middle] - image[middle]).max() < alone
    assert abs(filled[middle] - image[middle]).max() < 0.2
    steps = abs(np.diff(filled[:, 200], axis=0)).max()
    assert steps < 0.1  # and no seam where the two fills meet


@pytest.mark.parametrize("shape", [(3, 40), (16, 17), (9, 9), (1, 2)])
def test_tiny_pictures(shape):
    image, mask = np.full((*shape, 3), 0.5), np.ones(shape, bool)
    mask[0, 0] = False
    filled = inpaint(image, mask, "pconv")
    assert filled.shape == image.shape and np.isfinite(filled).all() and np.array_equal(filled[mask], image[mask])


def test_grey_and_alpha_take_the_mean_of_the_channels():
    grey = PHOTO.mean(axis=2)
    colored = inpaint(np.dstack([grey] * 3), MASK, "pconv")
    assert np.allclose(inpaint(grey, MASK, "pconv"), np.where(MASK, grey, colored.mean(axis=2)), atol=1e-6)
    rgba = inpaint(np.dstack([PHOTO, grey]), MASK, "pconv")
    assert np.allclose(rgba[..., 3], inpaint(grey, MASK, "pconv"), atol=1e-6)


def test_devices(monkeypatch):
    for device in ("no-such-device", "cuda:99", None):
        with pytest.raises(ValueError, match="give 'auto', 'cpu', 'cuda' or 'mps'"):
            inpaint(PHOTO, MASK, device=device)
    monkeypatch.setenv("PCONV_EDU_DEVICE", "no-such-device")
    with pytest.raises(ValueError, match="device is 'no-such-device'"):
        inpaint(PHOTO, MASK)
    with pytest.raises(TypeError, match="device"):
        inpaint(PHOTO, MASK, "telea", device="cpu")
