"""Batches for the first stage of a recipe, as the trainer makes them: on a GPU, if the photos fit in its memory."""

from pconv_edu.nn.data import Batches, Photos
from pconv_edu.nn.device_data import DeviceBatches
from pconv_edu.nn.device_photos import pack_photos
from pconv_edu.nn.recipes import Recipe


def first_batches(recipe: Recipe, photos: Photos) -> Batches:
    """Return the batches of the first stage. On a GPU this draws the bank of holes, which takes seconds."""
    stage, variation = recipe.stages[0], {"colors": recipe.colors, "turns": recipe.turns}
    packed = pack_photos(photos) if photos.device.type == "cuda" else None
    if packed is not None:
        return DeviceBatches(packed, stage.size, stage.batch, recipe.holes, **variation)
    return Batches(photos, stage.size, stage.batch, recipe.holes, **variation)
