"""Hypothesis strategies: random layers that fit together, and the course's bound on rounding."""

from dataclasses import dataclass

import numpy as np
import torch
from hypothesis import strategies as st


@dataclass
class Layer:
    x: np.ndarray
    mask: np.ndarray
    weight: np.ndarray
    bias: np.ndarray | None
    where: dict  # stride, padding, dilation, groups

    @property
    def arguments(self):
        return self.x, self.mask, self.weight, self.bias


@st.composite
def layers(draw, dtypes=(np.float32, np.float64), groups=(1, 2, 3), multichannel=True):
    """A random partial convolution: shapes, stride, padding, dilation, groups, shared or multichannel mask."""
    groups = draw(st.sampled_from(groups))
    in_channels = groups * draw(st.integers(1, 3))
    out_channels = groups * draw(st.integers(1, 5))
    kernel = draw(st.tuples(st.integers(1, 5), st.integers(1, 5)))
    stride = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    padding = draw(st.tuples(st.integers(0, 3), st.integers(0, 3)))
    dilation = draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    least = [max(1, d * (k - 1) + 1 - 2 * p) for k, p, d in zip(kernel, padding, dilation, strict=True)]
    height, width = (n + draw(st.integers(0, 8)) for n in least)
    dtype = draw(st.sampled_from(dtypes))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x = rng.standard_normal((in_channels, height, width)).astype(dtype)
    shared = not multichannel or draw(st.booleans())
    known = draw(st.sampled_from([0.0, 0.05, 0.3, 0.7, 1.0]))
    mask = rng.random(x.shape[1:] if shared else x.shape) < known
    weight = rng.standard_normal((out_channels, in_channels // groups, *kernel)).astype(dtype)
    bias = rng.standard_normal(out_channels).astype(dtype) if draw(st.booleans()) else None
    where = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    return Layer(x, mask, weight, bias, where)


def rounding_bound(layer):
    """1e-5 · ratio · Σ|w·x| + 1e-7 in float32, 1e-12 in place of both in float64: (O, H', W')."""
    where = layer.where
    magnitude = np.where(np.broadcast_to(layer.mask, layer.x.shape), abs(layer.x), 0).astype(float)
    total = torch.nn.functional.conv2d(
        torch.from_numpy(magnitude)[None], torch.from_numpy(abs(layer.weight).astype(float)), **where
    )[0].numpy()
    count = window_counts(layer)
    window = layer.weight[0].size
    ratio = np.divide(window, count, out=np.zeros(count.shape), where=count > 0)
    relative, absolute = (1e-5, 1e-7) if layer.x.dtype == np.float32 else (1e-12, 1e-12)
    return relative * ratio * total + absolute


def window_counts(layer):
    """Return how many values each window contains, over all channels of the group, by PyTorch: (O, H', W')."""
    mask = np.broadcast_to(layer.mask, layer.x.shape).astype(float)
    ones = np.ones(layer.weight.shape)
    return torch.nn.functional.conv2d(torch.from_numpy(mask.copy())[None], torch.from_numpy(ones), **layer.where)[
        0
    ].numpy()
