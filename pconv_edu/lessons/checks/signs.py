"""Signs that several exercises share: what an attempt does with the values in the hole, and with those beside it."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .comparison import numbers, same_values
from .exercise import Mistakes

Make = Callable[
    ..., tuple[Any, ...]
]  # make(junk, added) returns arguments: the hole has `junk`, `added` is on the rest
Seen = Callable[[Callable[..., Any]], bool]


def layer_signs(mistake: Mistakes, window: Callable[..., tuple[float, float]]) -> None:
    """Add broad signs of a partial convolution to the mistakes: what it does to x, to the bias and to the mask.

    window : function (attempt, x, m, w, b) that returns the output and the new mask of one 3×3 window, as numbers.
        x, m and w are 3×3 arrays.
    """
    rng = np.random.default_rng(3)
    w, m = rng.uniform(1, 2, (3, 3)), np.array([[1, 0, 1], [1, 1, 0], [0, 1, 0]], bool)

    def factors(attempt: Callable[..., Any], b: float) -> np.ndarray:
        """Return by what the attempt multiplies w · x at every place."""
        zero = window(attempt, np.zeros((3, 3)), m, w, b)[0]
        return np.array([window(attempt, e.reshape(3, 3), m, w, b)[0] - zero for e in np.eye(9)]).reshape(3, 3) / w

    @mistake.sign(
        "the sum over 5 valid values of 9 is multiplied by {}. The ratio is sum(1) / sum(M) = 9/5.", broad=True
    )
    def other_ratio(attempt: Callable[..., Any]) -> str | bool:
        each = factors(attempt, 0.0)
        one = each[m].mean()
        clear = np.allclose(each[m], one, atol=1e-4) and np.allclose(each[~m], 0, atol=1e-4)
        return f"{one:.4g}" if clear and not np.isclose(one, 1.8, atol=1e-3) else False

    @mistake.sign("a bias of 2 adds {} to the output. Add the bias once, after the ratio.", broad=True)
    def other_bias(attempt: Callable[..., Any]) -> str | bool:
        x = rng.uniform(1, 2, (3, 3))
        added = window(attempt, x, m, w, 2.0)[0] - window(attempt, x, m, w, 0.0)[0]
        return f"{added:.4g}" if not np.isclose(added, 2, atol=1e-4) else False

    @mistake.sign(
        "the new mask is 0 for a window of which only {} is valid. One valid value, anywhere, is enough.", broad=True
    )
    def misses_valid(attempt: Callable[..., Any]) -> str | bool:
        for place, name in ((4, "the middle"), (0, "a corner"), (7, "a side")):
            alone = np.arange(9).reshape(3, 3) == place
            if not window(attempt, np.ones((3, 3)), alone, w, 1.0)[1]:
                return name
        return False


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
