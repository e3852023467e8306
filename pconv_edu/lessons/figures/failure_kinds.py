"""Draw the figure that shows four kinds of failure, for lesson 12."""

import numpy as np
from matplotlib.figure import Figure

from pconv_edu.core import psnr
from pconv_edu.lessons.drawing import short_credit, show_images, with_hole

from .registry import figure
from .results import experiment_photos, shipped_rows

METHOD = "l1"  # the network whose failures are shown


@figure("failure_kinds", lesson=12, photographic=True)
def failure_kinds() -> Figure:
    """This figure shows four kinds of failure of the network `l1`. The examples were chosen by a
    rule. All photos are test photos in the public domain. The example of a wide hole is the worst of all fills in
    irregular holes with a radius above 64 px. We sorted the photos that show straight structure, periodic structure or
    an animal before we looked at any fill. For each of these kinds, the figure shows the worst fill in irregular holes
    with a radius of up to 32 px. The worst fill is the one that is farthest from the truth in the features of
    EfficientNet-Lite0. No photo is used twice. The sharpness is the mean difference between neighbouring pixels in the
    hole, divided by the same mean in the truth. The best shift is the PSNR of the photo itself after it was shifted by
    whole pixels so that known pixels cover at least half of the hole and match it best. The PSNR of the fill on the
    same pixels is given next to the best shift.
    """
    from pconv_edu.experiments import evaluate, failures

    cases = {case[:3]: case for case in evaluate.table_cases(experiment_photos())}
    pictures, titles = [], []
    for kind, row in failures.find(shipped_rows(), METHOD).items():
        case = cases[row.holes, row.bin, row.photo]
        fill, (shift, move) = evaluate.fill(case, METHOD), failures.best_shift(case.image, case.mask)
        sharp = failures.sharpness(fill, case.image, case.mask)
        moved = "no shift covers half of the hole"
        if np.isfinite(shift):
            part = failures.covered(case.mask, move)
            share, there = part.sum() / (~case.mask).sum(), psnr(fill, case.image, ~part)
            moved = f"best shift {shift:.1f} dB on {100 * share:.0f} %, {METHOD} there {there:.1f}"
        pictures += [with_hole(case.image, case.mask), fill, evaluate.fill(case, "patchmatch"), case.image]
        titles += [
            f"{kind}\nradius {row.radius} px",
            f"{METHOD}: {psnr(fill, case.image, case.mask):.1f} dB\nsharpness {sharp:.2f}",
            f"patchmatch\n{moved}",
            f"truth\n{short_credit(row.photo)}",
        ]
    fig = show_images(pictures, titles, columns=4, size=3.2)
    fig.set_figheight(15.2)
    fig.tight_layout()
    return fig
