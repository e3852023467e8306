"""Lesson 10: `learning_rate(step, steps, warm_up, rate) -> float`: up in a line, down along half a cosine."""

import math

from .exercise import Case, Exercise, Mistake


def cosine(along):
    """From 1 at 0 down to 0 at 1."""
    return (1 + math.cos(math.pi * along)) / 2


def answer(step, steps, warm_up, rate):
    if step < warm_up:
        return rate * (step + 1) / warm_up
    return rate * cosine((step - warm_up) / (steps - warm_up))


def starts_at_zero(step, steps, warm_up, rate):
    return rate * step / warm_up if step < warm_up else answer(step, steps, warm_up, rate)


def starts_at_zero_and_reaches_late(step, steps, warm_up, rate):
    """The cosine counts from `step + 1` too."""
    return starts_at_zero(step, steps, warm_up, rate) if step < warm_up else answer(step + 1, steps, warm_up, rate)


def no_warm_up(step, steps, warm_up, rate):
    return rate * cosine(step / steps)


def jumps(step, steps, warm_up, rate):
    """The cosine runs over all steps, so it does not begin where the warm-up ends."""
    return answer(step, steps, warm_up, rate) if step < warm_up else rate * cosine(step / steps)


def ends_late(step, steps, warm_up, rate):
    return answer(step, steps, warm_up, rate) if step < warm_up else rate * cosine((step - warm_up) / steps)


def below_zero(step, steps, warm_up, rate):
    if step < warm_up:
        return answer(step, steps, warm_up, rate)
    return rate * math.cos(math.pi * (step - warm_up) / (steps - warm_up))


def quarter(step, steps, warm_up, rate):
    if step < warm_up:
        return answer(step, steps, warm_up, rate)
    return rate * math.cos(math.pi / 2 * (step - warm_up) / (steps - warm_up))


def whole_wave(step, steps, warm_up, rate):
    if step < warm_up:
        return answer(step, steps, warm_up, rate)
    return rate * cosine(2 * (step - warm_up) / (steps - warm_up))


def not_halved(step, steps, warm_up, rate):
    return answer(step, steps, warm_up, rate) * (1 if step < warm_up else 2)


def straight(step, steps, warm_up, rate):
    return answer(step, steps, warm_up, rate) if step < warm_up else rate * (1 - (step - warm_up) / (steps - warm_up))


def constant(step, steps, warm_up, rate):
    return answer(step, steps, warm_up, rate) if step < warm_up else rate


def degrees(step, steps, warm_up, rate):
    """180 instead of π."""
    if step < warm_up:
        return answer(step, steps, warm_up, rate)
    return rate * (1 + math.cos(180 * (step - warm_up) / (steps - warm_up))) / 2


def factor_only(step, steps, warm_up, rate):
    return answer(step, steps, warm_up, 1.0)


EXERCISE = Exercise(
    answer,
    (
        Mistake("the first step has rate 0 and learns nothing: with steps from 0, use step + 1.", starts_at_zero),
        Mistake(
            "the steps are shifted by one: the first has rate 0 and learns nothing, and the cosine begins a step late. "
            "Use step + 1 on the way up, and step − warm_up on the way down.",
            starts_at_zero_and_reaches_late,
        ),
        Mistake("there is no warm-up: the rate begins at the top.", no_warm_up),
        Mistake(
            "the cosine counts from step 0, so the rate jumps where the warm-up ends: count from there.",
            jumps,
        ),
        Mistake("the cosine is as long as all steps, so it does not reach 0: it has steps − warm_up.", ends_late),
        Mistake("it is a bare cosine, which goes below 0: take (1 + cos) / 2.", below_zero),
        Mistake("it is a quarter of a cosine, steepest at the end: half a cosine, (1 + cos(π …)) / 2.", quarter),
        Mistake("it is a whole wave, which rises again: half of one, from cos 0 to cos π.", whole_wave),
        Mistake("(1 + cos) is not halved: the rate is twice as high as asked for.", not_halved),
        Mistake("the way down is a straight line: half a cosine is asked for.", straight),
        Mistake("the rate stays up: let it fall along half a cosine.", constant),
        Mistake("the angle is in degrees: math.cos wants radians, π for a half turn.", degrees),
        Mistake("you return the share of the rate: multiply it by `rate`.", factor_only),
    ),
    (
        Case("the first step", (0, 100, 10, 2.0)),
        Case("the middle of the warm-up", (4, 100, 10, 2.0)),
        Case("the last step of the warm-up", (9, 100, 10, 2.0)),
        Case("the first step after it", (10, 100, 10, 2.0)),
        Case("a step on the way down", (31, 100, 10, 2.0)),
        Case("the middle of the way down", (55, 100, 10, 0.002)),
        Case("the last step", (99, 100, 10, 2.0)),
    ),
)
