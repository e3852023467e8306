"""Compute means, confidence intervals and comparisons.

Each row has the scores of one method on one photo with a hole. Every interval is computed by a bootstrap over photos
(Efron 1979). From n photos, n photos are drawn with replacement, and the mean of their scores is computed. The interval
contains the middle 95 % of ten thousand such means. All comparisons are paired, which means that the difference between
two methods is computed on each photo first.
"""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from pconv_edu import inpaint
from pconv_edu.experiments import RESULTS
from pconv_edu.inpainters.methods import DIFFUSION, TABLE

from .cases import KEYS
from .measures import COLUMNS, measure_of
from .rows import read_fingerprints

CLASSICAL = tuple(name for name, method in TABLE.items() if method.kind == DIFFUSION)
STORED = RESULTS / "hole_ratio"
RESAMPLES = 10_000
READ: dict[str, Any] = {  # options for pandas: a photo may be called NA or 1e5, or have a name that is not UTF-8
    "dtype": dict.fromkeys((*KEYS, "hash"), str),
    "na_values": {name: ["", "nan"] for name in COLUMNS},
    "keep_default_na": False,
    "encoding_errors": "surrogateescape",
}


def load(folder: Path | str = STORED, methods: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the rows of a folder.

    The rows of the methods in `inpaint.METHODS` come first, in the same order, and those of other methods follow.

    methods : names; None for all methods that have rows in the folder. Raises ValueError for a method without rows.
    """
    known = list(read_fingerprints(Path(folder)))
    missing = set(methods or known) - set(known)
    if missing:
        raise ValueError(f"there are no rows of {', '.join(sorted(missing))} in {folder}, but of {', '.join(known)}")
    order = [*inpaint.METHODS, *known]
    parts = [
        pd.read_csv(Path(folder) / f"{name}.csv", **READ).assign(method=name)
        for name in sorted(methods or known, key=order.index)
    ]
    return pd.concat(parts, ignore_index=True)


def interval(values: Any, seed: int = 0) -> tuple[float, float, float]:
    """Return (mean, low, high), the mean of `values` and the ends of the 95 % bootstrap interval of this mean.

    values : one number for each photo
    seed : seed of the random draws
    """
    values = np.asarray(values, float)
    draws = np.random.default_rng(seed).integers(len(values), size=(RESAMPLES, len(values)))
    with np.errstate(invalid="ignore"):  # PSNR can be infinite
        low, high = np.quantile(values[draws].mean(1), [0.025, 0.975])
    return values.mean(), low, high


def differences(rows: pd.DataFrame, method: str, rival: str, measure: str, holes: str = "N") -> pd.DataFrame:
    """Return the differences method − rival in a DataFrame with a row for each photo and a column for each bin.

    rows : what `load` returns
    measure : a column of `measures.COLUMNS`
    holes : the kind of holes, such as "N" (holes that may touch the border)
    """
    chosen = rows[rows.holes == holes]
    pair = [
        chosen[chosen.method == name].pivot(index="photo", columns="bin", values=measure) for name in (method, rival)
    ]
    return pair[0] - pair[1]


def compare(
    rows: pd.DataFrame,
    method: str,
    rivals: Sequence[str] = CLASSICAL,
    measure: str = "psnr_hole",
    holes: str = "N",
) -> pd.DataFrame:
    """Compare a method with the best of its rivals in each bin.

    Return a DataFrame with a row for each bin. A row has the best rival, the mean of the paired differences, and the
    ends (low, high) of the 95 % interval of this mean.
    """
    chosen = rows[(rows.holes == holes) & rows.method.isin(rivals)]
    means = chosen.pivot_table(index="method", columns="bin", values=measure)
    best = measure_of(measure).best(means)
    intervals = {bin_: interval(differences(rows, method, rival, measure, holes)[bin_]) for bin_, rival in best.items()}
    table = pd.DataFrame.from_dict(intervals, orient="index", columns=["mean", "low", "high"])
    return table.assign(rival=best).rename_axis("bin")[["rival", "mean", "low", "high"]]


def table(rows: pd.DataFrame, measure: str, holes: Sequence[str] = ("N", "B")) -> pd.DataFrame:
    """Return means in the article's layout, with a row for each method and a column for each (bin, kind of holes)."""
    chosen = rows[rows.holes.isin(holes)]
    means = chosen.pivot_table(index="method", columns=["bin", "holes"], values=measure, sort=False)
    order = [(bin_, kind) for bin_ in sorted(set(chosen.bin)) for kind in holes if (bin_, kind) in means]
    return means[order].rename_axis(index=None)


def explained(values: Any, bins: Any) -> float:
    """Return the share of the variance that the bins explain, from 0 to 1.

    This share, which is called eta squared, is 1 − (variation within the bins) / (total variation).

    values : n numbers
    bins : n labels; every value is compared with the mean of the values that have the same label
    """
    values = pd.Series(np.asarray(values, float))
    own = values.groupby(np.asarray(bins)).transform("mean")
    return 1 - ((values - own) ** 2).sum() / ((values - values.mean()) ** 2).sum()


def matched_difference(n_scores: Any, n_radius: Any, b_scores: Any, b_radius: Any, edges: Any) -> float:
    """Return how much higher the mean score is for holes of kind N than for holes of kind B with equal radius.

    The difference of the means, N − B, is computed in each radius bin that has holes of both kinds. The result is the
    average of these differences, weighted by the number of holes of kind B in the bin. The result is NaN if no radius
    bin has holes of both kinds.

    n_scores, n_radius : the scores and the hole radii for holes of kind N
    b_scores, b_radius : the same for holes of kind B
    edges : edges of the radius bins, each of which is (low, high]
    """
    n, b = (
        pd.Series(np.asarray(score, float)).groupby(pd.cut(np.asarray(radius), edges), observed=True)
        for score, radius in ((n_scores, n_radius), (b_scores, b_radius))
    )
    gap = (n.mean() - b.mean()).dropna()
    return float(np.average(gap, weights=b.size()[gap.index])) if len(gap) else float("nan")


def as_text(table: pd.DataFrame, measure: str) -> str:
    """Return the title of a measure, followed by a table of its means, as text."""
    about = measure_of(measure)
    return f"{about.title}\n{table.to_string(float_format=f'{{:.{about.digits}f}}'.format)}"


def worst(
    rows: pd.DataFrame,
    method: str,
    bins: Iterable[str],
    photos: Collection[str],
    measure: str = "efficientnet_hole",
    holes: str = "N",
) -> list[pd.Series]:
    """Return the rows of a method's worst fills, one for each bin.

    In each bin, the photo with the worst score is chosen among the photos that were not chosen in an earlier bin.

    bins : labels of ratio bins, in the order in which photos are chosen
    photos : names of the photos to choose from
    """
    chosen = rows[(rows.method == method) & (rows.holes == holes) & rows.photo.isin(photos)]
    failures: list[pd.Series] = []
    for bin_ in bins:
        left = chosen[(chosen.bin == bin_) & ~chosen.photo.isin([row.photo for row in failures])]
        failures.append(left.loc[measure_of(measure).worst(left[measure])])
    return failures


def equal_but_unlike(
    rows: pd.DataFrame,
    methods: Collection[str],
    photos: Collection[str],
    within: float = 0.1,
    count: int = 2,
    by: str = "efficientnet_hole",
    holes: str = "N",
) -> pd.DataFrame:
    """Choose pairs of fills of one hole whose PSNR is nearly equal although their features differ.

    A pair consists of the fills of one hole by two of `methods`, on one of `photos`. Only pairs whose PSNR values in
    the hole differ by at most `within` dB are considered. Among these, the `count` pairs with the largest difference in
    the measure `by` are chosen, each on a different photo. Return a DataFrame with the bin, the photo, the better and
    the worse method according to `by`, and the PSNR and the value of `by` for both.
    """
    chosen = rows[(rows.holes == holes) & rows.photo.isin(photos) & rows.method.isin(methods)]
    pairs = chosen.merge(chosen, on=["holes", "bin", "photo"], suffixes=("_better", "_worse"))
    pairs = pairs[abs(pairs.psnr_hole_better - pairs.psnr_hole_worse) <= within]
    pairs = pairs.assign(gain=pairs[f"{by}_worse"] - pairs[f"{by}_better"]).sort_values("gain", ascending=False)
    pairs = pairs.drop_duplicates("photo").head(count)
    names = ["bin", "photo", "method_better", "method_worse", "psnr_hole_better", "psnr_hole_worse"]
    return pairs[[*names, f"{by}_better", f"{by}_worse"]].reset_index(drop=True)
