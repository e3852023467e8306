"""What does each term of the loss choose when several answers are plausible? (lesson 09)

A hole in a wall of stones can be filled in many ways. Here the pixels of the hole are free, and gradient descent moves
them until the mean loss against sixteen plausible answers is as small as it gets: the answer that a network would
learn to give if it saw all sixteen and could not know which one is true.

``questions`` has the picture and its answers, ``terms`` the loss terms and the optimisation, ``texture_synthesis`` a
texture drawn from the style loss alone, ``descent`` the gradient descent on pixels. ``stored`` reads the results that
the lesson shows; ``rebuild``, or ``python -m pconv_edu.experiments.loss_choices``, computes them again.
"""

from .questions import Question, contrast, distance_to_median, distance_to_nearest, stone_question
from .terms import TERMS, WEIGHTS, Choice, MeanTerms, choose

__all__ = [
    "TERMS",
    "WEIGHTS",
    "Choice",
    "MeanTerms",
    "Question",
    "choose",
    "contrast",
    "distance_to_median",
    "distance_to_nearest",
    "stone_question",
]
