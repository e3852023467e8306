"""Train networks with the same loop on a laptop, one GPU or several GPUs.

A run can be stopped at any moment and resumed. The result is the same as if the run had not been stopped.

``train(recipe, folder)`` writes these files to the folder: recipe.json, machine.json (see `resume`), log.jsonl (a line
every few steps), samples.png, curves.png, checkpoint.pt (everything that is needed to resume), and at the end
weights.safetensors (the averaged weights). If the loss or a weight becomes infinite or NaN after a checkpoint was
saved, the averaged weights of this checkpoint are written to last_good.safetensors.
"""

import ctypes
import math
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn

from pconv_edu.core.arguments import as_path, is_whole
from pconv_edu.progress import progress_bar

from .adversarial import AdversarialRun
from .data import Batches, Photos
from .device import join_processes, on_all, out_of_memory, pick_device
from .device_data import DeviceBatches
from .device_photos import PackedPhotos, photos_for
from .failures import Diverged, diverged, first_line, no_memory
from .photo_folder import image_root, list_photos
from .recipe_base import BaseRecipe
from .reports import Meter, Watched
from .resume import check_same, read_settings, same_batches, same_precision, settings_of
from .rival_recipes import RivalRecipe
from .run import PRECISIONS, Run
from .run_folder import MACHINE, append_row, as_json, prepare_folder, write_whole
from .state_file import plain_state

__all__ = ["PRECISIONS", "Diverged", "Run", "batches_of", "keep_freed_memory", "train"]


def train(
    recipe: BaseRecipe,
    folder: str | Path,
    *,
    data: str | Path | None = None,
    device: str | torch.device = "auto",
    precision: str = "auto",
    start: Mapping[str, torch.Tensor] | None = None,
    stop: int | None = None,
    every: int = 50,
    watch_every: int = 1000,
    compiled: bool = True,
    on_device: bool | None = None,
    quiet: bool = False,
) -> nn.Module:
    """Train the network of a recipe, or resume a run that was stopped.

    Parameters
    ----------
    recipe : the recipe, which says what is trained, and how
    folder : folder of the run. If it contains a run of the same recipe on the same photos, that run is resumed
    data : folder of images, or None for the bundled photos. If there are fewer than 14 photos, none is held out. In
        this case, samples.png shows training photos, and the log has no held_out_hole
    device : as for `pick_device`. The default, "auto", is the first of CUDA, MPS and CPU that is available, unless the
        environment variable PCONV_EDU_DEVICE names a device
    precision : "float32", "bfloat16" or "auto". With "bfloat16", convolutions are computed in half precision, which is
        faster on GPUs and on processors that support this format, but weights, sums and averages stay in float32. For a
        resumed run, "auto" is the precision with which the run began. For a new run, "auto" is bfloat16 on CUDA and
        float32 on other devices
    start : state_dict with which training begins. Recipes that continue another recipe need this argument, unless a run
        is resumed
    stop : number of steps, counted from the beginning of the run, after which training stops. Training can be resumed
        later. By default, training continues to the end of the recipe
    every : number of steps between two lines of the log, and between two checkpoints
    watch_every : number of steps between two evaluations, in which the fills of held-out photos are scored, and
        samples.png and curves.png are drawn
    compiled : True to compile the network on a CUDA device if torch.compile works on this device
    on_device : True to keep all photos in the memory of the device, and to make all crops and holes of a batch at once
        on the device. If the photos do not fit (on CUDA, in a third of the free memory), the pictures of a batch are
        made one at a time instead. The default is True on CUDA and False elsewhere. For a resumed run, the default is
        the choice with which the run began
    quiet : True to show neither a progress bar nor the warning that there are too few photos to hold any out

    If torchrun starts several processes, each process trains on its share of every batch. On CPUs, batch norm in each
    process computes its statistics from the share of this process, and the statistics of the first process are kept. On
    CUDA, batch norm computes its statistics from the shares of all GPUs.

    Returns
    -------
    the network with averaged weights, in eval mode

    Raises
    ------
    ValueError
        If the run in the folder has a different recipe or different photos, or began with different weights; if there
        is no image to train on; or if an argument is invalid.
    FloatingPointError
        If the loss or a weight becomes infinite or NaN. Every process raises this error. The last checkpoint is kept,
        and its averaged weights are written to last_good.safetensors.
    MemoryError
        If the computer or the GPU runs out of memory. The last checkpoint is kept.
    OSError
        If a file cannot be written. The last checkpoint is kept.
    KeyboardInterrupt
        If the user stops training with Ctrl-C. The message names the step of the checkpoint that is kept.
    """
    for name, value in (("every", every), ("watch_every", watch_every)):
        if not is_whole(value) or value < 1:
            raise ValueError(f"{name} is {value!r}; give a whole number of steps, at least 1")
    folder, run = as_path(folder, "folder"), None
    try:
        place, rank, world = join_processes(pick_device(device))
        _check_shares(recipe, world)
        before, names = read_settings(folder), list_photos(data)
        if before is None and start is None and recipe.start:
            raise ValueError(f"this recipe continues another one, {recipe.start}: give its weights to start with")
        start = None if start is None else plain_state(start, "the weights to start with")
        packed = same_batches(before, on_device, place)
        kind = AdversarialRun if isinstance(recipe, RivalRecipe) else Run
        run = kind(recipe, folder, place, start, same_precision(before, precision), compiled)
        now = settings_of(place, world, run.half, data, names, start)
        remarks: list[str] = []
        if before is not None:
            now, remarks = check_same(folder, before, now, run.step)
        if rank == 0:
            prepare_folder(folder, recipe, run.step)
            if data is not None and image_root(data) != Path(data):
                remarks.append(f"{image_root(data)} is trained on, the rest of {data} is not")
        photos, reasons = photos_for(data, names, place, packed, before)
        if rank == 0:
            write_whole(folder / MACHINE, as_json(now | {"device_batches": isinstance(photos, PackedPhotos)}))
            for remark in [*remarks, *reasons]:
                warnings.warn(remark, stacklevel=2)
        watched = Watched(recipe, data, names, photos, quiet) if rank == 0 else None
        stop = recipe.steps if stop is None else min(stop, recipe.steps)
        _loop(run, batches_of(recipe, photos, run.step, stop, rank, world), stop, every, watch_every, watched, quiet)
        if rank == 0:
            if isinstance(photos, Photos) and not photos.all_kept:
                photos.warn_of_skipped()
            if run.step == recipe.steps:
                run.finish()
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"stopped; {run.kept() if run else 'nothing was changed'}") from None
    except Exception as error:
        if out_of_memory(error):
            raise MemoryError(no_memory(recipe, run, error)) from error
        if type(error).__module__.startswith(("torch._dynamo", "torch._inductor", "triton")):
            raise ValueError(
                f"the network could not be compiled ({first_line(error)}): train without that, by compiled=False, or "
                "--no-compile on the command line"
            ) from error
        raise
    if world > 1:
        run.disconnect()
    return run.average.eval()


