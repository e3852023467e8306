"""``python -m pconv_edu train``: options become arguments of `train`, errors a sentence that says what to do next."""

import os
import shlex
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path

from .recipes import RECIPES, laptop
from .run_folder import CHECKPOINT, WEIGHTS
from .state_file import read_weights
from .training import Diverged, keep_freed_memory, train
from .weights import load_weights, network_names

CHANGES = ("size", "batch", "steps", "rate", "seed")  # fields of a recipe that the command line can change


def default_folder(recipe):
    """Return the folder of a recipe's run. Its name is not that of a shipped network, so that both can be compared."""
    return Path("runs") / f"my-{recipe}"


def train_command(options, taken=()):
    """Train as the command line says; end the program with a sentence if that fails.

    options : what argparse returned
    taken : names of methods; a run of such a name cannot be compared with them
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


def recipe_of_options(options):
    """Return the recipe that the options name, with their changes."""
    recipe = laptop(RECIPES[options.recipe]) if options.laptop else RECIPES[options.recipe]
    changes = {name: getattr(options, name) for name in CHANGES if getattr(options, name) is not None}
    if "rate" in changes:
        changes["frozen_rate"] = recipe.frozen_rate * changes["rate"] / recipe.rate
    if "batch" in changes and recipe.last_batch:
        changes["last_batch"] = min(changes["batch"], recipe.last_batch)
    return replace(recipe, **changes)


def command(options, **changes):
    """Return the command that starts training with these options, some of them changed; None leaves one out."""
    several = int(os.environ.get("WORLD_SIZE", 1)) > 1
    words = ["torchrun", "--nproc-per-node", os.environ.get("LOCAL_WORLD_SIZE", "1")] if several else ["python"]
    words += ["-m", "pconv_edu", "train"]
    for name, value in (vars(options) | changes).items():
        if value is not None and value is not False and value != "auto":  # what it is without the option
            words += [f"--{name.replace('_', '-')}", *([] if value is True else [str(value)])]
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _train(options, out, taken):
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


def _start(name, continued, out):
    """Return the weights to start with: those that are named, or of the recipe that this one continues, or None."""
    if name is not None:
        shipped = not Path(name).exists() and name in network_names()
        return load_weights(name).state_dict() if shipped else read_weights(name)
    if continued is None or (out / CHECKPOINT).exists():
        return None
    own = default_folder(continued) / WEIGHTS
    if own.exists():
        return read_weights(own)
    warnings.warn(f"{own} is not there: training starts with the {continued} that ships with the course", stacklevel=2)
    return load_weights(continued).state_dict()


def _resume(options, out):
    """Say by which command a run is resumed, or started again if nothing was saved."""
    if (out / CHECKPOINT).exists():
        return f"To resume: {command(options, start=None)}"  # a run that is resumed has its own weights
    return f"To start again: {command(options)}"


def _try_again(options, out, last_good):
    """Return the command to give when the loss is not a number: half the rate, from the last good weights if any."""
    rate = f"{recipe_of_options(options).rate / 2:g}"
    if last_good is None:
        return command(options, rate=rate)
    others = (out.with_name(f"{out.name}-{number}") for number in range(2, 10**9))
    return command(options, rate=rate, start=last_good, out=next(other for other in others if not other.exists()))


def _end(message, code=1):
    """End the program, and say why."""
    if message:
        print(f"python -m pconv_edu train: {message}", file=sys.stderr)
    sys.exit(code)
