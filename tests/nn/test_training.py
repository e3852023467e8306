"""Training: it goes on as if it had never been stopped, it shares work, and it stops with a clear word."""

import hashlib
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from pconv_edu.nn import training
from pconv_edu.nn.data import Photos
from pconv_edu.nn.recipes import RECIPES, Recipe, laptop
from pconv_edu.nn.run_folder import LOG, MACHINE, WEIGHTS, hours
from pconv_edu.nn.training import batches_of, learning_rate, train
from tests.nn.test_data import write_photos

ROOT = Path(__file__).parents[2]
SMALL = Recipe("a test", width=4, levels=2, max_channels=8, size=16, batch=4, steps=12, warm_up=3)
SCRIPT = """
import sys
import torch
from pathlib import Path
from pconv_edu.nn.recipes import Recipe
from pconv_edu.nn.training import train
torch.set_num_threads(1)
network = {{"width": 4, "levels": 2, "max_channels": 8, "size": 16}}
recipe = Recipe("a test", **network, batch={batch}, steps={steps}, warm_up=3, rate={rate})
{before}
train(recipe, sys.argv[1], data=sys.argv[2], device="cpu", every=2, quiet=True)
"""


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    write_photos(folder, 4)
    return folder


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def rows(folder):
    return [json.loads(line) for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]


def run_script(launcher, folder, photos, **settings):
    settings = {"batch": 4, "steps": 12, "rate": 1e-3, "before": ""} | settings
    script = folder.with_suffix(".py")
    script.write_text(SCRIPT.format(**settings), encoding="utf-8")
    return [*launcher, str(script), str(folder), str(photos)]


def test_a_run_leaves_what_it_promises(tmp_path, photos):
    network = train(SMALL, tmp_path, data=photos, device="cpu", every=4, watch_every=8, quiet=True)
    names = {"recipe.json", "machine.json", "log.jsonl", "samples.png", "curves.png", "checkpoint.pt", WEIGHTS}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert [row["step"] for row in rows(tmp_path)] == [4, 8, 12]
    assert "held_out_hole" in rows(tmp_path)[1] and "held_out_hole" not in rows(tmp_path)[0]
    state = load_file(tmp_path / WEIGHTS)
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())
    assert not network.training
    assert rows(tmp_path)[-1]["total"] < rows(tmp_path)[0]["total"]


def test_hours_and_machine(tmp_path, photos):
    train(replace(SMALL, frozen=0.5, last_batch=2), tmp_path, data=photos, device="cpu", every=3, quiet=True)
    about = json.loads((tmp_path / MACHINE).read_text(encoding="utf-8"))
    assert about["photos"] == 4 and about["data"] == photos.name and about["bfloat16"] is False
    assert about["device"].startswith("cpu, ")
    took = sum(3 * batch / row["images_per_s"] for batch, row in zip((4, 4, 2, 2), rows(tmp_path), strict=True))
    assert hours(tmp_path) == pytest.approx(took / 3600)


def test_half_precision(tmp_path, photos):
    """Convolutions in bfloat16 give nearly the same loss, other weights, and float32 weights all the same."""
    found = {}
    for precision in ("float32", "bfloat16"):
        folder = tmp_path / precision
        network = train(SMALL, folder, data=photos, device="cpu", precision=precision, every=4, quiet=True)
        found[precision] = network.state_dict(), rows(folder)[-1]["total"]
        assert json.loads((folder / MACHINE).read_text(encoding="utf-8"))["bfloat16"] is (precision == "bfloat16")
    (full, loss), (half, half_loss) = found.values()
    assert half_loss == pytest.approx(loss, rel=0.02)
    assert all(value.dtype != torch.bfloat16 for value in half.values())
    assert any(not torch.equal(full[key], half[key]) for key in full)
    with pytest.raises(ValueError, match="precision is 'float16'; give one of auto, float32, bfloat16"):
        train(SMALL, tmp_path / "other", data=photos, device="cpu", precision="float16")


