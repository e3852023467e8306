"""Turn a finished run into a shipped network by writing its weights, its log and its card into ``weights/``.

Convolution weights are stored in half precision. Biases and the values of batch norm are stored in float32.
"""

import json
import re
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save

from pconv_edu.core.arguments import as_path

from .run_folder import LOG, WEIGHTS, as_json, read_lines, read_recipe, write_whole
from .state_file import load_state, read_weights
from .weights import FOLDER, cards, make_card


def pack(run: str | Path, name: str, folder: str | Path = FOLDER, replace: bool = False) -> dict[str, Any]:
    """Add a finished run to the shipped networks.

    The convolution weights are stored in half precision, the log is copied, and a card is written.

    Parameters
    ----------
    run : folder of a training run that has ended
    name : name of the new network, which may contain only letters, digits and hyphens
    folder : folder of the weights and cards
    replace : True to replace an existing network with the same name

    Returns
    -------
    the card, a dict

    Raises
    ------
    ValueError
        If the run has not ended, if its files do not match each other, if a weight is too large for half precision, or
        if the name is invalid or already taken. In all these cases, nothing is written.
    FileNotFoundError
        If `run` is not the folder of a training run, or if machine.json is missing from it.
    """
    run, folder = as_path(run, "run"), as_path(folder, "folder")
    known = cards(folder) if (folder / "cards.json").exists() else {}
    _check_name(name, known, replace)
    recipe, log = read_recipe(run), read_lines(run / LOG)
    ended = log[-1]["step"] if log else 0
    if not (run / WEIGHTS).exists() or ended != recipe.steps:
        raise ValueError(f"the run in {run} has not ended: step {ended} of {recipe.steps}")
    state = read_weights(run / WEIGHTS)
    load_state(recipe.network(), state, run / WEIGHTS)
    content = save({key: _half(key, value) for key, value in state.items()})
    card = make_card(run, name, content)
    write_whole(folder / card["file"], content)
    write_whole(folder / f"{name}.log.jsonl", "".join(json.dumps(row) + "\n" for row in log).encode())
    write_whole(folder / "cards.json", as_json(known | {name: card}))
    return card


def _check_name(name: Any, known: dict[str, Any], replace: bool) -> None:
    if not isinstance(name, str) or not re.fullmatch(r"[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*", name):
        raise ValueError(f"the name is {name!r}; give letters and digits, with single - between them")
    same = [other for other in known if other.lower() == name.lower()]
    if same and "recipe" not in known[same[0]]:
        raise ValueError(f"{same[0]} is not a network that was trained here, and is needed: give another name")
    if same and (same != [name] or not replace):
        raise ValueError(f"a network called {same[0]} ships already: give another name, or ask for it to be replaced")


def _half(key: str, value: torch.Tensor) -> torch.Tensor:
    """Return weights with two or more axes, such as those of convolutions, in float16, and other values unchanged."""
    if value.ndim < 2:
        return value
    half = value.half()
    if not torch.isfinite(half).all():
        raise ValueError(f"{key} has the value {value.abs().max()}, which is too large for float16")
    return half
