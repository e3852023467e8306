"""The stored results of lesson 09 are what they are said to be, and are reproduced by computing them again."""

import numpy as np
import pytest
import torch

from pconv_edu.experiments.loss_choices import (
    WEIGHTS,
    MeanTerms,
    contrast,
    distance_to_nearest,
    rebuild,
    stone_question,
    stored,
)
from pconv_edu.experiments.loss_choices.texture_synthesis import TEXTURES

torch.set_num_threads(1)


def test_every_combination_is_stored():
    fills, numbers = stored.load_fills(), stored.load_numbers()
    assert [about["levels"] for _, about in fills] == stored.combinations() and len(fills) == 72
    settings = numbers["settings"]
    assert settings["weights"] == WEIGHTS and settings["steps"] == stored.STEPS
    assert {name: tuple(levels) for name, levels in settings["levels"].items()} == stored.LEVELS
    assert [set(about["levels"]) for _, about in stored.load_one_answer()] == [{n} for n in stored.ONE_ANSWER]
    assert set(stored.load_textures()) == {(name, trained) for name in TEXTURES for trained in (True, False)}
    assert sum(path.stat().st_size for path in stored.RESULTS.iterdir()) < 1e6


def test_stored_pictures_have_the_stored_numbers():
    """Recompute everything that needs no features from the stored 8-bit pictures."""
    question = stone_question()
    for picture, about in stored.load_fills():
        picture = torch.from_numpy(picture).permute(2, 0, 1)
        assert torch.equal(picture[:, ~question.hole], question.answers[0][:, ~question.hole])
        found = MeanTerms.forward(_without_features(question), picture[None], ("hole", "tv"))
        for name, value in found.items():
            assert value.item() == pytest.approx(about["terms"][name], abs=5e-4), about["levels"]
        assert contrast(picture, question) == pytest.approx(about["contrast"], abs=2e-3)
        assert distance_to_nearest(picture, question)[0] == pytest.approx(about["to_nearest"], abs=2e-3)


def _without_features(question):
    terms = MeanTerms(question, lambda images: {})
    return terms


def test_a_stored_fill_is_computed_again():
    """L1 alone gives the same tile, except for rounding."""
    levels = {"hole": 1, "perceptual": 0, "style": 0, "tv": 0}
    tile, about = rebuild.fill(levels, 16)
    place = stored.combinations().index(levels)
    kept = stored.tiles_of("loss_choices.png", 32, stored.COLUMNS)[place]
    assert abs(tile - kept).mean() < 0.004
    assert about["terms"]["style"] == pytest.approx(stored.load_fills()[place][1]["terms"]["style"], rel=0.01)


def test_what_the_lesson_says_of_the_stored_fills():
    by_levels = {tuple(about["levels"].values()): about for _, about in stored.load_fills()}
    hole, perceptual, style, tv = (
        by_levels[levels] for levels in ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1))
    )
    assert hole["to_median"] < 1e-3
    for name, about in (("hole", hole), ("perceptual", perceptual), ("style", style), ("tv", tv)):
        assert about["terms"][name] == pytest.approx(min(a["terms"][name] for a in by_levels.values()), rel=0.1), name
    assert tv["contrast"] < hole["contrast"] < perceptual["contrast"] < style["contrast"]
    assert style["to_nearest"] > 0.2  # none of the sixteen


def test_sheets_come_back():
    pictures = list(np.random.default_rng(0).random((5, 32, 32, 3), np.float32))
    whole = stored.sheet(pictures, 3)
    assert whole.shape == (64, 96, 3) and np.array_equal(whole[32:, 32:64], pictures[4]) and not whole[32:, 64:].any()
