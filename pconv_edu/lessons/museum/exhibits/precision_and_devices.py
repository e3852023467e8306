"""Room 2 of the museum, the machine: layers with the right formula, but with numerical, speed or device problems."""

import torch
import torch.nn.functional as F
from torch import nn

from ..exhibit import Exhibit


class Exhibit7(nn.Conv2d):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        ones = torch.ones_like(self.weight[:1])
        count = F.conv2d(mask, ones, None, self.stride, self.padding)
        new_mask = (count > 0).to(x.dtype)
        ratio = ones.numel() / count.clamp(min=1)
        y = F.conv2d(x * mask, self.weight, None, self.stride, self.padding) * ratio
        if self.bias is not None:
            y = y + self.bias[:, None, None]
        return y * new_mask, new_mask


class Exhibit8(nn.Conv2d):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        x = torch.where(mask > 0, x, 0)
        ones = torch.ones_like(self.weight[:1])
        count = F.conv2d(mask, ones, None, self.stride, self.padding)
        new_mask = (count > 0).to(x.dtype)
        ratio = ones.numel() / (count + 1e-8)
        y = F.conv2d(x, self.weight, None, self.stride, self.padding) * ratio
        if self.bias is not None:
            y = y + self.bias[:, None, None]
        return y * new_mask, new_mask


class Exhibit9(nn.Conv2d):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        x = torch.where(mask > 0, x, 0)
        ones = torch.ones_like(self.weight[:1])
        count = F.conv2d(mask, ones, None, self.stride, self.padding)
        new_mask = (count > 0).to(x.dtype)
        ratio = ones.numel() / (count + 0.1)
        y = F.conv2d(x, self.weight, None, self.stride, self.padding) * ratio
        if self.bias is not None:
            y = y + self.bias[:, None, None]
        return y * new_mask, new_mask


class Exhibit10(nn.Conv2d):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        x = torch.where(mask > 0, x, 0)
        ones = torch.ones_like(self.weight)
        count = F.conv2d(mask, ones, None, self.stride, self.padding)
        new_mask = (count > 0).to(x.dtype)
        ratio = ones[0].numel() / count.clamp(min=1)
        y = F.conv2d(x, self.weight, None, self.stride, self.padding) * ratio
        if self.bias is not None:
            y = y + self.bias[:, None, None]
        return y * new_mask, new_mask[:, :1]


class Exhibit11(nn.Conv2d):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.ones = torch.ones(1, self.in_channels, *self.kernel_size)

    def forward(self, x, mask):
        mask = mask.expand_as(x)
        count = F.conv2d(mask, self.ones, None, self.stride, self.padding)
        new_mask = (count > 0).to(x.dtype)
        x = torch.where(mask > 0, x, 0)
        y = F.conv2d(x, self.weight, None, self.stride, self.padding)
        y = y * self.ones.numel() / count.clamp(min=1)
        y = y if self.bias is None else y + self.bias[:, None, None]
        return y * new_mask, new_mask


def _exhibit(number: int, code: type[nn.Module], symptom: str, fault: str, *fix: tuple[str, str]) -> Exhibit:
    return Exhibit(number, "the machine", "layer", code, symptom, fault, fix)


EXHIBITS = (
    _exhibit(
        7,
        Exhibit7,
        "Satellite pictures mark what the camera missed with a value that is not a number. From one such pixel the "
        "damage spreads with every layer.",
        "holes are multiplied by 0 instead of being left out, and NaN · 0 is NaN.",
        ("x * mask", "torch.where(mask > 0, x, 0)"),
    ),
    _exhibit(
        8,
        Exhibit8,
        "Everything works for months. Then somebody switches training to another number type to save memory, and "
        "training breaks.",
        "the small ε becomes 0 in float16, so sum(1)/0 is inf, and inf · 0 is NaN.",
        ("(count + 1e-8)", "count.clamp(min=1)"),
    ),
    _exhibit(
        9,
        Exhibit9,
        "The edges of holes look dull, and nobody knows why.",
        "ε is large enough to change the ratio: a window with one valid value loses 9 %.",
        ("(count + 0.1)", "count.clamp(min=1)"),
    ),
    _exhibit(
        10,
        Exhibit10,
        "Every number is right. People say that partial convolutions are slow, and have numbers to show for it.",
        "the same count is computed again for every output channel.",
        ("torch.ones_like(self.weight)", "torch.ones_like(self.weight[:1])"),
    ),
    _exhibit(
        11,
        Exhibit11,
        "Every number is right on the laptop on which it was written. On the large machine it stops with an error.",
        "the ones are a plain tensor, not a parameter or a buffer, so they stay behind when the module is moved.",
        ("self.ones = torch", "ones = torch"),
        ("*self.kernel_size)\n", '*self.kernel_size)\n        self.register_buffer("ones", ones, persistent=False)\n'),
    ),
)
