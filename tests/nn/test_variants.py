"""The U-Nets that lack a part of the partial convolution, and the gated one, against versions written out from weights.

The oracles are plain loops (gated layer) and functions of `torch.nn.functional` that get no mask but those they need.
"""

import json
import math
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from pconv_edu.nn import PartialConv2d, PConvUNet
from pconv_edu.nn.recipe_files import recipe_as_json, recipe_from_json
from pconv_edu.nn.recipes import PIXELS, RECIPES, VARIANTS
from pconv_edu.nn.variants import (
    GatedBlock,
    GatedUNet,
    MaskInputUNet,
    NoRatioUNet,
    NoUpdateUNet,
    UnscaledConv2d,
    gates,
)
from tests.nn.test_partial_conv import random_case
from tests.nn.test_unet import NAN, case, close, norm_and_activation, some_network

KINDS = [PConvUNet, NoRatioUNet, NoUpdateUNet, MaskInputUNet, GatedUNet]
PARTS = ["conv-mask", "no-ratio", "no-update", "gated"]
POISONS = ["random", 1e30, math.inf, -math.inf, NAN]


def poisoned(x, mask, poison, seed=1):
    """Return x with other values in the holes."""
    noise = 9 * torch.randn(x.shape, generator=torch.Generator().manual_seed(seed))
    return torch.where(mask == 0, noise if poison == "random" else torch.tensor(poison), x)


# ---- the layers


def some_gated(norm, activation, kernel_size=3, stride=1, channels=3, out_channels=2):
    torch.manual_seed(0)
    block = GatedBlock(nn.Conv2d, channels, out_channels, kernel_size, stride, norm=norm, activation=activation)
    if norm:
        for values in (block.norm.running_mean, block.norm.weight, block.norm.bias):
            nn.init.normal_(values)
        nn.init.uniform_(block.norm.running_var, 0.5, 2)
    return block.double().eval()


