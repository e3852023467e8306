"""The PyTorch layer against the loops, the Numba reference, torch-pconv and the FAQ's other ways; and its promises."""

import copy
import io
import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch_pconv import PConv2d

from pconv_edu.core import partial_conv2d, partial_conv2d_loops, update_mask
from pconv_edu.nn import PartialConv2d
from pconv_edu.nn.fast_ops import count_valid, select
from tests.core.layers import layers, rounding_bound

from .other_layers import MultiChannelCount, OneChannelCount

NAN = float("nan")


def made_from(layer):
    """A `PartialConv2d` with the weights of a random layer of tests/core/layers.py."""
    o, c = layer.weight.shape[:2]
    bias = layer.bias is not None
    made = PartialConv2d(c * layer.where["groups"], o, layer.weight.shape[2:], bias=bias, **layer.where)
    state = {"weight": torch.from_numpy(layer.weight)} | ({"bias": torch.from_numpy(layer.bias)} if bias else {})
    made = made.to(state["weight"].dtype)
    made.load_state_dict(state)
    return made


def random_case(n=2, c=3, size=(9, 8), known=0.5, seed=0, dtype=torch.float32):
    """x (N, C, H, W) and mask (N, 1, H, W)."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(n, c, *size, generator=generator, dtype=torch.float64).to(dtype)
    return x, (torch.rand(n, 1, *size, generator=generator) < known).to(dtype)


def gradients(layer, x, mask, dy):
    """Gradients of sum(dy · y) with respect to x and the layer's parameters."""
    x = x.detach().clone().requires_grad_()
    y, _ = layer(x, mask)
    return torch.autograd.grad((y * dy).sum(), [x, *layer.parameters()])


def close(a, b, factor=1e-5):
    """Within rounding, measured against the size of the larger values; both in float32."""
    return (a - b).abs().max() <= factor * max(1.0, b.abs().max().item())


# Oracles


@given(layers())
@settings(deadline=None, max_examples=150)
def test_equal_to_the_reference(layer):
    x, mask = torch.from_numpy(layer.x)[None], torch.from_numpy(layer.mask)
    mask = mask[None, None] if mask.ndim == 2 else mask[None]
    with torch.no_grad():
        y, new_mask = made_from(layer)(x, mask)
    for reference in (partial_conv2d, partial_conv2d_loops):
        wanted, wanted_mask = reference(*layer.arguments, **layer.where)
        assert np.all(abs(y[0].numpy() - wanted) <= 2 * rounding_bound(layer))
        # A shared mask comes back with one channel, as from the reference; groups give one per output channel.
        found = new_mask[0, 0] if new_mask.shape[1] == 1 else new_mask[0]
        assert np.array_equal(found.numpy(), wanted_mask if new_mask.shape[1] > 1 else wanted_mask.reshape(found.shape))


