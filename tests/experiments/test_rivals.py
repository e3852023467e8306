"""Pairs of a rectangle and an irregular hole are equally large and deep, and the stored rows are those of today."""

import itertools
import json

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from pconv_edu.core import hole_radius, hole_ratio, load_photo, photo_names
from pconv_edu.experiments import evaluate, rivals


@pytest.fixture(scope="module")
def cases():
    """The pairs of every third photo: finding all of them takes half a minute."""
    photos = list(enumerate(photo_names("test")))[::3]
    return [
        evaluate.Case(kind, evaluate.label(bin_), name, load_photo(name, evaluate.SIZE), mask)
        for bin_ in rivals.BINS
        for number, name in photos
        for kind, mask in zip(rivals.KINDS, rivals.pair(number, bin_), strict=True)
    ]


def test_pairs_are_equally_large_and_deep(cases):
    assert len(cases) == 2 * 3 * 10
    for rectangle, irregular in zip(cases[::2], cases[1::2], strict=True):
        assert (rectangle.holes, irregular.holes) == rivals.KINDS and rectangle[1:3] == irregular[1:3]
        rows, columns = np.where(~rectangle.mask)
        assert not rectangle.mask[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1].any()
        ratios = hole_ratio(rectangle.mask), hole_ratio(irregular.mask)
        assert ratios[1] == pytest.approx(ratios[0], rel=0.01)
        assert abs(hole_radius(rectangle.mask) - hole_radius(irregular.mask)) <= 1
    radii = [hole_radius(case.mask) for case in cases]
    assert abs(np.mean(radii[::2]) - np.mean(radii[1::2])) < 0.3


def test_pairs_are_the_same_in_every_call(cases):
    photo = {cases[0].photo: cases[0].image}
    again = rivals.pair_cases(photo)
    assert np.array_equal(again[0].mask, cases[0].mask) and np.array_equal(again[1].mask, cases[1].mask)


def rows_by_hand():
    """Two photos and two bins. The method a loses 1 and 2 dB, b loses nothing."""
    rows = []
    for number, photo in enumerate("pq"):
        for bin_ in ("x", "y"):
            for kind, loss in (("rectangles", 0), ("irregular", number + 1)):
                rows += [(kind, bin_, photo, "a", 20 - loss), (kind, bin_, photo, "b", 10)]
    return pd.DataFrame(rows, columns=["holes", "bin", "photo", "method", "psnr_hole"])


def test_losses_by_hand():
    changes = rivals.losses(rows_by_hand(), "psnr_hole")
    assert changes.loc["a"].tolist() == [-1, -2] and changes.loc["b"].tolist() == [0, 0]
    table = rivals.table(rows_by_hand(), "psnr_hole", ["b", "a"])
    assert table.index.tolist() == ["b", "a"]
    assert table.loc["a"].round(3).tolist() == [20, 18.5, -1.5, -2, -1]


def test_the_plot_of_changes_shows_the_numbers_of_the_table():
    rows = rows_by_hand()
    left, right = rivals.show_changes(rows).axes
    assert [label.get_text() for label in left.get_yticklabels()] == ["b", "a"]  # b loses less
    assert [text.get_text() for text in right.texts] == ["+0.00 [+0.00, +0.00]", "−1.50 [−2.00, −1.00]"]
    means = [line.get_xdata() for line in left.lines[3:]]
    assert means[0].tolist() == [20, 18.5] and [float(mean[0]) for mean in means[1:]] == [20, 18.5]
    assert [text.get_text() for text in rivals.show_changes(rows, methods=["a"]).axes[1].texts] == [
        "−1.50 [−2.00, −1.00]"
    ]
    tiny = rows.assign(psnr_hole=rows.psnr_hole - 0.004 * rows.holes.eq("irregular"))
    assert rivals.show_changes(tiny, methods=["b"]).axes[1].texts[0].get_text() == "−0.004 [−0.004, −0.004]"
    # For a distance, less is better: the method that grows most is at the bottom.
    distances = rows.assign(vgg_hole=-rows.psnr_hole)
    assert [label.get_text() for label in rivals.show_changes(distances, "vgg_hole").axes[0].get_yticklabels()] == [
        "b",
        "a",
    ]
    plt.close("all")
    with pytest.raises(ValueError, match="no measure is called 'sharpness'"):
        rivals.show_changes(rows, "sharpness")


def test_stored_rows_are_whole(cases):
    marks = json.loads((rivals.STORED / "methods.json").read_text(encoding="utf-8"))
    assert set(marks) == set(rivals.MEASURED)
    assert all(mark == evaluate.fingerprint(name) for name, mark in marks.items())
    hashes = {case[:3]: evaluate.describe(case)["hash"] for case in cases}
    for name, part in rivals.load().groupby("method"):
        keys = list(part[list(evaluate.KEYS)].itertuples(index=False, name=None))
        bins = [evaluate.label(bin_) for bin_ in rivals.BINS]
        assert sorted(keys) == sorted(itertools.product(rivals.KINDS, bins, photo_names("test"))), name
        stored = dict(zip(keys, part.hash, strict=True))
        assert {key: stored[key] for key in hashes} == hashes, name
