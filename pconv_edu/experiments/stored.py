"""The stored results of lesson 09: every fill of the playground, the textures, and all their numbers.

``results/loss_choices.png`` holds the hole of each fill, 32×32 pixels, as tiles in the order of `combinations`; then
those for one known answer. ``results/textures.png``: a row for each texture, with trained and with random features.
"""

import functools
import itertools
import json
from pathlib import Path

import numpy as np
import torch

from pconv_edu.core import photo_credit, read_image, write_image
from pconv_edu.nn import VGGFeatures

from . import loss_choices, processes, texture_synthesis
from .loss_choices import TERMS, WEIGHTS, MeanTerms, Question, choose, stone_question

RESULTS = Path(__file__).parent / "results"
LEVELS = {"hole": (0, 1), "perceptual": (0, 1, 4), "style": (0, 1, 4, 16), "tv": (0, 1, 10)}  # times `WEIGHTS`
STEPS, TEXTURE_STEPS, SEED, COLUMNS = 100, 300, 0, 9
ONE_ANSWER = ("hole", "perceptual", "style")  # the terms that are shown with a single known answer


def combinations():
    """All choices of a level for each term, as dicts in the order of storage; tv changes fastest."""
    return [dict(zip(TERMS, levels, strict=True)) for levels in itertools.product(*LEVELS.values())]


@functools.cache
def _terms(count):
    question = stone_question()
    return MeanTerms(Question(question.answers[:count], question.mask))


def fill(levels, count):
    """The fill for {term: level}, against the first `count` answers: ((32, 32, 3) array, its numbers as a dict)."""
    terms = _terms(count)
    weights = {name: levels[name] * WEIGHTS[name] for name in levels}
    choice, question = choose(terms, weights, STEPS, seed=SEED), terms.question
    nearest, number = loss_choices.distance_to_nearest(choice.picture, question)
    numbers = {
        "levels": levels,
        "terms": choice.terms,
        "total": choice.totals[-1] if choice.totals else 0.0,
        "to_median": loss_choices.distance_to_median(choice.picture, question),
        "to_nearest": nearest,
        "nearest": number,
        "contrast": loss_choices.contrast(choice.picture, question),
    }
    return hole_of(choice.picture, question), numbers


def hole_of(picture, question):
    """The square hole of a picture (3, H, W) as an (h, w, 3) array."""
    rows, columns = (torch.nonzero(question.hole.any(axis)).flatten() for axis in (1, 0))
    part = picture[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return part.permute(1, 2, 0).numpy()


def texture(name, trained):
    """One synthesis: ((128, 128, 3) array, its numbers as a dict). Untrained features are drawn from the seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        features = VGGFeatures("hed" if trained else None)
    picture, losses = texture_synthesis.synthesize(texture_synthesis.load_texture(name), features, TEXTURE_STEPS)
    numbers = {"texture": name, "trained": trained, "first": losses[0], "last": losses[-1]}
    return picture[0].permute(1, 2, 0).numpy(), numbers


def _call(function, *arguments):
    return function(*arguments)


def rebuild(folder=RESULTS):
    """Compute all results and write them to `folder`: about 7 minutes on two cores, one process each."""
    jobs = [(texture, name, trained) for name in texture_synthesis.TEXTURES for trained in (True, False)]
    jobs += [(fill, levels, 16) for levels in combinations()] + [(fill, {name: 1}, 1) for name in ONE_ANSWER]
    found = processes.all_results(_call, jobs, 2, "fill")
    textures, fills = found[: 2 * len(texture_synthesis.TEXTURES)], found[2 * len(texture_synthesis.TEXTURES) :]
    folder.mkdir(exist_ok=True)
    write_image(folder / "loss_choices.png", sheet([picture for picture, _ in fills], COLUMNS))
    write_image(folder / "textures.png", sheet([picture for picture, _ in textures], 2))
    numbers = {
        "made by": "python -m pconv_edu.experiments.loss_choices",
        "torch": torch.__version__,
        "settings": {
            "steps": STEPS,
            "texture_steps": TEXTURE_STEPS,
            "seed": SEED,
            "levels": LEVELS,
            "weights": WEIGHTS,
        },
        "photos": {name: photo_credit(name) for name in (loss_choices.PHOTO, texture_synthesis.TEXTURES["spines"][0])},
        "fills": [about for _, about in fills[: -len(ONE_ANSWER)]],
        "one answer": [about for _, about in fills[-len(ONE_ANSWER) :]],
        "textures": [about for _, about in textures],
    }
    text = json.dumps(_rounded(numbers), ensure_ascii=False, indent=1)
    (folder / "loss_choices.json").write_text(text + "\n", encoding="utf-8")


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


def _rounded(value):
    """Floats to six digits, in dicts and lists too."""
    if isinstance(value, dict):
        return {key: _rounded(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(v) for v in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value
