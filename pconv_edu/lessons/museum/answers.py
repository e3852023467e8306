"""The learner's answers: which test catches which exhibit, and the mended code."""

import ast
import inspect
import textwrap
from types import FunctionType

from .around import EXHIBITS as AROUND
from .exhibit import catching, pattern, run
from .formula import EXHIBITS as FORMULA
from .kinds import form_fault
from .machine import EXHIBITS as MACHINE
from .masks import EXHIBITS as MASKS
from .short_tests import TESTS as ALL_TESTS

EXHIBITS = {exhibit.number: exhibit for exhibit in FORMULA + MACHINE + MASKS + AROUND}
TESTS = {test.name: test for test in ALL_TESTS}


def tests_of(kind):
    """The `ShortTest`s for code of one kind."""
    return [test for test in ALL_TESTS if test.kind == kind]


def find_exhibit(number):
    """Return the `Exhibit` of that number; ValueError with the numbers for another."""
    if isinstance(number, bool) or not isinstance(number, int) or number not in EXHIBITS:
        raise ValueError(f"no exhibit has the number {number!r}; there are {min(EXHIBITS)} to {max(EXHIBITS)}")
    return EXHIBITS[number]


def find_test(name):
    """Return the `ShortTest` of that name; ValueError with the names for another."""
    if not isinstance(name, str) or name not in TESTS:
        raise ValueError(f"no test is called {name!r}; there are {', '.join(map(repr, TESTS))}")
    return TESTS[name]


def judge_match(exhibit, test):
    """Return (whether `test` is the shortest that catches the exhibit, what the learner reads)."""
    if test.kind != exhibit.kind:
        return False, f"no. '{test.name}' tests code of the kind '{test.kind}', and this is a '{exhibit.kind}'."
    outcome = run(test, exhibit.code)
    if outcome.passed:
        return False, f"no. '{test.name}' passes on it and cannot see it: {test.cannot_see}."
    if catching(exhibit.code, tests_of(exhibit.kind))[0] is not test:
        return False, f"'{test.name}' ({test.length} characters) catches it, but a shorter test does so too."
    return True, f"right. {outcome.says}"


def check_matches(answers):
    """Print, for each exhibit, whether the learner has named the shortest test that catches it, and if not, why not.

    Parameters
    ----------
    answers : dict of exhibit number -> name of a test, or None where not attempted

    Raises
    ------
    ValueError
        For a number or a name that the museum does not know; the message lists those that it does.
    """
    matches = [(find_exhibit(number), name if name is None else find_test(name)) for number, name in answers.items()]
    right = 0
    for exhibit, test in matches:
        if test is not None:
            good, says = judge_match(exhibit, test)
            right += good
            print(f"exhibit {exhibit.number}: {says}")
    untouched = [str(exhibit.number) for exhibit, test in matches if test is None]
    if untouched:
        print(f"not attempted yet: exhibit{'s' if len(untouched) > 1 else ''} {', '.join(untouched)}")
    if matches and right == len(matches):
        print(f"Right, {right} of {right}.")
    elif right:
        print(f"{right} of {len(matches)} are right.")


def check_fix(number, fixed):
    """Run all tests for code of its kind on a mended exhibit, and print what is right or wrong, and why.

    Parameters
    ----------
    number : int, which exhibit
    fixed : the class or function that should be right now

    Raises
    ------
    ValueError
        For a number that no exhibit has. Whatever `fixed` is or does is reported and not raised.
    """
    print(judge_fix(find_exhibit(number), fixed))


def judge_fix(exhibit, fixed):
    """Return what the learner reads about a mended exhibit."""
    if _same_code(fixed, exhibit.code):
        return f"Exhibit {exhibit.number}: not attempted yet, the code is as it was found."
    fault = form_fault(exhibit.kind, fixed)
    if fault:
        return f"Exhibit {exhibit.number}, not yet: {fault.removesuffix('.')}."
    tests = tests_of(exhibit.kind)
    found = pattern(fixed, tests)
    failed = sorted((test for test in tests if not found[test.name].passed), key=lambda test: test.length)
    if not failed:
        return f"Right: exhibit {exhibit.number} passes all {len(tests)} tests for its kind."
    known = {n: pattern(other.code, tests) for n, other in EXHIBITS.items() if other.kind == exhibit.kind}
    same = [n for n, outcomes in known.items() if outcomes == found]
    if exhibit.number in same:
        says = "the fault of this exhibit is still there."
    elif same:
        says = f"this has become the fault of exhibit {same[0]}: {EXHIBITS[same[0]].fault}"
    else:
        says = f"{len(failed)} of {len(tests)} tests fail: {', '.join(test.name for test in failed)}."
    return f"Exhibit {exhibit.number}, not yet: {says}\nTest '{failed[0].name}': {found[failed[0].name].says}"


def _same_code(a, b):
    """Whether two functions, or all functions of two classes, read the same; comments and blanks do not matter."""
    if isinstance(a, type) and isinstance(b, type):
        ours, theirs = ({n: f for n, f in vars(c).items() if isinstance(f, FunctionType)} for c in (a, b))
        return ours.keys() == theirs.keys() and all(_same_code(ours[name], theirs[name]) for name in ours)
    if not (isinstance(a, FunctionType) and isinstance(b, FunctionType)):
        return False
    try:
        a, b = (ast.dump(ast.parse(textwrap.dedent(inspect.getsource(code)))) for code in (a, b))
    except (OSError, SyntaxError):  # no source to be had
        return False
    return a == b
