"""Run the hole-ratio experiment for ``pconv-edu evaluate`` and return the text that the command prints."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

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
    methods: Iterable[Path | str] = (),
    quick: bool = False,
    photos: Path | str | None = None,
    holes: Path | str | None = None,
    out: Path | str | None = None,
    workers: int | None = None,
    save: bool = False,
    stored: bool = False,
    threshold: float | None = None,
) -> str:
    """Run the experiment, or read its stored rows; return the tables and remarks as text.

    The arguments correspond to the options of the command, which the command's help explains.

    Raises
    ------
    ValueError, OSError
        If a method cannot be measured or has no stored rows, if `save` is True and one of the methods is a training
        run, if `out` is inside the package's folder of results, or if a folder has no photos or masks that can be used.
    """
    if stored:
        return "\n\n".join(tables(scores.load(scores.STORED, [*map(str, methods)] or list(inpaint.METHODS))))
    own = "_own" if photos or holes else ""
    folder = Path(out or f"runs/hole_ratio{own}{'_quick' if quick else ''}")
    remarks: list[str] = []
    if not save and RESULTS in (folder.resolve(), *folder.resolve().parents):
        raise ValueError(f"{folder} is where the package keeps the rows that ship: give --out another folder")
    if save:
        folder = scores.STORED
        if runs := [str(method) for method in methods if method not in SHIPPED]:
            raise ValueError(
                f"{', '.join(runs)}: the package keeps the rows of methods that ship, and no others; leave out --save"
            )
    by_name = named(methods or inpaint.METHODS)
    if own:
        chosen, remarks = cases.own_cases(photos, holes, threshold)
        chosen = cases.only_few(chosen) if quick else chosen
    else:
        chosen = cases.course_cases(quick)
    remarks += [
        f"{name} is the method that ships. The run in the folder {name} was not measured: rename it"
        for name in by_name
        if name in SHIPPED and (Path(name) / WEIGHTS).exists()
    ]
    rows = _measure(chosen, by_name, folder, workers, remarks)
    text = "\n\n".join(tables(rows))
    if save:
        for name in set(by_name) & set(NETWORKS):
            write_scores(name, card_scores(rows, name))
    else:
        write_text(folder / "tables.txt", text + "\n")
        draw(rows, folder)
        remarks.append(f"rows, tables.txt and plots are in {folder}")
    return "\n\n".join([text, *(["\n".join(remarks)] if remarks else [])])


def _measure(
    chosen: Sequence[cases.Case], methods: Mapping[str, str], folder: Path, workers: int | None, remarks: list[str]
) -> pd.DataFrame:
    """Measure methods on the chosen cases and return the rows of these cases.

    The folder may also contain rows of other cases, which are not returned.
    """
    progress = not os.environ.get("COURSE_QUIET")
    run(chosen, list(methods.values()), folder, workers, progress, remarks)
    rows = scores.load(folder, list(methods))
    keys = {case.key for case in chosen}
    return rows[[key in keys for key in rows[list(cases.KEYS)].itertuples(index=False, name=None)]]


def card_scores(rows: pd.DataFrame, method: str) -> dict[str, dict[str, float]]:
    """Return the scores for a network's card, which are the mean PSNRs in the hole, in dB, for each ratio bin.

    The scores are measured on holes that may touch the border (kind N).
    """
    means = scores.table(rows[rows.method == method], "psnr_hole", ["N"]).loc[method]
    return {"psnr in the hole, dB, 30 test photos, holes N": {bin_: round(m, 2) for (bin_, _), m in means.items()}}


def tables(rows: pd.DataFrame) -> Iterator[str]:
    """Yield a table of each measure in the article's layout, then comparisons of other methods with classical fills.

    The comparisons need the rows of all fills in `scores.CLASSICAL`, on two or more photos.
    """
    for measure in MEASURES:
        yield scores.as_text(scores.table(rows, measure), measure)
    present = dict.fromkeys(rows.method)
    if set(scores.CLASSICAL) <= set(present) and rows.photo.nunique() > 1:
        for method in present:
            if method not in scores.CLASSICAL:
                yield from (comparison(rows, method, holes=kind) for kind in "NB" if kind in set(rows.holes))
    elif set(scores.CLASSICAL) < set(present):
        yield "One photo: differences between methods need two or more, or there is no interval."


def comparison(
    rows: pd.DataFrame,
    method: str,
    rivals: Sequence[str] = scores.CLASSICAL,
    measure: str = "psnr_hole",
    holes: str = "N",
) -> str:
    """Return the result of `scores.compare` as text, with one line for each bin."""
    about = measure_of(measure)
    against = rivals[0] if len(rivals) == 1 else f"the best of {', '.join(rivals)}"
    differences = scores.compare(rows, method, rivals, measure, holes)
    lines = [f"{method} − {against} ({holes}): {about.title}, mean difference, 95 % interval"]
    for bin_, row in differences.iterrows():
        numbers = [f"{value:+.{about.digits}f}" for value in (row["mean"], row["low"], row["high"])]
        lines.append(f"  {bin_:>8}  {numbers[0]}  [{numbers[1]}, {numbers[2]}]  {row['rival']}")
    return "\n".join(lines)


def draw(rows: pd.DataFrame, folder: Path) -> None:
    """Draw the plots of a run and write them to a folder as PNG files."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from . import plots

    drawings: dict[str, tuple[Callable, dict[str, str]]] = {
        f"ratio_{kind}": (plots.ratio_curves, {"holes": kind}) for kind in "NB" if kind in set(rows.holes)
    }
    drawings |= {f"depth_{kind}": (plots.depth_curves, {"holes": kind}) for kind in "NB" if kind in set(rows.holes)}
    if "squares" in set(rows.holes):
        drawings["radius"] = plots.radius_curves, {}
    for name, (draw_one, options) in drawings.items():
        ax = draw_one(rows, **options)
        ax.legend(fontsize=8)
        ax.figure.savefig(folder / f"{name}.png", dpi=110)
        plt.close(ax.figure)
