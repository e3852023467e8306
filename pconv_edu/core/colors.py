"""Define the colours of holes and windows, which are the same in every figure, widget and report.

`HOLE` and `REACHED` are RGB values in [0, 1], which suit NumPy, PyTorch and Matplotlib. `WINDOWS` contains the hex
codes of the colours that mark three windows in the 5×5 example. These three colours are dark enough for text on a white
background.
"""

HOLE = (0.85, 0.11, 0.55)  # a pink that few photographs contain
REACHED = (0.72, 0.88, 0.72)  # for hole pixels that have become valid; their values are computed, not known
WINDOWS = {"orange": "#B85600", "purple": "#7B3FA0", "blue": "#0B66B0"}


def hex_code(rgb: tuple[float, float, float]) -> str:
    """Return the hex code of an RGB colour with values in [0, 1], rounded to the nearest of 256 levels.

    >>> hex_code(HOLE)
    '#d91c8c'
    """
    return "#" + "".join(f"{round(255 * value):02x}" for value in rgb)
