"""Lesson 09: `pixel_losses(output, target, mask) -> (valid, hole)` returns the two pixel terms of the loss.

Output and target are (N, 3, H, W); the mask is (N, 1, H, W), 1 = valid.
"""

import torch

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def answer(output: torch.Tensor, target: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    error = (output - target).abs()
    return (mask * error).mean(), ((1 - mask) * error).mean()


@mistake("valid and hole are swapped. The mask is 1 where a pixel is valid.")
def swapped(output, target, mask):
    return answer(output, target, 1 - mask)


@mistake(
    "each term is divided by the size of its own part. The paper divides both by N, the number of all values of the "
    "picture."
)
def per_part(output, target, mask):
    """Divide each sum by the size of its part instead of by the size of the whole picture."""
    error, channels = (output - target).abs(), output.shape[1]
    sizes = [part.sum().clamp(min=1) * channels for part in (mask, 1 - mask)]
    return (mask * error).sum() / sizes[0], ((1 - mask) * error).sum() / sizes[1]


@mistake("each term is divided by the mask's size in its own part. Divide both by N, all values of the picture.")
def per_part_of_the_mask(output, target, mask):
    error = (output - target).abs()
    return (mask * error).sum() / mask.sum(), ((1 - mask) * error).sum() / (1 - mask).sum()


@mistake(
    "you take the mean over the selected values. That divides by the size of the part, and gives NaN if the part is "
    "empty. The paper divides by N, the number of all values of the picture."
)
def by_index(output, target, mask):
    """Average the values that a bool index selects, which gives the mean over the part, or NaN if the part is empty."""
    error, valid = (output - target).abs(), mask.expand_as(output) > 0
    return error[valid].mean(), error[~valid].mean()


@mistake("the terms are sums. Divide them by N.")
def sums(output, target, mask):
    return tuple(term * output.numel() for term in answer(output, target, mask))


@mistake("the terms are divided by the number of pictures only. Divide by C · H · W too.")
def per_picture_sums(output, target, mask):
    """Divide the sums only by the number of pictures."""
    return tuple(term * output[0].numel() for term in answer(output, target, mask))


@mistake(
    "N counts the values of the mask, which has one channel. Count the values of the picture, three times as many."
)
def pixels_not_values(output, target, mask):
    """Divide the sums by the size of the mask, which is N · H · W because the mask has only one channel."""
    return tuple(term * output.shape[1] for term in answer(output, target, mask))


@mistake("N is the size of one picture. Take the mean over the batch as well.")
def one_pictures_size(output, target, mask):
    return tuple(term * len(output) for term in answer(output, target, mask))


@mistake("the differences are squared. The paper takes their absolute values, L1.")
def squared(output, target, mask):
    error = (output - target) ** 2
    return (mask * error).mean(), ((1 - mask) * error).mean()


@mistake("you take the root of the mean square. The paper takes the mean of the absolute values.")
def root(output, target, mask):
    return tuple(term.sqrt() for term in squared(output, target, mask))


@mistake(
    "the differences keep their signs, so too bright and too dark cancel. Take the absolute value of every difference."
)
def signed(output, target, mask):
    error = output - target
    return (mask * error).mean(), ((1 - mask) * error).mean()


@mistake("you take the absolute value after the mean, when too bright and too dark have already cancelled.")
def absolute_too_late(output, target, mask):
    return tuple(term.abs() for term in signed(output, target, mask))


@mistake("only the output is masked. Mask the difference.")
def only_the_output_is_masked(output, target, mask):
    return (mask * output - target).abs().mean(), ((1 - mask) * output - target).abs().mean()


@mistake("the valid term covers the whole picture. Multiply it by the mask.")
def whole_picture(output, target, mask):
    """Compute the valid term without the mask, so that the term covers the whole picture."""
    return (output - target).abs().mean(), answer(output, target, mask)[1]


@mistake("the valid term is computed from I_comp, where it is always 0. Compute it from the output.")
def composed(output, target, mask):
    """Use I_comp in place of I_out, so that the valid term is always 0."""
    comp = mask * target + (1 - mask) * output
    return answer(comp, target, mask)


@mistake("the hole term already has its weight of 6. Return both terms without their weights.")
def weighted(output, target, mask):
    valid, hole = answer(output, target, mask)
    return valid, 6 * hole


@mistake("you add both terms up. Return the two.")
def added(output, target, mask):
    return sum(answer(output, target, mask))


@mistake("the differences go through a smooth L1 (Huber) loss. The paper takes their absolute values.")
def smooth(output, target, mask):
    error = torch.nn.functional.smooth_l1_loss(output, target, reduction="none")
    return (mask * error).mean(), ((1 - mask) * error).mean()


@mistake("you take the root of the mean square of one term. The paper takes the mean of the absolute values.")
def one_root(output, target, mask):
    return root(output, target, mask)[0], answer(output, target, mask)[1]


@mistake("only the output of the valid term is masked. Mask the difference.")
def one_output_masked(output, target, mask):
    return only_the_output_is_masked(output, target, mask)[0], answer(output, target, mask)[1]


def _case(shows, shape, known, seed, shift=0.0):
    generator = torch.Generator().manual_seed(seed)
    output, target = torch.rand(2, *shape, generator=generator)
    mask = (torch.rand(shape[0], 1, *shape[2:], generator=generator) < known).float()
    return Case(shows, (output + shift, target, mask))


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        _case("one picture, half of it missing", (1, 3, 4, 5), 0.5, 0),
        _case("an output that is too bright everywhere", (1, 3, 4, 4), 0.7, 1, shift=1.0),
        _case("two pictures with different holes", (2, 3, 5, 4), 0.6, 2),
        _case("nothing missing", (1, 3, 3, 4), 2.0, 3),
        _case("nothing valid", (2, 3, 3, 3), 0.0, 4),
    ),
    mistake.signs,
    trains=True,
)
