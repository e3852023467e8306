"""Lesson 09: `total_variation(composed, mask) -> one number` computes the total variation around the hole.

The composed picture is (N, 3, H, W); the mask is (N, 1, H, W), 1 = valid. The total variation is computed in R, which
is the hole grown by one pixel.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F

from .comparison import same_values
from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def grown(mask: torch.Tensor) -> torch.Tensor:
    """Return R, which is the hole grown by one pixel in all eight directions, as an (N, 1, H, W) bool tensor."""
    return F.max_pool2d(1 - mask, 3, stride=1, padding=1) > 0


def steps(picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the differences between neighbouring pixels, first across and then down."""
    return picture[..., 1:] - picture[..., :-1], picture[..., 1:, :] - picture[..., :-1, :]


def pairs(region: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return two bool tensors that are True where both pixels of a pair of neighbours are in the region.

    The first tensor is for pairs across, and the second is for pairs down.
    """
    return region[..., 1:] & region[..., :-1], region[..., 1:, :] & region[..., :-1, :]


def inside(
    composed: torch.Tensor, region: torch.Tensor, size: Callable[[torch.Tensor], torch.Tensor] = torch.abs
) -> torch.Tensor:
    """Sum size(difference) over all pairs of neighbours with both pixels in the region."""
    across, down = ((size(d) * p).sum() for d, p in zip(steps(composed), pairs(region), strict=True))
    return across + down


def answer(composed: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    return inside(composed, grown(mask)) / composed.numel()


@mistake("the picture wraps around, as torch.roll does. The last row is not a neighbour of the first.")
def wrapped(composed, mask):
    """Use torch.roll, which makes the last row or column a neighbour of the first."""
    region = grown(mask)
    total = 0
    for axis in (2, 3):
        both = region & region.roll(1, axis)
        total = total + ((composed - composed.roll(1, axis)).abs() * both).sum()
    return total / composed.numel()


@mistake("the first row is compared with the last, instead of every row with its neighbour.")
def first_minus_last(composed, mask):
    region = grown(mask)
    across = (composed[..., :1] - composed[..., -1:]).abs() * (region[..., :1] & region[..., -1:])
    down = (composed[..., :1, :] - composed[..., -1:, :]).abs() * (region[..., :1, :] & region[..., -1:, :])
    return (across.sum() + down.sum()) / composed.numel()


@mistake(
    "you set everything outside R to 0 before you take differences, so the step at the edge of R counts too. Take "
    "differences first, then keep those whose two pixels are both in R."
)
def masked_first(composed, mask):
    return sum(d.abs().sum() for d in steps(composed * grown(mask))) / composed.numel()


@mistake("all pairs of the picture count. Count only those with both pixels in R.")
def whole_picture(composed, mask):
    return inside(composed, torch.ones_like(mask) > 0) / composed.numel()


@mistake("R is the hole alone. Grow it by one pixel, so that the seam counts.")
def not_grown(composed, mask):
    return inside(composed, mask == 0) / composed.numel()


@mistake("R grows in the shape of a plus. A 3×3 window reaches the diagonal neighbours too.")
def cross_grown(composed, mask):
    hole = 1 - mask
    across, down = F.max_pool2d(hole, (1, 3), 1, (0, 1)), F.max_pool2d(hole, (3, 1), 1, (1, 0))
    return inside(composed, (across > 0) | (down > 0)) / composed.numel()


@mistake("R grows by two pixels. Grow it by one.")
def grown_by_two(composed, mask):
    return inside(composed, F.max_pool2d(1 - mask, 5, stride=1, padding=2) > 0) / composed.numel()


@mistake("the valid part grows instead of the hole. The mask is 1 where a pixel is valid.")
def valid_grown(composed, mask):
    """Grow the valid part instead of the hole, as a partial convolution does."""
    return inside(composed, F.max_pool2d(mask, 3, stride=1, padding=1) > 0) / composed.numel()


@mistake("a pair counts if one of its pixels is in R. Both must be in it.")
def either(composed, mask):
    """Count every pair with at least one pixel in R."""
    region = grown(mask)
    across = (region[..., 1:] | region[..., :-1]) * steps(composed)[0].abs()
    down = (region[..., 1:, :] | region[..., :-1, :]) * steps(composed)[1].abs()
    return (across.sum() + down.sum()) / composed.numel()


@mistake("the differences are squared. The paper takes their absolute values.")
def squared(composed, mask):
    return inside(composed, grown(mask), torch.square) / composed.numel()


@mistake("the differences keep their signs, so up and down cancel. Take their absolute values.")
def signed(composed, mask):
    return inside(composed, grown(mask), lambda d: d) / composed.numel()


@mistake("only the differences across count. Add those down.")
def across_only(composed, mask):
    across, _ = steps(composed)
    return (across.abs() * pairs(grown(mask))[0]).sum() / composed.numel()


@mistake("only the differences down count. Add those across.")
def down_only(composed, mask):
    _, down = steps(composed)
    return (down.abs() * pairs(grown(mask))[1]).sum() / composed.numel()


@mistake("you divide by the number of pairs. Divide by N, the number of all values of the picture.")
def mean_of_pairs(composed, mask):
    return inside(composed, grown(mask)) / sum(composed.shape[1] * p.sum() for p in pairs(grown(mask))).clamp(min=1)


@mistake(
    "you take the mean of each array of differences. These have one column, or one row, less than the picture. Divide "
    "the sum by N, the number of all values of the picture."
)
def mean_of_each_direction(composed, mask):
    """Average the differences across and the differences down separately, and so divide by the wrong numbers.

    The array of differences across has one column fewer than the picture. The array of differences down has one row
    fewer.
    """
    return sum((d.abs() * p).mean() for d, p in zip(steps(composed), pairs(grown(mask)), strict=True))


@mistake("you divide by the size of R. Divide by N, the number of all values of the picture.")
def per_region(composed, mask):
    region = grown(mask)
    return inside(composed, region) / (composed.shape[1] * region.sum()).clamp(min=1)


@mistake("you return a sum. Divide it by N, the number of all values of the picture.")
def unscaled(composed, mask):
    return inside(composed, grown(mask))


@mistake("diagonal neighbours count as pairs. Only neighbours across and down do.")
def diagonals_too(composed, mask):
    region = grown(mask)
    total = inside(composed, region)
    for a, b in (
        ((slice(1, None), slice(1, None)), (slice(None, -1), slice(None, -1))),
        ((slice(1, None), slice(None, -1)), (slice(None, -1), slice(1, None))),
    ):
        pair = region[..., *a] & region[..., *b]
        total = total + ((composed[..., *a] - composed[..., *b]).abs() * pair).sum()
    return total / composed.numel()


@mistake("you divide by the number of pictures only. Divide by N, the number of all values: C · H · W of each.")
def per_picture(composed, mask):
    return unscaled(composed, mask) / len(composed)


@mistake("N counts the values of the mask, which has one channel. Count those of the picture, three times as many.")
def per_pixel(composed, mask):
    return unscaled(composed, mask) / mask.numel()


@mistake("N is the size of one picture. Divide by the values of the whole batch.")
def one_pictures_size(composed, mask):
    return unscaled(composed, mask) / composed[0].numel()


@mistake("the sum is halved. Every pair counts once, in full.")
def halved(composed, mask):
    return answer(composed, mask) / 2


@mistake("only the right or lower pixel of a pair must be in R. Both must be in it.")
def second_pixel(composed, mask):
    across, down = steps(composed)
    region = grown(mask)
    total = (across.abs() * region[..., 1:]).sum() + (down.abs() * region[..., 1:, :]).sum()
    return total / composed.numel()


@mistake("only the left or upper pixel of a pair must be in R. Both must be in it.")
def first_pixel(composed, mask):
    across, down = steps(composed)
    region = grown(mask)
    total = (across.abs() * region[..., :-1]).sum() + (down.abs() * region[..., :-1, :]).sum()
    return total / composed.numel()


@mistake("R contains the whole border of the picture. What is outside is not hole: pad the mask with ones.")
def border_as_hole(composed, mask):
    padded = F.pad(1 - mask, (1, 1, 1, 1), value=1)
    return inside(composed, F.max_pool2d(padded, 3, stride=1) > 0) / composed.numel()


@mistake("the valid pixels of R are set to 0 first, so the seam is a step to black. Take differences of the picture.")
def valid_set_to_zero(composed, mask):
    return inside(composed * (1 - mask), grown(mask)) / composed.numel()


@mistake("you take the root of the two squared differences together. The paper adds their absolute values.")
def isotropic(composed, mask):
    (across, down), (right, below) = steps(composed), pairs(grown(mask))
    both = right[..., :-1, :] & below[..., :-1]
    return ((across[..., :-1, :] ** 2 + down[..., :-1] ** 2).sqrt() * both).sum() / composed.numel()


@mistake.sign("you take the root of the two squared differences together. The paper adds their absolute values.")
def diagonal_steps(attempt):
    """A ramp that rises across and down has the sum of both steps. A root of squares is smaller by the root of 2."""
    ramp = torch.arange(7.0) + torch.arange(7.0)[:, None]
    mask = _hole((1, 3, 7, 7), MIDDLE, MIDDLE)
    one, both = (attempt(picture.expand(1, 3, 7, 7), mask) for picture in (RAMP[0, 0], ramp))
    return bool(1.05 < both / one < 1.6) and same_values(attempt(2 * RAMP, mask), 2 * one)


def _counted(attempt):
    """Return how many of the 7 · 3 pairs across each column an attempt counts, for a hole of 2×2 in 7×7 pixels.

    A picture with one step, between columns j and j + 1, has differences in these pairs only.
    """
    mask = _hole((1, 3, 7, 7), MIDDLE, MIDDLE)
    pictures = [(torch.arange(7) > j).float().expand(1, 3, 7, 7) for j in range(6)]
    return torch.stack([torch.as_tensor(attempt(picture, mask)) for picture in pictures]) * 147


@mistake.sign("a flat picture does not give 0. You set parts of it to 0 before you take differences: take these first.")
def flat_not_zero(attempt):
    return bool(attempt(torch.full((1, 3, 7, 7), 0.7), _hole((1, 3, 7, 7), MIDDLE, MIDDLE)) > 1e-4)


@mistake.sign("pairs that are not wholly in R count. Both pixels of a pair must be in R.", broad=True)
def pairs_outside(attempt):
    counted = _counted(attempt)
    return bool(counted[[0, 1, 5]].abs().max() > 1e-3 and counted[2] > 1e-3)


@mistake.sign("the pairs at the seam do not count, or R is too small. R is the hole grown by one pixel.", broad=True)
def seam_left_out(attempt):
    counted = _counted(attempt)
    return bool(counted[3] > 1e-3 and counted[[2, 4]].min() < 1e-3)


@mistake.sign(
    "two columns of R have 12 pairs (4 rows, 3 colours), and yours count as {}, after the division by N.", broad=True
)
def rows_left_out(attempt):
    counted = _counted(attempt)
    return f"{counted[3]:.3g}" if not torch.isclose(counted[3], torch.tensor(12.0), atol=1e-3) else False


def _hole(shape, rows, columns):
    mask = torch.ones(shape[0], 1, *shape[2:])
    mask[..., rows, columns] = 0
    return mask


def _random(shape, seed):
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


RAMP = torch.arange(7.0)[:, None].expand(1, 3, 7, 7)
MIDDLE = slice(3, 5)
NOISY = _random((2, 3, 7, 8), 1)
TWO_HOLES = _hole((2, 3, 7, 8), slice(2, 4), slice(3, 6))
TWO_HOLES[1, :, :3, 5:] = 0


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        Case("a flat picture", (torch.full((1, 3, 7, 7), 0.7), _hole((1, 3, 7, 7), MIDDLE, MIDDLE))),
        Case("a ramp from top to bottom", (RAMP, _hole((1, 3, 7, 7), MIDDLE, MIDDLE))),
        Case("a ramp from left to right", (RAMP.mT, _hole((1, 3, 7, 7), MIDDLE, MIDDLE))),
        Case("two random pictures with different holes", (NOISY, TWO_HOLES)),
        Case("a single missing pixel", (_random((1, 3, 6, 6), 2), _hole((1, 3, 6, 6), 2, 3))),
        Case("a hole from edge to edge", (_random((1, 3, 6, 5), 3), _hole((1, 3, 6, 5), slice(None), 2))),
        Case("everything missing", (_random((1, 3, 5, 5), 4), torch.zeros(1, 1, 5, 5))),
        Case("nothing missing", (_random((1, 3, 5, 5), 5), torch.ones(1, 1, 5, 5))),
    ),
    mistake.signs,
    trains=True,
)
