"""Training: one loop for a laptop, a GPU and several of them. A run that was stopped at any moment can be resumed, and
ends as if it had not been stopped.

``train(recipe, folder)`` leaves there: recipe.json, machine.json (see `resume`), log.jsonl (a line every few steps),
samples.png, curves.png, checkpoint.pt (all that resuming needs), and at the end weights.safetensors (the averaged
weights). If the loss stops being a number, last_good.safetensors has the averaged weights of the last checkpoint.
"""

import ctypes
import math
import warnings
from pathlib import Path

import torch.distributed as dist
from tqdm.auto import tqdm

from pconv_edu.core.arguments import is_whole

from .data import Batches, Photos
from .device import join_processes, on_all, out_of_memory, pick_device
from .photo_folder import image_root, list_photos
from .reports import Meter, Watched
from .resume import check_same, read_settings, same_precision, settings_of
from .run import PRECISIONS, Run, learning_rate
from .run_folder import CHECKPOINT, LAST_GOOD, MACHINE, append_row, as_json, prepare_folder, write_whole
from .state_file import plain_state

__all__ = ["PRECISIONS", "Diverged", "Run", "batches_of", "keep_freed_memory", "learning_rate", "train"]


class Diverged(FloatingPointError):
    """The loss stopped being a number. `last_good` is the path of weights to start again with, or None."""

    def __init__(self, message, last_good):
        super().__init__(message)
        self.last_good = last_good


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
    compiled=True,
    quiet=False,
):
    """Train a recipe, or resume a run that was stopped.

    Parameters
    ----------
    recipe : Recipe
    folder : where the run is kept; if there is a run of the same recipe on the same photos, it is resumed
    data : folder of images; the bundled photos by default. Of fewer than 14 photos none is held out: samples.png then
        shows training photos, and the log has no held_out_hole
    device : "auto" (CUDA, MPS or CPU), or its name; "cuda:1" is the second GPU
    precision : "float32"; "bfloat16" for convolutions in half precision (weights, sums and averages stay float32),
        which pays on GPUs and on processors that multiply in it; "auto" for what a resumed run began in, for bfloat16
        on CUDA, else float32
    start : state_dict to begin with; recipes that continue another need it, but not to be resumed
    stop : stop before this step, to be resumed later; by default at the end
    every : steps between two lines of the log and two checkpoints
    watch_every : steps between two looks at held-out photos, with samples.png and curves.png
    compiled : False for a network that is not compiled on CUDA; it is not where torch.compile does not work, either
    quiet : no progress bar, and no word about photos that are not held out

    Started by torchrun, each process trains on its share of every batch. Batch norm then takes its statistics from each
    process's share on CPUs (those of the first one are kept), and over all GPUs on CUDA.

    Returns
    -------
    the network with averaged weights, in eval mode

    Raises
    ------
    ValueError
        If the run in the folder is of another recipe, on other photos or began with other weights, if there is no image
        to train on, or an argument is not possible.
    FloatingPointError
        If the loss or a weight stops being a number, in every process; the last good state and weights are kept.
    MemoryError
        If the memory of the computer or GPU is used up; the last state is kept.
    OSError
        If something cannot be written; the last state is kept.
    KeyboardInterrupt
        If it is stopped by Ctrl-C; the message says which step is kept.
    """
    for name, value in (("every", every), ("watch_every", watch_every)):
        if not is_whole(value) or value < 1:
            raise ValueError(f"{name} is {value!r}; give a whole number of steps, at least 1")
    folder, run = Path(folder), None
    try:
        device, rank, world = join_processes(pick_device(device))
        _check_shares(recipe, world)
        before, names = read_settings(folder), list_photos(data)
        if before is None and start is None and recipe.start:
            raise ValueError(f"this recipe continues another one, {recipe.start}: give its weights to start with")
        start = None if start is None else plain_state(start, "the weights to start with")
        run = Run(recipe, folder, device, start, same_precision(before, precision), compiled)
        now, remarks = settings_of(device, world, run.half, data, names, start), []
        if before is not None:
            now, remarks = check_same(folder, before, now, run.step)
        if rank == 0:
            prepare_folder(folder, recipe, run.step)
            write_whole(folder / MACHINE, as_json(now))
            if data is not None and image_root(data) != Path(data):
                remarks.append(f"{image_root(data)} is trained on, the rest of {data} is not")
            for remark in remarks:
                warnings.warn(remark, stacklevel=2)
        photos = Photos(data, device=device, names=names)
        watched = Watched(recipe, data, names, photos, quiet) if rank == 0 else None
        stop = recipe.steps if stop is None else min(stop, recipe.steps)
        _loop(run, batches_of(recipe, photos, run.step, stop, rank, world), stop, every, watch_every, watched, quiet)
        if rank == 0:
            if not photos.all_kept:
                photos.warn_of_skipped()
            if run.step == recipe.steps:
                run.finish()
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"stopped; {run.kept() if run else 'nothing was changed'}") from None
    except Exception as error:
        if out_of_memory(error):
            raise MemoryError(_no_memory(recipe, run, error)) from error
        if type(error).__module__.startswith(("torch._dynamo", "torch._inductor", "triton")):
            raise ValueError(
                f"the network could not be compiled ({_first_line(error)}): train without that, by compiled=False, or "
                "--no-compile on the command line"
            ) from error
        raise
    if world > 1:
        dist.destroy_process_group()
    return run.average.eval()


