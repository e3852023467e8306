"""The pictures of lesson 11 show the stored scores, and the holes and fills that they name."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pconv_edu.core import load_photo
from pconv_edu.experiments import evaluate
from pconv_edu.experiments.evaluate import scores
from pconv_edu.lessons.figures import ratio_lesson


@pytest.fixture(scope="module")
def rows():
    return scores.load(methods=["mean", "navier-stokes"])


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def titles(fig):
    return [ax.get_title() for ax in fig.axes]


def test_the_holes_that_the_lesson_compares():
    assert titles(ratio_lesson.two_holes()) == ["56% is missing", "6% is missing"]
    filled = ratio_lesson.two_holes_filled(["mean"]).titles
    assert filled[::3] == ("hole", "hole") and filled[2::3] == ("truth", "truth")
    assert all(title.startswith("mean: ") for title in filled[1::3])
    assert titles(ratio_lesson.lattices())[::4] == [
        "ratio 0.06, radius 2",
        "ratio 0.25, radius 8",
        "ratio 0.56, radius 32",
    ]


def test_plots_show_the_stored_means(rows):
    ax = ratio_lesson.lattice_scores(rows, ["mean"]).axes[0]
    numbers = [text.get_text() for text in ax.texts]
    part = rows[(rows.method == "mean") & (rows.holes == "squares") & rows.radius.isin([2, 8, 32])]
    means = part.pivot_table(index="ratio", columns="radius", values="psnr_hole")
    assert numbers == [f"{value:.2f}" for value in means.to_numpy().flat]
    fig = ratio_lesson.radius_and_score(rows[rows.method == "mean"])
    lines = {line.get_label(): line.get_ydata() for line in fig.axes[1].get_lines()}
    wanted = scores.table(rows, "psnr_hole").loc["mean"].unstack()
    assert np.allclose(lines["holes N"], wanted["N"]) and np.allclose(lines["holes B"], wanted["B"])


def test_each_photo_has_its_pair_of_scores():
    first, second = np.array([5.0, 3.0, 9.0]), np.array([4.0, 2.0, 1.0])
    fig = ratio_lesson.pairs_by_photo({"l1": first, "mean": second}, "photo")
    drawn = {line.get_label(): [*line.get_ydata()] for line in fig.axes[0].get_lines()}
    assert drawn == {"l1": [9, 3, 5], "mean": [1, 2, 4]}


def test_shares_and_sketch(rows):
    fig = ratio_lesson.explained_shares(rows, ["navier-stokes"])
    heights = [[bar.get_height() for bar in ax.patches] for ax in fig.axes]
    assert heights[0][0] == pytest.approx(0.46, abs=0.01) and heights[1] == pytest.approx([0, 0.84], abs=0.01)
    sketch = ratio_lesson.curve_sketch(rows, ["navier-stokes"], ["mean"])
    assert sketch.names == ["navier-stokes"] and sketch.known[0][0] == "mean" and len(sketch.labels) == 6


def test_the_fills_of_a_case_have_their_stored_scores(rows):
    photo = "gc-mon-colosseum"
    case = next(evaluate.table_cases({photo: load_photo(photo, 256)}))
    shown = ratio_lesson.case_fills(rows, case, ["navier-stokes", "mean"], side=96)
    row = rows[(rows.method == "mean") & (rows.photo == photo) & (rows.bin == case.bin) & (rows.holes == case.holes)]
    fill = f"mean\n{row.psnr_hole.item():.1f} dB, EfficientNet {row.efficientnet_hole.item():.1f}"
    assert shown.titles[::2] == ("hole", fill) and shown.titles[1].startswith("navier-stokes\n")
