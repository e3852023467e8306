"""Some hundred random inputs for the public functions, always the same ones, and tests of the fuzz itself."""

import re
import sys
import warnings

import numpy as np
import pytest

from pconv_edu import core

from . import __main__ as command
from . import doors, file_doors  # noqa: F401 -- the second adds its functions to the first's DOORS
from .arrays import snapshot
from .case import run_case
from .given import Call, Given
from .judge import REFUSALS, Outcome, judge
from .misbehave import misbehave
from .pool import run_cases


def test_every_input_is_handled_or_refused_in_words():
    outcomes = list(run_cases(range(400), run_case, workers=1))
    failed = [outcome for outcome in outcomes if outcome.kind == "failed"]
    advice = "see one again: python -m tests.fuzz --case SEED"
    assert not failed, "\n\n".join([advice, *(f"{case.seed}: {case.call}\n{case.text}" for case in failed)])
    assert {outcome.door for outcome in outcomes} == set(doors.DOORS)
    handled = sum(outcome.kind == "handled" for outcome in outcomes)
    assert 0.25 < handled / len(outcomes) < 0.75  # most is neither all right nor all wrong


def test_a_case_is_the_same_again():
    def described(seed):
        outcome = run_case(seed)
        return outcome.kind, re.sub(r"fuzz-\w+|0x[0-9a-fA-F]+", "…", outcome.call)

    for seed in range(30):
        assert described(seed) == described(seed)


def call_of(function, good=True, **changes):
    """A call with one argument, an array of ones."""
    array = np.ones((3, 3))
    given = {"mask": Given(array, "<ones>", good)}
    return Call("door", function, given, **{"verify": lambda _: None, "names": ("mask",)} | changes)


def refuse_in(text):
    def refuse(mask):
        raise ValueError(text)

    return refuse


def change(mask):
    mask[0] = 0


def warn(mask):
    warnings.warn("overflow encountered in square", RuntimeWarning, stacklevel=1)


def fail(_):
    raise AssertionError("it is 3")


LEFT_BEHIND = {"refused": lambda: fail(None)}


@pytest.mark.parametrize(
    "call, says",
    [
        (call_of(lambda mask: mask.nothing), "AttributeError"),
        (call_of(lambda mask: {}[3]), "KeyError"),
        (call_of(lambda mask: np.empty(2**60)), "MemoryError"),
        (call_of(core.hole_ratio, verify=fail), "wrong result: it is 3"),
        (call_of(core.hole_ratio, good=False), "should have been refused"),
        (call_of(change, unchanged=lambda: None, verify=lambda _: None, good=False), "should have been refused"),
        (call_of(warn), "a warning from the inside: overflow"),
        (call_of(refuse_in("the mask has no hole at all")), "a good input was refused"),
        (call_of(refuse_in(""), good=False), "says nothing"),
        (call_of(refuse_in("operands could not be broadcast together, mask"), good=False), "speaks of the inside"),
        (call_of(refuse_in("something about it is not right"), good=False), "names none of mask"),
        (call_of(refuse_in("the mask has no hole at all"), good=False), "comes from"),
        (call_of(lambda mask: core.hole_ratio(3), good=False, **LEFT_BEHIND), "refused, but it is 3"),
    ],
)
def test_the_judge_sees_what_is_wrong(call, says):
    outcome = judge(call, 5)
    assert (outcome.seed, outcome.door, outcome.kind) == (5, "door", "failed") and says in outcome.text


def test_the_judge_sees_what_is_right():
    assert judge(call_of(core.hole_ratio), 1).kind == "handled"
    assert judge(call_of(core.hole_ratio, good=None), 1).kind == "handled"
    assert judge(call_of(lambda mask: core.hole_ratio(3 * mask), good=False), 1).kind == "ValueError"
    assert judge(call_of(lambda mask: core.hole_ratio("no mask"), good=None), 1).kind == "TypeError"


@pytest.mark.parametrize("value", [np.nan, -0.0, 1.0])
def test_a_changed_input_is_seen(value):
    array = np.array([0.0, 0.5])
    check = snapshot(array)
    check()
    array[0] = value
    with pytest.raises(AssertionError, match="changed"):
        check()


def test_a_crash_and_a_hang_are_named_and_the_others_run_on():
    outcomes = {outcome.seed: outcome for outcome in run_cases(range(6), misbehave, workers=1, timeout=1)}
    assert [outcomes[seed].kind for seed in range(6)] == ["handled", "failed", "failed", "failed", "handled", "handled"]
    assert "crashed, exit status 3" in outcomes[1].text
    assert "crashed" in outcomes[2].text and "what was printed before" in outcomes[2].text
    assert "did not end within 1 s" in outcomes[3].text


def test_the_command_shows_a_case_and_counts(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["fuzz", "--case", "2"])
    assert command.main() is False
    assert run_case(2).kind in capsys.readouterr().out
    kinds = ["handled", "handled", *(kind.__name__ for kind in REFUSALS), "failed"]
    lines = command.table([Outcome(0, "here", kind) for kind in kinds] + [Outcome(0, "there", "failed")]).split("\n")
    assert lines[0].split() == ["door", "cases", "handled", "ValueError", "TypeError", "OSError", "failed"]
    assert [line.split() for line in lines[1:]] == [
        ["here", "6", "2", "1", "1", "1", "1"],
        ["there", "1", "0", "0", "0", "0", "1"],
        ["all", "7", "2", "1", "1", "1", "2"],
    ]
