"""`python -m pconv_edu train`: what it starts with, where, and what it says when it ends badly. Advice is followed."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import save_file

import pconv_edu.__main__ as command_line
from pconv_edu.nn import command as module
from pconv_edu.nn import training
from pconv_edu.nn.recipe_files import recipe_from_json
from pconv_edu.nn.recipes import RECIPES, Recipe, laptop
from pconv_edu.nn.run_folder import CHECKPOINT, LAST_GOOD, MACHINE, RECIPE, WEIGHTS, read_recipe
from pconv_edu.nn.stages import Stage
from pconv_edu.nn.state_file import read_weights
from pconv_edu.nn.training import train
from pconv_edu.nn.weights import load_weights
from tests.nn.small_runs import ENVIRONMENT, SMALL, digest, write_photos
from tests.nn.test_training import spoil


@pytest.fixture
def work(tmp_path, monkeypatch):
    """An empty current folder, beside photos of noise. `train` trains tiny recipes, and reports every second step."""
    write_photos(tmp_path / "photos", 4)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setitem(RECIPES, "l1", SMALL)
    monkeypatch.setitem(RECIPES, "superres", replace(SMALL, start="l1", seed=1))
    monkeypatch.setattr(module, "train", partial(train, every=2, quiet=True))
    monkeypatch.setattr(module, "keep_freed_memory", lambda: None)
    return tmp_path / "here"


DATA = ("--data", "../photos", "--device", "cpu")


def call(*words):
    command_line.main(["train", *words])


def ends(capsys, *words, code=1):
    """The sentence by which a call of `train` ends."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        call(*words)
    shown = capsys.readouterr().err
    assert ended.value.code == code and "Traceback" not in shown
    return shown


def follow(shown):
    """Give the command that stands at the end of a message."""
    *_, advised = shown.strip().partition("python -m pconv_edu train: ")
    line = advised[advised.index("python -m pconv_edu ") :]
    command_line.main(shlex.split(line)[3:])


# ---- where, and what to start with


def test_a_run_is_not_called_like_what_ships(work, capsys):
    call("--recipe", "l1", *DATA)
    assert (work / "runs" / "my-l1" / WEIGHTS).exists() and "are in runs" in capsys.readouterr().out
    call("--recipe", "l1", "--out", "runs/L1", *DATA)
    assert "a method is called L1 too: `evaluate` will ask for another name" in capsys.readouterr().err


def test_a_run_where_earlier_versions_left_it_is_pointed_at(work, capsys):
    train(SMALL, work / "runs" / "l1", data=work / ".." / "photos", device="cpu", every=2, stop=4, quiet=True)
    call("--recipe", "l1", *DATA)
    assert "runs/l1 is a run that an earlier version began: to resume it, give --out runs/l1" in capsys.readouterr().err
    call("--recipe", "l1", *DATA)
    assert "earlier version" not in capsys.readouterr().err


def test_recipes_that_continue_l1_start_with_the_learners_or_with_the_one_that_ships(work, capsys, monkeypatch):
    shipped = SMALL.network().state_dict()
    monkeypatch.setattr(module, "load_weights", lambda name: SimpleNamespace(state_dict=lambda: shipped))
    started = []
    run = training.Run
    monkeypatch.setattr(training, "Run", lambda *given: started.append(given[3]) or run(*given))
    call("--recipe", "superres", "--out", "one", *DATA)
    assert "my-l1/weights.safetensors is not there: training starts with the l1 that ships" in capsys.readouterr().err
    call("--recipe", "l1", *DATA)
    call("--recipe", "superres", "--out", "two", *DATA)
    assert "that ships" not in capsys.readouterr().err
    call("--recipe", "superres", "--out", "three", "--start", "one/weights.safetensors", *DATA)
    call("--recipe", "superres", "--out", "four", "--start", "l1", *DATA)
    names = ["runs/my-l1", "one"]
    own, named = (read_weights(work / name / WEIGHTS) for name in names)
    for given, wanted in zip(started, (shipped, None, own, named, shipped), strict=True):
        assert given is wanted or all(torch.equal(given[key], value) for key, value in wanted.items())
    (work / "runs" / "my-l1" / WEIGHTS).unlink()
    call("--recipe", "superres", "--out", "two", *DATA)  # resumed: it needs no weights to start with
    assert "that ships" not in capsys.readouterr().err and started[-1] is None


