"""Training: a resumed run ends as if it had not been stopped, work is shared, and failures say what is kept."""

import itertools
import json
import multiprocessing
import random
import signal
import subprocess
import sys
import time
import warnings
import weakref
from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.distributed as dist
from PIL import Image
from safetensors.torch import load_file

from pconv_edu.core.atomic import UNFINISHED
from pconv_edu.nn import training
from pconv_edu.nn.data import Photos
from pconv_edu.nn.recipes import RECIPES
from pconv_edu.nn.rival_recipes import RIVALS
from pconv_edu.nn.run_folder import LAST_GOOD, LOG, MACHINE, WEIGHTS, hours
from pconv_edu.nn.state_file import read_weights
from pconv_edu.nn.training import batches_of, train
from tests.nn.small_runs import (
    ENVIRONMENT,
    NO_STATISTICS,
    SMALL,
    digest,
    rows,
    run,
    run_script,
    small_stages,
    write_photos,
)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    return write_photos(folder, 4)


@pytest.fixture(scope="module")
def many_photos(tmp_path_factory):
    return write_photos(tmp_path_factory.mktemp("many"), 14)


def test_a_run_leaves_what_it_promises(tmp_path, many_photos):
    network = train(SMALL, tmp_path, data=many_photos, device="cpu", every=4, watch_every=8, quiet=True)
    names = {"recipe.json", "machine.json", "log.jsonl", "samples.png", "curves.png", "checkpoint.pt", WEIGHTS}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert [row["step"] for row in rows(tmp_path)] == [4, 8, 12]
    assert ["held_out_hole" in row for row in rows(tmp_path)] == [False, True, True]
    state = load_file(tmp_path / WEIGHTS)
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())
    assert not network.training
    assert rows(tmp_path)[-1]["total"] < rows(tmp_path)[0]["total"]


