"""How an exercise is told: answer, named mistakes, cases; and how an attempt at it is diagnosed."""

import copy
import inspect
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

Function = TypeVar("Function", bound=Callable)


@dataclass(frozen=True)
class Mistake:
    """A wrong implementation that people write. `says` tells them; it follows "This is what you get when"."""

    says: str
    code: Callable


class Mistakes:
    """The mistakes of one exercise, in the order of their definition.

    An instance is a decorator for the functions that make them:

    >>> mistake = Mistakes()
    >>> @mistake("the hole is counted too. Take the mean of the valid pixels alone.")
    ... def hole_counted(image, mask):
    ...     return image.mean()
    >>> [known.code.__name__ for known in mistake.all]
    ['hole_counted']
    """

    def __init__(self) -> None:
        self.all: list[Mistake] = []

    def __call__(self, says: str) -> Callable[[Function], Function]:
        """Return a decorator that adds a function to the mistakes, with the sentence that names it."""

        def add(code: Function) -> Function:
            self.all.append(Mistake(says, code))
            return code

        return add


@dataclass(frozen=True)
class Case:
    """One set of arguments, and in a few words what it shows, such as "a window with nothing valid"."""

    shows: str
    arguments: tuple


@dataclass(frozen=True)
class Exercise:
    """An exercise: the right `answer`, the `mistakes` a check can name, and the `cases` that tell them apart."""

    answer: Callable
    mistakes: Sequence[Mistake]
    cases: Sequence[Case]


@dataclass(frozen=True)
class Diagnosis:
    """`kind`: right, not attempted, mistake (a named one), error or wrong; `text`: what the learner reads."""

    kind: str
    text: str
    mistake: Mistake | None = None


class Raised:
    """Stands for the result of a call that raised an exception."""

    def __init__(self, error):
        self.error = error


def results(function, cases):
    """Call `function` on a copy of every case's arguments; an exception becomes a `Raised`."""
    found = []
    for case in cases:
        arguments = copy.deepcopy(case.arguments)
        try:
            with np.errstate(all="ignore"):
                found.append(function(*arguments))
        except Exception as error:
            found.append(Raised(error))
    return found


def same(a, b):
    """Whether two results agree: same structure and shapes, numbers within rounding, NaN equal to NaN."""
    if isinstance(a, Raised) or isinstance(b, Raised):
        return isinstance(a, Raised) and isinstance(b, Raised) and type(a.error) is type(b.error)
    if isinstance(a, tuple | list) and isinstance(b, tuple | list):
        return len(a) == len(b) and all(same(p, q) for p, q in zip(a, b, strict=True))
    try:
        a, b = (np.asarray(v.detach() if hasattr(v, "detach") else v, float) for v in (a, b))  # tensors too
    except (TypeError, ValueError):
        return False
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-5, atol=1e-6, equal_nan=True)


def diagnose(exercise, attempt):
    """Return the `Diagnosis` of an attempt."""
    if not callable(attempt):
        return Diagnosis("error", f"Give the function itself, not {type(attempt).__name__}: its name without brackets.")
    found = results(attempt, exercise.cases)
    if all(r is None or r is Ellipsis or (isinstance(r, Raised) and _untouched(r)) for r in found):
        return Diagnosis("not attempted", "Not attempted yet. (If you did: is the `return` missing?)")
    right = results(exercise.answer, exercise.cases)
    failed = [k for k, (r, s) in enumerate(zip(found, right, strict=True)) if not same(r, s)]
    if not failed:
        hint = _careless(exercise, attempt, found[0], right[0])
        return (
            Diagnosis("wrong", f"Not yet. {hint}") if hint else Diagnosis("right", f"Right, in all {len(right)} cases.")
        )
    wrong = [results(mistake.code, exercise.cases) for mistake in exercise.mistakes]
    for mistake, results_ in zip(exercise.mistakes, wrong, strict=True):
        if all(map(same, found, results_)):
            return Diagnosis("mistake", f"Not yet. This is what you get when {mistake.says}", mistake)
    hint = _form(found, right) or _two_at_once(exercise.mistakes, wrong, found, failed)
    if hint:
        return Diagnosis("wrong", f"Not yet. {hint}")
    k = failed[0]
    where = f"in {len(failed)} of {len(right)} cases, first for {exercise.cases[k].shows}"
    asked = _show_arguments(exercise, exercise.cases[k])
    if isinstance(found[k], Raised):
        error = found[k].error
        return Diagnosis("error", f"Not yet: {type(error).__name__} {where}:\n  {error}\n{asked}")
    text = f"Not yet: wrong {where}.\n{asked}\nyours:\n{_show(found[k])}\nright:\n{_show(right[k])}"
    return Diagnosis("wrong", text)


def _untouched(raised):
    return isinstance(raised.error, NotImplementedError)


def _careless(exercise, attempt, found, right):
    """A hint if the values are right but their kind is not, or the arguments were changed on the way; or None."""
    bools = isinstance(right, np.ndarray) and right.dtype.kind == "b"
    if bools and np.asarray(found).dtype.kind != "b":
        return (
            f"The values are right, but they are {np.asarray(found).dtype} and not bool: ~ would not turn them around."
        )
    for case in exercise.cases:
        arguments = copy.deepcopy(case.arguments)
        with np.errstate(all="ignore"):
            attempt(*arguments)
        if not all(callable(b) or same(a, b) for a, b in zip(arguments, case.arguments, strict=True)):
            return "The result is right, but you write into the array that you were given: work on a copy of it."
    return None


def _form(found, right):
    """A hint if all results have the wrong form: one value where a pair is asked for, or the pair turned around."""
    if not isinstance(right[0], tuple):
        return None
    if not any(isinstance(r, tuple | list | Raised) for r in found):
        return f"Return {len(right[0])} values, in the order that the exercise names; you return one."
    if all(isinstance(r, tuple) and same(r[::-1], s) for r, s in zip(found, right, strict=True)):
        return "The values are right, but they come in the wrong order."
    return None


def _two_at_once(mistakes, wrong, found, failed):
    """Two named mistakes that together account for every case that failed and spoil none that is right, or None."""
    agree = [{k for k in range(len(found)) if same(found[k], results_[k])} for results_ in wrong]
    rightly = set(range(len(found))) - set(failed)
    possible = [n for n, cases in enumerate(agree) if rightly <= cases and cases & set(failed)]
    for one, other in itertools.combinations(possible, 2):
        if agree[one] | agree[other] >= set(failed):
            says = [mistakes[one].says, mistakes[other].says]
            return "Two things seem to come together. This is what you get when\n- " + "\n- ".join(says)
    return None


def _show_arguments(exercise, case):
    names = inspect.signature(exercise.answer).parameters
    return "\n".join(f"{name}:\n{_show(value)}" for name, value in zip(names, case.arguments, strict=True))


def _show(value):
    """A value as text, indented; a mask as rows of 1 (valid) and · (hole)."""
    if isinstance(value, tuple):
        return "\n".join(_show(v) for v in value)
    if isinstance(value, np.ndarray) and value.dtype == bool and value.ndim == 2:
        text = "\n".join(" ".join("1" if valid else "·" for valid in row) for row in value)
    elif isinstance(value, np.ndarray):
        text = np.array2string(value, precision=3, threshold=500, max_line_width=95)
    else:
        text = str(value)
    return "\n".join("  " + line for line in text.splitlines())
