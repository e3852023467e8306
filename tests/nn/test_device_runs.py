"""Runs whose batches are made on the device: resuming, several processes, and photos that do not fit."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from pconv_edu.nn import data, device_photos, training
from pconv_edu.nn.data import Batches, Photos
from pconv_edu.nn.device_data import DeviceBatches
from pconv_edu.nn.device_photos import pack_photos, photos_for
from pconv_edu.nn.run_folder import CHECKPOINT, MACHINE, WEIGHTS
from pconv_edu.nn.training import batches_of, train
from tests.nn.small_runs import NO_STATISTICS, SMALL, digest, rows, run, run_script, small_stages, write_photos


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("photos"), 4)


# ---- memory


def test_photos_that_are_too_large_are_not_packed(photos, tmp_path, monkeypatch):
    kept = Photos(photos)
    size = sum(kept[index].numel() for index in range(4))
    assert pack_photos(kept, size - 1) is None
    assert torch.equal(pack_photos(kept, size).pixels, torch.cat([kept[index].flatten() for index in range(4)]))
    monkeypatch.setattr(data, "KEPT_IN_MEMORY", 2)
    monkeypatch.setattr(device_photos, "SAMPLED", 4)
    many = Photos(write_photos(tmp_path, 40, size=(8, 8)))
    read, reads = many._read, []
    monkeypatch.setattr(many, "_read", lambda name: reads.append(name) or read(name))
    assert pack_photos(many, len(many) * 192 - 1) is None and len(reads) == 5  # the folder is not read for that
    assert len(pack_photos(many, len(many) * 192)) == len(many) == 37


def test_a_wrong_estimate_does_not_fill_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "KEPT_IN_MEMORY", 2)
    monkeypatch.setattr(device_photos, "SAMPLED", 1)
    monkeypatch.setattr(device_photos, "READ_TOGETHER", 3)
    write_photos(tmp_path, 1, size=(8, 8))
    many = Photos(write_photos(tmp_path, 11, size=(80, 80), first=1))
    read, reads = many._read, []
    monkeypatch.setattr(many, "_read", lambda name: reads.append(name) or read(name))
    assert pack_photos(many, 3 * 19_200) is None and len(reads) <= 1 + 6


def test_unreadable_files_are_replaced_as_they_are_one_at_a_time(tmp_path, monkeypatch):
    write_photos(tmp_path, 3)
    (tmp_path / "photo1a.png").write_bytes(b"no image")
    with pytest.warns(UserWarning, match="1 of 4 files were skipped"):
        kept = Photos(tmp_path)
    together = pack_photos(kept)
    assert len(together) == 4 and all(torch.equal(together[index], kept[index]) for index in range(4))
    monkeypatch.setattr(data, "KEPT_IN_MEMORY", 2)
    with pytest.warns(UserWarning, match=r"1 of 4 files were skipped: .*photo1a\.png"):
        pack_photos(Photos(tmp_path))


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
    monkeypatch.setattr(device_photos, "memory_for_photos", lambda device: 1000)
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
    list(batches_of(SMALL, pack_photos(kept), 0, 2, 0, 1))
    assert made == [0, 1]


def test_two_processes_give_the_weights_of_one(tmp_path, photos):
    """The same batch at every step; batch norm frozen everywhere, because its statistics are each process's own."""
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    before = NO_STATISTICS + "\nimport functools\ntrain = functools.partial(train, on_device=True)\n"
    for launcher, name in (([sys.executable], "one"), (torchrun, "two")):
        command = run_script(launcher, tmp_path / name, photos, steps=6, before=before)
        run(command)
        assert device_batches(tmp_path / name) is True
    states = [torch.load(tmp_path / name / CHECKPOINT)["network"] for name in ("one", "two")]
    assert all((value.double() - states[1][name].double()).abs().max() < 1e-5 for name, value in states[0].items())


def test_one_process_without_memory_changes_all(photos, monkeypatch):
    monkeypatch.setattr(device_photos, "on_all", lambda condition, device: False)
    used, remarks = photos_for(photos, data.list_photos(photos), torch.device("cpu"), True, None)
    assert isinstance(used, Photos) and len(remarks) == 1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_cuda_makes_batches_by_itself_and_makes_them_again_when_resumed(tmp_path, photos, monkeypatch):
    one_step, seen = training.Run.one_step, []
    monkeypatch.setattr(training.Run, "one_step", lambda run, *batch: seen.append(batch) or one_step(run, *batch))
    for folder, stop in (("whole", None), ("parts", 3), ("parts", None)):
        train(SMALL, tmp_path / folder, data=photos, stop=stop, **GIVEN | {"device": "cuda"})
    assert device_batches(tmp_path / "whole") is device_batches(tmp_path / "parts") is True
    assert len(seen) == 2 * SMALL.steps and np.isfinite(rows(tmp_path / "whole")[-1]["total"])
    for batch, again in zip(seen[: SMALL.steps], seen[SMALL.steps :], strict=True):
        assert all(torch.equal(one, other) for one, other in zip(batch, again, strict=True))
