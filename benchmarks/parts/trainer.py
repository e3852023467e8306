"""Batches for the first stage of a recipe, as the trainer makes them."""

from pconv_edu.nn.data import Batches, Photos
from pconv_edu.nn.recipes import Recipe


def first_batches(recipe: Recipe, photos: Photos) -> Batches:
    """Return the batches of the first stage. On a GPU this draws the bank of holes, which takes seconds."""
    stage = recipe.stages[0]
    return Batches(photos, stage.size, stage.batch, recipe.holes, colors=recipe.colors, turns=recipe.turns)
