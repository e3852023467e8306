"""Rooms 1 to 3: partial convolution layers, each with one fault of public code, written here anew.

Each is made like ``nn.Conv2d`` and called like the course's layer: ``layer(x, mask) -> (y, new_mask)``, with a mask of
one channel or of as many as x. The repairs are in the solutions of lesson 07.
"""

import torch
import torch.nn.functional as F
from torch import nn


class Layer(nn.Conv2d):
    """The steps that the exhibits share."""

    @property
    def b(self):
        return self.bias[:, None, None]

    def convolve(self, x):
        """An ordinary convolution without bias."""
        return F.conv2d(x, self.weight, None, self.stride, self.padding)

    def count(self, mask):
        """How many values of a mask (N, C, H, W) each window holds, over all channels: (N, 1, H', W')."""
        ones = torch.ones(1, 1, *self.kernel_size).to(mask)
        return F.conv2d(mask.sum(1, keepdim=True), ones, None, self.stride, self.padding)


class Exhibit1(Layer):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        count = self.count(mask)
        new_mask = (count > 0).to(x.dtype)
        raw = self.convolve(torch.where(mask > 0, x, 0))
        return (raw / count.clamp(min=1) + self.b) * new_mask, new_mask


class Exhibit2(Layer):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        count = self.count(mask)
        new_mask = (count > 0).to(x.dtype)
        raw = self.convolve(torch.where(mask > 0, x, 0))
        ratio = self.kernel_size[0] * self.kernel_size[1] / count.clamp(min=1)
        return (raw * ratio + self.b) * new_mask, new_mask


class Exhibit3(Layer):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        count = self.count(mask)
        new_mask = (count > 0).to(x.dtype)
        ratio = self.weight[0].numel() / count.clamp(min=1) * new_mask
        y = self.convolve(torch.where(mask > 0, x, 0)) * ratio
        return (y + self.b) * ratio, new_mask


class Exhibit4(Layer):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        count = self.count(mask)
        new_mask = (count > 0).to(x.dtype)
        y = self.convolve(torch.where(mask > 0, x, 0)) + self.b
        ratio = self.weight[0].numel() / count.clamp(min=1)
        return y * ratio * new_mask, new_mask


class Exhibit5(Layer):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        count = self.count(mask)
        raw = self.convolve(torch.where(mask > 0, x, 0))
        ratio = self.weight[0].numel() / count.clamp(min=1)
        return raw * ratio + self.b, (count > 0).to(x.dtype)


class Exhibit6(Layer):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        count = self.count(mask)
        new_mask = (count > 0).to(x.dtype)
        raw = self.convolve(torch.where(mask > 0, x, 0))
        ratio = self.weight[0].numel() / (count + 1e-8) * new_mask
        return raw * ratio + self.b * new_mask, new_mask


class Exhibit7(Layer):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        count = self.count(mask)
        new_mask = (count > 0).to(x.dtype)
        raw = self.convolve(torch.where(mask > 0, x, 0))
        ratio = self.weight[0].numel() / (count + 0.1) * new_mask
        return raw * ratio + self.b * new_mask, new_mask


class Exhibit8(Layer):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        count = self.count(mask)
        new_mask = (count > 0).to(x.dtype)
        raw = self.convolve(x * mask)
        ratio = self.weight[0].numel() / count.clamp(min=1)
        return (raw * ratio + self.b) * new_mask, new_mask


class Exhibit9(Layer):
    def forward(self, x, mask):
        mask = (1 - mask).expand_as(x)
        count = self.count(mask)
        new_mask = (count > 0).to(x.dtype)
        raw = self.convolve(torch.where(mask > 0, x, 0))
        ratio = self.weight[0].numel() / count.clamp(min=1)
        return (raw * ratio + self.b) * new_mask, 1 - new_mask


class Exhibit10(Layer):
    def forward(self, x, mask):
        mask = mask[:, :1]
        count = self.count(mask)
        new_mask = (count > 0).to(x.dtype)
        raw = self.convolve(torch.where(mask > 0, x, 0))
        ratio = self.kernel_size[0] * self.kernel_size[1] / count.clamp(min=1)
        return (raw * ratio + self.b) * new_mask, new_mask


class Exhibit11(Layer):
    def forward(self, x, mask):
        mask = mask.expand_as(x)
        rows, columns = self.padding
        padded = F.pad(mask, (columns, columns, rows, rows), mode="replicate")
        ones = torch.ones(1, x.shape[1], *self.kernel_size).to(x)
        count = F.conv2d(padded, ones, None, self.stride)
        new_mask = (count > 0).to(x.dtype)
        raw = self.convolve(torch.where(mask > 0, x, 0))
        ratio = self.weight[0].numel() / count.clamp(min=1)
        return (raw * ratio + self.b) * new_mask, new_mask
