"""The files that ship in ``weights/``, and their cards in ``weights/cards.json``.

A card says what is in a file, where it comes from or how it was trained, and its SHA-256.
"""

import hashlib
import json
from pathlib import Path

from safetensors.torch import load

FOLDER = Path(__file__).parent / "weights"


def cards(folder=FOLDER):
    """Return the card of every shipped file: a dict of name -> dict, networks in the order in which they were added.

    Raises OSError if cards.json is missing or broken.
    """
    path = Path(folder) / "cards.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(f"{path} is missing: install pconv_edu again") from None
    except ValueError as error:
        raise OSError(f"{path} is broken ({error}): install pconv_edu again") from None


def read_shipped(name, folder=FOLDER):
    """Return the state_dict, float32, of a shipped file, once its SHA-256 is that of its card; else OSError."""
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
