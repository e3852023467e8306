"""Many cases in processes of their own: one that crashes or hangs is named, and the others run on."""

import contextlib
import faulthandler
import multiprocessing
import os
import tempfile
import time
from multiprocessing.connection import wait
from pathlib import Path

from .judge import Outcome

QUIET = {"COURSE_QUIET": "1", "PCONV_EDU_DEVICE": "cpu", "OMP_NUM_THREADS": "1", "OPENCV_LOG_LEVEL": "SILENT"}


class Worker:
    """A process that runs one case after the other."""

    def __init__(self, run, log):
        self.log = Path(log)
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_work, args=(run, other, str(log)), daemon=True)
        self.process.start()
        other.close()
        self.seed = self.since = None

    def begin(self, seed):
        self.seed, self.since = seed, time.monotonic()
        self.pipe.send(seed)

    def end(self, timeout):
        """Return the outcome of the case if it has ended in some way, else None."""
        if self.pipe.poll():
            try:
                return self.pipe.recv()
            except (EOFError, OSError):
                self.process.join()
                last = self.log.read_text("utf-8", "replace")[-1500:]
                return Outcome(self.seed, "?", "failed", f"crashed, exit status {self.process.exitcode}\n{last}")
        if time.monotonic() - self.since > timeout:
            return Outcome(self.seed, "?", "failed", f"did not end within {timeout} s")
        return None

    def stop(self):
        self.pipe.close()
        self.process.kill()
        self.process.join()


def _work(run, pipe, log):
    """In the worker: what libraries print goes to the log, where a crash leaves its trace."""
    with open(log, "wb", buffering=0) as file:  # noqa: PTH123 -- its number is needed
        os.dup2(file.fileno(), 2)
    faulthandler.enable()
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        while True:
            pipe.send(run(pipe.recv()))


def run_cases(seeds, run, workers=2, timeout=120):
    """Yield the outcome of `run` for each seed, in the order in which they end.

    run : function seed -> Outcome that can be imported by name
    timeout : seconds that a case may take; the first one of each worker includes its imports
    """
    os.environ.update(QUIET)
    seeds = iter(seeds)
    with tempfile.TemporaryDirectory(prefix="fuzz-logs-", ignore_cleanup_errors=True) as folder:
        start = lambda number: Worker(run, Path(folder) / f"{number}.log")  # noqa: E731
        team = {number: start(number) for number in range(workers)}
        try:
            idle = set(team)
            while True:
                for number in sorted(idle):
                    seed = next(seeds, None)
                    if seed is not None:
                        team[number].begin(seed)
                        idle.discard(number)
                busy = set(team) - idle
                if not busy:
                    return
                wait([team[number].pipe for number in busy], timeout=1)
                for number in busy:
                    outcome = team[number].end(timeout)
                    if outcome is None:
                        continue
                    idle.add(number)
                    if outcome.door == "?":  # the process is gone, or stuck
                        team[number].stop()
                        team[number] = start(number)
                    yield outcome
        finally:
            for worker in team.values():
                worker.stop()
