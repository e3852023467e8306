"""What the museum holds: exhibits, each with one fault, and short tests; and how a test is run on an exhibit."""

import ast
import inspect
import textwrap
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch


@dataclass(frozen=True)
class Exhibit:
    """Code with one fault. `symptom`: what its user sees; `fault`: what is wrong, told only when it is found again."""

    number: int
    room: str
    kind: str
    code: Callable
    symptom: str
    fault: str

    @property
    def source(self):
        return inspect.getsource(self.code).rstrip()


@dataclass(frozen=True)
class ShortTest:
    """A test for all code of one kind. Its `code` takes the code to test and raises if it finds something wrong.

    `says`: what has been seen when it fails; `cannot_see`: the part of the task that the test leaves out.
    """

    kind: str
    code: Callable
    says: str
    cannot_see: str

    @property
    def name(self):
        return self.code.__name__.replace("_", " ")

    @property
    def asks(self):
        return inspect.getdoc(self.code)

    @property
    def source(self):
        """The test without its docstring."""
        lines = inspect.getsource(self.code).rstrip().splitlines()
        first = ast.parse("\n".join(lines)).body[0].body[1]
        return "\n".join([lines[0], *lines[first.lineno - 1 :]])

    @property
    def length(self):
        """How many characters the body of the test has, without spaces."""
        return len("".join(self.source.split("\n", 1)[1].split()))


@dataclass(frozen=True)
class Outcome:
    """Whether a test passed; if not, what it saw, in one sentence."""

    passed: bool
    says: str = ""


def run(test, code):
    """Run one `ShortTest` on code of its kind and return the `Outcome`. The same every time; never raises."""
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


def stopped(error):
    """An exception as one sentence; only the first line of it, because PyTorch's errors have many."""
    first = (str(error).strip().splitlines() or ["no message"])[0]
    return f"it stops with {type(error).__name__}: {textwrap.shorten(first, 160)}"


def pattern(code, tests):
    """The outcome of every test, by its name: the fingerprint of a fault."""
    return {test.name: run(test, code) for test in tests}


def catching(code, tests):
    """The tests that fail on this code, shortest first."""
    return sorted((test for test in tests if not run(test, code).passed), key=lambda test: test.length)


def expect(found, right):
    """Raise an AssertionError that shows the largest difference, if `found` is not `right` up to rounding.

    The two are broadcast. The tolerance, 0.002, lets float16 pass; every fault of the museum is larger.
    """
    found, right = (torch.as_tensor(values).detach().float() for values in (found, right))
    try:
        found, right = torch.broadcast_tensors(found, right)
    except RuntimeError:
        raise AssertionError(f"its shape is {tuple(found.shape)}, right is {tuple(right.shape)}") from None
    difference = (found - right).abs().nan_to_num(nan=torch.inf).flatten()
    worst = int(difference.argmax())
    if difference[worst] > 0.002:
        raise AssertionError(f"it gives {found.flatten()[worst]:.3f}, right is {right.flatten()[worst]:.3f}")
