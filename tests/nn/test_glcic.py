"""GLCIC: what it promises about holes and sizes, how far it sees, and its dilated convolution against loops."""

import pytest
import torch
from torch import nn

from pconv_edu.nn.glcic import GLCIC, convolution, doubling

NAN = float("nan")


def some_network(width=4):
    """A network in eval mode, with random weights and batch norm that does something."""
    torch.manual_seed(0)
    network = GLCIC(width)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, 0, 0.3)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.normal_(module.bias, 0, 0.3)
    nn.init.normal_(network.output.weight, 0, 0.3)
    return network.eval()


def positive_network():
    """A network in which a larger input makes every output larger, and never one that ReLU or the sigmoid cuts off."""
    network = GLCIC(2).double()
    with torch.no_grad():
        for block in network.layers:
            block.conv.weight.fill_(1 / (block.conv.in_channels * block.conv.kernel_size[0]))
            block.norm.bias.fill_(1)
        network.output.weight.fill_(1e-9)
    return network.eval()


def case(n=2, size=(32, 40), seed=0):
    generator = torch.Generator().manual_seed(seed)
    masks = torch.ones(n, 1, *size)
    masks[0, :, 8:21, 5:30] = 0
    masks[1:, :, 20:, 17:] = 0
    return torch.rand(n, 3, *size, generator=generator), masks


def test_layers_of_the_paper():
    """Kernel, channels in and out, stride and dilation, with the paper's width of 64."""
    network, same = GLCIC(64), [(3, 256, 256, 1, 1)]
    convs = [*(block.conv for block in network.layers), network.output]
    assert [(c.kernel_size[0], c.in_channels, c.out_channels, c.stride[0], c.dilation[0]) for c in convs] == [
        (5, 4, 64, 1, 1), (3, 64, 128, 2, 1), (3, 128, 128, 1, 1), (3, 128, 256, 2, 1), *same * 2,
        *[(3, 256, 256, 1, d) for d in (2, 4, 8, 16)], *same * 2,
        (4, 256, 128, 2, 1), (3, 128, 128, 1, 1), (4, 128, 64, 2, 1), (3, 64, 32, 1, 1), (3, 32, 3, 1, 1),
    ]  # fmt: skip
    assert network.settings == {"width": 64}


@pytest.mark.parametrize("size", [(32, 32), (33, 46), (50, 35)])
@pytest.mark.parametrize("training", [False, True])
def test_any_size_from_32(size, training):
    images, masks = case(size=size)
    filled = some_network().train(training)(images, masks)
    assert filled.shape == images.shape and filled.min() >= 0 and filled.max() <= 1
    valid = masks.bool().expand_as(images)
    assert torch.equal(filled[valid], images[valid])
    assert not (filled == images)[~valid].any()


def test_margin_of_the_padding_continues_the_picture():
    """A picture of 33×35 is filled as one of 36×36 in which its last row and column are repeated."""
    images, masks = case(size=(33, 35))
    rows, columns = [*range(33), 32, 32, 32], [*range(35), 34]
    larger = [x[:, :, rows][:, :, :, columns] for x in (images, masks)]
    network = some_network()
    assert torch.allclose(network(images, masks), network(*larger)[:, :, :33, :35], atol=1e-6)


@pytest.mark.parametrize("value", [NAN, float("inf"), 7.0])
def test_values_in_holes_do_not_matter(value):
    images, masks = case()
    network = some_network()
    filled = network(images, masks)
    broken = torch.where(masks.bool(), images, value)
    assert torch.equal(network(broken, masks), filled)
    assert torch.equal(network(broken, masks.bool()), filled)
    assert torch.equal(network(broken, masks * 0.1), filled)  # all but 0 is valid


def test_a_valid_picture_comes_back_whatever_the_network_is():
    network = some_network()
    with torch.no_grad():
        network.output.weight.fill_(NAN)
    images, masks = case()
    assert torch.equal(network(images, torch.ones_like(masks)), images)


def test_holes_and_valid_pixels_of_the_mean_colour_differ():
    """The mask is a channel of its own: the network can tell a hole from a pixel that has its colour."""
    images, masks = case()
    network = some_network()
    painted = torch.where(masks.bool(), images, network.mean)
    masks[:, :, 12, 8] = 0
    painted[:, :, 12, 8] = network.mean[:, 0, 0]
    other = masks.clone()
    other[:, :, 10, 8] = 1  # in the hole of the first picture
    changed = (network(painted, masks) != network(painted, other))[0].any(0)
    assert changed[10:20, 5:30].sum() > 50


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16])
def test_result_has_the_dtype_of_the_image(dtype):
    images, masks = case()
    network = some_network()
    if dtype == torch.float64:
        filled = network.double()(images.double(), masks)
    else:
        with torch.autocast("cpu", torch.bfloat16):
            filled = network(images.half(), masks)
    assert filled.dtype == dtype
    assert (filled.float() - some_network()(images, masks)).abs().max() < 0.03


