"""Draw tables of numbers, rows of pictures, and masks coloured by layer, for the lessons and the figures."""

from collections.abc import Collection, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from pconv_edu.core import photo_credit
from pconv_edu.core.colors import HOLE, REACHED


def number_text(value: float) -> str:
    """Return a number as text, with a typographic minus sign.

    A number that is not whole is shown with up to two decimals.
    """
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".").replace("-", "−")


def draw_numbers(
    ax: Axes,
    values: ArrayLike,
    title: str = "",
    hole: np.ndarray | None = None,
    ring: bool = False,
    size: float = 11,
) -> None:
    """Draw a small array as a table of numbers.

    Cell (row, column) extends from column − 0.5 to column + 0.5 across and from row − 0.5 to row + 0.5 down.

    Parameters
    ----------
    ax : the axes to draw on
    values : (H, W) array
    title : text above the table
    hole : (H, W) bool array; the cells where it is True are hatched and dimmed
    ring : whether to draw zero padding, one cell wide, around the array
    size : size of the digits, in points
    """
    values = np.asarray(values)
    height, width = np.shape(values)
    hole = np.zeros((height, width), bool) if hole is None else hole
    edge = 1 if ring else 0
    for r, c in np.ndindex(height + 2 * edge, width + 2 * edge):
        row, col = r - edge, c - edge
        inside = 0 <= row < height and 0 <= col < width
        dimmed = not inside or hole[row, col]
        face = "white" if not dimmed else "#E4E4E4" if inside else "#F6F6F6"
        corner, frame, line = (col - 0.5, row - 0.5), "#777777" if inside else "#BBBBBB", 0.8 if inside else 0.6
        ax.add_patch(Rectangle(corner, 1, 1, facecolor=face, edgecolor=frame, linewidth=line))
        if inside and hole[row, col]:
            ax.add_patch(Rectangle(corner, 1, 1, facecolor="none", hatch="////", edgecolor="#BDBDBD", linewidth=0))
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


def show_numbers(
    arrays: Sequence[ArrayLike],
    titles: Sequence[str],
    holes: Sequence[np.ndarray | None] | None = None,
    ring: Collection[int] = (),
    cell: float = 0.45,
    gap: float = 1.2,
) -> tuple[Figure, np.ndarray]:
    """Draw small arrays side by side, with cells of the same size, and return (figure, array of axes).

    Parameters
    ----------
    arrays : (H, W) arrays, which may differ in size
    titles : one string for each array
    holes : for each array, None or an (H, W) bool array of the cells to hatch
    ring : indices of the arrays that get a ring of zero padding
    cell : the side of a cell, in inches
    gap : the space between two arrays, in cells
    """
    holes = holes or [None] * len(arrays)
    edges = [2 * (k in ring) for k in range(len(arrays))]
    widths = [np.shape(a)[1] + edge + gap for a, edge in zip(arrays, edges, strict=True)]
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


def outline(
    ax: Axes,
    row: int,
    col: int,
    height: int,
    width: int,
    color: str | tuple[float, float, float],
    linewidth: float = 2.6,
    inset: float = 0.0,
) -> None:
    """Draw a frame around a block of `height` × `width` cells.

    The top-left cell is (row, col). Each side of the frame is moved inwards by `inset`, in cells.
    """
    corner = (col - 0.5 + inset, row - 0.5 + inset)
    across, down = width - 2 * inset, height - 2 * inset
    ax.add_patch(Rectangle(corner, across, down, fill=False, edgecolor=color, linewidth=linewidth, zorder=3))


def with_hole(image: np.ndarray, mask: np.ndarray, now: np.ndarray | None = None) -> np.ndarray:
    """Return a copy of an image with its hole painted pink.

    Parameters
    ----------
    image : (H, W, 3) array in [0, 1]
    mask : (H, W) bool array, True = valid
    now : the mask after some layers. Hole pixels that are valid in this mask are painted pale green instead of showing
        the photo, because their values were computed from the pixels around them.

    Returns
    -------
    (H, W, 3) float32 array
    """
    painted = np.where(mask[..., None], image, np.array(HOLE, np.float32))
    if now is not None:
        painted[now & ~mask] = REACHED
    return painted.astype(np.float32)


