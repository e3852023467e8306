"""Time calls in turn, so that a noisy moment of the machine affects all of them alike.

Absolute times change from minute to minute; ratios of times measured in turn do not.
"""

import time
from collections.abc import Callable, Sequence

import numpy as np
import torch


def in_turn(
    calls: Sequence[Callable[[], object]], rounds: int, synchronize: Callable[[], object], repeats: int = 1
) -> np.ndarray:
    """Return the seconds of each call, timed in turn: (calls, rounds).

    Each turn begins with a call that is not counted: see reference.py.

    synchronize : waits for the device, see `synchronizer`
    repeats : a turn is the mean of this many calls, which a GPU may queue
    """
    seconds: list[list[float]] = [[] for _ in calls]
    for _ in range(rounds):
        for call, times in zip(calls, seconds, strict=True):
            call()
            synchronize()
            start = time.perf_counter()
            for _ in range(repeats):
                call()
            synchronize()
            times.append((time.perf_counter() - start) / repeats)
    return np.array(seconds)


def synchronizer(device: str) -> Callable[[], object]:
    """Return a function that waits until the device ("cpu" or "cuda") has finished."""
    return torch.cuda.synchronize if device == "cuda" else lambda: None
