"""Run a function on the cases of an exercise. An exception is a result too, and is kept with the others."""

import copy
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .exercise import Case


@dataclass(frozen=True)
class Raised:
    """Store the exception that a call raised, in place of the result of the call."""

    error: Exception


def call(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """Return the result of `function` for a copy of the arguments, or a `Raised` object if it raises an exception."""
    return call_in_place(function, copy.deepcopy(arguments))


def call_in_place(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """Return the result of `function`, which may write into these arguments, or a `Raised` object."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return function(*arguments)
    except Exception as error:
        return Raised(error)


def run_cases(function: Callable[..., Any], cases: Sequence[Case]) -> list[Any]:
    """Call `function` on a copy of the arguments of every case, and return the results.

    If a call raises an exception, a `Raised` object takes the place of its result.
    """
    return [call(function, case.arguments) for case in cases]
