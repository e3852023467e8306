"""Load the stored results of lesson 09, which are all fills of the playground, the textures, and numbers for both.

``results/loss_choices.png`` contains the filled holes, 32×32 pixels each, as tiles in the order of `combinations`,
followed by the fills for one known answer. ``results/textures.png`` has a row for each texture, which is synthesised
once with trained features and once with random features. ``results/loss_choices.json`` has the numbers.
"""

import itertools
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from pconv_edu.core import read_image
from pconv_edu.experiments import RESULTS

from .questions import stone_question
from .terms import TERMS

LEVELS = {"hole": (0, 1), "perceptual": (0, 1, 4), "style": (0, 1, 4, 16), "tv": (0, 1, 10)}  # times `WEIGHTS`
STEPS, TEXTURE_STEPS, SEED, COLUMNS = 100, 300, 0, 9
ONE_ANSWER = ("hole", "perceptual", "style")  # the terms that are shown with a single known answer


def combinations() -> list[dict[str, int]]:
    """Return every combination of levels as {term: level}, in the order of the stored fills.

    The level of tv changes fastest.
    """
    return [dict(zip(TERMS, levels, strict=True)) for levels in itertools.product(*LEVELS.values())]


def sheet(pictures: Sequence[np.ndarray], columns: int) -> np.ndarray:
    """Arrange pictures (h, w, 3) of equal size in one large picture, row by row.

    Unused space in the last row is black.
    """
    rows = -(-len(pictures) // columns)
    h, w, _ = pictures[0].shape
    tiles = np.zeros((rows * columns, h, w, 3), np.float32)
    tiles[: len(pictures)] = pictures
    return tiles.reshape(rows, columns, h, w, 3).swapaxes(1, 2).reshape(rows * h, columns * w, 3)


def tiles_of(name: str, side: int, columns: int) -> np.ndarray:
    """Return the tiles of a stored sheet as a (count, side, side, 3) float32 array in [0, 1]."""
    picture = read_image(RESULTS / name)
    rows = picture.shape[0] // side
    return picture.reshape(rows, side, columns, side, 3).swapaxes(1, 2).reshape(-1, side, side, 3)


def load_numbers() -> dict[str, Any]:
    """Return the stored numbers as a dict, with "fills" in the order of `combinations`, "one answer" and "textures"."""
    return json.loads((RESULTS / "loss_choices.json").read_text(encoding="utf-8"))


def load_fills() -> list[tuple[np.ndarray, dict[str, Any]]]:
    """Return every stored fill as (picture (64, 64, 3), its numbers), in the order of `combinations`."""
    numbers = load_numbers()["fills"]
    return [
        (paste(tile), about) for tile, about in zip(tiles_of("loss_choices.png", 32, COLUMNS), numbers, strict=False)
    ]


def load_one_answer() -> list[tuple[np.ndarray, dict[str, Any]]]:
    """Return the fills for one known answer, in the same form as `load_fills`, in the order of `ONE_ANSWER`."""
    numbers, tiles = load_numbers(), tiles_of("loss_choices.png", 32, COLUMNS)[len(combinations()) :]
    return [(paste(tile), about) for tile, about in zip(tiles, numbers["one answer"], strict=False)]


def load_textures() -> dict[tuple[str, bool], np.ndarray]:
    """Return the stored textures as {(name, trained): picture (128, 128, 3)}."""
    numbers, tiles = load_numbers()["textures"], tiles_of("textures.png", 128, 2)
    return {(about["texture"], about["trained"]): tile for about, tile in zip(numbers, tiles, strict=True)}


def paste(tile: np.ndarray) -> np.ndarray:
    """Return the picture of the question, (64, 64, 3), with a tile (32, 32, 3) in its hole."""
    picture = stone_question(1).answers[0].permute(1, 2, 0).numpy().copy()
    picture[16:48, 16:48] = tile
    return picture
