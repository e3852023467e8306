"""Recognise properties of wrong results that mean the same in every exercise, such as a swapped sign or a lost axis."""

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .comparison import close, column, has_parts, numbers, same_values
from .exercise import Exercise
from .messages import short
from .runs import Raised, call, call_in_place

Arrays = list[np.ndarray]


@dataclass(frozen=True)
class Attempt:
    """Store a learner's function with its results and the right results, one for each case of the exercise."""

    exercise: Exercise
    code: Callable[..., Any]
    results: list[Any]
    right: list[Any]


def copied(attempt: Attempt) -> str | None:
    """Return that the result is an argument as it came in, or always the same number, or None."""
    if isinstance(attempt.right[0], tuple):
        return None
    says = (_unchanged(attempt, yours) for _, yours, _ in _wrong_parts(attempt))
    text = next(filter(None, says), None)
    return f"The result {text}" if text else None


def rule_of(attempt: Attempt) -> str | None:
    """Return by which rule the results follow from the right ones or from the arguments, in all cases, or None."""
    for name, yours, right in _wrong_parts(attempt):
        says = _unchanged(attempt, yours) or _values(yours, right)
        if says:
            return f"{name} {says}"
    return _unused(attempt)


def places_of(attempt: Attempt) -> str | None:
    """Return where the results differ from the right ones: in their shapes, at the border, in one picture; or None."""
    for name, yours, right in _wrong_parts(attempt):
        says = _shape(yours, right) or _where(yours, right)
        if says:
            return f"{name} {says}"
    return None


def _wrong_parts(attempt: Attempt) -> Iterator[tuple[str, Arrays, Arrays]]:
    """Yield the name, the results and the right results of each part whose results are numbers, and wrong."""
    for part, name in enumerate(_part_names(attempt)):
        yours, right = _arrays(attempt.results, attempt.right, part), _arrays(attempt.right, attempt.right, part)
        if yours is not None and right is not None and not all(map(close, yours, right)):
            yield name, yours, right


def written_argument(attempt: Attempt) -> str | None:
    """Return the name of an argument into which the attempt writes, or None."""
    for case in attempt.exercise.cases:
        arguments = copy.deepcopy(case.arguments)
        call_in_place(attempt.code, arguments)
        for name, after, before in zip(attempt.exercise.arguments, arguments, case.arguments, strict=True):
            if not callable(before) and not same_values(after, before):
                return name
    return None


def _part_names(attempt: Attempt) -> Sequence[str]:
    first = attempt.right[0]
    if not has_parts(first):
        return ("The result",)
    names = attempt.exercise.parts
    return [f"`{names[k]}`" if k < len(names) else f"Value number {k + 1}" for k in range(len(first))]


def _arrays(results: list[Any], right: list[Any], part: int) -> Arrays | None:
    """Return one part of every result as an array, or None if one is missing or is not made of numbers."""
    values = column(results, right, part) if has_parts(right[0]) else results
    arrays = [None if isinstance(value, Raised) else numbers(value) for value in values or [None]]
    return None if any(array is None for array in arrays) else arrays  # type: ignore[return-value]


def _unchanged(attempt: Attempt, yours: Arrays) -> str | None:
    """Return that an argument is returned as it came in, or that the result is always the same."""
    for k, name in enumerate(attempt.exercise.arguments):
        given = [numbers(case.arguments[k]) for case in attempt.exercise.cases]
        if all(g is not None and close(y, g) for y, g in zip(yours, given, strict=True)):
            return f"is `{name}` as it came in, unchanged."
    if all(y.size and (y == yours[0].flat[0]).all() for y in yours):
        return f"is always {short(yours[0].ravel()[0])}, whatever the arguments are."
    return None


def _shape(yours: Arrays, right: Arrays) -> str | None:
    if all(y.shape == r.shape for y, r in zip(yours, right, strict=True)):
        return None
    wrong = next(k for k in range(len(right)) if yours[k].shape != right[k].shape)
    text = f"has the shape {yours[wrong].shape}, and should have {right[wrong].shape}."
    if all(y.size == r.size and close(y.reshape(r.shape), r) for y, r in zip(yours, right, strict=True)):
        return text + " The values are right: reshape them."
    if all(y.ndim >= 2 and close(y.swapaxes(-1, -2), r) for y, r in zip(yours, right, strict=True)):
        return text + " It is transposed: rows and columns are swapped."
    if all(r.ndim >= 3 and y.shape == r.shape[1:] for y, r in zip(yours, right, strict=True)):
        return text + " The first axis, the batch, is lost."
    if yours[wrong].size == 1:
        return text + " You return one number."
    return text


