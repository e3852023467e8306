"""Draw the figures of holes for lessons 02 and 05: irregular masks, and a hole that closes layer by layer."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from pconv_edu.core import RATIO_BINS, hole_radius, hole_ratio, load_photo, load_test_holes, shrink_mask
from pconv_edu.lessons.drawing import closing_layer, outline, short_credit, show_images, show_layers, with_hole

from .registry import figure

PHOTO = "gc-animal-koala"


@figure("example_masks", lesson=2)
def example_masks() -> Figure:
    """This figure shows six irregular holes, one for each hole-ratio bin of the paper, from (0.01, 0.1] to (0.5, 0.6].
    Holes 1, 3 and 5 stay at least 25 px away from the border of the 256 px image, which corresponds to 50 px at 512 px
    in the paper. Holes 2, 4 and 6 may touch the border. White pixels are valid, and black pixels are the hole. The
    article shows masks of this kind. The masks shown here were drawn by `irregular_mask` and belong to the fixed test
    holes of the course.
    """
    masks = [load_test_holes(ratio, border=number % 2 == 0)[8] for number, ratio in enumerate(RATIO_BINS)]
    titles = [
        f"{number}{': border kept free' if number % 2 else ''}\n"
        f"ratio {hole_ratio(mask):.2f}, radius {hole_radius(mask)} px"
        for number, mask in enumerate(masks, 1)
    ]
    fig = show_images(masks, titles, columns=3, size=2.6)
    fig.set_figheight(6.15)  # for titles of two lines
    fig.tight_layout()
    return fig


def deepest_place(image: np.ndarray, mask: np.ndarray) -> Figure:
    """Draw the hole radius: the distance of each hole pixel to the nearest valid pixel, and where it is largest.

    The square around the deepest pixel reaches as far as the hole radius in every direction. Inside the square, no
    pixel is valid except on its outermost ring.

    Parameters
    ----------
    image : (H, W, 3) float array in [0, 1]
    mask : (H, W) bool array, True = valid
    """
    layers = shrink_mask(mask, 3)  # each 3×3 layer reaches one step further, so the layer is the chessboard distance
    row, col = np.unravel_index(closing_layer(layers).argmax(), mask.shape)
    radius = int(hole_radius(mask))
    fig, axes = plt.subplots(1, 2, figsize=(8.6, 4.2), width_ratios=(1, 1.12))
    axes[0].imshow(with_hole(image, mask))
    axes[0].set_title(f"hole ratio {100 * hole_ratio(mask):.1f} %", size=11)
    axes[0].axis("off")
    picture = show_layers(axes[1], layers, f"hole radius {radius} px")
    fig.colorbar(picture, ax=axes[1], label="distance to the nearest valid pixel, px", fraction=0.045)
    for ax, color in zip(axes, ("black", "red"), strict=True):
        outline(ax, int(row) - radius, int(col) - radius, 2 * radius + 1, 2 * radius + 1, color, linewidth=1.6)
        ax.plot(col, row, ".", color=color, markersize=7)
    fig.tight_layout()
    return fig


def example_hole(size: int = 256) -> np.ndarray:
    """Return a mask (size, size), True = valid, whose hole has narrow parts and a wide part."""
    rows, cols = np.mgrid[:size, :size] / size
    blob = (rows - 0.42) ** 2 + (cols - 0.6) ** 2 < 0.16**2
    stroke = (abs(rows - 0.75 - 0.08 * np.sin(9 * cols)) < 0.035) & (cols > 0.08) & (cols < 0.9)
    scratch = (abs(rows - 2.2 * cols + 0.05) < 0.03) & (rows < 0.72)
    return ~(blob | stroke | scratch)


@figure("shrinking", lesson=5, photographic=True)
def shrinking() -> Figure:
    """A hole closes layer by layer. The top row shows which pixels are still missing (pink) and which have become valid
    (green) after 0, 4, 8, 16 and all layers of 3×3 partial convolution. The bottom row shows the layer that reaches
    each pixel, for 3×3 and for 7×7 kernels. The thin strokes close after a few layers, and the middle of the disc
    closes last. "Valid" only means that some valid pixel was within reach. It does not mean that the computed value is
    good.
    """
    photo, mask = load_photo(PHOTO, size=256), example_hole()
    masks = {k: shrink_mask(mask, k) for k in (3, 7)}
    depth = len(masks[3]) - 1
    fig, axes = plt.subplots(2, 5, figsize=(13.2, 6.1), gridspec_kw={"wspace": 0.06, "hspace": 0.2})
    fig.subplots_adjust(left=0.01, right=0.99, top=0.94, bottom=0.02)
    for ax, layer in zip(axes[0], (0, 4, 8, 16, depth), strict=True):
        valid = masks[3][layer]
        ax.imshow(with_hole(photo, mask, valid))
        ax.set_title(f"after {layer} layers: {100 * hole_ratio(valid):.1f} % hole" if layer else "before", size=11)
        ax.axis("off")
    for ax in axes[1]:
        ax.remove()
    for left, k in ((0.02, 3), (0.36, 7)):
        ax = fig.add_axes((left, 0.03, 0.21, 0.42))
        picture = show_layers(ax, masks[k], f"{k}×{k} kernel: {len(masks[k]) - 1} layers")
        fig.colorbar(picture, cax=fig.add_axes((left + 0.225, 0.05, 0.012, 0.38)), label="layer")
    radius = hole_radius(mask)
    lines = [
        f"hole ratio {100 * hole_ratio(mask):.1f} %, hole radius {radius} px",
        "",
        "layers = ⌈radius / ((k − 1)/2)⌉",
        f"3×3: ⌈{radius} / 1⌉ = {depth}",
        f"7×7: ⌈{radius} / 3⌉ = {len(masks[7]) - 1}",
        "",
        f"Photo: {short_credit(PHOTO)}",
    ]
    fig.text(0.7, 0.4, "\n".join(lines), va="top", size=11.5, linespacing=1.5)
    return fig