def _loop(run, samples, stop, every, watch_every, watched, quiet):
    """Train on all samples. Every few steps: see that all is finite in all processes, and in the first one report."""
    recipe, meter, world = run.recipe, Meter(), dist.get_world_size() if dist.is_initialized() else 1
    total = {"total": recipe.steps, "initial": run.step, "unit": "step", "dynamic_ncols": True}
    with tqdm(disable=quiet or watched is None, **total) as bar:
        for step, images, masks in samples:
            meter.add(run.one_step(images, masks), world * len(images))
            bar.update()
            if run.step % every and run.step < stop:
                continue
            row = {"step": run.step, "rate": learning_rate(recipe, step)} | meter.row()
            finite = all(math.isfinite(value) for value in row.values()) and run.is_finite()
            if not on_all(finite, run.device):
                raise _diverged(run, keep=watched is not None)
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


def _diverged(run, keep):
    """Return the error to raise in every process once a number is none; the one with `keep` writes the last weights."""
    last_good = run.keep_last_good() if keep and run.saved else None
    if dist.is_initialized():
        dist.destroy_process_group()
    happened = f"the loss is not a number any more, between steps {run.saved} and {run.step}"
    if not run.saved:
        return Diverged(f"{happened}, and nothing was saved before. Start again with a lower rate", None)
    kept = (
        f"The state of step {run.saved} is kept in {run.folder / CHECKPOINT}, its weights in {run.folder / LAST_GOOD}"
    )
    return Diverged(f"{happened}. {kept}: start again with these, a lower rate and another folder", last_good)


def _no_memory(recipe, run, error):
    """Say what to do about memory that is used up."""
    batch = next((batch for _, end, _, batch in recipe.stages() if run and run.step < end), recipe.batch)
    if run and run.saved:
        advice = f"{run.kept()}. Free memory and resume, or start in another folder with a batch below {batch}"
    else:
        advice = f"free memory, or give a batch below {batch} or smaller pictures"
    return f"there is not enough memory ({_first_line(error)}); {advice}"


def _first_line(error):
    return str(error).strip().partition("\n")[0] or type(error).__name__


def _check_shares(recipe, world):
    for batch in {batch for *_, batch in recipe.stages()}:
        if batch % world:
            raise ValueError(f"a batch of {batch} cannot be shared by {world} processes: make it a multiple")


def batches_of(recipe, photos, start, stop, rank, world):
    """Yield (step, images, masks) for the steps from start to stop, in the size of each stage."""
    batches = None
    for first, end, size, batch in recipe.stages():
        if start < end and first < stop:
            variants = {"colors": recipe.colors, "turns": recipe.turns}
            bank = batches.bank if batches and batches.size == size else None
            batches = Batches(photos, size, batch, recipe.holes, recipe.seed, rank, world, **variants, bank=bank)
            yield from batches.between(max(first, start), min(end, stop))


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
