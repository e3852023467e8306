"""The question has several answers in one hole; distances and contrast by hand."""

import itertools

import pytest
import torch

from pconv_edu.experiments.loss_choices import (
    Question,
    contrast,
    distance_to_median,
    distance_to_nearest,
    stone_question,
)


def test_the_answers_differ_in_the_hole_only():
    question = stone_question(size=64)
    answers, hole = question.answers, question.hole
    assert answers.shape == (16, 3, 64, 64) and question.mask.shape == (1, 1, 64, 64)
    assert hole.sum() == 32 * 32 and hole[16:48, 16:48].all()
    assert torch.equal(answers[:, :, ~hole], answers[:1, :, ~hole].expand(16, -1, -1))
    for a, b in itertools.combinations(answers[:, :, hole], 2):
        assert (a - b).abs().mean() > 0.1  # no crop occurs twice


@pytest.mark.parametrize("count, size", [(0, 64), (17, 64), (4, 63), (4, 4), (4, 68)])
def test_other_questions_are_refused(count, size):
    with pytest.raises(ValueError, match="give 1 to 16"):
        stone_question(count, size)


def test_distances():
    answers = torch.tensor([0.1, 0.2, 0.6, 0.9])[:, None, None, None].expand(4, 3, 2, 2)
    question = Question(answers, torch.zeros(1, 1, 2, 2))
    for value, wanted in ((0.2, 0), (0.45, 0), (0.6, 0), (0.1, 0.1), (0.9, 0.3)):
        assert distance_to_median(torch.full((3, 2, 2), value), question) == pytest.approx(wanted, abs=1e-6)
    assert distance_to_nearest(torch.full((3, 2, 2), 0.5), question) == (pytest.approx(0.1), 2)
    assert contrast(torch.full((3, 2, 2), 0.5), question) == 0
