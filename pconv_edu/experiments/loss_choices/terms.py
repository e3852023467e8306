"""Find which fill minimises each term of the loss when several answers are plausible (lesson 09).

Gradient descent changes the pixels of the hole until the mean loss over all answers is small.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from pconv_edu.nn import VGGFeatures
from pconv_edu.nn.losses import HED_WEIGHTS, gram_matrix, hole_loss, perceptual_loss, tv_loss

from .descent import descend
from .questions import Question

TERMS = ("hole", "perceptual", "style", "tv")
# The shipped weights. `style` is the sum of both style terms, which are equal here because I_out is I_comp.
WEIGHTS = {
    "hole": HED_WEIGHTS.hole,
    "perceptual": HED_WEIGHTS.perceptual,
    "style": HED_WEIGHTS.style_comp,
    "tv": HED_WEIGHTS.tv,
}


@dataclass(frozen=True, eq=False)  # arrays have no == that is a bool
class Choice:
    """Store the result of an optimisation.

    picture : (3, H, W) in [0, 1]
    terms : {term: value} of all four terms after the last step
    totals : the weighted sum of the terms before each step
    """

    picture: torch.Tensor
    terms: dict[str, float]
    totals: list[float]


class MeanTerms(nn.Module):
    """Compute the terms of the loss for one picture, each averaged over all answers of a question.

    ``terms(picture)`` returns {term: value} for a picture (1, 3, H, W) that equals the answers where the mask is 1. The
    values equal those of `InpaintingLoss` for a batch that pairs the picture with every answer, but the features of the
    answers are computed only once. The value of "style" is the sum of the terms style_out and style_comp.

    question : Question
    features : a module or function that turns (N, 3, H, W) into a dict of features; None for `VGGFeatures`
    names : the terms to compute, from `TERMS`
    """

    def __init__(
        self,
        question: Question,
        features: Callable[[torch.Tensor], dict[str, torch.Tensor]] | None = None,
        names: Iterable[str] = TERMS,
    ) -> None:
        super().__init__()
        self.question, self.names = question, tuple(names)
        self.features = VGGFeatures() if features is None else features
        with torch.no_grad():
            self.answer_features = self.features(question.answers)
            self.answer_grams = {name: gram_matrix(f) for name, f in self.answer_features.items()}

    def forward(self, picture: torch.Tensor, names: Iterable[str] | None = None) -> dict[str, torch.Tensor]:
        """Return {term: value} for `names`, or for all of `self.names` if `names` is None."""
        names, mask = self.names if names is None else tuple(names), self.question.mask
        values: dict[str, Any] = {}
        if "hole" in names:
            answers = self.question.answers
            values["hole"] = hole_loss(picture.expand_as(answers), answers, mask.expand(len(answers), -1, -1, -1))
        if "tv" in names:
            values["tv"] = tv_loss(picture, mask)
        if {"perceptual", "style"} & set(names):  # counted twice, because I_out is I_comp
            features = self.features(picture)
            layers = [(features[name], self.answer_features[name], self.answer_grams[name]) for name in features]
            if "perceptual" in names:
                values["perceptual"] = 2 * sum(perceptual_loss(f, answers) for f, answers, _ in layers)
            if "style" in names:
                values["style"] = 2 * sum((gram_matrix(f) - grams).abs().mean() for f, _, grams in layers)
        return values


def choose(
    terms: MeanTerms, weights: Mapping[str, float], steps: int = 100, rate: float = 0.05, seed: int = 0
) -> Choice:
    """Minimise a weighted sum of terms over the hole's pixels, and return the `Choice`.

    The pixels start at the mean colour of the surroundings with a little noise. If no term affects a pixel, the pixel
    keeps this colour, so the fill stays nearly flat there. The optimiser is `descend`.

    Parameters
    ----------
    terms : MeanTerms
    weights : {term: weight}; terms that are left out, or have the weight 0, are not used
    steps, rate : as for `descend`
    seed : seed of the noise; the same seed gives the same result

    Raises
    ------
    ValueError
        If a term is not in `TERMS`, or `steps` is less than 1.
    """
    if not set(weights) <= set(TERMS) or steps < 1:
        raise ValueError(f"weights are for {sorted(weights)}, steps {steps}; the terms are {TERMS}, steps at least 1")
    used = {name: weight for name, weight in weights.items() if weight}
    known, hole = terms.question.answers[:1], terms.question.hole
    noise = torch.rand(known.shape, generator=torch.Generator().manual_seed(seed)) - 0.5
    mean = known[..., ~hole].mean(-1)[..., None, None]
    pixels = (mean + 0.05 * noise).clamp(0, 1)

    def total(pixels: torch.Tensor) -> torch.Tensor:
        values = terms(torch.where(hole, pixels, known), used)
        return sum((weight * values[name] for name, weight in used.items()), torch.tensor(0.0))

    totals = descend(pixels, total, steps, rate) if used else []
    picture = torch.where(hole, pixels, known).detach()
    with torch.no_grad():
        return Choice(picture[0], {name: value.item() for name, value in terms(picture, TERMS).items()}, totals)