def show_images(
    images: Sequence[ArrayLike], titles: Collection[str] | None = None, columns: int = 4, size: float = 2.9
) -> Figure:
    """Show pictures in rows and return the figure.

    Parameters
    ----------
    images : (H, W, 3) colour or (H, W) grey pictures in [0, 1], or (H, W) bool masks, whose valid pixels become white
    titles : a title for each picture
    columns : the largest number of pictures in a row
    size : width and height of a picture, in inches
    """
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    fig, axes = plt.subplots(rows, columns, figsize=(size * columns, (size + 0.35) * rows), squeeze=False)
    for ax in axes.flat:
        ax.axis("off")
    for ax, picture, title in zip(axes.flat, images, titles or [""] * len(images), strict=False):
        image = np.asarray(picture)
        ax.imshow(image.astype(np.float32), cmap="gray", vmin=0, vmax=1, interpolation="nearest")
        if image.dtype == bool:  # without an edge, an all-valid mask would not be visible on white
            height, width = image.shape
            ax.add_patch(Rectangle((-0.5, -0.5), width, height, fill=False, edgecolor="#777777", clip_on=False))
        ax.set_title(title, size=11)
    fig.tight_layout()
    return fig


def show_pixels(images: Sequence[np.ndarray], titles: Sequence[str], columns: int = 3, zoom: int = 1) -> Figure:
    """Show pictures so that each of their pixels covers `zoom` × `zoom` pixels of the figure, and return the figure.

    Use this function for fine patterns, which look wrong if they are scaled.

    images : (H, W, 3) colour pictures in [0, 1], all of the same size
    titles : a title for each picture
    columns : the largest number of pictures in a row
    """
    dpi, gap, top = plt.rcParams["figure.dpi"], 12, 28
    height, width = (zoom * side for side in np.shape(images[0])[:2])
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    across, down = columns * (width + gap), rows * (height + top + gap)
    fig = plt.figure(figsize=(across / dpi, down / dpi))
    for number, (image, title) in enumerate(zip(images, titles, strict=True)):
        left, above = number % columns * (width + gap), number // columns * (height + top + gap) + top
        ax = fig.add_axes((left / across, 1 - (above + height) / down, width / across, height / down))
        ax.imshow(np.asarray(image, np.float32), interpolation="nearest")
        ax.set_title(title, size=11, pad=6)
        ax.axis("off")
    return fig


def hole_window(mask: np.ndarray, side: int = 96) -> tuple[slice, slice]:
    """Return (rows, columns) of the square of `side` px that contains the most hole pixels, as two slices.

    If several squares contain as many, the result is the one in the middle of them. So a small hole is not in a corner.

    mask : (H, W) bool array, True = valid, at least `side` px high and wide

    >>> mask = np.ones((8, 8), bool)
    >>> mask[5:7, 2:4] = False
    >>> hole_window(mask, 2)
    (slice(5, 7, None), slice(2, 4, None))
    """
    sums = np.pad(~mask, ((1, 0), (1, 0))).cumsum(0).cumsum(1)  # of the hole pixels above and to the left
    counts = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
    best = np.argwhere(counts == counts.max())
    row, column = best[abs(best - best.mean(axis=0)).sum(axis=1).argmin()].tolist()
    return slice(row, row + side), slice(column, column + side)


def closing_layer(masks: Sequence[np.ndarray]) -> np.ndarray:
    """Return the number of the layer that makes each pixel valid, from the masks that `shrink_mask` returns.

    The result is an (H, W) array of ints. The value is 0 where a pixel is valid from the start, n where layer n makes
    the pixel valid, and −1 where no layer makes the pixel valid.
    """
    stack = np.array(masks)
    return np.where(stack.any(axis=0), stack.argmax(axis=0), -1)


def show_layers(ax: Axes, masks: Sequence[np.ndarray], title: str = "") -> AxesImage:
    """Colour each hole pixel according to the layer that makes it valid; return the image for a colour bar."""
    layer = closing_layer(masks).astype(float)
    depth = len(masks) - 1
    colors = plt.get_cmap("viridis", max(depth, 1)).with_extremes(bad="#F2F2F2", under="black")
    layer[layer == 0] = np.nan
    picture = ax.imshow(layer, cmap=colors, vmin=0.5, vmax=depth + 0.5, interpolation="nearest")
    ax.set_title(title, size=11)
    ax.set(xticks=[], yticks=[])
    return picture


def short_credit(photo: str) -> str:
    """Return the author and the licence of a bundled photo, short enough for a figure."""
    return ", ".join(photo_credit(photo).split(", ")[:2])