def _values(yours: Arrays, right: Arrays) -> str | None:
    """Return how the values follow from the right ones by one rule, in all cases, or None."""
    if any(y.shape != r.shape for y, r in zip(yours, right, strict=True)):
        return None
    bools = all(r.dtype.kind == "b" for r in right)
    if bools and all(y.dtype.kind == "b" and close(y, ~r) for y, r in zip(yours, right, strict=True)):
        return "is inverted: True and False are swapped."
    if all(r.ndim >= 2 and close(y.swapaxes(-1, -2), r) for y, r in zip(yours, right, strict=True)):
        return "is transposed: rows and columns are swapped."
    if all(r.ndim == 1 and close(y[::-1], r) for y, r in zip(yours, right, strict=True)):
        return "is in reverse order."
    if bools:
        return None
    p = np.concatenate([y.astype(float).ravel() for y in yours])
    q = np.concatenate([r.astype(float).ravel() for r in right])
    wrong = ~np.isclose(p, q, rtol=1e-5, atol=1e-6, equal_nan=True)
    return _rule(p[wrong], q[wrong])


def _rule(p: np.ndarray, q: np.ndarray) -> str | None:
    """Return the rule by which numbers p follow from the right numbers q, or None."""
    if np.isnan(p).all() and not np.isnan(q).any():
        return "is NaN where it should be a number, and right elsewhere. Look for 0/0, or for NaN times 0."
    if (p == 0).all() and len(p) > 2:
        return "is 0 wherever it should be below 0. Look for a ReLU or a clamp." if (q < 0).all() else None
    if not (np.isfinite(p).all() and np.isfinite(q).all()) or len(set(q.round(9))) < 3:
        return None
    rules = (
        (-q, "has the opposite sign. Look for a difference taken the other way round."),
        (100 * q, "is 100 times too large, as if it were in per cent."),
        (abs(q), "has lost its sign. Look for an absolute value."),
        (1 - q, "is 1 minus the right value."),
        (q**2, "is the square of the right value."),
        (np.sqrt(abs(q)), "is the square root of the right value."),
    )
    for values, says in rules:
        if close(p, values):
            return says
    for digits in range(5):
        if close(p, q.round(digits)):
            return f"is rounded to {digits} digits. Return it as it is."
    factor = (p @ q) / (q @ q)
    if factor and close(p, factor * q):
        return f"is {short(factor)} times the right value, wherever it is wrong. Look for a factor."
    if close(p - q, np.full_like(p, (p - q)[0])):
        offset = (p - q)[0]
        return f"is {short(abs(offset))} too {'large' if offset > 0 else 'small'} wherever it is wrong."
    return None


def _where(yours: Arrays, right: Arrays) -> str | None:
    """Return in which places the results are wrong, if these are the same in all cases: the border, or one picture."""
    if any(y.shape != r.shape or r.ndim < 2 for y, r in zip(yours, right, strict=True)):
        return None
    wrong = [
        ~np.isclose(y.astype(float), r.astype(float), rtol=1e-5, atol=1e-6, equal_nan=True)
        for y, r in zip(yours, right, strict=True)
    ]
    if not any(w[..., 1:-1, 1:-1].any() for w in wrong) and any(min(w.shape[-2:]) > 2 for w in wrong):
        return "is wrong only at the border of the picture. Look at the padding."
    if any(len(w) > 1 for w in wrong if w.ndim > 2) and not any(w[0].any() for w in wrong if w.ndim > 2):
        return "is right for the first picture of a batch only."
    return None


def _alike(a: Any, b: Any) -> bool:
    """Return True if two arguments are made of numbers and have the same shape."""
    p, q = numbers(a), numbers(b)
    return p is not None and q is not None and p.shape == q.shape


def _unused(attempt: Attempt) -> str | None:
    """Return that an argument is not used: the results never change with it, although the right ones do."""
    for k, name in enumerate(attempt.exercise.arguments):
        changes = [_change(attempt, i, k) for i in range(len(attempt.right))]
        if changes.count(False) > 1 and True not in changes:
            return f"The result does not change with `{name}`. Use it."
    return None


def _change(attempt: Attempt, i: int, k: int) -> bool | None:
    """Return whether the result of case i changes with argument k, or None if the right one does not change either."""
    case = attempt.exercise.cases[i]
    trials = 0
    for other in attempt.exercise.cases:
        if trials == 3 or not _alike(other.arguments[k], case.arguments[k]):
            continue
        arguments = (*case.arguments[:k], other.arguments[k], *case.arguments[k + 1 :])
        right = call(attempt.exercise.answer, arguments)
        if isinstance(right, Raised) or same_values(right, attempt.right[i]):
            continue
        trials += 1
        if not same_values(call(attempt.code, arguments), attempt.results[i]):
            return True
    return False if trials else None
