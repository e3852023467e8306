"""Draw the figures of a single layer for lessons 03 and 04: how the colour in a hole leaks, and the 5×5 example."""

import numpy as np
from matplotlib.figure import Figure

from pconv_edu.core import dilate, load_photo, partial_conv2d, update_mask, worked_example
from pconv_edu.core.colors import HOLE, WINDOWS
from pconv_edu.lessons.drawing import number_text, outline, show_images, show_numbers, with_hole

from .registry import figure

HOLE_OF_THE_BLURS = np.ones((128, 128), bool)  # the mask of lesson 03
HOLE_OF_THE_BLURS[40:84, 36:80] = False


@figure("leaking_color", lesson=3, photographic=True)
def leaking_color() -> Figure:
    """An ordinary convolution spreads the colour in a hole. The first three pictures show a blur of 15×15 pixels over a
    hole (pink outline) that was filled with black, mid-grey and the mean colour. The fourth picture shows the partial
    convolution, which ignores the hole; pink pixels are still a hole in its new mask. The plot shows the error of each
    blur at valid pixels, compared with the blur of the complete photo, as a function of the distance to the hole. The
    fill colour leaks up to 7 pixels, which is as far as the kernel reaches. The partial blur has an error there too,
    because the values in the hole are missing, but each of its values is a mean of valid pixels only.
    """
    photo, mask = load_photo("gc-erase-kingfisher", size=128), HOLE_OF_THE_BLURS
    blurs, errors = blur_over_fills(photo, mask)
    pictures = blurs | {"partial": with_hole(blurs["partial"], update_mask(mask, 15, padding=7))}
    titles = [*(f"blur over {name}" for name in list(blurs)[:3]), "partial blur"]
    fig = show_images(list(pictures.values()), titles, columns=4, size=2.4)
    fig.set_size_inches(9.6, 5.7)
    for ax, left in zip(fig.axes, (0.005, 0.255, 0.505, 0.755), strict=True):
        ax.set_position((left, 0.53, 0.24, 0.42))
        outline(ax, 40, 36, 44, 44, HOLE, linewidth=1.2)
    ax = fig.add_axes((0.08, 0.09, 0.9, 0.37))
    for name, error in errors.items():
        ax.plot(range(1, len(error) + 1), 100 * error, "o-", markersize=4, label=name)
    ax.set(xlabel="distance to the hole, px", ylabel="mean error, % of the range", ylim=(0, None))
    ax.legend()
    return fig


