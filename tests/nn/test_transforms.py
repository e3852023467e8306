"""Derivatives of every kind, and `torch.func`: the layer and the U-Net under grad, jvp and vmap. Holes contain NaN."""

import pytest
import torch
from torch import nn
from torch.autograd import gradcheck, gradgradcheck
from torch.func import functional_call, grad, hessian, jvp, vmap

from pconv_edu.nn import ConvUNet, PartialConv2d, PConvUNet
from pconv_edu.nn.fast_ops import select

from .test_partial_conv import NAN, close, random_case
from .test_unet import case, some_network

EVERY_WAY = {"check_forward_ad": True, "check_batched_grad": True, "check_batched_forward_grad": True}
AXES = [(0, 0), (0, None), (None, 0)]  # which of x and mask gets one more axis under vmap


def batches(count=3, c=4, shared=True, axes=(0, 0), dtype=torch.float32):
    """Return `count` batches: x (count, N, C, H, W) and masks (count, N, 1 or C, H, W); without `count` where axes say.

    x is NaN wherever it meets holes only.
    """
    x, mask = (t.unflatten(0, (count, 2)) for t in random_case(2 * count, c, (7, 6), 0.4, dtype=dtype))
    if not shared:
        mask = (torch.rand(x.shape, generator=torch.Generator().manual_seed(3)) < 0.1).to(dtype)
    x, mask = (t if axis == 0 else t[0] for t, axis in zip((x, mask), axes, strict=True))
    never = mask.sum(0) == 0 if axes == (None, 0) else mask == 0
    return x.masked_fill(never, NAN), mask


def of_each(call, arguments, axes, count=3):
    """Call once for each entry of the axes that vmap runs over; the results as a list."""
    return [call(*(t[k] if axis == 0 else t for t, axis in zip(arguments, axes, strict=True))) for k in range(count)]


def stacked(module, count=3):
    """Return `count` different sets of the module's parameters, stacked along a new first axis."""
    return {name: torch.stack([k * p.detach() for k in range(1, count + 1)]) for name, p in module.named_parameters()}


def chosen(stack, number):
    return {name: values[number] for name, values in stack.items()}


# Derivatives


@pytest.mark.parametrize(
    "groups, shared, bias", [(1, True, True), (1, True, False), (1, False, True), (2, True, True), (2, False, True)]
)
def test_derivatives_are_those_of_finite_differences(groups, shared, bias):
    """Backward and forward, first and second order, one at a time and many under vmap."""
    x, mask = random_case(1, 4, (5, 4), 0.5, dtype=torch.float64)
    if not shared:
        mask = (torch.rand(x.shape, generator=torch.Generator().manual_seed(3)) < 0.5).double()
    mask[..., 0, 0], mask[..., 2:, :] = 1, 0  # so that some windows are empty and some not
    x = x.masked_fill(mask == 0, NAN)
    layer = PartialConv2d(4, 2, 3, stride=2, padding=2, dilation=2, groups=groups, bias=bias).double()
    assert 0 < layer(x, mask)[1].mean() < 1
    names = [name for name, _ in layer.named_parameters()]

    def call(x, *parameters):
        return functional_call(layer, dict(zip(names, parameters, strict=True)), (x, mask))[0]

    arguments = [t.detach().clone().requires_grad_() for t in (x, *layer.parameters())]
    assert gradcheck(call, arguments, **EVERY_WAY)
    assert gradgradcheck(call, arguments, check_fwd_over_rev=True, fast_mode=True)


def test_grad_is_backward():
    layer, (x, mask) = PartialConv2d(4, 6, 3, padding=1), (t[0] for t in batches(1))
    found = grad(lambda x: layer(x, mask)[0].square().sum())(x)
    x.requires_grad_()
    layer(x, mask)[0].square().sum().backward()
    assert torch.equal(found, x.grad)


def test_jvp_ignores_holes_of_the_tangent():
    """The layer is linear but for b: along v, which is NaN in holes too, y changes by the layer without b at v."""
    layer, (xs, masks) = PartialConv2d(4, 6, 3, padding=1), batches(2)
    mask = masks[0]
    x, v = (t.nan_to_num(1).masked_fill(mask == 0, NAN) for t in xs)
    y, change = jvp(lambda x: layer(x, mask)[0], (x,), (v,))
    assert torch.equal(y, layer(x, mask)[0])
    assert close(change, functional_call(layer, {"bias": torch.zeros(6)}, (v, mask))[0])


