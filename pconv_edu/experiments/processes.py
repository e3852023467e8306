"""Work in several processes: results as they are ready, and a quiet end when the work is stopped."""

import contextlib
import itertools
import multiprocessing
import os
import signal
import threading
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

from tqdm import tqdm

MOST = 61  # processes; Windows waits for no more
LOOK_EVERY = 0.5  # seconds; while Windows waits, it does not see Ctrl-C


def results(function, jobs, workers=None):
    """Yield (number, function(*jobs[number])) of all jobs, each as soon as it is ready; at most a few wait in memory.

    function : defined in a module, so that a new process finds it
    jobs : list of tuples of arguments
    workers : processes, each of one thread (default: one per core); with 1 the work is done in this process

    The processes are ended at once if a job fails, on Ctrl-C, and if the generator is closed.

    Raises
    ------
    ValueError
        If `workers` is less than 1.
    OSError
        If the system has ended a process.
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
    waiting, numbers = {}, iter(range(len(jobs)))
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


def all_results(function, jobs, workers, unit):
    """Return [function(*job) for job in jobs], computed as by `results`, with a progress bar that counts in `unit`s."""
    found, quiet = [None] * len(jobs), bool(os.environ.get("COURSE_QUIET"))
    with (
        tqdm(total=len(jobs), unit=unit, disable=quiet) as bar,
        contextlib.closing(results(function, jobs, workers)) as ready,
    ):
        for number, result in ready:
            found[number] = result
            bar.update()
    return found


@contextlib.contextmanager
def _ignoring_interrupts():
    """Processes that start here ignore Ctrl-C, which reaches all of them: this one ends the others."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler if before is None else before)


def _begin():
    """Begin a process: no Ctrl-C (Windows gives it to new processes all the same), one thread, an end with its parent.

    There are as many processes as cores; with more threads they would wait for each other.
    """
    import cv2
    import numba
    import torch

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    tqdm.set_lock(threading.RLock())  # its own is of the system, and stays behind where a process is ended
    for set_threads in (cv2.setNumThreads, numba.set_num_threads, torch.set_num_threads):
        set_threads(1)


def _end_with_parent():
    """Wait until the process that started this one is gone, killed for instance, and end too."""
    multiprocessing.parent_process().join()
    os._exit(1)
