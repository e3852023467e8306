"""`benchmarks/gpu_check.py`: at small sizes on the CPU, and when stages fail, take too long or do not fit."""

import doctest
import importlib
import itertools
import json
import math
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "benchmarks"
STAGES = """
    import os, time
    def good(plan, send):
        send({"name": "a", "process": os.getpid()})
    def slow(plan, send):
        send({"name": "a", "time_ms": 1.0})
        time.sleep(600)
    def wrong(plan, send):
        send({"name": "a", "time_ms": 1.0})
        raise RuntimeError("CUDA error: out of luck\\nand a long explanation")
    def skips(plan, send):
        from parts.worker import Skip
        raise Skip("there is no compiler")
    def dies(plan, send):
        os._exit(3)
"""
TESTS = """
    import pytest
    needs_cuda = pytest.mark.skipif(False, reason="{no_cuda}")
    @needs_cuda
    def test_train():
        pass
    @needs_cuda
    @pytest.mark.parametrize("number", [1, 2])
    def test_number(number, tmp_path):
        assert number == 1, "two"
    @pytest.mark.skipif(True, reason="{no_cuda}")
    def test_skipped():
        pass
    def test_that_needs_no_cuda():
        assert False
"""


@pytest.fixture
def programs(monkeypatch):
    """Import a program or a part of the benchmarks by its name."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module


@pytest.fixture
def worker(programs, tmp_path, monkeypatch):
    """A worker that finds the stages above as the module `odd_stages`."""
    (tmp_path / "odd_stages.py").write_text(textwrap.dedent(STAGES), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    worker = programs("parts.worker").Worker(tmp_path)
    yield worker
    worker.stop()


def test_small_sizes_on_the_cpu(tmp_path):
    """The whole program, as on a computer without a GPU."""
    out = tmp_path / "results.json"
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(BENCHMARKS / "gpu_check.py"), "--small", "--out", str(out)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "There is no CUDA device here" in run.stdout and "\nlayers\n" in run.stdout
    results = json.loads(out.read_text(encoding="utf-8"))
    assert results["small"] and results["machine"]["device"] == "cpu" and results["check_s"] < results["limit_s"] == 240
    stages = results["stages"]
    assert stages.pop("compiled_layers") == {"status": "skipped", "reason": "it compiles for a GPU, and there is none"}
    assert {(stage["status"], stage["reason"]) for stage in stages.values()} == {("done", None)}
    tests = stages.pop("cuda_tests")
    assert tests["skipped"] >= 23 and not tests["passed"] | len(tests["failed"]) | len(tests["not_run"])
    check_numbers(stages)


def check_numbers(stages):
    """Every number is positive, and every stage has its rows."""
    rows = {name: stage["rows"] for name, stage in stages.items()}
    number = {name: len(value) for name, value in rows.items()}
    assert number == {"layers": 32, "unet_step": 2, "trainer_l1": 1, "trainer_course": 1, "fills": 3}
    assert [row["name"].split()[0] for row in rows["layers"]] == [str(n) for n in range(1, 17)] * 2
    every = itertools.chain.from_iterable(rows.values())
    values = [value for row in every for value in row.values() if isinstance(value, float)]
    assert len(values) > 170 and all(math.isfinite(value) and value > 0 for value in values)
    l1 = rows["trainer_l1"][0]
    assert l1["start_up_s"] == pytest.approx(l1["data_s"] + l1["first_step_s"])
    assert l1["pictures_per_s"] == pytest.approx(1000 * l1["batch"] / l1["step_ms"])


def test_a_stage_is_cut_off_or_fails_and_the_next_one_runs(worker):
    rows = []
    assert worker.run("odd_stages:good", {}, 60, rows.append) == ("done", None)
    assert worker.run("odd_stages:good", {}, 60, rows.append) == ("done", None)
    assert rows[0]["process"] == rows[1]["process"], "one process runs both"
    assert worker.run("odd_stages:wrong", {}, 60, rows.append) == ("failed", "RuntimeError: CUDA error: out of luck")
    assert worker.run("odd_stages:good", {}, 60, rows.append) == ("done", None)
    assert rows[2]["time_ms"] == 1 and rows[3]["process"] != rows[0]["process"], "a failure may spoil a process"
    assert worker.run("odd_stages:slow", {}, 2, rows.append) == ("cut off", "it reached its limit of 2 s")
    assert worker.run("odd_stages:skips", {}, 60, rows.append) == ("skipped", "there is no compiler")
    assert worker.run("odd_stages:dies", {}, 60, rows.append) == ("failed", "its process ended with exit code 3")
    assert worker.run("odd_stages:none", {}, 60, rows.append)[1].startswith("AttributeError")
    assert worker.run("odd_stages:good", {}, 60, rows.append) == ("done", None)
    worker.process.kill()
    worker.process.join()
    assert worker.run("odd_stages:good", {}, 60, rows.append)[0] == "failed"
    assert worker.run("odd_stages:good", {}, 60, rows.append) == ("done", None)


def test_a_failed_stage_is_noted_and_what_does_not_fit_is_skipped(programs, worker, tmp_path, capsys):
    gpu_check = programs("gpu_check")
    check = gpu_check.Check(tmp_path / "out.json", 60, True, [], worker)
    check.plan = {"device": "cpu"}
    check.run(gpu_check.Stage("good", "odd_stages:good", 30, 10))
    assert not check.failed()
    check.run(gpu_check.Stage("wrong", "odd_stages:wrong", 30, 10))
    check.run(gpu_check.Stage("long", "odd_stages:good", 300, 200))
    check.run(gpu_check.Stage("elsewhere", "odd_stages:good", 30, 10, needs="no_such_package"))
    stages = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["stages"]
    assert [stage["status"] for stage in stages.values()] == ["done", "failed", "skipped", "skipped"]
    assert stages["wrong"]["reason"] == "RuntimeError: CUDA error: out of luck"
    assert stages["wrong"]["rows"] == [{"name": "a", "time_ms": 1.0}]
    assert stages["long"]["reason"].endswith("s are left, and it needs 200 s")
    assert stages["elsewhere"]["reason"] == "no_such_package is not installed"
    assert check.failed() and "failed after" in capsys.readouterr().out


def test_each_test_that_needs_cuda_is_reported(programs, tmp_path):
    cuda_tests = programs("parts.cuda_tests")
    files = [tmp_path / "test_some.py", tmp_path / "test_missing.py", tmp_path / "test_broken.py"]
    files[0].write_text(textwrap.dedent(TESTS.format(no_cuda=cuda_tests.NO_CUDA)), encoding="utf-8")
    files[1].write_text("import no_such_package\n", encoding="utf-8")
    files[2].write_text("import pconv_edu.no_such_module\n", encoding="utf-8")
    code = "import json, sys; from pathlib import Path; from parts.cuda_tests import report_tests; report_tests("
    code += "map(Path, sys.argv[2:]), Path(sys.argv[1]), lambda row: print(json.dumps(row)))"
    command = [sys.executable, "-c", code, str(tmp_path / "base"), *map(str, files)]
    run = subprocess.run(command, cwd=BENCHMARKS, capture_output=True, text=True, encoding="utf-8", check=True)
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    names = [row["name"].rpartition("::")[2] for row in rows if row["outcome"] == "not run"]
    assert names == ["test_number[1]", "test_number[2]", "test_skipped", "test_train"], "those that compile are last"
    end = cuda_tests.summary(rows)
    assert (end["passed"], end["skipped"], end["not_run"]) == (2, 1, [])
    failed = {name.rpartition("/")[2]: reason for name, reason in end["failed"].items()}
    assert failed.keys() == {"test_broken.py", "test_some.py::test_number[2]"}
    assert failed["test_some.py::test_number[2]"].startswith("AssertionError: two")
    assert list(end["not_installed"].values()) == ["ModuleNotFoundError: No module named 'no_such_package'"]
    cut_off = cuda_tests.summary(rows[:8])
    assert [name.rpartition("::")[2] for name in cut_off["not_run"]] == ["test_skipped", "test_train"]


def test_the_examples_of_the_layers(programs):
    assert doctest.testmod(programs("parts.paper_layers")) == (0, 2)
