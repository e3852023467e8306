"""Draw the pictures of lesson 15: fills of networks that lack a part, and learned gates beside masks.

The functions draw and return a figure. The figures of `figures/` that show the same are registered at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from pconv_edu.core import load_photo, psnr
from pconv_edu.core.holes import hole_radius
from pconv_edu.lessons.drawing import hole_window, show_images, with_hole

from .registry import figure

if TYPE_CHECKING:
    from pconv_edu.experiments.evaluate import Case
    from pconv_edu.nn.variants import GatedUNet


def show_fills(cases: Sequence[Case], names: Sequence[str], side: int = 128) -> Figure:
    """Show the square of each case in which most of its hole is: the hole, the fill of each network, and the truth.

    names : networks, as `stored_fills.fill` accepts them; the titles give the PSNR in the hole
    side : side of the square in px
    """
    from pconv_edu.experiments import stored_fills

    pictures, titles = [], []
    for case in cases:
        window = hole_window(case.mask, side)
        fills = {name: stored_fills.fill(case, name) for name in names}
        pictures += [picture[window] for picture in (with_hole(case.image, case.mask), *fills.values(), case.image)]
        scores = [f"{name}\n{psnr(fill, case.image, case.mask):.1f} dB" for name, fill in fills.items()]
        titles += [f"radius\n{hole_radius(case.mask)} px", *scores, "truth\n"]
    columns = len(names) + 2
    return show_images(pictures, titles, columns, size=9.6 / columns)


def show_gates(network: GatedUNet, image: np.ndarray, mask: np.ndarray, layers: int = 6) -> Figure:
    """Show the mask of a partial convolution in each encoder layer, and below it the mean gate of a gated network.

    image, mask : (H, W, 3) in [0, 1] and (H, W) bool, True = valid; H and W are multiples of 2**levels
    layers : how many encoder layers are shown, from the first one
    """
    from pconv_edu.lessons.widgets.gate_pictures import partial_masks, run_gates

    gates, masks = run_gates(network, image, mask)[:layers], partial_masks(network, mask)[:layers]
    fig, axes = plt.subplots(2, layers + 1, figsize=(9.6, 3.1), layout="constrained")
    axes[0, 0].imshow(with_hole(image, mask))
    axes[0, 0].set_title("input", size=10)
    for ax, valid, (name, _) in zip(axes[0, 1:], masks, gates, strict=True):
        ax.imshow(valid, cmap="gray", vmin=0, vmax=1)
        ax.set_title(name, size=10)
    for ax, (_, values) in zip(axes[1, 1:], gates, strict=True):
        shown = ax.imshow(values.mean(0), cmap="gray", vmin=0, vmax=1)
    for ax in axes.flat:
        ax.set(xticks=[], yticks=[])
    axes[1, 0].axis("off")
    axes[0, 1].set_ylabel("mask (partial)", size=10)
    axes[1, 1].set_ylabel("mean gate", size=10)
    fig.colorbar(shown, ax=axes[1, 0], location="left", ticks=[0, 0.5, 1], label="0 = closed", shrink=0.8)
    return fig


@figure("parts", lesson=15)
def parts() -> Figure:
    """This figure compares `l1`, a U-Net with partial convolutions, with five networks of the same size that were
    trained in the same way but have other layers. `no-ratio` never divides by the valid share of a window, and
    `no-update` has a partial convolution in the first layer only. `conv-grey` has ordinary convolutions and does not
    know the mask. `conv-mask` has ordinary convolutions and receives the mask as a fourth channel of the picture.
    `gated` has gated convolutions and receives the mask too. A dot is the mean difference from `l1` in PSNR over 30
    test photos, with its 95 % interval. The left plot shows kinds of holes and the noise floor of `l1` as a grey
    band, the middle plot lattices of squares, and the right plot the distance of the pixels from the edge of
    irregular holes. Each network was trained once, for one to two hours on a processor core. Lesson 15 discusses
    what follows and what does not.
    """
    from pconv_edu.experiments import parts
    from pconv_edu.experiments.evaluate import plots
    from pconv_edu.experiments.evaluate.seed_noise import noise_floor

    rows = parts.load()
    fig, axes = plt.subplots(1, 3, figsize=(13, 3.9), layout="constrained", width_ratios=(4, 3, 5))
    label = "network − l1: PSNR in the hole, dB"
    plots.difference_plot(parts.differences(rows), label, noise_floor(rows), axes[0]).legend(ncols=2)
    axes[0].set_ylim(bottom=-0.52)  # room for the legend
    plots.difference_plot(parts.by_radius(rows), label, None, axes[1]).set_xlabel("radius of squares")
    plots.difference_plot(parts.by_depth(rows), "network − l1: PSNR, dB", None, axes[2])
    axes[2].set_xlabel("distance to the nearest valid pixel, px (holes N)")
    return fig


@figure("gates", lesson=15, photographic=True)
def gates() -> Figure:
    """This figure shows the masks of partial convolutions in six encoder layers and, below them, the mean gate of all
    channels in the same layers of the trained network `gated`. The photo is in the public domain, and its hole is the
    square. The masks close the hole until it has disappeared in the fifth layer. The gates do not: over the hole, the
    mean gate of the first two layers is more open than outside. Lesson 15 shows single channels.
    """
    from pconv_edu.nn.variants import GatedUNet
    from pconv_edu.nn.weights import load_weights

    network = load_weights("gated")
    assert isinstance(network, GatedUNet)
    image, mask = load_photo("gc-mon-pontdugard", 256), np.ones((256, 256), bool)
    mask[80:176, 96:192] = False
    return show_gates(network, image, mask)
