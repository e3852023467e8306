"""Diagnose a learner's attempt. Run it on the cases of an exercise, and find the mistake that explains the results."""

import copy
import inspect
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .exercise import Case, Exercise, Mistake


@dataclass(frozen=True)
class Diagnosis:
    """Store the result of checking a learner's attempt.

    kind : "right", "not attempted", "mistake" (one of the known mistakes of the exercise), "error" or "wrong"
    text : what the learner reads
    mistake : the `Mistake`, if the kind is "mistake"
    """

    kind: str
    text: str
    mistake: Mistake | None = None


@dataclass(frozen=True)
class Raised:
    """Store the exception that a call raised, in place of the result of the call."""

    error: Exception


def run_cases(function: Callable[..., Any], cases: Sequence[Case]) -> list[Any]:
    """Call `function` on a copy of the arguments of every case, and return the results.

    If a call raises an exception, a `Raised` object takes the place of its result.
    """
    results: list[Any] = []
    for case in cases:
        arguments = copy.deepcopy(case.arguments)
        try:
            with np.errstate(all="ignore"):
                results.append(function(*arguments))
        except Exception as error:
            results.append(Raised(error))
    return results


def same(a: Any, b: Any) -> bool:
    """Return True if two results have the same structure, the same shapes, and numbers that are equal up to rounding.

    NaN counts as equal to NaN, and two exceptions count as equal if they have the same type. Tensors, arrays and
    numbers are compared by value.
    """
    if isinstance(a, Raised) or isinstance(b, Raised):
        return isinstance(a, Raised) and isinstance(b, Raised) and type(a.error) is type(b.error)
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(same(p, q) for p, q in zip(a, b, strict=True))
    try:
        a, b = (np.asarray(v.detach() if hasattr(v, "detach") else v, float) for v in (a, b))
    except (TypeError, ValueError):
        return False
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-5, atol=1e-6, equal_nan=True)


def diagnose(exercise: Exercise, attempt: Any) -> Diagnosis:
    """Return the `Diagnosis` of an attempt. If the attempt raises an exception, the diagnosis reports it."""
    if not callable(attempt):
        kind = type(attempt).__name__
        return Diagnosis("error", f"Pass the function itself, by its name without brackets. This is of type {kind}.")
    results = run_cases(attempt, exercise.cases)
    if all(_is_stub(result) for result in results):
        return Diagnosis("not attempted", "Not attempted yet. (If you did: is the `return` missing?)")
    right = run_cases(exercise.answer, exercise.cases)
    failed = [k for k, (result, expected) in enumerate(zip(results, right, strict=True)) if not same(result, expected)]
    if not failed:
        hint = _wrong_type(results[0], right[0]) or _changed_arguments(exercise, attempt)
        if hint:
            return Diagnosis("wrong", f"Not yet. {hint}")
        return Diagnosis("right", f"Right, in all {len(right)} cases.")
    by_mistake = [run_cases(mistake.code, exercise.cases) for mistake in exercise.mistakes]
    for mistake, its_results in zip(exercise.mistakes, by_mistake, strict=True):
        if all(map(same, results, its_results)):
            return Diagnosis("mistake", f"Not yet. This is what you get when {mistake.says}", mistake)
    hint = _wrong_form(results, right) or _two_at_once(exercise.mistakes, by_mistake, results, failed)
    if hint:
        return Diagnosis("wrong", f"Not yet. {hint}")
    return _first_failure(exercise, results, right, failed)


def _is_stub(result: Any) -> bool:
    """Return True if a result suggests that the function has not been written yet."""
    return result is None or result is Ellipsis or _raised(result, NotImplementedError)


def _raised(result: Any, kind: type[Exception]) -> bool:
    return isinstance(result, Raised) and isinstance(result.error, kind)


def _wrong_type(result: Any, expected: Any) -> str | None:
    """Return a hint if the attempt returns numbers instead of bools, or else None."""
    if isinstance(expected, np.ndarray) and expected.dtype.kind == "b" and np.asarray(result).dtype.kind != "b":
        return f"The values are right, but they are {np.asarray(result).dtype} and not bool: ~ would not invert them."
    return None


def _changed_arguments(exercise: Exercise, attempt: Callable[..., Any]) -> str | None:
    """Return a hint if the attempt writes into its arguments, or else None."""
    for case in exercise.cases:
        arguments = copy.deepcopy(case.arguments)
        with np.errstate(all="ignore"):
            attempt(*arguments)
        if not all(callable(b) or same(a, b) for a, b in zip(arguments, case.arguments, strict=True)):
            return "The result is right, but you write into the array that you were given. Work on a copy of it."
    return None


def _wrong_form(results: list[Any], right: list[Any]) -> str | None:
    """Return a hint if the attempt returns one value instead of several, or several values in reverse order.

    Otherwise, return None.
    """
    if not isinstance(right[0], tuple):
        return None
    if not any(isinstance(result, tuple | list | Raised) for result in results):
        return f"Return {len(right[0])} values, in the order that the exercise gives; you return one."
    if all(isinstance(r, tuple) and same(r[::-1], expected) for r, expected in zip(results, right, strict=True)):
        return "The values are right, but they are in the wrong order."
    return None


def _two_at_once(
    mistakes: Sequence[Mistake], by_mistake: list[list[Any]], results: list[Any], failed: list[int]
) -> str | None:
    """Return the explanations of two mistakes that together explain every wrong case, or else None.

    Neither of the two mistakes may change the result in a case that the attempt passes.
    """
    agree = [{k for k in range(len(results)) if same(results[k], its_results[k])} for its_results in by_mistake]
    passed = set(range(len(results))) - set(failed)
    possible = [n for n, cases in enumerate(agree) if passed <= cases and cases & set(failed)]
    for one, other in itertools.combinations(possible, 2):
        if agree[one] | agree[other] >= set(failed):
            says = [mistakes[one].says, mistakes[other].says]
            return "Two things seem to go wrong at once. This is what you get when\n- " + "\n- ".join(says)
    return None


def _first_failure(exercise: Exercise, results: list[Any], right: list[Any], failed: list[int]) -> Diagnosis:
    """Return a `Diagnosis` that shows the first wrong case: the arguments, the result and the right result."""
    k = failed[0]
    where = f"in {len(failed)} of {len(right)} cases, first for {exercise.cases[k].shows}"
    arguments = _show_arguments(exercise, exercise.cases[k])
    if isinstance(results[k], Raised):
        error = results[k].error
        return Diagnosis("error", f"Not yet: {type(error).__name__} {where}:\n  {error}\n{arguments}")
    text = f"Not yet: wrong {where}.\n{arguments}\nyours:\n{_show(results[k])}\nright:\n{_show(right[k])}"
    return Diagnosis("wrong", text)


def _show_arguments(exercise: Exercise, case: Case) -> str:
    names = inspect.signature(exercise.answer).parameters
    return "\n".join(f"{name}:\n{_show(value)}" for name, value in zip(names, case.arguments, strict=True))


def _show(value: Any) -> str:
    """Return a value as indented text. A mask is shown as rows of 1 (valid) and · (hole)."""
    if isinstance(value, tuple):
        return "\n".join(_show(v) for v in value)
    if isinstance(value, np.ndarray) and value.dtype == bool and value.ndim == 2:
        text = "\n".join(" ".join("1" if valid else "·" for valid in row) for row in value)
    elif isinstance(value, np.ndarray):
        text = np.array2string(value, precision=3, threshold=500, max_line_width=95)
    else:
        text = str(value)
    return "\n".join("  " + line for line in text.splitlines())
