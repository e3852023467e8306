"""Trained networks: those that ship, by name, and how a run becomes one of them.

Convolution weights are stored in half precision, batch norm and biases in float32.
"""

import functools
import hashlib
import json
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from .cards import FOLDER, cards, read_shipped
from .recipes import Recipe
from .run_folder import LOG, MACHINE, RECIPE, WEIGHTS, as_json, hours, read_lines, write_whole

LICENCE = "MIT; trained on photographs under free licences, each one's author in core/bundled_photos/manifest.csv"


def network_names(folder=FOLDER):
    """The names that `load_weights` knows."""
    return [name for name, card in cards(folder).items() if "recipe" in card]


def load_weights(name, device="cpu", folder=FOLDER):
    """Return a trained network that ships with the course.

    Parameters
    ----------
    name : the recipe that it was trained by, one of `network_names()`
    device : where to put it
    folder : where the weights and their cards lie

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
    network.load_state_dict(read_shipped(name, folder))
    return network.eval().requires_grad_(False).to(device)


def recipe_of(card):
    """The `Recipe` that a card holds."""
    return Recipe(**card["recipe"])


def read_weights(path):
    """Return the state_dict in a safetensors file; ValueError with the file's name if it is cut or no such file."""
    try:
        return load_file(path)
    except FileNotFoundError:
        raise FileNotFoundError(f"{path} is not there: train that recipe first, or name other weights") from None
    except SafetensorError as error:
        raise ValueError(f"{path} is cut short or no safetensors file ({error})") from error


def read_log(name, folder=FOLDER):
    """Return the log of the run that a shipped network comes from: a list of dicts, as `train` wrote them.

    "l1-plain" is the log alone of l1 without varied colours and turned crops, to compare with.
    """
    logs = {path.name.removesuffix(".log.jsonl"): path for path in sorted(Path(folder).glob("*.log.jsonl"))}
    if name not in logs:
        raise ValueError(f"no log called {name!r} ships here; there are {', '.join(logs)}")
    return read_lines(logs[name])


def pack(run, name, folder=FOLDER):
    """Copy the weights of a finished run to the shipped ones, in half precision, with its log, and write their card.

    Parameters
    ----------
    run : folder of a training run that has ended
    name : of the recipe
    folder : where weights and cards lie

    Returns
    -------
    the card

    Raises
    ------
    ValueError
        If the run has not ended, or a weight has no place in half precision.
    """
    run, folder = Path(run), Path(folder)
    settings, log = json.loads((run / RECIPE).read_text(encoding="utf-8")), read_lines(run / LOG)
    if not (run / WEIGHTS).exists() or log[-1]["step"] != settings["steps"]:
        raise ValueError(f"the run in {run} has not ended: step {log[-1]['step'] if log else 0} of {settings['steps']}")
    state = {key: _half(key, value) for key, value in read_weights(run / WEIGHTS).items()}
    content = save(state)
    card = {
        "file": f"{name}.safetensors",
        "about": settings["about"],
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        **json.loads((run / MACHINE).read_text(encoding="utf-8")),
        "hours": round(hours(run), 2),
        "licence": LICENCE,
        "recipe": settings,
    }
    write_whole(folder / card["file"], content)
    write_whole(folder / f"{name}.log.jsonl", "".join(json.dumps(row) + "\n" for row in log).encode())
    known = cards(folder) if (folder / "cards.json").exists() else {}
    write_whole(folder / "cards.json", as_json(known | {name: card}))
    return card


def write_scores(name, scores, folder=FOLDER):
    """Write into the card of a shipped network what it scores: a dict, as `experiments.report` makes it."""
    known = cards(folder)
    known[name]["scores"] = scores
    write_whole(Path(folder) / "cards.json", as_json(known))


def _half(key, value):
    """Convolution weights in float16; what has one axis, or none, stays as it is."""
    if value.ndim < 2:
        return value
    half = value.half()
    if not torch.isfinite(half).all():
        raise ValueError(f"{key} holds {value.abs().max()}, which float16 cannot")
    return half


def from_run(folder):
    """Return the network of a finished run, as `load_weights` returns those that ship."""
    network = Recipe(**json.loads((Path(folder) / RECIPE).read_text(encoding="utf-8"))).network()
    network.load_state_dict(read_weights(Path(folder) / WEIGHTS))
    return network.eval().requires_grad_(False)


@functools.cache
def shipped(name, device="cpu"):
    """`load_weights`, once for each name and device."""
    return load_weights(name, device)
