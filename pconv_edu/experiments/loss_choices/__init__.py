"""Find which fill minimises each term of the loss when several answers are plausible (lesson 09).

A hole in a wall of stones can be filled in many ways. Here gradient descent changes the pixels of the hole until the
mean loss over sixteen plausible answers is small. The result is the answer that a network would learn to give if the
network saw all sixteen answers in training and could not know which of them is true.

``questions``          the picture with the hole, and its plausible answers
``terms``              the terms of the loss, and the optimisation of the hole's pixels
``texture_synthesis``  a texture synthesised with the style loss alone
``descent``            gradient descent on pixels
``stored``             the results that lesson 09 shows
``rebuild``            the computation of these results, which ``python -m pconv_edu.experiments.loss_choices`` runs
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
