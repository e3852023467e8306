"""Draw which tests fail on which exhibits, as a table of crosses."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from .exhibit import ShortTest


def show_matrix(caught: np.ndarray, names: Sequence[str], tests: Sequence[ShortTest]) -> Figure:
    """Draw a table with a cross where a test fails, and return the figure.

    Parameters
    ----------
    caught : (tests, columns) bool array, True where the test of the row fails on the code of the column
    names : the name of the code in each column
    tests : the test of each row
    """
    fig, ax = plt.subplots(figsize=(7.5, 5))
    ax.imshow(caught, cmap="Oranges", vmin=0, vmax=1.6)
    for row, column in np.argwhere(caught):
        ax.text(column, row, "×", ha="center", va="center", size=12)
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(tests)), [f"{test.name} ({test.length})" for test in tests])
    ax.set(xlabel="exhibit")
    ax.set_xticks(np.arange(len(names)) + 0.5, minor=True)
    ax.set_yticks(np.arange(len(tests)) + 0.5, minor=True)
    ax.grid(which="minor", color="#BBBBBB", linewidth=0.6)
    ax.tick_params(which="minor", length=0)
    return fig
