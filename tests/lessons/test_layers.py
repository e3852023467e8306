"""The layer explorer's numbers: reach by brute force, masks and maps as the network returns them, errors."""

import io
import math
import subprocess
import sys

import numpy as np
import pytest
import torch
import traitlets
from PIL import Image

from pconv_edu.core import hole_ratio, irregular_mask, load_photo
from pconv_edu.lessons.widgets import LayerExplorer
from pconv_edu.lessons.widgets.layer_pictures import deepest_pixel
from pconv_edu.nn import ConvUNet, PConvUNet
from pconv_edu.nn.unet import reach

PINK = (217, 28, 140)


def some_network(width=4, levels=3):
    torch.manual_seed(0)
    return PConvUNet(width=width, levels=levels).eval()


def case(size=(64, 96), seed=0):
    return load_photo("gc-animal-koala", size=size), irregular_mask(size, (0.2, 0.3), rng=np.random.default_rng(seed))


def square(side, shape=(64, 64)):
    mask = np.ones(shape, bool)
    mask[20 : 20 + side, 30 : 30 + side] = False
    return mask


def run(network, image, mask):
    """(name, features, mask) of every layer, as arrays."""
    x = torch.from_numpy(np.where(mask[..., None], image, 0).astype(np.float32).transpose(2, 0, 1)[None])
    with torch.no_grad():
        _, layers = network(x, torch.from_numpy(mask[None, None]).float(), return_layers=True)
    return [(name, f[0].numpy(), m[0, 0].numpy() == 1) for name, f, m in layers]


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


# ---- reach


@pytest.mark.parametrize("side", [1, 7, 8, 30])
def test_a_window_at_the_deepest_pixel_sees_what_the_text_says(side):
    widget = LayerExplorer(some_network(), np.full((64, 64, 3), 0.5), square(side))
    row, col = widget.point
    assert not square(side)[row, col] and widget.radius == (side + 1) // 2
    for block, pixels in enumerate(reach(some_network())):
        around = square(side)[max(row - pixels, 0) : row + pixels + 1, max(col - pixels, 0) : col + pixels + 1]
        text = widget.blocks[block]["reach"]
        assert f"{pixels} px to each side" in text and f"is {widget.radius} px from" in text
        assert ("sees a known pixel" if around.any() else "sees no known pixel") in text


def test_the_deepest_pixel():
    assert deepest_pixel(square(7)) == (23, 33)
    assert deepest_pixel(np.ones((20, 31), bool)) == deepest_pixel(np.zeros((20, 31), bool)) == (10, 15)


# ---- masks and maps


@pytest.mark.parametrize("size", [(64, 96), (50, 40), (17, 33)])
def test_masks_and_maps_are_the_networks(size):
    network, (image, mask) = some_network(8), case(size)
    widget = LayerExplorer(network, image, mask)
    layers = run(network, image, mask)
    assert widget.names == [name for name, _, _ in layers]
    for block, (_, features, m) in enumerate(layers):
        assert np.array_equal(widget.layer_masks[block], m)
        about = widget.blocks[block]
        assert (about["out"], about["height"], about["width"]) == features.shape
        assert f"{100 * hole_ratio(m):.1f} % still hole" in about["hole"]
        assert ("padding" in about["hole"]) == (size != (64, 96))
        assert np.array_equal((pixels(widget.masks[block]) == PINK).all(-1), ~m)
        assert (pixels(widget.masks[block])[m] == 255).all()
        variance = [f[m].astype(float).var() for f in features]
        assert sorted(widget.channels[block], key=lambda c: -variance[c]) == widget.channels[block]
        assert sorted(variance)[-3:] == sorted(variance[c] for c in widget.channels[block])
        for channel, png in zip(widget.channels[block], widget.maps[block], strict=True):
            shown, known = pixels(png), features[channel][m]
            assert np.array_equal((shown == PINK).all(-1), ~m)
            share = (known - known.min()) / max(known.max() - known.min(), 1e-30)
            assert abs(shown[m][:, 0] - 255 * (share if np.ptp(known) else 0.5)).max() <= 0.5 * 255 / 63 + 1


def test_large_pictures_are_thinned():
    image, mask = case((300, 280))
    widget = LayerExplorer(some_network(), image, mask)
    assert pixels(widget.maps[-1][0]).shape == (102, 94, 3)  # 304×280 with padding, every third
    assert pixels(widget.masks[-1]).shape == (304, 280, 3)
    assert pixels(widget.photo).shape == (150, 140, 3)
    assert (pixels(widget.photo)[~mask[::2, ::2]] == PINK).all()
    assert abs(pixels(widget.photo) - 255 * image[::2, ::2])[mask[::2, ::2]].mean() < 6


@pytest.mark.parametrize("fill", [0.0, 1.0, 7e30, math.inf, math.nan])
def test_what_the_hole_holds_does_not_matter(fill):
    image, mask = case()
    filled = np.where(mask[..., None], image, fill)
    network = some_network()
    assert LayerExplorer(network, filled, mask).portable_html() == LayerExplorer(network, image, mask).portable_html()


def test_nothing_missing_and_nothing_known():
    image, mask = case()
    full = LayerExplorer(some_network(), image, np.ones_like(mask))
    assert full.radius == 0 and "Nothing is missing" in full.blocks[0]["reach"] and "0.0 %" in full.blocks[0]["hole"]
    empty = LayerExplorer(some_network(), image, np.zeros_like(mask))
    assert empty.radius == math.inf and "No pixel is known" in empty.blocks[0]["reach"]
    assert all("100.0 % still hole" in b["hole"] for b in empty.blocks)
    assert (pixels(empty.maps[3][0]) == PINK).all()


