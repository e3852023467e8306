"""Train networks with the same loop on a laptop, one GPU or several GPUs.

A run can be stopped at any moment and resumed. The result is the same as if it had not been stopped.

``train(recipe, folder)`` leaves these files in the folder: recipe.json, machine.json (see `resume`), log.jsonl (a line
every few steps), samples.png, curves.png, checkpoint.pt (everything that is needed to resume), and at the end
weights.safetensors (the averaged weights). If the loss is no longer finite, last_good.safetensors contains the averaged
weights of the last checkpoint.
"""

import ctypes
import math
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
import torch.distributed as dist
from torch import nn
from tqdm.auto import tqdm

from pconv_edu.core.arguments import is_whole

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
    """Train a recipe, or resume a run that was stopped.

    Parameters
    ----------
    recipe : what is trained, and how
    folder : folder of the run. If it contains a run of the same recipe on the same photos, that run is resumed
    data : folder of images; the bundled photos by default. If there are fewer than 14 photos, none is held out;
        samples.png then shows training photos, and the log has no held_out_hole
    device : "auto" (CUDA, MPS or CPU), or the name of a device; "cuda:1" is the second GPU
    precision : "float32"; "bfloat16" for convolutions in half precision (weights, sums and averages stay float32),
        which is faster on GPUs and on processors that support bfloat16; "auto" for the precision that a resumed run
        began with. For a new run, "auto" is bfloat16 on CUDA and float32 elsewhere
    start : state_dict to begin with. Recipes that continue another recipe need this argument, unless a run is resumed
    stop : the step before which training stops, so that it can be resumed later; by default, training runs to the end
    every : number of steps between two lines of the log, and between two checkpoints
    watch_every : number of steps after which the held-out photos are scored and samples.png and curves.png are drawn
    compiled : whether the network is compiled on CUDA, if torch.compile works there
    on_device : True to keep all photos on the device and to make whole batches of crops and holes there. By default,
        this is True on CUDA if the photos fit in a third of the free memory. A resumed run keeps the choice that it
        began with
    quiet : True to show neither a progress bar nor the warning that there are too few photos to hold any out

    If torchrun starts several processes, each process trains on its share of every batch. On CPUs, the batch norm of
    each process then takes its statistics from that process's share, and the statistics of the first process are kept.
    On CUDA, batch norm takes its statistics from the batches of all GPUs.

    Returns
    -------
    the network with averaged weights, in eval mode

    Raises
    ------
    ValueError
        If the run in the folder has a different recipe or different photos, or began with different weights; if there
        is no image to train on; or if an argument is not valid.
    FloatingPointError
        If the loss or a weight is no longer finite. Every process raises this error. The last good state and weights
        are kept.
    MemoryError
        If the memory of the computer or GPU is used up. The last state is kept.
    OSError
        If a file cannot be written. The last state is kept.
    KeyboardInterrupt
        If the user stops training with Ctrl-C. The message says which step is kept.
    """
    for name, value in (("every", every), ("watch_every", watch_every)):
        if not is_whole(value) or value < 1:
            raise ValueError(f"{name} is {value!r}; give a whole number of steps, at least 1")
    folder, run = Path(folder), None
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
        dist.destroy_process_group()
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

    Every few steps, check that all values are finite in all processes, and report in the first process.
    """
    recipe, meter, world = run.recipe, Meter(), dist.get_world_size() if dist.is_initialized() else 1
    total = {"total": recipe.steps, "initial": run.step, "unit": "step", "dynamic_ncols": True}
    with tqdm(disable=quiet or watched is None, **total) as bar:
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
                run.saved = run.step  # by the first process
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
    """Yield (step, images, masks) for the steps from start to stop, with the picture size of each stage.

    photos : the photos to train on; if they are packed, whole batches are made on their device
    rank, world : index of this process, from 0, and number of processes; each process gets its share of every batch

    Images are (N, 3, size, size) in [0, 1], masks (N, 1, size, size) with 1 = valid.
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
    """Make the C library keep freed memory for the next step, if the library is glibc.

    On CPUs, training then takes a third less time. Only programs that do nothing but train should call this function,
    because memory is then returned to the system only when the program ends.
    """
    try:
        libc = ctypes.CDLL("libc.so.6")
        libc.mallopt(-4, 0)  # M_MMAP_MAX: large blocks come from the heap, like small ones
        libc.mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD: the heap does not shrink
    except (OSError, AttributeError):
        return
