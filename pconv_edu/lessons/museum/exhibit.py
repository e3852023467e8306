"""Define exhibits and short tests, and run a test on an exhibit."""

import ast
import inspect
import textwrap
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch


@dataclass(frozen=True)
class Exhibit:
    """Store code with one fault.

    number, room : the number of the exhibit, and the room of the museum that it is in
    kind : a name in `KINDS`, which determines the tests that apply to the code
    code : the class or function with the fault
    symptom : what a user of the code sees
    fault : what is wrong. A learner sees this text when they unfold the comparison, or when their repair of another
        exhibit has this fault
    fix : (wrong, right) pairs of text; replacing each wrong text in the source by the right one repairs the code
    """

    number: int
    room: str
    kind: str
    code: Callable[..., Any]
    symptom: str
    fault: str
    fix: tuple[tuple[str, str], ...]

    @property
    def source(self) -> str:
        """Return the code of the exhibit as text."""
        return inspect.getsource(self.code).rstrip()

    @property
    def repaired(self) -> str:
        """Return the code with the fix applied, as text."""
        source = self.source
        for wrong, right in self.fix:
            if source.count(wrong) != 1:
                raise ValueError(f"exhibit {self.number} contains {wrong!r} {source.count(wrong)} times, not once")
            source = source.replace(wrong, right)
        return source


@dataclass(frozen=True)
class ShortTest:
    """Store a test for all code of one kind.

    kind : a name in `KINDS`, which determines the code that can be tested
    code : a function that takes the code to test, and raises an error if something is wrong with it
    says : what is wrong when the test fails
    cannot_see : what the test does not check
    """

    kind: str
    code: Callable[[Any], None]
    says: str
    cannot_see: str

    @property
    def name(self) -> str:
        """Return the name of the test's function, with spaces."""
        return self.code.__name__.replace("_", " ")

    @property
    def asks(self) -> str:
        """Return what the test requires of the code, in one sentence."""
        return inspect.getdoc(self.code) or ""

    @property
    def source(self) -> str:
        """Return the code of the test as text, without its docstring."""
        lines = inspect.getsource(self.code).rstrip().splitlines()
        function = ast.parse("\n".join(lines)).body[0]
        assert isinstance(function, ast.FunctionDef)
        first = function.body[1]
        return "\n".join([lines[0], *lines[first.lineno - 1 :]])

    @property
    def length(self) -> int:
        """Return the number of characters in the body of the test, not counting white space."""
        return len("".join(self.source.split("\n", 1)[1].split()))


@dataclass(frozen=True)
class Outcome:
    """Store the outcome of a test: whether it passed and, if it failed, a sentence that says what is wrong."""

    passed: bool
    says: str = ""


def run(test: ShortTest, code: Any) -> Outcome:
    """Run a test on code of its kind and return the `Outcome`, which is the same every time.

    If the code raises an exception, the outcome reports it.
    """
    try:
        with torch.random.fork_rng(devices=()), torch.no_grad(), np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.manual_seed(0)
            test.code(code)
    except AssertionError as error:
        return Outcome(False, f"{test.says}: {error}.")
    except Exception as error:
        return Outcome(False, f"{test.says}: {stopped(error)}")
    return Outcome(True)


def stopped(error: Exception) -> str:
    """Return an exception as one sentence.

    Only the first line of its message is used, because PyTorch's messages are long.
    """
    first = (str(error).strip().splitlines() or ["no message"])[0]
    return f"it stops with {type(error).__name__}: {textwrap.shorten(first, 160)}"


def pattern(code: Any, tests: Iterable[ShortTest]) -> dict[str, Outcome]:
    """Return a dict that maps the name of each test to its outcome. The dict is a fingerprint of the code's fault."""
    return {test.name: run(test, code) for test in tests}


def catching(code: Any, tests: Iterable[ShortTest]) -> list[ShortTest]:
    """Return the tests that fail on this code, the shortest test first."""
    return sorted((test for test in tests if not run(test, code).passed), key=lambda test: test.length)


def expect(result: Any, right: Any) -> None:
    """Raise an AssertionError that shows the largest error if a result is wrong by more than rounding.

    The result and the expected result are tensors, arrays or numbers, which are broadcast to one shape. The tolerance
    of 0.002 allows for the rounding of float16. Every fault of the museum makes a larger difference.
    """
    given, expected = (torch.as_tensor(values).detach().float() for values in (result, right))
    try:
        given, expected = torch.broadcast_tensors(given, expected)
    except RuntimeError:
        raise AssertionError(f"its shape is {tuple(given.shape)} instead of {tuple(expected.shape)}") from None
    difference = (given - expected).abs().nan_to_num(nan=torch.inf).flatten()
    worst = int(difference.argmax())
    if difference[worst] > 0.002:
        raise AssertionError(f"it gives {given.flatten()[worst]:.3f} instead of {expected.flatten()[worst]:.3f}")
