"""Load trained networks, which either ship with the course or come from finished runs.

The shipped files are in ``weights/``, and their cards are in ``weights/cards.json``. A card says what is in a file, and
where the file comes from or how the network was trained. A card also contains the SHA-256 of the file. `packing.pack`
adds a network to the shipped files.
"""

import functools
import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load

from .recipe_base import BaseRecipe
from .recipe_files import recipe_as_json, recipe_from_json
from .run_folder import MACHINE, WEIGHTS, as_json, hours, read_json, read_lines, read_recipe, write_whole
from .state_file import load_state, read_weights
from .unet import ConvUNet, PConvUNet

FOLDER = Path(__file__).parent / "weights"
LICENCE = "MIT; trained on photographs under free licences, each one's author in core/bundled_photos/manifest.csv"


def load_weights(name: str, device: str | torch.device = "cpu", folder: str | Path = FOLDER) -> PConvUNet | ConvUNet:
    """Return a trained network that ships with the course.

    Parameters
    ----------
    name : name of the network, one of `network_names()`
    device : device of the network
    folder : folder of the weights and their cards

    Returns
    -------
    the network in eval mode, in float32, with frozen weights; call it as ``network(image, mask)``

    Raises
    ------
    ValueError
        If there is no shipped network with this name.
    OSError
        If the file of the network is missing or incomplete, or is not the file that the card describes.

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


@functools.cache
def shipped(name: str, device: str | torch.device = "cpu") -> PConvUNet | ConvUNet:
    """Return the same network as `load_weights(name, device)`, but load each network only once per device."""
    return load_weights(name, device)


def from_run(folder: str | Path) -> PConvUNet | ConvUNet:
    """Return the network of a finished run, in eval mode, in float32 and with frozen weights, as `load_weights` does.

    Raises FileNotFoundError if a file is missing, and ValueError if a file is damaged or does not match the other
    files.
    """
    network, path = read_recipe(folder).network(), Path(folder) / WEIGHTS
    load_state(network, read_weights(path), path)
    return network.eval().requires_grad_(False)


def network_names(folder: str | Path = FOLDER) -> list[str]:
    """Return the names of the shipped networks, which `load_weights` accepts."""
    return [name for name, card in cards(folder).items() if "recipe" in card]


def cards(folder: str | Path = FOLDER) -> dict[str, dict[str, Any]]:
    """Return a dict from the name of every shipped file to its card.

    Networks are listed in the order in which they were added.

    Raises OSError if cards.json is missing or is not valid JSON.
    """
    path = Path(folder) / "cards.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(f"{path} is missing: install pconv_edu again") from None
    except ValueError as error:
        raise OSError(f"{path} is broken ({error}): install pconv_edu again") from None


def make_card(run: Path, name: str, content: bytes) -> dict[str, Any]:
    """Return the card of a finished run.

    run : folder of the run
    name : name of the network
    content : bytes of the weight file that will be shipped

    Raises FileNotFoundError if a file of the run is missing, and ValueError if a file is damaged.
    """
    recipe = read_recipe(run)
    return {
        "file": f"{name}.safetensors",
        "about": recipe.about,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        **_machine(run),
        "hours": round(hours(run), 2),
        "licence": LICENCE,
        "recipe": recipe_as_json(recipe),
    }


def write_scores(name: str, scores: dict[str, Any], folder: str | Path = FOLDER) -> None:
    """Write the scores of a shipped network into its card.

    scores : as `experiments.evaluate.report.card_scores` returns them
    """
    known = cards(folder)
    known[name]["scores"] = scores
    write_whole(Path(folder) / "cards.json", as_json(known))


def recipe_of(card: dict[str, Any]) -> BaseRecipe:
    """Return the recipe in a card. Raise ValueError if a field of the recipe is missing, unknown or invalid."""
    return recipe_from_json(card["recipe"], f"the card of {card.get('file')}")


def read_shipped(name: str, folder: str | Path = FOLDER) -> dict[str, torch.Tensor]:
    """Return the state_dict in a shipped file, with floating-point values converted to float32.

    Raise OSError if the file or its card is missing, or if the file is not the one that the card describes.
    """
    known = cards(folder)
    if name not in known:
        raise OSError(f"{Path(folder) / 'cards.json'} has no card of {name}: install pconv_edu again")
    card = known[name]
    path = Path(folder) / card["file"]
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"{path} is missing: install pconv_edu again") from None
    digest = hashlib.sha256(content).hexdigest()
    if digest != card["sha256"]:
        raise OSError(
            f"{path} is not the file that its card describes (SHA-256 {digest[:12]}…, not {card['sha256'][:12]}…, "
            f"{len(content)} of {card['bytes']} bytes): install pconv_edu again"
        )
    return {key: value.float() if value.is_floating_point() else value for key, value in load(content).items()}


def read_log(name: str, folder: str | Path = FOLDER) -> list[dict[str, Any]]:
    """Return the log of the run in which a shipped network was trained, as the list of rows that `train` wrote.

    Five names refer to logs without a shipped network. "l1-plain" is l1, trained without varied colours or rotated
    crops. "no-style" is course without the style terms, "small-style" is course with a tenth of them, and "more-style"
    is course with larger weights of the feature terms. "superres" is l1, trained further to enlarge pictures.
    """
    logs = {path.name.removesuffix(".log.jsonl"): path for path in sorted(Path(folder).glob("*.log.jsonl"))}
    if name not in logs:
        raise ValueError(f"no log called {name!r} ships here; there are {', '.join(logs)}")
    return read_lines(logs[name])


def _machine(run: Path) -> dict[str, Any]:
    """Return the settings in machine.json for a card. The settings describe the machine and the training photos."""
    if not (run / MACHINE).exists():
        raise FileNotFoundError(f"{run / MACHINE} is missing: the card could not say what the run was trained on")
    settings = read_json(run / MACHINE)
    if not isinstance(settings, dict) or not {"device", "photos", "data"} <= settings.keys():
        raise ValueError(f"{run / MACHINE} is not what a training run writes: {str(settings)[:60]}")
    return settings
