"""Run one call and say how it ended: handled, refused in words, or failed."""

import re
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path

import pconv_edu

PACKAGE = str(Path(pconv_edu.__file__).parent)
REFUSALS = (ValueError, TypeError, OSError)
# Messages of Python, NumPy, PyTorch, Pillow and OpenCV about their internals.
INTERNAL = re.compile(
    r"broadcast|setting an array element|inhomogeneous|has no attribute|not supported between|unhashable|unpack|"
    r"truth value of an|not iterable|not subscriptable|not callable|could not convert|must be real number|"
    r"string conversion|cannot be interpreted as an integer|DType|ufunc|OpenCV\(|>= 0 && |INTERNAL ASSERT|index out of|"
    r"out of bounds|list indices|slice indices|"
    r"invalid literal|unsupported operand|Expected .*[Tt]ensor|'NoneType'"
)
# A warning of these kinds means that the code did something unintended.
ALARMS = (RuntimeWarning, DeprecationWarning, FutureWarning, SyntaxWarning, ResourceWarning)


@dataclass
class Outcome:
    seed: int
    door: str
    kind: str  # "handled", "ValueError", "TypeError", "OSError" or "failed"
    text: str = ""  # the refusal, or what failed
    call: str = ""


def judge(call, seed):
    """Return the `Outcome` of a call."""
    outcome = lambda kind, text="": Outcome(seed, call.door, kind, text, str(call))  # noqa: E731
    refusal = None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = call.run()
        except REFUSALS as error:
            refusal = error
        except Exception as error:
            return outcome("failed", f"{type(error).__name__}: {error}\n{traceback.format_exc(limit=-4)}")
    alarms = [str(warning.message) for warning in caught if issubclass(warning.category, ALARMS)]
    if alarms:
        return outcome("failed", f"a warning from the inside: {alarms[0]}")
    try:
        call.unchanged()
        if refusal is None:
            call.verify(result)
        else:
            call.refused()
    except AssertionError as error:
        return outcome("failed", f"wrong result: {error}" if refusal is None else f"refused, but {error}")
    if refusal is None:
        return outcome("handled") if call.good is not False else outcome("failed", "should have been refused")
    complaint = complain(refusal, call)
    text = f"{type(refusal).__name__}: {refusal}"
    if complaint:
        return outcome("failed", f"{complaint}: {text}\n{''.join(traceback.format_exception(refusal, limit=-3))}")
    return outcome(next(kind.__name__ for kind in REFUSALS if isinstance(refusal, kind)), text)


def complain(error, call):
    """Return what is wrong with a refusal, or None."""
    text = str(error)
    if call.good:
        return "a good input was refused"
    if len(text) < 15:
        return "the refusal says nothing"
    if INTERNAL.search(text):
        return "the refusal speaks of the inside"
    if call.names and not any(name in text for name in call.names):
        return f"the refusal names none of {', '.join(call.names)}"
    raised_in = traceback.extract_tb(error.__traceback__)[-1].filename
    if not isinstance(error, OSError) and not raised_in.startswith(PACKAGE):
        return f"the refusal comes from {raised_in}"
    return None
