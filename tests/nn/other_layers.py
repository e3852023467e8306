"""Partial convolution in the other ways that the paper's FAQ allows. Our layer must agree with them."""

import torch
import torch.nn.functional as F
from torch import nn


class OneChannelCount(nn.Conv2d):
    """One mask (N, 1, H, W) for all channels, counted with one kernel of ones; multiplies by the mask."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.register_buffer("ones", torch.ones(1, 1, *self.kernel_size), persistent=False)

    def forward(self, x, mask):
        with torch.no_grad():
            count = F.conv2d(mask, self.ones, None, self.stride, self.padding, self.dilation)
            new_mask = (count > 0).to(x.dtype)
            ratio = self.ones.numel() / count.clamp(min=1) * new_mask
        y = F.conv2d(x * mask, self.weight, None, self.stride, self.padding, self.dilation, self.groups) * ratio
        return (y if self.bias is None else y + self.bias[:, None, None] * new_mask), new_mask


class MultiChannelCount(nn.Conv2d):
    """A mask (N, C, H, W) counted with as many kernels of ones as the layer has weights."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.register_buffer("ones", torch.ones_like(self.weight), persistent=False)

    def forward(self, x, mask):
        mask = mask.expand_as(x)
        where = (self.stride, self.padding, self.dilation, self.groups)
        with torch.no_grad():
            count = F.conv2d(mask, self.ones, None, *where)
            new_mask = (count > 0).to(x.dtype)
            ratio = self.ones[0].numel() / count.clamp(min=1) * new_mask
        y = F.conv2d(x * mask, self.weight, None, *where) * ratio
        return (y if self.bias is None else y + self.bias[:, None, None] * new_mask), new_mask
