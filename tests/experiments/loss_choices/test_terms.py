"""The optimisations behind lesson 09, small and fast."""

import numpy as np
import pytest
import torch

from pconv_edu.experiments.loss_choices import (
    TERMS,
    MeanTerms,
    choose,
    contrast,
    distance_to_median,
    distance_to_nearest,
    stone_question,
)
from pconv_edu.nn import InpaintingLoss, LossWeights, VGGFeatures

from .features import Neighbours

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def question():
    return stone_question(count=5, size=16)


@pytest.fixture(scope="module")
def terms(question):
    return MeanTerms(question, Neighbours())


@pytest.mark.parametrize("features", [Neighbours, VGGFeatures])
def test_mean_terms_are_those_of_the_loss(question, features):
    """The same numbers as `InpaintingLoss`, called with the picture and every answer once."""
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
