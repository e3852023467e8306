"""What a case is made of: values with a description, and calls with a verdict."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Given:
    """A value for a parameter.

    good : True if the function must take it, False if it must refuse it, None if it may do either
    """

    value: Any
    words: str
    good: bool | None = True


@dataclass
class Call:
    """One call of a public function.

    verify : called with the result; raises AssertionError if it is wrong
    names : at least one of these must occur in a refusal, so that it says which argument it is about
    unchanged : called in the end; raises AssertionError if an input was changed
    refused : called after a refusal; raises AssertionError if that left something behind
    """

    door: str
    function: Callable
    arguments: dict[str, Given]
    verify: Callable[[Any], None]
    names: tuple[str, ...] = ()
    unchanged: Callable[[], None] = lambda: None
    positional: tuple[str, ...] = ()
    refused: Callable[[], None] = lambda: None
    good: bool | None = field(init=False)

    def __post_init__(self):
        verdicts = [given.good for given in self.arguments.values()]
        self.good = False if False in verdicts else None if None in verdicts else True

    def run(self):
        arguments = {name: given.value for name, given in self.arguments.items()}
        first = [arguments.pop(name) for name in self.positional]
        return self.function(*first, **arguments)

    def __str__(self):
        return f"{self.door}({', '.join(f'{name}={given.words}' for name, given in self.arguments.items())})"


def pick(rng, choices):
    """One of a sequence, as it is: numpy would turn the choices into an array."""
    return choices[rng.integers(len(choices))]


def chance(rng, probability):
    """True with that probability."""
    return rng.random() < probability


def pick_odd(rng, aspects):
    """The aspects of a call that are out of the ordinary: often none, mostly one, sometimes several."""
    return {pick(rng, aspects) for _ in range(pick(rng, (0, 0, 0, 1, 1, 1, 1, 2, 3)))}
