"""The article's figures, rebuilt from the package: ``python -m pconv_edu figures``.

Each function draws one figure and returns it; its docstring is the caption.
"""

import inspect
import io
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from pconv_edu.core import (
    RATIO_BINS,
    dilate,
    hole_radius,
    hole_ratio,
    load_photo,
    load_test_holes,
    partial_conv2d,
    shrink_mask,
    update_mask,
    worked_example,
)
from pconv_edu.lessons import result_figures
from pconv_edu.lessons.drawing import (
    HOLE,
    WINDOWS,
    number_text,
    outline,
    short_credit,
    show_images,
    show_layers,
    show_numbers,
    with_hole,
)

PHOTO = "gc-animal-koala"


def five_by_five():
    """Partial convolution on a 5×5 image with a 3×3 hole. One 3×3 kernel W, zero padding 1. The orange window holds 3
    valid values, the purple one none, the blue one 5; orange and blue have the same raw sum −3 and yet different
    results, because each is rescaled by 9 over its count. Right: the updated mask, where one hole is left. In the
    empty purple window the paper (arXiv 1804.07723) writes 0, the article 0 + b. Here b = 1. X, W and M are our
    own whole numbers, chosen so that all results that the article states come out exactly.
    """
    X, M, W, B = worked_example.X, worked_example.M, worked_example.W, worked_example.B
    windows = worked_example.trace()
    y = np.array([w.y for w in windows]).reshape(X.shape)
    new_mask = update_mask(M, 3, padding=1)
    arrays = [X, M.astype(int), W, y, new_mask.astype(int)]
    titles = ["input X (hole hatched)", "mask M", "kernel W", "output", "updated mask M′"]
    fig, axes = show_numbers(arrays, titles, [~M, ~M, None, None, ~new_mask], ring=(0,), cell=0.42)
    _, height = fig.get_size_inches()
    fig.set_figheight(height + 1.3)
    fig.subplots_adjust(bottom=1.3 / (height + 1.3))
    cells = (worked_example.ORANGE, worked_example.PURPLE, worked_example.BLUE)
    for line, (name, (row, col)) in enumerate(zip(WINDOWS, cells, strict=True)):
        color = WINDOWS[name]
        # Purple and blue share four cells: a smaller frame keeps both whole.
        outline(axes[0], row - 1, col - 1, 3, 3, color, inset=0.08 if name == "purple" else 0)
        for ax in (axes[3], axes[4]):
            outline(ax, row, col, 1, 1, color, inset=0.06)
        window = windows[row * X.shape[1] + col]
        fig.text(0.03, 0.22 - 0.08 * line, _arithmetic(name, window, B), size=12, color=color)
    return fig


def _arithmetic(name, window, bias):
    """One window's numbers, as a sentence."""
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


def example_hole(size=256):
    """A hole with a narrow part and a wide one: (size, size) bool, True = valid."""
    rows, cols = np.mgrid[:size, :size] / size
    blob = (rows - 0.42) ** 2 + (cols - 0.6) ** 2 < 0.16**2
    stroke = (abs(rows - 0.75 - 0.08 * np.sin(9 * cols)) < 0.035) & (cols > 0.08) & (cols < 0.9)
    scratch = (abs(rows - 2.2 * cols + 0.05) < 0.03) & (rows < 0.72)
    return ~(blob | stroke | scratch)


def shrinking():
    """A hole closes layer by layer. Top: what is still hole (pink) and what has become valid (green) after 0, 4, 8, 16
    and all layers of 3×3 partial convolution. Bottom: the layer that reaches each pixel, for 3×3 and for 7×7 kernels;
    the thin strokes are gone after a few layers, the middle of the disc comes last. "Valid" only says that some valid
    pixel was in reach, not that the value computed there is good.
    """
    photo, mask = load_photo(PHOTO, size=256), example_hole()
    masks = {k: shrink_mask(mask, k) for k in (3, 7)}
    depth = len(masks[3]) - 1
    fig, axes = plt.subplots(2, 5, figsize=(13.2, 6.1), gridspec_kw={"wspace": 0.06, "hspace": 0.2})
    fig.subplots_adjust(left=0.01, right=0.99, top=0.94, bottom=0.02)
    for ax, layer in zip(axes[0], (0, 4, 8, 16, depth), strict=True):
        left = masks[3][layer]
        ax.imshow(with_hole(photo, mask, left))
        ax.set_title(f"after {layer} layers: {100 * hole_ratio(left):.1f} % hole" if layer else "before", size=11)
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


def example_masks():
    """Six irregular holes, one for each hole ratio of the paper: (0.01, 0.1] to (0.5, 0.6]. 1, 3 and 5 keep 25 of 256
    px at the border free (the paper's 50 px at 512), 2, 4 and 6 may touch it. White is valid, black is hole. The
    article shows such masks; these are drawn by `irregular_mask` and belong to the course's fixed test holes.
    """
    masks = [load_test_holes(ratio, border=number % 2 == 0)[8] for number, ratio in enumerate(RATIO_BINS)]
    titles = [
        f"{number}{': border free' if number % 2 else ''}\nratio {hole_ratio(mask):.2f}, radius {hole_radius(mask)} px"
        for number, mask in enumerate(masks, 1)
    ]
    fig = show_images(masks, titles, columns=6, size=2.2)
    fig.set_figheight(2.8)
    fig.tight_layout()
    return fig


