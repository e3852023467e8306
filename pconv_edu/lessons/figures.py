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
    photo_credit,
    photo_names,
    shrink_mask,
    update_mask,
    worked_example,
)
from pconv_edu.lessons.drawing import (
    HOLE,
    WINDOWS,
    number_text,
    outline,
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
        f"Photo: {_credit(PHOTO)}",
    ]
    fig.text(0.7, 0.4, "\n".join(lines), va="top", size=11.5, linespacing=1.5)
    return fig


def _credit(photo):
    """Author and licence, short enough for a figure."""
    return ", ".join(photo_credit(photo).split(", ")[:2])


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


def score_table():
    """The article's table with our methods: means over 30 test photos at 256×256, for six hole ratios, holes that may
    touch the border (N) and holes that keep 25 px away from it (B). L1, PSNR and SSIM of the whole picture, as in the
    article, and PSNR of the hole alone. Bold: the best of a column, and all that are equal to it in the digits shown.
    The article's fourth measure, the Inception Score, depends on which 30 photos one takes, and never looks at what was
    under the hole (lesson 11). `python -m pconv_edu evaluate --stored` prints the numbers.
    """
    from pconv_edu.experiments import scores
    from pconv_edu.experiments.measures import MEASURES

    rows = _shipped_rows()
    measures = ("l1_whole", "psnr_whole", "ssim_whole", "psnr_hole")
    fig, axes = plt.subplots(4, 1, figsize=(13.2, 15.2))
    fig.subplots_adjust(left=0.1, right=0.995, top=0.98, bottom=0.005, hspace=0.12)
    for ax, measure in zip(axes, measures, strict=True):
        _, digits, more = MEASURES[measure.rsplit("_", 1)[0]]
        means = scores.table(rows, measure).round(digits)
        best = means.max() if more else means.min()
        columns = [f"{bin_}\n{kind}" for bin_, kind in means]
        text = [[f"{value:.{digits}f}" for value in line] for line in means.to_numpy()]
        table = ax.table(text, rowLabels=list(means.index), colLabels=columns, cellLoc="center", bbox=(0, 0, 1, 0.93))
        table.auto_set_font_size(False)
        table.set_fontsize(11)
        for (row, column), cell in table.get_celld().items():
            cell.set(edgecolor="#CCCCCC", linewidth=0.6)
            if row == 0:
                cell.set_height(1.8 * cell.get_height())
            elif column >= 0 and means.iloc[row - 1, column] == best.iloc[column]:
                cell.set_text_props(weight="bold")
        ax.set_title(scores.title(measure), size=12, y=0.95)
        ax.axis("off")
    return fig


def _shipped_rows():
    """The stored rows of the methods that `inpaint` offers."""
    from pconv_edu import inpaint
    from pconv_edu.experiments import scores

    rows = scores.load()
    return rows[rows.method.isin(inpaint.METHODS)]


def falling_scores():
    """How filling fails as holes grow. Left: PSNR in the hole against the hole ratio (holes N). Right: at one ratio, a
    quarter of the picture, against the radius: the same number of missing pixels as many small squares or as one large
    one. Bars are 95 % intervals by bootstrap over 30 photos: how far a mean may lie off. Whether two methods differ is
    another question, answered photo by photo (lesson 11).
    """
    from pconv_edu.experiments import plots

    rows = _shipped_rows()
    fig, axes = plt.subplots(1, 2, figsize=(13.2, 5.4), layout="constrained")
    plots.ratio_curves(rows, ax=axes[0])
    plots.radius_curves(rows, ax=axes[1])
    axes[0].legend(fontsize=10, ncols=2)
    return fig


def failures():
    """Three failures of the best partial-convolution network, chosen by a rule: of the test photos that are in the
    public domain, in the first, the third and the last bin of hole ratio (holes N), the one whose fill is farthest from
    the truth by the features of EfficientNet-Lite0 in the hole; no photo twice. Beside each, PatchMatch in the same
    hole, and the truth.
    """
    from pconv_edu.experiments import hole_ratio, scores
    from pconv_edu.inpainters.inpaint import BEST

    found = scores.worst(_shipped_rows(), BEST, ("0.01–0.1", "0.2–0.3", "0.5–0.6"), photo_names("test", free=True))
    photos = {name: load_photo(name, hole_ratio.SIZE) for name in photo_names("test")}
    cases = {case[:3]: case for case in hole_ratio.table_cases(photos)}
    pictures, titles = [], []
    for row in found:
        case = cases[row.holes, row.bin, row.photo]
        pictures += [with_hole(case.image, case.mask), hole_ratio.fill(case, BEST)]
        pictures += [hole_ratio.fill(case, "patchmatch"), case.image]
        titles += [f"ratio {row.ratio:.2f}, radius {row.radius} px", BEST, "patchmatch", f"truth: {_credit(row.photo)}"]
    fig = show_images(pictures, titles, columns=4, size=3.2)
    fig.tight_layout()
    return fig


