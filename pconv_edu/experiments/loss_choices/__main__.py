"""``python -m pconv_edu.experiments.loss_choices`` computes the stored results of lesson 09 again."""

from pconv_edu import console

from .rebuild import rebuild

if __name__ == "__main__":
    with console.ending("python -m pconv_edu.experiments.loss_choices"):
        rebuild()
