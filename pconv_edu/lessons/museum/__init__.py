"""Build the bug museum of lesson 07, which shows faults from public code and short tests that catch these faults.

`exhibits` has one file for each of the four rooms. Each fault is rewritten in a few lines. `short_tests` has the tests.
`kinds` defines what code of each kind must return, and contains the course's own code, which passes all tests. `card`
draws an exhibit beside the right code, `explorer` runs tests on it, and `matrix` draws which tests fail on which code.
The package does not store which test catches which exhibit. The code runs the tests to find out.
"""

from typing import Any

from .answers import EXHIBITS, TESTS, check_fix, check_matches, find_exhibit, find_test, tests_of
from .card import show_exhibit
from .exhibit import Exhibit, Outcome, ShortTest, run
from .explorer import MuseumExplorer, in_words, museum_explorer
from .kinds import KINDS
from .matrix import show_matrix


def show_tests(*kinds: str) -> None:
    """Print the length, name and requirement of each test for these kinds of code, the shortest test first."""
    for test in sorted((test for kind in kinds for test in tests_of(kind)), key=lambda test: test.length):
        print(f"{test.length:4}  {test.name:21}  {test.asks}")


def show_test(name: str) -> None:
    """Print the code of a test."""
    print(find_test(name).source)


def run_test(name: str, code: Any) -> None:
    """Run the test with this name on `code`, which must be of the kind that the test is for, and print the outcome."""
    print(in_words(code.__name__, run(find_test(name), code)))


__all__ = [
    "EXHIBITS",
    "KINDS",
    "TESTS",
    "Exhibit",
    "MuseumExplorer",
    "Outcome",
    "ShortTest",
    "check_fix",
    "check_matches",
    "find_exhibit",
    "find_test",
    "museum_explorer",
    "run",
    "run_test",
    "show_exhibit",
    "show_matrix",
    "show_test",
    "show_tests",
    "tests_of",
]
