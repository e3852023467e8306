"""Training: one loop for a laptop, a GPU and several of them. Stopped at any moment, it goes on as if it had not been.

``train(recipe, folder)`` leaves there: recipe.json, machine.json (what it ran on, with how many photos), log.jsonl (a
line every few steps), samples.png, curves.png, checkpoint.pt (all it needs to go on), and at the end
weights.safetensors (the averaged weights).
"""

import copy
import ctypes
import json
import math
import os
import time
from pathlib import Path

import torch
import torch.distributed as dist
from safetensors.torch import save
from torch import nn
from tqdm.auto import tqdm

from .data import Batches, Photos
from .device import pick_device
from .losses import InpaintingLoss, hole_loss
from .reports import draw_curves, draw_samples
from .run_folder import CHECKPOINT, LOG, MACHINE, WEIGHTS, as_json, describe, machine, prepare_folder, write_whole

PRECISIONS = ("auto", "float32", "bfloat16")


def train(
    recipe,
    folder,
    *,
    data=None,
    device="auto",
    precision="auto",
    start=None,
    stop=None,
    every=50,
    watch_every=1000,
    quiet=False,
):
    """Train a recipe, or go on with a run that was stopped.

    Parameters
    ----------
    recipe : Recipe
    folder : where the run lives; a run of the same recipe that is there goes on
    data : folder of images; the bundled photos by default
    device : "auto" (CUDA, MPS or CPU), or its name
    precision : "float32"; "bfloat16" for convolutions in half precision (weights, sums and averages stay float32),
        which pays on GPUs and on processors that multiply in it; "auto" for bfloat16 on CUDA, else float32
    start : state_dict to begin with, for recipes that continue another
    stop : stop before this step, to go on later; by default at the end
    every : steps between two lines of the log and two checkpoints
    watch_every : steps between two looks at held-out photos, with samples.png and curves.png
    quiet : no progress bar

    Started by torchrun, each process trains on its share of every batch. Batch norm then takes its statistics from each
    process's share on CPUs (those of the first one are kept), and over all GPUs on CUDA.

    Returns
    -------
    the network with averaged weights, in eval mode

    Raises
    ------
    ValueError
        If the folder holds a run of another recipe, or there is no image to train on.
    FloatingPointError
        If the loss stops being a number; the last good state is kept.
    OSError
        If something cannot be written; the last good state is kept.
    """
    folder, device = Path(folder), pick_device(device)
    rank, world = join_processes(device)
    device = torch.device("cuda", rank % torch.cuda.device_count()) if device.type == "cuda" else device
    run = Run(recipe, folder, device, start, precision)
    photos, stop = Photos(data, device=device), recipe.steps if stop is None else min(stop, recipe.steps)
    samples = batches_of(recipe, photos, run.step, stop, rank, world)
    if rank == 0:
        prepare_folder(folder, recipe, run.step)
        about = {"photos": len(photos), "data": Path(data).name if data else "bundled photos", "processes": world}
        write_whole(folder / MACHINE, as_json(machine(device) | {"bfloat16": run.half} | about))
        held_out = held_out_batch(recipe, data, device)
    bar = tqdm(total=recipe.steps, initial=run.step, disable=quiet or rank > 0, unit="step", dynamic_ncols=True)
    meter = Meter()
    for step, images, masks in samples:
        meter.add(run.one_step(images, masks), world * len(images))
        bar.update()
        if run.step % every and run.step < stop:
            continue
        row = {"step": run.step, "rate": learning_rate(recipe, step)} | meter.row()
        if not all(math.isfinite(value) for value in row.values()):
            raise FloatingPointError(
                f"the loss is not a number any more, between steps {run.saved} and {run.step}. The state of step "
                f"{run.saved} is kept in {folder / CHECKPOINT}; start again with a lower rate"
            )
        bar.set_postfix({name: f"{value:.4g}" for name, value in row.items() if name != "step"})
        if rank == 0:
            run.report(row, held_out if run.step % watch_every == 0 or run.step == recipe.steps else None)
    bar.close()
    if rank == 0 and run.step == recipe.steps:
        write_whole(folder / WEIGHTS, save({k: v.cpu().contiguous() for k, v in run.average.state_dict().items()}))
    if world > 1:
        dist.destroy_process_group()
    return run.average.eval()


def batches_of(recipe, photos, start, stop, rank, world):
    """Yield (step, images, masks) for the steps from start to stop, in the size of each stage."""
    for first, end, size, batch in recipe.stages():
        if start < end and first < stop:
            variants = {"colors": recipe.colors, "turns": recipe.turns}
            batches = Batches(photos, size, batch, recipe.holes, recipe.seed, rank, world, **variants)
            yield from batches.between(max(first, start), min(end, stop))


def held_out_batch(recipe, data, device):
    """One fixed batch of photos that are not trained on."""
    *_, size, batch = recipe.stages()[-1]
    photos = Photos(data, device=device, held_out=True)
    return Batches(photos, size, max(batch, 6), recipe.holes, recipe.seed + 1)(0)


class Meter:
    """Means of the loss's terms, and pictures per second, since it was last read."""

    def __init__(self):
        self.sums, self.steps, self.pictures, self.begun = {}, 0, 0, time.perf_counter()

    def add(self, terms, pictures):
        self.sums = {name: self.sums.get(name, 0) + term for name, term in terms.items()}
        self.steps += 1
        self.pictures += pictures

    def row(self):
        row = {name: float(total) / self.steps for name, total in self.sums.items()}
        row["images_per_s"] = round(self.pictures / (time.perf_counter() - self.begun), 1)
        self.__init__()
        return row


