"""Every check names every mistake that it can recognise, accepts the answer, and reports a stub as not attempted."""

import re

import numpy as np
import pytest
import torch

from pconv_edu.core import partial_conv2d, shrink_mask, update_mask
from pconv_edu.lessons.checks import check, diagnose, exercise_names, load_exercise
from pconv_edu.lessons.checks.diagnosis import run_cases, same

EXERCISES = {name: load_exercise(name) for name in exercise_names()}
MISTAKES = [(name, mistake) for name, exercise in EXERCISES.items() for mistake in exercise.mistakes]


def test_the_exercises_are_there():
    assert set(EXERCISES) >= {"partial_window", "partial_image", "update_once", "layers_needed"}
    assert len(MISTAKES) >= 12


@pytest.mark.parametrize(
    "name, mistake", MISTAKES, ids=[f"{name}-{mistake.code.__name__}" for name, mistake in MISTAKES]
)
def test_every_mistake_is_named_as_itself(name, mistake):
    diagnosis = diagnose(EXERCISES[name], mistake.code)
    assert diagnosis.kind == "mistake" and diagnosis.mistake is mistake
    assert mistake.says in diagnosis.text and mistake.says.endswith(".")


@pytest.mark.parametrize("name", EXERCISES)
def test_the_answer_passes(name):
    diagnosis = diagnose(EXERCISES[name], EXERCISES[name].answer)
    assert diagnosis.kind == "right", diagnosis.text


