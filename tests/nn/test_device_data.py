"""Batches made on the device are those made one picture at a time, in pixels, order and statistics."""

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from pconv_edu.core import RATIO_BINS, hole_ratio
from pconv_edu.core.hole_bank import KINDS_OF_HOLES
from pconv_edu.nn import data
from pconv_edu.nn.data import Batches
from pconv_edu.nn.device_data import DeviceBatches, crops, scaling_weights, turn
from pconv_edu.nn.device_photos import PackedPhotos
from pconv_edu.nn.draws import Square

SIZES = [(40, 50), (50, 40), (20, 90), (33, 33), (64, 70)]  # of photos; batches are of 16, 32 and 64 px
VARIED = {"colors": 0.3, "turns": 0.5}


def packed_photos(*photos):
    return PackedPhotos(torch.cat([photo.flatten() for photo in photos]), [tuple(photo.shape[1:]) for photo in photos])


@pytest.fixture(scope="module")
def packed():
    rng = torch.Generator().manual_seed(0)
    return packed_photos(*(torch.randint(256, (3, *size), generator=rng, dtype=torch.uint8) for size in SIZES))


# ---- pixels


def test_a_crop_that_is_not_scaled_has_the_pixels_of_its_photo(packed):
    squares = [
        Square(20, top, left, mirrored) for top, left, mirrored in ((0, 0, False), (13, 7, True), (0, 70, False))
    ]
    cut = crops(packed, [1, 3, 2], squares, 20)
    for crop, number, (side, top, left, mirrored) in zip(cut, [1, 3, 2], squares, strict=True):
        square = packed[number][:, top : top + side, left : left + side].float() / 255
        assert torch.equal(crop, square.flip(2) if mirrored else square)


def test_packed_photos_are_the_photos(packed):
    assert len(packed) == len(SIZES) and [tuple(packed[i].shape) for i in range(5)] == [(3, *size) for size in SIZES]
    assert torch.equal(torch.cat([packed[i].flatten() for i in range(5)]), packed.pixels)
    assert packed.largest == 64


@pytest.mark.parametrize("side, size", [(8, 8), (40, 16), (37, 16), (17, 16), (16, 37), (5, 32)])
def test_scaling_is_that_of_pytorch(side, size):
    weights = scaling_weights(torch.tensor([side]), size, torch.arange(64))[0]
    assert torch.allclose(weights.sum(1), torch.ones(size)) and (weights[:, side:] == 0).all()
    square = torch.rand(3, side, side, generator=torch.Generator().manual_seed(0))
    known = F.interpolate(square[None], (size, size), mode="bilinear", antialias=True)[0]
    assert torch.allclose(weights[:, :side] @ square @ weights[:, :side].T, known, atol=1e-5)


def test_turns_are_those_of_pytorch():
    eight = list(itertools.product(range(4), (False, True)))
    pictures = torch.rand(8, 3, 5, 5)
    turned = turn(pictures, torch.tensor([k for k, _ in eight]), torch.tensor([mirrored for _, mirrored in eight]))
    for one, picture, (quarters, mirrored) in zip(turned, pictures, eight, strict=True):
        known = torch.rot90(picture, quarters, (1, 2))
        assert torch.equal(one, known.flip(2) if mirrored else known)


# ---- the same samples as one at a time


@pytest.mark.parametrize("kind", KINDS_OF_HOLES)
@pytest.mark.parametrize("bank", [False, True])
@pytest.mark.parametrize("varied", [{}, {"colors": 0.3}, {"turns": 0.5}, VARIED])
def test_samples_are_those_made_one_at_a_time(packed, kind, bank, varied, monkeypatch):
    monkeypatch.setattr(data, "BANK", 40)
    for size in (16, 32, 64):
        given = (packed, size, 6, kind, 5)
        for step in range(3):
            images, masks = DeviceBatches(*given, bank=bank, **varied)(step)
            known = Batches(*given, bank=bank, **varied)(step)
            assert images.shape == (6, 3, size, size) and masks.shape == (6, 1, size, size)
            assert torch.allclose(images, known[0], atol=1e-5) and torch.equal(masks, known[1])
            assert masks.dtype == images.dtype == torch.float32 and images.min() >= 0 and images.max() <= 1


