"""The pictures of lesson 13 show the numbers that they were given."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from pconv_edu.core import load_photo
from pconv_edu.lessons.figures import beyond_lesson


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_each_mask_has_a_line_with_its_scores():
    shares = {"hole": 0.1, "found": 0.4, "damaged": 18.44}
    rows = [{"photo": p, "mask": m, "telea": 20.04, "l1": 19.96, **shares} for p in "ab" for m in ("top-hat", "true")]
    fig = beyond_lesson.mask_gains(pd.DataFrame(rows))
    assert [ax.get_title().split("\n") for ax in fig.axes] == [[p, "not filled (dotted): 18.4 dB"] for p in "ab"]
    assert [label.get_text() for label in fig.axes[0].get_yticklabels()] == [
        "true\nhole 10%, found 40%",
        "top-hat\nhole 10%, found 40%",
    ]
    assert sorted(texts(fig.axes[0])) == ["20.0"] * 4


def test_margins_that_are_no_multiple_stand_alone():
    (ax,) = beyond_lesson.margin_plot({0: 0.34704, 64: 0.0018, 100: 0.156, 128: 0.0}).axes
    aligned, other = ax.get_lines()
    assert list(aligned.get_xdata()) == [0, 64, 128] and list(other.get_xdata()) == [100]
    assert texts(ax) == ["0.35", "0.0018", "0.16", "0"]
    assert aligned.get_ydata()[-1] > 0  # a logarithm of 0 could not be drawn


def test_each_method_that_enlarges_shows_both_means():
    scores = {("l1", "×2"): 13.0, ("l1", "×4"): 18.0, ("mean", "×2"): 12.0, ("mean", "×4"): 11.0}
    rows = [(name, bin_, value + d) for (name, bin_), value in scores.items() for d in (-1, 1)]
    table = pd.DataFrame(rows, columns=["method", "bin", "psnr_hole"]).assign(efficientnet_hole=0.5)
    left, right = beyond_lesson.enlarged_scores(table, ["l1", "mean"]).axes
    assert [label.get_text() for label in left.get_yticklabels()] == ["mean", "l1"]
    assert [text.strip() for text in texts(left)] == ["11.0", "12.0", "13.0", "18.0"]
    assert {text.strip() for text in texts(right)} == {"0.50"}


def test_differences_between_paddings_are_relative_to_zeros():
    errors = {"zeros": [1.0, 3.0], "reflect": [2.0, 4.0], "replicate": [1.0, 3.0], "partial": [0.0, 3.0]}
    tables = {padding: pd.DataFrame({"1 px": values}) for padding, values in errors.items()}
    (ax,) = beyond_lesson.padding_differences(tables, 2.0).axes
    assert texts(ax) == ["+50", "+0", "−25"]
    low, high = ax.collections[-1].get_segments()[0][:, 1]
    assert (low, high) == pytest.approx((-75, 25))  # 2 standard errors of −50 and 0, which are 25 each


def test_seams_are_drawn_without_and_with_blending():
    ends = ("mean", "low", "high")
    lines = {
        "mean": {("seam_fill", e): 9 + n for n, e in enumerate(ends)},
        "l1": {("seam_fill", e): -1 + n for n, e in enumerate(ends)},
    }
    for line in lines.values():
        line |= {("seam_blended", e): -2.0 for e in ends}
        line |= {("psnr_change", e): value for e, value in zip(ends, (-0.5, -1, 0.2), strict=True)}
    left, right = beyond_lesson.seam_changes(pd.DataFrame.from_dict(lines, orient="index")).axes
    assert [label.get_text() for label in left.get_yticklabels()] == ["l1", "mean"]  # from the bottom
    dots = [line for line in left.get_lines() if line.get_marker() == "o"]
    assert [float(dot.get_xdata()[0]) for dot in dots] == [-1, -2, 9, -2]
    assert [dot.get_markerfacecolor() == "white" for dot in dots] == [False, True, False, True]
    assert texts(left) == ["−1.00 [+0.00, +1.00]", "+9.00 [+10.00, +11.00]"]
    assert texts(right) == ["−0.50 [−1.00, +0.20]"] * 2


def test_a_zoomed_seam_is_shown_before_and_after():
    fig = beyond_lesson.zoomed_seams([("gc-animal-koala", "mean", 100, 90)], side=40)
    axes = [ax for ax in fig.axes if ax.images]
    titles = [ax.get_title() for ax in axes]
    assert titles[::3] == ["hole", "truth"] and titles[1].startswith("mean: ") and titles[2].startswith("blended: ")
    assert np.allclose(axes[3].images[0].get_array(), load_photo("gc-animal-koala", 256)[100:140, 90:130])
    assert not np.array_equal(axes[1].images[0].get_array(), axes[2].images[0].get_array())


def test_the_closing_picture_ends_with_the_truth():
    mask = np.ones((64, 64), bool)
    mask[20:30, 20:30] = False
    fig = beyond_lesson.course_in_pictures("gc-farm-dog", mask, {"mean": " (01)", "telea": " (01)"})
    titles = [ax.get_title() for ax in fig.axes if ax.get_title()]
    assert titles[0] == "the hole" and titles[-1] == "truth" and titles[1].startswith("mean (01): ")
    assert np.allclose(fig.axes[3].images[0].get_array(), load_photo("gc-farm-dog", 64))


def test_the_opening_shows_the_repair():
    fig = beyond_lesson.scratches_repaired()
    assert [ax.get_title() for ax in fig.axes] == ["a scratched photo", "repaired by a program"]
