"""The gates explorer's numbers: gates and masks as the networks return them, which channels are shown, errors."""

import io
import math

import numpy as np
import pytest
import torch
import traitlets
from PIL import Image

from pconv_edu.core import hole_ratio, irregular_mask, load_photo
from pconv_edu.lessons.widgets import GatesExplorer, LayerExplorer
from pconv_edu.lessons.widgets import gates as gates_module
from pconv_edu.nn import PConvUNet
from pconv_edu.nn.recipes import RECIPES
from pconv_edu.nn.variants import GatedUNet, MaskInputUNet, NoRatioUNet, NoUpdateUNet, gates
from tests.nn.test_unet import some_network

PINK = (217, 28, 140)


def some_gated(width=4, levels=3, **options):
    return some_network(GatedUNet, width, levels, **options)


def case(size=(64, 96), seed=0):
    return load_photo("gc-animal-koala", size=size), irregular_mask(size, (0.2, 0.3), rng=np.random.default_rng(seed))


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def run(network, image, mask):
    """The gates of every layer, as arrays (C, H, W)."""
    x = torch.from_numpy(np.where(mask[..., None], image, 0).astype(np.float32).transpose(2, 0, 1)[None])
    return [(name, g[0].numpy()) for name, g in gates(network, x, torch.from_numpy(mask[None, None]).float())]


