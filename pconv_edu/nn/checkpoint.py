"""Read the checkpoint of a run and check its contents."""

import zipfile
from pathlib import Path
from typing import Any

import torch

from .device import out_of_memory
from .run_folder import CHECKPOINT, WEIGHTS

PARTS = ("network", "average", "optimizer")  # attributes of a `Run` whose state_dicts are saved


def load_checkpoint(folder: Path) -> dict[str, Any]:
    """Return the state in a run's checkpoint, with all tensors on the CPU.

    Raise ValueError if the checkpoint file is damaged or was not written by this program. Other errors, such as a lack
    of permission or of memory, are passed on.
    """
    path = folder / CHECKPOINT
    if not _is_intact(path):
        if (folder / WEIGHTS).exists():
            raise ValueError(f"{path} is cut or no checkpoint. {WEIGHTS} beside it is kept: choose another folder")
        raise ValueError(f"{path} is cut or no checkpoint; delete it to start again")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        if isinstance(error, OSError) or out_of_memory(error):
            raise
        state = None  # an intact file of another program, which may need classes that are not loaded here
    if not isinstance(state, dict) or not {"recipe", "step", *PARTS} <= state.keys():
        raise ValueError(f"{path} was not written by this program, and is left alone: choose another folder")
    return state


def _is_intact(path: Path) -> bool:
    """Return whether a file is an undamaged zip archive or begins like a pickle.

    torch.save writes zip archives. Older versions of PyTorch wrote pickles instead.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.testzip() is None
    except OSError:
        raise
    except Exception:
        with path.open("rb") as file:
            return file.read(1) == b"\x80"
