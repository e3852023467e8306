"""The bug museum of lesson 07: faults of public code, rewritten small, and the short tests that catch them.

`layers` and `others` hold the exhibits, `tests` the tests, `guide` says which belong together, `answers` what a learner
hears, `explorer` shows it.
"""

from . import tests
from .answers import check_fix, check_matches, diagnose_fix
from .explorer import MuseumExplorer
from .guide import EXHIBITS, KINDS, OURS, catching, length, run
from .layers import Layer

__all__ = [
    "EXHIBITS",
    "KINDS",
    "OURS",
    "Layer",
    "MuseumExplorer",
    "catching",
    "check_fix",
    "check_matches",
    "diagnose_fix",
    "length",
    "run",
    "tests",
]
