"""What `gpu_check.py` measures: each function is a stage, and sends its rows one by one.

A stage takes the plan, {"device": "cuda" or "cpu", "small": bool, "folder": Path}, and the function that sends a row.
Units are in the keys of a row: _ms, _s, _px, _mib; a key with _over_ is the median ratio of times measured in turn.
"""

import functools
import os
import platform
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from pconv_edu import inpaint
from pconv_edu.core import irregular_mask, load_photo, photo_names
from pconv_edu.nn import PartialConv2d
from pconv_edu.nn.data import Photos
from pconv_edu.nn.photo_folder import list_photos
from pconv_edu.nn.recipes import RECIPES
from pconv_edu.nn.stages import two_stages
from pconv_edu.nn.training import Run

from . import networks, paper_layers
from .timing import in_turn, synchronizer
from .trainer import first_batches

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


def layers(plan: Plan, send: Send) -> None:
    """Forward and backward of the paper's layers: `PartialConv2d` against `nn.Conv2d`, not compiled."""
    for precision in PRECISIONS:
        for number in range(1, 17):
            send(_layer(number, plan, precision))


def compiled_layers(plan: Plan, send: Send) -> None:
    """The same compiled. This takes seconds for each layer, so every fourth comes first: time may not do for all."""
    for number in [number for first in (1, 3, 2, 4) for number in range(first, 17, 4)]:
        for precision in PRECISIONS:
            torch.compiler.reset()  # PyTorch compiles one piece of code for a few shapes only, and then no more
            send(_layer(number, plan, precision, compiled=True))


def _layer(number: int, plan: Plan, precision: str, compiled: bool = False) -> dict[str, Any]:
    """Return the times of one layer, from 1 to 16, and their ratios to that of `nn.Conv2d`.

    "in_network" is `PartialConv2d.convolve`, which networks call. Compiled it hardly differs, and is left out.
    """
    device, size, half = plan["device"], sizes(plan), precision == "bfloat16"
    shape = paper_layers.shrunk(paper_layers.LAYERS[number - 1], size.shrink)
    layout = torch.channels_last if device == "cuda" else torch.contiguous_format  # as in the trainer on a GPU
    dtype = torch.bfloat16 if half else torch.float32  # what a layer gets from the one before it under autocast
    xs, masks = paper_layers.layer_inputs(shape, device, size.batch, dtype, layout)
    arguments = paper_layers.layer_arguments(shape)
    ordinary, ours = (kind(*arguments).to(device, memory_format=layout) for kind in (nn.Conv2d, PartialConv2d))
    forwards = {
        "conv2d": lambda xs, masks: ordinary(paper_layers.join(xs)),
        "partial": lambda xs, masks: ours(paper_layers.one_or_list(xs), paper_layers.one_or_list(masks))[0],
        "in_network": lambda xs, masks: ours.convolve(*map(paper_layers.one_or_list, (xs, masks)))[0],
    }
    if compiled:
        del forwards["in_network"]
        forwards = {name: torch.compile(f, fullgraph=True, dynamic=False) for name, f in forwards.items()}

    def forward(function):
        with torch.autocast(device, torch.bfloat16, enabled=half):
            return function(xs, masks)

    dy = torch.randn_like(forward(forwards["conv2d"]))
    calls = [
        functools.partial(paper_layers.forward_and_backward, functools.partial(forward, function), xs, dy)
        for function in forwards.values()
    ]
    in_turn(calls, 1, synchronizer(device))  # libraries and compilers prepare what they need for a shape
    seconds = in_turn(calls, size.rounds, synchronizer(device), size.repeats)
    row = {"name": f"{number:2} {paper_layers.describe(shape)}", "precision": precision}
    row |= {f"{name}_ms": _ms(times) for name, times in zip(forwards, seconds, strict=True)}
    others = list(zip(forwards, seconds, strict=True))[1:]
    return row | {f"{name}_over_conv2d": float(np.median(times / seconds[0])) for name, times in others}


def unet_step(plan: Plan, send: Send) -> None:
    """One training step of the course's U-Net against its plain twin, not compiled."""
    size, device = sizes(plan), plan["device"]
    for precision in PRECISIONS:
        half = precision == "bfloat16"
        times = networks.measure_network(size.side, size.batch, device, size.rounds, half)
        row = {"name": f"{size.batch} pictures of {size.side}²", "precision": precision}
        row |= {"plain_ms": times["plain_ms"], "partial_ms": times["partial_ms"], "partial_over_plain": times["time"]}
        if device == "cuda":
            batch = networks.make_batch(size.side, size.batch, device)
            partial, plain = (
                networks.added_memory_cuda(networks.make_network(f"{kind} course", device), *batch, half)
                for kind in ("partial", "plain")
            )
            row |= {"plain_mib": plain, "partial_mib": partial, "memory_over_plain": partial / plain}
        send(row)


def trainer(plan: Plan, send: Send, name: str) -> None:
    """Pictures per second of the trainer for one recipe, and the seconds before its first step has ended."""
    size, device = sizes(plan), torch.device(plan["device"])
    recipe, names = RECIPES[name], None
    if plan["small"]:
        recipe = replace(recipe, stages=two_stages(100, size.side, size.batch))
        names = list_photos()[: size.photos]
    clock = [time.perf_counter()]
    batches = first_batches(recipe, photos := Photos(device=device, names=names))
    clock.append(time.perf_counter())
    run = Run(recipe, plan["folder"], device)
    synchronize = synchronizer(plan["device"])
    samples = batches.between(0, size.warm_up + 1 + size.blocks * size.block)
    _steps(run, samples, 1, synchronize)
    clock.append(time.perf_counter())
    _steps(run, samples, size.warm_up, synchronize)
    seconds = [_steps(run, samples, size.block, synchronize) / size.block for _ in range(size.blocks)]
    step = statistics.median(seconds)
    row = {"name": name, "precision": "bfloat16" if run.half else "float32"}
    row |= {"compiled": run.compiled and device.type == "cuda", "photos": len(photos)}
    row |= {"side_px": run.stage.size, "batch": run.stage.batch}
    row |= {"data_s": clock[1] - clock[0], "first_step_s": clock[2] - clock[1], "start_up_s": clock[2] - clock[0]}
    send(row | {"step_ms": 1e3 * step, "pictures_per_s": run.stage.batch / step})


trainer_l1, trainer_course = (functools.partial(trainer, name=name) for name in ("l1", "course"))


def _steps(run: Run, samples: Any, count: int, synchronize: Callable[[], object]) -> float:
    """Return the seconds of some steps of training, with the making of their batches."""
    start = time.perf_counter()
    for _, (_, images, masks) in zip(range(count), samples, strict=False):
        run.one_step(images, masks)
    synchronize()
    return time.perf_counter() - start


def fills(plan: Plan, send: Send) -> None:
    """`inpaint` by the best network, with a hole of a fifth to three tenths."""
    photo, device = photo_names("test")[0], plan["device"]
    for side in sizes(plan).fills:
        image, mask = load_photo(photo, side), irregular_mask(side, (0.2, 0.3), rng=np.random.default_rng(0))
        fill = functools.partial(inpaint, image, mask, device=device)
        seconds = in_turn([fill], 2 if plan["small"] else 7, synchronizer(device))
        send({"name": f"{side}²", "side_px": side, "hole_ratio": float(1 - mask.mean()), "fill_ms": _ms(seconds[0])})


def _ms(seconds: np.ndarray) -> float:
    return 1e3 * float(np.median(seconds))