def test_jvp_of_select_keeps_every_bit():
    v = torch.tensor([-0.0, 1e-45, NAN, 3.5]).reshape(1, 1, 1, 4)
    valid = torch.tensor([[[[1.0, 1.0, 0.0, 0.0]]]])
    _, change = jvp(lambda x: select(x, valid), (torch.ones(1, 1, 1, 4),), (v,))
    wanted = torch.tensor([-0.0, 1e-45, 0.0, 0.0]).reshape(1, 1, 1, 4)
    assert torch.equal(change.view(torch.int32), wanted.view(torch.int32))


def test_hessian_of_a_squared_output():
    """For f = Σ y², a quadratic function of x: f(x) = f(0) + ∇f(0)·x + ½ xᵀHx, exactly; rows of holes in H are 0."""
    layer = PartialConv2d(1, 2, 3, padding=1).double()
    x, mask = (t[0, :1] for t in batches(1, 1, dtype=torch.float64))

    def f(x):
        return layer(x, mask)[0].square().sum()

    zero = torch.zeros_like(x)
    H = hessian(f)(x).reshape(x.numel(), x.numel())
    known = x.nan_to_num().flatten()
    assert torch.allclose(f(x), f(zero) + grad(f)(zero).flatten() @ known + known @ H @ known / 2)
    assert H.isfinite().all() and not H[mask.flatten() == 0].any() and H[mask.flatten() == 1].any()


# vmap: the same as a loop


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("groups, shared", [(1, True), (2, False)])
@pytest.mark.parametrize("axes", AXES)
def test_vmap_over_batches(axes, groups, shared, bias):
    arguments = batches(3, 4, shared, axes)
    layer = PartialConv2d(4, 6, 3, padding=1, groups=groups, bias=bias)
    y, new_mask = vmap(layer, axes)(*arguments)
    for k, (wanted, wanted_mask) in enumerate(of_each(layer, arguments, axes)):
        assert wanted.isfinite().all() and close(y[k], wanted) and torch.equal(new_mask[k], wanted_mask)


@pytest.mark.parametrize("axes", AXES)
def test_vmap_of_convolve_and_of_lists(axes):
    x, mask = batches(3, 4, axes=axes)
    x = x.nan_to_num(0) * (mask if axes == (0, 0) else mask[0] if axes[1] == 0 else mask)  # 0 in what is hole for all
    layer = PartialConv2d(8, 6, 3, padding=1)
    arguments = x, mask, x + 1, 1 - mask
    for method in (layer.forward, layer.convolve):
        call = lambda a, m, b, n, method=method: method([a, b], [m, n])  # noqa: E731
        y, new_mask = vmap(call, axes * 2)(*arguments)
        for k, (wanted, wanted_mask) in enumerate(of_each(call, arguments, axes * 2)):
            assert close(y[k], wanted) and torch.equal(new_mask[k], wanted_mask)


def test_vmap_over_another_axis_and_twice():
    layer, (x, mask) = PartialConv2d(4, 6, 3, padding=1), batches(3)
    y, _ = vmap(layer, (2, 0), 1)(x.movedim(0, 2), mask)
    twice, _ = vmap(vmap(lambda x, mask: layer(x[None], mask[None])))(x, mask)
    for k in range(3):
        wanted = layer(x[k], mask[k])[0]
        assert close(y[:, k], wanted) and close(twice[k, :, 0], wanted)


@pytest.mark.parametrize("which", [("weight", "bias"), ("weight",), ("bias",)])
def test_vmap_over_weights(which):
    """Several layers at once: some parameters are stacked, the others are the layer's own."""
    layer, (xs, masks) = PartialConv2d(4, 6, 3, padding=1), batches(1)
    stack = {name: values for name, values in stacked(layer).items() if name in which}

    def call(parameters, x, mask):
        return functional_call(layer, parameters, (x, mask))[0]

    y = vmap(call, (0, None, None))(stack, xs[0], masks[0])
    for k in range(3):
        assert close(y[k], call(chosen(stack, k), xs[0], masks[0]))


