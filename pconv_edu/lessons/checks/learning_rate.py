"""Lesson 10: `learning_rate(step, steps, warm_up, rate) -> float` returns the learning rate at a step.

Steps are counted from 0. The rate rises linearly during the warm-up, and then falls along half a cosine.
"""

import math

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def cosine(along: float) -> float:
    """Return the value of half a cosine that falls from 1 at `along` = 0 to 0 at `along` = 1."""
    return (1 + math.cos(math.pi * along)) / 2


def answer(step: int, steps: int, warm_up: int, rate: float) -> float:
    if step < warm_up:
        return rate * (step + 1) / warm_up
    return rate * cosine((step - warm_up) / (steps - warm_up))


@mistake("the first step has rate 0 and learns nothing. Steps count from 0, so use step + 1.")
def starts_at_zero(step, steps, warm_up, rate):
    return rate * step / warm_up if step < warm_up else answer(step, steps, warm_up, rate)


@mistake(
    "the steps are shifted by one. The first has rate 0 and learns nothing, and the cosine begins one step late. Use "
    "step + 1 on the way up, and step − warm_up on the way down."
)
def starts_at_zero_and_reaches_late(step, steps, warm_up, rate):
    """Start the warm-up at a rate of 0, and evaluate the cosine at `step + 1` instead of at `step`."""
    return starts_at_zero(step, steps, warm_up, rate) if step < warm_up else answer(step + 1, steps, warm_up, rate)


@mistake("there is no warm-up, so the rate begins at the top.")
def no_warm_up(step, steps, warm_up, rate):
    return rate * cosine(step / steps)


@mistake("the cosine counts from step 0, so the rate jumps where the warm-up ends. Count from the end of the warm-up.")
def jumps(step, steps, warm_up, rate):
    """Count the steps of the cosine from 0 instead of from the end of the warm-up, so that the rate jumps there."""
    return answer(step, steps, warm_up, rate) if step < warm_up else rate * cosine(step / steps)


@mistake("the cosine is stretched over all steps, so it does not reach 0. It has steps − warm_up steps.")
def ends_late(step, steps, warm_up, rate):
    return answer(step, steps, warm_up, rate) if step < warm_up else rate * cosine((step - warm_up) / steps)


@mistake("the factor is a bare cosine, which goes below 0. Use (1 + cos(π · t)) / 2.")
def below_zero(step, steps, warm_up, rate):
    if step < warm_up:
        return answer(step, steps, warm_up, rate)
    return rate * math.cos(math.pi * (step - warm_up) / (steps - warm_up))


@mistake("the rate follows a quarter of a cosine, steepest at the end. Use half a cosine, (1 + cos(π · t)) / 2.")
def quarter(step, steps, warm_up, rate):
    if step < warm_up:
        return answer(step, steps, warm_up, rate)
    return rate * math.cos(math.pi / 2 * (step - warm_up) / (steps - warm_up))


@mistake("the rate follows a whole cosine wave, which rises again. Use half of one, from cos(0) to cos(π).")
def whole_wave(step, steps, warm_up, rate):
    if step < warm_up:
        return answer(step, steps, warm_up, rate)
    return rate * cosine(2 * (step - warm_up) / (steps - warm_up))


@mistake("(1 + cos) is not halved, so the rate is twice as high as it should be.")
def not_halved(step, steps, warm_up, rate):
    return answer(step, steps, warm_up, rate) * (1 if step < warm_up else 2)


@mistake("the way down is a straight line. The exercise asks for half a cosine.")
def straight(step, steps, warm_up, rate):
    return answer(step, steps, warm_up, rate) if step < warm_up else rate * (1 - (step - warm_up) / (steps - warm_up))


@mistake("the rate stays at the top. Let it fall along half a cosine.")
def constant(step, steps, warm_up, rate):
    return answer(step, steps, warm_up, rate) if step < warm_up else rate


@mistake("the angle is in degrees. math.cos takes radians, and a half turn is π.")
def degrees(step, steps, warm_up, rate):
    """Use 180 instead of π, as if `math.cos` took degrees."""
    if step < warm_up:
        return answer(step, steps, warm_up, rate)
    return rate * (1 + math.cos(180 * (step - warm_up) / (steps - warm_up))) / 2


@mistake("you return a share of the rate. Multiply it by `rate`.")
def factor_only(step, steps, warm_up, rate):
    return answer(step, steps, warm_up, 1.0)


EXERCISE = Exercise(
    answer,
    mistake.collected,
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