def ablations():
    """What a term of the loss does, in the article's layout. `course` was trained with all six terms, each variant with
    one term less (or a tenth of the style terms), from the same weights on the same crops and holes. A line shows the
    photo, of those in the public domain with holes N of ratio 0.2 to 0.3, and in it the square (outlined) in which the
    fills of the variant and of `course` differ most (no photo twice); then that square: the hole, the variant,
    `course`, the truth. Lesson 12 says what is seen, and what the scores say.
    """
    from pconv_edu import inpaint
    from pconv_edu.experiments import ablations, hole_ratio

    photos = {name: load_photo(name, hole_ratio.SIZE) for name in photo_names("test")}
    free = photo_names("test", free=True)
    cases = [case for case in hole_ratio.table_cases(photos) if (case.holes, case.bin) == ("N", "0.2–0.3")]
    cases = [case for case in cases if case.photo in free]
    variants = [name for name in ablations.LOSSES if name in inpaint.VARIANTS]
    fig, axes = plt.subplots(len(variants), 5, figsize=(13.2, 2.85 * len(variants)), layout="constrained")
    for line, variant in zip(np.atleast_2d(axes), variants, strict=True):
        case, square = ablations.where_they_differ(cases, "course", variant)
        cases = [other for other in cases if other.photo != case.photo]
        holed = with_hole(case.image, case.mask)
        crops = [
            holed[square],
            *(hole_ratio.fill(case, way)[square] for way in (variant, "course")),
            case.image[square],
        ]
        for ax, picture in zip(line, [holed, *crops], strict=True):
            ax.imshow(picture, interpolation="nearest")
            ax.axis("off")
        rows, columns = square
        size = columns.stop - columns.start
        corner = (columns.start - 0.5, rows.start - 0.5)
        line[0].add_patch(plt.Rectangle(corner, size, size, fill=False, edgecolor="white", lw=2))
        for ax, title in zip(line, [_credit(case.photo), "hole", variant, "course", "truth"], strict=True):
            ax.set_title(title, size=11)
    return fig


def failure_kinds():
    """Four kinds of failure of the best partial-convolution network, by a rule: of the test photos in the public domain
    that show straight structure, periodic structure or an animal (sorted before any fill was looked at), the fill that
    is farthest from the truth by EfficientNet-Lite0's features, among irregular holes of a radius up to 32 px; and the
    worst of all among holes with a radius above 64 px. Sharpness: differences of neighbours in the hole, as a share of
    the truth's. Best shift: the PSNR of the photo itself, moved by whole pixels so that known pixels cover at least
    half of the hole and fit there best; beside it, the PSNR of the fill on the same pixels.
    """
    from pconv_edu.core import psnr
    from pconv_edu.experiments import failures, hole_ratio
    from pconv_edu.inpainters.inpaint import BEST

    photos = {name: load_photo(name, hole_ratio.SIZE) for name in photo_names("test")}
    cases = {case[:3]: case for case in hole_ratio.table_cases(photos)}
    pictures, titles = [], []
    for kind, row in failures.find(_shipped_rows(), BEST).items():
        case = cases[row.holes, row.bin, row.photo]
        fill, (shift, move) = hole_ratio.fill(case, BEST), failures.best_shift(case.image, case.mask)
        sharp = failures.sharpness(fill, case.image, case.mask)
        moved = "no shift covers half of the hole"
        if np.isfinite(shift):
            part = failures.covered(case.mask, move)
            share, there = part.sum() / (~case.mask).sum(), psnr(fill, case.image, ~part)
            moved = f"best shift {shift:.1f} dB on {100 * share:.0f} %, {BEST} there {there:.1f}"
        pictures += [with_hole(case.image, case.mask), fill, hole_ratio.fill(case, "patchmatch"), case.image]
        titles += [
            f"{kind}\nradius {row.radius} px",
            f"{BEST}: {psnr(fill, case.image, case.mask):.1f} dB\nsharpness {sharp:.2f}",
            f"patchmatch\n{moved}",
            f"truth\n{_credit(row.photo)}",
        ]
    fig = show_images(pictures, titles, columns=4, size=3.2)
    fig.set_figheight(15.2)
    fig.tight_layout()
    return fig


