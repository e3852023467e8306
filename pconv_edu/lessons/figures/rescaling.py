"""Draw the plot of lesson 04 that shows what the ratio of a partial convolution corrects, and what it costs.

The function draws and returns a figure. It is not a figure of `figures/`, so it is not registered.
"""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure


def rescaled_sums(trials: Mapping[int, Mapping[str, np.ndarray]]) -> Figure:
    """Draw the mean and the standard deviation of raw and rescaled sums, and the variance of the rescaled sums.

    trials : {number of valid values of nine: {"all nine": sums, "raw": sums, "rescaled": sums}}, where sums is an (n,)
        array with a sum for each of n windows
    """
    counts = np.array(list(trials))
    fig, (left, right) = plt.subplots(1, 2, figsize=(9.4, 3.5))
    for name, color in (("raw", "C7"), ("rescaled", "C0")):
        mean = np.array([trial[name].mean() for trial in trials.values()])
        deviation = np.array([trial[name].std() for trial in trials.values()])
        left.plot(counts, mean, "o-", color=color, label=f"{name} sum")
        left.fill_between(counts, mean - deviation, mean + deviation, color=color, alpha=0.2)
    left.set(xlabel="valid values of nine", ylabel="mean ± standard deviation")
    left.legend()
    factor = [trial["rescaled"].var() / trial["all nine"].var() for trial in trials.values()]
    right.plot(counts, 9 / counts, color="0.6", label="9 / valid values")
    right.plot(counts, factor, "o", color="C0", label="simulated")
    right.set(xlabel="valid values of nine", ylabel="variance, rescaled / all nine")
    right.set_ylim(0, None)
    right.legend()
    fig.tight_layout()
    return fig
