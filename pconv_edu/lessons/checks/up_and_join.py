"""Lesson 08: a decoder layer, `up_and_join(x, mask, skip, skip_mask, layer) -> (y, new_mask)`."""

import torch
import torch.nn.functional as F

from pconv_edu.nn import PartialConv2d

from .exercise import Case, Exercise, Mistake


def up(x, mode="nearest"):
    return F.interpolate(x, scale_factor=2, mode=mode)


def answer(x, mask, skip, skip_mask, layer):
    return layer([up(x), skip], [up(mask), skip_mask])


def skip_first(x, mask, skip, skip_mask, layer):
    return layer([skip, up(x)], [skip_mask, up(mask)])


def one_mask(choose):
    """The joined features with a single mask, choose(mask of below, mask of the skip link)."""

    def join(x, mask, skip, skip_mask, layer):
        return layer(torch.cat([up(x), skip], 1), choose(up(mask), skip_mask))

    return join


mask_of_below = one_mask(lambda below, skip: below)
mask_of_below.__name__ = "mask_of_below"
mask_of_skip = one_mask(lambda below, skip: skip)
mask_of_skip.__name__ = "mask_of_skip"
valid_in_both = one_mask(lambda below, skip: below * skip)
valid_in_both.__name__ = "valid_in_both"
valid_in_one = one_mask(torch.maximum)
valid_in_one.__name__ = "valid_in_one"


def masks_swapped(x, mask, skip, skip_mask, layer):
    return layer([up(x), skip], [skip_mask, up(mask)])


def bilinear_features(x, mask, skip, skip_mask, layer):
    return layer([up(x, "bilinear"), skip], [up(mask), skip_mask])


def bilinear_masks(x, mask, skip, skip_mask, layer):
    return layer([up(x), skip], [up(mask, "bilinear"), skip_mask])


def old_mask(x, mask, skip, skip_mask, layer):
    return answer(x, mask, skip, skip_mask, layer)[0], up(mask)


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
    (
        Mistake("the skip link's features come first: those from below do, as the layer's weights expect.", skip_first),
        Mistake("the mask from below is used for all channels: holes of the skip link count as known.", mask_of_below),
        Mistake("the skip link's mask is used for all channels: what was filled below counts as hole.", mask_of_skip),
        Mistake("only pixels that are valid in both masks are used: give the layer both masks.", valid_in_both),
        Mistake("pixels that are valid in one of the masks are used in both: give the layer both masks.", valid_in_one),
        Mistake("the two masks are swapped: the first mask belongs to the first features.", masks_swapped),
        Mistake(
            "features are enlarged bilinearly: that mixes holes into their neighbours. Use mode='nearest'.",
            bilinear_features,
        ),
        Mistake("the mask is enlarged bilinearly: it is no mask any more. Use mode='nearest'.", bilinear_masks),
        Mistake("the enlarged mask is returned: return the one that the layer gives.", old_mask),
        Mistake("no mask is used: the layer needs both.", unmasked),
    ),
    (
        _case("nothing missing", 2, 3, 3, 2.0, 2.0, 0),
        _case("a skip link with holes", 2, 2, 3, 2.0, 0.4, 1),
        _case("holes below and in the skip link", 2, 1, 4, 0.5, 0.3, 2),
        _case("holes below only", 1, 3, 4, 0.4, 2.0, 3),
        _case("nearly nothing valid", 1, 1, 5, 0.1, 0.03, 4),
    ),
)