def test_vmap_of_grad_gives_gradients_of_each_sample():
    layer, (xs, masks) = PartialConv2d(4, 6, 3, padding=1), batches(3)

    def loss(parameters, x, mask):
        return functional_call(layer, parameters, (x, mask))[0].square().sum()

    parameters = {name: p.detach() for name, p in layer.named_parameters()}
    found = vmap(grad(loss), (None, 0, 0))(parameters, xs, masks)
    for k in range(3):
        wanted = torch.autograd.grad(layer(xs[k], masks[k])[0].square().sum(), list(layer.parameters()))
        for gradients, right in zip(found.values(), wanted, strict=True):
            assert right.isfinite().all() and close(gradients[k], right)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_vmap_in_half_precision(dtype):
    layer, (x, mask) = PartialConv2d(4, 6, 3, padding=1).to(dtype), batches(3, dtype=dtype)
    y, new_mask = vmap(layer)(x, mask)
    assert y.dtype == dtype
    for k in range(3):
        wanted, wanted_mask = layer(x[k], mask[k])
        assert close(y[k].float(), wanted.float(), 0.02) and torch.equal(new_mask[k], wanted_mask)


# The U-Net


def pictures(count=2, size=(20, 17), axes=(0, 0)):
    """Images (count, 2, 3, H, W), NaN in what is a hole in every mask, and masks; without `count` where axes say."""
    image, mask = (t.unflatten(0, (count, 2)) for t in case(2 * count, size))
    image, mask = (t if axis == 0 else t[0] for t, axis in zip((image, mask), axes, strict=True))
    never = mask.sum(0) == 0 if axes == (None, 0) else mask == 0
    return image.masked_fill(never, NAN), mask


KINDS = [(PConvUNet, {}), (ConvUNet, {}), (ConvUNet, {"fill": "mean"})]


@pytest.mark.parametrize("kind, options", KINDS)
@pytest.mark.parametrize("axes", AXES)
def test_vmap_over_pictures(axes, kind, options):
    network, arguments = some_network(kind, **options), pictures(axes=axes)
    output = vmap(network, axes)(*arguments)
    for k, wanted in enumerate(of_each(network, arguments, axes, 2)):
        assert wanted.isfinite().all() and close(output[k], wanted)


@pytest.mark.parametrize("kind, options", KINDS)
@pytest.mark.parametrize("part", ["", "conv.weight", "conv.bias", "norm", "decoder"])
def test_vmap_over_networks(part, kind, options):
    network, (images, masks) = some_network(kind, **options), pictures(1)
    stack = {name: values for name, values in stacked(network, 2).items() if part in name}

    def call(parameters):
        return functional_call(network, parameters, (images[0], masks[0]))

    output = vmap(call)(stack)
    for k in range(2):
        assert close(output[k], call(chosen(stack, k)), 1e-4)


@pytest.mark.parametrize("kind, options", KINDS)
def test_derivatives_of_the_network(kind, options):
    """In eval mode, where batch norm changes nothing in place; activations have kinks, so one direction has to do."""
    network, (images, masks) = some_network(kind, width=2, levels=2, **options).double(), pictures(1)
    network.requires_grad_(False)
    image = images[0].double().requires_grad_()
    assert gradcheck(lambda x: network(x, masks[0]), image, fast_mode=True, **EVERY_WAY)
    tangent = torch.where(masks[0] == 1, 1.0, NAN).expand_as(image).double()
    _, change = jvp(lambda x: network(x, masks[0]), (image.detach(),), (tangent,))
    assert change.isfinite().all()


@pytest.mark.parametrize("kind", [PConvUNet, ConvUNet])
def test_second_derivatives_of_the_network(kind):
    network, (images, masks) = some_network(kind, width=2, levels=2).double(), pictures(1)
    for module in network.modules():  # smooth activations, so that there is a second derivative to speak of
        if hasattr(module, "activation") and module.activation is not None:
            module.activation = nn.Softplus()
    image = images[0].double().requires_grad_()
    assert gradgradcheck(lambda x: network(x, masks[0]).square(), image, fast_mode=True)