def test_a_new_network_paints_nearly_the_mean_colour():
    torch.manual_seed(0)
    images, masks = case()
    network = GLCIC(8)
    difference = (network(images, masks) - network.mean)[~masks.bool().expand_as(images)]
    assert difference.abs().mean() < 0.05


@pytest.mark.parametrize(
    "image, mask, message",
    [
        ((1, 3, 31, 40), (1, 1, 31, 40), "at least 32"),
        ((1, 3, 40, 31), (1, 1, 40, 31), "at least 32"),
        ((1, 4, 32, 32), (1, 1, 32, 32), r"give \(N, 3, H, W\)"),
        ((1, 3, 32, 32), (1, 3, 32, 32), r"\(N, 1, H, W\)"),
        ((1, 3, 32, 40), (1, 1, 40, 32), "swap"),
        ((3, 32, 32), (1, 32, 32), r"x\[None\]"),
    ],
)
def test_errors_say_what_to_give(image, mask, message):
    with pytest.raises(ValueError, match=message):
        some_network()(torch.zeros(image), torch.ones(mask))


@pytest.mark.parametrize("width", [0, 3, -2, 4.0, True, None])
def test_width_must_be_even(width):
    with pytest.raises(ValueError, match="even whole number"):
        GLCIC(width)


# How far it sees


def distances(function, picture, rows, changed):
    """For each of `rows` of the result: how far away the rows of the picture are, out of `changed`, that change it."""
    before = function(picture)
    seen = {row: [] for row in rows}
    for place in changed:
        other = picture.clone()
        other[..., place, :] += 0.5
        after = function(other)
        for row in rows:
            if not torch.equal(after[..., row, :], before[..., row, :]):
                seen[row].append(place - row)
    return [*seen.values()]


@torch.no_grad()
def test_dilated_layers_see_every_second_row():
    """Dilations 2, 4, 8 and 16 reach 30 rows in each direction, but they skip the rows in between."""
    dilated = positive_network().layers[6:10]
    assert [block.conv.dilation for block in dilated] == [(2, 2), (4, 4), (8, 8), (16, 16)]
    features = torch.rand(1, 8, 80, 9, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    assert distances(dilated, features, [40], range(80)) == [[*range(-30, 31, 2)]]


@torch.no_grad()
def test_network_sees_no_further_than_its_margin():
    """The layers at a quarter of the size reach 143 px. The output pixel that sees furthest sees 153 px."""
    network = positive_network()
    picture = torch.rand(1, 3, 360, 32, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    masks = torch.ones(1, 1, 360, 32)
    masks[:, :, 180:184] = 0
    borders = [*range(25, 41), *range(321, 337)]  # where the rows that row 180 sees begin and end

    def deepest(x):
        return network.layers[:12](torch.cat([x, x[:, :1]], 1)).repeat_interleave(4, 2)

    assert [(far[0], far[-1]) for far in distances(deepest, picture, [180], borders)] == [(-143, 143)]
    seen = distances(lambda x: network(x, masks), picture, range(180, 184), borders)
    assert [(far[0], far[-1]) for far in seen] == [(-151, 147), (-152, 150), (-153, 149), (-150, 148)]
    assert 153 <= GLCIC.margin < 153 + 8 and GLCIC.deepest_hole < 143
    assert GLCIC.margin % 8 == GLCIC.deepest_hole % 8 == 0


# The layers against loops


def test_dilated_convolution_is_the_sum_over_taps_that_lie_apart():
    torch.manual_seed(0)
    conv = convolution(2, 3, dilation=3).conv
    x = torch.randn(1, 2, 7, 8)
    expected = torch.zeros(1, 3, 7, 8)
    for o in range(3):
        for i in range(7):
            for j in range(8):
                for a in range(3):
                    for b in range(3):
                        row, column = i + 3 * (a - 1), j + 3 * (b - 1)
                        if 0 <= row < 7 and 0 <= column < 8:
                            expected[0, o, i, j] += (conv.weight[o, :, a, b] * x[0, :, row, column]).sum().detach()
    assert torch.allclose(conv(x), expected, atol=1e-5)


def test_doubling_spreads_every_pixel_over_four_by_four():
    torch.manual_seed(0)
    conv = doubling(2, 3).conv
    x = torch.randn(1, 2, 4, 5)
    expected = torch.zeros(1, 3, 10, 12)  # with a border of one pixel
    for i in range(4):
        for j in range(5):
            spread = torch.einsum("c,cohw->ohw", x[0, :, i, j], conv.weight)
            expected[0, :, 2 * i : 2 * i + 4, 2 * j : 2 * j + 4] += spread
    assert torch.allclose(conv(x), expected[:, :, 1:-1, 1:-1], atol=1e-5)


def test_block_is_convolution_then_batch_norm_then_relu():
    block = some_network().layers[6]
    x = torch.randn(1, 16, 8, 8)
    norm = block.norm
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    y = (block.conv(x) - norm.running_mean[:, None, None]) * scale[:, None, None] + norm.bias[:, None, None]
    assert torch.allclose(block(x), y.clamp(min=0), atol=1e-5)
    assert (y < 0).any() and block.conv.bias is None
