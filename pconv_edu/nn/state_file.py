"""Weights in safetensors files: read, written, and loaded into a network that they fit."""

from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from .run_folder import WEIGHTS, write_whole


def read_weights(path):
    """Return the state_dict in a safetensors file, as a network of this course can load it.

    Prefixes that PyTorch adds to the names are removed: "module." when a network trained on several GPUs is saved,
    "_orig_mod." when it was compiled.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no such file, or it is a folder.
    ValueError
        If it is cut or no safetensors file, or a weight is not a finite number; the message names the file.
    """
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; give a file of weights, such as {path / WEIGHTS}")
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there: train that recipe first, or name other weights")
    try:
        state = load_file(path)
    except SafetensorError as error:
        raise ValueError(f"{path} is cut short or no safetensors file ({error})") from error
    return plain_state(state, path)


def plain_state(state, source="the weights"):
    """Return a state_dict under a network's own names, see `read_weights`; ValueError if a value is not finite."""
    if not isinstance(state, Mapping):
        raise TypeError(f"{source}: {type(state).__name__} is no state_dict; `read_weights(path)` returns one")
    state = {_plain(key): value for key, value in state.items()}
    spoilt = [key for key, value in state.items() if not torch.isfinite(value).all()]
    if spoilt:
        raise ValueError(f"{source}: {spoilt[0]} has values that are infinite or not numbers; give other weights")
    return state


def _plain(key):
    while key.startswith(("module.", "_orig_mod.")):
        key = key.partition(".")[2]
    return key


def load_state(network, state, source="the weights"):
    """Load a state_dict into a network; ValueError if it belongs to a network of another kind or size.

    source : where the state comes from, for messages
    """
    own = {key: tuple(value.shape) for key, value in network.state_dict().items()}
    given = {key: tuple(value.shape) for key, value in state.items()}
    if given != own:
        described = _describe(given)
        if not described:
            other = sorted(given.keys() - own.keys()) or ["no tensor"]
            raise ValueError(f"{source}: not the weights of a network of this course, but {other[0]} and the like")
        raise ValueError(f"{source}: weights of a network with {described}, but this one has {_describe(own)}")
    network.load_state_dict(state)


def _describe(shapes):
    """Say the size of the U-Net that weights of these names and shapes belong to; None if they do not."""
    widths = [shapes.get(f"encoder.{level}.conv.weight", ())[:1] for level in range(len(shapes))]
    widths = [width for (width,) in filter(None, widths)]
    if not widths or any(not key.startswith(("encoder.", "decoder.")) for key in shapes):
        return None
    return f"width {widths[0]}, {len(widths)} levels and at most {max(widths)} channels ({len(shapes)} tensors)"


def write_weights(path, state):
    """Write a state_dict as a safetensors file."""
    write_whole(path, as_bytes(state))


def as_bytes(state):
    """Return a state_dict as the bytes of a safetensors file: the same for the same weights."""
    return save({key: value.cpu().contiguous() for key, value in state.items()})
