"""The optimisations behind lesson 09, small and fast; and the stored results, against what they are said to be."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn

from pconv_edu.experiments import stored
from pconv_edu.experiments.loss_choices import (
    TERMS,
    WEIGHTS,
    MeanTerms,
    Question,
    choose,
    contrast,
    distance_to_median,
    distance_to_nearest,
    stone_question,
)
from pconv_edu.experiments.texture_synthesis import TEXTURES, load_texture, synthesize
from pconv_edu.nn import InpaintingLoss, LossWeights, VGGFeatures

torch.set_num_threads(1)


class Neighbours(nn.Module):
    """Features that cost nothing: each pixel, and the differences of neighbours, with their signs."""

    def forward(self, images):
        return {"pixels": images, "steps": torch.relu(images[..., 1:] - images[..., :-1])}


@pytest.fixture(scope="module")
def question():
    return stone_question(count=5, size=16)


@pytest.fixture(scope="module")
def terms(question):
    return MeanTerms(question, Neighbours())


def test_the_answers_differ_in_the_hole_only():
    question = stone_question(size=64)
    answers, hole = question.answers, question.hole
    assert answers.shape == (16, 3, 64, 64) and question.mask.shape == (1, 1, 64, 64)
    assert hole.sum() == 32 * 32 and hole[16:48, 16:48].all()
    assert torch.equal(answers[:, :, ~hole], answers[:1, :, ~hole].expand(16, -1, -1))
    for a, b in itertools.combinations(answers[:, :, hole], 2):
        assert (a - b).abs().mean() > 0.1  # no crop comes twice


@pytest.mark.parametrize("count, size", [(0, 64), (17, 64), (4, 63), (4, 4), (4, 68)])
def test_other_questions_are_refused(count, size):
    with pytest.raises(ValueError, match="give 1 to 16"):
        stone_question(count, size)


@pytest.mark.parametrize("features", [Neighbours, VGGFeatures])
def test_mean_terms_are_those_of_the_loss(question, features):
    """The same numbers as `InpaintingLoss`, which meets the picture with every answer once."""
    features = features()
    picture = torch.where(question.hole, torch.rand(1, 3, 16, 16), question.answers[:1])
    found = MeanTerms(question, features)(picture)
    batch = picture.expand_as(question.answers), question.answers, question.mask.expand(5, -1, -1, -1)
    _, wanted = InpaintingLoss(LossWeights(), features)(*batch)
    assert wanted["valid"] == 0 and wanted["style_out"] == wanted["style_comp"]
    for name in ("hole", "perceptual", "tv"):
        assert found[name].item() == pytest.approx(wanted[name].item(), rel=1e-4), name
    assert found["style"].item() == pytest.approx(2 * wanted["style_out"].item(), rel=1e-4)


@pytest.mark.parametrize("name", TERMS)
def test_the_loss_goes_down_and_a_seed_gives_one_result(terms, name):
    first, again = (choose(terms, {name: 1.0}, steps=40) for _ in range(2))
    assert first.totals[-1] < 0.9 * first.totals[0] and len(first.totals) == 40  # several answers: 0 is out of reach
    assert torch.equal(first.picture, again.picture) and first.terms == again.terms
    assert first.picture.min() >= 0 and first.picture.max() <= 1
    question = terms.question
    assert torch.equal(first.picture[:, ~question.hole], question.answers[0][:, ~question.hole])
    other = choose(terms, {name: 1.0}, steps=40, seed=1)
    assert not torch.equal(first.picture, other.picture)


@pytest.mark.parametrize("count", [4, 5])
def test_l1_chooses_the_median(count):
    question = stone_question(count, size=16)
    choice = choose(MeanTerms(question, Neighbours()), {"hole": 6.0}, steps=100)
    assert distance_to_median(choice.picture, question) < 0.002
    if count == 5:
        assert torch.allclose(choice.picture, question.answers.median(0).values, atol=0.02)
    assert distance_to_median(question.answers.mean(0), question) > 0.005  # so the line above can fail
    assert contrast(choice.picture, question) < 0.8 * np.mean([contrast(a, question) for a in question.answers])


def test_one_answer_is_found_by_the_terms_that_know_places():
    question = stone_question(1, size=16)
    terms = MeanTerms(question, Neighbours())
    for name in ("hole", "perceptual"):
        assert distance_to_nearest(choose(terms, {name: 1.0}, steps=150).picture, question)[0] < 0.02, name
    for name in ("style", "tv"):
        assert distance_to_nearest(choose(terms, {name: 1.0}, steps=150).picture, question)[0] > 0.05, name


def test_no_weight_changes_nothing(terms):
    still, weighed = choose(terms, dict.fromkeys(TERMS, 0)), choose(terms, {"hole": 1.0}, steps=1)
    assert still.totals == [] and set(still.terms) == set(TERMS) == set(weighed.terms)
    assert contrast(still.picture, terms.question) < 0.02


@pytest.mark.parametrize("weights, steps", [({"valid": 1.0}, 10), ({"hole": 1.0}, 0)])
def test_other_weights_are_refused(terms, weights, steps):
    with pytest.raises(ValueError, match="the terms are"):
        choose(terms, weights, steps)


def test_distances():
    answers = torch.tensor([0.1, 0.2, 0.6, 0.9])[:, None, None, None].expand(4, 3, 2, 2)
    question = Question(answers, torch.zeros(1, 1, 2, 2))
    for value, wanted in ((0.2, 0), (0.45, 0), (0.6, 0), (0.1, 0.1), (0.9, 0.3)):
        assert distance_to_median(torch.full((3, 2, 2), value), question) == pytest.approx(wanted, abs=1e-6)
    assert distance_to_nearest(torch.full((3, 2, 2), 0.5), question) == (pytest.approx(0.1), 2)
    assert contrast(torch.full((3, 2, 2), 0.5), question) == 0


def test_texture_synthesis():
    texture = load_texture("stones", 16)
    assert texture.shape == (1, 3, 16, 16)
    picture, losses = synthesize(texture, Neighbours(), steps=60)
    again, _ = synthesize(texture, Neighbours(), steps=60)
    assert torch.equal(picture, again) and losses[-1] < 0.1 * losses[0]
    assert (picture - texture).abs().mean() > 0.05  # a texture, not the picture
    with pytest.raises(ValueError, match="there are stones, spines"):
        load_texture("bark")


# ---- what is stored


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
    """All that needs no features, of the pictures as they lie there, in 8 bits."""
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
    """L1 alone: the same tile, but for rounding."""
    levels = {"hole": 1, "perceptual": 0, "style": 0, "tv": 0}
    tile, about = stored.fill(levels, 16)
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
