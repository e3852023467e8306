"""A process that runs one stage after the other and sends what it measures. It can be stopped in the middle of a stage.

Only killing a process ends a compiler or a GPU kernel that takes too long, and an error on a GPU spoils all that its
process does afterwards.
"""

import importlib
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

DONE, FAILED, CUT_OFF, SKIPPED = "done", "failed", "cut off", "skipped"


class Skip(Exception):
    """Raised by a stage that cannot run here; the message says why."""


class Worker:
    """Runs stages in a process that is started when it is needed.

    folder : for temporary files of the process
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: Any = None

    def run(
        self, function: str, plan: dict[str, Any], limit: float, receive: Callable[[dict[str, Any]], None]
    ) -> tuple[str, str | None]:
        """Run one stage; return `DONE`, `FAILED`, `CUT_OFF` or `SKIPPED`, and the reason in one line unless it is done.

        function : "module:name" of a function of the plan and of `send`, which it calls with each row
        plan : what the function needs to know; "folder" is added
        limit : seconds after which the process is killed
        receive : called with each row
        """
        end = time.monotonic() + limit
        if self.process is None:
            self._start()
        try:
            self.connection.send((function, plan | {"folder": self.folder}))
            kind, value = self._receive(end, receive)
        except (EOFError, ConnectionError):
            self.process.join(5)
            kind, value = FAILED, f"its process ended with exit code {self.process.exitcode}"
        if kind == CUT_OFF:
            value = f"it reached its limit of {limit:.0f} s"
        if kind != DONE:
            self.stop()
        return kind, value

    def _receive(self, end: float, receive: Callable[[dict[str, Any]], None]) -> tuple[str, str | None]:
        """Pass the rows on until the stage has ended, or until the time `end`."""
        while self.connection.poll(max(0.0, end - time.monotonic())):
            kind, value = self.connection.recv()
            if kind != "row":
                return kind, value
            receive(value)
        return CUT_OFF, None

    def stop(self) -> None:
        """Kill the process. The next stage gets a new one."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.connection.close()
            self.process = None

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")  # CUDA does not survive a fork
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, self.folder))
        self.process.start()
        theirs.close()


def _serve(connection: Any, folder: Path) -> None:
    """Run the stages that arrive, until the process is killed."""
    # An empty cache, so that compiling takes as long as it does on a new machine.
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = tempfile.mkdtemp(dir=folder)
    while True:
        function, plan = connection.recv()
        try:
            module, name = function.split(":")
            getattr(importlib.import_module(module), name)(plan, lambda row: connection.send(("row", row)))
            connection.send((DONE, None))
        except Skip as reason:
            connection.send((SKIPPED, str(reason)))
        except Exception as error:
            first_line = (str(error).strip().splitlines() or [""])[0]
            connection.send((FAILED, f"{type(error).__name__}: {first_line}"[:300]))
