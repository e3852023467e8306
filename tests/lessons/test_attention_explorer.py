"""The attention explorer's numbers: the weights of the network, cells of the hole, texts and errors."""

import functools
import io

import numpy as np
import pytest
import torch
import traitlets
from PIL import Image

from pconv_edu.core import load_photo
from pconv_edu.lessons.widgets import AttentionExplorer, attention_explorer
from pconv_edu.lessons.widgets.attention import NO_CELL, NO_SOURCE
from pconv_edu.lessons.widgets.attention_cells import CELL, ONE, largest_weights, share, spread_text
from pconv_edu.nn import PConvUNet
from pconv_edu.nn.attention_network import AttentionNetwork

SIZE = (72, 96)


@functools.cache
def some_network():
    torch.manual_seed(0)
    return AttentionNetwork(width=2)


def photo(size=SIZE):
    return load_photo("gc-animal-koala", size=size)


def disc(size=SIZE, center=(30, 50), radius=20):
    rows, columns = np.mgrid[: size[0], : size[1]]
    return (rows - center[0]) ** 2 + (columns - center[1]) ** 2 > radius**2


def stages(image, mask):
    x = torch.from_numpy(np.where(mask[..., None], image, 0).astype(np.float32).transpose(2, 0, 1)[None])
    with torch.no_grad():
        return some_network().stages(x, torch.from_numpy(mask[None, None]).float(), return_attention=True)


def numbers(data, columns):
    return np.frombuffer(data, "<u2").reshape(-1, columns).astype(int)


# ---- weights


@pytest.mark.parametrize("size", [(72, 96), (64, 80), (96, 64)])
def test_the_stored_weights_are_the_largest_of_the_network(size):
    """Sides of 64 px are extended to 72: the cells that are added are not in the photo."""
    mask = disc(size)
    widget = AttentionExplorer(some_network(), photo(size), mask)
    rows, columns = size[0] // 8, size[1] // 8
    attention = stages(photo(size), mask).attention[0].numpy()
    cells, sources, weights = numbers(widget.cells, 1), numbers(widget.sources, 8), numbers(widget.weights, 9)
    expected = [
        (i, j) for i in range(rows) for j in range(columns) if not mask[8 * i : 8 * i + 8, 8 * j : 8 * j + 8].any()
    ]
    assert [divmod(k, columns) for k in cells[:, 0]] == expected and len(expected) > 8
    for (i, j), places, stored in zip(expected, sources, weights, strict=True):
        every = attention[i, j]
        inside = every[:rows, :columns]
        largest = np.sort(inside.ravel())[::-1][:8]
        assert np.allclose(stored[:8] / ONE, largest, atol=1e-5)
        assert np.allclose(inside.ravel()[places], largest, atol=1e-5)
        assert stored[8] / ONE == pytest.approx(every.sum() - inside.sum(), abs=2e-5)
    assert (weights[:, 8] > 0).any() == (64 in size)


