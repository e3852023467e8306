"""Batches made on the device are those made one picture at a time; runs with them can be resumed and shared."""

import itertools
import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from pconv_edu.core import RATIO_BINS, hole_ratio
from pconv_edu.core.hole_bank import KINDS_OF_HOLES
from pconv_edu.nn import data, device_data, training
from pconv_edu.nn.data import Batches, Photos
from pconv_edu.nn.device_data import DeviceBatches, PackedPhotos, pack, scaling_weights, turn
from pconv_edu.nn.draws import Square
from pconv_edu.nn.run_folder import CHECKPOINT, MACHINE, WEIGHTS
from pconv_edu.nn.training import batches_of, train
from tests.nn.small_runs import ENVIRONMENT, NO_STATISTICS, SMALL, digest, rows, run_script, small_stages, write_photos

SIZES = [(40, 50), (50, 40), (20, 90), (33, 33), (64, 70)]  # of photos; batches are of 16, 32 and 64 px
VARIED = {"colors": 0.3, "turns": 0.5}


def packed_photos(*photos):
    return PackedPhotos(torch.cat([photo.flatten() for photo in photos]), [tuple(photo.shape[1:]) for photo in photos])


@pytest.fixture(scope="module")
def packed():
    rng = torch.Generator().manual_seed(0)
    return packed_photos(*(torch.randint(256, (3, *size), generator=rng, dtype=torch.uint8) for size in SIZES))


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("photos"), 4)


# ---- pixels


def test_a_crop_that_is_not_scaled_has_the_pixels_of_its_photo(packed):
    squares = [
        Square(20, top, left, mirrored) for top, left, mirrored in ((0, 0, False), (13, 7, True), (0, 70, False))
    ]
    crops = packed.crops([1, 3, 2], squares, 20)
    for crop, number, (side, top, left, mirrored) in zip(crops, [1, 3, 2], squares, strict=True):
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


# ---- memory


def test_photos_that_are_too_large_are_not_packed(photos, tmp_path, monkeypatch):
    kept = Photos(photos)
    size = sum(kept[index].numel() for index in range(4))
    assert pack(kept, size - 1) is None
    assert torch.equal(pack(kept, size).pixels, torch.cat([kept[index].flatten() for index in range(4)]))
    monkeypatch.setattr(data, "KEPT_IN_MEMORY", 2)
    monkeypatch.setattr(device_data, "SAMPLED", 4)
    many = Photos(write_photos(tmp_path, 40, size=(8, 8)))
    read, reads = many._read, []
    monkeypatch.setattr(many, "_read", lambda name: reads.append(name) or read(name))
    assert pack(many, len(many) * 192 - 1) is None and len(reads) == 5  # the folder is not read for that
    assert len(pack(many, len(many) * 192)) == len(many) == 37


def test_a_wrong_estimate_does_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "KEPT_IN_MEMORY", 2)
    monkeypatch.setattr(device_data, "SAMPLED", 1)
    monkeypatch.setattr(device_data, "READ_TOGETHER", 3)
    write_photos(tmp_path, 1, size=(8, 8))
    many = Photos(write_photos(tmp_path, 11, size=(80, 80), first=1))
    read, reads = many._read, []
    monkeypatch.setattr(many, "_read", lambda name: reads.append(name) or read(name))
    assert pack(many, 3 * 19_200) is None and len(reads) <= 1 + 6


def test_unreadable_files_are_replaced_as_they_are_one_at_a_time(tmp_path, monkeypatch):
    write_photos(tmp_path, 3)
    (tmp_path / "photo1a.png").write_bytes(b"no image")
    with pytest.warns(UserWarning, match="1 of 4 files were skipped"):
        kept = Photos(tmp_path)
    together = pack(kept)
    assert len(together) == 4 and all(torch.equal(together[index], kept[index]) for index in range(4))
    monkeypatch.setattr(data, "KEPT_IN_MEMORY", 2)
    with pytest.warns(UserWarning, match=r"1 of 4 files were skipped: .*photo1a\.png"):
        pack(Photos(tmp_path))


# ---- runs

GIVEN = {"device": "cpu", "every": 2, "quiet": True}


def device_batches(folder):
    return json.loads((folder / MACHINE).read_text(encoding="utf-8"))["device_batches"]


def test_stopped_and_resumed_is_the_same_run(tmp_path, photos):
    recipe = replace(SMALL, stages=small_stages(frozen=0.5, last_size=32, last_batch=2))
    train(recipe, tmp_path / "whole", data=photos, on_device=True, **GIVEN)
    for stop, on_device in ((3, True), (7, True), (None, None)):  # it remembers how its batches are made
        train(recipe, tmp_path / "parts", data=photos, on_device=on_device, stop=stop, **GIVEN)
    assert digest(tmp_path / "whole" / WEIGHTS) == digest(tmp_path / "parts" / WEIGHTS)
    assert device_batches(tmp_path / "parts") is True


