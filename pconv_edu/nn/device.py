"""Where tensors live."""

import os

import torch


def pick_device(device="auto"):
    """Return a torch.device: for "auto" CUDA, else MPS, else the CPU, unless the variable PCONV_EDU_DEVICE names one.

    Raises ValueError for a device that there is not.
    """
    if device == "auto":
        device = os.environ.get("PCONV_EDU_DEVICE") or (
            "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        )
    try:
        found = torch.device(device)
        torch.empty(0, device=found)
    except (RuntimeError, AssertionError, TypeError) as error:
        raise ValueError(
            f"device is {device!r}; give 'auto', 'cpu', 'cuda' or 'mps', if it is there: {error}"
        ) from None
    return found
