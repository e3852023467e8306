"""Implement the partial convolution of Liu et al., ECCV 2018, arXiv 1804.07723, as a PyTorch layer.

    x' = Wᵀ(X ⊙ M) · sum(1) / sum(M) + b   if sum(M) > 0, otherwise 0        (1)
    m' = 1                                 if sum(M) > 0, otherwise 0        (2)

`PartialConv2d` computes the same values as `pconv_edu.core.partial_conv2d`, but for batches and with gradients.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from .arguments import Tensors, check_call
from .fast_ops import count_by_slices, count_valid, select


class PartialConv2d(nn.Conv2d):
    """Convolve as `nn.Conv2d` does, but ignore holes, divide by the valid share of each window, and update the mask.

    It computes equations (1) and (2) of Liu et al., arXiv 1804.07723. Weights and bias have the names and shapes of
    `nn.Conv2d`, so the state_dict of an ordinary convolution can be loaded. Positions outside the picture count as part
    of the hole. At the border, the sum is therefore rescaled even if all pixels are valid.

    Parameters
    ----------
    in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, device, dtype
        As for `nn.Conv2d`; padding may be "same" or "valid".
    padding_mode : must be "zeros", because padding always counts as part of the hole

    Call
    ----
    ``layer(x, mask) -> (y, new_mask)``

    x : (N, C, H, W), or a list of such tensors, which are joined along the channels (a skip link)
    mask : (N, 1, H, W), shared by all channels, or (N, C, H, W), of any dtype; 1 = valid, 0 = hole. Every value except
        0 counts as valid, and values are not checked. If x is a list, mask is a list with one mask for each x
    y : (N, O, H', W'), 0 where the window was empty
    new_mask : (N, O, H', W') if there are several groups and the mask has C channels; otherwise (N, 1, H', W'), because
        all output channels then see the same windows. It has the dtype of the mask and no gradient

    Values of x in holes are never used, so they may be NaN. Their gradient is 0. Valid pixels are counted in float32 or
    a wider dtype, whatever the dtype of x.

    Raises
    ------
    ValueError, TypeError
        If the shapes are inconsistent, or `padding_mode` is not "zeros".

    Examples
    --------
    >>> layer = PartialConv2d(1, 1, (1, 3), bias=False)
    >>> layer.load_state_dict({"weight": torch.ones(1, 1, 1, 3)})
    <All keys matched successfully>
    >>> y, new_mask = layer(torch.full((1, 1, 1, 3), 2.0), torch.tensor([[[[1.0, 0.0, 1.0]]]]))
    >>> y.item(), new_mask.item()  # (2 + 2) · 3/2, because two of the three values are valid
    (6.0, 1.0)
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] | str = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f"padding_mode is {padding_mode!r}; a partial convolution pads with holes, 'zeros'")
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, device=device, dtype=dtype
        )

    def forward(self, x: Tensors, mask: Tensors) -> tuple[torch.Tensor, torch.Tensor]:  # type: ignore[override]
        xs, masks = check_call(self, x, mask, self._margins())
        return self._equations([select(x, mask) for x, mask in zip(xs, masks, strict=True)], masks)

    def convolve(self, x: Tensors, mask: Tensors) -> tuple[torch.Tensor, torch.Tensor]:
        """Return what `layer(x, mask)` returns, if x is already 0 in every hole, as after another partial convolution.

        This saves the time of `select`. If x is not 0 in holes, its values there leak into y.
        """
        xs, masks = check_call(self, x, mask, self._margins())
        return self._equations(xs, masks)

    def _equations(self, xs: list[torch.Tensor], masks: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """Return x' and m' of equations (1) and (2), for tensors xs that are 0 in holes."""
        channels = [x.shape[1] for x in xs]
        x = xs[0] if len(xs) == 1 else torch.cat(xs, 1)
        with torch.no_grad():
            sum_M, sum_1 = self._count(masks, channels)
            valid = sum_M > 0
            # In the dtype of x, but never less than float32: float16 cannot count beyond 2048.
            precise = torch.promote_types(x.dtype, torch.float32)
            ratio = self.scale(sum_M, sum_1, precise)
            new_mask = valid.to(masks[0].dtype)
        y = F.conv2d(x, self.weight, None, self.stride, self.padding, self.dilation, self.groups)
        y = (y * ratio).to(y.dtype)  # the ratio has at least float32, but y may have float16
        if self.bias is not None:
            y = y + self.bias[:, None, None].to(y.dtype) * valid.to(y.dtype)
        return y, new_mask

    def scale(self, sum_M: torch.Tensor, sum_1: int, dtype: torch.dtype) -> torch.Tensor:
        """Return sum(1) / sum(M) for each window, and 0 for an empty window."""
        return sum_1 / sum_M.clamp(min=1).to(dtype) * (sum_M > 0)

    def _count(self, masks: list[torch.Tensor], channels: list[int]) -> tuple[torch.Tensor, int]:
        """Return sum(M), the valid values of each window (N, 1 or O, H', W'), and sum(1), the size of a window.

        A mask with one channel applies to all channels of its x. It is counted once, and the count is multiplied by the
        number of channels.
        """
        masks = [mask.bool().float() for mask in masks]
        if len(masks) == 1 and masks[0].shape[1] == 1:  # one mask for all: 9 of 9 is the same ratio as 576 of 576
            total, per_pixel = masks[0], 1
        elif self.groups == 1:
            sums = [m.sum(1, keepdim=True) * (c // m.shape[1]) for m, c in zip(masks, channels, strict=True)]
            total, per_pixel = sum(sums[1:], sums[0]), self.in_channels
        else:
            every = torch.cat([m.expand(-1, c, -1, -1) for m, c in zip(masks, channels, strict=True)], 1)
            total = every.unflatten(1, (self.groups, -1)).sum(2)
            per_pixel = self.in_channels // self.groups
        padded = F.pad(total, self._margins())
        count_windows = count_by_slices if torch.onnx.is_in_onnx_export() else count_valid
        count = count_windows(padded, self.kernel_size, self.stride, self.dilation)
        if count.shape[1] > 1:  # (N, groups, H', W') -> (N, O, H', W')
            count = count.repeat_interleave(self.out_channels // self.groups, 1)
        return count, per_pixel * self.kernel_size[0] * self.kernel_size[1]

    def _margins(self) -> tuple[int, int, int, int]:
        """Return the padding as (left, right, top, bottom)."""
        if not isinstance(self.padding, str):
            top, left = self.padding
            return left, left, top, top
        if self.padding == "valid":
            return 0, 0, 0, 0
        rows, columns = (d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True))
        return columns // 2, columns - columns // 2, rows // 2, rows - rows // 2  # as nn.Conv2d splits "same"
