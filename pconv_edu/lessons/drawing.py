"""What the lessons and the figures draw with: grids of numbers, rows of pictures, layers of a mask."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from pconv_edu.core import photo_credit
from pconv_edu.core.colors import HOLE, REACHED


def number_text(value):
    """A number as people write it: whole ones plain, others with up to two decimals, a real minus sign."""
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".").replace("-", "−")


def draw_numbers(ax, values, title="", hole=None, ring=False, size=11):
    """Draw a small array (H, W) as a table of numbers.

    hole : (H, W) bool array, optional; True cells are hatched and dimmed
    ring : draw the zero padding, one cell wide, around it
    Cell (row, column) covers column − 0.5 … column + 0.5 across and row − 0.5 … row + 0.5 down.
    """
    height, width = np.shape(values)
    hole = np.zeros((height, width), bool) if hole is None else hole
    edge = 1 if ring else 0
    for r, c in np.ndindex(height + 2 * edge, width + 2 * edge):
        row, col = r - edge, c - edge
        inside = 0 <= row < height and 0 <= col < width
        dimmed = not inside or hole[row, col]
        face = "white" if not dimmed else "#E4E4E4" if inside else "#F6F6F6"
        style = {"linewidth": 0.8, "edgecolor": "#777777"} if inside else {"linewidth": 0.6, "edgecolor": "#BBBBBB"}
        ax.add_patch(Rectangle((col - 0.5, row - 0.5), 1, 1, facecolor=face, **style))
        if inside and hole[row, col]:
            hatch = {"hatch": "////", "facecolor": "none", "edgecolor": "#BDBDBD", "linewidth": 0}
            ax.add_patch(Rectangle((col - 0.5, row - 0.5), 1, 1, **hatch))
        text = number_text(values[row, col]) if inside else "0"
        ax.text(
            col,
            row,
            text,
            ha="center",
            va="center",
            size=size if len(text) < 4 else size - 1.5,
            color="#666666" if dimmed else "black",
        )
    ax.set(xlim=(-0.6 - edge, width - 0.4 + edge), ylim=(height - 0.4 + edge, -0.6 - edge), aspect="equal")
    ax.text(width / 2 - 0.5, -0.75 - edge, title, ha="center", va="bottom", size=size + 1)
    ax.axis("off")


def show_numbers(arrays, titles, holes=None, ring=(), cell=0.45):
    """Draw small arrays side by side, all cells of one size, and return (figure, axes).

    arrays : list of (H, W) arrays; titles : a text for each
    holes : list of (H, W) bool arrays or None, the cells to hatch, optional
    ring : indices of the arrays that get a ring of zero padding
    cell : inches
    """
    holes = holes or [None] * len(arrays)
    edges = [2 * (k in ring) for k in range(len(arrays))]
    widths = [np.shape(a)[1] + edge + 1.2 for a, edge in zip(arrays, edges, strict=True)]
    tall = max(np.shape(a)[0] + edge for a, edge in zip(arrays, edges, strict=True)) + 1.2
    size = (cell * sum(widths), cell * tall)
    fig, axes = plt.subplots(1, len(arrays), figsize=size, width_ratios=widths, squeeze=False)
    fig.subplots_adjust(left=0, right=1, bottom=0, top=1, wspace=0)
    for k, ax in enumerate(axes[0]):
        draw_numbers(ax, arrays[k], titles[k], hole=holes[k], ring=k in ring)
        middle = (np.shape(arrays[k])[0] - 1) / 2
        ax.set_ylim(middle + tall / 2 - 0.5, middle - tall / 2 - 0.5)
        ax.set_xlim(np.mean(ax.get_xlim()) - widths[k] / 2, np.mean(ax.get_xlim()) + widths[k] / 2)
    return fig, axes[0]


def outline(ax, row, col, height, width, color, linewidth=2.6, inset=0.0):
    """Frame the cells from (row, col) on, `height` by `width` of them; `inset` keeps frames apart."""
    corner = (col - 0.5 + inset, row - 0.5 + inset)
    size = (width - 2 * inset, height - 2 * inset)
    ax.add_patch(Rectangle(corner, *size, fill=False, edgecolor=color, linewidth=linewidth, zorder=3))


def with_hole(image, mask, now=None):
    """Return a copy of an (H, W, 3) image in [0, 1] with the hole of `mask` (H, W), True = valid, painted pink.

    now : the mask some layers later, optional; what of the hole is valid by then is painted pale green instead. It is
        not shown as the photo: those pixels are computed, not known.
    """
    painted = np.where(mask[..., None], image, np.float32(HOLE))
    if now is not None:
        painted[now & ~mask] = REACHED
    return painted.astype(np.float32)


def show_images(images, titles=None, columns=4, size=2.9):
    """Show pictures in a row or rows: (H, W, 3) or grey (H, W), both in [0, 1], or bool masks (valid = white)."""
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    fig, axes = plt.subplots(rows, columns, figsize=(size * columns, (size + 0.35) * rows), squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for ax, image, title in zip(axes.flat, images, titles or [""] * len(images), strict=False):
        image = np.asarray(image)
        ax.imshow(image.astype(np.float32), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        if image.dtype == bool:  # an all-valid mask needs an edge to be seen on white paper
            height, width = image.shape
            ax.add_patch(Rectangle((-0.5, -0.5), width, height, fill=False, edgecolor="#777777", clip_on=False))
        ax.set_title(title, size=11)
    fig.tight_layout()
    return fig


def closing_layer(masks):
    """masks, a list from `shrink_mask` -> (H, W) ints: 0 valid from the start, n reached by layer n, −1 never."""
    stack = np.array(masks)
    return np.where(stack.any(axis=0), stack.argmax(axis=0), -1)


def show_layers(ax, masks, title=""):
    """Colour each pixel of a hole by the layer that makes it valid; return the picture for a colour bar."""
    layer = closing_layer(masks).astype(float)
    depth = len(masks) - 1
    colors = plt.get_cmap("viridis", max(depth, 1)).with_extremes(bad="#F2F2F2", under="black")
    layer[layer == 0] = np.nan
    picture = ax.imshow(layer, cmap=colors, vmin=0.5, vmax=depth + 0.5, interpolation="nearest")
    ax.set_title(title, size=11)
    ax.set(xticks=[], yticks=[])
    return picture


def short_credit(photo):
    """Author and licence of a bundled photo, short enough for a figure."""
    return ", ".join(photo_credit(photo).split(", ")[:2])