@st.composite
def simple(draw):
    """What torch-pconv and the FAQ's layers can do as well: one group, float32, one mask a picture."""
    c, o, n = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 3))
    kernel, stride, dilation = draw(st.integers(1, 5)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    padding = draw(st.integers(0, 3))
    size = max(1, dilation * (kernel - 1) + 1 - 2 * padding) + draw(st.integers(0, 9))
    known, seed = draw(st.sampled_from([0.05, 0.3, 0.7, 1.0])), draw(st.integers(0, 2**31))
    options = {"stride": stride, "padding": padding, "dilation": dilation, "bias": draw(st.booleans())}
    return (c, o, kernel), options, random_case(n, c, (size, size + 1), known, seed)


def assert_same_layer(ours, theirs, x, mask, their_mask):
    y, new_mask = ours(x, mask)
    y_theirs, new_theirs = theirs(x, their_mask)
    new_theirs = new_theirs.reshape(len(x), -1, *y.shape[2:])[:, 0]
    assert close(y, y_theirs) and torch.equal(new_mask[:, 0], new_theirs)
    dy = torch.randn(y.shape, generator=torch.Generator().manual_seed(1))
    for a, b in zip(gradients(ours, x, mask, dy), gradients(theirs, x, their_mask, dy), strict=True):
        assert close(a.flatten(), b.flatten(), 3e-5)


@pytest.mark.parametrize("legacy", [False, True])
@given(case=simple())
@settings(deadline=None, max_examples=60)
def test_equal_to_torch_pconv(legacy, case):
    sizes, options, (x, mask) = case
    theirs = PConv2d(*sizes, **options, legacy_behaviour=legacy)
    ours = PartialConv2d(*sizes, **options)
    ours.load_state_dict({"weight": theirs.get_weight()} | ({"bias": theirs.bias.flatten()} if options["bias"] else {}))
    # torch-pconv lists its bias before its weight.
    theirs.parameters = lambda: [p for p in (theirs.regular_conv.weight, theirs.bias) if p is not None]
    assert_same_layer(ours, theirs, x, mask, mask[:, 0])


@given(case=simple())
@settings(deadline=None, max_examples=60)
def test_equal_to_a_one_channel_count(case):
    sizes, options, (x, mask) = case
    ours, theirs = PartialConv2d(*sizes, **options), OneChannelCount(*sizes, **options)
    theirs.load_state_dict(ours.state_dict())
    assert_same_layer(ours, theirs, x, mask, mask)


@given(case=simple(), seed=st.integers(0, 2**31))
@settings(deadline=None, max_examples=60)
def test_equal_to_a_multi_channel_count(case, seed):
    sizes, options, (x, _) = case
    mask = (torch.rand(x.shape, generator=torch.Generator().manual_seed(seed)) < 0.4).float()
    ours, theirs = PartialConv2d(*sizes, **options), MultiChannelCount(*sizes, **options)
    theirs.load_state_dict(ours.state_dict())
    assert_same_layer(ours, theirs, x, mask, mask)


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("kernel_size, dilation", [(3, 1), (2, 1), ((4, 3), (1, 2)), (4, 3)])
def test_padding_by_name(padding, kernel_size, dilation):
    x, mask = random_case(1, 2, (12, 11))
    layer = PartialConv2d(2, 3, kernel_size, padding=padding, dilation=dilation)
    y, new_mask = layer(x, mask)
    # The same by hand: pad x and mask with zeros, as nn.Conv2d splits "same": the larger half to the right and below.
    spans = [d * (k - 1) for d, k in zip(layer.dilation, layer.kernel_size, strict=True)]
    split = [(s // 2, s - s // 2) if padding == "same" else (0, 0) for s in spans]
    width = ((0, 0), *split)
    arrays = np.pad(x[0].numpy(), width), np.pad(mask[0, 0].numpy(), width[1:])
    parameters = (p.detach().numpy() for p in layer.parameters())
    wanted, wanted_mask = partial_conv2d(*arrays, *parameters, dilation=layer.dilation)
    assert np.allclose(y[0].detach().numpy(), wanted, atol=1e-5) and np.array_equal(new_mask[0, 0].numpy(), wanted_mask)
    ones = torch.ones_like(mask)
    assert y.shape == nn.functional.conv2d(x, layer.weight, padding=padding, dilation=dilation).shape
    assert layer(x, ones)[1].min() == 1


@given(st.integers(0, 2**31), st.sampled_from([1, 2]), st.booleans(), st.booleans())
@settings(deadline=None, max_examples=40)
def test_lists_are_concatenations(seed, groups, shared_first, shared_second):
    a, mask_a = random_case(2, 3, (7, 6), 0.3, seed)
    b, mask_b = random_case(2, 5, (7, 6), 0.6, seed + 1)
    if not shared_first:
        mask_a = (torch.rand(a.shape, generator=torch.Generator().manual_seed(seed)) < 0.3).float()
    if not shared_second:
        mask_b = (torch.rand(b.shape, generator=torch.Generator().manual_seed(seed + 1)) < 0.3).float()
    layer = PartialConv2d(8, 4, 3, padding=1, groups=groups)
    y, new_mask = layer([a, b], [mask_a, mask_b])
    every = torch.cat([mask_a.expand_as(a), mask_b.expand_as(b)], 1)
    wanted, wanted_mask = layer(torch.cat([a, b], 1), every)
    assert torch.equal(y, wanted) and torch.equal(new_mask, wanted_mask)
    for picture in range(2):
        x, mask = torch.cat([a, b], 1)[picture].numpy(), every[picture].numpy()
        arrays = [p.detach().numpy() for p in layer.parameters()]
        from_reference, _ = partial_conv2d(x, mask, *arrays, padding=1, groups=groups)
        assert np.allclose(y[picture].detach().numpy(), from_reference, atol=1e-4)


def test_convolve_is_the_call_for_what_is_zero_in_holes():
    x, mask = random_case()
    layer = PartialConv2d(3, 4, 3, padding=1)
    assert torch.equal(layer.convolve(x * mask, mask)[0], layer(x, mask)[0])
    assert not torch.equal(layer.convolve(x, mask)[0], layer(x, mask)[0])
    pair = [x * mask, x * mask], [mask, mask]
    both = PartialConv2d(6, 4, 3, padding=1)
    assert torch.equal(both.convolve(*pair)[0], both(*pair)[0])


@pytest.mark.parametrize(
    "kernel, stride, dilation", [((3, 3), (1, 1), (1, 1)), ((1, 4), (2, 3), (1, 2)), ((5, 2), (1, 2), (3, 1))]
)
def test_counts_are_a_convolution_with_ones(kernel, stride, dilation):
    mask = (torch.rand(2, 3, 17, 15, generator=torch.Generator().manual_seed(0)) < 0.5).double()
    ones = torch.ones(3, 1, *kernel, dtype=torch.float64)
    wanted = F.conv2d(mask, ones, stride=stride, dilation=dilation, groups=3)
    assert torch.equal(count_valid(mask, kernel, stride, dilation), wanted)


# Properties


def test_all_valid_and_no_padding_is_an_ordinary_convolution():
    x, mask = random_case(known=2)
    ordinary = nn.Conv2d(3, 4, 3, stride=2)
    layer = PartialConv2d(3, 4, 3, stride=2)
    layer.load_state_dict(ordinary.state_dict())
    y, new_mask = layer(x, mask)
    assert close(y, ordinary(x)) and new_mask.all()
    assert not close(PartialConv2d(3, 4, 3, padding=1)(x, mask)[0], nn.Conv2d(3, 4, 3, padding=1)(x))


@pytest.mark.parametrize("poison", [6e4, math.inf, NAN])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_what_holes_hold_does_not_matter(poison, dtype):
    x, mask = random_case(dtype=dtype)
    layer = PartialConv2d(3, 4, 3, padding=1).to(dtype)
    dirty = x.masked_fill(mask == 0, poison)
    assert torch.equal(layer(dirty, mask)[0], layer(x, mask)[0])
    dy = torch.ones_like(layer(x, mask)[0])
    clean_gradients, dirty_gradients = gradients(layer, x, mask, dy), gradients(layer, dirty, mask, dy)
    for a, b in zip(clean_gradients, dirty_gradients, strict=True):
        assert torch.equal(a, b) and a.isfinite().all()
    assert torch.equal(clean_gradients[0] * (1 - mask), torch.zeros_like(x))


def test_select_keeps_every_bit():
    special = torch.tensor([-0.0, 1e-45, math.inf, -math.inf, NAN, 3.5]).reshape(1, 1, 1, 6)
    valid = torch.ones(1, 1, 1, 6)
    assert torch.equal(select(special, valid).view(torch.int32), special.view(torch.int32))
    assert torch.equal(select(special, valid * 0).view(torch.int32), torch.zeros(1, 1, 1, 6, dtype=torch.int32))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_has_no_nan_and_counts_right(dtype):
    """512 channels in a 3×3 window are 4608 values: more than half precision can count one by one."""
    layer = PartialConv2d(512, 2, 3, padding=1, bias=False).to(dtype)
    x = torch.ones(1, 512, 9, 9, dtype=dtype)
    mask = torch.zeros(1, 512, 9, 9, dtype=dtype)
    mask[:, :, :3] = 1
    mask[:, 0, 2, 2] = 0
    y, new_mask = layer(x, mask)
    assert y.isfinite().all() and torch.equal(y[:, :, 4:], torch.zeros_like(y[:, :, 4:]))
    wanted, wanted_mask = copy.deepcopy(layer).double()(x.double(), mask.double())
    step = torch.finfo(dtype).eps
    assert (y.double() - wanted).abs().max() < 4 * step * wanted.abs().max()
    assert torch.equal(new_mask.double(), wanted_mask)
    # Every window has its own count; float32 represents each exactly.
    count, window = layer._count([mask], [512])
    assert window == 4608 and count.dtype == torch.float32 and count[0, 0, 1, 2] == 4607


def test_windows_of_more_values_than_float16_holds():
    """3 · 3 · 8192 = 73728 is beyond 65504."""
    layer = PartialConv2d(8192, 1, 3, bias=False).half()
    x = torch.rand(1, 8192, 3, 3).half()
    mask = torch.ones(1, 8192, 3, 3)
    mask[:, ::2, 0] = 0
    wanted = copy.deepcopy(layer).double()(x.double(), mask)[0]
    assert (layer(x, mask)[0].double() - wanted).abs() < 0.01


def test_autocast_counts_in_float32():
    x, mask = random_case(1, 300, (8, 8), 0.9)
    mask = (torch.rand(x.shape, generator=torch.Generator().manual_seed(0)) < 0.9).float()
    layer = PartialConv2d(300, 4, 3, padding=1)
    wanted, _ = layer(x, mask)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y, new_mask = layer(x, mask)
        count, _ = layer._count([mask], [300])
        y.float().square().mean().backward()
    assert y.dtype == torch.bfloat16 and new_mask.dtype == torch.float32 and count.dtype == torch.float32
    assert close(y.float(), wanted, 0.02) and layer.weight.grad.isfinite().all()
    assert torch.equal(count, layer._count([mask], [300])[0])


def test_no_gradient_through_the_mask():
    x, mask = random_case()
    mask.requires_grad_()
    y, new_mask = PartialConv2d(3, 4, 3, padding=1)(x, mask)
    y.sum().backward()
    assert mask.grad is None and not new_mask.requires_grad


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8, torch.int64, torch.float16, torch.float64])
def test_masks_of_any_dtype_come_back_as_they_came(dtype):
    x, mask = random_case()
    layer = PartialConv2d(3, 4, 3, padding=1)
    y, new_mask = layer(x, mask.to(dtype))
    assert torch.equal(y, layer(x, mask)[0]) and new_mask.dtype == dtype
    assert np.array_equal(new_mask[1, 0].bool().numpy(), update_mask(mask[1, 0].numpy(), 3, padding=1))


def test_arguments_are_left_alone():
    x, mask = random_case()
    kept = x.clone(), mask.clone()
    layer = PartialConv2d(3, 4, 3, padding=1)
    layer(x, mask), layer.convolve(x, mask)
    assert torch.equal(x, kept[0]) and torch.equal(mask, kept[1])


# A module like nn.Conv2d


def test_state_dicts_are_those_of_conv2d():
    options = {"stride": 2, "padding": 1, "groups": 2}
    layer, ordinary = PartialConv2d(4, 6, 3, **options), nn.Conv2d(4, 6, 3, **options)
    assert layer.state_dict().keys() == ordinary.state_dict().keys()
    layer.load_state_dict(ordinary.state_dict())
    ordinary.load_state_dict(layer.state_dict())
    assert list(dict(layer.named_buffers())) == []
    made = PartialConv2d(4, 6, 3, dtype=torch.float64, device="meta")
    assert made.weight.dtype == torch.float64 and made.weight.is_meta


def test_copies_pickles_and_dtypes():
    x, mask = random_case()
    layer = PartialConv2d(3, 4, 3, padding=1)
    y = layer(x, mask)[0]
    file = io.BytesIO()
    torch.save(layer, file)
    file.seek(0)
    for other in (copy.deepcopy(layer), torch.load(file, weights_only=False)):
        assert torch.equal(other(x, mask)[0], y)
    assert close(copy.deepcopy(layer).double()(x.double(), mask)[0].float(), y)


@pytest.mark.parametrize("shared", [True, False])
def test_channels_last(shared):
    x, mask = random_case(2, 16, (12, 12))
    mask = mask if shared else (x > 0).float()
    layer = PartialConv2d(16, 8, 3, padding=1)
    y = layer(x, mask)[0]
    turned = copy.deepcopy(layer).to(memory_format=torch.channels_last)
    z = turned(x.contiguous(memory_format=torch.channels_last), mask)[0]
    assert z.is_contiguous(memory_format=torch.channels_last) and close(z, y)


def poisoned_case():
    x, mask = random_case(2, 4, (10, 9), 0.4)
    return x.masked_fill(mask == 0, NAN), mask


def test_distributed_data_parallel(tmp_path):
    """One process is enough to see that hooks, buckets and the two outputs get along; several train elsewhere."""
    torch.distributed.init_process_group("gloo", init_method=f"file://{tmp_path}/store", rank=0, world_size=1)
    try:
        layer = PartialConv2d(4, 6, 3, padding=1)
        wrapped = nn.parallel.DistributedDataParallel(copy.deepcopy(layer))
        x, mask = poisoned_case()
        for module in (layer, wrapped):
            module(x, mask)[0].square().sum().backward()
        assert torch.equal(wrapped.module.weight.grad, layer.weight.grad)
    finally:
        torch.distributed.destroy_process_group()


@pytest.mark.parametrize(
    "arguments, error, says",
    [
        ((torch.ones(3, 8, 8), torch.ones(1, 8, 8)), ValueError, r"x\[None\]"),
        ((torch.ones(2, 3, 8, 6), torch.ones(2, 8, 6)), ValueError, r"mask\[:, None\]"),
        ((torch.ones(2, 3, 8, 6), torch.ones(2, 1, 6, 8)), ValueError, "swap width and height"),
        ((torch.ones(2, 3, 8, 6), torch.ones(2, 2, 8, 6)), ValueError, r"needs \(2, 1, 8, 6\) or \(2, 3, 8, 6\)"),
        ((torch.ones(2, 3, 8, 6), torch.ones(1, 1, 8, 6)), ValueError, r"needs \(2, 1, 8, 6\)"),
        ((torch.ones(2, 4, 8, 6), torch.ones(2, 1, 8, 6)), ValueError, "4 channels, but this layer was made for 3"),
        ((torch.ones(2, 3, 8, 6, dtype=torch.uint8), torch.ones(2, 1, 8, 6)), ValueError, "give floats"),
        ((np.ones((2, 3, 8, 6)), torch.ones(2, 1, 8, 6)), TypeError, "ndarray"),
        (([torch.ones(2, 3, 8, 6)], torch.ones(2, 1, 8, 6)), TypeError, "both as lists"),
        (([torch.ones(2, 3, 8, 6)], [torch.ones(2, 1, 8, 6)] * 2), ValueError, "1 tensors and 2 masks"),
        (([], []), ValueError, "0 tensors"),
        ((torch.ones(2, 3, 2, 2), torch.ones(2, 1, 2, 2)), ValueError, "spans 3×3, the padded x only 2×2: pad more"),
    ],
)  # fmt: skip
def test_errors_say_what_to_do(arguments, error, says):
    with pytest.raises(error, match=says):
        PartialConv2d(3, 4, 3)(*arguments)


def test_other_paddings_are_refused():
    with pytest.raises(ValueError, match="pads with holes"):
        PartialConv2d(3, 4, 3, padding=1, padding_mode="reflect")


# CUDA

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")


@needs_cuda
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_cuda_parity(dtype):
    x, mask = random_case(2, 64, (33, 31), dtype=torch.float64)
    x = x.masked_fill(mask == 0, NAN)
    layer = PartialConv2d(64, 8, 3, padding=1).double()
    wanted, wanted_mask = layer(x, mask)
    there = copy.deepcopy(layer).to("cuda", dtype)
    y, new_mask = there(x.to("cuda", dtype), mask.cuda())
    error = (y.double().cpu() - wanted).abs().max() / wanted.abs().max()
    assert error < {torch.float16: 5e-3, torch.bfloat16: 4e-2, torch.float32: 3e-3, torch.float64: 1e-12}[dtype]  # TF32
    assert torch.equal(new_mask.cpu(), wanted_mask)


@needs_cuda
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_cuda_autocast_counts_exactly(dtype):
    """A convolution with ones in TF32 or half precision could not tell 4607 from 4608."""
    layer = PartialConv2d(512, 2, 3, padding=1).cuda()
    mask = torch.ones(1, 512, 8, 8, device="cuda")
    mask[:, 0, 4, 4] = 0
    with torch.autocast("cuda", dtype=dtype):
        count, _ = layer._count([mask], [512])
        y, _ = layer(torch.randn(1, 512, 8, 8, device="cuda").masked_fill(mask == 0, NAN), mask)
        y.float().square().mean().backward()
    assert count[0, 0, 4, 4] == 4607 and y.dtype == dtype and y.isfinite().all()
    assert layer.weight.grad.isfinite().all()


@needs_cuda
def test_cuda_compile():
    layer = PartialConv2d(4, 6, 3, stride=2, padding=1).cuda()
    x, mask = (t.cuda() for t in poisoned_case())
    y, new_mask = torch.compile(layer, fullgraph=True)(x, mask)
    assert torch.allclose(y, layer(x, mask)[0], atol=1e-3) and torch.equal(new_mask, layer(x, mask)[1])
