"""Define the parts of an exercise: the right answer, the mistakes that a check recognises, and the test cases."""

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


class Mistakes:
    """Collect the mistakes of one exercise in the order of their definition.

    An instance is used as a decorator for the functions that make the mistakes. Like the functions that learners write,
    these functions have no type hints.

    >>> mistake = Mistakes()
    >>> @mistake("the hole is counted too. Take the mean of the valid pixels alone.")
    ... def hole_counted(image, mask):
    ...     return image.mean()
    >>> [known.code.__name__ for known in mistake.collected]
    ['hole_counted']
    """

    def __init__(self) -> None:
        self.collected: list[Mistake] = []

    def __call__(self, says: str) -> Callable[[Function], Function]:
        """Return a decorator that adds a function to the mistakes, with `says` as the description of the mistake."""

        def collect(code: Function) -> Function:
            self.collected.append(Mistake(says, code))
            return code

        return collect


@dataclass(frozen=True)
class Case:
    """Store one set of arguments with a short description, such as "a window with nothing valid"."""

    shows: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Exercise:
    """Store the right `answer`, the `mistakes` that a check can recognise, and the `cases` that distinguish them."""

    answer: Callable[..., Any]
    mistakes: Sequence[Mistake]
    cases: Sequence[Case]
