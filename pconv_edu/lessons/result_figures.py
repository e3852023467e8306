"""The figures of the measured results: tables, curves, ablations, failures, super-resolution.

Each function draws one figure from the stored rows and the networks that ship, and returns it; its docstring is the
caption. `figures` builds them with the others.
"""

import matplotlib.pyplot as plt
import numpy as np

from pconv_edu.core import hole_ratio, load_photo, photo_names
from pconv_edu.lessons.drawing import short_credit, show_images, with_hole


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


def _test_photos():
    """{name: image} of the test photos, at the size of the experiments."""
    from pconv_edu.experiments.hole_ratio import SIZE

    return {name: load_photo(name, SIZE) for name in photo_names("test")}


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
    cases = {case[:3]: case for case in hole_ratio.table_cases(_test_photos())}
    pictures, titles = [], []
    for row in found:
        case = cases[row.holes, row.bin, row.photo]
        pictures += [with_hole(case.image, case.mask), hole_ratio.fill(case, BEST)]
        pictures += [hole_ratio.fill(case, "patchmatch"), case.image]
        titles += [
            f"ratio {row.ratio:.2f}, radius {row.radius} px",
            BEST,
            "patchmatch",
            f"truth: {short_credit(row.photo)}",
        ]
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

    free = photo_names("test", free=True)
    cases = [case for case in hole_ratio.table_cases(_test_photos()) if (case.holes, case.bin) == ("N", "0.2–0.3")]
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
        for ax, title in zip(line, [short_credit(case.photo), "hole", variant, "course", "truth"], strict=True):
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

    cases = {case[:3]: case for case in hole_ratio.table_cases(_test_photos())}
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
            f"truth\n{short_credit(row.photo)}",
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
    photos = _test_photos()
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
        titles += ["irregular hole" if kind == "N" else "rectangle", *told, f"truth\n{short_credit(name)}"]
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
        titles += [f"×{factor}: {100 * hole_ratio(mask):.0f} % hole", *told, f"truth\n{short_credit(name)}"]
    fig = show_images(pictures, titles, columns=6, size=2.2)
    fig.set_figheight(5)
    fig.tight_layout()
    return fig
