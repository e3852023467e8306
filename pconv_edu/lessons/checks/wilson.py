"""Lesson 12: the 95 % interval of a share by Wilson, `wilson(chosen, decided) -> (low, high)`, z = 1.96."""

import math

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def interval(chosen, decided, z=1.96):
    share = chosen / decided
    middle = (share + z**2 / (2 * decided)) / (1 + z**2 / decided)
    half = z / (1 + z**2 / decided) * math.sqrt(share * (1 - share) / decided + z**2 / (4 * decided**2))
    return middle - half, middle + half


def answer(chosen, decided):
    return interval(chosen, decided)


@mistake(
    "it is share ± z·√(share·(1 − share)/n), the normal interval: for few votes it is too narrow, and it can leave [0, "
    "1]."
)
def normal(chosen, decided):
    share = chosen / decided
    half = 1.96 * math.sqrt(share * (1 - share) / decided)
    return share - half, share + half


@mistake("the normal interval is cut off at 0 and 1: after 5 votes of 5 it would say 100 % to 100 %.")
def clipped(chosen, decided):
    low, high = normal(chosen, decided)
    return max(0, low), min(1, high)


@mistake("z is 1, so that the interval holds 68 %: take z = 1.96.")
def one_deviation(chosen, decided):
    return interval(chosen, decided, 1)


@mistake("z is 1.645, so that the interval holds 90 %: take z = 1.96.")
def of_90_percent(chosen, decided):
    return interval(chosen, decided, 1.645)


@mistake("nothing is divided by 1 + z²/n.")
def not_divided(chosen, decided):
    share, z = chosen / decided, 1.96
    half = z * math.sqrt(share * (1 - share) / decided + z**2 / (4 * decided**2))
    return share + z**2 / (2 * decided) - half, share + z**2 / (2 * decided) + half


@mistake("the width is right and the middle is the share itself: it must move towards one half.")
def not_shifted(chosen, decided):
    low, high = interval(chosen, decided)
    return chosen / decided - (high - low) / 2, chosen / decided + (high - low) / 2


@mistake("the middle is right and the half width is not divided by 1 + z²/n.")
def half_not_divided(chosen, decided):
    share, z = chosen / decided, 1.96
    low, high = interval(chosen, decided)
    half = z * math.sqrt(share * (1 - share) / decided + z**2 / (4 * decided**2))
    return (low + high) / 2 - half, (low + high) / 2 + half


@mistake("it is the share of the votes for the other one.")
def of_the_rest(chosen, decided):
    return interval(decided - chosen, decided)


EXERCISE = Exercise(
    answer,
    mistake.all,
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
