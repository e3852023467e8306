"""Show a figure of curves and samples, and update it while a cell trains a network (lesson 10)."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display


class LiveTraining:
    """Show the progress of a training run, with curves on the left and a sample on the right.

    Parameters
    ----------
    steps : int, the number of training steps, at which the horizontal axis ends
    title : str
    ylabel : str
    top : upper end of the vertical axis, which begins at 0. Figures with the same `top` can be compared at a glance
    start : int, the step at which the horizontal axis begins
    """

    def __init__(
        self, steps: int, title: str = "", ylabel: str = "mean error in the hole", top: float = 0.7, start: int = 0
    ) -> None:
        self.points: dict[str, tuple[list[int], list[float]]] = {}
        self.figure, (self.curves, self.sample) = plt.subplots(
            1, 2, figsize=(9.4, 2.9), width_ratios=(1.1, 1.7), layout="constrained"
        )
        plt.close(self.figure)  # otherwise the cell would show the figure a second time when it ends
        margin = 0.03 * (steps - start)  # so that the markers at both ends are not cut off
        ends = start - margin, steps + margin
        self.curves.set(xlim=ends, ylim=(0, top), xlabel="step", ylabel=ylabel, title=title)
        self.sample.axis("off")
        self.handle = display(self.figure, display_id=True)

    def show(
        self,
        step: int,
        values: Mapping[str, float],
        pictures: Sequence[np.ndarray] = (),
        titles: Sequence[str] = (),
    ) -> None:
        """Add a point to each curve and redraw the figure.

        Parameters
        ----------
        step : int, the position of the points on the horizontal axis
        values : dict of curve name -> height of the point, above 0
        pictures : (H, W, 3) arrays in [0, 1], all of the same size, shown side by side
        titles : one word for each picture
        """
        for name, value in values.items():
            steps, heights = self.points.setdefault(name, ([], []))
            steps.append(step)
            heights.append(value)
        for line in list(self.curves.lines):
            line.remove()
        for number, (name, (steps, heights)) in enumerate(self.points.items()):
            self.curves.plot(steps, heights, color=f"C{number}", label=name, marker=".")
        self.curves.legend(fontsize=10)
        if len(pictures):
            gap = np.ones((pictures[0].shape[0], max(1, pictures[0].shape[1] // 16), 3))
            row = [part for picture in pictures for part in (picture, gap)][:-1]
            self.sample.clear()
            self.sample.axis("off")
            self.sample.imshow(np.clip(np.concatenate(row, axis=1), 0, 1), interpolation="nearest")
            self.sample.set_title(", ".join(titles), size=11)
        self.handle.update(self.figure)
