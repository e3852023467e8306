"""List the methods that the experiments can measure, and fill holes with them.

The methods are those that ship with the package, controls, and your own training runs. Rows, tables and plots identify
a run by the name of its folder. Therefore, a run must not have the name of a shipped method.
"""

import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pconv_edu import inpaint
from pconv_edu.console import sentence
from pconv_edu.inpainters.methods import BEST

from .cases import Case, describe

if TYPE_CHECKING:
    from pconv_edu.nn import PConvUNet


class Control(NamedTuple):
    """Describe a control, which is a variant of one network's fill that only the experiments use.

    network : name of the network
    noise : standard deviation of the grey noise that is added in the hole
    guides : whether the network is the guide of the method "guided" instead of filling the hole itself
    """

    network: str
    noise: float = 0.0
    guides: bool = False


KNOWN = {*inpaint.METHODS, *inpaint.VARIANTS}
CONTROLS = {"l1+noise": Control("l1", noise=0.02), "guided-l1": Control("l1", guides=True)}
SHIPPED = KNOWN | CONTROLS.keys()
WEIGHTS, CHECKPOINT = (
    "weights.safetensors",
    "checkpoint.pt",
)  # the files of a run


def named(methods: Iterable[Path | str], more: Sequence[str] | Mapping[str, object] = ()) -> dict[str, str]:
    """Return {name: method}, without duplicates, in the order given. The value for a run is the path of its folder.

    Parameters
    ----------
    methods : names in `SHIPPED`, "pconv" for the best network, or folders of finished training runs; a run has the name
        of its folder, and several paths to one folder count as one run
    more : names of further methods that are allowed, because the caller can measure them

    Raises
    ------
    ValueError
        If an entry of `methods` is neither a name nor the folder of a finished run, if a run has the name of a shipped
        method (in upper or lower case), or if two runs have the same name.
    """
    by_name: dict[str, str] = {}
    runs: dict[str, str] = {}  # name in lower case -> folder
    for method in map(str, methods):
        method = BEST if method == "pconv" else method
        if method in SHIPPED or method in more:
            by_name[method] = method
            continue
        name, run = _name_of_run(method, more), str(Path(method).resolve())
        other = runs.setdefault(name.casefold(), run)
        if other != run:
            raise ValueError(f"{other} and {run} are both called {name}: rename one of these folders")
        by_name[name] = run
    return by_name


def _name_of_run(folder: str, more: Iterable[str]) -> str:
    """Return the name of a finished training run, which is the name of its folder.

    Raise a ValueError if the folder is not that of a finished run, or if the run has the name of a known method.
    """
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
    names = [path.resolve().name, path.absolute().name]  # the names of the folder and of a link to it
    for name in names:
        plain = name.strip(" .").casefold()  # on Windows, "L1." and "l1" are the same
        shipped = [known for known in ("pconv", *more, *sorted(SHIPPED)) if known.casefold() == plain]
        if shipped:
            raise ValueError(
                f"{folder}: this run has the name of the method {shipped[0]}, which ships, and would be taken for it. "
                f"Rename the folder, for instance to {path.parent / f'my-{name}' if path.name else f'my-{name}'}"
            )
    return names[0]


def load_run(folder: Path | str) -> "PConvUNet":
    """Return the network of a finished run. Raise a ValueError if a file of the run is missing or broken."""
    from pconv_edu.nn.weights import from_run

    try:
        return from_run(folder)
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError, OSError) as error:
        why = " ".join(sentence(error).split())
        raise ValueError(f"{folder}: the network of this run cannot be read: {why}") from error


def _network(folder: str) -> "PConvUNet":
    """Return the network of a finished run. Load the network again only if the file with its weights has changed."""
    return _network_of((Path(folder) / WEIGHTS).stat().st_mtime_ns, folder)


@functools.lru_cache(maxsize=8)
def _network_of(time: int, folder: str) -> "PConvUNet":
    return load_run(folder)


def fingerprint(method: str) -> str:
    """Return a short string that changes whenever a method's weights change, or "" for a method without weights."""
    if method in CONTROLS:
        control = CONTROLS[method]
        return " ".join(["guided" if control.guides else str(control.noise), _sha(control.network)])
    if method in KNOWN:
        return _sha(BEST if method == "guided" else method)
    return hashlib.sha256((Path(method) / WEIGHTS).read_bytes()).hexdigest()[:12]


def _sha(network: str) -> str:
    """Return the first 12 digits of the hash of a shipped network's weights, or "" for a method without weights."""
    from pconv_edu.nn.weights import cards

    return cards().get(network, {}).get("sha256", "")[:12]


def fill(case: Case, method: str) -> np.ndarray:
    """Fill the hole of a case and return the filled picture (H, W, 3).

    method : one of `SHIPPED`, or the folder of a finished training run
    """
    if method in KNOWN:
        return inpaint(case.image, case.mask, method)
    if method in CONTROLS:
        network, noise, guides = CONTROLS[method]
        return inpaint(case.image, case.mask, guide=network) if guides else _with_noise(case, network, noise)
    from pconv_edu.inpainters.network import fill_by

    filled = fill_by(_network(method), np.where(case.mask[..., None], case.image, 0), case.mask)
    return np.where(case.mask[..., None], case.image, np.clip(filled, 0, 1))


def _with_noise(case: Case, method: str, deviation: float) -> np.ndarray:
    """Return a fill with noise added in the hole. The noise is equal in all channels and in all runs."""
    seed = int(describe(case)["hash"], 16)
    noise = np.random.default_rng(seed).normal(0, deviation, (*case.mask.shape, 1)).astype(np.float32)
    return np.where(case.mask[..., None], case.image, np.clip(fill(case, method) + noise, 0, 1))
