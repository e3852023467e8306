"""Recipes: to JSON and back, and what cannot be trained is refused by the name of its field."""

import json
from dataclasses import replace

import pytest

from pconv_edu.nn.losses import LossWeights
from pconv_edu.nn.recipe_files import recipe_as_json, recipe_from_json
from pconv_edu.nn.recipes import RECIPES, Recipe, laptop
from pconv_edu.nn.rival_recipes import RIVALS
from pconv_edu.nn.stages import Stage
from pconv_edu.nn.training import train
from pconv_edu.nn.weights import cards, load_weights, network_names, recipe_of
from tests.nn.small_runs import SMALL, of_an_earlier_version, small_stages, write_photos

NAN = float("nan")


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_the_same_after_json(name):
    for recipe in (RECIPES[name], laptop(RECIPES[name])):
        assert recipe_from_json(json.loads(json.dumps(recipe_as_json(recipe)))) == recipe


@pytest.mark.parametrize("name", [name for name in network_names() if name not in RIVALS])
def test_the_recipe_of_a_card_can_be_trained_again(name, tmp_path):
    recipe = recipe_of(cards()[name])
    assert recipe == (RECIPES[name] if name == "large" else laptop(RECIPES[name]))
    assert isinstance(recipe.loss, LossWeights)
    if name in ("l1", "course"):
        small = replace(recipe, stages=small_stages(steps=1, batch=2))
        start = load_weights("l1").state_dict() if recipe.start else None
        train(small, tmp_path / "run", data=write_photos(tmp_path / "photos", 2), start=start, device="cpu", quiet=True)


# ---- files


def test_a_recipe_written_by_an_earlier_version_is_read():
    assert recipe_from_json(of_an_earlier_version(SMALL)) == SMALL
    value = of_an_earlier_version(SMALL, last_size=32, last_batch=2, steps=10, frozen=1 / 3)
    stages = Stage(7, 16, 4, 2e-3, 2e-4), Stage(3, 32, 2, 2e-4, 0, frozen=True)
    assert recipe_from_json(value) == replace(SMALL, stages=stages)
    assert recipe_from_json(of_an_earlier_version(SMALL, frozen=0)).stages == (Stage(12, 16, 4, 2e-3, 2e-4),)
    only_frozen = recipe_from_json(of_an_earlier_version(SMALL, frozen=1.0))
    assert only_frozen.stages == (Stage(12, 16, 4, 2e-4, 0, frozen=True),)
    assert only_frozen.rate(0) == 2e-4  # without a warm-up, as then


@pytest.mark.parametrize("write", [recipe_as_json, of_an_earlier_version])
@pytest.mark.parametrize(
    "change, says",
    [
        ({"tempo": 3}, r"a card .*unknown: tempo"),
        ({"clip": ...}, r"a card .*missing: clip"),
        ({"tempo": 3, "clip": ..., "seed": ...}, r"unknown: tempo; missing: clip, seed"),
        ({"loss": None}, r"a card, loss is None; it must be a JSON object"),
        ({"loss": {"valid": 1}}, r"a card, loss .*missing: hole, perceptual, style_out, style_comp, tv"),
        ({"loss": vars(LossWeights()) | {"edges": 1}}, r"a card, loss .*unknown: edges"),
        ({"seed": "many"}, r"a card: seed is 'many'; give a whole number"),
    ],
)
def test_other_fields_are_refused_by_name(write, change, says):
    value = {key: part for key, part in (write(SMALL) | change).items() if part is not ...}
    with pytest.raises(ValueError, match=says):
        recipe_from_json(value, "a card")


@pytest.mark.parametrize(
    "stages, says",
    [
        (3, r"a card, stages is 3; it must be a list"),
        ([3], r"a card, stage 1 is 3; it must be a JSON object with the fields of Stage"),
        ([{"steps": 3}], r"a card, stage 1 .*missing: size, batch, rate, end_rate, frozen"),
        ([], r"a card: stages is \(\); give a tuple of at least one Stage"),
    ],
)
def test_values_that_are_not_stages_are_refused(stages, says):
    with pytest.raises(ValueError, match=says):
        recipe_from_json(recipe_as_json(SMALL) | {"stages": stages}, "a card")


def test_values_of_an_earlier_version_that_cannot_be_are_refused():
    for field, value in (("steps", "many"), ("frozen", 2), ("last_size", 3), ("rate", None)):
        with pytest.raises(ValueError, match=r"^the recipe: .* is "):
            recipe_from_json(of_an_earlier_version(SMALL, **{field: value}))
    value = of_an_earlier_version(SMALL)
    del value["rate"]
    with pytest.raises(ValueError, match="missing: rate"):
        recipe_from_json(value)


@pytest.mark.parametrize("value", [None, 3, [], "l1", ["about"]])
def test_what_is_no_object_is_refused(value):
    with pytest.raises(ValueError, match="must be a JSON object with the fields of Recipe"):
        recipe_from_json(value)


# ---- values


@pytest.mark.parametrize(
    "name, values",
    [
        ("stages", [(), None, [SMALL.stages[0]], (3,)]),
        ("seed", [-1, 2**64, 0.5, True]),
        ("clip", [0, NAN]),
        ("turns", [2, NAN]),
        ("colors", [-1, NAN]),
        ("average", [1.5, NAN]),
        ("width", [0]),
        ("levels", [1]),
        ("warm_up", [-1, None]),
        ("holes", ["round", None]),
        ("fill", ["grey", NAN, 2]),
        ("loss", [None, {"valid": 1}]),
    ],
)
def test_values_that_cannot_be_trained_with(name, values):
    for value in values:
        with pytest.raises((TypeError, ValueError), match=rf"^{name} is "):
            replace(SMALL, **{name: value})


def test_weights_of_the_loss_that_cannot_be():
    for weight in (NAN, -1.0, "6"):
        with pytest.raises(ValueError, match=r"loss\.hole is "):
            replace(SMALL, loss=replace(SMALL.loss, hole=weight))
    with pytest.raises(ValueError, match="every weight of the loss is 0"):
        replace(SMALL, loss=LossWeights.only())


def test_a_batch_of_one_small_picture_is_refused_before_training():
    with pytest.raises(ValueError, match="batch norm needs two"):
        replace(SMALL, stages=small_stages(batch=1, size=16), levels=4)
    replace(SMALL, stages=small_stages(batch=1, size=17), levels=4).network()
    replace(SMALL, stages=small_stages(batch=1, size=16, frozen=1.0), levels=4).network()  # the encoder's is frozen


def test_differences_are_fields_of_the_recipe_and_of_its_stages():
    other = replace(SMALL, stages=small_stages(batch=8, frozen_rate=1e-4), seed=3)
    assert SMALL.differences(other) == ["seed", "batch", "rate", "end_rate"]
    assert SMALL.differences(Recipe(**vars(SMALL))) == []