@pytest.mark.parametrize("size", [SIZE, (64, 64)])
def test_the_number_of_source_cells(size):
    """A source cell has no hole in its neighbourhood of 3×3 cells. Cells that are added to the photo do not count."""
    mask = disc(size)
    hole = np.pad(~mask.reshape(size[0] // 8, 8, size[1] // 8, 8).all((1, 3)), 1)
    near = np.lib.stride_tricks.sliding_window_view(hole, (3, 3)).any((2, 3))
    assert AttentionExplorer(some_network(), photo(size), mask).count == (~near).sum()


def test_a_cell_with_one_known_pixel_is_not_in_the_hole():
    mask = np.ones(SIZE, bool)
    mask[16:32, 24:40] = False
    mask[23, 31] = True
    assert AttentionExplorer(some_network(), photo(), mask)._cells == [(2, 4), (3, 3), (3, 4)]


def test_equal_weights_are_listed_in_reading_order():
    attention = np.zeros((8, 8, 8, 8), np.float32)
    attention[..., 0, :] = 1 / 8
    mask = np.ones((64, 64), bool)
    mask[32:40, 32:40] = False
    copies = largest_weights(attention, mask)
    assert copies.sources.tolist() == [list(range(8))] and copies.known == 8


# ---- texts


def test_percentages_are_0_and_100_only_if_exact():
    for weight in range(ONE + 1):
        percent = 100 * weight / ONE
        text = share(weight)
        if text == "< 1 %":
            assert 0 < percent < 0.5
        elif text == "> 99 %":
            assert 99.5 <= percent < 100
        else:
            assert abs(int(text.removesuffix(" %")) - percent) <= 0.5
    assert (share(0), share(ONE)) == ("0 %", "100 %")


def test_how_spread_the_weights_are():
    weights = np.array([20_000, 15_000, 6_000, 287, 0, 0, 0, 0], np.uint16)
    assert spread_text(weights, 0, 900) == "The first 4 of 900 source cells have 63 % of the weight."
    assert spread_text(weights[[0, *[4] * 7]], 13_107, 50) == (
        "The first of 50 source cells has 31 % of the weight."
        " Cells outside of the photo, which the network adds, have 20 %."
    )
    assert "100 %" in spread_text(np.full(8, 8192, np.uint16), 0, 9)  # rounding may lead to a sum above 1


def test_what_is_said_about_a_cell():
    widget = AttentionExplorer(some_network(), photo(), disc())
    row, column = 3, 5
    widget.chosen = [row, column]
    attention = stages(photo(), disc()).attention[0, row, column]
    top = attention.flatten().argsort(descending=True)[:2].tolist()
    first, second = ("row {}, column {} ({:.0f} %)".format(*divmod(k, 12), 100 * attention.flatten()[k]) for k in top)
    assert widget.describe().startswith(f"Cell row 3, column 5 copies from {first}, {second}, row ")
    assert f"The first {len(widget.source_list(3, 5))} of {widget.count} source cells have " in widget.describe()
    assert widget.describe().endswith(" % of the weight.")
    assert (
        repr(widget)
        == f"AttentionExplorer(row 3, column 5 of {len(widget._cells)} hole cells, {widget.count} source cells)"
    )


# ---- pictures


def opened(file):
    return np.asarray(Image.open(io.BytesIO(file)).convert("RGB")).astype(float) / 255


def test_the_fills_are_the_networks_in_the_hole_and_the_photo_elsewhere():
    image, mask, truth = photo(), disc(), photo()[:, ::-1]
    widget = AttentionExplorer(some_network(), image, mask, truth)
    s = stages(image, mask)
    assert widget.names == ["coarse", "refined", "true"] and widget.shown == "refined"
    for file, fill in zip(widget.fills, (s.coarse, s.refined, None), strict=True):
        expected = truth if fill is None else np.where(mask[..., None], image, fill[0].permute(1, 2, 0).clamp(0, 1))
        assert abs(opened(file) - expected).mean() < 0.03  # JPEG files are not exact
    pink = (np.rint(255 * opened(widget.photo)) == (217, 28, 140)).all(-1)
    assert np.array_equal(pink, ~mask)


@pytest.mark.parametrize("fill", [1.0, 7e30, np.inf, np.nan])
def test_values_in_the_hole_do_not_matter(fill):
    mask = disc()
    filled = np.where(mask[..., None], photo(), fill)
    html = AttentionExplorer(some_network(), filled, mask).portable_html()
    assert html == AttentionExplorer(some_network(), photo(), mask).portable_html()


def test_the_portable_copy_is_small():
    html = AttentionExplorer(some_network(), photo((256, 256)), disc((256, 256), (128, 128), 100), photo((256, 256)))
    assert len(html.portable_html()) < 500_000


def test_the_static_copy_shows_pictures_and_the_chosen_cell():
    widget = AttentionExplorer(some_network(), photo(), disc())
    html = widget.static_html()
    assert (
        html.count("<img alt=") == 2 and f"Cell row {widget.chosen[0]}, column {widget.chosen[1]} copies from" in html
    )
    assert "< 1" not in html


# ---- the widget


def test_chosen_is_a_cell_of_the_hole():
    widget = AttentionExplorer(some_network(), photo(), disc())
    assert widget.chosen == [3, 6]  # pixel (30, 50) is the deepest one
    for wrong in ([0, 0], [-1, 5], [3], [9, 5]):
        with pytest.raises(traitlets.TraitError, match="completely in the hole"):
            widget.chosen = wrong
    with pytest.raises(traitlets.TraitError, match="there are coarse, refined"):
        widget.shown = "true"
    assert (widget.chosen, widget.shown) == ([3, 6], "refined")


def test_a_hole_without_a_whole_cell():
    thin = np.ones(SIZE, bool)
    thin[20:27, 10:80] = False
    for mask, message in ((thin, NO_CELL), (np.ones(SIZE, bool), NO_CELL), (np.zeros(SIZE, bool), NO_SOURCE)):
        widget = AttentionExplorer(some_network(), photo(), mask)
        assert (widget.message, widget.chosen, widget.cells) == (message, [], b"")
        assert message in widget.static_html() and widget.describe() == message
        assert repr(widget).startswith("AttentionExplorer(0 hole cells, ")


def test_errors_say_what_to_do():
    network, image, mask = some_network(), photo(), disc()
    with pytest.raises(TypeError, match="network is PConvUNet; give an AttentionNetwork"):
        AttentionExplorer(PConvUNet(width=2, levels=2), image, mask)
    for size in ((60, 96), (72, 100), (56, 96), (72, 264)):
        with pytest.raises(
            ValueError, match=f"photo is {size[0]}×{size[1]}; give sides that are multiples of 8 from 64"
        ):
            AttentionExplorer(network, np.zeros((*size, 3)), np.ones(size, bool))
    with pytest.raises(ValueError, match=r"mask is \(96, 72\) but the photo is \(72, 96\): rows come first"):
        AttentionExplorer(network, image, mask.T)
    with pytest.raises(ValueError, match=r"value 0\.5"):
        AttentionExplorer(network, image, np.full(SIZE, 0.5))
    for wrong in (image[..., 0], image * 255, np.where(mask[..., None], np.nan, image), image[..., :2]):
        with pytest.raises(ValueError, match=r"photo has shape \(72, 96.*in \[0, 1\]"):
            AttentionExplorer(network, wrong, mask)
    with pytest.raises(ValueError, match=r"truth is \(72, 88, 3\) but the photo is \(72, 96, 3\)"):
        AttentionExplorer(network, image, mask, image[:, :88])


def test_the_shipped_network():
    widget = attention_explorer(photo((64, 64)), disc((64, 64), (32, 32), 12))
    assert widget.chosen and CELL == 8 and widget.names == ["coarse", "refined"]