def gated_by_loops(block, x, slope):
    """A gated layer on x (C, H, W), with Python loops; `slope` is that of φ below 0, or None without an activation."""
    k, stride, (channels, height, width) = block.conv.kernel_size[0], block.conv.stride[0], x.shape
    state = {name: value.tolist() for name, value in block.state_dict().items()}
    rows, columns = (-(-side // stride) for side in (height, width))
    result = torch.zeros(block.conv.out_channels, rows, columns, dtype=torch.float64)
    for o in range(block.conv.out_channels):
        for r in range(rows):
            for c in range(columns):
                sums = {"conv": state["conv.bias"][o] if "conv.bias" in state else 0.0, "gate": state["gate.bias"][o]}
                for channel in range(channels):
                    for i in range(k):
                        for j in range(k):
                            y, z = r * stride + i - k // 2, c * stride + j - k // 2
                            if 0 <= y < height and 0 <= z < width:
                                for name in sums:
                                    sums[name] += state[f"{name}.weight"][o][channel][i][j] * x[channel, y, z].item()
                feature = sums["conv"]
                if block.norm is not None:
                    mean, variance, scale, shift = (
                        state[f"norm.{key}"][o] for key in ("running_mean", "running_var", "weight", "bias")
                    )
                    feature = (feature - mean) / math.sqrt(variance + 1e-5) * scale + shift
                if slope is not None and feature < 0:
                    feature *= slope
                result[o, r, c] = feature / (1 + math.exp(-sums["gate"]))
    return result


ACTIVATIONS = [(None, None), (nn.ReLU(inplace=True), 0.0), (nn.LeakyReLU(0.2, inplace=True), 0.2)]


@pytest.mark.parametrize("activation, slope", ACTIVATIONS)
@pytest.mark.parametrize("norm", [False, True])
@pytest.mark.parametrize("kernel_size, stride", [(3, 1), (3, 2), (5, 2), (1, 1)])
def test_the_gated_layer_in_plain_loops(kernel_size, stride, norm, activation, slope):
    block = some_gated(norm, activation, kernel_size, stride)
    x = torch.randn(2, 3, 5, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        y, mask = block([x[:, :1], x[:, 1:]], [None, None])
    assert mask is None
    for picture in range(2):
        assert close(y[picture], gated_by_loops(block, x[picture], slope), 1e-12)


def test_batch_norm_of_a_gated_layer_normalises_the_features_only():
    """In training, it uses the statistics of the batch. The gate is multiplied after it, and is not normalised."""
    block = some_gated(True, nn.ReLU(inplace=True)).train()
    x = torch.randn(2, 3, 6, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    features = F.conv2d(x, block.conv.weight, padding=1)
    normal = F.batch_norm(features, None, None, block.norm.weight, block.norm.bias, training=True)
    gate = torch.sigmoid(F.conv2d(x, block.gate.weight, block.gate.bias, padding=1))
    assert close(block([x], [None])[0], F.relu(normal) * gate, 1e-12)


def test_a_gate_opens_and_closes():
    block = some_gated(False, nn.ReLU(inplace=True))
    x = torch.randn(1, 3, 6, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(3))
    features = F.relu(block.conv(x))
    nn.init.zeros_(block.gate.weight)
    for bias, share in ((0.0, 0.5), (50.0, 1.0), (-50.0, 0.0)):
        nn.init.constant_(block.gate.bias, bias)
        assert close(block([x], [None])[0], share * features, 1e-12)


LAYERS = [((4, 6, 3, 1, 1), True), ((4, 6, 5, 2, 2), True), ((4, 6, 3, 1, 1, 1, 2), False), ((4, 6, 3), False)]


def layer_case(shared, known=0.1):
    x, mask = random_case(2, 4, (10, 9), known, 0)
    return x, mask if shared else (torch.rand(x.shape, generator=torch.Generator().manual_seed(0)) < known / 4).float()


@pytest.mark.parametrize("arguments, shared", LAYERS)
@pytest.mark.parametrize("bias", [False, True])
def test_the_unscaled_layer_is_the_formula_without_the_ratio(arguments, shared, bias):
    torch.manual_seed(0)
    layer, (x, mask) = UnscaledConv2d(*arguments, bias=bias).double(), layer_case(shared)
    x = x.double()
    every = mask.double().expand_as(x)
    where = (layer.stride, layer.padding, layer.dilation, layer.groups)
    count = F.conv2d(every, torch.ones_like(layer.weight), None, *where)
    wanted = torch.where(count > 0, F.conv2d(x * every, layer.weight, layer.bias, *where), 0)
    y, new_mask = layer(x, mask)
    assert 0 < (count == 0).double().mean() < 1  # there are empty windows and others
    assert close(y, wanted, 1e-12)
    partial = PartialConv2d(*arguments, bias=bias).double()
    partial.load_state_dict(layer.state_dict())
    ratio_y, ratio_mask = partial(x, mask)
    assert torch.equal(new_mask, ratio_mask)
    assert not close(y, ratio_y, 1e-2)


@pytest.mark.parametrize("poison", POISONS)
def test_the_unscaled_layer_ignores_holes(poison):
    layer, (x, mask) = UnscaledConv2d(4, 6, 3, padding=1), layer_case(True)
    found = []
    for values in (x, poisoned(x, mask, poison)):
        values.requires_grad_()
        y, _ = layer(values, mask)
        y.square().sum().backward()
        found.append((y, values.grad))
    assert all(torch.equal(a, b) and a.isfinite().all() for a, b in zip(*found, strict=True))
    assert not found[1][1][(mask == 0).expand_as(x)].any()


@pytest.mark.parametrize("kind", [NoUpdateUNet, MaskInputUNet, GatedUNet])
def test_an_ordinary_or_gated_layer_uses_what_is_in_the_hole(kind):
    """Only the network as a whole ignores holes, because it paints them before such a layer sees the picture."""
    network = some_network(kind, levels=3)
    layer = network.encoder[1]
    x, mask = random_case(2, 4, (10, 9), 0.7, 0)
    wanted, new_mask = layer([x], [None])
    assert new_mask is None
    assert not close(layer([poisoned(x, mask, "random")], [None])[0], wanted, 1e-2)
    broken = layer([poisoned(x, mask, NAN)], [None])[0]
    touched = F.conv2d(1 - mask, torch.ones(1, 1, 5, 5), stride=2, padding=2) > 0  # windows with a hole pixel
    assert torch.equal(broken.isnan(), touched.expand_as(broken))


def test_a_closed_gate_does_not_stop_nan():
    block, x = some_gated(False, None), torch.full((1, 3, 4, 4), NAN, dtype=torch.float64)
    nn.init.zeros_(block.gate.weight)
    nn.init.constant_(block.gate.bias, -1e4)  # the gate is exactly 0
    assert not block([x.nan_to_num()], [None])[0].any()
    assert block([x], [None])[0].isnan().all()


# ---- the networks written out


def conv(state, name, x, stride):
    """An ordinary convolution with the weights of a block, then its batch norm and activation."""
    weight, bias = state[f"{name}.conv.weight"], state.get(f"{name}.conv.bias")
    y = F.conv2d(x, weight, bias, stride, weight.shape[2] // 2)
    return norm_and_activation(state, name, y)


def gated(state, name, x, stride):
    weight, bias = state[f"{name}.gate.weight"], state[f"{name}.gate.bias"]
    gate = torch.sigmoid(F.conv2d(x, weight, bias, stride, weight.shape[2] // 2))
    return conv(state, name, x, stride) * gate


def unscaled(state, name, x, stride):
    """Convolve, add the bias and apply batch norm in windows that are not empty. The second half of x is its masks."""
    x, mask = x.chunk(2, 1)
    weight, bias = state[f"{name}.conv.weight"], state.get(f"{name}.conv.bias")
    valid = F.conv2d(mask, torch.ones_like(weight[:1]), None, stride, weight.shape[2] // 2) > 0
    y = F.conv2d(x * mask, weight, bias, stride, weight.shape[2] // 2)
    y = torch.where(valid, norm_and_activation(state, name, y), 0)
    return torch.cat([y, valid.expand_as(y).to(y.dtype)], 1)


def partial_once(state, name, x, stride):
    """The first layer of a network without updates is partial; it gets 4 channels, the last of which is the mask."""
    if name != "encoder.0":
        return conv(state, name, x, stride)
    x, mask, weight = x[:, :3], x[:, 3:], state[f"{name}.conv.weight"]
    count = F.conv2d(mask, torch.ones_like(weight[:1, :1]), None, stride, 3)
    y = F.conv2d(x * mask, weight, None, stride, 3) * 49 / count.clamp(min=1)
    return F.relu(torch.where(count > 0, y + state[f"{name}.conv.bias"][:, None, None], 0))


def written_out(layer, state, x, last, levels, joined=lambda a, b: torch.cat([a, b], 1)):
    """A U-Net from its state_dict, layer by layer. `last` is what the last layer gets beside the features."""
    skips = [last]
    for level in range(levels):
        x = layer(state, f"encoder.{level}", x, 2)
        skips.append(x)
    skips.pop()
    for level in range(levels):
        x = joined(x.repeat_interleave(2, 2).repeat_interleave(2, 3), skips.pop())
        x = layer(state, f"decoder.{level}", x, 1)
    return x


def joined_with_masks(a, b):
    """Join features that end with their masks, so that all features come first."""
    (x, m), (y, n) = a.chunk(2, 1), b.chunk(2, 1)
    return torch.cat([x, y, m, n], 1)


@pytest.mark.parametrize("known", [0.05, 0.5, 1.0])
@pytest.mark.parametrize("kind", KINDS[1:])
def test_equal_to_the_network_written_out(kind, known):
    image, mask = case(2, (24, 24), known)
    mask[:, :, 0, 0] = 1
    image, mask = image.double(), mask.double()
    network = some_network(kind).double()
    state, levels = network.state_dict(), 3
    with torch.no_grad():
        found = network(poisoned(image, mask, NAN), mask)
        if kind is NoRatioUNet:
            x = torch.cat([image, mask.expand_as(image)], 1)
            wanted = written_out(unscaled, state, x, x, levels, joined_with_masks)[:, :3]
        elif kind is NoUpdateUNet:
            wanted = written_out(partial_once, state, torch.cat([image, mask], 1), image * mask, levels)
        else:
            x = torch.cat([torch.where(mask == 0, 0.5, image), mask], 1)
            wanted = written_out(gated if kind is GatedUNet else conv, state, x, x, levels)
    assert close(found, wanted, 1e-11)


# ---- all five networks


@pytest.mark.parametrize("size", [(16, 16), (17, 33), (50, 40), (64, 64), (16, 131)])
@pytest.mark.parametrize("levels", [2, 5])
@pytest.mark.parametrize("kind", KINDS)
def test_any_size_comes_back(kind, levels, size):
    image, mask = case(2, size)
    network = some_network(kind, levels=levels)
    assert network(image, mask).shape == image.shape
    assert network.train()(image, mask).shape == image.shape
    small = image[..., :15], mask[..., :15]
    with pytest.raises(ValueError, match="H and W at least 16"):
        network(*small)


@pytest.mark.parametrize("kind", KINDS)
def test_padding_inside_is_hole(kind):
    image, mask = case()
    network = some_network(kind, levels=4)
    by_hand = F.pad(image, (0, 8, 0, 14), value=7.0), F.pad(mask, (0, 8, 0, 14))
    assert torch.equal(network(image, mask), network(*by_hand)[:, :, :50, :40])


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("poison", POISONS)
@pytest.mark.parametrize("kind", KINDS)
def test_what_holes_hold_does_not_matter_to_the_network(kind, poison, training):
    image, mask = case()
    hole = (mask == 0).expand_as(image)
    found = []
    for picture in (image, poisoned(image, mask, poison)):
        network = some_network(kind).train(training)
        picture = picture.clone().requires_grad_()
        output, layers = network(picture, mask, return_layers=True)
        output.square().mean().backward()
        features = [layer.features for layer in layers]
        found.append([output, picture.grad, *features, *(p.grad for p in network.parameters()), *network.buffers()])
    assert all(torch.equal(a, b) and a.isfinite().all() for a, b in zip(*found, strict=True))
    assert not found[1][1][hole].any() and (found[1][1][~hole] != 0).float().mean() > 0.9


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_learns(kind):
    network, (image, mask) = some_network(kind).train(), case()
    network(image, mask).square().mean().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad.isfinite().all() and (parameter.grad != 0).any(), name


@pytest.mark.parametrize("kind", KINDS)
def test_which_layers_have_masks(kind):
    image, mask = case()
    found = [layer.mask for layer in some_network(kind)(image, mask, return_layers=True)[1]]
    if kind is NoRatioUNet:
        partial = [layer.mask for layer in some_network()(image, mask, return_layers=True)[1]]
        assert all(torch.equal(a, b) for a, b in zip(found, partial, strict=True))
    elif kind is not PConvUNet:
        assert found == [None] * 6


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_is_made_again_from_its_settings(kind):
    network, (image, mask) = some_network(kind, max_channels=6), case()
    again = kind(**network.settings).eval()
    again.load_state_dict(network.state_dict())
    assert torch.equal(again(image, mask), network(image, mask))


# ---- recipes


@pytest.mark.parametrize("name", PARTS)
def test_the_recipes_are_as_large_as_l1(name):
    sizes = [sum(p.numel() for p in RECIPES[n].network().parameters()) for n in (name, "l1")]
    assert abs(sizes[0] / sizes[1] - 1) < 0.02


@pytest.mark.parametrize("name", PARTS)
def test_the_recipes_differ_from_l1_in_the_network_only(name):
    same = {"about": RECIPES["l1"].about, "variant": None, "width": 32, "max_channels": 96}
    assert replace(RECIPES[name], **same) == RECIPES["l1"]
    assert type(RECIPES[name].network()) is VARIANTS[RECIPES[name].variant]


@pytest.mark.parametrize("name", ["no-ratio", "no-update"])
def test_the_first_weights_are_those_of_l1(name):
    states = []
    for recipe in (name, "l1"):
        torch.manual_seed(RECIPES[recipe].seed)
        states.append(RECIPES[recipe].network().state_dict())
    assert list(states[0]) == list(states[1])
    assert all(torch.equal(a, b) for a, b in zip(states[0].values(), states[1].values(), strict=True))


@pytest.mark.parametrize("variant", [None, *VARIANTS])
def test_the_variant_is_the_same_after_json(variant):
    recipe = replace(RECIPES["l1"], variant=variant)
    value = json.loads(json.dumps(recipe_as_json(recipe)))
    assert value["variant"] == variant and recipe_from_json(value) == recipe
    del value["variant"]  # as in a file of an earlier version
    assert recipe_from_json(value) == RECIPES["l1"]


@pytest.mark.parametrize("variant", ["partial", "", 3, True, ["gated"], GatedUNet])
def test_variants_that_do_not_exist_are_refused(variant):
    says = r"^variant is .*; give None or one of no-ratio, no-update, mask-input, gated"
    with pytest.raises(ValueError, match=says):
        replace(RECIPES["l1"], variant=variant)
    if not isinstance(variant, type):
        with pytest.raises(ValueError, match="a card: variant is "):
            recipe_from_json(recipe_as_json(RECIPES["l1"]) | {"variant": variant}, "a card")


@pytest.mark.parametrize("fill", [0.5, 0, "mean"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_with_a_fill_is_refused(variant, fill):
    with pytest.raises(ValueError, match=rf"fill is .*, but variant '{variant}' chooses the network: give None"):
        replace(RECIPES["l1"], variant=variant, fill=fill, loss=PIXELS)


# ---- gates


def hooks_of(network):
    return [hook for module in network.modules() for hook in module._forward_hooks.values()]


@pytest.mark.parametrize("size", [(16, 16), (50, 40), (24, 24)])
def test_gates_are_those_of_every_layer(size):
    image, mask = case(2, size)
    network = some_network(GatedUNet)
    found = gates(network, poisoned(image, mask, NAN), mask)
    with torch.no_grad():
        _, layers = network(image, mask, return_layers=True)
    assert [name for name, _ in found] == [layer.name for layer in layers]
    assert hooks_of(network) == []
    for (name, values), layer in zip(found, layers, strict=True):
        assert values.shape == layer.features.shape, name
        assert 0 <= values.min() < values.max() <= 1 and not values.requires_grad, name
    x = torch.cat([torch.where(mask == 0, 0.5, image), mask], 1)
    margins = (0, -size[1] % 8, 0, -size[0] % 8)
    x = torch.cat([F.pad(x[:, :3], margins, value=0.5), F.pad(x[:, 3:], margins)], 1)
    assert close(found[0][1], torch.sigmoid(network.encoder[0].gate(x)))
    deepest = layers[2].features
    x = torch.cat([F.interpolate(deepest, scale_factor=2), layers[1].features], 1)
    assert close(found[3][1], torch.sigmoid(network.decoder[0].gate(x)))


def test_gates_leave_no_hooks_after_an_error(monkeypatch):
    network, (image, mask) = some_network(GatedUNet), case()
    before = [value.clone() for value in network.state_dict().values()]
    with pytest.raises(ValueError, match="H and W at least 16"):
        gates(network, image[..., :15], mask[..., :15])
    assert hooks_of(network) == []

    def fail(*_):
        raise RuntimeError("in the middle of the network")

    monkeypatch.setattr(network.decoder[1], "forward", fail)
    with pytest.raises(RuntimeError, match="in the middle"):
        gates(network, image, mask)
    assert hooks_of(network) == []
    monkeypatch.undo()
    assert len(gates(network, image, mask)) == 6
    assert all(torch.equal(a, b) for a, b in zip(before, network.state_dict().values(), strict=True))


@pytest.mark.parametrize("network", [PConvUNet(2, 2), MaskInputUNet(2, 2), nn.Conv2d(3, 3, 3), None])
def test_networks_without_gates_are_refused(network):
    with pytest.raises(TypeError, match=rf"network is {type(network).__name__}; give a GatedUNet"):
        gates(network, *case())