def test_a_shipped_network_fits_the_recipes_that_continue_it():
    for name in ("course", "superres"):
        for recipe in (RECIPES[name], laptop(RECIPES[name])):
            recipe.network().load_state_dict(load_weights(recipe.start).state_dict())


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "module._orig_mod."])
def test_weights_with_the_prefixes_of_pytorch_are_taken(work, prefix):
    state = SMALL.network().state_dict()
    save_file({prefix + key: value for key, value in state.items()}, work / "prefixed.safetensors")
    save_file(state, work / "plain.safetensors")
    for name in ("prefixed", "plain"):
        call("--recipe", "l1", "--start", f"{name}.safetensors", "--out", name, *DATA)
    assert digest(work / "prefixed" / WEIGHTS) == digest(work / "plain" / WEIGHTS)


def wide(path):
    save_file(replace(SMALL, width=8, levels=3, max_channels=16).network().state_dict(), path)


@pytest.mark.parametrize(
    "write, says",
    [
        (wide, "width 8, 3 levels and at most 16 channels .*but this one has width 4, 2 levels and at most 8 channels"),
        (lambda path: save_file({"x": torch.ones(2)}, path), "not the weights of a network of this course, but x"),
        (lambda path: path.write_bytes(b""), r"given\.safetensors is cut short or no safetensors file"),
        (lambda path: path.write_bytes(b"{}" * 99), r"given\.safetensors is cut short or no safetensors file"),
        (lambda path: path.mkdir(), r"is a folder; give a file of weights, such as .*weights\.safetensors"),
        (lambda path: None, r"given\.safetensors is not there: train that recipe first, or name other weights"),
        (
            lambda path: save_file({key: value / 0 for key, value in SMALL.network().state_dict().items()}, path),
            "has values that are infinite or not numbers; give other weights",
        ),
    ],
)
def test_weights_that_do_not_fit_are_refused_in_a_sentence(work, capsys, write, says):
    write(work / "given.safetensors")
    shown = ends(capsys, "--recipe", "l1", "--start", "given.safetensors", *DATA)
    assert re.search(says, shown)
    assert shown.count("\n") == 1 and not (work / "runs").exists()


# ---- arguments


@pytest.mark.parametrize(
    "words, says",
    [
        (["--batch", "0"], "batch is 0; it must be at least 1"),
        (["--steps", "-5"], "steps is -5; it must be at least 1"),
        (["--rate", "nan"], "rate is nan; give a number"),
        (["--rate", "0"], "rate is 0; give a number above 0"),
        (["--rate", "-1"], "rate is -1.0; give a number"),
        (["--size", "8"], "size is 8; it must be at least 16"),
        (["--seed", "-1"], "seed is -1; it must be at least 0"),
        (["--device", "gpu"], "device is 'gpu', but there is no such device"),
        (["--data", "nowhere"], "nowhere does not exist; give a folder of images"),
        (["--data", "."], "there is no image in ."),
        (["--out", "../photos/photo0.png"], "photo0.png is a file; choose a folder for the run"),
    ],
)
def test_arguments_that_cannot_be_are_refused_in_a_sentence(work, capsys, words, says):
    shown = ends(capsys, "--recipe", "l1", *DATA, *words)
    assert shown.startswith("python -m pconv_edu train: ") and says in shown and shown.count("\n") == 1
    assert list(work.iterdir()) == []


@pytest.mark.parametrize("name", [RECIPE, MACHINE])
def test_files_of_a_run_that_are_broken_are_named(work, capsys, name):
    call("--recipe", "l1", *DATA)
    (work / "runs" / "my-l1" / name).write_text("{", encoding="utf-8")
    if name == MACHINE:
        assert "machine.json is broken or no JSON file" in ends(capsys, "--recipe", "l1", *DATA)
    else:  # written again from the recipe that is given; the checkpoint knows the run's own
        call("--recipe", "l1", *DATA)
        assert read_recipe(work / "runs" / "my-l1") == SMALL


def options(*words, monkeypatch):
    """What `train` makes of its words."""
    found = []
    monkeypatch.setattr(module, "train_command", lambda given, taken: found.append(given))
    call(*words)
    return found[0]


