"""Lesson 12: `wilson(chosen, decided) -> (low, high)` computes Wilson's 95 % confidence interval.

The interval is for the proportion of votes for one side, with z = 1.96. `decided` is the number of votes n, and
`chosen` is the number of votes for this side.
"""

import math

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def interval(chosen: int, decided: int, z: float = 1.96) -> tuple[float, float]:
    """Return the lower and the upper end of Wilson's interval."""
    share = chosen / decided
    middle = (share + z**2 / (2 * decided)) / (1 + z**2 / decided)
    half = z / (1 + z**2 / decided) * math.sqrt(share * (1 - share) / decided + z**2 / (4 * decided**2))
    return middle - half, middle + half


def answer(chosen: int, decided: int) -> tuple[float, float]:
    return interval(chosen, decided)


@mistake(
    "you return share ± z·√(share·(1 − share)/n), the normal interval. It is too narrow for few votes, and it can "
    "leave [0, 1]."
)
def normal(chosen, decided):
    share = chosen / decided
    half = 1.96 * math.sqrt(share * (1 - share) / decided)
    return share - half, share + half


@mistake("you cut the normal interval off at 0 and 1. After 5 votes of 5 it would say 100 % to 100 %.")
def clipped(chosen, decided):
    low, high = normal(chosen, decided)
    return max(0, low), min(1, high)


@mistake("z is 1, so the interval covers 68 %. Take z = 1.96.")
def one_deviation(chosen, decided):
    return interval(chosen, decided, 1)


@mistake("z is 1.645, so the interval covers 90 %. Take z = 1.96.")
def of_90_percent(chosen, decided):
    return interval(chosen, decided, 1.645)


@mistake("you do not divide by 1 + z²/n.")
def not_divided(chosen, decided):
    share, z = chosen / decided, 1.96
    half = z * math.sqrt(share * (1 - share) / decided + z**2 / (4 * decided**2))
    return share + z**2 / (2 * decided) - half, share + z**2 / (2 * decided) + half


@mistake("the width is right, but the middle is the share itself. The middle must move towards one half.")
def not_shifted(chosen, decided):
    low, high = interval(chosen, decided)
    return chosen / decided - (high - low) / 2, chosen / decided + (high - low) / 2


@mistake("the middle is right, but the half width is not divided by 1 + z²/n.")
def half_not_divided(chosen, decided):
    share, z = chosen / decided, 1.96
    low, high = interval(chosen, decided)
    half = z * math.sqrt(share * (1 - share) / decided + z**2 / (4 * decided**2))
    return (low + high) / 2 - half, (low + high) / 2 + half


@mistake("you return the interval for the votes that went to the other side.")
def of_the_rest(chosen, decided):
    return interval(decided - chosen, decided)


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        Case("12 of 20 votes", (12, 20)),
        Case("all of 5 votes", (5, 5)),
        Case("none of 8 votes", (0, 8)),
        Case("one vote", (1, 1)),
        Case("1 of 5 votes", (1, 5)),
        Case("many votes", (590, 1000)),
        Case("half of 4 votes", (2, 4)),
    ),
)
