"""The network with contextual attention fills holes of any size of picture, and looks at valid pixels alone."""

import numpy as np
import pytest
import torch

from pconv_edu.nn.attention_network import AttentionNetwork, _mirrored

NAN = float("nan")


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return AttentionNetwork(width=4).eval()


def case(n, size, seed=0):
    """Return images (N, 3, H, W) and masks (N, 1, H, W) with one rectangle each, of different sizes."""
    generator = torch.Generator().manual_seed(seed)
    masks = torch.ones(n, 1, *size)
    for number, mask in enumerate(masks):
        mask[0, size[0] // 4 : size[0] // 2 + number, size[1] // 3 : size[1] // 2 + 2 * number] = 0
    return torch.rand(n, 3, *size, generator=generator), masks


def test_number_of_parameters():
    """It is the number of the network with three quarters of the paper's channels."""
    assert sum(p.numel() for p in AttentionNetwork().parameters()) == 2_029_118


@pytest.mark.parametrize("size", [(32, 32), (33, 47), (72, 72), (101, 64), (32, 130)])
def test_any_size(network, size):
    image, mask = case(2, size)
    with torch.inference_mode():
        filled = network(image, mask)
    assert filled.shape == image.shape and filled.dtype == image.dtype
    assert torch.equal(filled[mask.expand_as(image) > 0], image[mask.expand_as(image) > 0])
    assert filled.min() >= 0 and filled.max() <= 1


def test_what_a_hole_contains_cannot_matter(network):
    image, mask = case(2, (40, 50))
    with torch.inference_mode():
        expected = network.stages(image, mask, return_attention=True)
        stages = network.stages(torch.where(mask.bool(), image, NAN), mask, return_attention=True)
        filled = network(torch.where(mask.bool(), image, NAN), mask.bool())
    assert all(torch.equal(a, b) for a, b in zip(stages, expected, strict=True))
    assert torch.equal(filled, network(image, mask)) and filled.isfinite().all()


def test_pictures_of_a_batch_do_not_mix(network):
    image, mask = case(3, (40, 56))
    with torch.inference_mode():
        together = network(image, mask)
        alone = torch.cat([network(one[None], one_mask[None]) for one, one_mask in zip(image, mask, strict=True)])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)


def test_stages(network):
    image, mask = case(1, (40, 90))
    with torch.inference_mode():
        coarse, refined, attention = network.stages(image, mask, return_attention=True)
        filled = network(image, mask)
        assert network.stages(image, mask).attention is None
    assert coarse.shape == refined.shape == image.shape
    assert torch.equal(filled, torch.where(mask.bool(), image, refined.clamp(0, 1)))
    assert attention.shape == (1, 9, 12, 9, 12)  # 72×96 px in cells of 8×8
    torch.testing.assert_close(attention.sum((3, 4)), torch.ones(1, 9, 12))
    assert attention[..., 1, 4].eq(0).all()  # the hole: rows 10 to 19, columns 30 to 44


def test_the_refinement_sees_the_coarse_fill_in_the_hole_alone(network):
    image, mask = case(1, (40, 40))
    seen = []
    hooks = [
        part.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
        for part in (network.dilated_branch, network.attention_branch)
    ]
    with torch.inference_mode():
        coarse = network.stages(image, mask).coarse
    for hook in hooks:
        hook.remove()
    expected = 2 * torch.where(mask.bool(), image, coarse.clamp(0, 1)) - 1
    for x in seen:
        torch.testing.assert_close(x[:, :3, :40, :40], expected, atol=1e-6, rtol=0)
        assert torch.equal(x[:, 3:, :40, :40], 1 - mask)


def test_the_deepest_layer_sees_135_px():
    torch.manual_seed(0)
    encoder = AttentionNetwork(width=2).coarse[:10]
    picture = torch.zeros(1, 4, 320, 320, requires_grad=True)
    encoder(picture)[0, :, 40, 40].sum().backward()  # at 40 · 4 = 160
    rows = picture.grad.abs().sum((0, 1, 3)).nonzero().flatten()
    assert (rows[0], rows[-1]) == (160 - 135, 160 + 135)
    assert AttentionNetwork.deepest_hole == AttentionNetwork.margin == 135 // 8 * 8


@pytest.mark.parametrize("size, extended", [(32, 72), (33, 72), (72, 72), (101, 104), (32, 200)])
def test_mirrored(size, extended):
    expected = np.pad(np.arange(size), (0, extended - size), "reflect")
    np.testing.assert_array_equal(_mirrored(size, extended, torch.device("cpu")), expected)


def test_equal_settings_build_a_network_that_loads_the_weights(network):
    other = AttentionNetwork(**network.settings)
    other.load_state_dict(network.state_dict())
    image, mask = case(1, (40, 40))
    assert torch.equal(other(image, mask), network(image, mask))


@pytest.mark.parametrize(
    "image, mask",
    [((1, 3, 31, 40), (1, 1, 31, 40)), ((1, 3, 40, 31), (1, 1, 40, 31)), ((1, 1, 40, 40), (1, 1, 40, 40)),
     ((1, 3, 40, 40), (1, 3, 40, 40))],
)  # fmt: skip
def test_impossible_pictures(network, image, mask):
    with pytest.raises(ValueError, match="at least 32"):
        network(torch.zeros(image), torch.ones(mask))


@pytest.mark.parametrize("width", [0, 1.5, "4", True])
def test_impossible_width(width):
    with pytest.raises(ValueError, match="width"):
        AttentionNetwork(width)
