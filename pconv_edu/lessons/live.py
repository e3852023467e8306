"""Curves and samples that grow while a cell trains (lesson 10)."""

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display


class LiveTraining:
    """A figure that is redrawn as training goes on: curves on the left, a sample on the right.

    Parameters
    ----------
    steps : int, how many there will be
    title : str
    ylabel : str
    """

    def __init__(self, steps, title="", ylabel="mean error in the hole"):
        self.points = {}
        self.figure, (self.curves, self.sample) = plt.subplots(
            1, 2, figsize=(9.5, 3.1), width_ratios=(1.1, 1.6), layout="constrained"
        )
        plt.close(self.figure)  # it is shown by the handle, not by the end of the cell
        self.curves.set(xlim=(0, steps), xlabel="step", ylabel=ylabel, title=title)
        self.sample.axis("off")
        self.handle = display(self.figure, display_id=True)

    def show(self, step, values, pictures=(), titles=()):
        """Add a point to each curve and draw the figure again.

        step : int
        values : dict of name -> float above 0
        pictures : (H, W, 3) arrays in [0, 1], of one size; they stand side by side
        titles : a word for each
        """
        for name, value in values.items():
            steps, heights = self.points.setdefault(name, ([], []))
            steps.append(step)
            heights.append(value)
        for line in list(self.curves.lines):
            line.remove()
        for number, (name, (steps, heights)) in enumerate(self.points.items()):
            self.curves.plot(steps, heights, color=f"C{number}", label=name, marker=".")
        self.curves.set_ylim(bottom=0)
        self.curves.legend(fontsize=9)
        if len(pictures):
            gap = np.ones((pictures[0].shape[0], max(1, pictures[0].shape[1] // 16), 3))
            row = [part for picture in pictures for part in (picture, gap)][:-1]
            self.sample.clear()
            self.sample.axis("off")
            self.sample.imshow(np.clip(np.concatenate(row, axis=1), 0, 1), interpolation="nearest")
            self.sample.set_title(", ".join(titles), size=10)
        self.handle.update(self.figure)