def test_one_pixel_at_the_bottom():
    image, mask = case((16, 16))
    widget = LayerExplorer(some_network(levels=4), image, mask)
    assert widget.layer_masks[3].shape == (1, 1) and pixels(widget.masks[3]).tolist() == [[[255, 255, 255]]]
    assert np.unique(pixels(widget.maps[3][0])).size == 1  # a single value is neither least nor largest: mid-grey


def test_a_narrow_network_has_fewer_maps():
    widget = LayerExplorer(some_network(width=1, levels=2), *case())
    assert [len(m) for m in widget.maps] == [1, 2, 1, 3]


def test_the_network_is_left_as_it_was():
    network = some_network().train().freeze_encoder_bn()
    network.decoder[0].eval()
    modes = [module.training for module in network.modules()]
    before = {name: value.clone() for name, value in network.state_dict().items()}
    widget = LayerExplorer(network, *case((16, 16)))
    assert [module.training for module in network.modules()] == modes
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert widget.portable_html() == LayerExplorer(some_network(), *case((16, 16))).portable_html()  # ran in eval mode


def test_a_network_in_another_dtype():
    image, mask = case()
    double, single = LayerExplorer(some_network().double(), image, mask), LayerExplorer(some_network(), image, mask)
    assert double.channels == single.channels


# ---- the widget


def test_what_is_said_about_the_blocks():
    widget = LayerExplorer(some_network(8), *case())
    first, third, fourth, last = (widget.blocks[k] for k in (0, 2, 3, 5))
    assert (first["layer"], first["then"]) == ("partial convolution 7×7, stride 2", "no batch norm, ReLU")
    assert (third["layer"], third["channels"], third["then"]) == (
        "partial convolution 5×5, stride 2", "16 → 32", "batch norm, ReLU",
    )  # fmt: skip
    assert fourth["layer"] == "partial convolution 3×3, after doubling rows and columns"
    assert (fourth["channels"], fourth["then"]) == ("32 + 16 from encoder 2 → 16", "batch norm, LeakyReLU 0.2")
    assert (last["channels"], last["then"]) == ("8 + 3 from the photo → 3", "no batch norm, no activation")
    row, col = widget.point
    assert last["skip"] == (max(row - 1, 0), max(col - 1, 0), min(row + 1, 63), min(col + 1, 95))


def test_chosen_is_a_block():
    widget = LayerExplorer(some_network(), *case(), chosen=2)
    assert repr(widget) == f"LayerExplorer(encoder 3, {100 * hole_ratio(widget.layer_masks[2]):.1f} % hole)"
    widget.chosen = 5
    assert repr(widget).startswith("LayerExplorer(decoder 1, ")
    for wrong in (-1, 6):
        with pytest.raises(traitlets.TraitError, match=f"chosen is {wrong}; the blocks are 0 to 5"):
            widget.chosen = wrong
        with pytest.raises(traitlets.TraitError):
            LayerExplorer(some_network(), *case(), chosen=wrong)
    assert widget.chosen == 5


def test_errors_say_what_to_do():
    network, (image, mask) = some_network(), case()
    for wrong, name in (
        (ConvUNet(width=2, levels=2), "ConvUNet"),
        (torch.nn.Conv2d(3, 3, 3), "Conv2d"),
        (None, "None"),
    ):
        with pytest.raises(TypeError, match=f"network is {name}.*give a PConvUNet"):
            LayerExplorer(wrong, image, mask)
    with pytest.raises(ValueError, match=r"mask is \(96, 64\) but the photo is \(64, 96\): rows come first"):
        LayerExplorer(network, image, mask.T)
    with pytest.raises(ValueError, match=r"value 0\.5"):
        LayerExplorer(network, image, np.full((64, 96), 0.5))
    for wrong in (image[..., 0], image * 255, np.where(mask[..., None], np.nan, image), image[..., :2]):
        with pytest.raises(ValueError, match=r"photo has shape \(64, 96.*in \[0, 1\]"):
            LayerExplorer(network, wrong, mask)
    with pytest.raises(ValueError, match="photo is 15×40; the network takes 16×16 pixels or more"):
        LayerExplorer(network, image[:15, :40], mask[:15, :40])


def test_the_portable_copy_is_small_whole_and_always_the_same():
    torch.manual_seed(0)
    network, (image, mask) = PConvUNet.course(), case((256, 256))
    html = LayerExplorer(network, image, mask)._repr_mimebundle_()
    html = (html[0] if isinstance(html, tuple) else html)["text/html"]
    assert html == LayerExplorer(network, image, mask).portable_html()
    assert len(html) < 300_000
    assert "http" not in html.replace("http://www.w3.org", "") and html.count("</script>") == 1


def test_the_static_table_holds_every_layer():
    widget = LayerExplorer(some_network(), *case())
    html = widget.static_html()
    assert html.count("<tr>") == 1 + 6
    for about in widget.blocks:
        for text in (about["name"], about["hole"], about["reach"], about["channels"]):
            assert f">{text}<" in html
    html = LayerExplorer(some_network(), case()[0], square(8, (64, 96))).static_html()
    assert ">&lt; 0.1 % still hole<" in html  # one of 48 · 32 positions, and no tag is opened


def test_widgets_import_without_torch():
    """Most lessons show a widget and need no PyTorch, which takes seconds to import."""
    code = "import sys, pconv_edu.lessons.widgets; print('torch' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"
