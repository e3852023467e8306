"""Draw the U-Net of lesson 08: the mask after each layer, the weights of each layer, and when a hole is closed."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from pconv_edu.core import hole_ratio, load_photo, update_mask
from pconv_edu.lessons.drawing import short_credit, with_hole

from .holes import PHOTO, example_hole
from .registry import figure

KERNELS = (7, 5, 5, 3, 3, 3)  # of the encoder of `PConvUNet.course()`; the decoder has 3×3 kernels
SIDES = (1.1, 0.95, 0.82, 0.7, 0.6, 0.52, 0.46)  # of the thumbnails at each level, in inches
WIDTH, HEIGHT, GAP = 9.4, 6.7, 0.22  # of the figure, and between its rows, in inches
LEFT, RIGHT = 2.5, 6.9  # the middles of the thumbnails of the encoder and of the decoder
LINE = "#555555"


@figure("unet_masks", lesson=8)
def unet_masks() -> Figure:
    """A U-Net halves a photo of 256×256 pixels six times and then doubles its size six times. Each picture except the
    photo is the mask after one layer: white is valid, and pink is the hole. The arms of the U are the encoder (left)
    and the decoder (right). The encoder closes this hole in five layers. The dashed arrows are the skip links, which
    carry the features of the encoder and their masks, or the photo and its mask, to the decoder layer of the same size.
    Each decoder layer also receives the features from the layer below. These are valid everywhere, and one valid value
    in a window is enough, so all masks of the decoder are valid everywhere.
    """
    masks = layer_masks(example_hole())
    fig = plt.figure(figsize=(WIDTH, HEIGHT))
    ax = fig.add_axes((0, 0, 1, 1))
    tops = HEIGHT - 0.12 - np.cumsum([0, *(side + GAP for side in SIDES[:-1])])
    levels = len(KERNELS)
    for level in range(levels):
        middle, half = tops[level] - SIDES[level] / 2, SIDES[level] / 2
        _arrow(ax, (LEFT + half, middle), (RIGHT - half, middle), dashed=True)
        if level < levels - 1:
            below = tops[level] - SIDES[level]
            _arrow(ax, (LEFT, below), (LEFT, tops[level + 1]))
            _arrow(ax, (RIGHT, tops[level + 1]), (RIGHT, below))
    bottom, last = tops[-1] - SIDES[-1] / 2, tops[-2] - SIDES[-2]
    centre = (LEFT + RIGHT) / 2
    _arrow(ax, (LEFT, last), (centre - SIDES[-1] / 2, bottom))
    _arrow(ax, (centre + SIDES[-1] / 2, bottom), (RIGHT, last))
    for number, (name, mask) in enumerate(masks.items()):
        level = min(number, 2 * levels - number)  # 0 to 6 down the left arm, and back to 0 up the right arm
        x = centre if level == levels else LEFT if number < levels else RIGHT
        _thumbnail(ax, mask, (x, tops[level]), SIDES[level], photo=not number)
        height, width = mask.shape
        _label(ax, f"{name}, {height}×{width}\n{100 * hole_ratio(mask):.1f} % hole", x, tops[level], SIDES[level])
    ax.text(centre, tops[0] - SIDES[0] / 2 + 0.06, "skip link", ha="center", va="bottom", size=10, color=LINE)
    for x, text in ((LEFT, "half the size"), (RIGHT, "twice the size")):
        ax.text(x + 0.12, tops[1] + GAP / 2, text, va="center", size=10, color=LINE)
    ax.text(0.12, 0.12, f"Photo: {short_credit(PHOTO)}", va="bottom", size=9, color=LINE)
    ax.set(xlim=(0, WIDTH), ylim=(0, HEIGHT), aspect="equal")
    ax.axis("off")
    return fig


def layer_masks(mask: np.ndarray) -> dict[str, np.ndarray]:
    """Return the mask that each layer of the U-Net passes on.

    Parameters
    ----------
    mask : (H, W) bool array, True = valid, with sides that are multiples of 64

    Returns
    -------
    dict of bool arrays in the order of the data: "photo" (the mask itself), "encoder 1" … "encoder 6", "decoder 6" …
        "decoder 1"
    """
    encoder = [mask]
    for k in KERNELS:
        encoder.append(update_mask(encoder[-1], k, stride=2, padding=k // 2))
    masks = {f"encoder {level}" if level else "photo": m for level, m in enumerate(encoder)}
    below = encoder[-1]
    for level in reversed(range(len(KERNELS))):
        doubled = below.repeat(2, axis=0).repeat(2, axis=1)
        # A window is valid as soon as one of its two inputs has a valid value.
        below = update_mask(doubled | encoder[level], 3, padding=1)
        masks[f"decoder {level + 1}"] = below
    return masks


def weights_by_layer(layers: Sequence[tuple[int, int, int]]) -> Figure:
    """Draw the number of weights of each layer of a U-Net as bars.

    layers : (kernel size, channels in, channels out) of each layer; the first half of them is the encoder
    """
    names = [f"{n}: {k}×{k}, {before} → {after}" for n, (k, before, after) in enumerate(layers, 1)]
    millions = [k * k * before * after / 1e6 for k, before, after in layers]
    half = len(layers) // 2
    fig, ax = plt.subplots(figsize=(7.5, 0.25 * len(layers) + 0.4), layout="constrained")
    ax.barh(names[:half], millions[:half], label="encoder (stride 2)")
    ax.barh(names[half:], millions[half:], label="decoder (stride 1)")
    ax.invert_yaxis()
    ax.set(xlabel="weights, in millions", ylabel="layer: kernel, channels in → out")
    ax.legend()
    return fig


def closing_layers(reaches: Sequence[int], radii: Sequence[int], measured: Sequence[int]) -> Figure:
    """Draw which encoder layer closes a hole, as the law predicts it and as it was measured.

    Parameters
    ----------
    reaches : the reach of each layer in px, in increasing order
    radii : the radii in px of the measured holes
    measured : for each of these holes, the number of the layer that closes it
    """
    fig, ax = plt.subplots(figsize=(7, 3), layout="constrained")
    predicted = np.arange(2, 1 + max(radii))
    law = 1 + np.searchsorted(reaches, predicted)  # the first layer whose reach is at least the radius
    ax.plot(predicted, law, color="gray", drawstyle="steps-mid", label="the law")
    ax.plot(radii, measured, "o", label="measured, square holes")
    ticks = 2 ** np.arange(1, 8)
    ax.set(xscale="log", xlabel="hole radius in pixels", ylabel="layer that closes the hole")
    ax.set_xticks(ticks, ticks)
    ax.minorticks_off()
    ax.legend()
    return fig


def _thumbnail(ax: Axes, mask: np.ndarray, top_middle: tuple[float, float], side: float, photo: bool) -> None:
    """Draw a mask, or the photo with its hole, as a square of `side` inches."""
    x, top = top_middle
    height, width = mask.shape
    picture = load_photo(PHOTO, size=height) if photo else np.ones((height, width, 3), np.float32)
    extent = (x - side / 2, x + side / 2, top - side, top)
    ax.imshow(with_hole(picture, mask), extent=extent, interpolation="nearest", zorder=2)
    ax.add_patch(Rectangle((extent[0], extent[2]), side, side, fill=False, edgecolor=LINE, linewidth=0.8, zorder=3))


def _label(ax: Axes, text: str, x: float, top: float, side: float) -> None:
    """Write two lines on the outer side of a thumbnail, or one line above the thumbnail in the middle."""
    if x in (LEFT, RIGHT):
        outwards = 1 if x == RIGHT else -1
        align = "left" if x == RIGHT else "right"
        edge = x + outwards * (side / 2 + 0.12)
        ax.text(edge, top - side / 2, text, ha=align, va="center", size=10, linespacing=1.35)
    else:
        ax.text(x, top + 0.06, text.replace("\n", ", "), ha="center", va="bottom", size=10)


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], dashed: bool = False) -> None:
    """Draw an arrow between two points, in inches; the arrows of skip links are dashed."""
    style = "dashed" if dashed else "solid"
    ax.add_patch(
        FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=11, linestyle=style, color=LINE, shrinkA=3, shrinkB=3
        )
    )