def mean_blur(image: np.ndarray, size: int, mask: np.ndarray | None = None) -> np.ndarray:
    """Return an image blurred with a kernel of equal weights: each new value is the mean over a square window.

    Without a mask, this is an ordinary convolution. With a mask, each value is the mean of the valid pixels in its
    window, which is a partial convolution. A window that contains no valid pixel gives 0. Pixels beyond the border of
    the image are left out of the mean.

    Parameters
    ----------
    image : (H, W, 3) float array
    size : odd number, the side of the window, in px
    mask : (H, W) bool array, True = valid, optional
    """
    kernel = np.full((3, 1, size, size), 1 / size**2, np.float32)
    valid = np.ones(image.shape[:2], bool) if mask is None else mask
    # `groups=3` blurs each colour separately.
    blurred, _ = partial_conv2d(image.transpose(2, 0, 1), valid, kernel, padding=size // 2, groups=3)
    return blurred.transpose(1, 2, 0)


def blur_over_fills(
    photo: np.ndarray, mask: np.ndarray, size: int = 15, far: int = 10
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Blur a photo with a hole, and measure how far the colour in the hole leaks.

    The hole is filled with black, mid-grey and the mean colour, and each of these pictures is blurred. The photo is
    also blurred by a partial convolution, which ignores the hole.

    Parameters
    ----------
    photo : (H, W, 3) float array in [0, 1]
    mask : (H, W) bool array, True = valid
    size : odd number, the side of the blur's window, in px
    far : the largest distance to the hole at which errors are measured, in px

    Returns
    -------
    (blurs, errors) : two dicts whose keys are the names of the fills. `blurs` contains the blurred images (H, W, 3).
        `errors` contains their mean absolute errors, compared with the blur of the complete photo, as arrays (far,).
        The errors are taken at the valid pixels whose chessboard distance to the hole is 1, 2, … `far`.
    """
    truth = mean_blur(photo, size)
    # 127.5 of 255 is mid-grey.
    fills = {"black": np.zeros(3), "mid-grey": np.full(3, 0.5), "mean colour": photo[mask].mean(axis=0)}
    blurs = {n: mean_blur(np.where(mask[..., None], photo, np.float32(c)), size) for n, c in fills.items()}
    blurs["partial"] = mean_blur(photo, size, mask)
    rings = [dilate(mask, n - 1) & ~dilate(mask, n) for n in range(1, far + 1)]
    errors = {name: np.array([abs(b - truth)[ring].mean() for ring in rings]) for name, b in blurs.items()}
    return blurs, errors


@figure("worked_example", lesson=4)
def five_by_five() -> Figure:
    """A partial convolution with one 3×3 kernel W and zero padding of 1 is applied to a 5×5 image with a 3×3 hole. The
    orange window has 3 valid values, the purple window has no valid values, and the blue window has 5 valid values. The
    orange and the blue window have the same raw sum −3 but different results, because each sum is multiplied by 9 and
    divided by the number of valid values in its window. In the new mask on the right, one hole pixel is left. For
    the empty purple window, the paper (arXiv 1804.07723) gives 0, and the article gives 0 + b. Here b = 1. We chose the
    whole numbers of X, W and M ourselves so that they reproduce every result in the article exactly.
    """
    X, M, W, B = worked_example.X, worked_example.M, worked_example.W, worked_example.B
    windows = worked_example.trace()
    y = np.array([w.y for w in windows]).reshape(X.shape)
    new_mask = update_mask(M, 3, padding=1)
    arrays = [X, M.astype(int), W, y, new_mask.astype(int)]
    titles = ["input X (hole hatched)", "mask M", "kernel W", "output", "new mask M′"]
    fig, axes = show_numbers(arrays, titles, [~M, ~M, None, None, ~new_mask], ring=(0,), cell=0.335, gap=0.6)
    _, height = fig.get_size_inches()
    fig.set_figheight(height + 1.3)
    fig.subplots_adjust(bottom=1.3 / (height + 1.3))
    cells = (worked_example.ORANGE, worked_example.PURPLE, worked_example.BLUE)
    for line, (name, (row, col)) in enumerate(zip(WINDOWS, cells, strict=True)):
        color = WINDOWS[name]
        # The purple and the blue window share four cells. A smaller frame keeps both visible.
        outline(axes[0], row - 1, col - 1, 3, 3, color, inset=0.08 if name == "purple" else 0)
        for ax in (axes[3], axes[4]):
            outline(ax, row, col, 1, 1, color, inset=0.06)
        window = windows[row * X.shape[1] + col]
        fig.text(0.03, 0.22 - 0.08 * line, _arithmetic(name, window, B), size=12, color=color)
    return fig


def _arithmetic(name: str, window: worked_example.Window, bias: float) -> str:
    """Return the arithmetic of one window as a sentence."""
    if not window.new_mask:
        return f"{name}: no valid value, so 0 (the article: 0 + b = {number_text(bias)}), and the new mask stays 0"
    pairs = [f"{number_text(p)}" for p in window.products[window.mask]]
    terms = " + ".join(f"({p})" if p.startswith("−") else p for p in pairs)
    scaled = number_text(window.raw * window.ratio)
    return (
        f"{name}: {terms} = {number_text(window.raw)} from {window.sum_M} valid values;  "
        f"{number_text(window.raw)} · {window.sum_1}/{window.sum_M} + b = {scaled} + b = {number_text(window.y)};  "
        "new mask 1"
    )