def _loop(
    run: Run,
    samples: Iterator[tuple[int, torch.Tensor, torch.Tensor]],
    stop: int,
    every: int,
    watch_every: int,
    watched: Watched | None,
    quiet: bool,
) -> None:
    """Train on all samples.

    At intervals of `every` steps, all processes check that the loss and the weights are finite, and the first process
    then writes a line of the log and a checkpoint. At multiples of `watch_every`, the first process also scores and
    draws fills.
    """
    recipe, meter, world = run.recipe, Meter(), dist.get_world_size() if dist.is_initialized() else 1
    total = {"total": recipe.steps, "initial": run.step, "unit": "step", "dynamic_ncols": True}
    with progress_bar(disable=quiet or watched is None, **total) as bar:
        for step, images, masks in samples:
            meter.add(run.one_step(images, masks), world * len(images))
            bar.update()
            if run.step % every and run.step < stop:
                continue
            row = {"step": run.step, "rate": recipe.rate(step)} | meter.row()
            finite = all(math.isfinite(value) for value in row.values()) and run.is_finite()
            if not on_all(finite, run.device):
                raise diverged(run, keep=watched is not None)
            bar.set_postfix({name: f"{value:.4g}" for name, value in row.items() if name != "step"})
            if watched is None:
                run.saved = run.step  # the first process has saved this step
                continue
            look = run.step % watch_every == 0 or run.step == recipe.steps
            if look:
                row |= watched.score(run.average)
            append_row(run.folder, row)
            run.save()
            if look:
                watched.draw(run.average, run.folder)


def _check_shares(recipe: BaseRecipe, world: int) -> None:
    for stage in recipe.stages:
        if stage.batch % world:
            raise ValueError(f"a batch of {stage.batch} cannot be shared by {world} processes: make it a multiple")


def batches_of(
    recipe: BaseRecipe, photos: Photos | PackedPhotos, start: int, stop: int, rank: int, world: int
) -> Iterator[tuple[int, torch.Tensor, torch.Tensor]]:
    """Yield (step, images, masks) for the steps from `start` to `stop` − 1, as the stage of each step specifies.

    photos : the training photos. If they are packed, all pictures of a batch are made at once, on the device of the
        photos
    rank, world : index of this process, counted from 0, and number of processes. Each process gets its share of every
        batch

    Images are (N, 3, size, size) in [0, 1], and masks are (N, 1, size, size) with 1 = valid.
    """
    batches: Batches | None = None
    kind = DeviceBatches if isinstance(photos, PackedPhotos) else Batches
    for first, end, stage in recipe.spans():
        if start < end and first < stop:
            bank = batches.bank if batches and batches.size == stage.size else None
            batches = kind(
                photos,
                stage.size,
                stage.batch,
                recipe.holes,
                recipe.seed,
                rank,
                world,
                colors=recipe.colors,
                turns=recipe.turns,
                bank=bank,
            )
            yield from batches.between(max(first, start), min(end, stop))


def keep_freed_memory() -> None:
    """Make the C library keep freed memory for later steps, if the library is glibc.

    On CPUs, training then takes a third less time. This function should be called only by programs that do nothing but
    train, because a program then returns memory to the system only when it ends.
    """
    try:
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(-4, 0)  # M_MMAP_MAX: large blocks come from the heap, like small ones
        libc.mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD: the heap does not shrink
    except (OSError, AttributeError):
        return
