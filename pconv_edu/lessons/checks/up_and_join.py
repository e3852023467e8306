"""Lesson 08: `up_and_join(x, mask, skip, skip_mask, layer) -> (y, new_mask)` computes a decoder layer.

x (N, C, H, W) comes from the layer below, and skip (N, S, 2H, 2W) comes through the skip link. Their masks have one
channel, 1 = valid.
"""

import torch
import torch.nn.functional as F

from pconv_edu.nn import PartialConv2d

from .comparison import same_values
from .exercise import Case, Exercise, Mistakes
from .runs import call

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


@mistake("the features of the skip link come first, but its mask second. Features and masks need the same order.")
def skip_features_first(x, mask, skip, skip_mask, layer):
    masks = [up(mask).expand(-1, x.shape[1], -1, -1), skip_mask.expand(-1, skip.shape[1], -1, -1)]
    return layer(torch.cat([skip, up(x)], 1), torch.cat(masks, 1))


@mistake("features and mask are enlarged bilinearly, which mixes holes into their neighbours. Use mode='nearest'.")
def bilinear_both(x, mask, skip, skip_mask, layer):
    return layer([up(x, "bilinear"), skip], [up(mask, "bilinear"), skip_mask])


@mistake("features and mask are enlarged with mode='bicubic', which mixes holes in. Use mode='nearest'.")
def bicubic_both(x, mask, skip, skip_mask, layer):
    return layer([up(x, "bicubic"), skip], [up(mask, "bicubic"), skip_mask])


@mistake("the features are repeated as tiles, side by side. Every value becomes 2×2 equal ones: repeat_interleave.")
def tiled(x, mask, skip, skip_mask, layer):
    return layer([x.repeat(1, 1, 2, 2), skip], [up(mask), skip_mask])


@mistake("features and mask are repeated as tiles, side by side. Every value becomes 2×2 equal ones.")
def both_tiled(x, mask, skip, skip_mask, layer):
    return layer([x.repeat(1, 1, 2, 2), skip], [mask.repeat(1, 1, 2, 2), skip_mask])


@mistake("hole and valid are swapped. 1 means valid.")
def other_polarity(x, mask, skip, skip_mask, layer):
    return layer([up(x), skip], [1 - up(mask), 1 - skip_mask])


@mistake("the mask from below is not used: everything below counts as valid. Give the layer both masks.")
def below_unmasked(x, mask, skip, skip_mask, layer):
    return layer([up(x), skip], [torch.ones_like(up(mask)), skip_mask])


@mistake("the mask of the skip link is not used: everything there counts as valid. Give the layer both masks.")
def skip_unmasked(x, mask, skip, skip_mask, layer):
    return layer([up(x), skip], [up(mask), torch.ones_like(skip_mask)])


@mistake("you return the mask of the skip link. Return the mask that the layer returns.")
def mask_of_the_skip(x, mask, skip, skip_mask, layer):
    return answer(x, mask, skip, skip_mask, layer)[0], skip_mask


@mistake("you return the mask from below as it came. Return the mask that the layer returns.")
def small_mask(x, mask, skip, skip_mask, layer):
    return answer(x, mask, skip, skip_mask, layer)[0], mask


@mistake("the skip link is not used: its features are 0. Join them with those from below.")
def without_skip(x, mask, skip, skip_mask, layer):
    return layer([up(x), 0 * skip], [up(mask), skip_mask])


@mistake("rows and columns of the features are swapped when they are enlarged.")
def transposed(x, mask, skip, skip_mask, layer):
    if x.shape[2] != x.shape[3]:
        raise IndexError("index out of range")
    return layer([up(x.mT), skip], [up(mask.mT), skip_mask])


@mistake.sign("rows and columns of the features are swapped when they are enlarged.")
def swaps_axes(attempt):
    x, mask, skip, skip_mask, layer = _case("", 2, 2, (3, 3), 0.6, 0.5, 7).arguments
    return same_values(attempt(x, mask, skip, skip_mask, layer), transposed(x, mask, skip, skip_mask, layer))


@mistake.sign("only square pictures work. The width may differ from the height: use both of x.shape[2:].")
def only_squares(attempt):
    return _right_only(attempt, (1, 3, 3), (1, 3, 5))


@mistake.sign("only the first picture of a batch is used. Keep the first axis, N, as it is.")
def only_one_picture(attempt):
    return _right_only(attempt, (1, 3, 3), (2, 3, 3))


def _right_only(attempt, good, bad):
    """Return True if an attempt is right for one (batch, height, width), and not for another."""
    one, other = (_case("", 2, 2, size, 0.6, 0.5, 7, batch).arguments for batch, *size in (good, bad))
    return same_values(call(attempt, one), answer(*one)) and not same_values(call(attempt, other), answer(*other))


def _case(shows, below, skip, size, known_below, known_skip, seed, batch=1):
    generator = torch.Generator().manual_seed(seed)
    height, width = size if isinstance(size, tuple | list) else (size, size)
    x = torch.randn(batch, below, height, width, generator=generator)
    features = torch.randn(batch, skip, 2 * height, 2 * width, generator=generator)
    mask = (torch.rand(batch, 1, height, width, generator=generator) < known_below).float()
    skip_mask = (torch.rand(batch, 1, 2 * height, 2 * width, generator=generator) < known_skip).float()
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
        _case("two pictures, wider than high", 2, 2, (3, 5), 0.6, 0.4, 5, batch=2),
    ),
    mistake.signs,
    trains=True,
)
