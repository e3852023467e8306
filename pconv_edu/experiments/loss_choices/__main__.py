"""Compute the stored results of lesson 09 again, with ``python -m pconv_edu.experiments.loss_choices``."""

from pconv_edu import console

from .rebuild import rebuild

if __name__ == "__main__":
    with console.ending("python -m pconv_edu.experiments.loss_choices"):
        rebuild()
