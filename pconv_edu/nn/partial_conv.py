"""The partial convolution of Liu et al., ECCV 2018, arXiv 1804.07723, as a PyTorch layer.

    x' = Wᵀ(X ⊙ M) · sum(1) / sum(M) + b   if sum(M) > 0, otherwise 0        (1)
    m' = 1                                 if sum(M) > 0, otherwise 0        (2)

The same as `pconv_edu.core.partial_conv2d`, for batches, with gradients. Three steps, three functions: `select` what is
known, `count_valid` in every window, convolve and rescale.
"""

import torch
import torch.nn.functional as F
from torch import nn

WORDS = {2: torch.int16, 4: torch.int32, 8: torch.int64}  # bytes of a float -> the integer of that size


class _KeepBits(torch.autograd.Function):
    """x where valid, else 0, by the bits of the floats: and with all ones keeps, and with all zeros clears.

    `torch.where` says the same, but on a CPU it takes one value at a time: slow (benchmarks/layer.py).
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(x, valid):
        bits = -valid.to(WORDS[x.element_size()])  # −1 is all ones
        return (x.view(bits.dtype) & bits).view(x.dtype)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[1])
        ctx.save_for_forward(inputs[1])

    @staticmethod
    def backward(ctx, gradient):
        (valid,) = ctx.saved_tensors
        return torch.where(valid, gradient, 0), None

    @staticmethod
    def jvp(ctx, tangent, _):
        (valid,) = ctx.saved_tensors
        return torch.where(valid, tangent, 0)


def select(x, mask):
    """Return x (N, C, H, W) where the mask (N, 1 or C, H, W) is not 0, and 0 in holes, whatever x holds there.

    A choice, not a product: NaN · 0 would be NaN. Gradients flow to the valid values of x only, none to the mask.

    >>> select(torch.tensor([[[[1.0, float("nan"), 3.0]]]]), torch.tensor([[[[1.0, 0.0, 1.0]]]]))
    tensor([[[[1., 0., 3.]]]])
    """
    valid = mask.bool()
    # Compilers and exporters get the operation that they know.
    if x.device.type != "cpu" or torch.compiler.is_compiling() or torch.jit.is_tracing():
        return torch.where(valid, x, 0)
    return _KeepBits.apply(x, valid)


def count_valid(mask, kernel_size, stride=(1, 1), dilation=(1, 1)):
    """Sum each channel of a padded mask (N, G, H, W) over each window of kernel_size: (N, G, H', W').

    Columns first, then rows: k + k additions a window instead of k · k, and no kernel of ones to keep.

    >>> count_valid(torch.ones(1, 1, 2, 4), (2, 3))
    tensor([[[[6., 6.]]]])
    """
    for axis, k, s, d in zip((2, 3), kernel_size, stride, dilation, strict=True):
        windows = mask.unfold(axis, d * (k - 1) + 1, s)  # one more axis: the values under a window
        mask = windows[..., ::d].sum(-1)
    return mask


def count_by_slices(mask, kernel_size, stride, dilation):
    """Return what `count_valid` returns, by operations that the ONNX exporter without torch.export can write."""
    for axis, k, s, d in zip((2, 3), kernel_size, stride, dilation, strict=True):
        before = [slice(None)] * axis
        # One slice takes the i-th value of every window: from d · i on every s-th, up to the last window's.
        mask = sum(mask[*before, d * i : d * (i - k + 1) or None : s] for i in range(k))
    return mask


class PartialConv2d(nn.Conv2d):
    """Partial convolution: an `nn.Conv2d` that is given a mask, leaves holes out, and says what it has filled.

    Equations (1) and (2) of Liu et al., arXiv 1804.07723. Weights and bias are those of `nn.Conv2d`, so a
    convolution's state_dict loads. Outside the picture counts as hole: at the border even a full mask is rescaled.

    Parameters
    ----------
    in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, device, dtype
        As for `nn.Conv2d`; padding may be "same" or "valid". There is no padding_mode: padding is always hole.

    Call
    ----
    ``layer(x, mask) -> (y, new_mask)``

    x : (N, C, H, W), or a list of such tensors that lie one after the other along the channels (a skip link)
    mask : 1 = valid, 0 = hole (anything but 0 counts as valid; values are not inspected), any dtype.
        (N, 1, H, W), one for all channels, or (N, C, H, W); for a list of x a list of these, one each
    y : (N, O, H', W'), 0 where the window was empty
    new_mask : dtype of the mask, without gradient. (N, 1, H', W'), because all output channels see the same windows;
        with several groups and a mask of C channels (N, O, H', W')

    Values of x in holes are never used; they may be NaN. Their gradient is 0. Windows are counted in float32 at least,
    whatever the dtype of x.

    Raises
    ------
    ValueError, TypeError
        If shapes do not fit each other, or `padding_mode` is not "zeros".

    Examples
    --------
    >>> layer = PartialConv2d(1, 1, (1, 3), bias=False)
    >>> layer.load_state_dict({"weight": torch.ones(1, 1, 1, 3)})
    <All keys matched successfully>
    >>> y, new_mask = layer(torch.full((1, 1, 1, 3), 2.0), torch.tensor([[[[1.0, 0.0, 1.0]]]]))
    >>> y.item(), new_mask.item()  # 2 + 2, from two of three values: times 3/2
    (6.0, 1.0)
    """

    def __init__(self, *arguments, padding_mode="zeros", **options):
        if padding_mode != "zeros":
            raise ValueError(f"padding_mode is {padding_mode!r}; a partial convolution pads with holes, 'zeros'")
        super().__init__(*arguments, **options)

    def forward(self, x, mask):
        xs, masks = self._checked(x, mask)
        selected = [select(x, mask) for x, mask in zip(xs, masks, strict=True)]
        return self._convolve(selected[0] if len(xs) == 1 else torch.cat(selected, 1), masks, [x.shape[1] for x in xs])

    def convolve(self, x, mask):
        """The layer for an x that is 0 in every hole already, as after a partial layer: `select` is left out.

        Same arguments and results as the call itself. If x is not 0 in holes, what lies there leaks in.
        """
        xs, masks = self._checked(x, mask)
        return self._convolve(xs[0] if len(xs) == 1 else torch.cat(xs, 1), masks, [x.shape[1] for x in xs])

    def _convolve(self, x, masks, channels):
        with torch.no_grad():
            count, window = self._count(masks, channels)
            valid = count > 0
            # In the dtype of x, but never less than float32: float16 cannot count beyond 2048.
            precise = torch.promote_types(x.dtype, torch.float32)
            ratio = window / count.clamp(min=1).to(precise) * valid  # sum(1) / sum(M); 0 in an empty window
            new_mask = valid.to(masks[0].dtype)
        y = F.conv2d(x, self.weight, None, self.stride, self.padding, self.dilation, self.groups)
        y = (y * ratio).to(y.dtype)  # the ratio is float32 at least, y may be half as wide
        if self.bias is not None:
            y = y + self.bias[:, None, None].to(y.dtype) * valid.to(y.dtype)
        return y, new_mask

    def _count(self, masks, channels):
        """Return (count of valid values in each window, size of a window), one channel a group of masks that differ.

        A mask of one channel stands for all channels of its x: it is counted once, and multiplied.
        """
        masks = [mask.bool().float() for mask in masks]
        if len(masks) == 1 and masks[0].shape[1] == 1:  # one mask for all: 9 of 9 is the same ratio as 576 of 576
            total, per_pixel = masks[0], 1
        elif self.groups == 1:
            total = sum(m.sum(1, keepdim=True) * (c // m.shape[1]) for m, c in zip(masks, channels, strict=True))
            per_pixel = self.in_channels
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

    def _margins(self):
        """Padding as (left, right, top, bottom)."""
        if not isinstance(self.padding, str):
            (top, left) = self.padding
            return left, left, top, top
        if self.padding == "valid":
            return 0, 0, 0, 0
        rows, columns = (d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True))
        return columns // 2, columns - columns // 2, rows // 2, rows - rows // 2  # as nn.Conv2d splits "same"

    def _checked(self, x, mask):
        """Return x and mask as lists whose shapes fit."""
        if isinstance(x, list | tuple) != isinstance(mask, list | tuple):
            raise TypeError("give x and mask both as tensors, or both as lists with one mask for each tensor")
        xs, masks = (list(x), list(mask)) if isinstance(x, list | tuple) else ([x], [mask])
        if len(xs) != len(masks) or not xs:
            raise ValueError(f"{len(xs)} tensors and {len(masks)} masks: give one mask for each tensor")
        for x, mask in zip(xs, masks, strict=True):
            check_shapes(x, mask)
        channels = sum(x.shape[1] for x in xs)
        if channels != self.in_channels:
            raise ValueError(f"x has {channels} channels, but this layer was made for {self.in_channels}")
        left, right, top, bottom = self._margins()
        padded = (xs[0].shape[2] + top + bottom, xs[0].shape[3] + left + right)
        spans = [d * (k - 1) + 1 for d, k in zip(self.dilation, self.kernel_size, strict=True)]
        if padded[0] < spans[0] or padded[1] < spans[1]:
            raise ValueError(
                f"a window spans {spans[0]}×{spans[1]}, the padded x only {padded[0]}×{padded[1]}: pad more"
            )
        return xs, masks


def check_shapes(x, mask):
    """Refuse x and mask that are no tensors (N, C, H, W) and (N, 1 or C, H, W) of the same picture size."""
    if not isinstance(x, torch.Tensor) or not isinstance(mask, torch.Tensor):
        raise TypeError(f"x is {type(x).__name__} and mask {type(mask).__name__}; give tensors")
    if x.ndim != 4 or not x.is_floating_point():
        raise ValueError(f"x is {tuple(x.shape)} {x.dtype}; give floats (N, C, H, W), for one picture x[None]")
    n, _, height, width = x.shape
    if mask.shape in ((n, 1, height, width), x.shape):
        return
    hint = ""
    if mask.shape == (n, height, width):
        hint = ": give mask[:, None]"
    elif mask.ndim == 4 and mask.shape[2:] == (width, height):
        hint = ": rows come first; did you swap width and height?"
    wanted = f"{(n, 1, height, width)} or {tuple(x.shape)}"
    raise ValueError(f"mask is {tuple(mask.shape)}, but x {tuple(x.shape)} needs {wanted}{hint}")
