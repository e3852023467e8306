"""Trained networks: those that ship, by name, and how a run becomes one of them.

Convolution weights are stored in half precision, batch norm and biases in float32.
"""

import functools
import hashlib
import json
import re
from pathlib import Path

import torch
from safetensors.torch import save

from .cards import FOLDER, cards, read_shipped
from .recipes import Recipe
from .run_folder import LOG, MACHINE, WEIGHTS, as_json, hours, read_json, read_lines, read_recipe, write_whole
from .state_file import load_state, read_weights

LICENCE = "MIT; trained on photographs under free licences, each one's author in core/bundled_photos/manifest.csv"


def network_names(folder=FOLDER):
    """Return the names that `load_weights` knows."""
    return [name for name, card in cards(folder).items() if "recipe" in card]


def load_weights(name, device="cpu", folder=FOLDER):
    """Return a trained network that ships with the course.

    Parameters
    ----------
    name : the recipe that it was trained by, one of `network_names()`
    device : where to put it
    folder : where the weights and their cards are

    Returns
    -------
    PConvUNet or ConvUNet in eval mode, float32, frozen; call it as ``network(image, mask)``

    Raises
    ------
    ValueError
        For a name that does not ship.
    OSError
        If its file is missing, cut, or not the one that the card describes.

    Examples
    --------
    >>> network = load_weights("l1")
    >>> network(torch.rand(1, 3, 64, 64), torch.ones(1, 1, 64, 64)).shape
    torch.Size([1, 3, 64, 64])
    """
    known = network_names(folder)
    if name not in known:
        raise ValueError(f"no network called {name!r} ships here; there are {', '.join(known) or 'none yet'}")
    network = recipe_of(cards(folder)[name]).network()
    load_state(network, read_shipped(name, folder), name)
    return network.eval().requires_grad_(False).to(device)


def recipe_of(card):
    """Return the `Recipe` in a card; ValueError if a field of it is missing, unknown or wrong."""
    return Recipe.from_json(card["recipe"], f"the card of {card.get('file')}")


def read_log(name, folder=FOLDER):
    """Return the log of the run that a shipped network comes from: a list of dicts, as `train` wrote them.

    "l1-plain" is the log alone of l1 without varied colours and turned crops, to compare with.
    """
    logs = {path.name.removesuffix(".log.jsonl"): path for path in sorted(Path(folder).glob("*.log.jsonl"))}
    if name not in logs:
        raise ValueError(f"no log called {name!r} ships here; there are {', '.join(logs)}")
    return read_lines(logs[name])


def pack(run, name, folder=FOLDER, replace=False):
    """Copy the weights of a finished run to the shipped ones, in half precision, with its log, and write their card.

    Parameters
    ----------
    run : folder of a training run that has ended
    name : to keep it under: letters, digits and -
    folder : where weights and cards are kept
    replace : True to replace a network of that name

    Returns
    -------
    the card

    Raises
    ------
    ValueError
        If the run has not ended, its files do not belong together, a weight has no place in half precision, or the name
        is not possible or taken. Nothing is written then.
    FileNotFoundError
        If the folder is not that of a run.
    """
    run, folder = Path(run), Path(folder)
    known = cards(folder) if (folder / "cards.json").exists() else {}
    _check_name(name, known, replace)
    recipe, log = read_recipe(run), read_lines(run / LOG)
    ended = log[-1]["step"] if log else 0
    if not (run / WEIGHTS).exists() or ended != recipe.steps:
        raise ValueError(f"the run in {run} has not ended: step {ended} of {recipe.steps}")
    state = read_weights(run / WEIGHTS)
    load_state(recipe.network(), state, run / WEIGHTS)
    content = save({key: _half(key, value) for key, value in state.items()})
    card = {
        "file": f"{name}.safetensors",
        "about": recipe.about,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        **_machine(run),
        "hours": round(hours(run), 2),
        "licence": LICENCE,
        "recipe": recipe.as_json(),
    }
    write_whole(folder / card["file"], content)
    write_whole(folder / f"{name}.log.jsonl", "".join(json.dumps(row) + "\n" for row in log).encode())
    write_whole(folder / "cards.json", as_json(known | {name: card}))
    return card


def _check_name(name, known, replace):
    if not isinstance(name, str) or not re.fullmatch(r"[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*", name):
        raise ValueError(f"the name is {name!r}; give letters and digits, with single - between them")
    same = [other for other in known if other.lower() == name.lower()]
    if same and "recipe" not in known[same[0]]:
        raise ValueError(f"{same[0]} is not a network that was trained here, and is needed: give another name")
    if same and (same != [name] or not replace):
        raise ValueError(f"a network called {same[0]} ships already: give another name, or ask for it to be replaced")


def _machine(run):
    """Return what a card says about where a run was trained, and on what."""
    if not (run / MACHINE).exists():
        raise FileNotFoundError(f"{run / MACHINE} is missing: the card could not say what the run was trained on")
    settings = read_json(run / MACHINE)
    if not isinstance(settings, dict) or not {"device", "photos", "data"} <= settings.keys():
        raise ValueError(f"{run / MACHINE} is not what a training run writes: {str(settings)[:60]}")
    return settings


def write_scores(name, scores, folder=FOLDER):
    """Write what a shipped network scores, a dict as `experiments.evaluate.report` makes it, into its card."""
    known = cards(folder)
    known[name]["scores"] = scores
    write_whole(Path(folder) / "cards.json", as_json(known))


def _half(key, value):
    """Convolution weights in float16; what has one axis, or none, stays as it is."""
    if value.ndim < 2:
        return value
    half = value.half()
    if not torch.isfinite(half).all():
        raise ValueError(f"{key} has the value {value.abs().max()}, which is too large for float16")
    return half


def from_run(folder):
    """Return the network of a finished run, as `load_weights` returns those that ship.

    Raises FileNotFoundError or ValueError if a file is missing, broken, or does not belong to the others.
    """
    network, path = read_recipe(folder).network(), Path(folder) / WEIGHTS
    load_state(network, read_weights(path), path)
    return network.eval().requires_grad_(False)


@functools.cache
def shipped(name, device="cpu"):
    """`load_weights`, once for each name and device."""
    return load_weights(name, device)
