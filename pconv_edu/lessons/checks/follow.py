"""Lesson 10: `follow(slow, fast, keep) -> the new slow` computes a running average of weights.

Both `slow` and `fast` are lists of tensors.
"""

import torch

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def answer(slow: list[torch.Tensor], fast: list[torch.Tensor], keep: float) -> list[torch.Tensor]:
    return [keep * s + (1 - keep) * f if s.is_floating_point() else f.clone() for s, f in zip(slow, fast, strict=True)]


@mistake("`keep` is used as the share of `fast`. It is the share of `slow`.")
def turned_round(slow, fast, keep):
    return answer(slow, fast, 1 - keep)


@mistake("the counter is averaged. Copy whole numbers from `fast`.")
def counters_averaged(slow, fast, keep):
    return [keep * s + (1 - keep) * f for s, f in zip(slow, fast, strict=True)]


@mistake("the counter is averaged and then cut to a whole number. Copy whole numbers from `fast`.")
def counters_averaged_and_cut(slow, fast, keep):
    return [(keep * s + (1 - keep) * f).to(s.dtype) for s, f in zip(slow, fast, strict=True)]


@mistake("the counter stays as it was. Copy whole numbers from `fast`.")
def counters_left(slow, fast, keep):
    return [keep * s + (1 - keep) * f if s.is_floating_point() else s for s, f in zip(slow, fast, strict=True)]


@mistake("all of `fast` is added. Multiply it by 1 − keep, or the weights grow without end.")
def not_scaled(slow, fast, keep):
    return [keep * s + f if s.is_floating_point() else f for s, f in zip(slow, fast, strict=True)]


@mistake("all of `slow` is kept. Multiply it by keep, or the weights grow without end.")
def slow_not_scaled(slow, fast, keep):
    return [s + (1 - keep) * f if s.is_floating_point() else f for s, f in zip(slow, fast, strict=True)]


@mistake("both get the same share. `slow` gets keep, and `fast` gets 1 − keep.")
def plain_mean(slow, fast, keep):
    return answer(slow, fast, 0.5)


@mistake("you return `fast`, so nothing is averaged.")
def only_fast(slow, fast, keep):
    return fast


@mistake("you return `slow`, so it never moves.")
def only_slow(slow, fast, keep):
    return slow


@mistake("tensors with one axis are copied. Biases and the numbers of batch norm must be averaged too.")
def only_weights(slow, fast, keep):
    """Copy tensors with one axis, such as biases and the parameters of batch norm, instead of averaging them."""
    return [
        keep * s + (1 - keep) * f if s.is_floating_point() and s.ndim > 1 else f
        for s, f in zip(slow, fast, strict=True)
    ]


@mistake("you return only the first tensor. Return one for each tensor of `slow`.")
def one_tensor(slow, fast, keep):
    return answer(slow, fast, keep)[:1]


@mistake("keep is subtracted, because the brackets are missing. Write (1 - keep) * fast.")
def without_brackets(slow, fast, keep):
    return [keep * s + f * 1 - keep if s.is_floating_point() else f for s, f in zip(slow, fast, strict=True)]


@mistake("the share of `fast` is subtracted. Add it.")
def subtracted(slow, fast, keep):
    return [keep * s - (1 - keep) * f if s.is_floating_point() else f for s, f in zip(slow, fast, strict=True)]


@mistake("you return only the change. Add it to `slow`.")
def change_only(slow, fast, keep):
    return [(1 - keep) * (f - s) if s.is_floating_point() else f for s, f in zip(slow, fast, strict=True)]


@mistake("the average is halved. keep and 1 − keep sum to 1 already.")
def halved(slow, fast, keep):
    return [(keep * s + (1 - keep) * f) / 2 if s.is_floating_point() else f for s, f in zip(slow, fast, strict=True)]


@mistake("the two counters are added. Copy whole numbers from `fast`.")
def counters_added(slow, fast, keep):
    return [keep * s + (1 - keep) * f if s.is_floating_point() else s + f for s, f in zip(slow, fast, strict=True)]


@mistake("the counter is missing. Return one tensor for each tensor of `slow`.")
def counters_missing(slow, fast, keep):
    return [keep * s + (1 - keep) * f for s, f in zip(slow, fast, strict=True) if s.is_floating_point()]


@mistake("you return a tensor, the first, and not a list. Return one for each tensor of `slow`.")
def bare_tensor(slow, fast, keep):
    return answer(slow, fast, keep)[0]


@mistake("the tensors are in reverse order. Return them in the order of `slow`.")
def reverse_order(slow, fast, keep):
    return answer(slow, fast, keep)[::-1]


def _tensors(seed, count):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(2, 3, generator=generator), torch.randn(3, generator=generator), torch.tensor(count)]


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        Case("keep 0.9", (_tensors(0, 41), _tensors(1, 42), 0.9)),
        Case("keep 0.25", (_tensors(2, 0), _tensors(3, 8), 0.25)),
        Case("keep 1: nothing moves but the counter", (_tensors(4, 5), _tensors(5, 6), 1.0)),
        Case("keep 0: a copy", (_tensors(6, 5), _tensors(7, 6), 0.0)),
    ),
    mistake.signs,
)
