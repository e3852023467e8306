"""Room 1 of the museum, the formula: layers that compute something other than equation (1)."""

import torch
import torch.nn.functional as F
from torch import nn

from ..exhibit import Exhibit


class Exhibit1(nn.Conv2d):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        x = torch.where(mask > 0, x, 0)
        ones = torch.ones_like(self.weight[:1])
        count = F.conv2d(mask, ones, None, self.stride, self.padding)
        new_mask = (count > 0).to(x.dtype)
        y = F.conv2d(x, self.weight, None, self.stride, self.padding) / count.clamp(min=1)
        if self.bias is not None:
            y = y + self.bias[:, None, None]
        return y * new_mask, new_mask


class Exhibit2(nn.Conv2d):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        x = torch.where(mask > 0, x, 0)
        ones = torch.ones_like(self.weight[:1])
        count = F.conv2d(mask, ones, None, self.stride, self.padding)
        new_mask = (count > 0).to(x.dtype)
        ratio = self.kernel_size[0] * self.kernel_size[1] / count.clamp(min=1)
        y = F.conv2d(x, self.weight, None, self.stride, self.padding) * ratio
        if self.bias is not None:
            y = y + self.bias[:, None, None]
        return y * new_mask, new_mask


class Exhibit3(nn.Conv2d):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        x = torch.where(mask > 0, x, 0)
        ones = torch.ones_like(self.weight[:1])
        count = F.conv2d(mask, ones, None, self.stride, self.padding)
        new_mask = (count > 0).to(x.dtype)
        ratio = ones.numel() / count.clamp(min=1) * new_mask
        y = F.conv2d(x, self.weight, None, self.stride, self.padding) * ratio
        if self.bias is not None:
            y = (y + self.bias[:, None, None]) * ratio
        return y, new_mask


class Exhibit4(nn.Conv2d):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        x = torch.where(mask > 0, x, 0)
        ones = torch.ones_like(self.weight[:1])
        count = F.conv2d(mask, ones, None, self.stride, self.padding)
        new_mask = (count > 0).to(x.dtype)
        ratio = ones.numel() / count.clamp(min=1)
        y = F.conv2d(x, self.weight, self.bias, self.stride, self.padding) * ratio
        return y * new_mask, new_mask


class Exhibit5(nn.Conv2d):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        x = torch.where(mask > 0, x, 0)
        ones = torch.ones_like(self.weight[:1])
        count = F.conv2d(mask, ones, None, self.stride, self.padding)
        new_mask = (count > 0).to(x.dtype)
        ratio = ones.numel() / count.clamp(min=1)
        y = F.conv2d(x, self.weight, None, self.stride, self.padding) * ratio
        if self.bias is not None:
            y = y + self.bias[:, None, None]
        return y, new_mask


class Exhibit6(nn.Conv2d):
    def forward(self, x, mask):
        top, left = self.padding
        mask = F.pad(mask.expand_as(x), (left, left, top, top), value=1)
        x = torch.where(mask > 0, F.pad(x, (left, left, top, top)), 0)
        ones = torch.ones_like(self.weight[:1])
        count = F.conv2d(mask, ones, None, self.stride)
        new_mask = (count > 0).to(x.dtype)
        ratio = ones.numel() / count.clamp(min=1)
        y = F.conv2d(x, self.weight, None, self.stride) * ratio
        if self.bias is not None:
            y = y + self.bias[:, None, None]
        return y * new_mask, new_mask


def _exhibit(number: int, code: type[nn.Module], symptom: str, fault: str, *fix: tuple[str, str]) -> Exhibit:
    return Exhibit(number, "the formula", "layer", code, symptom, fault, fix)


EXHIBITS = (
    _exhibit(
        1,
        Exhibit1,
        "The result is nearly black. The weights of a trained ordinary convolution are useless in it.",
        "the sum is divided by sum(M) but never multiplied by sum(1).",
        ("/ count.clamp(min=1)", "* ones.numel() / count.clamp(min=1)"),
    ),
    _exhibit(
        2,
        Exhibit2,
        "Grey pictures come out right. Colour pictures come out three times too dark.",
        "sum(1) is the k · k places of one channel, while sum(M) runs over all channels.",
        ("self.kernel_size[0] * self.kernel_size[1] /", "ones.numel() /"),
    ),
    _exhibit(
        3,
        Exhibit3,
        "Along holes, and along the border, the picture is far too bright. Elsewhere it is right.",
        "with a bias, the ratio is applied twice. The second factor should be the new mask.",
        ("self.bias[:, None, None]) * ratio", "self.bias[:, None, None]) * new_mask"),
    ),
    _exhibit(
        4,
        Exhibit4,
        "Something is added to the picture along holes and the border, even to a black picture. The less is known, "
        "the more is added.",
        "the bias is multiplied by the ratio. It must be added after the ratio.",
        ("self.weight, self.bias, self.stride", "self.weight, None, self.stride"),
        (
            "        return y",
            "        if self.bias is not None:\n            y = y + self.bias[:, None, None]\n        return y",
        ),
    ),
    _exhibit(
        5,
        Exhibit5,
        "The inside of a large hole is grey, not 0, although the new mask still calls it a hole.",
        "b is added in empty windows too, where equation (1) gives 0.",
        ("return y, new_mask", "return y * new_mask, new_mask"),
    ),
    _exhibit(
        6,
        Exhibit6,
        "The picture gets darker towards its own border, even if nothing is missing.",
        "everything outside the picture counts as valid. The mask must be padded with 0, as x is.",
        ("value=1", "value=0"),
    ),
)