def test_batches_stay_as_they_began(tmp_path, photos):
    train(SMALL, tmp_path / "device", data=photos, on_device=True, stop=2, **GIVEN)
    with pytest.raises(ValueError, match=r"began with pictures made a batch at a time on the device, not one .*=True"):
        train(SMALL, tmp_path / "device", data=photos, on_device=False, **GIVEN)
    train(SMALL, tmp_path / "host", data=photos, stop=2, **GIVEN)
    assert device_batches(tmp_path / "host") is False
    settings = json.loads((tmp_path / "host" / MACHINE).read_text(encoding="utf-8"))
    for known in (settings, {key: value for key, value in settings.items() if key != "device_batches"}):
        (tmp_path / "host" / MACHINE).write_text(json.dumps(known), encoding="utf-8")  # the second as 0.1.0 wrote it
        with pytest.raises(ValueError, match=r"began with pictures made one picture at a time, not a batch .*=False"):
            train(SMALL, tmp_path / "host", data=photos, on_device=True, **GIVEN)
        train(SMALL, tmp_path / "host", data=photos, stop=4, **GIVEN)
        assert device_batches(tmp_path / "host") is False


def test_photos_that_do_not_fit_are_trained_on_one_picture_at_a_time(tmp_path, photos, monkeypatch):
    train(SMALL, tmp_path / "began", data=photos, on_device=True, stop=2, **GIVEN)
    train(SMALL, tmp_path / "host", data=photos, stop=4, **GIVEN)
    monkeypatch.setattr(device_data, "memory_for_photos", lambda device: 1000)
    with pytest.warns(UserWarning, match="the 4 photos do not fit in the memory that cpu has for them: crops") as said:
        train(SMALL, tmp_path / "device", data=photos, on_device=True, stop=4, **GIVEN)
    assert len(said) == 1 and device_batches(tmp_path / "device") is False
    states = [torch.load(tmp_path / name / CHECKPOINT)["network"] for name in ("device", "host")]
    assert all(torch.equal(value, states[1][name]) for name, value in states[0].items())
    with pytest.raises(ValueError, match=r"do not fit .*, and this run began with all of them there"):
        train(SMALL, tmp_path / "began", data=photos, **GIVEN)


def test_the_loop_uses_the_batches_that_were_asked_for(photos, monkeypatch):
    kept = Photos(photos)
    made = []
    monkeypatch.setattr(DeviceBatches, "__call__", lambda self, step: made.append(step) or Batches.__call__(self, step))
    list(batches_of(SMALL, kept, 0, 2, 0, 1))
    assert made == []
    list(batches_of(SMALL, pack(kept), 0, 2, 0, 1))
    assert made == [0, 1]


def test_two_processes_give_the_weights_of_one(tmp_path, photos):
    """The same batch at every step; batch norm frozen everywhere, because its statistics are each process's own."""
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    before = NO_STATISTICS + "\nimport functools\ntrain = functools.partial(train, on_device=True)\n"
    for launcher, name in (([sys.executable], "one"), (torchrun, "two")):
        command = run_script(launcher, tmp_path / name, photos, steps=6, before=before)
        subprocess.run(command, check=True, env=ENVIRONMENT, capture_output=True)
        assert device_batches(tmp_path / name) is True
    states = [torch.load(tmp_path / name / CHECKPOINT)["network"] for name in ("one", "two")]
    assert all((value.double() - states[1][name].double()).abs().max() < 1e-5 for name, value in states[0].items())


def test_one_process_without_memory_changes_all(photos, monkeypatch):
    remarks = []
    monkeypatch.setattr(training, "on_all", lambda condition, device: False)
    names = data.list_photos(photos)
    used = training._photos(photos, names, torch.device("cpu"), True, None, remarks)
    assert isinstance(used, Photos) and len(remarks) == 1


cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")


@cuda
def test_cuda_makes_the_samples_of_the_cpu(packed):
    there = PackedPhotos(packed.pixels.cuda(), packed.sizes)
    for kind in KINDS_OF_HOLES:
        images, masks = DeviceBatches(there, 32, 8, kind, 3, bank=False, **VARIED)(7)
        known = DeviceBatches(packed, 32, 8, kind, 3, bank=False, **VARIED)(7)
        assert images.is_cuda and torch.allclose(images.cpu(), known[0], atol=1e-4)
        assert torch.equal(masks.cpu(), known[1])
    again = DeviceBatches(there, 32, 8, kind, 3, bank=False, **VARIED)(7)
    assert torch.equal(images, again[0]) and torch.equal(masks, again[1])


@cuda
def test_cuda_makes_batches_by_itself_and_makes_them_again_when_resumed(tmp_path, photos, monkeypatch):
    one_step, seen = training.Run.one_step, []
    monkeypatch.setattr(training.Run, "one_step", lambda run, *batch: seen.append(batch) or one_step(run, *batch))
    for folder, stop in (("whole", None), ("parts", 3), ("parts", None)):
        train(SMALL, tmp_path / folder, data=photos, stop=stop, **GIVEN | {"device": "cuda"})
    assert device_batches(tmp_path / "whole") is device_batches(tmp_path / "parts") is True
    assert len(seen) == 2 * SMALL.steps and np.isfinite(rows(tmp_path / "whole")[-1]["total"])
    for batch, again in zip(seen[: SMALL.steps], seen[SMALL.steps :], strict=True):
        assert all(torch.equal(one, other) for one, other in zip(batch, again, strict=True))
