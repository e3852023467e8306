"""Signs that several exercises share: what an attempt does with the values in the hole, and with those beside it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .comparison import numbers, same_values

Make = Callable[
    ..., tuple[Any, ...]
]  # make(junk, added) returns arguments: the hole has `junk`, `added` is on the rest
Seen = Callable[[Callable[..., Any]], bool]


def uses_junk(make: Make) -> Seen:
    """Return a sign: the result changes with the values in the hole, and with the others too."""
    return lambda attempt: _changes(attempt, make, "junk") and _changes(attempt, make, "added")


def uses_only_junk(make: Make) -> Seen:
    """Return a sign: the result changes with the values in the hole, but not with the others."""
    return lambda attempt: _changes(attempt, make, "junk") and not _changes(attempt, make, "added")


def _changes(attempt: Callable[..., Any], make: Make, name: str) -> bool:
    one, other = {"junk": 1.0, "added": 0.0}, {"junk": 1.0, "added": 0.0, name: -3.0}
    return not same_values(attempt(*make(**one)), attempt(*make(**other)))


def lets_nan_out(make: Make) -> Seen:
    """Return a sign: the values in the hole do not matter unless they are NaN. Then the result has NaN."""

    def seen(attempt: Callable[..., Any]) -> bool:
        result = attempt(*make(float("nan"), 0.0))
        parts = [numbers(part) for part in (result if isinstance(result, tuple | list) else [result])]
        escaped = any(part is not None and np.isnan(part.astype(float)).any() for part in parts)
        return escaped and not _changes(attempt, make, "junk")

    return seen
