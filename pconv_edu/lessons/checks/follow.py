"""Lesson 10: `follow(slow, fast, keep)`: two lists of tensors -> the list that is `slow`, moved towards `fast`."""

import torch

from .exercise import Case, Exercise, Mistake


def answer(slow, fast, keep):
    return [keep * s + (1 - keep) * f if s.is_floating_point() else f.clone() for s, f in zip(slow, fast, strict=True)]


def turned_round(slow, fast, keep):
    return answer(slow, fast, 1 - keep)


def counters_averaged(slow, fast, keep):
    return [keep * s + (1 - keep) * f for s, f in zip(slow, fast, strict=True)]


def counters_averaged_and_cut(slow, fast, keep):
    return [(keep * s + (1 - keep) * f).to(s.dtype) for s, f in zip(slow, fast, strict=True)]


def counters_left(slow, fast, keep):
    return [keep * s + (1 - keep) * f if s.is_floating_point() else s for s, f in zip(slow, fast, strict=True)]


def not_scaled(slow, fast, keep):
    return [keep * s + f if s.is_floating_point() else f for s, f in zip(slow, fast, strict=True)]


def slow_not_scaled(slow, fast, keep):
    return [s + (1 - keep) * f if s.is_floating_point() else f for s, f in zip(slow, fast, strict=True)]


def plain_mean(slow, fast, keep):
    return answer(slow, fast, 0.5)


def only_fast(slow, fast, keep):
    return fast


def only_slow(slow, fast, keep):
    return slow


def only_weights(slow, fast, keep):
    """Tensors with one axis, which are biases and batch norm's, are copied."""
    return [
        keep * s + (1 - keep) * f if s.is_floating_point() and s.ndim > 1 else f
        for s, f in zip(slow, fast, strict=True)
    ]


def one_tensor(slow, fast, keep):
    return answer(slow, fast, keep)[:1]


def _tensors(seed, count):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(2, 3, generator=generator), torch.randn(3, generator=generator), torch.tensor(count)]


EXERCISE = Exercise(
    answer,
    (
        Mistake("`keep` is the share of `fast`: it is what is kept of `slow`.", turned_round),
        Mistake("the counter is averaged: whole numbers are copied from `fast`.", counters_averaged),
        Mistake("the counter is averaged and cut off: whole numbers come from `fast`.", counters_averaged_and_cut),
        Mistake("the counter stays as it was: whole numbers are copied from `fast`.", counters_left),
        Mistake("`fast` is added whole: it gets the share 1 − keep, or the weights grow without end.", not_scaled),
        Mistake("`slow` is kept whole: it gets the share keep, or the weights grow without end.", slow_not_scaled),
        Mistake("both have the same share: `slow` gets keep, `fast` gets 1 − keep.", plain_mean),
        Mistake("you return `fast`: nothing is averaged.", only_fast),
        Mistake("you return `slow`: it never moves.", only_slow),
        Mistake("tensors with one axis are copied: biases and batch norm's numbers are averaged too.", only_weights),
        Mistake("only the first tensor comes back: return one for each.", one_tensor),
    ),
    (
        Case("keep 0.9", (_tensors(0, 41), _tensors(1, 42), 0.9)),
        Case("keep 0.25", (_tensors(2, 0), _tensors(3, 8), 0.25)),
        Case("keep 1: nothing moves but the counter", (_tensors(4, 5), _tensors(5, 6), 1.0)),
        Case("keep 0: a copy", (_tensors(6, 5), _tensors(7, 6), 0.0)),
    ),
)
