"""Call `train` with the options of the command ``pconv-edu train``.

If training fails, the program prints a message that says what to do next, and exits.
"""

import argparse
import os
import shlex
import subprocess
import sys
import warnings
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import torch

from pconv_edu.core.arguments import check_whole

from .recipe_base import BaseRecipe
from .recipes import RECIPES, laptop
from .run_folder import CHECKPOINT, WEIGHTS
from .stages import MOST_WHOLE, Stage
from .state_file import read_weights
from .training import Diverged, keep_freed_memory, train
from .weights import load_weights, network_names

# what the command line can change in a recipe, with the values that most recipes have
CHANGES: dict[str, int | float] = {"size": 256, "batch": 16, "steps": 60_000, "rate": 2e-3, "seed": 0}


def default_folder(recipe: str) -> Path:
    """Return the default folder for a run of the recipe with the given name.

    The folder's name differs from the name of the shipped network, so that the network of the run can be compared with
    the shipped network.
    """
    return Path("runs") / f"my-{recipe}"


def train_command(options: argparse.Namespace, taken: Collection[str] = ()) -> None:
    """Train with the options of the command line. If training fails, print a message and exit.

    options : the parsed options of ``pconv-edu train``
    taken : names of inpainting methods. If the folder of the run has one of these names, a warning is issued, because
        the run could not be compared with the method of the same name
    """
    first = int(os.environ.get("RANK", 0)) == 0  # of the processes that torchrun started
    out = Path(options.out) if options.out else default_folder(options.recipe)
    with warnings.catch_warnings():
        warnings.simplefilter("always" if first else "ignore", UserWarning)
        warnings.showwarning = lambda message, *_, **__: print(message, file=sys.stderr)
        try:
            _train(options, out, taken)
        except KeyboardInterrupt as stopped:
            message = f"{stopped or 'stopped; nothing was changed'}. {_resume(options, out)}"
            _end(message if first else None, 130)
        except Diverged as error:  # in all processes
            _end(f"{error}:\n{_try_again(options, out, error.last_good)}" if first else None)
        except (ValueError, OSError, MemoryError) as error:  # perhaps in this process alone
            _end(str(error) if first else f"process {os.environ['RANK']}: {error}")
    if first:
        print(f"{WEIGHTS}, samples.png, curves.png and log.jsonl are in {out}")


def recipe_of_options(options: argparse.Namespace) -> BaseRecipe:
    """Return the recipe that the options name, with the changes that the other options request."""
    recipe = laptop(RECIPES[options.recipe]) if options.laptop else RECIPES[options.recipe]
    stages = _changed(recipe.stages, options)
    return replace(recipe, stages=stages, seed=recipe.seed if options.seed is None else options.seed)


def command(options: argparse.Namespace, **changes: Any) -> str:
    """Return the shell command that starts training with these options.

    Each keyword argument in `changes` replaces the option of the same name. The value None removes that option.
    """
    several = int(os.environ.get("WORLD_SIZE", 1)) > 1
    words = ["torchrun", "--nproc-per-node", os.environ.get("LOCAL_WORLD_SIZE", "1")] if several else ["python"]
    words += ["-m", "pconv_edu", "train"]
    for name, value in (vars(options) | changes).items():
        if value is not None and value is not False and value != "auto":  # these three are the defaults
            words += [f"--{name.replace('_', '-')}", *([] if value is True else [str(value)])]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _changed(stages: tuple[Stage, ...], options: argparse.Namespace) -> tuple[Stage, ...]:
    """Return the stages of a recipe with the changes that the options request.

    If the number of steps changes, each stage keeps its share of the steps, and a stage that is left without steps is
    dropped. A new picture size applies only to the stages that have the same size as the first stage. A new batch size
    applies to the stages that have the same batch size as the first stage, and to those whose batch size is larger than
    the new one. If the first learning rate changes, all learning rates are multiplied by the same factor.
    """
    first, total = stages[0], sum(stage.steps for stage in stages)
    steps = total if options.steps is None else check_whole(options.steps, "steps", 1, MOST_WHOLE)
    batch = first.batch if options.batch is None else options.batch
    changed, left = [], steps
    for number, stage in enumerate(stages, start=1):
        after = round(steps * sum(later.steps for later in stages[number:]) / total)
        if left > after:
            changed.append(
                replace(
                    stage,
                    steps=left - after,
                    size=options.size if options.size is not None and stage.size == first.size else stage.size,
                    batch=batch if stage.batch == first.batch else min(batch, stage.batch),
                    rate=_scaled(stage.rate, first.rate, options.rate),
                    end_rate=_scaled(stage.end_rate, first.rate, options.rate),
                )
            )
        left = after
    return tuple(changed)


