"""What does each term of the loss choose when several answers are plausible? (lesson 09)

A hole in a wall of stones can be filled in many ways. Here the pixels of the hole are free, and gradient descent moves
them until the mean loss against sixteen plausible answers is as small as it gets: the answer that a network would
learn to give if it saw all sixteen and could not know which one is true.

``python -m pconv_edu.experiments.loss_choices`` computes all stored results of the lesson again: see `stored`.
"""

from dataclasses import dataclass

import torch
from torch import nn

from pconv_edu import console
from pconv_edu.core import load_photo
from pconv_edu.nn import VGGFeatures
from pconv_edu.nn.losses import HED_WEIGHTS, gram_matrix, hole_loss, perceptual_loss, tv_loss

from .descent import descend

PHOTO = "gc-mon-greatpyramidofgiza"
SURROUNDINGS, ANSWERS = (292, 232), (282, 300)  # row and column in the photo: the picture, and the square of answers
TERMS = ("hole", "perceptual", "style", "tv")
# The shipped weights. `style` is the sum of both style terms, which are equal here: I_out is I_comp.
WEIGHTS = {
    "hole": HED_WEIGHTS.hole,
    "perceptual": HED_WEIGHTS.perceptual,
    "style": HED_WEIGHTS.style_comp,
    "tv": HED_WEIGHTS.tv,
}


@dataclass(frozen=True)
class Question:
    """A picture with a hole, and its plausible answers.

    answers : (K, 3, H, W) in [0, 1], equal wherever the mask is 1
    mask : (1, 1, H, W), 1 = valid, 0 = hole
    """

    answers: torch.Tensor
    mask: torch.Tensor

    @property
    def hole(self):
        """The hole's pixels as a (H, W) bool tensor."""
        return self.mask[0, 0] == 0


@dataclass(frozen=True)
class Choice:
    """What an optimisation ended on: `picture` (3, H, W) in [0, 1], the four `terms`, and `totals`, one a step."""

    picture: torch.Tensor
    terms: dict
    totals: list


def stone_question(count=16, size=64):
    """Return a `Question` from a photo of the Great Pyramid: size × size stones, a square hole in the middle.

    count : int, 1 to 16, the answers: neighbouring squares of the same wall, pasted into the hole
    size : int, a multiple of 4 up to 64; the hole has half of it to each side

    Raises
    ------
    ValueError
        For a count or size outside these.
    """
    if not 1 <= count <= 16 or size % 4 or not 8 <= size <= 64:
        raise ValueError(f"count is {count} and size {size}; give 1 to 16, and a multiple of 4 from 8 to 64")
    photo = torch.from_numpy(load_photo(PHOTO)).permute(2, 0, 1)
    (top, left), (row, column), side, edge = SURROUNDINGS, ANSWERS, size // 2, size // 4
    answers = photo[:, top : top + size, left : left + size].repeat(count, 1, 1, 1)
    for k in range(count):
        r, c = row + k // 4 * side, column + k % 4 * side
        answers[k, :, edge : edge + side, edge : edge + side] = photo[:, r : r + side, c : c + side]
    mask = torch.ones(1, 1, size, size)
    mask[..., edge : edge + side, edge : edge + side] = 0
    return Question(answers, mask)


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


def distance_to_median(picture, question):
    """How far the hole's values lie from the median of the answers, on average.

    For an even number of answers every value between the two middle ones is a median: there the distance is 0.
    """
    count = len(question.answers)
    ordered = question.answers[..., question.hole].sort(0).values  # (K, 3, pixels)
    low, high = ordered[(count - 1) // 2], ordered[count // 2]
    values = picture[..., question.hole]
    return ((low - values).clamp(min=0) + (values - high).clamp(min=0)).mean().item()


def distance_to_nearest(picture, question):
    """The mean |difference| in the hole to the answer that is nearest, and its number: (float, int)."""
    distances = (question.answers - picture)[..., question.hole].abs().mean((1, 2))
    return distances.min().item(), int(distances.argmin())


def contrast(picture, question):
    """The standard deviation of the hole's values, per channel, averaged: 0 for a flat fill."""
    return picture[..., question.hole].std(-1).mean().item()


if __name__ == "__main__":
    from .stored import rebuild

    with console.ending("python -m pconv_edu.experiments.loss_choices"):
        rebuild()
