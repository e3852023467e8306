"""Lesson 10: `learning_rate(step, steps, warm_up, rate) -> float`: up in a line, down along half a cosine."""

import math

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def cosine(along):
    """From 1 at 0 down to 0 at 1."""
    return (1 + math.cos(math.pi * along)) / 2


def answer(step, steps, warm_up, rate):
    if step < warm_up:
        return rate * (step + 1) / warm_up
    return rate * cosine((step - warm_up) / (steps - warm_up))


@mistake("the first step has rate 0 and learns nothing: with steps from 0, use step + 1.")
def starts_at_zero(step, steps, warm_up, rate):
    return rate * step / warm_up if step < warm_up else answer(step, steps, warm_up, rate)


@mistake(
    "the steps are shifted by one: the first has rate 0 and learns nothing, and the cosine begins a step late. Use "
    "step + 1 on the way up, and step − warm_up on the way down."
)
def starts_at_zero_and_reaches_late(step, steps, warm_up, rate):
    """The cosine counts from `step + 1` too."""
    return starts_at_zero(step, steps, warm_up, rate) if step < warm_up else answer(step + 1, steps, warm_up, rate)


@mistake("there is no warm-up: the rate begins at the top.")
def no_warm_up(step, steps, warm_up, rate):
    return rate * cosine(step / steps)


@mistake("the cosine counts from step 0, so the rate jumps where the warm-up ends: count from there.")
def jumps(step, steps, warm_up, rate):
    """The cosine runs over all steps, so it does not begin where the warm-up ends."""
    return answer(step, steps, warm_up, rate) if step < warm_up else rate * cosine(step / steps)


@mistake("the cosine is as long as all steps, so it does not reach 0: it has steps − warm_up.")
def ends_late(step, steps, warm_up, rate):
    return answer(step, steps, warm_up, rate) if step < warm_up else rate * cosine((step - warm_up) / steps)


@mistake("it is a bare cosine, which goes below 0: take (1 + cos) / 2.")
def below_zero(step, steps, warm_up, rate):
    if step < warm_up:
        return answer(step, steps, warm_up, rate)
    return rate * math.cos(math.pi * (step - warm_up) / (steps - warm_up))


@mistake("it is a quarter of a cosine, steepest at the end: half a cosine, (1 + cos(π …)) / 2.")
def quarter(step, steps, warm_up, rate):
    if step < warm_up:
        return answer(step, steps, warm_up, rate)
    return rate * math.cos(math.pi / 2 * (step - warm_up) / (steps - warm_up))


@mistake("it is a whole wave, which rises again: half of one, from cos 0 to cos π.")
def whole_wave(step, steps, warm_up, rate):
    if step < warm_up:
        return answer(step, steps, warm_up, rate)
    return rate * cosine(2 * (step - warm_up) / (steps - warm_up))


@mistake("(1 + cos) is not halved: the rate is twice as high as asked for.")
def not_halved(step, steps, warm_up, rate):
    return answer(step, steps, warm_up, rate) * (1 if step < warm_up else 2)


@mistake("the way down is a straight line: half a cosine is asked for.")
def straight(step, steps, warm_up, rate):
    return answer(step, steps, warm_up, rate) if step < warm_up else rate * (1 - (step - warm_up) / (steps - warm_up))


@mistake("the rate stays up: let it fall along half a cosine.")
def constant(step, steps, warm_up, rate):
    return answer(step, steps, warm_up, rate) if step < warm_up else rate


@mistake("the angle is in degrees: math.cos wants radians, π for a half turn.")
def degrees(step, steps, warm_up, rate):
    """180 instead of π."""
    if step < warm_up:
        return answer(step, steps, warm_up, rate)
    return rate * (1 + math.cos(180 * (step - warm_up) / (steps - warm_up))) / 2


@mistake("you return the share of the rate: multiply it by `rate`.")
def factor_only(step, steps, warm_up, rate):
    return answer(step, steps, warm_up, 1.0)


EXERCISE = Exercise(
    answer,
    mistake.all,
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
