"""What each term of the loss chooses when several answers are plausible (lesson 09).

The pixels of the hole are free, and gradient descent moves them until the mean loss over all answers is small.
"""

from dataclasses import dataclass

import torch
from torch import nn

from pconv_edu.nn import VGGFeatures
from pconv_edu.nn.losses import HED_WEIGHTS, gram_matrix, hole_loss, perceptual_loss, tv_loss

from .descent import descend

TERMS = ("hole", "perceptual", "style", "tv")
# The shipped weights. `style` is the sum of both style terms, which are equal here: I_out is I_comp.
WEIGHTS = {
    "hole": HED_WEIGHTS.hole,
    "perceptual": HED_WEIGHTS.perceptual,
    "style": HED_WEIGHTS.style_comp,
    "tv": HED_WEIGHTS.tv,
}


@dataclass(frozen=True)
class Choice:
    """What an optimisation ended on: `picture` (3, H, W) in [0, 1], the four `terms`, and `totals`, one a step."""

    picture: torch.Tensor
    terms: dict
    totals: list


class MeanTerms(nn.Module):
    """The terms of one picture, each averaged over all answers of a question.

    ``terms(picture) -> dict`` for a picture (1, 3, H, W) that equals the answers where the mask is 1, as
    `InpaintingLoss` gives them if it meets the picture with every answer once; but what does not change, the features
    of the answers, is computed once. `style` stands for style_out + style_comp.

    question : Question
    features : VGGFeatures, or another module that turns (N, 3, H, W) into a dict of features
    names : the terms to compute, of `TERMS`
    """

    def __init__(self, question, features=None, names=TERMS):
        super().__init__()
        self.question, self.names = question, tuple(names)
        self.features = VGGFeatures() if features is None else features
        with torch.no_grad():
            self.wanted = self.features(question.answers)
            self.wanted_grams = {name: gram_matrix(f) for name, f in self.wanted.items()}

    def forward(self, picture, names=None):
        names, mask = self.names if names is None else names, self.question.mask
        found = {}
        if "hole" in names:
            answers = self.question.answers
            found["hole"] = hole_loss(picture.expand_as(answers), answers, mask.expand(len(answers), -1, -1, -1))
        if "tv" in names:
            found["tv"] = tv_loss(picture, mask)
        if {"perceptual", "style"} & set(names):  # twice each: for I_out and for I_comp, which are the same picture
            features = self.features(picture)
            pairs = [(features[name], self.wanted[name], self.wanted_grams[name]) for name in features]
            if "perceptual" in names:
                found["perceptual"] = 2 * sum(perceptual_loss(f, wanted) for f, wanted, _ in pairs)
            if "style" in names:
                found["style"] = 2 * sum((gram_matrix(f) - wanted).abs().mean() for f, _, wanted in pairs)
        return found


def choose(terms, weights, steps=100, rate=0.05, seed=0):
    """Move the hole's pixels down the weighted sum of terms and return the `Choice`.

    The pixels start at the mean colour of the surroundings, with a little noise: what no term cares for stays nearly
    flat. `descend` moves them.

    terms : MeanTerms
    weights : dict of term -> float; terms that are left out, or weigh 0, have no say
    steps, rate : as for `descend`
    seed : int, of the noise; one seed gives one result

    Raises
    ------
    ValueError
        For a term that is not in `TERMS`, or no step.
    """
    if not set(weights) <= set(TERMS) or steps < 1:
        raise ValueError(f"weights are for {sorted(weights)}, steps {steps}; the terms are {TERMS}, steps at least 1")
    used = {name: weight for name, weight in weights.items() if weight}
    known, hole = terms.question.answers[:1], terms.question.hole
    noise = torch.rand(known.shape, generator=torch.Generator().manual_seed(seed)) - 0.5
    mean = known[..., ~hole].mean(-1)[..., None, None]
    pixels = (mean + 0.05 * noise).clamp(0, 1)

    def total(pixels):
        found = terms(torch.where(hole, pixels, known), used)
        return sum(weight * found[name] for name, weight in used.items())

    totals = descend(pixels, total, steps, rate) if used else []
    picture = torch.where(hole, pixels, known).detach()
    with torch.no_grad():
        return Choice(picture[0], {name: value.item() for name, value in terms(picture, TERMS).items()}, totals)
