"""What `gpu_check.py` measures: each function is a stage, and sends its rows one by one.

A stage takes the plan (see `gpu_plan`) and the function that sends a row.
Units are in the keys of a row: _ms, _s, _px, _mib; a key with _over_ is the median ratio of times measured in turn.
"""

import functools
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from pconv_edu import inpaint
from pconv_edu.core import irregular_mask, load_photo, photo_names
from pconv_edu.nn import PartialConv2d
from pconv_edu.nn.data import Photos
from pconv_edu.nn.device import why_not_compiled
from pconv_edu.nn.photo_folder import list_photos
from pconv_edu.nn.recipes import RECIPES
from pconv_edu.nn.stages import two_stages
from pconv_edu.nn.training import Run

from . import networks, paper_layers
from .gpu_plan import PRECISIONS, Plan, Send, sizes
from .timing import in_turn, synchronizer
from .trainer import first_batches
from .worker import Skip


def layers(plan: Plan, send: Send) -> None:
    """Time forward and backward of the paper's layers: `PartialConv2d` and `nn.Conv2d` in turn, not compiled."""
    for precision in PRECISIONS:
        for number in range(1, 17):
            send(_layer(number, plan, precision))


def compiled_layers(plan: Plan, send: Send) -> None:
    """Time the same layers compiled. Compiling takes seconds for each, so every fourth layer comes first."""
    reason = why_not_compiled(torch.device(plan["device"]))
    if reason is not None:
        raise Skip(f"torch.compile does not work here ({reason})")
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
    """Time a training step of the course's U-Net and of its plain twin in turn, not compiled."""
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
    """Time the trainer with one recipe: its pictures per second, and the seconds until its first step has ended.

    If another recipe was compiled before, its code is reused from the compiler's cache, as in two runs on one machine.
    """
    size, device = sizes(plan), torch.device(plan["device"])
    recipe, names = RECIPES[name], None
    if plan["small"]:
        recipe = replace(recipe, stages=two_stages(100, size.side, size.batch))
        names = list_photos()[: size.photos]
    cache = "used" if any(Path(os.environ["TORCHINDUCTOR_CACHE_DIR"]).iterdir()) else "empty"
    clock = [time.perf_counter()]
    batches = first_batches(recipe, Photos(device=device, names=names))
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
    row |= {"compiled": run.compiled and device.type == "cuda", "compiler_cache": cache}
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
    """Time `inpaint` by the best network, with holes of 20 % to 30 %."""
    photo, device = photo_names("test")[0], plan["device"]
    for side in sizes(plan).fills:
        image, mask = load_photo(photo, side), irregular_mask(side, (0.2, 0.3), rng=np.random.default_rng(0))
        fill = functools.partial(inpaint, image, mask, device=device)
        seconds = in_turn([fill], 2 if plan["small"] else 7, synchronizer(device))
        send({"name": f"{side}²", "side_px": side, "hole_ratio": float(1 - mask.mean()), "fill_ms": _ms(seconds[0])})


def _ms(seconds: np.ndarray) -> float:
    return 1e3 * float(np.median(seconds))