def test_changes_of_a_recipe(monkeypatch):
    given = options(
        "--recipe", "l1", "--laptop", "--batch", "2", "--rate", "1e-3", "--seed", "9", monkeypatch=monkeypatch
    )
    stages = Stage(8000, 128, 2, 1e-3, 1e-4), Stage(4000, 256, 2, 1e-4, 0, frozen=True)
    assert module.recipe_of_options(given) == replace(laptop(RECIPES["l1"]), stages=stages, seed=9)
    given = options("--recipe", "course", "--laptop", "--batch", "32", "--steps", "900", monkeypatch=monkeypatch)
    stages = Stage(600, 128, 32, 2e-4, 1e-4), Stage(300, 256, 2, 1e-4, 0, frozen=True)
    assert module.recipe_of_options(given) == replace(laptop(RECIPES["course"]), stages=stages)
    given = options("--recipe", "l1", "--batch", "32", "--size", "64", "--steps", "100", monkeypatch=monkeypatch)
    stages = Stage(75, 64, 32, 2e-3, 2e-4), Stage(25, 64, 32, 2e-4, 0, frozen=True)
    assert module.recipe_of_options(given) == replace(RECIPES["l1"], stages=stages)
    for name, recipe in RECIPES.items():
        assert module.recipe_of_options(options("--recipe", name, monkeypatch=monkeypatch)) == recipe


def test_changes_of_recipes_with_one_and_with_three_stages(monkeypatch):
    given = options("--recipe", "large-l1", "--steps", "20", "--rate", "1e-3", "--batch", "4", monkeypatch=monkeypatch)
    stages = (replace(RECIPES["large-l1"].stages[0], steps=20, batch=4, rate=1e-3, end_rate=1e-4),)
    assert module.recipe_of_options(given) == replace(RECIPES["large-l1"], stages=stages)
    three = tuple(Stage(steps, 32, batch, 1e-3, 5e-4) for steps, batch in ((50, 8), (10, 8), (40, 2)))
    monkeypatch.setitem(RECIPES, "l1", replace(RECIPES["l1"], stages=three))
    for steps, wanted, batches in (
        (10, [5, 1, 4], [4, 4, 2]),
        (1000, [500, 100, 400], [4, 4, 2]),
        (2, [1, 1], [4, 2]),  # the second stage is dropped
        (1, [1], [4]),
    ):
        given = options("--recipe", "l1", "--steps", str(steps), "--batch", "4", monkeypatch=monkeypatch)
        stages = module.recipe_of_options(given).stages
        assert [stage.steps for stage in stages] == wanted
        assert [stage.batch for stage in stages] == batches


def test_a_command_is_printed_as_it_was_given(monkeypatch):
    words = ["--recipe", "l1", "--out", "my runs/l1", "--data", "it's", "--no-compile", "--laptop", "--rate", "0.001"]
    words += ["--seed", "0", "--device", "cpu"]
    line = module.command(options(*words, monkeypatch=monkeypatch))
    assert line.startswith("python -m pconv_edu train --recipe l1 ")
    again = options(*shlex.split(line)[4:], monkeypatch=monkeypatch)
    assert vars(again) == vars(options(*words, monkeypatch=monkeypatch))
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "4")
    line = module.command(again, start=None, rate="5e-4")
    assert line.startswith("torchrun --nproc-per-node 4 -m pconv_edu train ") and line.endswith("--rate 5e-4 --seed 0")


def test_options_reach_training(work, monkeypatch):
    given = {}
    monkeypatch.setattr(module, "train", lambda recipe, out, **options: given.update(options, out=out))
    call("--recipe", "l1", "--no-compile", "--device", "cuda:1", "--precision", "float32", "--out", "x", "--data", "d")
    assert given["compiled"] is False and given["device"] == "cuda:1" and given["precision"] == "float32"
    assert given["data"] == "d" and str(given["out"]) == "x"
    call("--recipe", "l1")
    assert given["compiled"] is True and given["device"] == "auto" and given["data"] is None


# ---- how it ends


def test_the_advice_after_numbers_that_are_none_works(work, capsys, monkeypatch):
    spoil(monkeypatch, step=6, rate=6e-4)
    words = ["--recipe", "l1", "--rate", "2e-3", *DATA]
    shown = ends(capsys, *words)
    assert "The state of step 6 is kept in runs/my-l1/checkpoint.pt" in shown and "my-l1/last_good.safetensors" in shown
    shown = ends(capsys, *words)  # the same command resumes, and fails again
    with pytest.raises(SystemExit):
        follow(shown)  # 1e-3, in runs/my-l1-2
    follow(capsys.readouterr().err)  # 5e-4, in runs/my-l1-2-2
    assert (work / "runs" / "my-l1-2-2" / WEIGHTS).exists()
    assert (work / "runs" / "my-l1-2" / LAST_GOOD).exists() and not (work / "runs" / "my-l1-2" / WEIGHTS).exists()
    assert read_recipe(work / "runs" / "my-l1-2-2").stages[0].rate == 5e-4


