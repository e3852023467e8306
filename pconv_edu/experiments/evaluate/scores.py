"""Means, intervals and comparisons of the rows that `hole_ratio` keeps: one row for a method on a photo with a hole.

Every interval is a bootstrap over photos (Efron 1979): photos are drawn anew, with repetition, as many as there are;
the mean is computed; the middle 95 % of ten thousand such means are the interval. Comparisons are paired: the
difference is taken photo by photo first.
"""

from pathlib import Path

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
TWO_SEEDS = ("l1-seed2", "l1")  # two trainings by one recipe; only the seed differs
READ = {  # how pandas reads rows: a photo may be called NA, 1e5, or bytes that are no text
    "dtype": dict.fromkeys((*KEYS, "hash"), str),
    "na_values": {name: ["", "nan"] for name in COLUMNS},
    "keep_default_na": False,
    "encoding_errors": "surrogateescape",
}


def load(folder=STORED, methods=None):
    """Return the rows of a folder as a DataFrame: methods in the order of `inpaint.METHODS`, then others.

    methods : names; all that the folder has by default. Raises ValueError for one without rows.
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


def interval(values, seed=0):
    """Return the mean of some numbers and its 95 % interval by bootstrap: (mean, low, high).

    values : a number per photo
    seed : of the draws
    """
    values = np.asarray(values, float)
    draws = np.random.default_rng(seed).integers(len(values), size=(RESAMPLES, len(values)))
    with np.errstate(invalid="ignore"):  # infinite PSNR
        low, high = np.quantile(values[draws].mean(1), [0.025, 0.975])
    return values.mean(), low, high


def differences(rows, method, rival, measure, holes="N"):
    """Return method − rival on every photo in every bin: a DataFrame, a row a photo, a column a bin.

    rows : what `load` returns
    measure : a column of `measures.COLUMNS`
    holes : the kind of holes
    """
    chosen = rows[rows.holes == holes]
    pair = [
        chosen[chosen.method == name].pivot(index="photo", columns="bin", values=measure) for name in (method, rival)
    ]
    return pair[0] - pair[1]


def noise_floor(rows, measure="psnr_hole", holes="N", pair=TWO_SEEDS):
    """Return the noise floor: the largest mean difference in any ratio bin between two trainings by one recipe.

    A smaller difference between two networks can be chance. The floor comes from one pair of trainings only.

    rows : what `load` returns, with both methods of the pair
    """
    return float(differences(rows, *pair, measure, holes).mean().abs().max())


def compare(rows, method, rivals=CLASSICAL, measure="psnr_hole", holes="N"):
    """Compare a method with the best of its rivals in each bin: a DataFrame of rival, mean, low and high by bin.

    mean, low and high : of the paired difference, with its 95 % interval
    """
    chosen = rows[(rows.holes == holes) & rows.method.isin(rivals)]
    means = chosen.pivot_table(index="method", columns="bin", values=measure)
    best = measure_of(measure).best(means)
    found = {bin_: interval(differences(rows, method, rival, measure, holes)[bin_]) for bin_, rival in best.items()}
    table = pd.DataFrame.from_dict(found, orient="index", columns=["mean", "low", "high"])
    return table.assign(rival=best).rename_axis("bin")[["rival", "mean", "low", "high"]]


def table(rows, measure, holes=("N", "B")):
    """Return the means in the article's layout: a row a method, columns (bin, N or B)."""
    chosen = rows[rows.holes.isin(holes)]
    means = chosen.pivot_table(index="method", columns=["bin", "holes"], values=measure, sort=False)
    order = [(bin_, kind) for bin_ in sorted(set(chosen.bin)) for kind in holes if (bin_, kind) in means]
    return means[order].rename_axis(index=None)


def explained(values, bins):
    """Return the share of the variance that bins explain, from 0 to 1 (eta squared): 1 − within / total.

    values : n numbers
    bins : n labels; every value is compared with the mean of those of its own label
    """
    values = pd.Series(np.asarray(values, float))
    own = values.groupby(np.asarray(bins)).transform("mean")
    return 1 - ((values - own) ** 2).sum() / ((values - values.mean()) ** 2).sum()


def matched_difference(n_scores, n_radius, b_scores, b_radius, edges):
    """Return the mean score of holes N minus that of holes B, at equal radius; NaN if no radius bin has both.

    edges : of the radius bins, each (low, high]; bins that hold both kinds are averaged, each weighted by its holes B
    """
    n, b = (
        pd.Series(np.asarray(score, float)).groupby(pd.cut(np.asarray(radius), edges), observed=True)
        for score, radius in ((n_scores, n_radius), (b_scores, b_radius))
    )
    gap = (n.mean() - b.mean()).dropna()
    return float(np.average(gap, weights=b.size()[gap.index])) if len(gap) else float("nan")


def as_text(table, measure):
    """A table of means as lines of text under its title."""
    about = measure_of(measure)
    return f"{about.title}\n{table.to_string(float_format=f'{{:.{about.digits}f}}'.format)}"


def worst(rows, method, bins, photos, measure="efficientnet_hole", holes="N"):
    """Return the failures of a method by a rule: in each bin the photo with the worst score, no photo twice.

    bins : ratio bins, as text; they are taken in this order
    photos : names to choose from
    Returns a list of rows.
    """
    chosen = rows[(rows.method == method) & (rows.holes == holes) & rows.photo.isin(photos)]
    found = []
    for bin_ in bins:
        left = chosen[(chosen.bin == bin_) & ~chosen.photo.isin([row.photo for row in found])]
        found.append(left.loc[measure_of(measure).worst(left[measure])])
    return found


def equal_but_unlike(rows, methods, photos, within=0.1, count=2, by="efficientnet_hole", holes="N"):
    """Return pairs of fills of one hole that PSNR cannot tell apart, and features can, by a rule.

    Of all pairs of `methods` on one of `photos` whose PSNR in the hole differs by at most `within` dB, the `count` with
    the largest difference in `by`, each of another photo: a DataFrame with bin, photo, better, worse (methods), their
    PSNR, and the distances.
    """
    chosen = rows[(rows.holes == holes) & rows.photo.isin(photos) & rows.method.isin(methods)]
    pairs = chosen.merge(chosen, on=["holes", "bin", "photo"], suffixes=("_better", "_worse"))
    pairs = pairs[abs(pairs.psnr_hole_better - pairs.psnr_hole_worse) <= within]
    pairs = pairs.assign(gain=pairs[f"{by}_worse"] - pairs[f"{by}_better"]).sort_values("gain", ascending=False)
    pairs = pairs.drop_duplicates("photo").head(count)
    names = ["bin", "photo", "method_better", "method_worse", "psnr_hole_better", "psnr_hole_worse"]
    return pairs[[*names, f"{by}_better", f"{by}_worse"]].reset_index(drop=True)
