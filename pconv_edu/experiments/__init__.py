"""Test the claims of the course with measurements.

Each result is computed once, stored in ``results/``, and shown in a lesson.

``evaluate/``         the code that measures fills, and the hole-ratio experiment (lessons 10 and 11)
``loss_choices/``     which fill minimises each term of the loss when several answers are plausible (lesson 09)
``ablations``         what each loss term and the shape of the training holes contribute (lesson 12)
``batch_norm``        what freezing the encoder's batch norm does (lesson 12)
``blind_study``       which of two fills people prefer when they do not know which method made each fill (lesson 12)
``failures``          the worst fills, selected by a fixed rule, and measurements that help to explain them (lesson 12)
``grid``              how strong the regular grid in the fills of networks is (lesson 12)
``inception``         why the course does not report the Inception Score (lesson 11)
``damage``            a scratched photo whose undamaged original is known (lesson 13)
``super_resolution``  enlarging a picture as inpainting (lesson 13)
``seams``             the seam at the edge of the hole, and what blending changes (lesson 13)
``padding``           partial convolution as padding (lesson 13)
``benchmarks``        the stored results of the programs in the repository's ``benchmarks/`` (lessons 04 and 06)
``processes``         code that runs the jobs of these experiments in several processes
"""

from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"  # the stored results of all experiments
