"""The exercise `gated_layer` accepts right answers in every style, and names mistakes that learners make in other code.

`test_checks` tests the mistakes of its catalogue.
"""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.ndimage import correlate
from scipy.signal import convolve2d, correlate2d

from pconv_edu.lessons.checks import diagnose, load_exercise
from pconv_edu.nn.variants import GatedBlock

EXERCISE = load_exercise("gated_layer")


def loops(picture, mask, W, V, c):
    height, width = picture.shape
    x = [[[0.0] * (width + 2) for _ in range(height + 2)] for _ in range(2)]
    for i in range(height):
        for j in range(width):
            x[0][i + 1][j + 1] = float(picture[i, j]) if mask[i, j] else 0.5
            x[1][i + 1][j + 1] = 1.0 if mask[i, j] else 0.0
    y = [[[0.0] * width for _ in range(height)] for _ in range(len(W))]
    for o in range(len(W)):
        for i in range(height):
            for j in range(width):
                feature, gate = 0.0, float(c[o])
                for channel in range(2):
                    for r in range(3):
                        for s in range(3):
                            feature += W[o, channel, r, s] * x[channel][i + r][j + s]
                            gate += V[o, channel, r, s] * x[channel][i + r][j + s]
                y[o][i][j] = max(feature, 0.0) / (1 + math.exp(-gate))
    return np.array(y)


def windows(picture, mask, W, V, c):
    x = np.pad(np.stack([np.where(mask, picture, 0.5), mask]), ((0, 0), (1, 1), (1, 1)))
    y = np.zeros((len(W), *picture.shape))
    for o, i, j in np.ndindex(y.shape):
        window = x[:, i : i + 3, j : j + 3]
        y[o, i, j] = np.maximum((window * W[o]).sum(), 0) / (1 + np.exp(-(window * V[o]).sum() - c[o]))
    return y


def with_scipy(picture, mask, W, V, c):
    x = [np.where(mask, picture, 0.5), mask.astype(float)]
    y = []
    for w, v, bias in zip(W, V, c, strict=True):
        features = sum(correlate2d(a, b, mode="same") for a, b in zip(x, w, strict=True))
        gate = sum(correlate(a, b, mode="constant") for a, b in zip(x, v, strict=True)) + bias
        y.append(np.clip(features, 0, None) * (1 + np.tanh(gate / 2)) / 2)  # the same function as 1 / (1 + exp(-gate))
    return np.array(y)


def with_torch(picture, mask, W, V, c, dtype=torch.float64):
    picture = picture.copy()
    picture[~mask] = 0.5
    x, W, V, c = (torch.as_tensor(np.array(a), dtype=dtype) for a in ([picture, mask], W, V, c))
    y = torch.relu(F.conv2d(x[None], W, padding=1)) * torch.sigmoid(F.conv2d(x[None], V, c, padding=1))
    return y[0].numpy()


def in_float32(*arguments):
    return with_torch(*arguments, dtype=torch.float32)


def relu_after_the_product(picture, mask, W, V, c):
    """The same, because a gate is positive."""
    return np.maximum(mistake_called("no_relu")(picture, mask, W, V, c), 0)


def the_package(picture, mask, W, V, c):
    block = GatedBlock(torch.nn.Conv2d, 2, len(W), 3, norm=False, activation=torch.nn.ReLU()).double()
    weights = {"conv.weight": W, "conv.bias": 0 * c, "gate.weight": V, "gate.bias": c}
    block.load_state_dict({name: torch.from_numpy(values) for name, values in weights.items()})
    x = torch.from_numpy(np.stack([np.where(mask, picture, 0.5), mask]))
    return block([x[None]], [None])[0][0].detach().numpy()


def mistake_called(name):
    return next(mistake.code for mistake in EXERCISE.mistakes if mistake.code.__name__ == name)


RIGHT = [loops, windows, with_scipy, with_torch, in_float32, relu_after_the_product, the_package]


@pytest.mark.parametrize("attempt", RIGHT)
def test_right_answers_in_any_style(attempt):
    diagnosis = diagnose(EXERCISE, attempt)
    assert diagnosis.kind == "right", diagnosis.text
    assert diagnosis.text == "Right, in all 6 cases."


def flipped_by_scipy(picture, mask, W, V, c):
    x = [np.where(mask, picture, 0.5), mask.astype(float)]
    sums = [[sum(convolve2d(a, b, "same") for a, b in zip(x, w, strict=True)) for w in weight] for weight in (W, V)]
    return np.maximum(sums[0], 0) / (1 + np.exp(-np.array(sums[1]) - c[:, None, None]))


def unpadded_by_torch(picture, mask, W, V, c):
    x, W, V, c = map(torch.from_numpy, (np.stack([np.where(mask, picture, 0.5), mask]), W, V, c))
    return F.conv2d(x[None], W)[0].relu() * F.conv2d(x[None], V, c)[0].sigmoid()


def silu(picture, mask, W, V, c):
    """Uses one convolution for both factors, which makes an activation and no gate."""
    x, W, c = map(torch.from_numpy, (np.stack([np.where(mask, picture, 0.5), mask]), W, c))
    return (F.conv2d(x[None], W, padding=1).relu() * F.conv2d(x[None], W, c, padding=1).sigmoid())[0]


@pytest.mark.parametrize(
    "attempt, name",
    [(flipped_by_scipy, "turned_kernels"), (unpadded_by_torch, "not_padded"), (silu, "gate_uses_W")],
)
def test_mistakes_in_other_code_are_named(attempt, name):
    diagnosis = diagnose(EXERCISE, attempt)
    assert diagnosis.mistake is not None and diagnosis.mistake.code.__name__ == name, diagnosis.text


def test_the_picture_is_not_written_into():
    def in_place(picture, mask, W, V, c):
        picture[~mask] = 0.5
        return windows(picture, mask, W, V, c)

    assert "Work on a copy" in diagnose(EXERCISE, in_place).text


@pytest.mark.filterwarnings("ignore:overflow encountered in exp")
def test_an_overflow_of_exp_is_no_mistake():
    """NumPy warns about it, and 1 / (1 + inf) is 0, which is right. `diagnose` ignores the warning."""
    picture, mask, W, V, c = EXERCISE.cases[3].arguments
    assert np.allclose(
        EXERCISE.answer(picture, mask, W, V, c - 30), with_torch(picture, mask, W, V, c - 30), atol=1e-12
    )


def test_at_least_ten_mistakes_are_known():
    says = [mistake.says for mistake in EXERCISE.mistakes]
    assert len(says) == len(set(says)) >= 10
