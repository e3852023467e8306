"""Draw holes for training, either one at a time or thousands in advance with several processes.

Each process runs ``python -m pconv_edu.core.hole_bank KIND SIZE SEED COUNT FIRST STEP``. A bank is a set of COUNT
holes. The process draws every STEP-th hole of the bank, starting with hole FIRST, and writes these holes to stdout,
eight pixels per byte.
"""

import math
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
TURNABLE = ("irregular", "rectangles")  # may be mirrored and turned by 90°; a grid must start at its corner
PACKAGES = Path(__file__).parents[2]

Part = tuple[str, int, int, int, int, int]  # kind, size, seed, count, first, step: see `_draw_part`


def random_hole(kind: str, size: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a hole of one kind and return its mask, a (size, size) bool array, True = valid.

    * "irregular": an irregular hole. Its ratio bin is one of the six bins, chosen at random with equal probability.
      With a probability of 1/2, the hole keeps a distance from the border. This distance is 50 px in a mask of 512×512
      and is proportional to the size of the mask.
    * "rectangles": a rectangle, whose ratio bin is chosen in the same way
    * "grid": a mask in which only every second or every fourth pixel in both directions is valid, as in
      super-resolution
    """
    if kind == "grid":
        return grid_mask(size, int(rng.choice([2, 4])))
    ratio = RATIO_BINS[rng.integers(len(RATIO_BINS))]
    if kind == "rectangles":
        return rectangular_mask(size, ratio, rng=rng)
    border = round(size * 50 / 512) if rng.random() < 0.5 else 0
    return irregular_mask(size, ratio, border, rng)


def draw_bank(kind: str, size: int, seed: int, count: int, processes: int | None = None) -> np.ndarray:
    """Draw many holes and return their masks, a (count, size, size) bool array, True = valid.

    The number of processes does not change the holes.

    kind, size : see `random_hole`
    seed : int, at least 0
    count : number of holes
    processes : largest number of processes that share the work; by default, one per core. Each process runs a separate
        program, so the calling program needs no `if __name__ == "__main__"`. If a process fails, the calling program
        draws the missing holes itself.
    """
    # Starting a process takes as long as drawing 100 holes.
    processes = min(processes or usable_cores(), max(1, count // 32))
    holes = np.empty((count, size, size), bool)
    if processes == 1:
        holes[:] = _draw_part(kind, size, seed, count, 0, 1)
        return holes
    parts: list[Part] = [(kind, size, seed, count, first, processes) for first in range(processes)]
    workers: list[subprocess.Popen | None] = []
    try:
        workers = [_start(part) for part in parts]
        for part, worker in zip(parts, workers, strict=True):
            holes[part[4] :: processes] = _result(worker, part)
    finally:
        for worker in filter(None, workers):
            worker.kill()
            worker.wait()
            if worker.stdout:
                worker.stdout.close()
    return holes


def usable_cores() -> int:
    """Return the number of processor cores that this process may use.

    If torchrun has started several processes on this machine, each of them may use an equal share of the cores.
    """
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, count // int(os.environ.get("LOCAL_WORLD_SIZE", 1)))


def _draw_part(kind: str, size: int, seed: int, count: int, first: int, step: int) -> np.ndarray:
    """Draw those holes of a bank that have the indices `first`, `first` + `step`, …, each from its own seed."""
    seeds = np.random.default_rng((seed, count)).integers(2**63, size=count)[first::step]
    return np.stack([random_hole(kind, size, np.random.default_rng(each)) for each in seeds])


def _start(part: Part) -> subprocess.Popen | None:
    """Start and return a process that draws one part of a bank, or return None if the process cannot be started."""
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


def _result(worker: subprocess.Popen | None, part: Part) -> np.ndarray:
    """Return the holes that a process has drawn, or draw them in the calling process if that process failed."""
    _, size, _, count, first, step = part
    shape = len(range(first, count, step)), size, size
    pixels = math.prod(shape)
    packed = worker.stdout.read() if worker and worker.stdout else b""
    if worker and worker.wait() == 0 and len(packed) == (pixels + 7) // 8:
        return np.unpackbits(np.frombuffer(packed, np.uint8), count=pixels).astype(bool).reshape(shape)
    return _draw_part(*part)


if __name__ == "__main__":
    cv2.setNumThreads(1)
    sys.stdout.buffer.write(np.packbits(_draw_part(sys.argv[1], *map(int, sys.argv[2:]))).tobytes())
