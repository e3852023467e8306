"""Lesson 06: `torch_layer(x, mask, weight, bias) -> (y, new_mask)` computes a partial convolution.

The layer is written in PyTorch. x is (N, C, H, W), both masks are (N, 1, H, W), the weight is (O, C, k, k), the bias is
(O,), and y is (N, O, H, W). The kernel size k is odd, and the padding is k // 2.
"""

import torch
import torch.nn.functional as F

from .exercise import Case, Exercise, Mistakes
from .signs import layer_signs, lets_nan_out, uses_junk, uses_only_junk

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


@mistake("the new mask requires all values of the window to be valid. One is enough.")
def mask_needs_all(x, mask, weight, bias):
    return answer(x, mask, weight, bias)[0], (counted(mask, weight.shape[-1]) == weight.shape[-1] ** 2).float()


@mistake("only windows with all values valid are computed. One valid value is enough.")
def only_full_windows(x, mask, weight, bias):
    full = (counted(mask, weight.shape[-1]) == weight.shape[-1] ** 2).float()
    return answer(x, mask, weight, bias)[0] * full, full


@mistake("the new mask requires most values of the window to be valid. One is enough.")
def mask_by_majority(x, mask, weight, bias):
    return answer(x, mask, weight, bias)[0], (counted(mask, weight.shape[-1]) > weight.shape[-1] ** 2 / 2).float()


@mistake("the output is set to 0 where the OLD mask has a hole. Only windows with nothing valid give 0.")
def masked_by_the_old_mask(x, mask, weight, bias):
    y, valid = answer(x, mask, weight, bias)
    return y * mask, valid


@mistake("the kernel is flipped (rotated by 180°). F.conv2d computes a cross-correlation: leave the weight as it is.")
def flipped_kernel(x, mask, weight, bias):
    return answer(x, mask, weight.flip(2, 3), bias)


@mistake("the kernel is transposed: its rows and columns are swapped.")
def transposed_kernel(x, mask, weight, bias):
    return answer(x, mask, weight.transpose(2, 3), bias)


@mistake(
    "the holes are counted instead of the valid values, in the ratio and in the new mask. Convolve the mask itself."
)
def holes_counted(x, mask, weight, bias):
    k = weight.shape[-1]
    count = counted(1 - mask, k)
    valid = (count > 0).float()
    y, _ = finish(summed(x, mask, weight), k * k / count.clamp(min=1), valid, bias)
    return y * valid, valid


@mistake("the holes are counted instead of the valid values, so windows without a hole stay 0. Count the mask itself.")
def full_windows_empty(x, mask, weight, bias):
    k = weight.shape[-1]
    holes = k * k - counted(mask, k)
    valid = (holes > 0).float()
    y, _ = finish(summed(x, mask, weight), k * k / holes.clamp(min=1), valid, bias)
    return y * valid, valid


@mistake("only the first channel of x is used. Sum over all channels.")
def first_channel_only(x, mask, weight, bias):
    return answer(x[:, :1], mask, weight[:, :1], bias)


@mistake("hole and valid are swapped where x is set to 0: the valid values are removed. 1 means valid.")
def values_swapped(x, mask, weight, bias):
    k = weight.shape[-1]
    count = counted(mask, k)
    y, valid = finish(summed(x, 1 - mask, weight), k * k / count.clamp(min=1), (count > 0).float(), bias)
    return y * valid, valid


@mistake("sum(1) leaves out the places outside the picture. It is always the size of the whole window, k · k.")
def counts_inside_only(x, mask, weight, bias):
    k = weight.shape[-1]
    count = counted(mask, k)
    return finish(
        summed(x, mask, weight), counted(torch.ones_like(mask), k) / count.clamp(min=1), (count > 0).float(), bias
    )


@mistake("sum(1) is 9 for every kernel. It is k · k.")
def fixed_size(x, mask, weight, bias):
    return scaled(x, mask, weight, bias, 9 / weight.shape[-1] ** 2)


@mistake("sum(1) is k, the side of the window. It is k · k.")
def side_of_the_window(x, mask, weight, bias):
    return scaled(x, mask, weight, bias, 1 / weight.shape[-1])


@mistake("nothing is padded, so the output is smaller than x. Pad by k // 2.")
def no_padding(x, mask, weight, bias):
    p = weight.shape[-1] // 2
    y, valid = answer(x, mask, weight, bias)
    return y[..., p:-p, p:-p], valid[..., p:-p, p:-p]


@mistake("the bias is added before the ratio AND after it. Leave it out of F.conv2d.")
def bias_twice(x, mask, weight, bias):
    y, valid = scaled_bias(x, mask, weight, bias)
    return y + bias[:, None, None] * valid, valid


def _with_junk(junk, added):
    x, mask, weight, bias = _case("", (1, 2, 2, 6, 5), 3, 0.6, 9).arguments
    return torch.where(mask > 0, x + added, junk), mask, weight, bias


mistake.sign("NaN gets out of the hole, because it is multiplied: NaN · 0 is NaN. Choose with torch.where.")(
    lets_nan_out(_with_junk)
)
mistake.sign("hole and valid are swapped. 1 means valid.")(uses_only_junk(_with_junk))
mistake.sign("the values in holes are used too. Set them to 0 before the convolution.")(uses_junk(_with_junk))


@mistake("1 is added to the count, to avoid a division by 0, and changes every ratio. Use count.clamp(min=1).")
def count_plus_one(x, mask, weight, bias):
    k = weight.shape[-1]
    count = counted(mask, k)
    return finish(summed(x, mask, weight), k * k / (count + 1), (count > 0).float(), bias)


@mistake("only holes are rescaled; known pixels get an ordinary convolution. The ratio applies to every window.")
def known_not_rescaled(x, mask, weight, bias):
    y, valid = answer(x, mask, weight, bias)
    return torch.where(mask > 0, no_ratio(x, mask, weight, bias)[0], y), valid


def _middle(attempt, x, m, w, b):
    """Return the output at the middle of a 3×3 picture, whose window is the picture."""
    x, m, w = (torch.tensor(a, dtype=torch.float32)[None, None] for a in (x, m, w))
    y, new = attempt(x, m, w, torch.tensor([b]))
    if y.shape != (1, 1, 3, 3):
        raise ValueError("the output has another shape than the picture")
    return y[0, 0, 1, 1].item(), new[0, 0, 1, 1].item()


layer_signs(mistake, _middle)


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
    mistake.signs,
    trains=True,
)
