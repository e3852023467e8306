"""The measured claims of the course: what is computed once, stored in ``results/`` and shown in a lesson.

``loss_choices`` (lesson 09): what each term of the loss chooses when several answers are plausible.
``texture_synthesis`` (lesson 09): a texture drawn from nothing but the style loss.
``hole_ratio`` (lessons 10 and 11, ``python -m pconv_edu evaluate``): how filling fails as holes grow. ``cases`` with
``hole_shapes``, ``methods``, ``measures`` with ``perceptual``, and ``rows`` belong to it; ``scores``, ``plots`` and
``report`` read its rows. ``processes``: work on all cores.
``inception`` (lesson 11): why there is no Inception Score.
``ablations`` (lesson 12): one loss term less, or other holes in training; ``grid``: how strong a grid networks draw;
``batch_norm``: what freezing it does; ``failures``: four kinds, by a rule; ``blind_study``: which fill people prefer.
``damage``, ``super_resolution``, ``padding`` (lesson 13): a scratched photo, and two other uses of partial convolution.
``stored``: makes and reads the results of lesson 09; ``descent``: gradient descent on pixels.
``benchmarks`` (lessons 04 and 06): what the repository's `benchmarks/` measured.
"""
