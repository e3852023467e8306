"""Lesson 07: the bug museum. Faults found in public code, rewritten in a few lines each, and the tests that catch them.

`exhibits` has the four rooms, one file each. `short_tests` has the tests. `kinds` says what code of each kind must
return, and names the course's own code, which passes them all. Which test catches which exhibit is always computed by
running it, never stored.
"""

from typing import Any

from .answers import EXHIBITS, TESTS, check_fix, check_matches, find_exhibit, find_test, tests_of
from .exhibit import Exhibit, Outcome, ShortTest, run
from .explorer import MuseumExplorer, in_words, museum_explorer
from .kinds import KINDS


def show_tests(*kinds: str) -> None:
    """Print the tests for code of these kinds, shortest first: length, name, and what the test asks for."""
    for test in sorted((test for kind in kinds for test in tests_of(kind)), key=lambda test: test.length):
        print(f"{test.length:4}  {test.name:21}  {test.asks}")


def show_test(name: str) -> None:
    """Print the code of a test."""
    print(find_test(name).source)


def run_test(name: str, code: Any) -> None:
    """Run the test of that name on code of its kind, and print the outcome."""
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
    "show_test",
    "show_tests",
    "tests_of",
]
