"""What ``python -m pconv_edu evaluate`` does and prints."""

import os
from pathlib import Path

from pconv_edu import inpaint
from pconv_edu.experiments import RESULTS
from pconv_edu.inpainters.methods import NETWORKS
from pconv_edu.nn.weights import write_scores

from . import cases, scores
from .measures import MEASURES, measure_of
from .methods import SHIPPED, WEIGHTS, named
from .rows import write_text
from .running import run


def evaluate(
    methods=(),
    quick=False,
    photos=None,
    holes=None,
    out=None,
    workers=None,
    save=False,
    stored=False,
    threshold=None,
):
    """Run the experiment, or read the stored one; return the tables and remarks as text. See the command's help.

    Raises ValueError or OSError for methods that cannot be measured or have no stored rows, for training runs with
    `save`, and for folders with nothing in them.
    """
    if stored:
        return "\n\n".join(tables(scores.load(scores.STORED, [*map(str, methods)] or list(inpaint.METHODS))))
    own = "_own" if photos or holes else ""
    folder, remarks = Path(out or f"runs/hole_ratio{own}{'_quick' if quick else ''}"), []
    if not save and RESULTS in (folder.resolve(), *folder.resolve().parents):
        raise ValueError(f"{folder} is where the package keeps the rows that ship: give --out another folder")
    if save:
        folder = scores.STORED
        if runs := [str(method) for method in methods if method not in SHIPPED]:
            raise ValueError(
                f"{', '.join(runs)}: the package keeps the rows of methods that ship, and no others; leave out --save"
            )
    methods = named(methods or inpaint.METHODS)
    if own:
        chosen, remarks = cases.own_cases(photos, holes, threshold)
        chosen = cases.only_few(chosen) if quick else chosen
    else:
        chosen = cases.course_cases(quick)
    remarks += [
        f"{name} is the method that ships. The run in the folder {name} was not measured: rename it"
        for name in methods
        if name in SHIPPED and (Path(name) / WEIGHTS).exists()
    ]
    rows = _measure(chosen, methods, folder, workers, remarks)
    text = "\n\n".join(tables(rows))
    if save:
        for name in set(methods) & set(NETWORKS):
            write_scores(name, card_scores(rows, name))
    else:
        write_text(folder / "tables.txt", text + "\n")
        draw(rows, folder)
        remarks.append(f"rows, tables.txt and plots are in {folder}")
    return "\n\n".join([text, *(["\n".join(remarks)] if remarks else [])])


def _measure(chosen, methods, folder, workers, remarks):
    """The rows of these cases, as `scores.load` returns them. The folder may have others from earlier."""
    progress = not os.environ.get("COURSE_QUIET")
    run(chosen, list(methods.values()), folder, workers, progress, remarks)
    rows = scores.load(folder, list(methods))
    asked = {case[: len(cases.KEYS)] for case in chosen}
    return rows[[key in asked for key in rows[list(cases.KEYS)].itertuples(index=False, name=None)]]


def card_scores(rows, method):
    """What the card of a network says of it: the mean PSNR in the holes N of each ratio bin, in dB."""
    means = scores.table(rows[rows.method == method], "psnr_hole", ["N"]).loc[method]
    return {"psnr in the hole, dB, 30 test photos, holes N": {bin_: round(m, 2) for (bin_, _), m in means.items()}}


def tables(rows):
    """Every measure as a table in the article's layout, then each network against the best classical fill."""
    for measure in MEASURES:
        yield scores.as_text(scores.table(rows, measure), measure)
    present = dict.fromkeys(rows.method)
    if set(scores.CLASSICAL) <= set(present) and rows.photo.nunique() > 1:
        for method in present:
            if method not in scores.CLASSICAL:
                yield from (comparison(rows, method, holes=kind) for kind in "NB" if kind in set(rows.holes))
    elif set(scores.CLASSICAL) < set(present):
        yield "One photo: differences between methods need two or more, or there is no interval."


def comparison(rows, method, rivals=scores.CLASSICAL, measure="psnr_hole", holes="N"):
    """`scores.compare` as text."""
    about = measure_of(measure)
    against = rivals[0] if len(rivals) == 1 else f"the best of {', '.join(rivals)}"
    found = scores.compare(rows, method, rivals, measure, holes)
    lines = [f"{method} − {against} ({holes}): {about.title}, mean difference, 95 % interval"]
    for bin_, row in found.iterrows():
        numbers = [f"{value:+.{about.digits}f}" for value in (row["mean"], row["low"], row["high"])]
        lines.append(f"  {bin_:>8}  {numbers[0]}  [{numbers[1]}, {numbers[2]}]  {row['rival']}")
    return "\n".join(lines)


def draw(rows, folder):
    """The plots of a run, as PNG files."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from . import plots

    drawings = {f"ratio_{kind}": (plots.ratio_curves, {"holes": kind}) for kind in "NB" if kind in set(rows.holes)}
    drawings |= {f"depth_{kind}": (plots.depth_curves, {"holes": kind}) for kind in "NB" if kind in set(rows.holes)}
    if "squares" in set(rows.holes):
        drawings["radius"] = plots.radius_curves, {}
    for name, (draw_one, options) in drawings.items():
        ax = draw_one(rows, **options)
        ax.legend(fontsize=8)
        ax.figure.savefig(folder / f"{name}.png", dpi=110)
        plt.close(ax.figure)
