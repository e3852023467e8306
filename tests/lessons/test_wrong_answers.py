"""Checks name at least 75 % of independently written wrong answers, misname none, pass none, and refuse no right one.

The answers are in the folder `wrong_answers`, one module for each exercise.
"""

import functools
import importlib
import itertools
import linecache
import math
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from pconv_edu.lessons.checks import diagnose, exercise_names, load_exercise

NUMBERS = itertools.count()


def compiled(source: str) -> Callable[..., Any]:
    """Return the function `f` of a source, whose lines a traceback can show, as those of a notebook's cell."""
    name = f"<cell {next(NUMBERS)}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    namespace: dict[str, Any] = {"np": np, "torch": torch, "F": F, "math": math}
    exec(compile(source, name, "exec"), namespace)
    return namespace["f"]


def changed(right: dict[str, str], style: str, old: str, new: str) -> str:
    """Return the source of a wrong answer: the right one of a style with `old` replaced, or `new` alone."""
    if not old:
        return new
    assert old in right[style], (style, old)
    return right[style].replace(old, new)


def answers(name: str) -> Any:
    """Return the module with the answers to an exercise."""
    return importlib.import_module(f"{__package__}.wrong_answers.{name}")


def judged(name: str, source: str, expected: str) -> tuple[str, str]:
    """Return how the check treats a wrong answer ("named", "unnamed", "misled" or "passed"), and its message."""
    diagnosis = diagnose(load_exercise(name), compiled(source))
    if diagnosis.kind == "right":
        return "passed", diagnosis.text
    if re.search(expected, diagnosis.text, re.I | re.S):
        return "named", diagnosis.text
    claims = diagnosis.kind == "mistake" or "This is what you get when" in diagnosis.text
    return "misled" if claims else "unnamed", diagnosis.text


@functools.cache
def verdicts(name: str) -> list[tuple[str, str, str]]:
    """Return the verdict, the source and the message for every wrong answer of an exercise."""
    module = answers(name)
    sources = [(changed(module.RIGHT, *entry[:3]), entry[3]) for entry in module.WRONG]
    return [
        (verdict, source, text) for source, expected in sources for verdict, text in [judged(name, source, expected)]
    ]


@pytest.mark.parametrize("name", exercise_names())
def test_wrong_answers_of_every_style_are_named(name):
    found = verdicts(name)
    counts = Counter(verdict for verdict, _, _ in found)
    for verdict in ("passed", "misled"):
        assert not counts[verdict], next(f"{source}\n{text}" for v, source, text in found if v == verdict)
    assert len(found) >= 25 and counts["named"] >= 0.75 * len(found), counts


@pytest.mark.parametrize("name", exercise_names())
def test_messages_are_short(name):
    assert max(len(text.splitlines()) for _, _, text in verdicts(name)) <= 25


@pytest.mark.parametrize("name", exercise_names())
def test_right_answers_of_every_style_pass(name):
    right = answers(name).RIGHT
    assert len(right) >= 3
    for style, source in right.items():
        diagnosis = diagnose(load_exercise(name), compiled(source))
        assert diagnosis.kind == "right", f"{style}: {diagnosis.text}"
