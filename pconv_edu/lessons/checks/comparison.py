"""Compare results: first their values, then their types, so that a check can name a wrong type of right values."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from .runs import Raised


def numbers(value: Any) -> np.ndarray | None:
    """Return the numbers or bools in a result as an array, or None if it is not made of numbers (None, text)."""
    if isinstance(value, torch.Tensor):
        return np.asarray(value.detach().cpu().numpy())
    if isinstance(value, list | tuple):
        parts = [numbers(part) for part in value]
        if any(part is None or part.shape != parts[0].shape for part in parts):  # type: ignore[union-attr]
            return None
        return np.array(parts)
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        return None
    return array if array.dtype.kind in "biuf" else None


def unpacked(value: Any, expected: Any) -> Any:
    """Return a result as a list of parts, if several values are expected and the result can be unpacked into them."""
    if isinstance(expected, tuple | list) and isinstance(value, np.ndarray | torch.Tensor) and value.ndim:
        return list(value) if len(value) == len(expected) else value
    return value


def has_parts(expected: Any) -> bool:
    """Return True if the parts of a right result are values of their own: a tuple, or tensors of different shapes."""
    return isinstance(expected, tuple) or (isinstance(expected, list) and numbers(expected) is None)


def column(results: list[Any], right: list[Any], part: int) -> list[Any] | None:
    """Return one part of the results of all cases, or None if a result has no such part."""
    values = [unpacked(r, e) for r, e in zip(results, right, strict=True)]
    if not all(isinstance(v, tuple | list) and len(v) == len(e) for v, e in zip(values, right, strict=True)):
        return None
    return [v[part] for v in values]


def same_values(a: Any, b: Any) -> bool:
    """Return True if two results have the same structure, shapes and numbers. The types of the numbers may differ.

    Numbers are equal up to rounding, NaN is equal to NaN, and two exceptions are equal if their types are.
    """
    if isinstance(a, Raised) or isinstance(b, Raised):
        return isinstance(a, Raised) and isinstance(b, Raised) and type(a.error) is type(b.error)
    a, b = unpacked(a, b), unpacked(b, a)
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(same_values(p, q) for p, q in zip(a, b, strict=True))
    p, q = numbers(a), numbers(b)
    return p is not None and q is not None and close(p, q)


def close(a: np.ndarray, b: np.ndarray) -> bool:
    """Return True if two arrays have the same shape, and the same numbers up to rounding."""
    if a.shape != b.shape:
        return False
    if not a.ndim:  # most results are single numbers, for which np.allclose is slow
        p, q = float(a), float(b)
        return p == q or (p != p and q != q) or abs(p - q) <= 1e-6 + 1e-5 * abs(q)
    return bool(np.allclose(a.astype(float), b.astype(float), rtol=1e-5, atol=1e-6, equal_nan=True))


def same(a: Any, b: Any) -> bool:
    """Return True if two results have the same values, as in `same_values`, and the types that the second one has.

    Python's and NumPy's numbers count as one type. Arrays, tensors and lists differ, and so do their dtypes.
    """
    return same_values(a, b) and (isinstance(a, Raised) or type_fault(a, b) is None)


def type_fault(result: Any, expected: Any, names: Sequence[str] = ()) -> str | None:
    """Return what is wrong with the type of a result whose values are right, as a sentence, or None.

    names : names of the parts, if several values are expected
    """
    result = unpacked(result, expected)
    if isinstance(expected, tuple | list) and isinstance(result, tuple | list):
        for k, (value, part) in enumerate(zip(result, expected, strict=True)):
            fault = _fault(value, part)
            if fault:
                return f"`{names[k]}` {fault}" if k < len(names) else f"value number {k + 1} {fault}"
        return None
    fault = _fault(result, expected)
    return f"the result {fault}" if fault else None


def _fault(value: Any, expected: Any) -> str | None:
    """Return what is wrong with the type of one value, as a verb phrase, or None."""
    if isinstance(expected, torch.Tensor):
        if not isinstance(value, torch.Tensor):
            return f"is {named_type(value)} and not a tensor."
        if value.dtype != expected.dtype:
            return f"is {_dtype(value)} and not {_dtype(expected)}. Convert it with .to({expected.dtype})."
        return None
    if isinstance(expected, np.ndarray) and expected.ndim:
        if not isinstance(value, np.ndarray):
            return f"is {named_type(value)} and not a NumPy array."
        if expected.dtype.kind == "b" and value.dtype.kind != "b":
            return f"is {value.dtype} and not bool: ~ would not invert it."
    elif not isinstance(expected, list | tuple) and isinstance(value, list | tuple):
        return f"is {named_type(value)} and not a number."
    return None


def _dtype(value: torch.Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")


def named_type(value: Any) -> str:
    """Return the type of a value with its article, such as "a list"."""
    names = {torch.Tensor: "a tensor", np.ndarray: "a NumPy array", str: "a text (str)", type(None): "None"}
    for kind, name in names.items():
        if isinstance(value, kind):
            return name
    if isinstance(value, bool | int | float | np.number | np.bool_):
        return f"a plain number ({type(value).__name__})"
    name = type(value).__name__
    return ("an " if name[0] in "aeiou" else "a ") + name