def test_batches_are_a_function_of_seed_and_step_and_are_shared(packed):
    def batches(**given):
        return DeviceBatches(packed, 32, 6, **{"seed": 3} | VARIED | given)

    images, masks = batches()(7)
    again = batches()(7)
    assert torch.equal(images, again[0]) and torch.equal(masks, again[1])
    assert not torch.equal(images, batches()(8)[0]) and not torch.equal(images, batches(seed=4)(7)[0])
    assert torch.equal(next(iter(batches().between(7, 8)))[1], images)
    for rank in (0, 1):
        shared = batches(rank=rank, world=2)(7)
        assert torch.equal(images[rank::2], shared[0]) and torch.equal(masks[rank::2], shared[1])


# ---- statistics of independent samples: seed 0 on the device, seed 1 one at a time

SAMPLES = 480


@pytest.fixture(scope="module")
def two_ways():
    """Images and masks made in both ways from two photos whose red rises to the right and green to the bottom."""
    rising = torch.linspace(20, 200, 24).expand(24, 24)
    ramps = [torch.stack([rising, rising.T, torch.full((24, 24), blue)]).to(torch.uint8) for blue in (60.0, 220.0)]
    ways = {}
    for kind, seed in ((DeviceBatches, 0), (Batches, 1)):
        batches = kind(packed_photos(*ramps), 16, 48, seed=seed, colors=0.0, turns=0.5)
        ways[kind] = [torch.cat(parts) for parts in zip(*map(batches, range(SAMPLES // 48)), strict=True)]
    return ways


def turns_of(images):
    """Return which of the eight ways each image is turned and mirrored, as shares of all images."""
    right = images[:, :2, :, -1].mean(2) - images[:, :2, :, 0].mean(2)
    down = images[:, :2, -1].mean(2) - images[:, :2, 0].mean(2)
    signs = torch.cat([right, down], 1).div(0.1).round().clamp(-1, 1)  # -1 falls, 0 level, 1 rises
    ways = [tuple(sign) for sign in signs.int().tolist()]
    return {way: ways.count(way) / len(ways) for way in set(ways)}


def test_photos_are_mirrored_and_turned_as_often(two_ways):
    device, host = (turns_of(two_ways[kind][0]) for kind in (DeviceBatches, Batches))
    assert len(device) == 8 and device.keys() == host.keys()
    assert all(abs(device[way] - host[way]) < 0.08 for way in device)
    assert 0.23 < device[1, 0, 0, 1] < 0.4 and 0.23 < device[-1, 0, 0, 1] < 0.4  # 5/16 each: not turned; mirrored


def test_colours_sizes_and_places_are_distributed_alike(two_ways):
    device, host = (two_ways[kind][0] for kind in (DeviceBatches, Batches))
    assert (device.mean((0, 2, 3)) - host.mean((0, 2, 3))).abs().max() < 0.03
    for measure in (lambda images: images.mean((2, 3)), lambda images: images.amax((2, 3)) - images.amin((2, 3))):
        shares = [torch.histc(measure(images)[:, :2], 8, 0, 1) / (2 * SAMPLES) for images in (device, host)]
        assert (shares[0] - shares[1]).abs().max() < 0.08


def test_holes_are_as_large(two_ways):
    edges = [RATIO_BINS[0][0], *(high for _, high in RATIO_BINS)]
    ratios = {kind: [hole_ratio(mask[0].bool().numpy()) for mask in masks] for kind, (_, masks) in two_ways.items()}
    device, host = (np.histogram(ratios[kind], edges)[0] / SAMPLES for kind in (DeviceBatches, Batches))
    assert np.abs(device - host).max() < 0.08 and device.min() > 0.08


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_cuda_makes_the_samples_of_the_cpu(packed):
    there = PackedPhotos(packed.pixels.cuda(), packed.sizes)
    for kind in KINDS_OF_HOLES:
        images, masks = DeviceBatches(there, 32, 8, kind, 3, bank=False, **VARIED)(7)
        known = DeviceBatches(packed, 32, 8, kind, 3, bank=False, **VARIED)(7)
        assert images.is_cuda and torch.allclose(images.cpu(), known[0], atol=1e-4)
        assert torch.equal(masks.cpu(), known[1])
    again = DeviceBatches(there, 32, 8, kind, 3, bank=False, **VARIED)(7)
    assert torch.equal(images, again[0]) and torch.equal(masks, again[1])
