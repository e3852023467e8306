"""Stages and learning rates: the same numbers, to the bit, as the formula of the first version."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from pconv_edu.experiments import batch_norm
from pconv_edu.nn.recipes import RECIPES, Recipe, laptop
from pconv_edu.nn.stages import Stage, two_stages
from tests.nn.small_runs import SMALL, small_stages

NAN = float("nan")
L1, COURSE, SUPERRES = (60_000, 2e-3, 2e-4), (20_000, 2e-4, 1e-4), (20_000, 1e-3, 2e-4)  # steps, rate, frozen_rate
FIRST_VERSION = dict.fromkeys(("l1", "l1-seed2", "conv-grey", "conv-mean", "regular-holes"), L1) | {
    **dict.fromkeys(("course", "no-style", "small-style", "no-perceptual", "no-tv"), COURSE),
    "superres": SUPERRES,
}


def first_rates(steps, rate, frozen_rate, frozen=0.25, warm_up=500):
    """The learning rates of the first version, which had the numbers of two stages in one recipe."""
    change = steps - round(frozen * steps)
    for step in range(steps):
        if step < min(warm_up, change):
            yield rate * (step + 1) / warm_up
        elif step < change:
            along = (step - warm_up) / max(1, change - warm_up)
            yield frozen_rate + (rate - frozen_rate) * (1 + math.cos(math.pi * along)) / 2
        else:
            yield frozen_rate * (1 + math.cos(math.pi * (step - change) / (steps - change))) / 2


def rates(recipe):
    return [recipe.rate(step) for step in range(recipe.steps)]


@pytest.mark.parametrize("name", FIRST_VERSION)
def test_every_rate_of_every_recipe_is_that_of_the_first_version(name):
    steps, rate, frozen_rate = FIRST_VERSION[name]
    assert rates(RECIPES[name]) == list(first_rates(steps, rate, frozen_rate))
    short = {"steps": 2_500, "warm_up": 100} if RECIPES[name].start else {"steps": 12_000}
    assert rates(laptop(RECIPES[name])) == list(first_rates(**short, rate=rate, frozen_rate=frozen_rate, frozen=1 / 3))


@pytest.mark.parametrize("frozen", [0, 0.3, 1.0])
@pytest.mark.parametrize("warm_up", [0, 7, 200])
def test_other_stages_have_the_rates_of_the_first_version_too(frozen, warm_up):
    recipe = Recipe("a test", two_stages(100, frozen=frozen), warm_up=0 if frozen == 1 else warm_up)
    assert rates(recipe) == list(first_rates(100, 2e-3, 2e-4, frozen, warm_up))


def test_the_rates_of_the_batch_norm_experiment_are_those_of_the_first_version():
    frozen, free = (batch_norm.recipe(mode, 0) for mode in batch_norm.MODES)
    assert rates(frozen) == list(first_rates(300, 2e-4, 2e-4, frozen=1.0, warm_up=0))
    assert rates(free) == list(first_rates(300, 2e-4, 0.0, frozen=0.0, warm_up=0))


def test_the_learning_rate():
    recipe = Recipe("a test", two_stages(1000, rate=1e-3, frozen_rate=2e-4, frozen=0.25), warm_up=100)
    every = rates(recipe)
    assert every[0] == 1e-5 and max(every) == every[99] == every[100] == 1e-3
    assert every[749] == pytest.approx(2e-4, rel=1e-3) and every[750] == 2e-4
    assert 0 < every[-1] < 1e-8
    assert all(a >= b for a, b in itertools.pairwise(every[100:]))
    with pytest.raises(ValueError, match="step is 1000; the recipe has 1000 steps"):
        recipe.rate(1000)


def test_the_stage_of_a_step():
    first, last = stages = small_stages(frozen=0.5)
    recipe = replace(SMALL, stages=stages)
    assert recipe.steps == 12 and recipe.spans() == [(0, 6, first), (6, 12, last)]
    assert [recipe.stage_at(step) is last for step in (0, 5, 6, 11, 12)] == [False, False, True, True, True]
    assert laptop(RECIPES["l1"]).stages == (Stage(8000, 128, 16, 2e-3, 2e-4), Stage(4000, 256, 4, 2e-4, 0, frozen=True))
    assert laptop(RECIPES["course"]).steps == 2500


def test_more_than_two_stages():
    stages = tuple(Stage(4, size, 4, rate, rate / 2) for size, rate in ((16, 4e-3), (32, 2e-3), (64, 1e-3)))
    recipe = replace(SMALL, stages=stages, warm_up=0)
    assert [recipe.rate(step) for step in (0, 4, 8)] == [4e-3, 2e-3, 1e-3] and rates(recipe)[-1] > 5e-4


@pytest.mark.parametrize(
    "name, values",
    [
        ("steps", [0, -5, 1e3, None]),
        ("size", [15, 0, -16, 64.0, None]),
        ("batch", [0, -1, 1.5, True, None]),
        ("rate", [NAN, 0.0, -1e-3, float("inf"), "fast", True]),
        ("end_rate", [NAN, -1.0]),
        ("frozen", [1, None, "yes"]),
    ],
)
def test_stages_that_cannot_be_trained(name, values):
    for value in values:
        with pytest.raises((TypeError, ValueError), match=rf"^{name} is "):
            replace(SMALL.stages[0], **{name: value})


@pytest.mark.parametrize(
    "name, values", [("steps", [0, 1.5]), ("frozen", [-0.1, 1.1, NAN, None]), ("last_size", [15]), ("last_batch", [0])]
)
def test_numbers_of_two_stages_that_cannot_be(name, values):
    for value in values:
        with pytest.raises((TypeError, ValueError), match=rf"^{name.removeprefix('last_')} is "):
            small_stages(**{name: value})


def test_numbers_of_numpy_become_those_of_python():
    stage = Stage(np.int64(3), np.int32(16), np.uint8(4), np.float32(0.5), 0)
    assert stage == Stage(3, 16, 4, 0.5, 0.0)
    assert {type(value) for value in vars(stage).values()} == {int, float, bool, str}