def test_of_few_photos_none_is_held_out_and_that_is_said_once(tmp_path, photos, many_photos):
    with pytest.warns(UserWarning, match=r"4 photos are too few to hold any out \(14 are enough\)") as said:
        train(SMALL, tmp_path / "few", data=photos, device="cpu", every=4, watch_every=4)
    assert len(said) == 1
    assert not any("held_out_hole" in row for row in rows(tmp_path / "few"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train(SMALL, tmp_path / "quiet", data=photos, device="cpu", every=4, watch_every=4, quiet=True)
        train(SMALL, tmp_path / "many", data=many_photos, device="cpu", every=4, watch_every=4)
    assert digest(tmp_path / "few" / WEIGHTS) == digest(tmp_path / "quiet" / WEIGHTS)
    few, many = (Image.open(tmp_path / name / "samples.png") for name in ("few", "many"))
    assert few.height == many.height == 16 + 3 * 16 and few.width > many.width  # its line of text is longer
    shown = few.crop((0, 16 + 2 * 16, 4 * 16, 16 + 3 * 16))
    assert len(np.unique(np.asarray(shown))) > 100  # the third row: photos


def test_held_out_photos_that_cannot_be_read_are_as_good_as_none(tmp_path, many_photos):
    data = write_photos(tmp_path / "photos", 14)
    apart = Photos(data, held_out=True).names
    assert len(apart) == 1
    apart[0].write_bytes(b"no image")
    with pytest.warns(UserWarning, match="13 photos are too few"):
        train(SMALL, tmp_path / "run", data=data, device="cpu", every=12)
    assert "held_out_hole" not in rows(tmp_path / "run")[-1]


def test_hours_and_machine(tmp_path, photos):
    train(
        replace(SMALL, stages=small_stages(frozen=0.5, last_batch=2)),
        tmp_path,
        data=photos,
        device="cpu",
        every=3,
        quiet=True,
    )
    about = json.loads((tmp_path / MACHINE).read_text(encoding="utf-8"))
    assert about["photos"] == 4 and about["data"] == photos.name and about["bfloat16"] is False
    assert about["device"].startswith("cpu, ")
    took = sum(3 * batch / row["images_per_s"] for batch, row in zip((4, 4, 2, 2), rows(tmp_path), strict=True))
    assert hours(tmp_path) == pytest.approx(took / 3600)


def test_hours_are_precise_and_logs_of_earlier_versions_are_read(tmp_path, photos, monkeypatch):
    """A row over the change of stages counts the pictures of both; slow runs are not rounded to 0.0 a second."""
    clock = itertools.count(0, 1000.0)
    monkeypatch.setattr("pconv_edu.nn.reports.time.perf_counter", lambda: next(clock))
    train(
        replace(SMALL, stages=small_stages(frozen=0.5, last_batch=2)),
        tmp_path,
        data=photos,
        device="cpu",
        every=4,
        quiet=True,
    )
    took = [16 / rows(tmp_path)[0]["images_per_s"], (8 + 4) / rows(tmp_path)[1]["images_per_s"]]
    assert took == [1000.0, 1000.0] and hours(tmp_path) == pytest.approx(3000 / 3600)
    old = [row | {"images_per_s": round(row["images_per_s"], 1)} for row in rows(tmp_path)]
    assert old[0]["images_per_s"] == 0.0
    (tmp_path / LOG).write_text("".join(json.dumps(row) + "\n" for row in old), encoding="utf-8")
    assert hours(tmp_path) == pytest.approx((16 + 12 + 8) / 0.05 / 3600)


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


def train_alone(folder, photos, steps):
    """What a process of its own runs in the next test."""
    torch.set_num_threads(1)
    train(replace(SMALL, stages=small_stages(steps=steps)), folder, data=photos, device="cpu", every=2, quiet=True)


def test_killed_at_ten_random_moments(tmp_path, photos):
    """SIGKILL, in whatever it does; at the end the weights are those of a run that was left alone."""
    processes = multiprocessing.get_context("forkserver")  # one that has imported everything starts the others
    processes.set_forkserver_preload([__name__, "torch._dynamo", "matplotlib.pyplot"])
    moments = random.Random(0)
    steps = 600
    log = tmp_path / "killed" / LOG

    def start(name):
        process = processes.Process(target=train_alone, args=(tmp_path / name, photos, steps))
        process.start()
        return process

    def lines():
        return len(log.read_text(encoding="utf-8").splitlines()) if log.exists() else 0

    def began():
        return log.stat().st_mtime_ns if log.exists() else 0  # the log is written at the beginning, too

    whole = start("whole")
    whole.join()
    reached = []
    for number in range(10):
        seen = lines if number % 2 else began  # every second process gets further, on a busy machine too
        before = seen()
        process = start("killed")
        while process.is_alive() and seen() <= before:
            time.sleep(0.005)
        time.sleep(moments.uniform(0, 0.3))
        process.kill()
        process.join()
        reached.append(lines())
    assert 0 < reached[-1] < steps // 2  # it was killed on its way, not after it
    last = start("killed")
    last.join()
    assert (whole.exitcode, process.exitcode, last.exitcode) == (0, -signal.SIGKILL, 0)
    assert digest(tmp_path / "whole" / WEIGHTS) == digest(tmp_path / "killed" / WEIGHTS)
    assert [row["step"] for row in rows(tmp_path / "killed")] == list(range(2, steps + 1, 2))


def test_two_processes_give_the_weights_of_one(tmp_path, photos):
    """The same global batch; batch norm frozen everywhere, because its statistics are each process's own."""
    settings = {"batch": 4, "steps": 8, "before": NO_STATISTICS}
    one = run_script([sys.executable], tmp_path / "one", photos, **settings)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    two = run_script(torchrun, tmp_path / "two", photos, **settings)
    for command in (one, two):
        run(command)
    states = [load_file(tmp_path / name / WEIGHTS) for name in ("one", "two")]
    moved = 0
    torch.manual_seed(0)
    fresh = SMALL.network().state_dict()
    for name, value in states[0].items():
        assert (value.double() - states[1][name].double()).abs().max() < 1e-5, name
        moved += (value.double() - fresh[name].double()).abs().sum().item()
    assert moved > 0.1  # they were trained


def test_the_wrapper_is_gone_before_the_processes_part(tmp_path):
    """It would keep the threads of the connection until Python ends, where they may abort the process."""
    dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    try:
        run = training.Run(SMALL, tmp_path, torch.device("cpu"))
        run.one_step(torch.rand(4, 3, 16, 16), torch.ones(4, 1, 16, 16))
        wrapper = weakref.ref(run.wrapped)
        assert isinstance(wrapper(), torch.nn.parallel.DistributedDataParallel)
        run.disconnect()
        assert wrapper() is None and run.wrapped is run.network and not dist.is_initialized()
    finally:
        if dist.is_initialized():
            dist.destroy_process_group()


NAN_IN_ONE_PROCESS = """
import os
from pconv_edu.nn.run import Run
one_step = Run.one_step
def spoiled(self, images, masks):
    terms = one_step(self, images, masks)
    return terms | {"total": terms["total"] * float("nan")} if os.environ["RANK"] == "1" and self.step == 6 else terms
Run.one_step = spoiled
def train(*given, train=train, **options):
    try:
        train(*given, **options)
    except FloatingPointError as error:
        Path(sys.argv[1] + "." + os.environ["RANK"]).write_text(str(error), encoding="utf-8")
        sys.exit(1)
"""


def test_a_number_that_is_none_in_one_process_ends_all_of_them(tmp_path, photos):
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command = run_script(torchrun, tmp_path / "run", photos, before=NAN_IN_ONE_PROCESS)
    ended = subprocess.run(command, env=ENVIRONMENT, capture_output=True, timeout=100)
    assert ended.returncode != 0
    for rank in "01":
        assert "between steps 4 and 6" in (tmp_path / f"run.{rank}").read_text(encoding="utf-8")
    assert read_weights(tmp_path / "run" / LAST_GOOD)


def spoil(monkeypatch, step, rate=0.0):
    """From a step on, pictures are NaN, wherever the rate of the recipe is above a bound."""
    one_step = training.Run.one_step

    def spoiled(self, images, masks):
        return one_step(
            self, images * (float("nan") if self.step == step and self.recipe.stages[0].rate > rate else 1), masks
        )

    monkeypatch.setattr(training.Run, "one_step", spoiled)


def test_a_loss_that_is_not_a_number_stops_and_keeps_the_last_good_state(tmp_path, photos, monkeypatch):
    train(SMALL, tmp_path, data=photos, device="cpu", every=2, stop=4, quiet=True)
    kept = digest(tmp_path / "checkpoint.pt")
    spoil(monkeypatch, step=6)
    with pytest.raises(FloatingPointError, match=r"between steps 6 and 8\. The state of step 6 is kept") as stopped:
        train(SMALL, tmp_path, data=photos, device="cpu", every=2, quiet=True)
    assert digest(tmp_path / "checkpoint.pt") != kept  # that of step 6
    assert stopped.value.last_good == tmp_path / LAST_GOOD and str(tmp_path / LAST_GOOD) in str(stopped.value)
    average = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["average"]
    good = read_weights(tmp_path / LAST_GOOD)
    assert all(torch.equal(good[name], value) for name, value in average.items())
    monkeypatch.undo()
    again = tmp_path / "again"
    network = train(SMALL, again, data=photos, device="cpu", start=good, every=2, stop=0, quiet=True)
    assert all(torch.equal(value, good[name]) for name, value in network.state_dict().items())
    network = train(SMALL, tmp_path, data=photos, device="cpu", every=2, quiet=True)
    assert all(value.isfinite().all() for value in network.state_dict().values())


def test_a_loss_that_is_not_a_number_before_anything_was_saved(tmp_path, photos, monkeypatch):
    spoil(monkeypatch, step=1, rate=6e-4)
    with pytest.raises(FloatingPointError, match=r"between steps 0 and 2, and nothing was saved before") as stopped:
        train(SMALL, tmp_path, data=photos, device="cpu", every=2, quiet=True)
    assert stopped.value.last_good is None and "checkpoint" not in str(stopped.value)
    assert not (tmp_path / "checkpoint.pt").exists() and not (tmp_path / LAST_GOOD).exists()
    train(
        replace(SMALL, stages=small_stages(rate=5e-4)), tmp_path, data=photos, device="cpu", every=2, quiet=True
    )  # as it advises
    assert (tmp_path / WEIGHTS).exists()


def test_weights_that_are_no_numbers_are_not_saved_though_the_loss_still_is_one(tmp_path, photos, monkeypatch):
    """The step whose update spoils the weights has a loss of before; the checkpoint must not be of after."""
    clip = torch.nn.utils.clip_grad_norm_
    calls = itertools.count(1)

    def spoiled(parameters, bound):
        parameters = list(parameters)
        clip(parameters, bound)
        if next(calls) == 4:
            parameters[0].grad.fill_(float("inf"))

    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", spoiled)
    with pytest.raises(FloatingPointError, match="between steps 2 and 4"):
        train(SMALL, tmp_path, data=photos, device="cpu", every=2, quiet=True)
    assert torch.load(tmp_path / "checkpoint.pt", weights_only=True)["step"] == 2


def test_ctrl_c_says_which_step_is_kept(tmp_path, photos, monkeypatch):
    one_step = training.Run.one_step
    monkeypatch.setattr(
        training.Run, "one_step", lambda run, *batch: one_step(run, *batch) if run.step < 7 else signal.raise_signal(2)
    )
    kept = r"^stopped; the state of step 6 is kept in .*checkpoint\.pt$"
    with pytest.raises(KeyboardInterrupt, match=kept):
        train(SMALL, tmp_path / "run", data=photos, device="cpu", every=2, quiet=True)
    with pytest.raises(KeyboardInterrupt, match=r"^stopped; nothing was saved yet$"):
        train(SMALL, tmp_path / "other", data=photos, device="cpu", every=50, quiet=True)
    monkeypatch.undo()
    for name in ("run", "whole"):
        train(SMALL, tmp_path / name, data=photos, device="cpu", every=2, quiet=True)
    assert digest(tmp_path / "run" / WEIGHTS) == digest(tmp_path / "whole" / WEIGHTS)


@pytest.mark.parametrize("error", [MemoryError(), torch.OutOfMemoryError("CUDA out of memory. Tried to\nmore")])
def test_memory_that_is_used_up_is_told_with_what_helps(tmp_path, photos, monkeypatch, error):
    one_step = training.Run.one_step

    def full(run, *batch):
        if run.step == run.recipe.seed:
            raise error
        return one_step(run, *batch)

    monkeypatch.setattr(training.Run, "one_step", full)
    with pytest.raises(MemoryError, match=r"there is not enough memory .*give a batch below 4") as at_once:
        train(SMALL, tmp_path / "at once", data=photos, device="cpu", every=2, quiet=True)
    assert "\n" not in str(at_once.value) and "delete" not in str(at_once.value)
    with pytest.raises(MemoryError, match=r"the state of step 6 is kept in .*resume, or start in another folder"):
        train(replace(SMALL, seed=7), tmp_path / "later", data=photos, device="cpu", every=2, quiet=True)


def test_a_full_disk_keeps_the_last_good_state(tmp_path, photos, monkeypatch):
    train(SMALL, tmp_path, data=photos, device="cpu", every=2, stop=4, quiet=True)
    kept = digest(tmp_path / "checkpoint.pt")
    save = torch.save

    def full(state, file):
        file.write(b"a part of it")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(
        OSError, match=r"step 6 could not be saved in .*No space left.*the state of step 4 is kept in .*checkpoint\.pt"
    ):
        train(SMALL, tmp_path, data=photos, device="cpu", every=2, quiet=True)
    assert digest(tmp_path / "checkpoint.pt") == kept and not list(tmp_path.glob(UNFINISHED))
    monkeypatch.setattr(torch, "save", save)
    left_by_a_killed_process = tmp_path / ".0123456789ab.part"
    left_by_a_killed_process.write_bytes(b"a part of it")
    train(SMALL, tmp_path, data=photos, device="cpu", every=2, quiet=True)
    assert not left_by_a_killed_process.exists()


def test_a_folder_that_cannot_be_written_to_is_refused_at_once(tmp_path, photos):
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(OSError, match="file"):
        train(SMALL, tmp_path / "file" / "run", data=photos, device="cpu", quiet=True)


def test_the_second_stage_may_have_larger_pictures(photos):
    recipe = replace(SMALL, stages=small_stages(frozen=0.5, last_size=32, last_batch=2))
    kept = Photos(photos)
    shapes = [tuple(images.shape) for _, images, _ in batches_of(recipe, kept, 4, 8, 0, 1)]
    assert shapes == 2 * [(4, 3, 16, 16)] + 2 * [(2, 3, 32, 32)]
    assert [step for step, _, _ in batches_of(recipe, kept, 7, 12, 0, 1)] == [7, 8, 9, 10, 11]


def test_the_encoders_batch_norm_is_frozen_in_the_second_stage(tmp_path, photos):
    recipe = replace(SMALL, stages=small_stages(frozen=0.5))
    train(recipe, tmp_path, data=photos, device="cpu", every=1, stop=6, quiet=True)
    before = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["network"]
    train(recipe, tmp_path, data=photos, device="cpu", every=1, quiet=True)
    after = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["network"]
    same = {name for name in before if torch.equal(before[name], after[name])}
    frozen = {name for name in before if name.startswith("encoder") and ".norm." in name}
    assert same == frozen and len(frozen) == 5


@pytest.mark.parametrize("name", [name for name in RECIPES if name not in RIVALS])  # test_adversarial.py trains these
def test_every_recipe_runs_two_steps(name, tmp_path, photos):
    recipe = replace(RECIPES[name], stages=small_stages(size=64, batch=2, steps=2))
    start = recipe.network().state_dict() if recipe.start else None
    network = train(recipe, tmp_path, data=photos, device="cpu", start=start, quiet=True)
    wanted = {"total"} | {term for term, weight in vars(recipe.loss).items() if weight}
    assert wanted <= set(rows(tmp_path)[-1])
    expected = 4_880_772 if name.startswith("large") else 1_078_452  # one width for all that is compared
    expected = {"mask-input": 1_080_047, "gated": 1_073_764}.get(recipe.variant, expected)
    assert sum(p.numel() for p in network.parameters()) == expected


def test_a_network_that_is_not_compiled_after_all_is_a_sentence(tmp_path, photos, monkeypatch):
    def fail(*_):
        raise type("BackendCompilerFailed", (RuntimeError,), {"__module__": "torch._dynamo.exc"})("no ptxas\nmore")

    monkeypatch.setattr(training.Run, "one_step", fail)
    with pytest.raises(ValueError, match=r"could not be compiled \(no ptxas\): train without that, .*--no-compile"):
        train(SMALL, tmp_path, data=photos, device="cpu", quiet=True)


@pytest.mark.parametrize("every", [0, -1, 2.5, None, True])
def test_steps_between_reports_that_cannot_be(tmp_path, photos, every):
    for given in ({"every": every}, {"watch_every": every}):
        with pytest.raises(ValueError, match=r"every is .*; give a whole number of steps, at least 1"):
            train(SMALL, tmp_path, data=photos, device="cpu", **given)


def test_a_batch_that_processes_cannot_share_is_refused_before_the_first_step(tmp_path, photos, monkeypatch):
    monkeypatch.setattr(training, "join_processes", lambda device: (device, 0, 2))
    with pytest.raises(ValueError, match="a batch of 3 cannot be shared by 2 processes"):
        train(replace(SMALL, stages=small_stages(frozen=0.5, last_batch=3)), tmp_path, data=photos, device="cpu")
    assert list(tmp_path.iterdir()) == []


def test_a_recipe_that_continues_another_needs_its_weights(tmp_path, photos):
    with pytest.raises(ValueError, match="continues another one, l1: give its weights"):
        train(replace(SMALL, start="l1"), tmp_path, data=photos, device="cpu")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
def test_cuda_trains(tmp_path, photos):
    train(replace(SMALL, stages=small_stages(steps=40)), tmp_path, data=photos, device="cuda", every=10, quiet=True)
    assert rows(tmp_path)[-1]["total"] < rows(tmp_path)[0]["total"]
