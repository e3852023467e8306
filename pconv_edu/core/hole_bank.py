"""Holes to train on: one of a kind, or thousands of them drawn beforehand by several processes.

``python -m pconv_edu.core.hole_bank KIND SIZE SEED COUNT FIRST STEP`` is one of these processes: it draws every STEP-th
hole of a bank and writes them to its output, eight pixels a byte.
"""

import os
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np

from .holes import RATIO_BINS
from .irregular import irregular_mask
from .regular import grid_mask, rectangular_mask

KINDS_OF_HOLES = ("irregular", "rectangles", "grid")
TURNABLE = ("irregular", "rectangles")  # as likely turned by quarters or mirrored as not; a grid begins at its corner
PACKAGES = Path(__file__).parents[2]


def random_hole(kind, size, rng):
    """Draw a hole of one kind: (size, size) bool array, True = valid.

    "irregular" draws from the six ratio bins evenly, half of the holes with a border of 50 px at 512; "rectangles" has
    the same ratios; "grid" keeps every second or every fourth pixel in both directions, for super-resolution.
    """
    if kind == "grid":
        return grid_mask(size, int(rng.choice([2, 4])))
    ratio = RATIO_BINS[rng.integers(len(RATIO_BINS))]
    if kind == "rectangles":
        return rectangular_mask(size, ratio, rng=rng)
    border = round(size * 50 / 512) if rng.random() < 0.5 else 0
    return irregular_mask(size, ratio, border, rng)


def draw_bank(kind, size, seed, count, processes=None):
    """Draw many holes: (count, size, size) bool array, True = valid, a function of all arguments but the last.

    kind, size : of `random_hole`
    seed : int, at least 0
    count : how many holes
    processes : how many processes share the work; by default one for each core. They are programs of their own, so
        that nothing is asked of the program that calls this. What one of them fails to draw is drawn here.
    """
    processes = min(processes or usable_cores(), max(1, count // 32))  # a process takes as long to start as 100 holes
    holes = np.empty((count, size, size), bool)
    if processes == 1:
        holes[:] = _draw_part(kind, size, seed, count, 0, 1)
        return holes
    parts = [(kind, size, seed, count, first, processes) for first in range(processes)]
    workers = []
    try:
        workers = [_start(part) for part in parts]
        for part, worker in zip(parts, workers, strict=True):
            holes[part[4] :: processes] = _result(worker, part)
    finally:
        for worker in filter(None, workers):
            worker.kill()
            worker.wait()
            worker.stdout.close()
    return holes


def usable_cores():
    """Return how many processor cores this process may use; those that torchrun started share them."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, count // int(os.environ.get("LOCAL_WORLD_SIZE", 1)))


def _draw_part(kind, size, seed, count, first, step):
    """Draw the holes first, first + step, … of a bank, each from a seed of its own."""
    seeds = np.random.default_rng((seed, count)).integers(2**63, size=count)[first::step]
    return np.stack([random_hole(kind, size, np.random.default_rng(each)) for each in seeds])


def _start(part):
    """Start a process for one part; None where none can be started."""
    paths = [str(PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
    command = [sys.executable, "-P", "-m", "pconv_edu.core.hole_bank", *map(str, part)]
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        )
    except OSError:
        return None


def _result(worker, part):
    """Return the holes that a process has drawn, or draw them here if it failed."""
    size, count, first, step = part[1], *part[3:]
    shape = len(range(first, count, step)), size, size
    packed = worker.stdout.read() if worker else b""
    if worker and worker.wait() == 0 and len(packed) == (np.prod(shape) + 7) // 8:
        return np.unpackbits(np.frombuffer(packed, np.uint8), count=np.prod(shape)).astype(bool).reshape(shape)
    return _draw_part(*part)


if __name__ == "__main__":
    cv2.setNumThreads(1)
    sys.stdout.buffer.write(np.packbits(_draw_part(sys.argv[1], *map(int, sys.argv[2:]))).tobytes())
