"""Work in processes: every result once, a sentence if the system ends a process, nothing left behind."""

import multiprocessing
import os
import time

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
