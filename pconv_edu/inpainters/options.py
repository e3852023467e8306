"""Define which values are allowed for each option of the methods.

The options are checked before a fill begins, and every method uses the same error messages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from pconv_edu.core.arguments import is_number, is_whole, shown

if TYPE_CHECKING:
    import torch

# OpenCV uses no larger radius than 100 px, and treats a radius of 2**31 or more as 1.
FARTHEST = 100
# 100 votes of 100 passes are far more than any fill needs. A typing error such as 10**9 would run for ever.
MOST_PASSES = 100
MOST_SHARE = 10  # largest share of a guide; from 1 on, the guide decides alone
BLENDS = ("poisson",)  # ways to remove the seam of a fill
DEVICES = ("auto", "cpu", "cuda", "mps", "xpu")


def check_options(**options: Any) -> dict[str, Any]:
    """Check the options of a method, and return them as plain Python values.

    A device is returned as a torch.device.

    Parameters
    ----------
    options : the options as keyword arguments; each name is "device", "guide" or a key of `RULES`

    Raises
    ------
    ValueError
        If an option has an invalid value. The message says which value was received and what to give instead.

    Examples
    --------
    >>> check_options(patch_size=np.int64(9), progress=False)
    {'patch_size': 9, 'progress': False}
    """
    return {name: _check(name, value) for name, value in options.items()}


def check_blend(blend: Any) -> str | None:
    """Return `blend`, one of `BLENDS` or None. Raise ValueError for any other value."""
    if blend is not None and not (isinstance(blend, str) and blend in BLENDS):
        raise ValueError(f"blend is {shown(blend)}; give 'poisson', or None to leave the fill as it is")
    return None if blend is None else str(blend)


def _check(name: str, value: Any) -> Any:
    """Check one option, and return its value as a plain Python value."""
    if name == "device":
        return _check_device(value)
    if name == "guide":
        return _check_guide(value)
    allowed, fits, plain = RULES[name]
    if not fits(value):
        raise ValueError(f"{name} is {shown(value)}; give {allowed}")
    return plain(value)


def _check_device(device: Any) -> torch.device:
    """Check that a device is available, and return it as a torch.device.

    Kinds of devices that are not in `DEVICES` are refused, because some of them store no values, and others do not
    report errors.
    """
    import torch  # slow, and the classical fills do not need it

    from pconv_edu.nn.device import pick_device

    if not isinstance(device, str | torch.device) or str(device).partition(":")[0] not in DEVICES:
        raise ValueError(f"device is {shown(device)}; give 'auto', 'cpu', 'cuda' or 'mps'")
    return pick_device(device)


def _check_guide(name: Any) -> str:
    """Check that a network of this name ships with the course, and return the name.

    "pconv" stands for the best network with partial convolutions, whose own name is returned.
    """
    from .methods import BEST, NETWORKS, VARIANTS  # `methods` imports the fills, which import this file

    known = [*NETWORKS, *VARIANTS]
    if not isinstance(name, str) or name not in ("pconv", *known):
        raise ValueError(f"guide is {shown(name)}; give a network: pconv, {', '.join(known)}")
    return BEST if name == "pconv" else str(name)


# name -> what to give (for messages), whether a value is allowed, the plain Python type
RULES: dict[str, tuple[str, Callable[[Any], bool], type]] = {
    "radius": (
        f"a number of pixels above 0, at most {FARTHEST}",
        lambda value: is_number(value) and 0 < value <= FARTHEST,
        float,
    ),
    "seed": ("a whole number of at least 0", lambda value: is_whole(value) and value >= 0, int),
    "patch_size": (
        "an odd whole number of pixels, at least 3",
        lambda value: is_whole(value) and value >= 3 and value % 2 == 1,
        int,
    ),
    "votes": (
        f"a whole number from 1 to {MOST_PASSES}",
        lambda value: is_whole(value) and 1 <= value <= MOST_PASSES,
        int,
    ),
    "iterations": (
        f"a whole number from 1 to {MOST_PASSES}",
        lambda value: is_whole(value) and 1 <= value <= MOST_PASSES,
        int,
    ),
    "share": (
        f"a number from 0 to {MOST_SHARE}",
        lambda value: is_number(value) and 0 <= value <= MOST_SHARE,
        float,
    ),
    "search_radius": ("a whole number of pixels, at least 1", lambda value: is_whole(value) and value >= 1, int),
    "progress": ("True or False", lambda value: isinstance(value, bool | np.bool_), bool),
}
