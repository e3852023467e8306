"""Read and write weight files in the safetensors format, and load weights into a network."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import nn

from pconv_edu.core.arguments import as_path

from .run_folder import WEIGHTS, write_whole


def read_weights(path: str | Path) -> dict[str, torch.Tensor]:
    """Return the state_dict in a safetensors file, with the names that the networks of this course use.

    Prefixes that PyTorch adds to the names are removed. PyTorch adds "module." if the network was trained on several
    GPUs, and "_orig_mod." if it was compiled.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If the file does not exist, or the path is a folder.
    ValueError
        If the file is incomplete or is not a safetensors file, or if a weight is not finite. The message names the
        file.
    """
    path = as_path(path, "path")
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; give a file of weights, such as {path / WEIGHTS}")
    if not path.exists():
        raise FileNotFoundError(f"{path} is not there: train that recipe first, or name other weights")
    try:
        state = load_file(path)
    except SafetensorError as error:
        raise ValueError(f"{path} is cut short or no safetensors file ({error})") from error
    return plain_state(state, path)


def plain_state(state: Any, source: str | Path = "the weights") -> dict[str, torch.Tensor]:
    """Return a state_dict without the prefixes that PyTorch adds to names (see `read_weights`).

    source : where the state_dict comes from, for error messages

    Raises TypeError if `state` is not a state_dict, and ValueError if a value is not finite.
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"{source}: {type(state).__name__} is no state_dict; `read_weights(path)` returns one")
    state = {_plain(key): value for key, value in state.items()}
    not_finite = [key for key, value in state.items() if not torch.isfinite(value).all()]
    if not_finite:
        raise ValueError(f"{source}: {not_finite[0]} has values that are infinite or not numbers; give other weights")
    return state


def _plain(key: str) -> str:
    while key.startswith(("module.", "_orig_mod.")):
        key = key.partition(".")[2]
    return key


def load_state(network: nn.Module, state: Mapping[str, torch.Tensor], source: str | Path = "the weights") -> None:
    """Load a state_dict into a network.

    Raise ValueError if the state_dict belongs to a network of a different kind or size.

    source : where the state_dict comes from, for error messages
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


def _describe(shapes: dict[str, tuple[int, ...]]) -> str | None:
    """Return a description of the size of the U-Net whose weights have these names and shapes.

    Return None if a network with such weights is not a U-Net.
    """
    names = [f"encoder.{level}.conv.weight" for level in range(len(shapes))]
    widths = [shapes[name][0] for name in names if shapes.get(name)]
    if not widths or any(not key.startswith(("encoder.", "decoder.")) for key in shapes):
        return None
    return f"width {widths[0]}, {len(widths)} levels and at most {max(widths)} channels ({len(shapes)} tensors)"


def write_weights(path: Path, state: Mapping[str, torch.Tensor]) -> None:
    """Write a state_dict as a safetensors file."""
    write_whole(path, as_bytes(state))


def as_bytes(state: Mapping[str, torch.Tensor]) -> bytes:
    """Return a state_dict as the bytes of a safetensors file. Equal weights give equal bytes."""
    return save({key: value.cpu().contiguous() for key, value in state.items()})
