"""Run jobs in several processes. Each result is yielded as soon as it is ready. Ctrl-C ends all processes cleanly."""

import contextlib
import itertools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from tqdm import tqdm

from pconv_edu.progress import progress_bar

MOST = 61  # processes; Windows cannot wait for more
LOOK_EVERY = 0.5  # seconds; Windows does not notice Ctrl-C while it waits


def results(
    function: Callable, jobs: Sequence[tuple], workers: int | None = None
) -> Generator[tuple[int, Any], None, None]:
    """Yield (index, function(*jobs[index])) for all jobs, each result as soon as it is ready.

    Only a few results are kept in memory. If a job fails, if the user presses Ctrl-C, or if the generator is closed,
    all processes are ended immediately.

    Parameters
    ----------
    function : a function that is defined in a module, so that a new process can import it
    jobs : list of tuples of arguments
    workers : number of processes, each with one thread; None for one per core. If `workers` is 1, the calling
        process does the work

    Raises
    ------
    ValueError
        If `workers` is less than 1.
    OSError
        If the operating system has ended a process.
    """
    workers = os.cpu_count() or 1 if workers is None else workers
    if workers < 1:
        raise ValueError(f"the number of workers is {workers}; it must be at least 1")
    if workers == 1 or len(jobs) < 2:
        for number, job in enumerate(jobs):
            yield number, function(*job)
        return
    workers = min(workers, len(jobs), MOST)
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _begin)
    waiting: dict[Future, int] = {}
    numbers = iter(range(len(jobs)))
    try:
        while True:
            if new := list(itertools.islice(numbers, 2 * workers - len(waiting))):
                with _ignoring_interrupts():
                    waiting |= {pool.submit(function, *jobs[number]): number for number in new}
            if not waiting:
                break
            for ready in wait(waiting, LOOK_EVERY, FIRST_COMPLETED).done:
                yield waiting.pop(ready), ready.result()
    except BrokenProcessPool:
        raise OSError(
            "the system ended a process, most likely because the memory was full; use fewer workers"
        ) from None
    finally:
        if waiting:
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
        pool.shutdown(cancel_futures=True)


def all_results(function: Callable, jobs: Sequence[tuple], workers: int | None, unit: str) -> list[Any]:
    """Return [function(*job) for job in jobs], computed by `results`, and show a progress bar in units of `unit`."""
    values: list[Any] = [None] * len(jobs)
    quiet = bool(os.environ.get("COURSE_QUIET"))
    with (
        progress_bar(total=len(jobs), unit=unit, disable=quiet) as bar,
        contextlib.closing(results(function, jobs, workers)) as ready,
    ):
        for number, result in ready:
            values[number] = result
            bar.update()
    return values


@contextlib.contextmanager
def _ignoring_interrupts() -> Iterator[None]:
    """Make the processes that are started inside the `with` block ignore Ctrl-C.

    Ctrl-C is sent to all processes. Only the calling process should react, by ending the other processes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler if before is None else before)


def _begin() -> None:
    """Make a new process ignore Ctrl-C (also on Windows), use one thread, and end when its parent ends.

    By default, there are as many processes as cores, so more threads would only wait for each other.
    """
    import cv2
    import numba
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    tqdm.set_lock(threading.RLock())  # the default lock belongs to the system, and remains if a process is killed
    for set_threads in (cv2.setNumThreads, numba.set_num_threads, torch.set_num_threads):
        set_threads(1)


def _end_with_parent() -> None:
    """Wait until the parent process has ended, for instance because it was killed, and then end this process too."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
