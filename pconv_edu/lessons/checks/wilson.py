"""Lesson 12: `wilson(chosen, decided) -> (low, high)` computes Wilson's 95 % confidence interval.

The interval is for the proportion of votes for one side, with z = 1.96. `decided` is the number of votes n, and
`chosen` is the number of votes for this side.
"""

import math

from .comparison import same_values
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


@mistake("z is 2.576, so the interval covers 99 %. Take z = 1.96.")
def of_99_percent(chosen, decided):
    return interval(chosen, decided, 2.576)


@mistake("z is 2. Take z = 1.96.")
def rounded_z(chosen, decided):
    return interval(chosen, decided, 2)


@mistake("z stands where z² belongs. Square it.")
def z_not_squared(chosen, decided):
    return interval(chosen, decided, math.sqrt(1.96))


def _built(chosen, decided, shift=1.0, inner=1.0, variance=1.0, outer=1.96, share=None):
    """Return the interval with parts of the formula multiplied by factors: z²/2n, z²/4n², share · (1 − share)/n, z."""
    n, z = decided, 1.96
    share = chosen / n if share is None else share
    middle = share + shift * z**2 / (2 * n)
    half = outer * math.sqrt(variance * share * (1 - share) / n + inner * z**2 / (4 * n * n))
    return (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)


@mistake("z²/(4n) stands under the root. It is z²/(4n²).")
def one_n_missing(chosen, decided):
    return _built(chosen, decided, inner=decided)


@mistake("z²/(4n²) is missing under the root.")
def inner_missing(chosen, decided):
    return _built(chosen, decided, inner=0)


@mistake("z is missing before the root.")
def outer_missing(chosen, decided):
    return _built(chosen, decided, outer=1)


@mistake("share · (1 − share) is not divided by n.")
def variance_not_divided(chosen, decided):
    return _built(chosen, decided, variance=decided)


@mistake("share · (1 − share) is divided by n − 1, which is 0 for one vote. Divide by n.")
def sample_variance(chosen, decided):
    return _built(chosen, decided, variance=decided / (decided - 1))


@mistake(
    "2 votes of 4 are added to the share, as in Agresti's interval, and Wilson's correction again. Use chosen / n."
)
def corrected_twice(chosen, decided):
    return interval((chosen + 2) / (decided + 4) * decided, decided)


@mistake("you return Agresti's interval, with 2 votes of 4 added. The exercise asks for Wilson's.")
def agresti(chosen, decided):
    n, share = decided + 4, (chosen + 2) / (decided + 4)
    half = 1.96 * math.sqrt(share * (1 - share) / n)
    return share - half, share + half


@mistake("the root is missing.")
def no_root(chosen, decided):
    n, z, share = decided, 1.96, chosen / decided
    half = z * (share * (1 - share) / n + z * z / (4 * n * n))
    return (share + z * z / (2 * n) - half) / (1 + z * z / n), (share + z * z / (2 * n) + half) / (1 + z * z / n)


@mistake("z²/(2n) is missing in the middle, so it does not move towards one half.")
def shift_missing(chosen, decided):
    return _built(chosen, decided, shift=0)


@mistake("you return the middle and the half width. Return the ends, middle − half and middle + half.")
def middle_and_half(chosen, decided):
    low, high = answer(chosen, decided)
    return (low + high) / 2, (high - low) / 2


@mistake("you return the lower end and the width. Return both ends.")
def end_and_width(chosen, decided):
    low, high = answer(chosen, decided)
    return low, high - low


def _quadratic(chosen, decided):
    """Return a, b and c of the equation a p² + b p + c = 0, whose solutions are the ends."""
    share, square = chosen / decided, 1.96**2 / decided
    return 1 + square, -2 * share - square, share**2


@mistake("the brackets are missing in the solution: / 2 * a multiplies by a. Divide by (2 * a).")
def without_brackets(chosen, decided):
    a = _quadratic(chosen, decided)[0]
    low, high = answer(chosen, decided)
    return low * a * a, high * a * a


@mistake("the 4 is missing under the root of the solution, b² − 4ac.")
def four_missing(chosen, decided):
    a, b, c = _quadratic(chosen, decided)
    root = math.sqrt(b * b - a * c)
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


@mistake("both ends have the wrong sign. The middle term of the quadratic is −(2 · share + z²/n).")
def sign_of_b(chosen, decided):
    low, high = answer(chosen, decided)
    return -high, -low


@mistake("`//` cuts the share to a whole number. Use chosen / decided.")
def whole_share(chosen, decided):
    return _built(chosen, decided, share=chosen // decided)


@mistake("`chosen` is used as the share. The share is chosen / decided.")
def number_as_share(chosen, decided):
    return _built(chosen, decided, share=chosen)


@mistake("the fraction is upside down, decided / chosen. The share is chosen / decided.")
def upside_down(chosen, decided):
    return _built(chosen, decided, share=decided / chosen)


@mistake("the ends are in per cent. Return shares from 0 to 1.")
def in_per_cent(chosen, decided):
    low, high = answer(chosen, decided)
    return 100 * low, 100 * high


@mistake("z²/n stands where z²/(2n) belongs, in the middle. It must move towards one half.")
def shift_not_halved(chosen, decided):
    low, high = answer(chosen, decided)
    more = 1.96**2 / (2 * decided) / (1 + 1.96**2 / decided)
    return low + more, high + more


@mistake("you take the width of the share 1/2, z · √(0.25/n), about the share. Wilson's interval depends on the share.")
def widest(chosen, decided):
    half = 1.96 * math.sqrt(0.25 / decided)
    return chosen / decided - half, chosen / decided + half


@mistake.sign(
    "the interval is symmetric about the share, as the normal interval is. Wilson's middle moves to 1/2.", broad=True
)
def about_the_share(attempt):
    return _centre(attempt, lambda chosen, decided: chosen / decided)


@mistake.sign(
    "the middle is right, and the width is not: z · √(share · (1 − share)/n + z²/(4n²)) / (1 + z²/n).", broad=True
)
def width_wrong(attempt):
    return _centre(attempt, lambda *votes: sum(answer(*votes)) / 2)


@mistake.sign("the middle is not divided by 1 + z²/n. Divide the middle and the half width.", broad=True)
def middle_not_divided(attempt):
    return _centre(attempt, lambda chosen, decided: (chosen + 1.96**2 / 2) / decided)


@mistake.sign("the width is right, and the middle is not: (share + z²/(2n)) / (1 + z²/n).", broad=True)
def middle_wrong(attempt):
    widths = [attempt(*votes)[1] - attempt(*votes)[0] for votes in VOTES]
    return same_values(widths, [answer(*votes)[1] - answer(*votes)[0] for votes in VOTES])


@mistake.sign(
    "the interval is wider than Wilson's, as an exact or corrected one is. Use the equation of the lesson.", broad=True
)
def too_wide(attempt):
    return all(
        attempt(*v)[0] <= answer(*v)[0] and attempt(*v)[1] >= answer(*v)[1] and attempt(*v)[0] >= 0 for v in VOTES
    )


VOTES = ((12, 20), (3, 8), (590, 1000), (2, 7))


def _centre(attempt, middle):
    """Return True if the middle of the attempt's interval is middle(chosen, decided), for several votes."""
    return all(same_values(sum(attempt(*votes)) / 2, middle(*votes)) for votes in VOTES)


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
    mistake.signs,
)
