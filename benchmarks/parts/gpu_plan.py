"""What a stage of `gpu_check.py` is given: the plan, how much it measures, and what the computer is.

The plan is {"device": "cuda" or "cpu", "small": whether sizes are small, "folder": for temporary files}.
"""

import os
import platform
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

Plan = dict[str, Any]
Send = Callable[[dict[str, Any]], None]
PRECISIONS = ("float32", "bfloat16")


@dataclass(frozen=True)
class Sizes:
    """How much is measured.

    Attributes
    ----------
    batch : pictures in a call or step
    shrink : channels (but not 3) and sides of the layers are divided by this
    rounds, repeats : of `in_turn`
    side : px of the pictures that the U-Net is trained on
    photos : number of photos that the trainer reads, None for all
    warm_up, blocks, block : steps of the trainer before it is timed, and number and length of the blocks timed
    fills : px of the sides of the pictures that are filled
    """

    batch: int
    shrink: int
    rounds: int
    repeats: int
    side: int
    photos: int | None
    warm_up: int
    blocks: int
    block: int
    fills: tuple[int, ...]


FULL = Sizes(16, 1, 15, 5, 256, None, 10, 10, 10, (256, 512, 1024))
SMALL = Sizes(2, 8, 2, 1, 64, 20, 1, 2, 1, (64, 96, 128))


def sizes(plan: Plan) -> Sizes:
    """Return how much the plan measures."""
    return SMALL if plan["small"] else FULL


def machine(plan: Plan, send: Send) -> None:
    """Send one row about the computer, its GPU if there is one, and the version of the code."""
    row: dict[str, Any] = {"device": "cpu", "device_name": f"{platform.machine()}, one thread"}
    if not torch.cuda.is_available():
        torch.set_num_threads(1)  # at small sizes more threads only wait for each other
    else:
        major, minor = torch.cuda.get_device_capability()
        row = {"device": "cuda", "device_name": torch.cuda.get_device_name(), "compute_capability": f"{major}.{minor}"}
        row |= {"driver": _output("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader", "--id=0")}
        row |= {"cuda": torch.version.cuda, "cudnn": torch.backends.cudnn.version()}
        row |= {"float32_convolutions": "TF32" if torch.backends.cudnn.allow_tf32 else "full precision"}
    row |= {"torch": torch.__version__, "python": platform.python_version(), "cpu_cores": os.cpu_count()}
    send(row | {"git_commit": _output("git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD")})


def _output(program: str, *arguments: str) -> str | None:
    """Return the first line that a program prints, or None if it is not installed or fails."""
    if shutil.which(program) is None:
        return None
    try:
        result = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return (result.stdout.strip().splitlines() or [None])[0] if result.returncode == 0 else None
