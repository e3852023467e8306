"""Lesson 10: `learning_rate(step, steps, warm_up, rate) -> float` returns the learning rate at a step.

Steps are counted from 0. The rate rises linearly during the warm-up, and then falls along half a cosine.
"""

import math

from .comparison import same_values
from .exercise import Case, Exercise, Mistakes
from .runs import call

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


def _with_factor(step, steps, warm_up, rate, factor, first=None):
    """Return the answer in the warm-up (or another `first`), and after it the rate times factor(t)."""
    if step < warm_up:
        return (first or answer)(step, steps, warm_up, rate)
    return rate * factor((step - warm_up) / (steps - warm_up))


@mistake("the warm-up lasts one step too long, `step <= warm_up`, so it rises above the full rate. Use step < warm_up.")
def one_step_longer(step, steps, warm_up, rate):
    return rate * (step + 1) / warm_up if warm_up > 0 and step <= warm_up else answer(step, steps, warm_up, rate)


@mistake("the warm-up lasts one step too long, `step <= warm_up`. Use step < warm_up, also for warm_up = 0.")
def one_step_longer_always(step, steps, warm_up, rate):
    return rate * (step + 1) / warm_up if step <= warm_up else answer(step, steps, warm_up, rate)


@mistake("there is no warm-up: the cosine is used before step w too, where t is negative. The rate rises to step w.")
def only_the_cosine(step, steps, warm_up, rate):
    return rate * cosine((step - warm_up) / (steps - warm_up))


@mistake("t counts from step 0, so the rate jumps where the warm-up ends. t is 0 at step w: subtract warm_up.")
def t_from_zero(step, steps, warm_up, rate):
    return answer(step, steps, warm_up, rate) if step < warm_up else rate * cosine(step / (steps - warm_up))


@mistake("`rate` is missing in the cosine. Multiply it by the rate.")
def cosine_without_rate(step, steps, warm_up, rate):
    return _with_factor(step, steps, warm_up, rate, lambda t: cosine(t) / rate)


@mistake("`rate` is missing in the warm-up. Multiply by the rate.")
def warm_up_without_rate(step, steps, warm_up, rate):
    return _with_factor(step, steps, warm_up, rate, cosine, lambda *a: (step + 1) / warm_up)


@mistake("π is missing in the cosine. It runs from cos(0) to cos(π).")
def without_pi(step, steps, warm_up, rate):
    return _with_factor(step, steps, warm_up, rate, lambda t: (1 + math.cos(t)) / 2)


@mistake("the rate rises after the warm-up: you take 1 − cos. Use 1 + cos(π · t).")
def one_minus(step, steps, warm_up, rate):
    return _with_factor(step, steps, warm_up, rate, lambda t: cosine(1 - t))


@mistake("you take a sine. Use the cosine, which is 1 where the warm-up ends.")
def sine(step, steps, warm_up, rate):
    return _with_factor(step, steps, warm_up, rate, lambda t: (1 + math.sin(math.pi * t)) / 2)


@mistake("the cosine reaches 0 one step too early, at step steps − 1. t is 1 at step `steps`.")
def ends_early(step, steps, warm_up, rate):
    return (
        answer(step, steps, warm_up, rate)
        if step < warm_up
        else rate * cosine((step - warm_up) / (steps - warm_up - 1))
    )


@mistake("the cosine is one step ahead, with step + 1. t is 0 at step w: (step − warm_up) / (steps − warm_up).")
def one_step_ahead(step, steps, warm_up, rate):
    return answer(step, steps, warm_up, rate) if step < warm_up else answer(step + 1, steps, warm_up, rate)


@mistake("the warm-up has warm_up + 1 steps, so step w − 1 does not have the full rate. Divide by warm_up.")
def slow_warm_up(step, steps, warm_up, rate):
    return rate * (step + 1) / (warm_up + 1) if step < warm_up else answer(step, steps, warm_up, rate)


@mistake("the cosine is squared. Use (1 + cos(π · t)) / 2 as it is.")
def squared_cosine(step, steps, warm_up, rate):
    return _with_factor(step, steps, warm_up, rate, lambda t: cosine(t) ** 2)


@mistake("the rate is constant in the warm-up. Let it rise in a straight line.")
def flat_warm_up(step, steps, warm_up, rate):
    return _with_factor(step, steps, warm_up, rate, cosine, lambda *a: rate)


@mistake("the way down is exponential. The exercise asks for half a cosine.")
def exponential(step, steps, warm_up, rate):
    return _with_factor(step, steps, warm_up, rate, lambda t: math.exp(-t))


@mistake.sign(
    "the warm-up does not rise in equal steps, from rate / warm_up at step 0 to the full rate. Use rate · (step + 1) / "
    "warm_up."
)
def warm_up_curved(attempt):
    """The last step of the warm-up and the steps after it are right, those before are not."""
    steps = range(4, 12)
    values = [attempt(step, 12, 5, 1.0) for step in steps]
    right = [answer(step, 12, 5, 1.0) for step in steps]
    rises = [attempt(step, 12, 5, 1.0) for step in range(5)]
    straight = same_values(rises, [answer(step, 12, 5, 1.0) for step in range(5)])
    return same_values(values, right) and rises == sorted(rises) and not straight


@mistake.sign(
    "it must work without a warm-up too. With warm_up = 0 the cosine begins at step 0: test step < warm_up first."
)
def needs_a_warm_up(attempt):
    steps = range(12)
    right = [answer(step, 12, 5, 1.0) for step in steps]
    without = [call(attempt, (step, 12, 0, 1.0)) for step in steps]
    return same_values([attempt(step, 12, 5, 1.0) for step in steps], right) and not same_values(
        without, [answer(step, 12, 0, 1.0) for step in steps]
    )


@mistake.sign("`//` cuts to whole numbers. Use / for the rate.")
def whole_numbers(attempt):
    """The values for a rate of 1 are whole numbers."""
    values = [attempt(step, 12, 5, 1.0) for step in range(12)]
    return all(value in (0.0, 1.0) for value in values[:5]) or all(value in (0.0, 1.0) for value in values[5:])


@mistake.sign("the rate jumps where the warm-up ends. The cosine begins with the full rate, at step w.", broad=True)
def jumps_anyway(attempt):
    return not same_values(attempt(10, 40, 10, 3.0), 3.0)


@mistake.sign("the cosine does not end at 0. It reaches 0 at step `steps`.", broad=True)
def ends_above(attempt):
    return abs(attempt(40, 40, 10, 3.0)) > 1e-6


@mistake.sign("the way down begins and ends right, but not as half a cosine, rate · (1 + cos(π · t)) / 2.", broad=True)
def other_shape(attempt):
    return not same_values(attempt(17, 40, 10, 3.0), answer(17, 40, 10, 3.0))


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        Case("the first step", (0, 100, 10, 2.0)),
        Case("the middle of the warm-up", (4, 100, 10, 2.0)),
        Case("the last step of the warm-up", (9, 100, 10, 2.0)),
        Case("the first step after it", (10, 100, 10, 2.0)),
        Case("a step on the way down", (31, 100, 10, 3.0)),
        Case("the middle of the way down", (55, 100, 10, 0.002)),
        Case("the last step", (99, 100, 10, 2.0)),
        Case("the first step, without a warm-up", (0, 50, 0, 2.0)),
        Case("a step without a warm-up", (20, 50, 0, 2.0)),
    ),
    mistake.signs,
)
