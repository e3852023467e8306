"""Measure the largest difference of the PyTorch layer from other implementations, over 200 random layers.

`python benchmarks/parity.py` prints it. Differences are relative to the largest value of the same output or gradient.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from torch_pconv import PConv2d

sys.path.insert(0, str(Path(__file__).parents[1]))
from pconv_edu.core import partial_conv2d, partial_conv2d_loops
from pconv_edu.experiments import benchmarks
from pconv_edu.nn import PartialConv2d
from tests.nn.other_layers import MultiChannelCount, OneChannelCount


def random_layer(rng):
    """Constructor arguments, options, and x (2, C, H, W) with a mask (2, 1, H, W) that fit each other."""
    c, o, kernel = (int(n) for n in rng.integers(1, (9, 9, 8)))
    options = {
        "stride": int(rng.integers(1, 4)),
        "padding": int(rng.integers(0, 4)),
        "dilation": int(rng.integers(1, 3)),
    }
    size = max(1, options["dilation"] * (kernel - 1) + 1 - 2 * options["padding"]) + int(rng.integers(0, 20))
    x = torch.from_numpy(rng.standard_normal((2, c, size, size + 3), np.float32))
    mask = torch.from_numpy(rng.random((2, 1, size, size + 3)) < rng.choice([0.1, 0.4, 0.8])).float()
    return (c, o, kernel), options, x, mask


def away(a, b):
    return float((a - b).abs().max() / b.abs().max().clamp(min=1e-12))


def forward_and_gradients(layer, parameters, x, mask):
    x = x.clone().requires_grad_()
    y = layer(x, mask)[0]
    dy = torch.rand(y.shape, generator=torch.Generator().manual_seed(0)) + 0.1
    return y.detach(), [g.flatten() for g in torch.autograd.grad((y * dy).sum(), [x, *parameters])]


def rivals(ours, sizes, options):
    """name -> (layer with the same weights, its weight and bias, a function that converts our mask to its mask)."""
    state = ours.state_dict()
    found = {}
    for legacy in (False, True):
        layer = PConv2d(*sizes, **options, bias=True, legacy_behaviour=legacy)
        layer.set_weight(state["weight"])
        layer.set_bias(state["bias"])
        name = "torch-pconv" + (", legacy behaviour" if legacy else "")
        found[name] = layer, [layer.regular_conv.weight, layer.bias], lambda mask: mask[:, 0]
    for name, kind in (("one-channel count", OneChannelCount), ("multi-channel count", MultiChannelCount)):
        layer = kind(*sizes, **options)
        layer.load_state_dict(state)
        found[name] = layer, [layer.weight, layer.bias], lambda mask: mask
    return found


def numpy_layer(reference, ours, x, mask, options):
    """The outputs of a NumPy reference, picture by picture, in the dtype of x."""
    arrays = [p.detach().to(x.dtype).numpy() for p in (ours.weight, ours.bias)]
    ys = [reference(a.numpy(), m[0].numpy(), *arrays, **options)[0] for a, m in zip(x, mask, strict=True)]
    return torch.from_numpy(np.stack(ys))


def main():
    rng = np.random.default_rng(0)
    largest = {}

    def note(name, what, value):
        row = largest.setdefault(name, {"forward": 0.0, "gradient": None})
        row[what] = max(row[what] or 0.0, value)

    for number in range(200):
        torch.manual_seed(number)
        sizes, options, x, mask = random_layer(rng)
        ours = PartialConv2d(*sizes, **options)
        y, gradients = forward_and_gradients(ours, [ours.weight, ours.bias], x, mask)
        if not y.abs().max():
            continue
        note("Numba reference", "forward", away(numpy_layer(partial_conv2d, ours, x, mask, options), y))
        if number % 10 == 0:
            loops = numpy_layer(partial_conv2d_loops, ours, x.double(), mask, options)
            note("loops in float64", "forward", away(y.double(), loops))
        for name, (layer, parameters, their_mask) in rivals(ours, sizes, options).items():
            theirs, their_gradients = forward_and_gradients(layer, parameters, x, their_mask(mask))
            note(name, "forward", away(theirs, y))
            for a, b in zip(their_gradients, gradients, strict=True):
                note(name, "gradient", away(a, b))
    print(f"{'largest difference from':34}{'forward':>10}{'gradient':>10}")
    for name, row in largest.items():
        gradient = "–" if row["gradient"] is None else f"{row['gradient']:.1e}"
        print(f"{name:34}{row['forward']:10.1e}{gradient:>10}")
    benchmarks.save("parity", largest)


if __name__ == "__main__":
    main()