def in_hole(mask, levels, shape):
    """Where more than half of the pixels under a position are hole or padding, with loops."""
    step = 2**levels
    rows, columns = (-(-side // step) * step for side in mask.shape)
    valid = np.zeros((rows, columns), bool)
    valid[: mask.shape[0], : mask.shape[1]] = mask
    size = rows // shape[0]
    result = np.zeros(shape, bool)
    for r, c in np.ndindex(*shape):
        result[r, c] = valid[r * size : (r + 1) * size, c * size : (c + 1) * size].mean() < 0.5
    return result


@pytest.mark.parametrize("size", [(64, 96), (50, 40), (17, 33)])
def test_gates_and_masks_are_the_networks(size):
    network, (image, mask) = some_gated(), case(size)
    widget = GatesExplorer(network, image, mask)
    layers = run(network, image, mask)
    assert widget.names == [name for name, _ in layers]
    for block, (_, values) in enumerate(layers):
        about, hole = widget.blocks[block], in_hole(mask, 3, values.shape[1:])
        assert np.array_equal(widget.gates[block], values)
        assert (about["out"], about["height"], about["width"]) == values.shape
        assert f"{100 * hole_ratio(widget.layer_masks[block]):.1f} % still hole" in about["hole"]
        assert ("padding" in about["hole"]) == (size != (64, 96))
        assert np.array_equal((pixels(widget.masks[block]) == PINK).all(-1), ~widget.layer_masks[block])
        assert abs(pixels(widget.means[block])[..., 0] - 255 * values.mean(0)).max() <= 0.5 * 255 / 24 + 1
        for channel, png, says in zip(widget.channels[block], widget.maps[block], about["ranges"], strict=True):
            assert abs(pixels(png)[..., 0] - 255 * values[channel]).max() <= 0.5 * 255 / 24 + 1
            assert says == f"{values[channel].min():.2f} to {values[channel].max():.2f}"
        inside, outside = values[:, hole], values[:, ~hole]
        assert f"mean {inside.mean():.2f} in the hole, {outside.mean():.2f} outside" in about["gates"]
        lower = (inside.mean(1) < outside.mean(1)).sum()
        assert f"lower in the hole in {lower} of {len(values)} channels" in about["gates"]
        difference = abs(inside.mean(1) - outside.mean(1))
        assert np.allclose(difference[widget.channels[block]], sorted(difference, reverse=True)[:3])


@pytest.mark.parametrize("size", [(64, 96), (50, 40), (17, 33), (130, 16)])
@pytest.mark.parametrize("levels", [2, 5])
def test_the_masks_are_those_of_l1(levels, size):
    """They depend on the kernels and strides only, so a partial network with other weights and widths has them too."""
    image, mask = case(size, seed=levels)
    rule = GatesExplorer(some_gated(levels=levels), image, mask).layer_masks
    partial = LayerExplorer(PConvUNet(width=3, levels=levels).eval(), image, mask).layer_masks
    assert len(rule) == len(partial) == 2 * levels
    assert all(np.array_equal(a, b) for a, b in zip(rule, partial, strict=True))


def test_the_gated_recipe_has_the_masks_of_the_recipe_l1():
    image, mask = case()
    rule = GatesExplorer(RECIPES["gated"].network(), image, mask).layer_masks
    partial = LayerExplorer(RECIPES["l1"].network(), image, mask).layer_masks
    assert all(np.array_equal(a, b) for a, b in zip(rule, partial, strict=True))


@pytest.mark.parametrize("fill", [0.0, 7e30, math.inf, math.nan])
def test_what_the_hole_holds_does_not_matter(fill):
    network, (image, mask) = some_gated(), case()
    filled = np.where(mask[..., None], image, fill)
    assert GatesExplorer(network, filled, mask).portable_html() == GatesExplorer(network, image, mask).portable_html()


@pytest.mark.parametrize("valid", [True, False])
def test_nothing_missing_and_nothing_known(valid):
    image, mask = case()
    widget = GatesExplorer(some_gated(), image, np.full_like(mask, valid))
    for values, about, shown in zip(widget.gates, widget.blocks, widget.channels, strict=True):
        says = "Nothing is mostly hole." if valid else "Everything is mostly hole."
        assert about["gates"] == f"mean {values.mean():.2f}. {says}"
        assert about["order"].endswith(("channels that vary most", "those that vary most first"))
        variance = values.reshape(len(values), -1).var(1)
        assert np.allclose(variance[shown], sorted(variance, reverse=True)[:3])


def test_a_gate_that_is_open_is_white_and_one_that_is_closed_is_black():
    network, (image, mask) = some_gated(), case()
    for bias, colour in ((50.0, 255), (-50.0, 0)):
        for block in network.encoder:
            torch.nn.init.zeros_(block.gate.weight)
            torch.nn.init.constant_(block.gate.bias, bias)
        widget = GatesExplorer(network, image, mask)
        for png in (widget.means[0], *widget.maps[0]):
            assert (pixels(png) == colour).all()


def test_large_pictures_are_thinned():
    widget = GatesExplorer(some_gated(), *case((300, 280)))
    assert pixels(widget.maps[-1][0]).shape == pixels(widget.means[-1]).shape == (102, 94, 3)
    assert pixels(widget.masks[-1]).shape == (304, 280, 3)


def test_a_narrow_network_has_fewer_pictures():
    widget = GatesExplorer(some_gated(width=1, levels=2), *case())
    assert [len(m) for m in widget.maps] == [1, 2, 1, 3]
    assert widget.blocks[0]["order"].startswith("all 1 channels, those ")


def test_the_network_is_left_as_it_was():
    network = some_gated().train().freeze_encoder_bn()
    network.decoder[0].eval()
    modes = [module.training for module in network.modules()]
    before = {name: value.clone() for name, value in network.state_dict().items()}
    state = torch.get_rng_state()
    widget = GatesExplorer(network, *case((16, 16)))
    assert [module.training for module in network.modules()] == modes
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state)
    assert widget.portable_html() == GatesExplorer(some_gated(), *case((16, 16))).portable_html()  # ran in eval mode


def test_what_is_said_about_the_blocks():
    widget = GatesExplorer(some_gated(8), *case())
    first, fourth, last = (widget.blocks[k] for k in (0, 3, 5))
    assert (first["layer"], first["channels"]) == ("gated convolution 7×7, stride 2", "4 → 8")
    assert first["then"] == "features: no batch norm, ReLU; gates: logistic function"
    assert fourth["channels"] == "32 + 16 from encoder 2 → 16"
    assert fourth["order"] == "the 3 of 16 channels whose means in the hole and outside differ most"
    assert last["channels"] == "8 + 4 from the photo and mask → 3"
    assert last["order"] == "all 3 channels, those whose means in the hole and outside differ most first"


def test_chosen_is_a_block():
    widget = GatesExplorer(some_gated(), *case(), chosen=2)
    assert repr(widget) == f"GatesExplorer(encoder 3, mean gate {widget.gates[2].mean():.2f})"
    widget.chosen = 5
    assert repr(widget).startswith("GatesExplorer(decoder 1, ")
    for wrong in (-1, 6):
        with pytest.raises(traitlets.TraitError, match=f"chosen is {wrong}; the blocks are 0 to 5"):
            widget.chosen = wrong
        with pytest.raises(traitlets.TraitError):
            GatesExplorer(some_gated(), *case(), chosen=wrong)
    assert widget.chosen == 5


def test_errors_say_what_to_do():
    network, (image, mask) = some_gated(), case()
    for wrong in (PConvUNet(2, 2), MaskInputUNet(2, 2), torch.nn.Conv2d(3, 3, 3), None):
        with pytest.raises(TypeError, match=f"network is {type(wrong).__name__}; give a GatedUNet"):
            GatesExplorer(wrong, image, mask)
    with pytest.raises(ValueError, match=r"mask is \(96, 64\) but the photo is \(64, 96\): rows come first"):
        GatesExplorer(network, image, mask.T)
    for wrong in (image[..., 0], image * 255, image[..., :2]):
        with pytest.raises(ValueError, match=r"photo has shape \(64, 96.*in \[0, 1\]"):
            GatesExplorer(network, wrong, mask)
    with pytest.raises(ValueError, match="photo is 15×40; the network takes 16×16 pixels or more"):
        GatesExplorer(network, image[:15, :40], mask[:15, :40])


def test_the_layer_explorer_takes_networks_with_masks_only():
    image, mask = case()
    assert len(LayerExplorer(some_network(NoRatioUNet), image, mask).names) == 6
    for kind in (NoUpdateUNet, MaskInputUNet, GatedUNet):
        with pytest.raises(TypeError, match=f"network is {kind.__name__}; give a PConvUNet, whose layers have masks"):
            LayerExplorer(some_network(kind), image, mask)


def test_the_portable_copy_is_small_complete_and_always_the_same():
    torch.manual_seed(0)
    network, (image, mask) = RECIPES["gated"].network(), case((256, 256))
    html = GatesExplorer(network, image, mask)._repr_mimebundle_()
    html = (html[0] if isinstance(html, tuple) else html)["text/html"]
    assert html == GatesExplorer(network, image, mask).portable_html()
    assert len(html) < 300_000
    assert "http" not in html.replace("http://www.w3.org", "") and html.count("</script>") == 1


def test_gates_of_noise_stay_small_too(monkeypatch):
    """The gates of a trained network are sharper than those of a new one, but nothing compresses worse than noise."""
    torch.manual_seed(0)
    network, (image, mask) = RECIPES["gated"].network(), case((256, 256))
    noise = np.random.default_rng(0).random
    layers = [(name, noise(values.shape, np.float32)) for name, values in run(network.eval(), image, mask)]
    monkeypatch.setattr(gates_module, "run_gates", lambda *_: layers)
    assert len(GatesExplorer(network, image, mask).portable_html()) < 300_000


def test_the_static_table_has_every_layer():
    widget = GatesExplorer(some_gated(), *case())
    html = widget.static_html()
    assert html.count("<tr>") == 1 + 6
    for about in widget.blocks:
        for text in (about["name"], about["hole"], about["gates"], about["channels"]):
            assert f">{text}<" in html
