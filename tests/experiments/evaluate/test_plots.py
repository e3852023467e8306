"""The plots and coloured tables show the numbers that they are given, and say what is not a difference."""

import itertools

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.colors import same_color

from pconv_edu.experiments.evaluate import plots, scores

BINS = ["0.1–0.2", "0.2–0.3"]


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def rows(means):
    """Return rows of methods {name: (mean in the first bin, in the second)}, where photo k has k more."""
    return pd.DataFrame(
        {"method": name, "holes": "N", "bin": bin_, "photo": str(photo), "radius": radius, "psnr_hole": mean + photo}
        for name, values in means.items()
        for bin_, radius, mean in zip(BINS, (12, 40), values, strict=True)
        for photo in range(6)
    )


def texts(ax):
    return {text.get_text().strip(): text for text in ax.texts}


def fills(ax):
    """Return the colours that the dots are filled with."""
    return [line.get_markerfacecolor() for line in ax.get_lines() if len(line.get_xdata()) == 1]


def test_networks_with_a_critic_are_called_young():
    assert plots.label("glcic") == "glcic (young)" and plots.label("attention") == "attention (young)"
    assert plots.label("l1") == "l1" and plots.label("my run") == "my run"


def test_only_highlighted_lines_have_a_colour_and_all_have_names():
    """The names at the ends of the lines do not overlap, although all methods have nearly the same score."""
    data = rows({"mean": (1, 2), "telea": (1, 2.01), "l1": (1, 2.02), "my run": (1, 2.03)})
    ax = plots.ratio_curves(data, highlight=["l1"])
    found = texts(ax)
    assert set(found) == {"mean", "telea", "l1", "my run"}
    assert same_color(found["l1"].get_color(), plots.COLORS["l1"])
    colors = [line.get_color() for line in ax.get_lines()]
    assert sum(same_color(color, plots.GREY) for color in colors) == 3
    ax.figure.canvas.draw()
    boxes = sorted((text.get_window_extent() for text in found.values()), key=lambda box: box.y0)
    assert all(lower.y1 <= upper.y0 + 2 for lower, upper in itertools.pairwise(boxes))


def test_a_dot_is_hollow_if_its_interval_is_not_beyond_the_noise_floor():
    data = rows({"l1": (10, 20), "telea": (9, 19.9)})
    table = scores.compare(data, "l1", ["telea"])  # a difference of 1 and one of 0.1, without any spread
    color = plots.COLORS["telea"]
    assert fills(plots.difference_plot({"telea": table})) == [color, color]
    assert fills(plots.difference_plot({"telea": table}, floor=0.2)) == [color, "white"]
    assert fills(plots.difference_plot({"telea": -table.drop(columns="rival")}, floor=0.2)) == [color, "white"]
    across = table.assign(low=-1.0)
    ax = plots.difference_plot({"telea": across, "my run": table}, "dB", 0.2)
    assert fills(ax)[:2] == ["white", "white"] and ax.get_ylabel() == "dB"
    assert ax.get_legend_handles_labels()[1] == ["noise floor", "telea", "my run"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == BINS


@pytest.mark.parametrize("measure, best", [("psnr_hole", "7.00"), ("l1_hole", "1.00")])
def test_a_heat_table_shows_every_number_and_the_best_of_each_column(measure, best):
    means = pd.DataFrame([[1, 2], [7, 2]], ["glcic", "l1"], pd.MultiIndex.from_product([BINS[:1], ["N", "B"]]))
    ax = plots.heat_table(means.astype(float), measure)
    numbers = [text for text in ax.texts if "–" not in text.get_text()]
    assert [text.get_text() for text in numbers] == ["1.00", "2.00", "7.00", "2.00"]
    bold = [text.get_text() for text in numbers if text.get_weight() == "bold"]
    assert sorted(bold) == sorted([best, "2.00", "2.00"])
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["glcic (young)", "l1"]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["N", "B"] and BINS[0] in texts(ax)
    plain = plots.heat_table(means.set_axis(BINS, axis=1).astype(float), measure)
    assert [tick.get_text() for tick in plain.get_xticklabels()] == BINS


def test_the_map_of_winners_shows_the_table_of_winners():
    data = rows({"telea": (1, 5), "l1": (3, 4)})
    table = plots.winners(data)
    assert table.loc[BINS[0], "9–16 px"] == "l1 (6)" and table.loc[BINS[1], "33–64 px"] == "telea (6)"
    ax = plots.winner_map(data)
    assert set(texts(ax)) == {"l1\n6 holes", "telea\n6 holes"}
    colors = {patch.get_facecolor() for patch in ax.patches}
    assert len(colors) == 2 and any(same_color(color, plots.COLORS["l1"]) for color in colors)


def test_a_grid_of_differences_has_a_plot_for_each_measure():
    data = rows({"l1": (10, 20), "telea": (9, 19)}).assign(vgg_hole=1.0, l1_hole=2.0)
    fig = plots.difference_grid(data, [("l1", "telea"), ("l1", "l1")], ["psnr_hole", "vgg_hole", "l1_hole"])
    titles = [ax.get_title() for ax in fig.axes]
    assert titles == ["PSNR, dB: more is better", "VGG's features: less is better", "L1, %: less is better"]
    assert len(fills(fig.axes[0])) == 4 and fills(fig.axes[1]) == ["white"] * 4
    assert [text.get_text() for text in fig.legends[0].get_texts()] == ["l1 − telea", "l1 − l1"]
    assert [tick.get_text() for tick in fig.axes[0].get_xticklabels()] == ["0.1–0.2", "0.2–0.3"]
