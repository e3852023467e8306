"""How tests share the processor, and how notebooks are tested.

Each cell of a notebook is run twice in a row, in a folder that holds nothing but the notebook: learners run cells
again, and copy single lessons elsewhere (to Colab, to a folder of their own). nbval compares what a cell puts out with
what is stored, both times. A cell that takes longer than 3 seconds is run once; COURSE_SLOW changes the seconds.
"""

import os
import shutil
import sys
import tempfile
import time

from nbval.kernel import CURRENT_ENV_KERNEL_NAME, RunningKernel
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError

# A thread that waits for others sleeps. By default it counts in a loop, and takes the core that another worker needs.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

SLOW = float(os.environ.get("COURSE_SLOW", "3"))
LONG = {"test_figures.py", "test_wheel.py", "test_training.py", "test_lessons_lab.py", "test_last_lessons_lab.py"}


def long_first(item):
    """Return the key to sort by: notebooks, then the files that take about a minute, then the rest."""
    return item.path.suffix != ".ipynb", item.path.name not in LONG


def pytest_collection_modifyitems(items):
    """Begin with the files that take longest: workers that take file after file then end at about the same time."""
    items.sort(key=long_first)


def pytest_collection_finish():
    """Keep PyTorch to one thread. Starting Numba's threads would give it as many, so start those first."""
    if {"numba", "torch"} <= sys.modules.keys():
        import numba
        import torch

        numba.set_num_threads(numba.get_num_threads())  # starts them
        torch.set_num_threads(1)


def pytest_collect_file(file_path, parent):
    """Collect notebooks, in the place of nbval's own option --nbval."""
    return Lesson.from_parent(parent, path=file_path) if file_path.suffix == ".ipynb" else None


class Lesson(IPyNbFile):
    """A notebook. Its kernel runs where a copy of it is, alone."""

    def setup(self):
        self.folder = tempfile.TemporaryDirectory(prefix="lesson_", ignore_cleanup_errors=True)
        shutil.copy(self.path, self.folder.name)
        patience = self.config.option.nbval_kernel_startup_timeout
        self.kernel = RunningKernel(CURRENT_ENV_KERNEL_NAME, cwd=self.folder.name, startup_timeout=patience)
        self.setup_sanitize_files()

    def collect(self):
        for cell in super().collect():
            about = {"name": cell.name, "cell_num": cell.cell_num, "cell": cell.cell, "options": cell.options}
            yield Twice.from_parent(self, **about)

    def teardown(self):
        super().teardown()
        self.folder.cleanup()


class Twice(IPyNbCell):
    """A cell that gives what is stored, and gives it again unless it is slow."""

    def runtest(self):
        start = time.monotonic()
        super().runtest()
        if time.monotonic() - start > SLOW:
            return
        try:
            super().runtest()
        except NbCellError as error:
            error.args = (f"{error}, when it is run a second time",)
            raise
