"""The stored results of lesson 09: every fill of the playground, the textures, and all their numbers.

``results/loss_choices.png`` holds the hole of each fill, 32×32 pixels, as tiles in the order of `combinations`; then
those for one known answer. ``results/textures.png``: a row for each texture, with trained and with random features.
"""

import itertools
import json

import numpy as np

from pconv_edu.core import read_image
from pconv_edu.experiments import RESULTS

from .questions import stone_question
from .terms import TERMS

LEVELS = {"hole": (0, 1), "perceptual": (0, 1, 4), "style": (0, 1, 4, 16), "tv": (0, 1, 10)}  # times `WEIGHTS`
STEPS, TEXTURE_STEPS, SEED, COLUMNS = 100, 300, 0, 9
ONE_ANSWER = ("hole", "perceptual", "style")  # the terms that are shown with a single known answer


def combinations():
    """All choices of a level for each term, as dicts in the order of storage; tv changes fastest."""
    return [dict(zip(TERMS, levels, strict=True)) for levels in itertools.product(*LEVELS.values())]


def sheet(pictures, columns):
    """Pictures (h, w, 3) of one size as one picture, row by row; what is left of the last row is black."""
    rows = -(-len(pictures) // columns)
    h, w, _ = pictures[0].shape
    tiles = np.zeros((rows * columns, h, w, 3), np.float32)
    tiles[: len(pictures)] = pictures
    return tiles.reshape(rows, columns, h, w, 3).swapaxes(1, 2).reshape(rows * h, columns * w, 3)


def tiles_of(name, side, columns):
    """The tiles of a stored sheet: (count, side, side, 3) float32 in [0, 1]."""
    picture = read_image(RESULTS / name)
    rows = picture.shape[0] // side
    return picture.reshape(rows, side, columns, side, 3).swapaxes(1, 2).reshape(-1, side, side, 3)


def load_numbers():
    """The stored numbers: a dict with "fills", in the order of `combinations`, "one answer", "textures", "settings"."""
    return json.loads((RESULTS / "loss_choices.json").read_text(encoding="utf-8"))


def load_fills():
    """Every stored fill: a list of ((64, 64, 3) array, its numbers), in the order of `combinations`."""
    numbers = load_numbers()["fills"]
    return [
        (paste(tile), about) for tile, about in zip(tiles_of("loss_choices.png", 32, COLUMNS), numbers, strict=False)
    ]


def load_one_answer():
    """The fills for one known answer, as `load_fills` gives them, in the order of `ONE_ANSWER`."""
    numbers, tiles = load_numbers(), tiles_of("loss_choices.png", 32, COLUMNS)[len(combinations()) :]
    return [(paste(tile), about) for tile, about in zip(tiles, numbers["one answer"], strict=False)]


def load_textures():
    """{(name, trained): (128, 128, 3) array} of the stored syntheses."""
    numbers, tiles = load_numbers()["textures"], tiles_of("textures.png", 128, 2)
    return {(about["texture"], about["trained"]): tile for about, tile in zip(numbers, tiles, strict=True)}


def paste(tile):
    """A hole's content (32, 32, 3) in its surroundings: (64, 64, 3)."""
    picture = stone_question(1).answers[0].permute(1, 2, 0).numpy().copy()
    picture[16:48, 16:48] = tile
    return picture