class Run:
    """All that changes in training: the network, its running average, the optimizer and the number of steps done."""

    def __init__(self, recipe, folder, device, start=None, precision="auto"):
        if precision not in PRECISIONS:
            raise ValueError(f"precision is {precision!r}; give one of {', '.join(PRECISIONS)}")
        self.recipe, self.folder, self.device = recipe, folder, device
        self.half = precision == "bfloat16" or (precision == "auto" and device.type == "cuda")
        torch.manual_seed(recipe.seed)
        self.network = recipe.network()
        if start is not None:
            self.network.load_state_dict(start)
        self.network.to(device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network).requires_grad_(False)
        self.loss = InpaintingLoss(recipe.loss).to(device, memory_format=torch.channels_last)
        self.optimizer = torch.optim.AdamW(self.network.parameters(), recipe.rate, weight_decay=recipe.weight_decay)
        self.step = self.saved = 0
        if (folder / CHECKPOINT).exists():
            self._load()
        self._wrap()

    def one_step(self, images, masks):
        """Forward, backward, update; returns the terms of the loss, still on the device."""
        recipe = self.recipe
        if self.step == recipe.frozen_from():
            self._wrap()
        images = images.contiguous(memory_format=torch.channels_last)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(recipe, self.step)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            output = self.wrapped(images, masks)
            total, terms = self.loss(output, images, masks)
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), recipe.clip)
        self.optimizer.step()
        self.step += 1
        self._follow()
        return {"total": total.detach(), **terms}

    def _follow(self):
        """Move the average towards the network: early on fast, later by 1 − `average` a step."""
        keep = min(self.recipe.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for slow, fast in zip(self.average.state_dict().values(), self.network.state_dict().values(), strict=True):
                if slow.is_floating_point():
                    slow.lerp_(fast, 1 - keep)
                else:
                    slow.copy_(fast)

    def _wrap(self):
        """The network as it is called: frozen or not, compiled, in parallel. Done anew when the second stage begins."""
        self.network.train()
        self.network.freeze_encoder_bn(self.step >= self.recipe.frozen_from())
        self.wrapped = self.network
        if dist.is_initialized():
            if self.device.type == "cuda":
                self.network = self.wrapped = nn.SyncBatchNorm.convert_sync_batchnorm(self.network)
            self.wrapped = nn.parallel.DistributedDataParallel(self.wrapped)
        if self.device.type == "cuda":
            self.wrapped = torch.compile(self.wrapped)

    def report(self, row, held_out=None):
        """Add a line to the log and write the checkpoint; with a held-out batch, score and draw it too."""
        if held_out is not None:
            self.average.eval()
            with torch.no_grad():
                row["held_out_hole"] = float(hole_loss(self.average(*held_out), *held_out, per_hole=True))
        with (self.folder / LOG).open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        self.save()
        if held_out is not None:
            draw_samples(self.average, *held_out, self.folder / "samples.png")
            draw_curves(self.folder / LOG, self.folder / "curves.png")

    def save(self):
        """Write the checkpoint beside the old one, and move it into place."""
        state = {"recipe": describe(self.recipe), "step": self.step}
        for name in ("network", "average", "optimizer"):
            state[name] = getattr(self, name).state_dict()
        try:
            write_whole(self.folder / CHECKPOINT, state)
        except (OSError, RuntimeError) as error:  # torch.save says RuntimeError where the disk is full
            kept = f"the state of step {self.saved} is kept there" if self.saved else "nothing was saved yet"
            raise OSError(f"step {self.step} could not be saved in {self.folder}: {error}; {kept}") from error
        self.saved = self.step

    def _load(self):
        path = self.folder / CHECKPOINT
        try:
            state = torch.load(path, map_location=self.device, weights_only=True)
        except Exception as error:
            raise ValueError(f"{path} is cut or no checkpoint; delete it to start again") from error
        if state["recipe"] != describe(self.recipe):
            changed = [k for k, v in describe(self.recipe).items() if state["recipe"].get(k) != v]
            raise ValueError(f"{self.folder} holds a run with another {', '.join(changed)}: choose another folder")
        for name in ("network", "average", "optimizer"):
            getattr(self, name).load_state_dict(state[name])
        self.step = self.saved = state["step"]


def learning_rate(recipe, step):
    """The rate of a step, counted from 0: see `Recipe`."""
    change = recipe.frozen_from()
    if step < min(recipe.warm_up, change):
        return recipe.rate * (step + 1) / recipe.warm_up
    if step < change:
        along = (step - recipe.warm_up) / max(1, change - recipe.warm_up)
        return recipe.frozen_rate + (recipe.rate - recipe.frozen_rate) * (1 + math.cos(math.pi * along)) / 2
    return recipe.frozen_rate * (1 + math.cos(math.pi * (step - change) / (recipe.steps - change))) / 2


def keep_freed_memory():
    """Have the C library keep freed memory for the next step, where it is glibc: training on a CPU takes a third less.

    For programs that do nothing but train: memory goes back to the system only when they end.
    """
    try:
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(-4, 0)  # M_MMAP_MAX: large blocks come from the heap, like small ones
        libc.mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD: the heap does not shrink
    except (OSError, AttributeError):
        return


def join_processes(device):
    """(rank, world): meet the other processes that torchrun started, if any."""
    world = int(os.environ.get("WORLD_SIZE", 1))
    if world > 1 and not dist.is_initialized():
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    return (dist.get_rank(), world) if world > 1 else (0, 1)
