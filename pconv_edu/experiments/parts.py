"""Measure what a partial convolution brings, beside networks that learn from the mask in other ways.

A partial convolution leaves out the values in holes, divides by the valid share of each window, and updates the mask.
The networks in `PARTS` are trained like `l1`: with the same data, schedule and seed, and nearly the same number of
weights. They differ only in the layer (see `pconv_edu.nn.variants`). Two lack one part of the partial convolution, one
has ordinary layers that are told where the hole is, and one has gates that are learned instead of the rule.

``python -m pconv_edu.experiments.parts`` measures the networks that ship, and stores their rows, grids and seams. This
takes about ten minutes per network, and an interrupted run can be resumed. The networks in `NOT_SHIPPED` and
`SECOND_SEEDS` are measured if the folders of their training runs are given. This also stores how a network of
`NOT_SHIPPED` was trained, and the fills that lesson 15 shows. These commands train one and measure it::

    pconv-edu train --recipe no-ratio --laptop --out runs/no-ratio
    python -m pconv_edu.experiments.parts runs/no-ratio
"""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pconv_edu import console, inpaint
from pconv_edu.core import load_photo, photo_names
from pconv_edu.nn.recipe_files import recipe_as_json
from pconv_edu.nn.run_folder import LOG, MACHINE, as_json, hours, read_json, read_lines, read_recipe, write_whole
from pconv_edu.nn.weights import write_scores

from . import RESULTS, ablations, evaluate, grid, seams, stored_fills
from .evaluate import scores
from .evaluate.measures import DEPTHS
from .evaluate.report import card_scores

STORED = RESULTS / "parts"
GRID = STORED / "grid.json"  # how strong the grid of each network is, as `grid.load` reads it
SEAMS = STORED / "seams"  # rows of the seams of those networks that the experiment on seams does not measure
PARTS = (
    "l1",  # partial convolutions
    "no-ratio",  # partial convolutions that do not divide by the valid share
    "no-update",  # one partial convolution, and then ordinary ones
    "conv-grey",  # ordinary convolutions
    "conv-mask",  # ordinary convolutions, with the mask as a fourth channel
    "gated",  # gates that are learned, with the mask as a fourth channel
)
NOT_SHIPPED = ("no-ratio", "no-update")  # their weights do not ship: rows, grids and the shown fills are stored
SECOND_SEEDS = ("conv-mask-seed2", "gated-seed2")
NEW = tuple(name for name in PARTS if name not in (*inpaint.METHODS, *NOT_SHIPPED))  # no other experiment measures them
KINDS = {  # kinds of holes -> their titles in plots
    "N": "irregular (N)",
    "B": "irregular (B)",
    "rectangles": "one rectangle",
}
RADII = 2, 8, 32  # px, of the squares that are compared; each of them has three hole ratios


def cases() -> list[evaluate.Case]:
    """Return the holes of the hole-ratio experiment and the rectangles of the ablations, for every test photo."""
    photos = {name: load_photo(name, evaluate.SIZE) for name in photo_names("test")}
    return [*evaluate.course_cases(), *ablations.rectangle_cases(photos)]


def rebuild(runs: Iterable[Path | str] = (), folder: Path = STORED, workers: int | None = None) -> None:
    """Measure networks, and store their rows, grids and seams.

    runs : folders of training runs to measure, named as in `NOT_SHIPPED` or `SECOND_SEEDS`. Any other name raises a
        ValueError. Without runs, the networks that ship and that no other experiment measures are measured, and their
        scores are written into their cards

    For a network of `NOT_SHIPPED`, its training is stored as NAME.json, and its fills of `shown_cases` are stored too.
    """
    own, known = evaluate.named(runs), (*NOT_SHIPPED, *SECOND_SEEDS)
    if others := [name for name in own if name not in known]:
        raise ValueError(
            f"{', '.join(others)}: this experiment stores the rows of its own networks and of runs called "
            f"{', '.join(known[:-1])} or {known[-1]}. Measure your own by  pconv-edu evaluate RUN"
        )
    progress = not os.environ.get("COURSE_QUIET")
    methods = list(own.values()) or NEW
    evaluate.run(cases(), methods, folder, workers, progress)
    seams.rebuild(folder / SEAMS.name, methods, workers=workers)
    grid.rebuild(folder / GRID.name, own or {name: name for name in PARTS if name not in NOT_SHIPPED})
    for name, run in own.items():
        if name in NOT_SHIPPED:
            write_whole(folder / f"{name}.json", as_json(record(run)))
            stored_fills.store(shown_cases(), run)
    if not own:
        rows = scores.load(folder)
        for name in NEW:
            write_scores(name, card_scores(rows, name))


def record(run: Path | str) -> dict[str, Any]:
    """Return how a run was trained, as a dict that JSON can store: its recipe, its machine, its hours and its log.

    The log has only the lines with the error on held-out photos.
    """
    run = Path(run)
    return {
        "recipe": recipe_as_json(read_recipe(run)),
        "machine": read_json(run / MACHINE),
        "hours": round(hours(run), 2),
        "log": [line for line in read_lines(run / LOG) if "held_out_hole" in line],
    }


