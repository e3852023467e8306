"""Run many cases in separate processes: a case that crashes or hangs is reported, and the others continue."""

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
READY = "ready"
START = 300  # seconds that a process may take to import what it needs


class Worker:
    """A process that runs one case after the other."""

    def __init__(self, run, log):
        self.log = Path(log)
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_work, args=(run, other, str(log)), daemon=True)
        self.process.start()
        other.close()
        self.seed, self.since = None, time.monotonic()

    def begin(self, seed):
        self.seed, self.since = seed, time.monotonic()
        self.pipe.send(seed)

    def ask(self, timeout):
        """Return the outcome of the case if it has ended in some way, `READY` before the first one, or None."""
        if self.pipe.poll():
            try:
                return self.pipe.recv()
            except (EOFError, OSError):
                self.process.join()
                return self._lost(f"crashed, exit status {self.process.exitcode}")
        if time.monotonic() - self.since > (START if self.seed is None else timeout):
            return self._lost(f"did not end within {timeout} s")
        return None

    def _lost(self, what):
        log = self.log.read_text("utf-8", "replace").partition("\nExtension modules:")[0]
        text = f"{what}\n{log[-1500:]}"
        if self.seed is None:
            raise RuntimeError(f"a worker did not start: {text}")
        return Outcome(self.seed, "?", "failed", text)

    def stop(self):
        self.pipe.close()
        self.process.kill()
        self.process.join()


def _work(run, pipe, log):
    """In the worker: what libraries print goes to the log, where a crash leaves its trace."""
    with Path(log).open("wb", buffering=0) as file:
        os.dup2(file.fileno(), 2)
        faulthandler.enable()
        with contextlib.suppress(EOFError, KeyboardInterrupt):
            pipe.send(READY)
            while True:
                pipe.send(run(pipe.recv()))


def run_cases(seeds, run, workers=2, timeout=120):
    """Yield the outcome of `run` for each seed, in the order in which they end.

    run : function seed -> Outcome that can be imported by name
    timeout : seconds that a case may take
    """
    os.environ.update(QUIET)
    seeds = iter(seeds)
    with tempfile.TemporaryDirectory(prefix="fuzz-logs-", ignore_cleanup_errors=True) as folder:
        start = lambda number: Worker(run, Path(folder) / f"{number}.log")  # noqa: E731
        team = {number: start(number) for number in range(workers)}
        idle = set()
        try:
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
                    answer = team[number].ask(timeout)
                    if answer == READY:
                        idle.add(number)
                    elif answer is not None:
                        yield answer
                        idle.add(number)
                        if answer.door == "?":  # the process is gone, or stuck
                            team[number].stop()
                            team[number] = start(number)
                            idle.discard(number)
        finally:
            for worker in team.values():
                worker.stop()
