"""Intervals as statistics has them, paired comparisons, tables in the article's layout."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import bootstrap

from pconv_edu.experiments.evaluate import report, scores
from pconv_edu.experiments.evaluate.seed_noise import noise_floor

PHOTOS, BINS = ["a", "b", "c", "d"], ["0.1–0.2", "0.2–0.3"]


def rows(means, holes="N", measure="psnr_hole"):
    """Rows of methods {name: (mean in the first bin, in the second)}: photo k has k more."""
    return pd.DataFrame(
        {"method": name, "holes": holes, "bin": bin_, "photo": photo, measure: mean + number}
        for name, values in means.items()
        for bin_, mean in zip(BINS, values, strict=True)
        for number, photo in enumerate(PHOTOS)
    )


def test_an_interval_is_the_percentile_bootstrap():
    values = np.random.default_rng(0).gamma(2, 3, 30)
    mean, low, high = scores.interval(values)
    wanted = bootstrap((values,), np.mean, n_resamples=20_000, method="percentile", rng=1).confidence_interval
    assert mean == values.mean() and (low, high) == pytest.approx((wanted.low, wanted.high), abs=0.1)
    assert scores.interval(values) == (mean, low, high) and scores.interval(values, seed=1) != (mean, low, high)
    assert scores.interval([2.0, 2.0]) == (2, 2, 2)


def test_about_95_of_100_intervals_hold_the_truth():
    rng = np.random.default_rng(0)
    found = [scores.interval(rng.normal(size=30)) for _ in range(200)]
    share = np.mean([low <= 0 <= high for _, low, high in found])
    assert 0.88 <= share <= 0.98  # the percentile bootstrap of 30 values falls a little short: 0.93 or so


def test_differences_are_paired():
    """Photos differ by far more than the methods do; photo by photo the difference is the same everywhere."""
    found = scores.differences(rows({"a": (10, 20), "b": (9, 22)}), "a", "b", "psnr_hole")
    assert found[BINS[0]].tolist() == [1] * 4 and found[BINS[1]].tolist() == [-2] * 4


def test_a_method_meets_the_best_of_its_rivals_in_each_bin():
    data = rows({"a": (1, 6), "b": (3, 4), "net": (7, 5)})
    found = scores.compare(data, "net", ("a", "b"))
    assert found.rival.tolist() == ["b", "a"] and found["mean"].tolist() == [4, -1]
    assert found.low.tolist() == [4, -1] == found.high.tolist()
    smaller = scores.compare(data.rename(columns={"psnr_hole": "l1_hole"}), "net", ("a", "b"), "l1_hole")
    assert smaller.rival.tolist() == ["a", "b"]
    text = report.comparison(data, "net", ("a", "b"))
    assert "net − the best of a, b (N)" in text and "0.1–0.2  +4.00  [+4.00, +4.00]  b" in text


def test_the_table_has_the_articles_layout():
    data = pd.concat([rows({"a": (1, 2), "b": (3, 4)}, "N"), rows({"a": (5, 6), "b": (7, 8)}, "B")])
    found = scores.table(data, "psnr_hole")
    assert found.columns.tolist() == [(BINS[0], "N"), (BINS[0], "B"), (BINS[1], "N"), (BINS[1], "B")]
    assert found.loc["a"].tolist() == [2.5, 6.5, 3.5, 7.5]  # the photos add 1.5 on average
    only = scores.table(data[data.holes == "N"], "psnr_hole")
    assert only.columns.tolist() == [(BINS[0], "N"), (BINS[1], "N")]
    text = scores.as_text(found, "psnr_hole")
    assert text.startswith("PSNR, dB, hole alone\n") and "6.50" in text


def test_failures_follow_the_rule():
    data = rows({"net": (1, 2)}, measure="efficientnet_hole")  # the photos a, b, c, d get worse in this order
    found = scores.worst(data, "net", BINS, ["a", "b", "c", "d"])
    assert [(row.bin, row.photo) for row in found] == [(BINS[0], "d"), (BINS[1], "c")]
    assert [row.photo for row in scores.worst(data, "net", BINS, ["a", "b"])] == ["b", "a"]
    better = scores.worst(data.rename(columns={"efficientnet_hole": "psnr_hole"}), "net", BINS, PHOTOS, "psnr_hole")
    assert [row.photo for row in better] == ["a", "b"]


def test_equal_scores_of_unlike_fills():
    data = rows({"a": (10, 20), "b": (10.05, 20.3), "c": (15, 16)}).assign(efficientnet_hole=0.0)
    far = (data.method == "a") & (data.bin == BINS[0])
    data.loc[far, "efficientnet_hole"] = [1.0, 3.0, 2.0, 0.5]  # on the photos a, b, c, d
    data.loc[(data.method == "a") & (data.bin == BINS[1]), "efficientnet_hole"] = 9.0  # not within 0.1 dB of any
    found = scores.equal_but_unlike(data, ["a", "b", "c"], PHOTOS, count=3)
    assert found.photo.tolist() == ["b", "c", "a"] and set(found.bin) == {BINS[0]}
    assert set(found.method_better) == {"b"} and set(found.method_worse) == {"a"}


def test_the_share_that_bins_explain():
    assert scores.explained([1, 1, 5, 5], ["a", "a", "b", "b"]) == 1
    assert scores.explained([1, 5, 1, 5], ["a", "a", "b", "b"]) == 0
    assert scores.explained([0, 2, 4, 6], [1, 1, 2, 2]) == pytest.approx(1 - 4 / 20)  # within 4, total 20


def test_n_minus_b_at_equal_radius():
    """N is 1 better at every radius, and deeper: as a whole it is worse."""
    n_radius, b_radius = np.array([4, 16, 16, 16]), np.array([4, 4, 4, 16, 64])
    n, b = 31.0 - n_radius, 30.0 - b_radius
    assert n.mean() - b[:4].mean() == pytest.approx(-5)
    assert scores.matched_difference(n, n_radius, b, b_radius, [0, 4, 8, 16]) == 1  # 64 px lies outside
    assert scores.matched_difference(n, n_radius, b, b_radius, [0, 3, 8, 16, 64]) == 1
    weighted = scores.matched_difference([5, 9], [4, 16], [4, 4, 4, 4], [4, 4, 4, 16], [0, 4, 16])
    assert weighted == (3 * 1 + 1 * 5) / 4
    assert np.isnan(scores.matched_difference([1], [4], [1], [16], [0, 4, 16]))


def test_the_noise_floor_is_the_largest_mean_difference_of_two_seeds():
    """In the first bin the seeds differ by 0.5 in one direction, in the second by 0.25 in the other."""
    data = pd.concat([rows({"l1": (10, 20), "l1-seed2": (9.5, 20.25), "mean": (1, 2)}), rows({"mean": (0, 0)}, "B")])
    assert noise_floor(data) == 0.5
    assert noise_floor(data, pair=("mean", "l1")) == 18
    swing = data.photo.map({"a": -8.0, "b": 8.0, "c": -8.0, "d": 8.0}) * (data.method == "l1")
    assert noise_floor(data.assign(psnr_hole=data.psnr_hole + swing)) == 0.5  # of the means, not of a photo


def test_the_noise_floors_that_the_lessons_print():
    stored = scores.load(methods=["l1", "l1-seed2"])
    found = {name: f"{noise_floor(stored, name):.4f}" for name in ("psnr_hole", "ssim_hole", "texture_hole")}
    assert found == {"psnr_hole": "0.0781", "ssim_hole": "0.0027", "texture_hole": "0.0112"}
