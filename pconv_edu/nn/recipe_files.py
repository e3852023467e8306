"""Convert recipes to and from JSON, for the recipe.json of a run and the cards of the shipped networks.

Files that earlier versions wrote contain the arguments of `two_stages` instead of a list of stages. Such files can
still be read.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from pconv_edu.core.arguments import shown

from .losses import LossWeights
from .recipe_base import BaseRecipe
from .recipes import Recipe
from .rival_recipes import RivalRecipe
from .stages import Stage, two_stages

EARLIER = ("size", "batch", "last_size", "last_batch", "steps", "rate", "frozen_rate", "frozen")  # instead of stages


def recipe_as_json(recipe: BaseRecipe) -> dict[str, Any]:
    """Return a recipe as a dict that JSON can store.

    The dict contains every field. The loss and each stage are dicts too.
    """
    return json.loads(json.dumps(asdict(recipe)))


def recipe_from_json(value: Any, source: str = "the recipe") -> BaseRecipe:
    """Return the recipe in a dict that `recipe_as_json` returned, in this version or an earlier one.

    value : dict of every field, as read from a JSON file. A dict with the field "kind" becomes a `RivalRecipe`, and any
        other dict becomes a `Recipe`
    source : where the dict comes from, for error messages

    Raises ValueError if `value` is not such a dict, or if a field is missing, unknown or invalid. The message names the
    field.
    """
    if isinstance(value, dict) and "kind" in value:
        return _rival_from_json(value, source)
    earlier = isinstance(value, dict) and "stages" not in value and not value.keys().isdisjoint(EARLIER)
    names, optional = _names(Recipe), ("variant",)
    _check_names(
        value, [name for name in names if name != "stages"] + [*EARLIER] if earlier else names, Recipe, source, optional
    )
    _check_names(value["loss"], _names(LossWeights), LossWeights, f"{source}, loss")
    if not earlier:
        _check_stages(value["stages"], source)
    try:
        value = _with_stages(value) if earlier else value | {"stages": tuple(Stage(**s) for s in value["stages"])}
        return Recipe(**value | {"loss": LossWeights(**value["loss"])})
    except (TypeError, ValueError) as error:
        raise ValueError(f"{source}: {error}") from None


def _rival_from_json(value: dict[str, Any], source: str) -> RivalRecipe:
    _check_names(value, _names(RivalRecipe), RivalRecipe, source)
    _check_stages(value["stages"], source)
    try:
        return RivalRecipe(**value | {"stages": tuple(Stage(**stage) for stage in value["stages"])})
    except (TypeError, ValueError) as error:
        raise ValueError(f"{source}: {error}") from None


def _with_stages(value: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that an earlier version wrote, with the arguments of `two_stages` converted to stages."""
    fields_now = {name: part for name, part in value.items() if name not in EARLIER}
    stages = two_stages(**{name: value[name] for name in EARLIER})
    if stages[0].frozen:  # in this case, earlier versions had no warm-up
        fields_now["warm_up"] = 0
    return fields_now | {"stages": stages}


def _check_stages(value: Any, source: str) -> None:
    if not isinstance(value, list):
        raise ValueError(f"{source}, stages is {shown(value)}; it must be a list of JSON objects")
    for number, stage in enumerate(value, start=1):
        _check_names(stage, _names(Stage), Stage, f"{source}, stage {number}", optional=("learns",))


def _names(kind: type) -> list[str]:
    return [field.name for field in fields(kind)]


def _check_names(value: Any, names: Sequence[str], kind: type, source: str, optional: Sequence[str] = ()) -> None:
    """Raise ValueError unless `value` is a dict whose keys are `names`. Only the keys in `optional` may be missing."""
    if not isinstance(value, dict):
        raise ValueError(f"{source} is {shown(value)}; it must be a JSON object with the fields of {kind.__name__}")
    unknown = [name for name in value if name not in names]
    missing = [name for name in names if name not in value and name not in optional]
    if unknown or missing:
        parts = [f"unknown: {', '.join(unknown)}"] if unknown else []
        parts += [f"missing: {', '.join(missing)}"] if missing else []
        raise ValueError(
            f"{source} does not have the fields of {kind.__name__} of this version of pconv_edu ({'; '.join(parts)})"
        )
