"""Write what the learner reads: where a result differs from the right one, and for which arguments, in few lines."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from .comparison import close, named_type, numbers, unpacked
from .exercise import Case, Exercise

LONGEST = 25  # lines of a message
PLACES = 5  # shown of those that differ


def failure(exercise: Exercise, case: Case, head: Sequence[str], result: Any, right: Any) -> str:
    """Return a message: the lines of `head`, then where the result differs from the right one, then the arguments."""
    lines = [*head, *difference(result, right, exercise.parts)]
    return "\n".join([*lines, *arguments(exercise, case, LONGEST - len(lines))])


def difference(result: Any, right: Any, names: Sequence[str] = ()) -> list[str]:
    """Return lines that show where a result differs from the right one."""
    result = unpacked(result, right)
    if isinstance(right, tuple | list):
        if not isinstance(result, tuple | list) or len(result) != len(right):
            return [f"yours: {short(result)}", f"right: {short(right)}"]
        if all(np.size(part) == 1 for part in right):
            return [f"yours: {short(result)}", f"right: {short(right)}"]
        lines = []
        for k, (value, part) in enumerate(zip(result, right, strict=True)):
            name = names[k] if k < len(names) else f"value {k + 1}"
            a, b = numbers(value), numbers(part)
            if a is None or b is None or not close(a, b):
                lines += [f"{name}:", *("  " + line for line in _places(value, part))]
        return lines
    return _places(result, right)


def _places(value: Any, right: Any) -> list[str]:
    """Return lines that show the first places where two arrays differ, or both values if they are not arrays."""
    a, b = numbers(value), numbers(right)
    if a is None or b is None or b.ndim == 0 or (a.shape != b.shape and a.size <= 1):
        return [f"yours: {short(value)}", f"right: {short(right)}"]
    if a.shape != b.shape:
        return [f"yours: shape {a.shape}", f"right: shape {b.shape}"]
    wrong = np.argwhere(~np.isclose(a.astype(float), b.astype(float), rtol=1e-5, atol=1e-6, equal_nan=True))
    lines = [f"{len(wrong)} of {b.size} places differ" + (", among them:" if len(wrong) > PLACES else ":")]
    for place in wrong[:PLACES]:
        at = tuple(int(i) for i in place)
        lines.append(f"  [{', '.join(map(str, at))}]  yours: {short(a[at])}   right: {short(b[at])}")
    return lines


def short(value: Any) -> str:
    """Return a value in one line of at most 100 characters."""
    if isinstance(value, tuple | list):
        text = ", ".join(map(short, value))
        text = f"({text})" if isinstance(value, tuple) else f"[{text}]"
    elif isinstance(value, np.ndarray | torch.Tensor) and math.prod(value.shape) > 1:
        text = f"{named_type(value)[2:]} of shape {tuple(value.shape)}"
    else:
        array = numbers(value)
        text = repr(value) if array is None or array.size != 1 else _number(array.reshape(-1)[0])
    return text if len(text) <= 100 else text[:97] + "..."


def _number(value: Any) -> str:
    return f"{value:.6g}" if np.asarray(value).dtype.kind == "f" else str(value)


def arguments(exercise: Exercise, case: Case, room: int) -> list[str]:
    """Return the arguments of a case in at most `room` lines. Large ones are described by their shape."""
    named = list(zip(exercise.arguments, case.arguments, strict=True))
    full = [_argument(name, value) for name, value in named]
    brief = [[f"{name}: {short(value)}"] for name, value in named]
    order = sorted(range(len(named)), key=lambda k: len(full[k]))
    shown = dict(enumerate(brief))
    for k in order:  # the small ones first
        if sum(len(shown[i]) for i in shown) - len(shown[k]) + len(full[k]) <= room:
            shown[k] = full[k]
    return [line for k in range(len(named)) for line in shown[k]][: max(room, 0)]


def _argument(name: str, value: Any) -> list[str]:
    """Return one argument in full. A mask is shown as rows of 1 (valid) and · (hole)."""
    array = value.detach().numpy() if isinstance(value, torch.Tensor) else value
    if isinstance(array, list) and any(np.ndim(part) for part in array):
        return [f"{name}:", *("  " + line for part in array for line in str(part).splitlines())]
    if not isinstance(array, np.ndarray) or array.ndim == 0:
        return [f"{name}:", *("  " + line for line in str(value).splitlines())]
    if array.dtype == bool and array.ndim == 2:
        rows = [" ".join("1" if valid else "·" for valid in row) for row in array]
    else:
        rows = np.array2string(array, precision=3, threshold=500, max_line_width=95).splitlines()
    return [f"{name}:", *("  " + row for row in rows)]
