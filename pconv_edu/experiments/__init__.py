"""The measured claims of the course: what is computed once, stored in ``results/`` and shown in a lesson.

``loss_choices`` (lesson 09): what each term of the loss chooses when several answers are plausible.
``texture_synthesis`` (lesson 09): a texture drawn from nothing but the style loss.
``scores``, ``perceptual``: how good the fills are (lesson 10, ``python -m pconv_edu evaluate``).
``stored``: makes and reads the results; ``descent``: gradient descent on pixels.
"""
