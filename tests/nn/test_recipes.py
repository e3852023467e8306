"""Recipes: to JSON and back, and what cannot be trained is refused by the name of its field."""

import json
from dataclasses import replace

import pytest

from pconv_edu.nn.cards import cards
from pconv_edu.nn.losses import LossWeights
from pconv_edu.nn.recipes import RECIPES, Recipe, laptop
from pconv_edu.nn.training import train
from pconv_edu.nn.weights import load_weights, network_names, recipe_of
from tests.nn.small_runs import SMALL, write_photos


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_the_same_after_json(name):
    for recipe in (RECIPES[name], laptop(RECIPES[name])):
        assert Recipe.from_json(json.loads(json.dumps(recipe.as_json()))) == recipe


@pytest.mark.parametrize("name", network_names())
def test_the_recipe_of_a_card_can_be_trained_again(name, tmp_path):
    recipe = recipe_of(cards()[name])
    assert recipe == replace(laptop(RECIPES[name]), steps=recipe.steps)
    assert isinstance(recipe.loss, LossWeights)
    if name in ("l1", "course"):
        small = replace(recipe, size=16, last_size=16, batch=2, last_batch=2, steps=1)
        start = load_weights("l1").state_dict() if recipe.start else None
        train(small, tmp_path / "run", data=write_photos(tmp_path / "photos", 2), start=start, device="cpu", quiet=True)


@pytest.mark.parametrize(
    "change, says",
    [
        ({"tempo": 3}, r"a card .*unknown: tempo"),
        ({"rate": ...}, r"a card .*missing: rate"),
        ({"tempo": 3, "rate": ..., "seed": ...}, r"unknown: tempo; missing: rate, seed"),
        ({"loss": None}, r"a card, loss is None; it must be a JSON object"),
        ({"loss": {"valid": 1}}, r"a card, loss .*missing: hole, perceptual, style_out, style_comp, tv"),
        ({"loss": vars(LossWeights()) | {"edges": 1}}, r"a card, loss .*unknown: edges"),
        ({"steps": "many"}, r"a card: steps is 'many'; give a whole number"),
    ],
)
def test_other_fields_are_refused_by_name(change, says):
    value = {key: part for key, part in (SMALL.as_json() | change).items() if part is not ...}
    with pytest.raises(ValueError, match=says):
        Recipe.from_json(value, "a card")


@pytest.mark.parametrize("value", [None, 3, [], "l1", ["about"]])
def test_what_is_no_object_is_refused(value):
    with pytest.raises(ValueError, match="must be a JSON object with the fields of Recipe"):
        Recipe.from_json(value)


NAN = float("nan")


@pytest.mark.parametrize(
    "name, values",
    [
        ("batch", [0, -1, 1.5, True, None]),
        ("steps", [0, -5, 1e3]),
        ("size", [15, 0, -16, 64.0, None]),
        ("last_size", [15, 0]),
        ("last_batch", [0]),
        ("seed", [-1, 2**64, 0.5]),
        ("rate", [NAN, 0.0, -1e-3, float("inf"), "fast", True]),
        ("frozen_rate", [NAN, -1.0]),
        ("clip", [0, NAN]),
        ("frozen", [-0.1, 1.1, NAN]),
        ("turns", [2, NAN]),
        ("colors", [-1, NAN]),
        ("average", [1.5, NAN]),
        ("width", [0]),
        ("levels", [1]),
        ("holes", ["round", None]),
        ("fill", ["grey", NAN, 2]),
        ("loss", [None, {"valid": 1}]),
    ],
)
def test_values_that_cannot_be_trained_with(name, values):
    for value in values:
        with pytest.raises(ValueError, match=rf"^{name} is "):
            replace(SMALL, **{name: value})


def test_weights_of_the_loss_that_cannot_be():
    for weight in (NAN, -1.0, "6"):
        with pytest.raises(ValueError, match=r"loss\.hole is "):
            replace(SMALL, loss=replace(SMALL.loss, hole=weight))
    with pytest.raises(ValueError, match="every weight of the loss is 0"):
        replace(SMALL, loss=LossWeights.only())


def test_a_batch_of_one_small_picture_is_refused_before_training():
    with pytest.raises(ValueError, match="batch norm needs two"):
        replace(SMALL, batch=1, size=16, levels=4)
    replace(SMALL, batch=1, size=17, levels=4).network()
    replace(SMALL, batch=1, size=16, levels=4, frozen=1.0).network()  # nothing is normalised by the batch