def test_stopped_and_resumed_is_the_same_run(tmp_path, photos):
    train(SMALL, tmp_path / "whole", data=photos, device="cpu", every=4, quiet=True)
    train(SMALL, tmp_path / "parts", data=photos, device="cpu", every=4, stop=6, quiet=True)
    assert not (tmp_path / "parts" / WEIGHTS).exists()
    with (tmp_path / "parts" / LOG).open("a", encoding="utf-8") as file:
        file.write('{"step": 9, "rate":')  # a line that was cut off
    train(SMALL, tmp_path / "parts", data=photos, device="cpu", every=4, quiet=True)
    assert digest(tmp_path / "whole" / WEIGHTS) == digest(tmp_path / "parts" / WEIGHTS)
    assert [row["step"] for row in rows(tmp_path / "parts")] == [4, 6, 8, 12]
    train(SMALL, tmp_path / "parts", data=photos, device="cpu", every=4, quiet=True)  # nothing left to do
    assert digest(tmp_path / "whole" / WEIGHTS) == digest(tmp_path / "parts" / WEIGHTS)


def test_killed_at_ten_random_moments(tmp_path, photos):
    """SIGKILL, in whatever it does; at the end the weights are those of a run that was left alone."""
    moments = random.Random(0)
    steps = 600
    whole = run_script([sys.executable], tmp_path / "whole", photos, steps=steps)
    killed = run_script([sys.executable], tmp_path / "killed", photos, steps=steps)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run(whole, check=True, env=environment)
    log = tmp_path / "killed" / LOG
    reached = []
    for _ in range(10):
        before = log.stat().st_mtime_ns if log.exists() else 0
        process = subprocess.Popen(killed, env=environment)
        while process.poll() is None and (log.stat().st_mtime_ns if log.exists() else 0) == before:
            time.sleep(0.005)  # it is still importing
        time.sleep(moments.uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
        reached.append(len(log.read_text(encoding="utf-8").splitlines()))
    assert 0 < reached[-1] < steps // 2  # it was killed on its way, not after it
    subprocess.run(killed, check=True, env=environment)
    assert digest(tmp_path / "whole" / WEIGHTS) == digest(tmp_path / "killed" / WEIGHTS)
    assert [row["step"] for row in rows(tmp_path / "killed")] == list(range(2, steps + 1, 2))


NO_STATISTICS = """
from pconv_edu.nn import PConvUNet
def train_with_frozen_norms(self, mode=True):
    torch.nn.Module.train(self, mode)
    for module in self.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval()
    return self
PConvUNet.train = train_with_frozen_norms
"""


def test_two_processes_give_the_weights_of_one(tmp_path, photos):
    """The same global batch; batch norm frozen everywhere, because its statistics are each process's own."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    settings = {"batch": 4, "steps": 8, "before": NO_STATISTICS}
    one = run_script([sys.executable], tmp_path / "one", photos, **settings)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    two = run_script(torchrun, tmp_path / "two", photos, **settings)
    for command in (one, two):
        subprocess.run(command, check=True, env=environment, capture_output=True)
    states = [load_file(tmp_path / name / WEIGHTS) for name in ("one", "two")]
    moved = 0
    torch.manual_seed(0)
    fresh = SMALL.network().state_dict()
    for name, value in states[0].items():
        assert (value.double() - states[1][name].double()).abs().max() < 1e-5, name
        moved += (value.double() - fresh[name].double()).abs().sum().item()
    assert moved > 0.1  # they were trained


def test_a_loss_that_is_not_a_number_stops_and_keeps_the_last_good_state(tmp_path, photos, monkeypatch):
    one_step = training.Run.one_step

    def spoiled(self, images, masks):
        return one_step(self, images * (float("nan") if self.step == 6 else 1), masks)

    train(SMALL, tmp_path, data=photos, device="cpu", every=2, stop=4, quiet=True)
    kept = digest(tmp_path / "checkpoint.pt")
    monkeypatch.setattr(training.Run, "one_step", spoiled)
    with pytest.raises(FloatingPointError, match=r"between steps 6 and 8\. The state of step 6 is kept"):
        train(SMALL, tmp_path, data=photos, device="cpu", every=2, quiet=True)
    assert digest(tmp_path / "checkpoint.pt") != kept  # that of step 6
    monkeypatch.undo()
    network = train(SMALL, tmp_path, data=photos, device="cpu", every=2, quiet=True)
    assert all(value.isfinite().all() for value in network.state_dict().values())


def test_a_full_disk_keeps_the_last_good_state(tmp_path, photos, monkeypatch):
    train(SMALL, tmp_path, data=photos, device="cpu", every=2, stop=4, quiet=True)
    kept = digest(tmp_path / "checkpoint.pt")
    save = torch.save

    def full(state, file):
        file.write(b"a part of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(
        OSError, match=r"step 6 could not be saved in .*No space left.*the state of step 4 is kept there"
    ):
        train(SMALL, tmp_path, data=photos, device="cpu", every=2, quiet=True)
    assert digest(tmp_path / "checkpoint.pt") == kept and not list(tmp_path.glob("*.tmp"))
    monkeypatch.setattr(torch, "save", save)
    train(SMALL, tmp_path, data=photos, device="cpu", every=2, quiet=True)


def test_a_folder_that_cannot_be_written_to_is_refused_at_once(tmp_path, photos):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(OSError, match="file"):
        train(SMALL, tmp_path / "file" / "run", data=photos, device="cpu", quiet=True)


def test_another_recipes_run_is_left_alone(tmp_path, photos):
    train(SMALL, tmp_path, data=photos, device="cpu", every=2, stop=2, quiet=True)
    with pytest.raises(ValueError, match="holds a run with another rate, seed"):
        train(replace(SMALL, rate=3e-3, seed=5), tmp_path, data=photos, device="cpu", quiet=True)
    (tmp_path / "checkpoint.pt").write_bytes(b"cut")
    with pytest.raises(ValueError, match="is cut or no checkpoint; delete it to start again"):
        train(SMALL, tmp_path, data=photos, device="cpu", quiet=True)


def test_the_learning_rate():
    recipe = Recipe("a test", steps=1000, warm_up=100, rate=1e-3, frozen_rate=2e-4, frozen=0.25)
    rates = [learning_rate(recipe, step) for step in range(1000)]
    assert rates[0] == 1e-5 and max(rates) == rates[99] == rates[100] == 1e-3
    assert recipe.frozen_from() == 750 and rates[749] == pytest.approx(2e-4, rel=1e-3) and rates[750] == 2e-4
    assert 0 < rates[-1] < 1e-8
    assert all(a >= b for a, b in itertools.pairwise(rates[100:]))


def test_the_second_stage_may_have_larger_pictures(photos):
    recipe = replace(SMALL, frozen=0.5, last_size=32, last_batch=2)
    kept = Photos(photos)
    shapes = [tuple(images.shape) for _, images, _ in batches_of(recipe, kept, 4, 8, 0, 1)]
    assert shapes == 2 * [(4, 3, 16, 16)] + 2 * [(2, 3, 32, 32)]
    assert [step for step, _, _ in batches_of(recipe, kept, 7, 12, 0, 1)] == [7, 8, 9, 10, 11]
    assert laptop(RECIPES["l1"]).stages()[1][2:] == (256, 4) and laptop(RECIPES["course"]).steps == 2500


def test_the_encoders_batch_norm_is_frozen_in_the_second_stage(tmp_path, photos):
    recipe = replace(SMALL, frozen=0.5)
    train(recipe, tmp_path, data=photos, device="cpu", every=1, stop=6, quiet=True)
    before = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["network"]
    train(recipe, tmp_path, data=photos, device="cpu", every=1, quiet=True)
    after = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["network"]
    same = {name for name in before if torch.equal(before[name], after[name])}
    frozen = {name for name in before if name.startswith("encoder") and ".norm." in name}
    assert same == frozen and len(frozen) == 5


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_runs_two_steps(name, tmp_path, photos):
    recipe = replace(RECIPES[name], size=64, batch=2, steps=2)
    start = recipe.network().state_dict() if recipe.start else None
    network = train(recipe, tmp_path, data=photos, device="cpu", start=start, quiet=True)
    wanted = {"total"} | {term for term, weight in vars(recipe.loss).items() if weight}
    assert wanted <= set(rows(tmp_path)[-1])
    assert sum(p.numel() for p in network.parameters()) == 1_078_452  # one width for all that is compared


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_cuda_trains(tmp_path, photos):
    train(replace(SMALL, steps=40), tmp_path, data=photos, device="cuda", every=10, quiet=True)
    assert rows(tmp_path)[-1]["total"] < rows(tmp_path)[0]["total"]
