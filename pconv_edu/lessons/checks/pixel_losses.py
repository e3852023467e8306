"""Lesson 09: `pixel_losses(output, target, mask) -> (valid, hole)`: (N, 3, H, W) twice, and the mask (N, 1, H, W)."""

import torch

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def answer(output, target, mask):
    error = (output - target).abs()
    return (mask * error).mean(), ((1 - mask) * error).mean()


@mistake("valid and hole are swapped: the mask is 1 where a pixel is valid.")
def swapped(output, target, mask):
    return answer(output, target, 1 - mask)


@mistake("each term is divided by the size of its own part: the paper divides both by N, all values of the picture.")
def per_part(output, target, mask):
    """Divided by the size of the part instead of the whole picture."""
    error, channels = (output - target).abs(), output.shape[1]
    sizes = [part.sum().clamp(min=1) * channels for part in (mask, 1 - mask)]
    return (mask * error).sum() / sizes[0], ((1 - mask) * error).sum() / sizes[1]


@mistake(
    "you take the mean over the picked values: that divides by the size of the part, and is NaN if the part is empty. "
    "The paper divides by N, all values of the picture."
)
def by_index(output, target, mask):
    """Values picked with a bool index and averaged: the mean over the part, NaN for an empty one."""
    error, valid = (output - target).abs(), mask.expand_as(output) > 0
    return error[valid].mean(), error[~valid].mean()


@mistake("the terms are sums: divide them by N.")
def sums(output, target, mask):
    return tuple(term * output.numel() for term in answer(output, target, mask))


@mistake("the terms are divided by the number of pictures only: divide by C · H · W too.")
def per_picture_sums(output, target, mask):
    """Divided by the number of pictures only."""
    return tuple(term * output[0].numel() for term in answer(output, target, mask))


@mistake("N counts the values of the mask, which has one channel: count those of the picture, three times as many.")
def pixels_not_values(output, target, mask):
    """N = N · H · W: the mask's size, which has one channel."""
    return tuple(term * output.shape[1] for term in answer(output, target, mask))


@mistake("N is the size of one picture: take the mean over the batch as well.")
def one_pictures_size(output, target, mask):
    return tuple(term * len(output) for term in answer(output, target, mask))


@mistake("the differences are squared: the paper takes the absolute value, L1.")
def squared(output, target, mask):
    error = (output - target) ** 2
    return (mask * error).mean(), ((1 - mask) * error).mean()


@mistake("it is the root of the mean square: the paper takes the mean of the absolute values.")
def root(output, target, mask):
    return tuple(term.sqrt() for term in squared(output, target, mask))


@mistake("the signs stay: too bright and too dark cancel. Take the absolute value of every difference.")
def signed(output, target, mask):
    error = output - target
    return (mask * error).mean(), ((1 - mask) * error).mean()


@mistake("the absolute value comes after the mean: too bright and too dark have cancelled.")
def absolute_too_late(output, target, mask):
    return tuple(term.abs() for term in signed(output, target, mask))


@mistake("only the output is masked: mask the difference.")
def only_the_output_is_masked(output, target, mask):
    return (mask * output - target).abs().mean(), ((1 - mask) * output - target).abs().mean()


@mistake("the valid term covers the whole picture: multiply it by the mask.")
def whole_picture(output, target, mask):
    """The valid term without its mask."""
    return (output - target).abs().mean(), answer(output, target, mask)[1]


@mistake("the valid term is taken of I_comp, where it is always 0: take it of the output.")
def composed(output, target, mask):
    """I_comp in place of I_out: its valid pixels are the truth."""
    comp = mask * target + (1 - mask) * output
    return answer(comp, target, mask)


@mistake("the hole term has its weight of 6 already: return both terms without their weights.")
def weighted(output, target, mask):
    valid, hole = answer(output, target, mask)
    return valid, 6 * hole


@mistake("both terms are added up: return the two.")
def added(output, target, mask):
    return sum(answer(output, target, mask))


def _case(shows, shape, known, seed, shift=0.0):
    generator = torch.Generator().manual_seed(seed)
    output, target = torch.rand(2, *shape, generator=generator)
    mask = (torch.rand(shape[0], 1, *shape[2:], generator=generator) < known).float()
    return Case(shows, (output + shift, target, mask))


EXERCISE = Exercise(
    answer,
    mistake.all,
    (
        _case("one picture, half of it missing", (1, 3, 4, 5), 0.5, 0),
        _case("an output that is too bright everywhere", (1, 3, 4, 4), 0.7, 1, shift=1.0),
        _case("two pictures with different holes", (2, 3, 5, 4), 0.6, 2),
        _case("nothing missing", (1, 3, 3, 4), 2.0, 3),
        _case("nothing valid", (2, 3, 3, 3), 0.0, 4),
    ),
)
