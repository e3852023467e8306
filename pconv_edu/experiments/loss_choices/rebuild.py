"""Compute the stored results of lesson 09 again. The module `stored` loads them."""

import functools
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from pconv_edu.core import photo_credit, write_image
from pconv_edu.core.atomic import write_atomically
from pconv_edu.experiments import RESULTS, processes
from pconv_edu.nn import VGGFeatures

from . import texture_synthesis
from .questions import PHOTO, Question, contrast, distance_to_median, distance_to_nearest, stone_question
from .stored import COLUMNS, LEVELS, ONE_ANSWER, SEED, STEPS, TEXTURE_STEPS, combinations, sheet
from .terms import WEIGHTS, MeanTerms, choose


@functools.cache
def _terms(count: int) -> MeanTerms:
    """Return the terms for the first `count` answers of the question."""
    question = stone_question()
    return MeanTerms(Question(question.answers[:count], question.mask))


def fill(levels: Mapping[str, int], count: int) -> tuple[np.ndarray, dict[str, Any]]:
    """Compute the fill for {term: level} and `count` answers. Return the filled hole (32, 32, 3) and its numbers."""
    terms = _terms(count)
    weights = {name: levels[name] * WEIGHTS[name] for name in levels}
    choice, question = choose(terms, weights, STEPS, seed=SEED), terms.question
    nearest, number = distance_to_nearest(choice.picture, question)
    numbers = {
        "levels": levels,
        "terms": choice.terms,
        "total": choice.totals[-1] if choice.totals else 0.0,
        "to_median": distance_to_median(choice.picture, question),
        "to_nearest": nearest,
        "nearest": number,
        "contrast": contrast(choice.picture, question),
    }
    return hole_of(choice.picture, question), numbers


def hole_of(picture: torch.Tensor, question: Question) -> np.ndarray:
    """Return the square hole of a picture (3, H, W) as an (h, w, 3) array."""
    rows, columns = (torch.nonzero(question.hole.any(axis)).flatten() for axis in (1, 0))
    part = picture[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return part.permute(1, 2, 0).numpy()


def texture(name: str, trained: bool) -> tuple[np.ndarray, dict[str, Any]]:
    """Synthesise one texture; return the picture (128, 128, 3) and its numbers.

    If `trained` is False, the network that computes the features has random weights, drawn with `SEED`.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(SEED)
        features = VGGFeatures("hed" if trained else None)
    picture, losses = texture_synthesis.synthesize(texture_synthesis.load_texture(name), features, TEXTURE_STEPS)
    numbers = {"texture": name, "trained": trained, "first": losses[0], "last": losses[-1]}
    return picture[0].permute(1, 2, 0).numpy(), numbers


def _call(function: Callable, *arguments: Any) -> Any:
    """Call a function, so that jobs with different functions can be run as calls of a single function."""
    return function(*arguments)


def rebuild(folder: Path = RESULTS) -> None:
    """Compute all results and write them to `folder`; this takes about 7 minutes with two processes on two cores."""
    jobs: list[tuple] = [(texture, name, trained) for name in texture_synthesis.TEXTURES for trained in (True, False)]
    jobs += [(fill, levels, 16) for levels in combinations()] + [(fill, {name: 1}, 1) for name in ONE_ANSWER]
    results, count = processes.all_results(_call, jobs, 2, "fill"), 2 * len(texture_synthesis.TEXTURES)
    textures, fills = results[:count], results[count:]
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
        "photos": {name: photo_credit(name) for name in (PHOTO, texture_synthesis.TEXTURES["spines"][0])},
        "fills": [about for _, about in fills[: -len(ONE_ANSWER)]],
        "one answer": [about for _, about in fills[-len(ONE_ANSWER) :]],
        "textures": [about for _, about in textures],
    }
    text = json.dumps(_rounded(numbers), ensure_ascii=False, indent=1)
    write_atomically(folder / "loss_choices.json", (text + "\n").encode())


def _rounded(value: Any) -> Any:
    """Round floats to six significant digits, including floats inside dicts and lists."""
    if isinstance(value, dict):
        return {key: _rounded(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(v) for v in value]
    return float(f"{value:.6g}") if isinstance(value, float) else value
