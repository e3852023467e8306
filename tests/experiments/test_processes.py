"""Work in processes: every result once, a sentence if the system ends a process, nothing left behind."""

import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pconv_edu.experiments import processes


def half(number):
    return number / 2


def end(number):
    os._exit(number)


def wait_or_fail(seconds):
    if not seconds:
        raise ValueError("a job failed")
    time.sleep(seconds)


@pytest.mark.parametrize("workers", [1, None])
def test_results_in_order(workers):
    jobs = [(number,) for number in range(1 if workers is None else 5)]
    assert processes.all_results(half, jobs, workers, "job") == [half(*job) for job in jobs]
    assert list(processes.results(half, [], workers)) == []


@pytest.mark.parametrize("workers", [0, -1])
def test_less_than_one_worker_is_refused(workers):
    with pytest.raises(ValueError, match=f"workers is {workers}; it must be at least 1"):
        next(processes.results(half, [(1,), (2,)], workers))


def test_an_error_ends_the_other_processes_at_once():
    before, start = set(multiprocessing.active_children()), time.monotonic()
    with pytest.raises(ValueError, match="a job failed"):
        list(processes.results(wait_or_fail, [(120,), (0,), (120,)], 2))
    assert set(multiprocessing.active_children()) == before and time.monotonic() - start < 100


def test_a_process_that_the_system_ends_is_one_sentence():
    before = set(multiprocessing.active_children())
    with pytest.raises(OSError, match=r"the system ended a process.*use fewer workers"):
        list(processes.results(end, [(9,), (9,), (9,)], 2))
    assert set(multiprocessing.active_children()) == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal for one process")
def test_ctrl_c_is_for_the_first_process_alone(tmp_path):
    """In a terminal Ctrl-C reaches all processes. The others, one working and one waiting, ignore it silently."""
    script = tmp_path / "script.py"
    script.write_text(
        """
import multiprocessing, os, signal, time
from pconv_edu.experiments import processes

if __name__ == "__main__":
    for number, _ in processes.results(time.sleep, [(0,), (3,), (3,)], 2):
        for process in multiprocessing.active_children():
            os.kill(process.pid, signal.SIGINT)
        print(number, flush=True)
""",
        encoding="utf-8",
    )
    settings = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    shown = subprocess.run([sys.executable, script], capture_output=True, text=True, env=settings)
    assert sorted(shown.stdout.split()) == ["0", "1", "2"] and shown.stderr == ""