def test_the_answers_are_the_package():
    def package_image(x, m, w, b):
        y, new_mask = partial_conv2d(x[None], m, w[None, None], [b], padding=w.shape[0] // 2)
        return y[0], new_mask

    def package_window(x, m, w, b):
        y, new_mask = partial_conv2d(x[None], m, w[None, None], [b])
        return y[0, 0, 0], new_mask[0, 0]

    assert diagnose(EXERCISES["partial_window"], package_window).kind == "right"
    assert diagnose(EXERCISES["partial_image"], package_image).kind == "right"
    assert diagnose(EXERCISES["update_once"], lambda mask: update_mask(mask, 3, padding=1)).kind == "right"
    assert diagnose(EXERCISES["layers_needed"], lambda mask, k: len(shrink_mask(mask, k)) - 1).kind == "right"


def raises(*arguments):
    raise NotImplementedError


@pytest.mark.parametrize("name", EXERCISES)
@pytest.mark.parametrize("stub", [raises, lambda *arguments: None, lambda *arguments: ...])
def test_a_stub_is_not_attempted(name, stub):
    assert diagnose(EXERCISES[name], stub).kind == "not attempted"


@pytest.mark.parametrize("name", EXERCISES)
def test_an_unknown_mistake_shows_the_case(name):
    exercise = EXERCISES[name]
    first = exercise.answer(*exercise.cases[0].arguments)
    many = isinstance(first, tuple | list) and len(first)

    def unknown(*arguments):
        return (1234.5, *range(many - 1)) if many else 1234.5

    diagnosis = diagnose(exercise, unknown)
    assert diagnosis.kind == "wrong"
    if not isinstance(first, list):
        assert exercise.cases[0].shows in diagnosis.text and "1234.5" in diagnosis.text and "right:" in diagnosis.text


def test_two_mistakes_at_once_are_both_named():
    def literal(x, m, w, b):  # equation (1) typed as it is printed
        return (w * x * m).sum() * m.size / m.sum() + b, int(m.any())

    text = diagnose(EXERCISES["partial_window"], literal).text
    assert "Two things" in text and "NaN · 0 is NaN" in text and "you divide by sum(M) = 0" in text


@pytest.mark.parametrize(
    "change, says",
    [(lambda result: result[0], "Return 2 values"), (lambda result: result[::-1], "in the wrong order")],
)
@pytest.mark.parametrize("name", ["partial_window", "partial_image"])
def test_the_wrong_form_is_named(name, change, says):
    answer = EXERCISES[name].answer
    assert says in diagnose(EXERCISES[name], lambda *arguments: change(answer(*arguments))).text


def test_right_values_of_the_wrong_kind_or_in_the_wrong_place():
    text = diagnose(EXERCISES["painting_to_mask"], lambda picture: (picture <= 127).astype(np.uint8)).text
    assert "uint8 and not bool" in text

    def in_place(image, mask):
        image[~mask] = image[mask].mean(axis=0)
        return image

    assert "Work on a copy" in diagnose(EXERCISES["mean_fill"], in_place).text


def test_masks_are_shown_completely_and_arguments_by_name():
    text = diagnose(EXERCISES["layers_needed"], lambda mask, k: 99).text
    assert "mask:\n  1 1 1" in text and "· · · · · · ·" in text and "\nk:\n  3" in text and "..." not in text
    assert len(text.splitlines()) <= 25


def test_an_exception_is_shown_with_its_case():
    def broken(mask):
        raise IndexError("index 9 is out of bounds")

    diagnosis = diagnose(EXERCISES["update_once"], broken)
    assert diagnosis.kind == "error"
    assert "IndexError" in diagnosis.text and "index 9 is out of bounds" in diagnosis.text
    assert 'raise IndexError("index 9 is out of bounds")' in diagnosis.text
    assert diagnose(EXERCISES["update_once"], np.ones(3)).kind == "error"


def test_an_error_in_a_library_is_shown_at_the_learners_line():
    def neighbours(mask):
        hole = not mask
        return hole

    def pads(mask):
        return np.pad(mask, -1)  # raises an error inside NumPy

    text = diagnose(EXERCISES["update_once"], neighbours).text
    assert re.search(r"in your line \d+: hole = not mask", text) and "&, | and ~" in text
    assert re.search(r"in your line \d+: return np.pad\(mask, -1\)", diagnose(EXERCISES["update_once"], pads).text)


@pytest.mark.parametrize(
    "name, change, says",
    [
        ("total_variation", lambda result: result.item(), "not a tensor"),
        ("total_variation", lambda result: result.detach(), "no gradient"),
        ("gram", lambda result: result.double(), "float64 and not float32"),
        ("torch_layer", lambda result: (result[0], result[1].bool()), "`new_mask` is bool"),
        ("numerical_gradient", lambda result: result.float(), "float32 and not float64"),
        ("ring", lambda result: result.tolist(), "not a NumPy array"),
        ("wilson", lambda result: tuple(map(str, result)), "a text"),
        ("learning_rate", str, "a text"),
    ],
)
def test_right_values_of_the_wrong_type_are_refused(name, change, says):
    diagnosis = diagnose(EXERCISES[name], lambda *arguments: change(EXERCISES[name].answer(*arguments)))
    assert diagnosis.kind == "wrong" and says in diagnosis.text


def test_an_attempt_cannot_change_the_cases():
    exercise = EXERCISES["update_once"]
    before = run_cases(exercise.answer, exercise.cases)

    def spoils(mask):
        mask[:] = True
        return mask

    assert diagnose(exercise, spoils).kind == "wrong"
    assert all(map(same, before, run_cases(exercise.answer, exercise.cases)))


def test_check_prints_the_diagnosis(capsys):
    check("update_once", EXERCISES["update_once"].answer)
    assert capsys.readouterr().out == "Right, in all 6 cases.\n"
    with pytest.raises(ValueError, match=r"no exercise is called 'update'; there are .*follow, gated_layer, gram"):
        check("update", len)


@pytest.mark.parametrize(
    "a, b, equal",
    [
        ((1.0, 0), (1.0 + 1e-9, 0), True),
        ((1.0, 0), (1.0, 1), False),
        ((1.0, 0), 1.0, False),
        (np.nan, np.nan, True),
        (np.ones(3), np.ones((1, 3)), False),
        (np.array([True]), np.array([1]), True),
        (np.array([1]), np.array([True]), False),
        (np.float64(2), 2, True),
        (None, 0.0, False),
        (None, np.nan, False),
        ("0.0", 0.0, False),
        ([1.0, 2.0], np.array([1.0, 2.0]), False),
        (torch.ones(2), np.ones(2), False),
        (1.0, torch.tensor(1.0), False),
        (torch.ones(2, dtype=torch.float64), torch.ones(2), False),
    ],
)
def test_same(a, b, equal):
    assert same(a, b) is equal
