"""Draw the figures of lesson 12, which compare networks that were trained with different losses or holes."""

import os

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from pconv_edu.core import photo_names, psnr
from pconv_edu.lessons.drawing import short_credit, show_images, with_hole
from pconv_edu.progress import progress_bar

from .registry import figure
from .results import experiment_photos


@figure("ablations", lesson=12, photographic=True)
def ablations() -> Figure:
    """This figure shows what a term of the loss does. Its layout follows the article. The network `course` was trained
    with all six terms. Each variant was trained without the perceptual term or without the style terms. The variants
    started from the same weights as `course` and saw the same crops and holes. Each row begins with a public-domain
    photo that has a hole of ratio 0.2 to 0.3, which may touch the border. The row uses the photo and the square
    (outlined) in which the fills of the variant and of `course` differ most. No photo is used twice. The rest of the
    row shows that square four times: with the hole, with the fill of the variant, with the fill of `course`, and in the
    true photo. Lesson 12 explains what can be seen, and what the scores say.
    """
    from pconv_edu.experiments import ablations, evaluate, stored_fills

    free = photo_names("test", free=True)
    cases = [case for case in evaluate.table_cases(experiment_photos()) if (case.holes, case.bin) == ("N", "0.2–0.3")]
    cases = [case for case in cases if case.photo in free]
    variants = ("no-perceptual", "no-style")
    fig, axes = plt.subplots(len(variants), 5, figsize=(9.6, 2.2 * len(variants)), layout="constrained")
    for line, variant in zip(axes, variants, strict=True):
        quiet = bool(os.environ.get("COURSE_QUIET"))
        kept = [case for case in cases if stored_fills.path_of(case, variant).exists()]
        progress = progress_bar(kept or cases, f"course and {variant}", unit="photo", disable=quiet)
        case, square = ablations.where_they_differ(progress, "course", variant)
        cases = [other for other in cases if other.photo != case.photo]
        holed = with_hole(case.image, case.mask)
        crops = [
            holed[square],
            *(stored_fills.fill(case, way)[square] for way in (variant, "course")),
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
            ax.set_title(title, size=10)
    return fig


@figure("training_holes", lesson=12, photographic=True)
def training_holes() -> Figure:
    """This figure shows what the shape of the training holes does. Its layout follows the article. An irregular hole
    and a rectangle are each filled by four networks. Two networks have partial convolutions and differ only in the
    holes they were trained on, which were either one rectangle per photo or irregular holes. The other two networks are
    the twins with ordinary convolutions. They were trained on irregular holes that were painted mid-grey or in the mean
    colour. Among the public-domain photos with holes of ratio 0.1 to 0.2 that may touch the border, the figure shows
    the photo with the largest gain in PSNR of the network trained on irregular holes over the network trained on
    rectangles. Lesson 12 looks for the reason and examines slanted edges and narrow holes.
    """
    from pconv_edu.experiments import ablations, evaluate

    rows = ablations.load()
    rows = rows[(rows.holes == "N") & (rows.bin == "0.1–0.2") & rows.photo.isin(photo_names("test", free=True))]
    scores = rows.pivot(index="photo", columns="method", values="psnr_hole")
    name = (scores["l1"] - scores["regular-holes"]).idxmax()
    photos = experiment_photos()
    cases = [*evaluate.table_cases(photos), *ablations.rectangle_cases(photos)]
    ways = {"regular-holes": "trained on rectangles", "l1": "trained on irregular holes"}
    ways |= {"conv-grey": "ordinary, mid-grey", "conv-mean": "ordinary, mean colour"}
    pictures, titles = [], []
    for kind in ("N", "rectangles"):
        case = next(case for case in cases if case[:3] == (kind, "0.1–0.2", name))
        fills = [evaluate.fill(case, way) for way in ways]
        pictures += [with_hole(case.image, case.mask), *fills, case.image]
        decibels = [psnr(fill, case.image, case.mask) for fill in fills]
        labels = [f"{what}\n{value:.1f} dB in the hole" for what, value in zip(ways.values(), decibels, strict=True)]
        titles += ["irregular hole" if kind == "N" else "rectangle", *labels, f"truth\n{short_credit(name)}"]
    fig = show_images(pictures, titles, columns=6, size=2.2)
    fig.set_figheight(5.6)
    fig.tight_layout()
    return fig
