"""Lesson 08: `up_and_join(x, mask, skip, skip_mask, layer) -> (y, new_mask)` computes a decoder layer.

x (N, C, H, W) comes from the layer below, and skip (N, S, 2H, 2W) comes through the skip link. Their masks have one
channel, 1 = valid.
"""

import torch
import torch.nn.functional as F

from pconv_edu.nn import PartialConv2d

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def up(x: torch.Tensor, mode: str = "nearest") -> torch.Tensor:
    """Return a tensor with twice the height and twice the width."""
    return F.interpolate(x, scale_factor=2, mode=mode)


def answer(
    x: torch.Tensor, mask: torch.Tensor, skip: torch.Tensor, skip_mask: torch.Tensor, layer: PartialConv2d
) -> tuple[torch.Tensor, torch.Tensor]:
    return layer([up(x), skip], [up(mask), skip_mask])


def join(
    x: torch.Tensor, skip: torch.Tensor, mask: torch.Tensor, layer: PartialConv2d
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the output of the layer for the joined features, with a single mask for all channels."""
    return layer(torch.cat([up(x), skip], 1), mask)


@mistake("the features of the skip link come first. Those from below come first, as the weights of the layer expect.")
def skip_first(x, mask, skip, skip_mask, layer):
    return layer([skip, up(x)], [skip_mask, up(mask)])


@mistake("the mask from below is used for all channels, so holes of the skip link count as known.")
def mask_of_below(x, mask, skip, skip_mask, layer):
    return join(x, skip, up(mask), layer)


@mistake("the mask of the skip link is used for all channels, so what was filled below counts as hole.")
def mask_of_skip(x, mask, skip, skip_mask, layer):
    return join(x, skip, skip_mask, layer)


@mistake("only pixels that are valid in both masks are used. Give the layer both masks.")
def valid_in_both(x, mask, skip, skip_mask, layer):
    return join(x, skip, up(mask) * skip_mask, layer)


@mistake("pixels that are valid in one of the masks are used in both. Give the layer both masks.")
def valid_in_one(x, mask, skip, skip_mask, layer):
    return join(x, skip, torch.maximum(up(mask), skip_mask), layer)


@mistake("the two masks are swapped. The first mask belongs to the first features.")
def masks_swapped(x, mask, skip, skip_mask, layer):
    return layer([up(x), skip], [skip_mask, up(mask)])


@mistake("the features are enlarged bilinearly, which mixes holes into their neighbours. Use mode='nearest'.")
def bilinear_features(x, mask, skip, skip_mask, layer):
    return layer([up(x, "bilinear"), skip], [up(mask), skip_mask])


@mistake("the mask is enlarged bilinearly, so it is not a mask any more. Use mode='nearest'.")
def bilinear_masks(x, mask, skip, skip_mask, layer):
    return layer([up(x), skip], [up(mask, "bilinear"), skip_mask])


@mistake("you return the enlarged mask. Return the mask that the layer returns.")
def old_mask(x, mask, skip, skip_mask, layer):
    return answer(x, mask, skip, skip_mask, layer)[0], up(mask)


@mistake("no mask is used. The layer needs both.")
def unmasked(x, mask, skip, skip_mask, layer):
    joined = torch.cat([up(x), skip], 1)
    return layer(joined, torch.ones_like(joined))


def _case(shows, below, skip, size, known_below, known_skip, seed):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(1, below, size, size, generator=generator)
    features = torch.randn(1, skip, 2 * size, 2 * size, generator=generator)
    mask = (torch.rand(1, 1, size, size, generator=generator) < known_below).float()
    skip_mask = (torch.rand(1, 1, 2 * size, 2 * size, generator=generator) < known_skip).float()
    layer = PartialConv2d(below + skip, 2, 3, padding=1).requires_grad_(False)
    for parameter in layer.parameters():
        parameter.copy_(torch.randn(parameter.shape, generator=generator))
    return Case(shows, (x, mask, features, skip_mask, layer))


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        _case("nothing missing", 2, 3, 3, 2.0, 2.0, 0),
        _case("a skip link with holes", 2, 2, 3, 2.0, 0.4, 1),
        _case("holes below and in the skip link", 2, 1, 4, 0.5, 0.3, 2),
        _case("holes below only", 1, 3, 4, 0.4, 2.0, 3),
        _case("nearly nothing valid", 1, 1, 5, 0.1, 0.03, 4),
    ),
)