def leaking_color():
    """What an ordinary convolution makes of a hole. A blur of 15×15 pixels over a hole (pink outline) filled with
    black, mid-grey and the mean colour, and the partial convolution, which leaves the hole out. Right: the error of
    each blur, against the blur of the whole photo, at valid pixels by their distance to the hole. Up to 7 pixels away,
    as far as the kernel reaches, the fill colour leaks; beyond, nothing does. The partial blur errs there too, because
    what is missing is missing, but no colour enters that was not in the photo.
    """
    photo = load_photo("gc-erase-kingfisher", size=128)
    mask = np.ones((128, 128), bool)
    mask[40:84, 36:80] = False
    blurs, errors = blur_over_fills(photo, mask)
    fig = show_images(
        list(blurs.values()), [*(f"blur over {name}" for name in list(blurs)[:3]), "partial blur"], columns=4, size=2.4
    )
    fig.set_size_inches(13.2, 3.1)
    for ax, place in zip(fig.axes, np.linspace(0.01, 0.55, 4), strict=True):
        ax.set_position((place, 0.04, 0.17, 0.84))
        outline(ax, 40, 36, 44, 44, HOLE, linewidth=1.2)
    ax = fig.add_axes((0.79, 0.2, 0.2, 0.68))
    for name, error in errors.items():
        ax.plot(range(1, len(error) + 1), 100 * error, "o-", markersize=3, label=name)
    ax.set(xlabel="distance to the hole, px", ylabel="error, % of the range", ylim=(0, None))
    ax.legend(fontsize=8)
    return fig


def blur_over_fills(photo, mask, size=15, far=10):
    """Blur a photo (H, W, 3) with a hole in four ways.

    Returns (blurs, errors), dicts by name: the blurred images, and their mean error at the valid pixels at chessboard
    distance 1, 2, … `far` from the hole, against the same blur of the whole photo.
    """
    kernel = np.full((3, 1, size, size), 1 / size**2, np.float32)
    everything = np.ones_like(mask)

    def blur(image, valid):
        blurred, _ = partial_conv2d(image.transpose(2, 0, 1), valid, kernel, padding=size // 2, groups=3)
        return blurred.transpose(1, 2, 0)

    truth = blur(photo, everything)
    # 127.5 of 255 is mid-grey.
    fills = {"black": np.zeros(3), "mid-grey": np.full(3, 0.5), "mean colour": photo[mask].mean(axis=0)}
    blurs = {n: blur(np.where(mask[..., None], photo, np.float32(c)), everything) for n, c in fills.items()}
    blurs["partial"] = blur(photo, mask)
    rings = [dilate(mask, n - 1) & ~dilate(mask, n) for n in range(1, far + 1)]
    errors = {name: np.array([abs(b - truth)[ring].mean() for ring in rings]) for name, b in blurs.items()}
    return blurs, errors


FIGURES = {
    "example_masks": example_masks,
    "leaking_color": leaking_color,
    "worked_example": five_by_five,
    "shrinking": shrinking,
    "score_table": result_figures.score_table,
    "falling_scores": result_figures.falling_scores,
    "failures": result_figures.failures,
    "ablations": result_figures.ablations,
    "training_holes": result_figures.training_holes,
    "failure_kinds": result_figures.failure_kinds,
    "super_resolution": result_figures.super_resolution,
}
PHOTOGRAPHIC = (  # mostly photos
    "leaking_color",
    "shrinking",
    "failures",
    "ablations",
    "training_holes",
    "failure_kinds",
    "super_resolution",
)


def file_name(name):
    """A figure's file: JPEG for those that are mostly photos, PNG for numbers and lines."""
    return f"{name}.jpg" if name in PHOTOGRAPHIC else f"{name}.png"


def caption(name):
    """A figure's caption, in one line."""
    return " ".join(inspect.getdoc(FIGURES[name]).split())


def _save(figure, file, suffix):
    """Write a figure as a JPEG file, or as a PNG file of at most 256 colours: a third of the room."""
    with io.BytesIO() as buffer:
        figure.savefig(buffer, format="png", dpi=110)
        with Image.open(buffer) as picture:
            picture = picture.convert("RGB")
    if suffix == ".jpg":
        picture.save(file, "JPEG", quality=80, subsampling=0, optimize=True)
    else:
        picture.quantize(256, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)


def build(folder, names=()):
    """Draw the named figures (none named: all) as image files in `folder`, with their captions in its README.md.

    The same machine gives the same bytes. Returns the paths written. Raises ValueError for an unknown name.
    """
    unknown = [name for name in names if name not in FIGURES]
    if unknown:
        raise ValueError(f"no figure is called {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name in names or FIGURES:
        with plt.rc_context({"font.family": "DejaVu Sans", "figure.dpi": 100}):
            figure = FIGURES[name]()
        path = folder / file_name(name)
        unfinished = path.with_suffix(".part")
        _save(figure, unfinished, path.suffix)
        plt.close(figure)
        unfinished.replace(path)
        paths.append(path)
    lines = ["# Figures", "", "`python -m pconv_edu figures` rebuilds them. Licence: CC BY 4.0.", ""]
    for name in FIGURES:
        lines += [f"## {name}", "", f"![{name}]({file_name(name)})", "", caption(name), ""]
    (folder / "README.md").write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    return [*paths, folder / "README.md"]
