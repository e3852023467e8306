"""Recognise results of the wrong form: text, too few or too many values, or the right values in another order."""

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from .comparison import named_type, same_values, unpacked
from .exercise import Exercise
from .runs import Raised


def wrong_form(exercise: Exercise, results: list[Any], right: list[Any]) -> str | None:
    """Return a hint if the attempt returns something that cannot be right, such as text or too few values, or None."""
    for result, expected in zip(results, right, strict=True):
        if isinstance(result, str | dict | set | type(None)) or callable(result):
            wanted = f"{len(expected)} values" if isinstance(expected, tuple | list) else "numbers"
            return f"You return {named_type(result)}, at least in some cases. Return {wanted}."
        if isinstance(expected, tuple | list) and isinstance(result, tuple | list):
            text = next((v for v in result if isinstance(v, str | dict | set | type(None))), 0)
            if text != 0:
                return f"One of the values that you return is {named_type(text)}. Return numbers, arrays or tensors."
    if isinstance(right[0], list):
        return _wrong_length(exercise, results, right)
    if not isinstance(right[0], tuple):
        return None
    return _wrong_tuple(exercise.parts, results, right)


def _wrong_length(exercise: Exercise, results: list[Any], right: list[Any]) -> str | None:
    """Return a hint if the attempt returns a list that is too long or too short, or one value instead of a list."""
    sequence = (isinstance(r, tuple | list) or (isinstance(r, np.ndarray | torch.Tensor) and r.ndim) for r in results)
    lengths = [len(r) if many else None for r, many in zip(results, sequence, strict=True)]
    if any(isinstance(r, Raised) for r in results) or lengths == [len(e) for e in right]:
        return None
    if len(set(lengths)) > 1 and any(n == len(e) for n, e in zip(lengths, right, strict=True)):
        return None
    k = max(range(len(right)), key=lambda i: len(right[i]))
    yours = "one value" if lengths[k] is None else f"a list of {lengths[k]}"
    return f"Return a list of {len(right[k])} values for {exercise.cases[k].shows}. You return {yours}."


def _wrong_tuple(parts: Sequence[str], results: list[Any], right: list[Any]) -> str | None:
    """Return a hint if the attempt returns too few or too many values, or the right ones in another order, or None."""
    names = ", ".join(parts)
    values = [unpacked(r, e) for r, e in zip(results, right, strict=True)]
    count = {len(v) if isinstance(v, tuple | list) else 1 for v in values if not isinstance(v, Raised)}
    other = min(count - {len(right[0])}, default=None)
    if other is not None:
        many = "you return " + ("one" if other == 1 else str(other)) + (" in some cases" if len(count) > 1 else "")
        return f"Return {len(right[0])} values, in the order that the exercise gives ({names}); {many}."
    if not all(isinstance(v, tuple | list) for v in values):
        return None
    for order in list(itertools.permutations(range(len(right[0]))))[1:]:
        if all(same_values([v[k] for k in order], list(e)) for v, e in zip(values, right, strict=True)):
            return f"The values are right, but they are in the wrong order. It is {names}."
    return None
