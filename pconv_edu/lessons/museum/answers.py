"""Judge a learner's answers about which test catches which exhibit, and a learner's repaired code."""

import ast
import inspect
import textwrap
from collections.abc import Mapping
from types import FunctionType
from typing import Any

from pconv_edu.core.arguments import is_whole

from ..captions import show_result
from .exhibit import Exhibit, ShortTest, catching, pattern, run
from .exhibits import around_the_layer, formula, masks, precision_and_devices
from .kinds import form_fault
from .short_tests import TESTS as ALL_TESTS

ROOMS = formula, precision_and_devices, masks, around_the_layer
EXHIBITS: dict[int, Exhibit] = {exhibit.number: exhibit for room in ROOMS for exhibit in room.EXHIBITS}
TESTS: dict[str, ShortTest] = {test.name: test for test in ALL_TESTS}


def tests_of(kind: str) -> list[ShortTest]:
    """Return the tests for code of one kind."""
    return [test for test in ALL_TESTS if test.kind == kind]


def find_exhibit(number: int) -> Exhibit:
    """Return the exhibit with this number; if there is none, raise a ValueError that gives the valid numbers."""
    if not is_whole(number) or number not in EXHIBITS:
        raise ValueError(f"no exhibit has the number {number!r}; there are {min(EXHIBITS)} to {max(EXHIBITS)}")
    return EXHIBITS[number]


def find_test(name: str) -> ShortTest:
    """Return the test with this name; if there is none, raise a ValueError that lists the valid names."""
    if not isinstance(name, str) or name not in TESTS:
        raise ValueError(f"no test is called {name!r}; there are {', '.join(map(repr, TESTS))}")
    return TESTS[name]


def judge_match(exhibit: Exhibit, test: ShortTest) -> tuple[bool, str]:
    """Judge whether `test` is the shortest test that catches the exhibit; return the verdict and the explanation."""
    if test.kind != exhibit.kind:
        return False, f"no. '{test.name}' tests code of the kind '{test.kind}', and this exhibit is a '{exhibit.kind}'."
    outcome = run(test, exhibit.code)
    if outcome.passed:
        return False, f"no. '{test.name}' passes on it and cannot see it: {test.cannot_see}."
    if catching(exhibit.code, tests_of(exhibit.kind))[0] is not test:
        return False, f"'{test.name}' ({test.length} characters) catches it, but a shorter test catches it too."
    return True, f"right. {outcome.says}"


def check_matches(answers: Mapping[int, str | None]) -> None:
    """Show, for each exhibit, whether the learner's test is the shortest test that catches it.

    If the test is not the right one, the reason is shown too.

    Parameters
    ----------
    answers : dict of exhibit number -> name of a test, or None if the learner has no answer yet

    Raises
    ------
    ValueError
        If there is no exhibit with a given number, or no test with a given name. The message gives the valid
        numbers or names.
    """
    matches = [(find_exhibit(number), name if name is None else find_test(name)) for number, name in answers.items()]
    right = 0
    for exhibit, test in matches:
        if test is not None:
            good, says = judge_match(exhibit, test)
            right += good
            show_result("right" if good else "wrong", f"exhibit {exhibit.number}: {says}")
    untouched = [str(exhibit.number) for exhibit, test in matches if test is None]
    if untouched:
        exhibits = f"exhibit{'s' if len(untouched) > 1 else ''} {', '.join(untouched)}"
        show_result("not attempted", f"not attempted yet: {exhibits}")
    if matches and right == len(matches):
        show_result("right", f"Right, {right} of {right}.")
    elif right:
        show_result("wrong", f"{right} of {len(matches)} are right.")


def check_fix(number: int, fixed: Any) -> None:
    """Run all tests for the exhibit's kind on the repaired code, and show whether the code is right or what is wrong.

    Parameters
    ----------
    number : int, the number of the exhibit
    fixed : the repaired class or function

    Raises
    ------
    ValueError
        If no exhibit has this number. An exception raised by `fixed` is shown instead of being raised.
    """
    text = judge_fix(find_exhibit(number), fixed)
    kinds = {"Right": "right", f"Exhibit {number}: not attempted yet": "not attempted"}
    show_result(next((kind for start, kind in kinds.items() if text.startswith(start)), "wrong"), text)


def judge_fix(exhibit: Exhibit, fixed: Any) -> str:
    """Return the text that the learner reads about a repaired exhibit."""
    if _same_code(fixed, exhibit.code):
        return f"Exhibit {exhibit.number}: not attempted yet, the code is unchanged."
    fault = form_fault(exhibit.kind, fixed)
    if fault:
        return f"Exhibit {exhibit.number}, not yet: {fault.removesuffix('.')}."
    tests = tests_of(exhibit.kind)
    outcomes = pattern(fixed, tests)
    failed = sorted((test for test in tests if not outcomes[test.name].passed), key=lambda test: test.length)
    if not failed:
        return f"Right: exhibit {exhibit.number} passes all {len(tests)} tests for its kind."
    known = {n: pattern(other.code, tests) for n, other in EXHIBITS.items() if other.kind == exhibit.kind}
    same = [n for n, theirs in known.items() if theirs == outcomes]
    if exhibit.number in same:
        says = "the fault of this exhibit is still there."
    elif same:
        says = f"the code now has the fault of exhibit {same[0]}: {EXHIBITS[same[0]].fault}"
    else:
        says = f"{len(failed)} of {len(tests)} tests fail: {', '.join(test.name for test in failed)}."
    return f"Exhibit {exhibit.number}, not yet: {says}\nTest '{failed[0].name}': {outcomes[failed[0].name].says}"


def _same_code(a: Any, b: Any) -> bool:
    """Return True if two functions, or all functions of two classes, are the same apart from comments and spacing."""
    if isinstance(a, type) and isinstance(b, type):
        ours, theirs = ({n: f for n, f in vars(c).items() if isinstance(f, FunctionType)} for c in (a, b))
        return ours.keys() == theirs.keys() and all(_same_code(ours[name], theirs[name]) for name in ours)
    if not (isinstance(a, FunctionType) and isinstance(b, FunctionType)):
        return False
    try:
        one, other = (ast.dump(ast.parse(textwrap.dedent(inspect.getsource(code)))) for code in (a, b))
    except (OSError, SyntaxError):  # the source is not available
        return False
    return one == other
