"""Figures: those that ship are built by today's code, each has a caption, and what is drawn is what was computed."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from PIL import Image

from pconv_edu.__main__ import main
from pconv_edu.core import photo_names, shrink_mask
from pconv_edu.lessons.drawing import HOLE, REACHED, closing_layer, number_text, show_images, show_numbers, with_hole
from pconv_edu.lessons.figures import (
    FIGURES,
    PHOTOGRAPHIC,
    build,
    caption,
    closing_layers,
    damaged_photos,
    deepest_place,
    example_hole,
    feature_maps,
    figure,
    file_name,
    gram_matrices,
    mean_blur,
    outlined_holes,
    registry,
    terms_by_fill,
    weighted_terms,
    weights_by_layer,
)
from pconv_edu.lessons.figures.builder import readme
from pconv_edu.lessons.figures.comparison import comparison_cases
from pconv_edu.lessons.figures.rivals import critic_start, show_reach, show_training
from pconv_edu.lessons.figures.unet import layer_masks
from pconv_edu.nn import PConvUNet

FOLDER = Path(registry.__file__).parent
STORED = Path(__file__).parents[2] / "figures"
ORDER = ["cleanup", "example_masks", "leaking_color", "worked_example", "shrinking", "unet_masks", "score_table"]
ORDER += [
    "falling_scores",
    "failures",
    "ablations",
    "training_holes",
    "failure_kinds",
    "super_resolution",
    "comparison",
    "parts",
    "gates",
]


def test_the_figures_that_ship_are_those_of_the_code(tmp_path):
    """Processors differ in the last digit of a fill; a few pixels of a figure may then differ by some grey levels."""
    paths = build(tmp_path)
    assert {path.name for path in paths} == {file_name(name) for name in FIGURES} | {"README.md"}
    assert len(list(tmp_path.iterdir())) == len(paths)
    for path in paths[:-1]:
        with Image.open(path) as built, Image.open(STORED / path.name) as stored:
            assert built.format == stored.format == ("JPEG" if path.stem in PHOTOGRAPHIC else "PNG")
            assert built.size == stored.size, path.name
            apart = np.abs(np.asarray(built.convert("RGB"), int) - np.asarray(stored.convert("RGB"), int)).max(axis=2)
        assert (apart > 16).mean() < 1e-3, path.name


def test_two_builds_give_the_same_bytes(tmp_path):
    names = ["worked_example", "shrinking", "training_holes"]
    first, second = build(tmp_path / "a", names), build(tmp_path / "b", names)
    for one, other in zip(first, second, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_figures_come_in_the_order_of_their_lessons():
    assert list(FIGURES) == ORDER
    decorated = [path.read_text(encoding="utf-8").count("\n@figure(") for path in FOLDER.glob("*.py")]
    assert sum(decorated) == len(FIGURES)  # every module is imported, and no name is taken twice


def test_a_new_figure_is_registered_in_its_place(monkeypatch):
    monkeypatch.setattr(registry, "FIGURES", dict(FIGURES))
    monkeypatch.setattr(registry, "PHOTOGRAPHIC", set(PHOTOGRAPHIC))
    monkeypatch.setattr(registry, "LESSONS", dict(registry.LESSONS))

    @figure("stride", lesson=5, photographic=True)
    def stride():
        """A caption
        on two lines."""

    assert list(registry.FIGURES).index("stride") == ORDER.index("shrinking") + 1
    assert (file_name("stride"), caption("stride")) == ("stride.jpg", "A caption on two lines.")
    assert registry.FIGURES["stride"] is stride and "stride" not in FIGURES


@pytest.mark.parametrize("name", FIGURES)
def test_captions(name, tmp_path):
    assert caption(name).endswith(".") and len(caption(name)) > 100 and "\n" not in caption(name)


def test_the_stored_page_has_these_captions():
    assert (STORED / "README.md").read_text(encoding="utf-8") == readme()


def test_the_command_line(tmp_path, capsys):
    main(["figures", "worked_example", "--out", str(tmp_path / "figures")])
    assert (tmp_path / "figures" / "worked_example.png").exists()
    assert not (tmp_path / "figures" / "shrinking.jpg").exists()
    assert "worked_example.png" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="no figure is called nonsense; there are cleanup, example_masks"):
        main(["figures", "nonsense"])


def test_the_worked_example_figure_holds_the_articles_numbers():
    figure = FIGURES["worked_example"]()
    texts = " ".join(text.get_text() for text in figure.texts)
    plt.close(figure)
    assert "= −3 from 3 valid values;  −3 · 9/3 + b = −9 + b" in texts
    assert "no valid value, so 0 (the article: 0 + b" in texts
    assert "= −3 from 5 valid values;  −3 · 9/5 + b = −5.4 + b" in texts


@pytest.mark.parametrize("mask", [example_hole(64), example_hole(128), np.zeros((64, 64), bool)])
def test_the_masks_of_the_unet_figure_are_those_of_the_network(mask):
    with torch.no_grad():
        M = torch.tensor(mask)[None, None].float()
        _, layers = PConvUNet.course().eval()(torch.zeros(1, 3, *mask.shape), M, return_layers=True)
    drawn = layer_masks(mask)
    assert list(drawn) == ["photo", *(layer.name for layer in layers)]
    for layer in layers:
        assert np.array_equal(drawn[layer.name], layer.mask[0, 0].bool().numpy()), layer.name


@pytest.mark.parametrize("size", [64, 256])
def test_the_example_hole(size):
    mask = example_hole(size)
    assert mask.shape == (size, size) and mask.dtype == bool and 0.1 < 1 - mask.mean() < 0.2


def test_the_deepest_place_is_in_the_middle_of_a_square():
    mask = np.ones((20, 20), bool)
    mask[4:11, 6:13] = False  # 7×7, so the middle pixel is 4 px from the nearest valid one
    figure = deepest_place(np.zeros((20, 20, 3)), mask)
    picture, distances, _ = figure.axes
    assert (picture.get_title(), distances.get_title()) == ("hole ratio 12.2 %", "hole radius 4 px")
    (dot,) = picture.lines
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (9, 7)
    plt.close(figure)


def test_mean_blur_is_the_mean_of_the_valid_pixels_in_each_window():
    image, mask = np.random.default_rng(0).random((9, 9, 3)), np.ones((9, 9), bool)
    mask[3:6, 3:6] = False
    assert np.allclose(mean_blur(image, 3)[4, 4], image[3:6, 3:6].mean(axis=(0, 1)))
    assert np.allclose(mean_blur(image, 3)[0, 0], image[:2, :2].mean(axis=(0, 1)))  # nothing beyond the border
    partial = mean_blur(image, 3, mask)
    assert np.allclose(partial[2, 2], image[1:4, 1:4][mask[1:4, 1:4]].mean(axis=0)) and not partial[4, 4].any()


def test_closing_layer():
    mask = np.zeros((5, 5), bool)
    mask[2, 2] = True
    rows, cols = abs(np.mgrid[-2:3, -2:3])
    assert np.array_equal(closing_layer(shrink_mask(mask)), np.maximum(rows, cols))
    assert (closing_layer(shrink_mask(np.zeros((3, 3), bool))) == -1).all()


def test_with_hole_never_shows_what_was_not_known():
    image = np.zeros((2, 2, 3), np.float32)
    mask, now = np.array([[True, False], [False, True]]), np.array([[True, True], [False, True]])
    painted = with_hole(image, mask, now)
    assert np.allclose(painted[0, 0], 0) and np.allclose(painted[0, 1], REACHED) and np.allclose(painted[1, 0], HOLE)
    assert not image.any()


@pytest.mark.parametrize(
    "value, text", [(3.0, "3"), (-5.4, "−5.4"), (1 / 3, "0.33"), (-0.001, "0"), (100, "100"), (3.25, "3.25")]
)
def test_number_text(value, text):
    assert number_text(value) == text


def test_rows_of_numbers_and_pictures():
    figure, axes = show_numbers([np.eye(3), np.ones((5, 2))], ["a", "b"], ring=(1,))
    assert [text.get_text() for text in axes[0].texts] == ["1", "0", "0", "0", "1", "0", "0", "0", "1", "a"]
    assert len(axes[1].texts) == 7 * 4 + 1
    sizes = {round(ax.get_window_extent().width / np.ptp(ax.get_xlim())) for ax in axes}
    assert len(sizes) == 1  # cells of one size
    plt.close(figure)
    figure = show_images([np.zeros((4, 4)), np.ones((4, 4), bool), np.zeros((4, 4, 3))], ["x", "y", "z"], columns=2)
    assert len(figure.axes) == 4
    plt.close(figure)


def test_damaged_photos():
    for one, other in zip(damaged_photos(), damaged_photos(), strict=True):
        assert one.picture.shape == (256, 384, 3) and one.picture.dtype == np.float32
        assert one.mask.shape == (256, 384) and one.mask.dtype == bool and 0.04 < 1 - one.mask.mean() < 0.13
        assert np.array_equal(one.picture, other.picture) and np.array_equal(one.mask, other.mask)
        assert one.photo in photo_names(free=True)


def test_the_rule_of_the_comparison():
    cases = comparison_cases()
    photos = ["gc-animal-bison", "gc-erase-crab", "gc-farm-cow", "gc-mon-charminar", "gc-sea-sea3"]
    assert [case.photo for case in cases] == [*photos, "pala-cincinnati-bridge"]
    assert [case.holes for case in cases] == ["irregular"] * 4 + ["rectangles"] * 2
    assert all(0.19 < 1 - case.mask.mean() < 0.31 for case in cases)


def test_closing_layers_draws_the_first_layer_whose_reach_is_the_radius():
    fig = closing_layers([3, 7, 15], [2, 5, 15], [1, 2, 3])
    law, measured = fig.axes[0].lines
    assert dict(zip(*law.get_data(), strict=True)) == {r: 1 if r <= 3 else 2 if r <= 7 else 3 for r in range(2, 16)}
    assert measured.get_ydata().tolist() == [1, 2, 3]
    plt.close(fig)


def test_weights_by_layer():
    fig = weights_by_layer([(7, 3, 1000), (3, 2000, 1000)])
    assert [bar.get_width() for bar in fig.axes[0].patches] == [0.147, 18.0]
    plt.close(fig)


def test_terms_by_fill_marks_the_smallest():
    fig = terms_by_fill({"grey": {"hole": 0.1, "tv": 0.5}, "stones": {"hole": 0.2, "tv": 0.5}}, ["hole", "tv"])
    colors = [[bar.get_facecolor() for bar in ax.patches] for ax in fig.axes]
    assert colors[0][0] != colors[0][1] and colors[1][0] == colors[1][1]
    plt.close(fig)
    fig = weighted_terms({"a": {"hole": 1.0, "tv": 2.0}, "b": {"hole": 3.0, "tv": 4.0}})
    assert [[bar.get_width() for bar in ax.patches] for ax in fig.axes] == [[1, 2], [3, 4]]
    plt.close(fig)


def test_the_strongest_features_are_shown():
    maps = np.zeros((3, 4, 4))
    maps[1, :2], maps[2, :2] = 1, 2
    fig = feature_maps(np.zeros((8, 8, 3)), {"pool1": maps})
    assert [ax.get_title() for ax in fig.axes] == ["photo", "pool1, channel 2", "pool1, channel 1"]
    plt.close(fig)
    grams = [np.diag([1.0, 9.0, 4.0]), np.eye(3)]
    fig = gram_matrices({"a": np.zeros((8, 8, 3)), "b": np.zeros((8, 8, 3))}, grams, count=2)
    assert fig.axes[2].images[0].get_array().tolist() == [[3, 0], [0, 2]]
    plt.close(fig)


@pytest.mark.parametrize("around", [16, 4])
def test_outlined_holes(around):
    fig = outlined_holes([np.zeros((64, 64, 3))] * 2, ["a", "b"], around=around)
    assert [ax.images[0].get_array().shape[:2] for ax in fig.axes] == [(32 + 2 * around,) * 2] * 2
    frame = fig.axes[1].patches[0]
    assert (*frame.get_xy(), frame.get_width(), frame.get_height()) == (around - 0.5, around - 0.5, 32, 32)
    plt.close(fig)


def test_the_curves_of_the_rivals_are_those_of_the_log():
    rows = [
        {"seconds": 60 * n, "adversarial": float(n > 2), "hole": 0.1 / n, "hole_coarse": 0.2 / n, "held_psnr": 10 + n}
        for n in range(1, 5)
    ]
    assert critic_start(rows) == 3
    left, right = show_training({"glcic": rows, "attention": rows}).axes
    assert list(left.lines[0].get_xdata()) == [2, 3, 4]
    assert list(left.lines[1].get_ydata()) == [0.1, 0.2 / 3, 0.05]
    assert list(right.lines[0].get_ydata()) == [11, 12, 13, 14]
    assert [text.get_text() for text in right.get_legend().get_texts()] == ["glcic", "attention"]
    plt.close("all")


def test_the_squares_of_a_reach_are_centred():
    (ax,) = show_reach(np.zeros((64, 64, 3)), {"glcic": 20, "l1": 5}).axes
    frames = [(frame.get_xy(), frame.get_width()) for frame in ax.patches]
    assert frames == [((11.5, 11.5), 41), ((26.5, 26.5), 11)]
    plt.close("all")
