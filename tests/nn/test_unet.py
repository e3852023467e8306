"""The U-Net: the paper's table, its promises about holes, and two slow versions written out from the same weights."""

import copy
import io
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from pconv_edu.core import partial_conv2d, update_mask
from pconv_edu.nn import ConvUNet, PartialConv2d, PConvUNet

NAN = float("nan")


def some_network(kind=PConvUNet, width=4, levels=3, **options):
    """A network with random weights, and batch norm that does something in eval mode: random statistics and affine."""
    torch.manual_seed(0)
    network = kind(width=width, levels=levels, **options)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, 0, 0.5)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.normal_(module.weight, 1, 0.3)
            nn.init.normal_(module.bias, 0, 0.5)
        elif isinstance(module, nn.Conv2d) and module.bias is not None:
            nn.init.normal_(module.bias)
    return network.eval()


def case(n=2, size=(50, 40), known=0.5, seed=0):
    """Images (N, 3, H, W) and masks (N, 1, H, W): blocks of 5×5 pixels, so that some holes stay for a few layers."""
    generator = torch.Generator().manual_seed(seed)
    blocks = (torch.rand(n, 1, *(-(-s // 5) for s in size), generator=generator) < known).float()
    mask = F.interpolate(blocks, scale_factor=5, mode="nearest")[:, :, : size[0], : size[1]].contiguous()
    return torch.rand(n, 3, *size, generator=generator), mask


def corner(size=(64, 64)):
    """A mask that is valid in its first pixel only."""
    mask = torch.zeros(1, 1, *size)
    mask[..., 0, 0] = 1
    return mask


def close(a, b, factor=1e-5):
    """Within rounding, measured against the size of the larger values."""
    return (a - b).abs().max() <= factor * max(1.0, b.abs().max().item())


def train_step(network, image, mask, **options):
    """One step of Adam with weight decay on a loss that wants grey."""
    learning = torch.optim.AdamW([p for p in network.parameters() if p.requires_grad], lr=0.1)
    (network(image, mask) - 0.5).square().mean().backward()
    learning.step()


# The paper's table

PAPER = [  # kernel, channels in and out, stride, batch norm, activation
    (7, 3, 64, 2, False, nn.ReLU),
    (5, 64, 128, 2, True, nn.ReLU),
    (5, 128, 256, 2, True, nn.ReLU),
    (3, 256, 512, 2, True, nn.ReLU),
    *[(3, 512, 512, 2, True, nn.ReLU)] * 4,
    *[(3, 512 + 512, 512, 1, True, nn.LeakyReLU)] * 4,
    (3, 512 + 256, 256, 1, True, nn.LeakyReLU),
    (3, 256 + 128, 128, 1, True, nn.LeakyReLU),
    (3, 128 + 64, 64, 1, True, nn.LeakyReLU),
    (3, 64 + 3, 3, 1, False, None),
]


@pytest.fixture(scope="module")
def paper():
    return PConvUNet.paper().eval()


@pytest.mark.parametrize("number", range(1, 17))
def test_the_papers_layers(paper, number):
    kernel, channels, out_channels, stride, norm, activation = PAPER[number - 1]
    block = [*paper.encoder, *paper.decoder][number - 1]
    conv = block.conv
    assert type(conv) is PartialConv2d and conv.kernel_size == (kernel, kernel) and conv.stride == (stride, stride)
    assert (conv.in_channels, conv.out_channels, conv.groups, conv.dilation) == (channels, out_channels, 1, (1, 1))
    assert conv.padding == (kernel // 2, kernel // 2)
    assert (block.norm is not None) == norm == (conv.bias is None)
    if norm:
        assert block.norm.num_features == out_channels
    assert type(block.activation) is (activation or type(None))
    if activation is nn.LeakyReLU:
        assert block.activation.negative_slope == 0.2


def test_the_papers_sizes_and_numbers_of_parameters(paper):
    assert len(paper.encoder) == len(paper.decoder) == 8
    with torch.inference_mode():
        image, layers = paper(torch.rand(1, 3, 256, 256), torch.ones(1, 1, 256, 256), return_layers=True)
    halved = [*range(1, 9), *reversed(range(8))]
    assert [f"{name.split()[0]}{tuple(x.shape)}" for name, x, _ in layers] == [
        f"{'encoder' if k < 8 else 'decoder'}{(1, row[2], 256 >> h, 256 >> h)}"
        for k, (row, h) in enumerate(zip(PAPER, halved, strict=True))
    ]
    assert image.shape == (1, 3, 256, 256)
    numbers = {"weight": 0, "bias": 0, "norm": 0}
    for name, parameter in paper.named_parameters():
        numbers["norm" if ".norm." in name else name.split(".")[-1]] += parameter.numel()
    assert numbers["weight"] == 32_848_849 == sum(k * k * c * o for k, c, o, *_ in PAPER)
    assert numbers["bias"] == 64 + 3  # where no batch norm follows
    assert numbers["norm"] == 2 * sum(row[2] for row in PAPER if row[4])


def test_the_courses_network():
    network = PConvUNet.course()
    assert [block.conv.out_channels for block in network.encoder] == [32, 64, 96, 96, 96, 96]
    assert 0.9e6 < sum(p.numel() for p in network.parameters()) < 1.3e6
    again = PConvUNet(**network.settings)
    again.load_state_dict(network.state_dict())


@pytest.mark.parametrize(
    "options", [{"width": 0}, {"levels": 1}, {"width": -4, "levels": 3}, {"width": 2.5}, {"max_channels": 0}]
)
def test_networks_that_cannot_be(options):
    with pytest.raises(ValueError, match="give whole numbers, at least 1, 2 and 1"):
        PConvUNet(**options)


# Sizes and errors


@pytest.mark.parametrize("size", [(16, 16), (17, 33), (50, 40), (64, 64), (16, 130)])
@pytest.mark.parametrize("levels", [2, 3, 6])
@pytest.mark.parametrize("kind", [PConvUNet, ConvUNet])
def test_any_size_comes_back(kind, levels, size):
    image, mask = case(2, size)
    network = some_network(kind, levels=levels)
    assert network(image, mask).shape == image.shape
    assert network.train()(image, mask).shape == image.shape


ERRORS = [
    (torch.rand(1, 3, 15, 40), torch.ones(1, 1, 15, 40), ValueError, "H and W at least 16"),
    (torch.rand(1, 3, 40, 15), torch.ones(1, 1, 40, 15), ValueError, "H and W at least 16"),
    (torch.rand(1, 4, 32, 32), torch.ones(1, 1, 32, 32), ValueError, r"image is \(1, 4, 32, 32\).*\(N, 3, H, W\)"),
    (torch.rand(1, 1, 32, 32), torch.ones(1, 1, 32, 32), ValueError, r"\(N, 3, H, W\)"),
    (torch.rand(1, 3, 32, 32), torch.ones(1, 3, 32, 32), ValueError, r"mask \(1, 3, 32, 32\).*\(N, 1, H, W\)"),
    (torch.rand(1, 3, 32, 24), torch.ones(1, 1, 24, 32), ValueError, "swap width and height"),
    (torch.rand(1, 3, 32, 24), torch.ones(1, 32, 24), ValueError, r"mask\[:, None\]"),
    (torch.rand(2, 3, 32, 24), torch.ones(1, 1, 32, 24), ValueError, r"needs \(2, 1, 32, 24\)"),
    (torch.rand(3, 32, 24), torch.ones(1, 32, 24), ValueError, r"x\[None\]"),
    (torch.ones(1, 3, 32, 24, dtype=torch.uint8), torch.ones(1, 1, 32, 24), ValueError, "give floats"),
    (np.ones((1, 3, 32, 24), np.float32), np.ones((1, 1, 32, 24), bool), TypeError, "ndarray.*give tensors"),
]


@pytest.mark.parametrize("image, mask, error, says", ERRORS)
@pytest.mark.parametrize("kind", [PConvUNet, ConvUNet])
def test_errors_say_what_to_do(kind, image, mask, error, says):
    with pytest.raises(error, match=says):
        some_network(kind)(image, mask)


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8, torch.float64])
def test_masks_of_any_dtype(dtype):
    image, mask = case()
    network = some_network()
    assert torch.equal(network(image, mask.to(dtype)), network(image, mask))


# Padding and holes


@pytest.mark.parametrize("kind, options", [(PConvUNet, {}), (ConvUNet, {"fill": 0.25}), (ConvUNet, {"fill": "mean"})])
def test_padding_inside_is_hole(kind, options):
    image, mask = case()
    network = some_network(kind, levels=4, **options)
    by_hand = F.pad(image, (0, 8, 0, 14), value=7.0), F.pad(mask, (0, 8, 0, 14))
    by_hand[0][:, :, 50:] = torch.rand(2, 3, 14, 48)
    wanted = network(*by_hand)[:, :, :50, :40]
    if options.get("fill") == "mean":  # a sum over more zeros may be rounded elsewhere
        assert close(network(image, mask), wanted)
    else:
        assert torch.equal(network(image, mask), wanted)


@pytest.mark.parametrize("kind, options", [(PConvUNet, {}), (ConvUNet, {}), (ConvUNet, {"fill": "mean"})])
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("poison", ["random", 1e30, math.inf, -math.inf, NAN])
def test_what_holes_hold_does_not_matter(kind, options, training, poison):
    image, mask = case()
    hole = (mask == 0).expand_as(image)
    dirty = torch.where(hole, 9 * torch.randn(image.shape) if poison == "random" else poison, image)
    found = []
    for picture in (image, dirty):
        network = some_network(kind, **options).train(training)
        picture = picture.clone().requires_grad_()
        output = network(picture, mask)
        output.square().mean().backward()
        found.append([output, picture.grad, *(p.grad for p in network.parameters()), *network.buffers()])
    assert all(torch.equal(a, b) and a.isfinite().all() for a, b in zip(*found, strict=True))
    assert torch.equal(found[1][1][hole], torch.zeros(int(hole.sum())))
    assert (found[1][1][~hole] != 0).float().mean() > 0.9


def test_every_parameter_learns():
    network, (image, mask) = some_network().train(), case()
    network(image, mask).square().mean().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad.isfinite().all() and (parameter.grad != 0).any(), name


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("which", ["blocks", "corner"])
def test_masks_are_those_of_core(which, training):
    image, mask = case() if which == "blocks" else (torch.rand(2, 3, 64, 64), corner().expand(2, -1, -1, -1))
    levels = 4
    network = some_network(levels=levels).train(training)
    _, layers = network(image, mask, return_layers=True)
    numbers = range(1, levels + 1)
    assert [name for name, *_ in layers] == [f"encoder {n}" for n in numbers] + [f"decoder {n}" for n in numbers][::-1]
    for picture in range(2):
        m = F.pad(mask, (0, -mask.shape[3] % 16, 0, -mask.shape[2] % 16))[picture, 0].bool().numpy()
        masks, skips = [], [m]
        for kernel in (7, 5, 5, 3):
            m = update_mask(m, kernel, stride=2, padding=kernel // 2)
            masks.append(m)
            skips.append(m)
        skips.pop()
        for _ in range(levels):
            m = m.repeat(2, axis=0).repeat(2, axis=1) | skips.pop()
            m = update_mask(m, 3, padding=1)
            masks.append(m)
        for (name, features, found), wanted in zip(layers, masks, strict=True):
            assert found.shape == (2, 1, *features.shape[2:]), name
            assert np.array_equal(found[picture, 0].numpy(), wanted.astype(np.float32)), name


@pytest.mark.parametrize("training", [False, True])
def test_features_are_zero_in_holes(training):
    """Also after batch norm, which shifts zeros: otherwise they would leak into the next layer."""
    network = some_network(levels=4).train(training)
    _, layers = network(torch.rand(1, 3, 128, 128), corner((128, 128)), return_layers=True)
    for name, features, mask in layers:
        assert 0 < mask.mean() < 1, name  # so that there is an effect to see
        assert torch.equal(features * (1 - mask), torch.zeros_like(features)), name
        assert (features * mask).abs().max() > 0, name


def test_the_mask_returned_is_the_new_one():
    image, mask = case(known=0.8)
    kept = mask.clone()
    _, layers = some_network(levels=4)(image, mask, return_layers=True)
    assert not torch.equal(layers[-1].mask[:, :, :50, :40], mask) and layers[-1].mask[:, :, :50, :40].all()
    assert torch.equal(mask, kept)


def test_arguments_are_left_alone_and_features_are_not_overwritten():
    """Activations work in place, but never on tensors that a skip link, the caller or the list of layers still uses."""
    image, mask = case()
    kept = image.clone(), mask.clone()
    network = some_network()
    x, layers = network(image, mask, return_layers=True)
    assert torch.equal(image, kept[0]) and torch.equal(mask, kept[1])
    assert torch.equal(layers[-1].features[:, :, :50, :40], x) and torch.equal(x, network(image, mask))
    for level, (block, layer) in enumerate(zip(network.encoder[1:], layers[1:3], strict=True)):
        assert torch.equal(block([layers[level].features], [layers[level].mask])[0], layer.features)


@pytest.mark.parametrize("training", [False, True])
def test_with_nothing_known_all_is_zero(training):
    network = some_network(levels=4).train(training)
    image = torch.full((2, 3, 50, 40), NAN)
    output, layers = network(image, torch.zeros(2, 1, 50, 40), return_layers=True)
    assert torch.equal(output, torch.zeros_like(output))
    for name, features, mask in layers:
        assert not features.any() and not mask.any(), name
    output.sum().backward()
    for name, parameter in network.named_parameters():
        assert not parameter.grad.any(), name  # nothing to learn, and no NaN
    assert all(buffer.isfinite().all() for buffer in network.buffers())


def test_pictures_of_a_batch_do_not_mix():
    image, mask = case(3)
    mask[1] = 0
    network = some_network()
    together = network(image, mask)
    assert not together[1].any()
    for picture in (0, 2):
        assert close(
            network(image[picture : picture + 1], mask[picture : picture + 1]), together[picture : picture + 1]
        )


# Batch norm in training


def bn_state(blocks):
    return [value.clone() for block in blocks if block.norm is not None for value in block.norm.state_dict().values()]


def changed(before, after):
    return [not torch.equal(a, b) for a, b in zip(before, after, strict=True)]


@pytest.mark.parametrize("kind", [PConvUNet, ConvUNet])
def test_freezing_the_encoders_batch_norm(kind):
    network, (image, mask) = some_network(kind).train(), case()
    assert network.freeze_encoder_bn() is network and network.training
    for again in (lambda: None, network.train, lambda: network.eval().train(), lambda: network.requires_grad_(True)):
        again()
        network.freeze_encoder_bn(network.encoder_bn_frozen)
        before = bn_state(network.encoder), bn_state(network.decoder), network.encoder[1].conv.weight.clone()
        train_step(network, image, mask)
        assert not any(changed(before[0], bn_state(network.encoder)))
        assert all(changed(before[1], bn_state(network.decoder)))
        assert not torch.equal(before[2], network.encoder[1].conv.weight)
    assert copy.deepcopy(network).train().encoder[1].norm.training is False

    network.freeze_encoder_bn(frozen=False)
    before = bn_state(network.encoder)
    train_step(network, image, mask)
    assert all(changed(before, bn_state(network.encoder)))


def test_frozen_stays_frozen_through_train():
    network = some_network().freeze_encoder_bn()
    assert not network.training and not any(block.norm.training for block in network.encoder[1:])
    network.train()
    assert network.training and not any(block.norm.training for block in network.encoder[1:])
    assert all(block.norm.training for block in network.decoder[:-1])
    network.eval()
    assert not any(module.training for module in network.modules())


@pytest.mark.parametrize("kind", [PConvUNet, ConvUNet])
def test_one_value_per_channel_cannot_be_normalised(kind):
    network = some_network(kind, levels=4).train()
    one, two = case(1, (16, 16)), case(2, (16, 16))
    with pytest.raises(ValueError, match=r"16×16 leaves a single value.*larger batch or picture, eval\(\), or "):
        network(*one)
    assert network(*two).shape == (2, 3, 16, 16)
    assert network(*case(1, (17, 16))).shape == (1, 3, 17, 16)
    assert network.eval()(*one).shape == (1, 3, 16, 16)
    assert network.train().freeze_encoder_bn()(*one).isfinite().all()
    with pytest.raises(ValueError, match="64×64 leaves a single value"):
        some_network(kind, levels=6).train()(*case(1, (50, 40)))


# The twin, and slow versions


def test_the_twin_has_the_same_parameters():
    partial, ordinary = some_network(), some_network(ConvUNet)
    shapes = [{name: value.shape for name, value in n.state_dict().items()} for n in (partial, ordinary)]
    assert shapes[0] == shapes[1]
    partial.load_state_dict(ordinary.state_dict())
    ordinary.load_state_dict(some_network().state_dict())
    assert not any(isinstance(module, PartialConv2d) for module in ordinary.modules())
    assert all(layer.mask is None for layer in ordinary(*case(), return_layers=True)[1])


def test_the_twins_fill():
    image, mask = case()
    results = [some_network(ConvUNet, fill=fill)(image, mask) for fill in (0.0, 0.5, 1, "mean")]
    for k, result in enumerate(results):
        assert not any(close(result, other, 1e-3) for other in results[:k])
    # "mean" is each picture's own mean over its valid pixels.
    hole = mask == 0
    mean = (image * mask).sum((2, 3), keepdim=True) / mask.sum((2, 3), keepdim=True)
    painted = F.pad(torch.where(hole, mean, image), (0, 8, 0, 14))
    painted[:, :, 50:] = painted[:, :, :, 40:] = mean
    all_known = some_network(ConvUNet, levels=4)(painted, torch.ones(2, 1, 64, 48))[:, :, :50, :40]
    assert close(some_network(ConvUNet, levels=4, fill="mean")(image, mask), all_known)
    assert some_network(ConvUNet, fill="mean")(image, mask * 0).isfinite().all()


@pytest.mark.parametrize("fill", ["grey", None, True, [0.5]])
def test_fills_that_are_refused(fill):
    with pytest.raises(ValueError, match="give a finite number, or 'mean'"):
        ConvUNet(width=2, levels=2, fill=fill)


def norm_and_activation(state, name, y):
    """Batch norm in eval mode where the state has one, then the activation; the last block has neither. (N, C, H, W)"""
    if f"{name}.norm.weight" in state:
        keys = ("running_mean", "running_var", "weight", "bias")
        mean, variance, scale, shift = (state[f"{name}.norm.{key}"][:, None, None] for key in keys)
        y = (y - mean) / torch.sqrt(variance + 1e-5) * scale + shift
    elif name.startswith("decoder"):
        return y
    return F.relu(y) if name.startswith("encoder") else F.leaky_relu(y, 0.2)


def conv_unet(state, x, levels):
    """The ordinary U-Net from its state_dict, with functions only; x (N, 3, H, W), H and W multiples of 2^levels."""
    skips = [x]
    for level in range(levels):
        weight, bias = state[f"encoder.{level}.conv.weight"], state.get(f"encoder.{level}.conv.bias")
        x = F.conv2d(x, weight, bias, stride=2, padding=weight.shape[2] // 2)
        x = norm_and_activation(state, f"encoder.{level}", x)
        skips.append(x)
    skips.pop()
    for level in range(levels):
        x = torch.cat([x.repeat_interleave(2, 2).repeat_interleave(2, 3), skips.pop()], 1)
        x = F.conv2d(x, state[f"decoder.{level}.conv.weight"], state.get(f"decoder.{level}.conv.bias"), padding=1)
        x = norm_and_activation(state, f"decoder.{level}", x)
    return x


def partial_unet(state, x, mask, levels):
    """The partial U-Net from its state_dict, by `core.partial_conv2d`; x (3, H, W) and mask (H, W), arrays.

    It never sets holes back to 0: batch norm leaves values in them, and every layer has to leave them out by its mask.
    """

    def block(name, x, masks, stride):
        weight, bias = state[f"{name}.conv.weight"].numpy(), state.get(f"{name}.conv.bias")
        bias = None if bias is None else bias.numpy()
        y, new_mask = partial_conv2d(x, masks, weight, bias, stride=stride, padding=weight.shape[2] // 2)
        return norm_and_activation(state, name, torch.from_numpy(y)[None])[0].numpy(), new_mask.reshape(y.shape[1:])

    skips = [(x, mask)]
    for level in range(levels):
        x, mask = block(f"encoder.{level}", x, mask, 2)
        skips.append((x, mask))
    skips.pop()
    for level in range(levels):
        skip, skip_mask = skips.pop()
        x, mask = (a.repeat(2, axis=-2).repeat(2, axis=-1) for a in (x, mask))
        masks = np.concatenate([np.broadcast_to(m, a.shape) for a, m in ((x, mask), (skip, skip_mask))])
        x, mask = block(f"decoder.{level}", np.concatenate([x, skip]), masks, 1)
    return x


@pytest.mark.parametrize("dtype, factor", [(torch.float32, 1e-4), (torch.float64, 1e-11)])
def test_equal_to_the_ordinary_network_written_out(dtype, factor):
    image, mask = case(2, (24, 24))
    network = some_network(ConvUNet, fill=0.3).to(dtype)
    painted = torch.where(mask == 0, 0.3, image.to(dtype))
    with torch.no_grad():
        assert close(network(image.to(dtype), mask), conv_unet(network.state_dict(), painted, 3), factor)


@pytest.mark.parametrize("dtype, factor", [(torch.float32, 1e-4), (torch.float64, 1e-11)])
@pytest.mark.parametrize("known", [0.05, 0.5, 1.0])
def test_equal_to_the_partial_network_written_out(dtype, factor, known):
    image, mask = case(2, (24, 24), known)
    mask[:, :, 0, 0] = 1
    image = image.to(dtype)
    network = some_network().to(dtype)
    with torch.no_grad():
        found = network(image, mask)
    for picture in range(2):
        wanted = partial_unet(network.state_dict(), image[picture].numpy(), mask[picture, 0].bool().numpy(), 3)
        assert close(found[picture], torch.from_numpy(wanted), factor)


# A module like any other


def test_copies_and_files():
    image, mask = case()
    network = some_network()
    output = network(image, mask)
    whole, state = io.BytesIO(), io.BytesIO()
    torch.save(network, whole)
    torch.save(network.state_dict(), state)
    other = PConvUNet(**network.settings).eval()
    other.load_state_dict(torch.load(io.BytesIO(state.getvalue()), weights_only=True))
    for again in (copy.deepcopy(network), torch.load(io.BytesIO(whole.getvalue()), weights_only=False), other):
        assert torch.equal(again(image, mask), output)


def test_double_and_channels_last():
    image, mask = case()
    output = some_network()(image, mask)
    assert close(some_network().double()(image.double(), mask).float(), output)
    for picture in (image, image.contiguous(memory_format=torch.channels_last)):
        assert close(some_network().to(memory_format=torch.channels_last)(picture, mask), output)


@pytest.mark.parametrize("training", [False, True])
def test_bfloat16_autocast(training):
    image, mask = case()
    network = some_network().train(training)
    wanted = some_network().train(training)(image, mask)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output = network(image.masked_fill(mask == 0, NAN), mask)
    output.float().square().mean().backward()
    assert (output.float() - wanted).abs().mean() < 0.03 * wanted.abs().mean()
    assert all(parameter.grad.isfinite().all() for parameter in network.parameters())


# CUDA

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")


@needs_cuda
@pytest.mark.parametrize("channels_last", [False, True])
@pytest.mark.parametrize("kind", [PConvUNet, ConvUNet])
def test_cuda_parity(kind, channels_last):
    image, mask = case(2, (130, 90))
    image = image.masked_fill(mask == 0, NAN)
    network = some_network(kind, width=16, levels=5)
    wanted, layers = network(image, mask, return_layers=True)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    there = copy.deepcopy(network).to("cuda", memory_format=layout)
    found, layers_there = there(image.cuda().contiguous(memory_format=layout), mask.cuda(), return_layers=True)
    assert close(found.cpu(), wanted, 1e-2)  # convolutions in TF32
    for ours, theirs in zip(layers, layers_there, strict=True):
        assert ours.mask is theirs.mask is None or torch.equal(theirs.mask.cpu(), ours.mask)


@needs_cuda
@pytest.mark.parametrize("training", [False, True])
def test_cuda_in_double_is_exact(training):
    image, mask = case(2, (50, 40))
    networks = [some_network().double().train(training).to(device) for device in ("cpu", "cuda")]
    outputs = [network(image.double().to(d), mask.to(d)) for network, d in zip(networks, ("cpu", "cuda"), strict=True)]
    for output in outputs:
        output.square().mean().backward()
    assert close(outputs[1].cpu(), outputs[0], 1e-11)
    for a, b in zip(*(network.parameters() for network in networks), strict=True):
        assert close(b.grad.cpu(), a.grad, 1e-10)


@needs_cuda
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("training", [False, True])
def test_cuda_autocast(dtype, training):
    image, mask = case(2, (128, 128))
    dirty = image.masked_fill(mask == 0, NAN).cuda()
    network = some_network(width=32, levels=6).train(training).cuda()
    wanted = copy.deepcopy(network)(image.cuda(), mask.cuda())
    with torch.autocast("cuda", dtype=dtype):
        output = network(dirty, mask.cuda())
    output.float().square().mean().backward()
    assert (output.float() - wanted).abs().mean() < 0.05 * wanted.abs().mean()
    assert all(parameter.grad.isfinite().all() for parameter in network.parameters())


@needs_cuda
@pytest.mark.parametrize("poison", [1e30, math.inf, NAN])
def test_what_holes_hold_does_not_matter_on_cuda(poison):
    image, mask = (t.cuda() for t in case())
    network = some_network().cuda()
    assert torch.equal(network(image.masked_fill(mask == 0, poison), mask), network(image, mask))