def shown_cases() -> list[evaluate.Case]:
    """Return the cases that lesson 15 shows: an irregular hole, a lattice of squares, and a rectangle.

    A rule that does not use any fill chooses the photos. They are the first public-domain or CC0 test photos of three
    subjects, in the order of their names; the first two words of a name give the subject.
    """
    subjects: dict[str, str] = {}
    for name in photo_names("test", free=True):
        subjects.setdefault("-".join(name.split("-")[:2]), name)
    kinds = {"N": "0.2–0.3", "squares": "1/4, 8 px", "rectangles": "0.1–0.2"}
    chosen = {(kind, bin_, photo) for (kind, bin_), photo in zip(kinds.items(), subjects.values(), strict=False)}
    order = list(kinds)
    return sorted((case for case in cases() if case.key in chosen), key=lambda case: order.index(case.holes))


def load(folder: Path = STORED) -> pd.DataFrame:
    """Return the rows of the hole-ratio experiment, the rectangles of the ablations, and this experiment's own rows.

    The form is that of `scores.load`.
    """
    return pd.concat([ablations.load(), scores.load(folder)], ignore_index=True)


def load_seams() -> pd.DataFrame:
    """Return the seams that the networks in `PARTS` leave, as rows of the experiment `seams`."""
    rows = pd.concat([seams.load(), seams.load(SEAMS)], ignore_index=True)
    return rows[rows.method.isin(PARTS)]


def differences(
    rows: pd.DataFrame,
    measure: str = "psnr_hole",
    names: Sequence[str] | None = None,
    rival: str = "l1",
    kinds: Mapping[str, str] = KINDS,
) -> dict[str, pd.DataFrame]:
    """Return how much each network differs from a rival on each kind of holes, averaged over the bins of the kind.

    Each photo gives one number, which is the mean of its differences over the bins. Return {network: DataFrame} with a
    row for each kind and the columns mean, low and high, the ends of the 95 % interval over photos.

    rows : what `load` returns
    measure : a column of `measures.MEASURES`
    names : networks; by default all of `PARTS` except the rival
    kinds : {kind of holes: its title}
    """
    tables = {}
    for name in names or [name for name in PARTS if name != rival]:
        means = {kind: scores.differences(rows, name, rival, measure, kind).mean(axis=1) for kind in kinds}
        lines = {title: scores.interval(means[kind]) for kind, title in kinds.items()}
        tables[name] = pd.DataFrame.from_dict(lines, orient="index", columns=["mean", "low", "high"])
    return tables


def by_radius(
    rows: pd.DataFrame, measure: str = "psnr_hole", names: Sequence[str] | None = None, rival: str = "l1"
) -> dict[str, pd.DataFrame]:
    """Return how much each network differs from a rival in lattices of squares, by the radius of the squares.

    The differences are averaged over the hole ratios. Return {network: DataFrame} with a row for each of `RADII`, such
    as "2 px", and the columns mean, low and high.

    rows, measure, names, rival : as for `differences`
    """
    tables = {}
    for name in names or [name for name in PARTS if name != rival]:
        each = scores.differences(rows, name, rival, measure, "squares")
        lines = {}
        for radius in RADII:
            columns = [bin_ for bin_ in each if bin_.endswith(f", {radius} px")]
            lines[f"{radius} px"] = scores.interval(each[columns].mean(axis=1))
        tables[name] = pd.DataFrame.from_dict(lines, orient="index", columns=["mean", "low", "high"])
    return tables


def by_depth(rows: pd.DataFrame, names: Sequence[str] | None = None, rival: str = "l1") -> dict[str, pd.DataFrame]:
    """Return how much the error of each network differs from a rival's, by the distance to the nearest valid pixel.

    For each photo the squared error in holes N is averaged over the bins, and 10·log10 of the quotient rival / network
    is the difference of the two PSNR values, in dB. Return {network: DataFrame} with a row for each range of distances
    that the holes have, such as "1–2" px, and the columns mean, low and high. A positive value means that the network
    is better.

    rows, names, rival : as for `differences`
    """
    chosen, tables = rows[rows.holes == "N"], {}
    errors = chosen.groupby(["method", "photo"])[list(DEPTHS)].mean()
    for name in names or [name for name in PARTS if name != rival]:
        gains = 10 * np.log10(errors.loc[rival] / errors.loc[name])
        lines = {
            f"{low + 1}–{high}": scores.interval(gains[depth].dropna())
            for depth, (low, high) in DEPTHS.items()
            if gains[depth].notna().any()  # there are holes with such pixels
        }
        tables[name] = pd.DataFrame.from_dict(lines, orient="index", columns=["mean", "low", "high"])
    return tables


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.experiments.parts"):
        rebuild(sys.argv[1:])
