"""Find which fill minimises each term of the loss when several answers are plausible (lesson 09).

A hole in a wall of stones can be filled in many ways. Here gradient descent changes the pixels of the hole to
minimise the mean loss over sixteen plausible answers. The result is what a network would learn to give if it saw all
sixteen answers in training and could not know which one was right.

``questions``          the picture with the hole, and its plausible answers
``terms``              the terms of the loss, and the optimisation of the hole's pixels
``texture_synthesis``  a texture synthesised with the style loss alone
``descent``            the loop of gradient descent that ``terms`` and ``texture_synthesis`` share
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
