"""What the experiments measure, each under one name: the methods that ship, controls, and training runs of your own.

Rows, tables and plots know a run by the name of its folder. So that they never mix a run with what ships, no run may be
called like a method that ships.
"""

import functools
import hashlib
from pathlib import Path

import numpy as np

from pconv_edu import inpaint
from pconv_edu.console import sentence
from pconv_edu.inpainters.methods import BEST

from .cases import describe

KNOWN = {*inpaint.METHODS, *inpaint.VARIANTS}
CONTROLS = {"l1+noise": ("l1", 0.02)}  # a method with grey noise in its holes: (method, standard deviation)
SHIPPED = KNOWN | CONTROLS.keys()
WEIGHTS, CHECKPOINT = "weights.safetensors", "checkpoint.pt"  # in the folder of a run; its modules would load torch


def named(methods, more=()):
    """Return {name: method}, each once, in the order given.

    methods : names of `SHIPPED`, "pconv" for the best network, or folders of finished training runs; several paths to
        one folder are one run, which has the name of the folder
    more : names of other methods that the caller knows

    Raises
    ------
    ValueError
        For what is neither, for a run that has not ended, for a run with the name of a method that ships, in upper or
        lower case, and for two runs of the same name.
    """
    found, runs = {}, {}  # runs: {name in lower case: folder}
    for method in map(str, methods):
        method = BEST if method == "pconv" else method
        if method in SHIPPED or method in more:
            found[method] = method
            continue
        name, run = _name_of_run(method, more), str(Path(method).resolve())
        other = runs.setdefault(name.casefold(), run)
        if other != run:
            raise ValueError(f"{other} and {run} are both called {name}: rename one of these folders")
        found[name] = run
    return found


def _name_of_run(folder, more):
    """The name of a run's folder, once it is sure that it has one of its own; see `named`."""
    path = Path(folder)
    if path.is_file():
        raise ValueError(f"{folder} is a file; give the folder of the training run, {path.parent}")
    if not path.is_dir():
        known = ", ".join([*more, *inpaint.METHODS, *CONTROLS, "pconv"])
        raise ValueError(f"{folder}: no such method and no folder with a finished run; there are {known}")
    if not (path / WEIGHTS).exists():
        begun = (path / CHECKPOINT).exists()
        why = "the training has not ended; resume it first" if begun else "it is not the folder of a training run"
        raise ValueError(f"{folder}: there is no {WEIGHTS} in this folder: {why}")
    names = [path.resolve().name, path.absolute().name]  # a link has a name too
    for name in names:
        plain = name.strip(" .").casefold()  # Windows takes "L1." for "l1"
        shipped = [known for known in ("pconv", *more, *sorted(SHIPPED)) if known.casefold() == plain]
        if shipped:
            raise ValueError(
                f"{folder}: this run has the name of the method {shipped[0]}, which ships, and would be taken for it. "
                f"Rename the folder, for instance to {path.parent / f'my-{name}' if path.name else f'my-{name}'}"
            )
    return names[0]


def load_run(folder):
    """Return the network of a finished run; ValueError if the folder does not hold a whole one."""
    from pconv_edu.nn.weights import from_run

    try:
        return from_run(folder)
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError, OSError) as error:
        why = " ".join(sentence(error).split())
        raise ValueError(f"{folder}: the network of this run cannot be read: {why}") from error


def _network(folder):
    """`load_run`, once: again only if the weights have changed since."""
    return _network_of((Path(folder) / WEIGHTS).stat().st_mtime_ns, folder)


@functools.lru_cache(maxsize=8)
def _network_of(time, folder):
    return load_run(folder)


def fingerprint(method):
    """What a method's rows depend on, beside photos and holes: the weights of a network."""
    from pconv_edu.nn.cards import cards

    method, *more = CONTROLS.get(method, (method,))
    if method in KNOWN:
        return " ".join([*map(str, more), cards().get(method, {}).get("sha256", "")[:12]])
    return hashlib.sha256((Path(method) / WEIGHTS).read_bytes()).hexdigest()[:12]


def fill(case, method):
    """The filled picture of a case.

    method : one of `SHIPPED`, or the folder of a finished training run
    """
    if method in KNOWN:
        return inpaint(case.image, case.mask, method)
    if method in CONTROLS:
        return _with_noise(case, *CONTROLS[method])
    from pconv_edu.inpainters.network import fill_by

    found = fill_by(_network(method), np.where(case.mask[..., None], case.image, 0), case.mask)
    return np.where(case.mask[..., None], case.image, np.clip(found, 0, 1))


def _with_noise(case, method, deviation):
    """A fill with the same grey noise in all channels: it knows nothing about the photo."""
    seed = int(describe(case)["hash"], 16)
    noise = np.random.default_rng(seed).normal(0, deviation, (*case.mask.shape, 1)).astype(np.float32)
    return np.where(case.mask[..., None], case.image, np.clip(fill(case, method) + noise, 0, 1))
