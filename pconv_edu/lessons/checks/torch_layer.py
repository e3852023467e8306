"""Lesson 06: `torch_layer(x, mask, weight, bias) -> (y, new_mask)` computes a partial convolution.

The layer is written in PyTorch. x is (N, C, H, W), both masks are (N, 1, H, W), the weight is (O, C, k, k), the bias is
(O,), and y is (N, O, H, W). The kernel size k is odd, and the padding is k // 2.
"""

import torch
import torch.nn.functional as F

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def counted(mask: torch.Tensor, k: int, outside: float = 0.0) -> torch.Tensor:
    """Return the number of valid pixels in each k × k window of a mask (N, 1, H, W), in the shape of the mask."""
    return F.conv2d(F.pad(mask, (k // 2,) * 4, value=outside), torch.ones(1, 1, k, k))


def summed(x: torch.Tensor, mask: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Return Wᵀ(X ⊙ M) for every window."""
    return F.conv2d(torch.where(mask > 0, x, 0), weight, padding=weight.shape[-1] // 2)


def finish(
    raw: torch.Tensor, ratio: torch.Tensor | float, valid: torch.Tensor, bias: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Rescale the sums, and add the bias where the window is not empty; return (y, new mask)."""
    return raw * ratio + bias[:, None, None] * valid, valid


def answer(
    x: torch.Tensor, mask: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    k = weight.shape[-1]
    count = counted(mask, k)
    valid = (count > 0).float()
    return finish(summed(x, mask, weight), k * k / count.clamp(min=1), valid, bias)


def scaled(
    x: torch.Tensor, mask: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor, factor: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the answer, except that the ratio sum(1) / sum(M) is multiplied by `factor`."""
    k = weight.shape[-1]
    count = counted(mask, k)
    ratio = k * k / count.clamp(min=1) * factor
    return finish(summed(x, mask, weight), ratio, (count > 0).float(), bias)


@mistake("you multiply by the mask. NaN · 0 is NaN, so a broken value in a hole gets out. Choose with torch.where.")
def multiplied(x, mask, weight, bias):
    k = weight.shape[-1]
    count = counted(mask, k)
    raw = F.conv2d(x * mask, weight, padding=k // 2)
    return finish(raw, k * k / count.clamp(min=1), (count > 0).float(), bias)


@mistake("the values in holes are used too. Set them to 0 before the convolution.")
def unmasked(x, mask, weight, bias):
    return answer(x, torch.ones_like(mask), weight, bias)[0], answer(x, mask, weight, bias)[1]


@mistake("the sum is not rescaled. Multiply it by sum(1) / sum(M).")
def no_ratio(x, mask, weight, bias):
    return finish(summed(x, mask, weight), 1, answer(x, mask, weight, bias)[1], bias)


@mistake(
    "sum(1) is k · k but sum(M) runs over all channels, so the ratio is off by 1/C. Count both over the same channels."
)
def window_without_channels(x, mask, weight, bias):
    return scaled(x, mask, weight, bias, 1 / x.shape[1])


@mistake(
    "sum(1) runs over all channels but sum(M) over one, so the ratio is off by C. Count both over the same channels."
)
def count_without_channels(x, mask, weight, bias):
    return scaled(x, mask, weight, bias, x.shape[1])


@mistake("the sum is divided by sum(M), but never multiplied by sum(1).")
def only_divided(x, mask, weight, bias):
    return scaled(x, mask, weight, bias, 1 / weight.shape[-1] ** 2)


@mistake("the ratio is upside down. It is sum(1) / sum(M), which is at least 1.")
def inverted(x, mask, weight, bias):
    count = counted(mask, weight.shape[-1])
    return finish(summed(x, mask, weight), count / weight.shape[-1] ** 2, (count > 0).float(), bias)


@mistake("the bias is rescaled too, which happens if F.conv2d adds it. Leave it out there, and add it after the ratio.")
def scaled_bias(x, mask, weight, bias):
    k = weight.shape[-1]
    count = counted(mask, k)
    valid = (count > 0).float()
    return (summed(x, mask, weight) + bias[:, None, None]) * (k * k / count.clamp(min=1)) * valid, valid


@mistake("b is added in empty windows. These stay 0.")
def bias_in_holes(x, mask, weight, bias):
    y, valid = answer(x, mask, weight, bias)
    return y + bias[:, None, None] * (1 - valid), valid


@mistake("the bias is missing.")
def no_bias(x, mask, weight, bias):
    return answer(x, mask, weight, 0 * bias)


@mistake("you divide by a count of 0. 0 · inf is NaN: clamp the count to at least 1.")
def divides_by_zero(x, mask, weight, bias):
    k = weight.shape[-1]
    count = counted(mask, k)
    return finish(summed(x, mask, weight), k * k / count, (count > 0).float(), bias)


@mistake("you return the counts as the mask. The new mask is 1 where the count is above 0.")
def returns_counts(x, mask, weight, bias):
    return answer(x, mask, weight, bias)[0], counted(mask, weight.shape[-1])


@mistake("you return the old mask.")
def returns_the_old_mask(x, mask, weight, bias):
    return answer(x, mask, weight, bias)[0], mask


@mistake(
    "the new mask has one channel for each output channel, all equal. Return one channel, (N, 1, H, W), as it came."
)
def every_channel_a_mask(x, mask, weight, bias):
    y, valid = answer(x, mask, weight, bias)
    return y, valid.expand_as(y)


@mistake("the mask is padded with ones. Everything outside the picture counts as hole.")
def padded_with_ones(x, mask, weight, bias):
    k = weight.shape[-1]
    count = counted(mask, k, outside=1.0)
    return finish(summed(x, mask, weight), k * k / count.clamp(min=1), (count > 0).float(), bias)


@mistake("hole and valid are swapped. 1 means valid.")
def other_polarity(x, mask, weight, bias):
    return answer(x, 1 - mask, weight, bias)


@mistake("the mask of the first picture is used for the whole batch.")
def one_count_for_all(x, mask, weight, bias):
    k = weight.shape[-1]
    count = counted(mask[:1], k).expand(len(x), -1, -1, -1)
    return finish(summed(x, mask, weight), k * k / count.clamp(min=1), (count > 0).float(), bias)


def _case(shows, shape, k, known, seed, nan=False):
    generator = torch.Generator().manual_seed(seed)
    n, c, o, height, width = shape
    x = torch.randn(n, c, height, width, generator=generator)
    mask = (torch.rand(n, 1, height, width, generator=generator) < known).float()
    if nan:
        x = x.masked_fill(mask == 0, float("nan"))
    weight = torch.randn(o, c, k, k, generator=generator)
    return Case(shows, (x, mask, weight, torch.randn(o, generator=generator)))


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        _case("one picture with nothing missing", (1, 1, 1, 4, 5), 3, 2.0, 0),
        _case("half of the pixels missing", (1, 1, 2, 5, 6), 3, 0.5, 1),
        _case("three channels", (1, 3, 2, 5, 5), 3, 0.6, 2),
        _case("two pictures with different masks, a 5×5 kernel", (2, 2, 3, 6, 7), 5, 0.3, 3),
        _case("windows with nothing valid", (1, 2, 2, 6, 6), 3, 0.05, 4),
        _case("NaN in the hole", (1, 2, 2, 6, 6), 3, 0.5, 5, nan=True),
    ),
)
