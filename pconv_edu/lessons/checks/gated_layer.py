"""Lesson 15: `gated_layer(picture, mask, W, V, c) -> (O, H, W)` computes a gated convolution of a grey picture.

The hole is painted mid-grey, 0.5, and the mask becomes a second channel. With this x of (2, H, W), the result is
ReLU(conv(x, W)) · σ(conv(x, V) + c). W and V are (O, 2, 3, 3), c is (O,), and both convolutions pad x with zeros.
"""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def stacked(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return the picture, mid-grey in the hole, and the mask as two channels: (2, H, W)."""
    return np.stack([np.where(mask, picture, 0.5), mask])


def conv(x: np.ndarray, weight: np.ndarray, margin: int = 1, **padding: Any) -> np.ndarray:
    """Return the sums of all 3×3 windows of x (C, H, W) with weights (O, C, 3, 3), as (O, H, W)."""
    padded = np.pad(x, ((0, 0), (margin, margin), (margin, margin)), **padding)
    return np.einsum("chwij,ocij->ohw", sliding_window_view(padded, (3, 3), axis=(1, 2)), weight)


def relu(values: np.ndarray) -> np.ndarray:
    return np.maximum(values, 0)


def logistic(values: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-values))."""
    return 1 / (1 + np.exp(-values))


def gated(
    x: np.ndarray, features: np.ndarray, gate: np.ndarray, c: np.ndarray, margin: int = 1, **padding: Any
) -> np.ndarray:
    """Return the gated convolution of x (2, H, W), with the weights of the features and of the gate."""
    sums = conv(x, gate, margin, **padding) + c[:, None, None]
    return relu(conv(x, features, margin, **padding)) * logistic(sums)


def answer(picture: np.ndarray, mask: np.ndarray, W: np.ndarray, V: np.ndarray, c: np.ndarray) -> np.ndarray:
    return gated(stacked(picture, mask), W, V, c)


def _parts(picture, mask, W, V, c):
    """Return the sums of the features and those of the gate with c, both (O, H, W), before ReLU and σ."""
    x = stacked(picture, mask)
    return conv(x, W), conv(x, V) + c[:, None, None]


# ---- the gate


@mistake("the gate is missing. Multiply the features by σ(conv(x, V) + c).")
def no_gate(picture, mask, W, V, c):
    return relu(_parts(picture, mask, W, V, c)[0])


@mistake("you return the gate. Multiply the features by it.")
def only_the_gate(picture, mask, W, V, c):
    return logistic(_parts(picture, mask, W, V, c)[1])


@mistake("the gate is added to the features. Multiply the features by it, so that a gate of 0 lets nothing through.")
def added(picture, mask, W, V, c):
    features, gate = _parts(picture, mask, W, V, c)
    return relu(features) + logistic(gate)


@mistake("the sums of the gate are used as they are. σ makes them numbers between 0 and 1.")
def no_logistic(picture, mask, W, V, c):
    features, gate = _parts(picture, mask, W, V, c)
    return relu(features) * gate


@mistake("the gate uses tanh, which is between −1 and 1. σ is between 0 and 1.")
def tanh_gate(picture, mask, W, V, c):
    features, gate = _parts(picture, mask, W, V, c)
    return relu(features) * np.tanh(gate)


@mistake("the sign in σ is wrong, so open gates are closed. σ(z) is 1 / (1 + exp(−z)), with a minus.")
def wrong_sign(picture, mask, W, V, c):
    features, gate = _parts(picture, mask, W, V, c)
    return relu(features) * logistic(-gate)


@mistake("the gate is a softmax over the channels. Each channel has a gate of its own: use σ.")
def softmax_gate(picture, mask, W, V, c):
    features, gate = _parts(picture, mask, W, V, c)
    powers = np.exp(gate)
    return relu(features) * powers / powers.sum(0)


@mistake("the gate is rounded to 0 or 1. A gate may be half open, which is what makes it possible to train it.")
def hard_gate(picture, mask, W, V, c):
    features, gate = _parts(picture, mask, W, V, c)
    return relu(features) * (logistic(gate) > 0.5)


@mistake("all channels have the gate of the first one. There is a gate for each channel: use V[o] and c[o].")
def gate_of_the_first_channel(picture, mask, W, V, c):
    features, gate = _parts(picture, mask, W, V, c)
    return relu(features) * logistic(gate[:1])


@mistake("the gate sees only the mask. Convolve both channels of x with V: the gate may depend on the picture too.")
def gate_sees_the_mask_only(picture, mask, W, V, c):
    x = stacked(picture, mask)
    return relu(conv(x, W)) * logistic(conv(x[1:], V[:, 1:]) + c[:, None, None])


@mistake("the gate sees only the picture. Convolve both channels of x with V, so that the gate knows the hole.")
def gate_sees_the_picture_only(picture, mask, W, V, c):
    x = stacked(picture, mask)
    return relu(conv(x, W)) * logistic(conv(x[:1], V[:, :1]) + c[:, None, None])


@mistake("the gate is computed from the features. It is a second convolution of x, the input of the layer.")
def gate_of_the_features(picture, mask, W, V, c):
    features = relu(conv(stacked(picture, mask), W))
    x = np.stack([features[0], features[-1]])
    return features * logistic(conv(x, V) + c[:, None, None])


# ---- the weights


@mistake("W is used for the gate too. The gate has weights of its own, V.")
def gate_uses_W(picture, mask, W, V, c):
    return gated(stacked(picture, mask), W, W, c)


@mistake("W and V are swapped. W makes the features, and V makes the gate.")
def swapped(picture, mask, W, V, c):
    return gated(stacked(picture, mask), V, W, c)


@mistake("c is missing. Add it to the sums of the gate.")
def no_c(picture, mask, W, V, c):
    return gated(stacked(picture, mask), W, V, 0 * c)


@mistake("c is added after σ, so a gate may exceed 1. Add it to the sums of the gate, before σ.")
def c_after_the_logistic(picture, mask, W, V, c):
    features, gate = _parts(picture, mask, W, V, 0 * c)
    return relu(features) * (logistic(gate) + c[:, None, None])


@mistake("c is added to the features. It belongs to the gate.")
def c_on_the_features(picture, mask, W, V, c):
    features, gate = _parts(picture, mask, W, V, 0 * c)
    return relu(features + c[:, None, None]) * logistic(gate)


@mistake("c is added to the features too. It belongs to the gate alone.")
def c_on_both(picture, mask, W, V, c):
    features, gate = _parts(picture, mask, W, V, c)
    return relu(features + c[:, None, None]) * logistic(gate)


# ---- the features and the convolutions


@mistake("the ReLU of the features is missing. Negative features become 0.")
def no_relu(picture, mask, W, V, c):
    features, gate = _parts(picture, mask, W, V, c)
    return features * logistic(gate)


@mistake("the features go through σ too. They go through a ReLU; only the gate is limited to 0 … 1.")
def logistic_features(picture, mask, W, V, c):
    features, gate = _parts(picture, mask, W, V, c)
    return logistic(features) * logistic(gate)


@mistake("the ReLU is applied to the sums of the gate, so no gate falls below a half. Only the features have a ReLU.")
def relu_on_the_gate(picture, mask, W, V, c):
    features, gate = _parts(picture, mask, W, V, c)
    return relu(features) * logistic(relu(gate))


@mistake("you take the mean of each window. A convolution is a sum.")
def means(picture, mask, W, V, c):
    return gated(stacked(picture, mask), W / W[0].size, V / V[0].size, c)


@mistake("the features are divided by the valid share, as in a partial convolution. The gate replaces that rule.")
def rescaled(picture, mask, W, V, c):
    x = stacked(picture, mask)
    count = conv(x[1:], np.ones((1, 1, 3, 3)))
    features = conv(x, W) * np.where(count > 0, 9 / np.maximum(count, 1), 0)
    return relu(features) * logistic(conv(x, V) + c[:, None, None])


@mistake("the kernels are rotated by 180°, as scipy.signal.convolve2d does. Use them as they are (correlate2d).")
def turned_kernels(picture, mask, W, V, c):
    return answer(picture, mask, W[..., ::-1, ::-1], V[..., ::-1, ::-1], c)


@mistake("the kernels are transposed. Row i and column j of a kernel belong to row i and column j of the window.")
def transposed_kernels(picture, mask, W, V, c):
    return answer(picture, mask, W.swapaxes(2, 3), V.swapaxes(2, 3), c)


@mistake("x is not padded, so the result is too small. Surround x with one row and column of zeros.")
def not_padded(picture, mask, W, V, c):
    return gated(stacked(picture, mask), W, V, c, margin=0)


@mistake("x is padded with its border values. Pad it with zeros.")
def edge_padding(picture, mask, W, V, c):
    return gated(stacked(picture, mask), W, V, c, mode="edge")


@mistake("the picture is padded with 0.5. Paint the hole, and pad x with zeros afterwards.")
def padded_with_grey(picture, mask, W, V, c):
    x = np.pad(stacked(picture, mask), ((0, 0), (1, 1), (1, 1)))
    x[0] = np.pad(np.where(mask, picture, 0.5), 1, constant_values=0.5)
    return gated(x, W, V, c, margin=0)


@mistake("windows start at the pixel instead of being centred on it. Pad on all four sides, not only at two.")
def not_centred(picture, mask, W, V, c):
    x = np.pad(stacked(picture, mask), ((0, 0), (0, 2), (0, 2)))
    return gated(x, W, V, c, margin=0)


# ---- the picture and the mask


@mistake("the values in the hole are used. Paint the hole with 0.5 before you convolve.")
def hole_not_painted(picture, mask, W, V, c):
    return gated(np.stack([picture, mask]), W, V, c)


@mistake("the hole is painted black. Paint it mid-grey, 0.5.")
def painted_black(picture, mask, W, V, c):
    return gated(np.stack([np.where(mask, picture, 0.0), mask]), W, V, c)


@mistake("you multiply by the mask. NaN · 0 is NaN, so a broken value in the hole gets out. Choose with np.where.")
def multiplied(picture, mask, W, V, c):
    return gated(np.stack([picture * mask + 0.5 * ~mask, mask]), W, V, c)


@mistake("hole and valid are swapped when you paint. True means valid, so paint where the mask is False.")
def painted_the_wrong_side(picture, mask, W, V, c):
    return gated(np.stack([np.where(mask, 0.5, picture), mask]), W, V, c)


@mistake("the mask channel is 1 in the hole. It is the mask itself: 1 = valid, 0 = hole.")
def inverted_mask(picture, mask, W, V, c):
    return gated(np.stack([np.where(mask, picture, 0.5), ~mask]), W, V, c)


@mistake("the mask is the first channel. The picture is channel 0, and the mask is channel 1.")
def mask_first(picture, mask, W, V, c):
    return gated(stacked(picture, mask)[::-1], W, V, c)


@mistake("the mask is not used as a channel. Stack it under the picture: x has two channels.")
def no_mask_channel(picture, mask, W, V, c):
    return gated(stacked(picture, mask)[:1], W[:, :1], V[:, :1], c)


@mistake("the result is set to 0 in the hole. Leave that to the gates, which have learned what to let through.")
def masked_result(picture, mask, W, V, c):
    return answer(picture, mask, W, V, c) * mask


def _case(shows, hole, channels, c, seed, size=(5, 6), junk=0.9):
    rng = np.random.default_rng(seed)
    picture, mask = rng.random(size).round(2), np.ones(size, bool)
    mask[hole] = False
    picture[~mask] = junk
    W, V = (rng.integers(-4, 5, (channels, 2, 3, 3)) / 4 for _ in range(2))
    return Case(shows, (picture, mask, W, V, np.array(c)))


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        _case("a picture without a hole, one output channel", np.s_[:0], 1, [0.5], 0),
        _case("a hole of 2×2 pixels, two output channels", np.s_[1:3, 2:4], 2, [0.25, -0.5], 1),
        _case("a hole at the border, three output channels", np.s_[3:, :2], 3, [-0.75, 0.5, 1.0], 2, junk=0.1),
        _case("gates that are nearly closed", np.s_[2, 1:5], 2, [-4.0, -2.5], 3, size=(4, 6)),
        _case("nothing valid", np.s_[:], 2, [0.5, -1.0], 4, size=(4, 4)),
        _case("a hole with NaN in it", np.s_[1:4, 1:3], 2, [0.0, 1.0], 5, junk=np.nan),
    ),
)
