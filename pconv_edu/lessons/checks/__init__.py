"""Check a learner's answer to an exercise and explain any mistake, as in ``check("partial_window", my_function)``.

Each exercise is one file in this folder that defines an `EXERCISE`. An exercise contains the right answer, typical
mistakes, an explanation of each mistake, and test cases that distinguish the answer from the mistakes. Its signs
recognise a mistake by what it does, in code of any style. To add an exercise, add such a file.
"""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

from ..captions import show_result
from .diagnosis import Diagnosis, diagnose
from .exercise import Case, Exercise, Mistake, Mistakes, Sign

# modules of this folder that are not exercises
MACHINERY = (
    "comparison",
    "diagnosis",
    "exceptions",
    "exercise",
    "explanations",
    "form",
    "gradients",
    "messages",
    "properties",
    "runs",
    "signs",
)


def exercise_names() -> list[str]:
    """Return the names of all exercises in alphabetical order."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name not in MACHINERY)


def load_exercise(name: str) -> Exercise:
    """Return the `Exercise` with this name.

    Raises
    ------
    ValueError
        If no exercise has this name; the message lists the names.
    """
    if name not in exercise_names():
        raise ValueError(f"no exercise is called {name!r}; there are {', '.join(exercise_names())}")
    return importlib.import_module(f"{__name__}.{name}").EXERCISE


def check(name: str, attempt: Callable[..., Any]) -> None:
    """Run a learner's function on the cases of an exercise, and show whether it is right or what is wrong.

    In a notebook the result is set in colour. Elsewhere it is printed.

    Parameters
    ----------
    name : str, one of `exercise_names()`
    attempt : the learner's function, which takes the arguments that the exercise specifies

    Raises
    ------
    ValueError
        If no exercise has this name. An exception raised by `attempt` is shown instead of being raised.
    """
    diagnosis = diagnose(load_exercise(name), attempt)
    show_result(diagnosis.kind, diagnosis.text)


__all__ = [
    "Case",
    "Diagnosis",
    "Exercise",
    "Mistake",
    "Mistakes",
    "Sign",
    "check",
    "diagnose",
    "exercise_names",
    "load_exercise",
]