def test_the_advice_works_where_nothing_was_saved(work, capsys, monkeypatch):
    spoil(monkeypatch, step=1, rate=1e-3)
    shown = ends(capsys, "--recipe", "l1", *DATA)
    assert "nothing was saved before" in shown and "kept" not in shown
    follow(shown)
    assert (work / "runs" / "my-l1" / WEIGHTS).exists()


def test_ctrl_c_says_what_is_kept_and_the_command_that_resumes(work, capsys, monkeypatch):
    call("--recipe", "l1", "--out", "whole", *DATA)
    one_step = training.Run.one_step

    def stopped(run, *batch):
        return signal.raise_signal(signal.SIGINT) if run.step == 7 else one_step(run, *batch)

    monkeypatch.setattr(training.Run, "one_step", stopped)
    shown = ends(capsys, "--recipe", "l1", *DATA, code=130)
    assert shown.startswith(
        "python -m pconv_edu train: stopped; the state of step 6 is kept in runs/my-l1/checkpoint.pt"
    )
    monkeypatch.setattr(training.Run, "one_step", one_step)
    follow(shown)
    assert digest(work / "runs" / "my-l1" / WEIGHTS) == digest(work / "whole" / WEIGHTS)


def test_memory_that_is_used_up_is_a_sentence(work, capsys, monkeypatch):
    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 MiB.\nmore")

    monkeypatch.setattr(training.Run, "one_step", full)
    shown = ends(capsys, "--recipe", "l1", *DATA)
    assert "there is not enough memory (CUDA out of memory" in shown and "give a batch below 4" in shown


def test_of_several_processes_the_first_one_speaks_for_all(work, capsys, monkeypatch):
    one_step = training.Run.one_step
    for rank, speaks in (("0", True), ("1", False)):
        monkeypatch.setenv("RANK", rank)
        spoil(monkeypatch, step=1)
        assert ("not a number" in ends(capsys, "--recipe", "l1", *DATA)) is speaks
        monkeypatch.setattr(training.Run, "one_step", lambda *_: signal.raise_signal(signal.SIGINT))
        assert ("stopped" in ends(capsys, "--recipe", "l1", *DATA, code=130)) is speaks
        monkeypatch.setattr(training.Run, "one_step", one_step)
    shown = ends(capsys, "--recipe", "l1", "--batch", "0", *DATA)  # what may have befallen one alone
    assert shown.startswith("python -m pconv_edu train: process 1: batch is 0")


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send Ctrl-C to one program alone")
def test_a_real_ctrl_c(tmp_path):
    """The whole program, with the signal that a terminal sends: no traceback, exit code 130."""
    write_photos(tmp_path / "photos", 2)
    words = [sys.executable, "-m", "pconv_edu", "train", "--recipe", "l1", "--size", "16", "--batch", "2"]
    process = subprocess.Popen(
        [*words, "--data", "photos"], cwd=tmp_path, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 100
    while not (tmp_path / "runs" / "my-l1" / CHECKPOINT).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, shown = process.communicate(timeout=100)
    assert process.returncode == 130 and "Traceback" not in shown
    last = shown.strip().splitlines()[-1]
    assert "stopped; the state of step" in last and "To resume: python -m pconv_edu train --recipe l1" in last


def test_what_is_said_has_no_line_of_code(work, capsys):
    (work / ".." / "photos" / "broken.png").write_bytes(b"no image")
    call("--recipe", "l1", *DATA)
    said = capsys.readouterr().err.splitlines()
    assert len([line for line in said if line.startswith("1 of 5 files were skipped: ")]) == 1
    assert not any("Warning" in line or ".py" in line for line in said)


def test_recipes_of_json_files_with_other_fields(work):
    call("--recipe", "l1", *DATA)
    path = work / "runs" / "my-l1" / RECIPE
    value = json.loads(path.read_text(encoding="utf-8"))
    for changed, says in (
        ({**value, "tempo": 3}, "unknown: tempo"),
        ({"about": "x"}, "missing: stages, holes, colors"),
    ):
        path.write_text(json.dumps(changed), encoding="utf-8")
        with pytest.raises(ValueError, match=rf"recipe\.json does not have the fields of Recipe .*{says}"):
            read_recipe(path.parent)
    assert isinstance(recipe_from_json(value), Recipe)
