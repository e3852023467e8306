"""A run resumes where it stopped, measures again what has changed, and ends cleanly on Ctrl-C."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from pconv_edu import inpaint
from pconv_edu.experiments import evaluate as experiment
from pconv_edu.experiments import processes

from .runs import make_run, read


def test_a_run_goes_on_where_it_stopped(few, tmp_path):
    assert experiment.run(few, ["mean", "telea"], tmp_path / "whole", workers=1, progress=False) == 6
    assert experiment.run(few[:2], ["telea"], tmp_path / "cut", workers=1, progress=False) == 2
    whole, cut = (tmp_path / name / "telea.csv" for name in ("whole", "cut"))
    cut.write_text(cut.read_text(encoding="utf-8")[:-30], encoding="utf-8")  # killed in the middle of a line
    assert experiment.run(few, ["telea"], tmp_path / "cut", workers=1, progress=False) == 2
    assert cut.read_bytes() == whole.read_bytes() and len(read(whole)) == 3
    assert experiment.run(few, ["telea"], tmp_path / "cut", workers=1, progress=False) == 0


def test_two_processes_give_the_same_rows(few, tmp_path):
    for workers in (1, 2):
        experiment.run(few, ["navier-stokes", "patchmatch"], tmp_path / str(workers), workers, progress=False)
    for name in ("navier-stokes.csv", "patchmatch.csv"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_rows_of_other_pixels_or_weights_are_computed_again(few, tmp_path):
    experiment.run(few, ["mean", "telea"], tmp_path, workers=1, progress=False)
    mask = few[0].mask.copy()
    mask[100, 100] ^= True
    changed = [few[0]._replace(mask=mask), *few[1:]]
    assert experiment.run(changed, ["mean"], tmp_path, workers=1, progress=False) == 1
    assert len(read(tmp_path / "mean.csv")) == 3
    marks = json.loads((tmp_path / "methods.json").read_text(encoding="utf-8"))
    (tmp_path / "methods.json").write_text(json.dumps(marks | {"telea": "other"}), encoding="utf-8")
    assert experiment.run(few, ["telea"], tmp_path, workers=1, progress=False) == 3
    assert json.loads((tmp_path / "methods.json").read_text(encoding="utf-8")) == {"mean": "", "telea": ""}


def test_a_training_run_is_a_method(few, tmp_path):
    run = make_run(tmp_path / "my_run")
    experiment.run(few[:1], [str(run), "l1", f"{run}/"], tmp_path / "out", workers=1, progress=False)
    mine, shipped = (read(tmp_path / "out" / f"{name}.csv") for name in ("my_run", "l1"))
    assert mine == shipped
    assert len(json.loads((tmp_path / "out" / "methods.json").read_text(encoding="utf-8"))["my_run"]) == 12


def test_a_run_with_the_name_of_a_shipped_method_changes_nothing(few, tmp_path):
    experiment.run(few[:1], ["l1"], tmp_path / "out", workers=1, progress=False)
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    for run in (make_run(tmp_path / "runs" / "l1"), make_run(tmp_path / "runs" / "L1+Noise")):
        for together in ([run], ["l1", run], [run, "l1"]):
            with pytest.raises(ValueError, match="has the name of the method l1"):
                experiment.run(few, together, tmp_path / "out", workers=1, progress=False)
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_a_broken_run_is_refused_before_anything_is_measured(few, tmp_path):
    run = make_run(tmp_path / "net")
    (run / "recipe.json").unlink()
    with pytest.raises(ValueError, match="net: the network of this run cannot be read"):
        experiment.run(few, ["mean", run], tmp_path / "out", workers=1, progress=False)
    assert not (tmp_path / "out").exists()


def test_ctrl_c_says_what_is_kept_and_how_to_resume(few, tmp_path, monkeypatch):
    def stopped(function, jobs, workers):
        yield 0, function(*jobs[0])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(processes, "results", stopped)
        with pytest.raises(KeyboardInterrupt, match=r"stopped after 1 of 3 fills.*out.* the same command resumes"):
            experiment.run(few, ["mean"], tmp_path / "out", progress=False)
    assert len(read(tmp_path / "out" / "mean.csv")) == 1
    assert experiment.run(few, ["mean"], tmp_path / "out", workers=1, progress=False) == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal for a group of processes")
def test_ctrl_c_ends_all_processes_with_one_sentence(own, tmp_path):
    """In a terminal Ctrl-C reaches every process of the command."""
    table = tmp_path / "out" / "exemplar.csv"
    command = [sys.executable, "-m", "pconv_edu", "evaluate", "exemplar", "--photos", own[0], "--workers", "2"]
    command = [*command, "--out", tmp_path / "out"]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True, start_new_session=True) as process:
        while process.poll() is None and not (table.exists() and table.read_text(encoding="utf-8").count("\n") > 1):
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        printed, errors = process.communicate(timeout=120)  # until the last process has closed its stderr
    kept = len(read(table))
    assert printed == "" and 0 < kept < 24 and process.returncode in (130, -signal.SIGINT)
    [line] = errors.splitlines()
    assert line.startswith("python -m pconv_edu evaluate: stopped after ") and f"kept in {tmp_path / 'out'};" in line


def test_the_control_adds_the_same_grey_noise_every_time(cases):
    first, second, *_ = [case for case in cases if case.holes == "N"][:40:15]  # whole: the mean is precise
    plain, noisy, again = (experiment.fill(first, name) for name in ("l1", "l1+noise", "l1+noise"))
    hole = ~first.mask
    assert np.array_equal(noisy, again) and np.array_equal(noisy[first.mask], first.image[first.mask])
    added = (noisy - plain)[hole]
    inside = ((noisy > 0) & (noisy < 1)).all(-1)[hole]
    assert np.allclose(added[inside], added[inside][:, :1], atol=1e-6)  # grey
    assert added[inside].std() == pytest.approx(0.02, rel=0.1) and abs(added[inside].mean()) < 0.002
    elsewhere = first._replace(photo=second.photo, image=second.image)
    other = experiment.fill(elsewhere, "l1+noise") - experiment.fill(elsewhere, "l1")
    assert abs(np.corrcoef((noisy - plain)[hole].mean(1), other[hole].mean(1))[0, 1]) < 0.1
    assert experiment.fingerprint("l1+noise") == f"0.02 {experiment.fingerprint('l1')}"


def test_the_control_is_guided_by_its_network(few):
    by_network = inpaint(few[0].image, few[0].mask, "guided", guide="l1")
    assert np.array_equal(experiment.fill(few[0], "guided-l1"), by_network)
    assert not np.array_equal(experiment.fill(few[0], "guided"), by_network)
    assert experiment.fingerprint("guided-l1") == f"guided {experiment.fingerprint('l1')}"


def test_rows_without_todays_measures_are_computed_again(few, tmp_path):
    experiment.run(few, ["mean"], tmp_path, workers=1, progress=False)
    path = tmp_path / "mean.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    names = [name for name in rows[0] if name != "texture_hole"]
    lines = [",".join(names), *(",".join(row[name] for name in names) for row in rows)]
    whole = path.read_text(encoding="utf-8")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert experiment.run(few, ["mean"], tmp_path, workers=1, progress=False) == len(few)
    assert path.read_text(encoding="utf-8") == whole