def _scaled(rate: float, first: float, new_first: float | None) -> float:
    """Return a learning rate, multiplied by new_first / first unless `new_first` is None.

    A rate that equals `first` is replaced by `new_first` itself, so that the result has no rounding error.
    """
    if new_first is None:
        return rate
    return new_first if rate == first else rate * new_first / first


def _train(options: argparse.Namespace, out: Path, taken: Collection[str]) -> None:
    recipe = recipe_of_options(options)
    before = Path("runs") / options.recipe
    if options.out is None and not (out / CHECKPOINT).exists() and (before / CHECKPOINT).exists():
        warnings.warn(
            f"{before} is a run that an earlier version began: to resume it, give --out {before}", stacklevel=2
        )
    if out.resolve().name.lower() in taken:
        warnings.warn(f"a method is called {out.name} too: `evaluate` will ask for another name of {out}", stacklevel=2)
    keep_freed_memory()
    start = _start(options.start, recipe.start, out)
    given = {"data": options.data, "device": options.device, "precision": options.precision}
    train(recipe, out, **given, start=start, compiled=not options.no_compile)


def _start(name: str | None, continued: str | None, out: Path) -> dict[str, torch.Tensor] | None:
    """Return the weights with which training starts, or None if no weights need to be loaded.

    name : path of a weight file or name of a shipped network, or None
    continued : name of the recipe that this recipe continues, or None
    out : folder of the run

    If `name` is None, the weights come from the default folder of the recipe `continued`, or from the shipped network
    of that name if this folder has no finished weights. No weights are loaded if `continued` is None too, or if `out`
    contains a checkpoint.
    """
    if name is not None:
        shipped = not Path(name).exists() and name in network_names()
        return load_weights(name).state_dict() if shipped else read_weights(name)
    if continued is None or (out / CHECKPOINT).exists():
        return None
    own = default_folder(continued) / WEIGHTS
    if own.exists():
        return read_weights(own)
    if continued not in network_names():
        raise ValueError(
            f"{own} is not there, and {continued} does not ship: train it first (--recipe {continued}), or give --start"
        )
    warnings.warn(f"{own} is not there: training starts with the {continued} that ships with the course", stacklevel=2)
    return load_weights(continued).state_dict()


def _resume(options: argparse.Namespace, out: Path) -> str:
    """Return a sentence with the command that resumes a run, or that starts the run again if nothing was saved."""
    if (out / CHECKPOINT).exists():
        return f"To resume: {command(options, start=None)}"  # a resumed run loads its own weights
    return f"To start again: {command(options)}"


def _try_again(options: argparse.Namespace, out: Path, last_good: Path | None) -> str:
    """Return the command to try after the loss has become NaN or infinite.

    The command halves the learning rate. If there are last good weights, it also starts from them and writes to a new
    folder.
    """
    rate = f"{recipe_of_options(options).stages[0].rate / 2:g}"
    if last_good is None:
        return command(options, rate=rate)
    others = (out.with_name(f"{out.name}-{number}") for number in range(2, 10**9))
    return command(options, rate=rate, start=last_good, out=next(other for other in others if not other.exists()))


def _end(message: str | None, code: int = 1) -> NoReturn:
    """Print a message to stderr, unless it is None, and exit with a status code."""
    if message:
        print(f"python -m pconv_edu train: {message}", file=sys.stderr)
    sys.exit(code)
