"""Define the parts of an exercise: the right answer, the mistakes that a check recognises, and the test cases."""

import inspect
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Mistake:
    """Describe a wrong implementation that learners may write.

    says : what the code does wrong and what to do instead, as the end of a sentence that begins with "This is what you
        get when"
    code : the wrong implementation
    """

    says: str
    code: Callable[..., Any]


@dataclass(frozen=True)
class Sign:
    """Describe a mistake by what it does, so that it is recognised in any implementation, also beside other mistakes.

    says : as in `Mistake`
    seen : function that returns True if an attempt shows the sign. It gets the attempt, and may call it on any
        arguments. An attempt that raises an exception there does not show the sign. If `seen` returns a text, it
        fills the place {} in `says`.
    broad : True for a sign that many mistakes share. It is looked for last.
    """

    says: str
    seen: Callable[[Callable[..., Any]], bool | str]
    broad: bool = False


class Mistakes:
    """Collect the mistakes of one exercise in the order of their definition.

    An instance is used as a decorator for the functions that make the mistakes. Like the functions that learners write,
    these functions have no type hints. The method `sign` decorates a function that recognises a mistake.

    >>> mistake = Mistakes()
    >>> @mistake("the hole is counted too. Take the mean of the valid pixels alone.")
    ... def hole_counted(image, mask):
    ...     return image.mean()
    >>> [known.code.__name__ for known in mistake.collected]
    ['hole_counted']
    """

    def __init__(self) -> None:
        self.collected: list[Mistake] = []
        self.signs: list[Sign] = []

    def __call__(self, says: str) -> Callable[[Function], Function]:
        """Return a decorator that adds a function to the mistakes, with `says` as the description of the mistake."""

        def collect(code: Function) -> Function:
            self.collected.append(Mistake(says, code))
            return code

        return collect

    def sign(self, says: str, broad: bool = False) -> Callable[[Function], Function]:
        """Return a decorator that adds a function to the signs, with `says` as the description of the mistake."""

        def collect(seen: Function) -> Function:
            self.signs.append(Sign(says, seen, broad))
            return seen

        return collect


@dataclass(frozen=True)
class Case:
    """Store one set of arguments with a short description, such as "a window with nothing valid"."""

    shows: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Exercise:
    """Store the right `answer`, the `mistakes` that a check can recognise, and the `cases` that distinguish them.

    signs : what mistakes do, whatever the implementation
    trains : True if gradients must pass through the result
    """

    answer: Callable[..., Any]
    mistakes: Sequence[Mistake]
    cases: Sequence[Case]
    signs: Sequence[Sign] = ()
    trains: bool = False

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of the arguments."""
        return tuple(inspect.signature(self.answer).parameters)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the values, if the exercise asks for several: after the arrow in the module's docstring."""
        text = (sys.modules[self.answer.__module__].__doc__ or "").splitlines() or [""]
        names = re.search(r"-> \(([^)]*)\)`", text[0])
        return tuple(name.strip() for name in names[1].split(",")) if names else ()
