"""The pictures of lesson 10, and the figure that follows a training run."""

import matplotlib.pyplot as plt
import pytest

from pconv_edu.lessons import live
from pconv_edu.lessons.figures import before_and_after, enlarged_fills, learning_rates, log_curves
from pconv_edu.nn.recipes import RECIPES, laptop


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_before_and_after():
    titles = [ax.get_title() for ax in before_and_after().axes]
    assert titles == ["hole", "before training", "after 12,000 steps", "truth"]
    assert sum(stage.steps for stage in laptop(RECIPES["l1"]).stages) == 12_000


def test_the_best_fill_of_each_row_is_marked():
    shown = enlarged_fills(("mean", "telea")).titles
    assert shown[::4] == ("hole",) * 3
    for row in range(3):
        titles = shown[4 * row + 1 : 4 * row + 3]
        scores = [float(title.split()[1]) for title in titles]
        marked = ["★" in title for title in titles]
        assert marked.count(True) == 1 and scores[marked.index(True)] == max(scores)


def test_the_learning_rates_and_the_log():
    recipe = laptop(RECIPES["l1"])
    assert learning_rates(recipe).axes[0].lines[0].get_ydata()[-1] == recipe.rate(recipe.steps - 1)
    rows = [{"step": step, "valid": 1.0, "hole": 2.0, "held_out_hole": 3.0} for step in (250, 750, 1000)]
    axes = log_curves({"one": rows, "other": rows}, second_stage=900).axes
    assert [len(ax.lines) for ax in axes] == [2, 2, 3]  # the dotted line is one of them
    assert axes[0].lines[0].get_xdata().tolist() == [750, 1000]


def test_live_training_draws_all_points_on_a_fixed_axis(monkeypatch):
    class Handle:
        def update(self, figure):
            self.figure = figure

    handle = Handle()
    monkeypatch.setattr(live, "display", lambda figure, display_id: handle)
    training = live.LiveTraining(100, "title", top=0.4)
    for step in (0, 100):
        training.show(step, {"held out": 0.3})
    curves = handle.figure.axes[0]
    low, high = curves.get_xlim()
    assert low < 0 and high > 100 and curves.get_ylim() == (0, 0.4)
    assert curves.lines[0].get_xdata().tolist() == [0, 100]
    assert live.LiveTraining(100, start=60).curves.get_xlim() == pytest.approx((58.8, 101.2))
