"""The pictures of lesson 12 show the stored scores, and a dot is filled only if its interval is beyond the floor."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pconv_edu.core import load_photo, psnr
from pconv_edu.experiments import ablations, evaluate
from pconv_edu.lessons.figures import ablation_lesson


@pytest.fixture(scope="module")
def rows():
    return ablations.load()


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def numbers(ax):
    return [float(text.get_text().replace("−", "-")) for text in ax.texts]


def test_a_dot_is_filled_only_beyond_the_floor():
    ax = plt.subplots()[1]
    ablation_lesson.intervals(ax, np.array([[3, 2, 4], [2, 0.5, 4], [-3, -4, -2]]), floor=1.0, form="{:+.0f}")
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert [dot.get_markerfacecolor() != "white" for dot in dots] == [True, False, True]
    assert numbers(ax) == [3, 2, -3]


def test_mean_differences_are_those_of_the_summary(rows):
    pairs = [("course", "l1"), ("no-style", "course")]
    fig = ablation_lesson.mean_differences(rows, pairs, list(ablations.MEASURES))
    table = ablations.summary(rows, pairs)
    for ax, title in zip(fig.axes, table.columns, strict=False):
        assert ax.get_title().startswith(title)
        stored = [float(cell.split("\u00a0")[0].replace("−", "-")) for cell in table[title]]
        assert numbers(ax) == pytest.approx(stored, abs=1e-9)


def test_the_strength_of_the_grid_of_course_is_no_different_from_itself():
    strengths, gaps = map(numbers, ablation_lesson.grid_strengths().axes)
    assert gaps[2] == 0 and np.allclose(np.subtract(strengths, strengths[2]), gaps, atol=0.011)


def test_each_plot_has_its_panels(rows):
    assert len(ablation_lesson.grid_places().axes) == 2
    assert [ax.get_title() for ax in ablation_lesson.shape_scores(rows).axes[:2]] == [
        "irregular holes (N)",
        "rectangles",
    ]
    ax = ablation_lesson.one_change(rows).axes[1]
    assert len(numbers(ax)) == len(ablations.ONE_CHANGE)
    dots = [line.get_markerfacecolor() for line in ax.lines if line.get_marker() == "o"]
    level = [hole for hole, color in zip(ablations.ONE_CHANGE, dots, strict=True) if color == "white"]
    assert "a bar of 16 px" in level and "turned by 5°" not in level  # beyond 0, but not beyond the noise floor
    assert len(ablation_lesson.freezing().axes) == 3


def test_fills_have_the_titles_of_their_methods():
    photo = load_photo("gc-mon-colosseum", 64)
    mask = np.ones((64, 64), bool)
    mask[20:30, 20:30] = False
    case = evaluate.Case("N", "0.01–0.1", "gc-mon-colosseum", photo, mask)
    shown = ablation_lesson.fills([case, case], {"mean": "A"}, side=32)
    score = psnr(evaluate.fill(case, "mean"), photo, mask)
    assert shown.titles == ("hole", f"A: {score:.1f} dB ★", "truth") * 2