def training_holes():
    """What the shape of the training holes does, in the article's layout. An irregular hole and a rectangle, each
    filled by two networks with partial convolutions that differ in nothing but the holes that they were trained on,
    one rectangle a photo or irregular holes, and by the twins with ordinary convolutions (irregular holes, painted
    mid-grey or in the mean colour). The photo is the one of those in the public domain with holes N of ratio 0.1 to
    0.2 on which the first two differ most. Lesson 12 looks for the reason: slanted edges, and narrow holes.
    """
    from pconv_edu.core import psnr
    from pconv_edu.experiments import ablations, hole_ratio

    rows = ablations.load()
    rows = rows[(rows.holes == "N") & (rows.bin == "0.1–0.2") & rows.photo.isin(photo_names("test", free=True))]
    scores = rows.pivot(index="photo", columns="method", values="psnr_hole")
    name = (scores["l1"] - scores["regular-holes"]).idxmax()
    photos = {name: load_photo(name, hole_ratio.SIZE) for name in photo_names("test")}
    cases = [*hole_ratio.table_cases(photos), *ablations.rectangle_cases(photos)]
    ways = {"regular-holes": "trained on rectangles", "l1": "trained on irregular holes"}
    ways |= {"conv-grey": "ordinary, mid-grey", "conv-mean": "ordinary, mean colour"}
    pictures, titles = [], []
    for kind in ("N", "rectangles"):
        case = next(case for case in cases if case[:3] == (kind, "0.1–0.2", name))
        fills = [hole_ratio.fill(case, way) for way in ways]
        pictures += [with_hole(case.image, case.mask), *fills, case.image]
        decibels = [psnr(fill, case.image, case.mask) for fill in fills]
        told = [f"{what}\n{value:.1f} dB in the hole" for what, value in zip(ways.values(), decibels, strict=True)]
        titles += ["irregular hole" if kind == "N" else "rectangle", *told, f"truth\n{_credit(name)}"]
    fig = show_images(pictures, titles, columns=6, size=2.2)
    fig.set_figheight(5.6)
    fig.tight_layout()
    return fig


def super_resolution():
    """Super-resolution as inpainting: every second, or every fourth, pixel of a photo in both directions is known, all
    between them is the hole. A cut of 100×100 px: what is known as large pixels, bilinear interpolation, the biharmonic
    fill, `superres` (a network trained on such holes), `l1` (the same network before, trained on irregular holes), the
    truth; with the PSNR of the hole in the whole photo. Lesson 13 has the means over 30 photos.
    """
    from pconv_edu.core import psnr
    from pconv_edu.core.regular import grid_mask
    from pconv_edu.experiments import super_resolution

    name, part = "gc-mon-colosseum", np.s_[60:160, 75:175]
    photo, ways = load_photo(name, 256), ("bilinear", "biharmonic", "superres", "l1")
    pictures, titles = [], []
    for factor in super_resolution.FACTORS:
        mask = grid_mask(256, factor)
        large = [super_resolution.enlarge(photo, factor, way) for way in ways]
        known = photo[::factor, ::factor].repeat(factor, 0).repeat(factor, 1)
        pictures += [picture[part] for picture in (known, *large, photo)]
        told = [f"{way}: {psnr(picture, photo, mask):.1f} dB" for way, picture in zip(ways, large, strict=True)]
        titles += [f"×{factor}: {100 * hole_ratio(mask):.0f} % hole", *told, f"truth\n{_credit(name)}"]
    fig = show_images(pictures, titles, columns=6, size=2.2)
    fig.set_figheight(5)
    fig.tight_layout()
    return fig


FIGURES = {
    "example_masks": example_masks,
    "leaking_color": leaking_color,
    "worked_example": five_by_five,
    "shrinking": shrinking,
    "score_table": score_table,
    "falling_scores": falling_scores,
    "failures": failures,
    "ablations": ablations,
    "training_holes": training_holes,
    "failure_kinds": failure_kinds,
    "super_resolution": super_resolution,
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
    (folder / "README.md").write_text("\n".join(lines[:-1]) + "\n")
    return [*paths, folder / "README.md"]
