"""Describe an exception that a learner's code raised: the line in their code, and what the message means."""

import re
import sysconfig
import traceback
from pathlib import Path

HINTS = (
    (
        r"truth value of an (empty )?array|Boolean value of Tensor",
        "`and`, `or`, `not`, `if` and a < x < b need one True or False. Combine arrays of conditions with &, | and ~, "
        "each comparison in brackets: (a < x) & (x < b). `.any()` and `.all()` are for a question about the whole "
        "array.",
    ),
    (
        r"'bitwise_\w+' not supported|unsupported operand type\(s\) for [&|]|boolean index did not match.*scalar",
        "& and | bind more strongly than comparisons. Put each comparison in brackets: (a > 0) & (b > 0).",
    ),
    (r"unary ~|'invert' not supported|bitwise_not|ufunc.*invert", "~ inverts bools. Compare first: ~(x > 0)."),
    (r"boolean subtract|Subtraction, the `-` operator, with (a|two) bool", "Bools cannot be subtracted. Use ~ and &."),
    (r"math domain error|nonnegative input", "A root of a number below 0. Print the number before that line."),
    (r"division by zero", "The divisor is 0 in this case. Test for it first."),
    (r"empty|zero-size", "Something is empty in this case. Test for it first."),
    (
        r"broadcast|must match|must agree|mismatch|shapes? .*(not aligned|invalid)|cannot be multiplied|expected input",
        "Two shapes do not fit. Print them before that line.",
    ),
    (r"out of bounds|out of range", "An index leaves the array. Rows and columns, or sizes, may be mixed up."),
    (r"requires_grad|requires grad", "The tensor records gradients. Use .detach() where none are needed."),
    (r"positional argument", "The function must take the arguments of the exercise, in their order."),
)


def line_of(error: Exception) -> str | None:
    """Return the number and the text of the learner's line that raised the exception, or None if there is none.

    This is the last line on the way to the error that belongs neither to a library nor to this package.
    """
    own = str(Path(__file__).resolve().parents[3] / "pconv_edu")
    libraries = {own, *(sysconfig.get_path(kind) for kind in ("stdlib", "platstdlib", "purelib", "platlib"))}
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.line and not frame.filename.startswith(("<frozen", "<__array", *libraries)):
            return f"line {frame.lineno}: {frame.line.strip()}"
    return None


def hint_for(error: Exception) -> str | None:
    """Return what the message of an exception usually means, or None if it says enough."""
    message = str(error)
    return next((hint for pattern, hint in HINTS if re.search(pattern, message, re.I)), None)


def described(error: Exception) -> str:
    """Return the first lines of an exception's message, with the learner's line, and a hint if there is one."""
    message = "\n".join(f"  {line[:150]}" for line in str(error).strip().splitlines()[:3])
    line, hint = line_of(error), hint_for(error)
    return "\n".join(filter(None, [message, f"  in your {line[:150]}" if line else "", hint]))
