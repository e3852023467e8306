"""Make masks with holes whose ratio and radius can be chosen independently, such as squares, stripes and blobs.

A lattice of n × n square holes of side s in a picture of side L has the ratio (n·s/L)² and the radius s/2. Many small
holes and one large hole can therefore have the same ratio.
"""

import numpy as np

from pconv_edu.core import irregular_mask

SIZE = 256


def squares(count: int, side: int, size: int = SIZE) -> np.ndarray:
    """Return a (size, size) bool mask, True = valid, with `count` × `count` evenly spread square holes of `side` px.

    >>> from pconv_edu.core import hole_radius, hole_ratio
    >>> hole_ratio(squares(2, 64)), hole_radius(squares(2, 64)), hole_ratio(squares(8, 16)), hole_radius(squares(8, 16))
    (0.25, 32, 0.25, 8)
    """
    line = _line(count, side, size)
    return ~np.outer(line, line)


def stripes(count: int, width: int, size: int = SIZE) -> np.ndarray:
    """Return a (size, size) bool mask, True = valid, whose holes are `count` evenly spread vertical stripes.

    Each stripe is `width` px wide.
    """
    return ~np.outer(np.ones(size, bool), _line(count, width, size))


def blobs(count: int, rng: np.random.Generator, size: int = SIZE) -> np.ndarray:
    """Return a (size, size) bool mask, True = valid, with `count` × `count` copies of one irregular hole.

    The picture is divided into `count` × `count` squares. Each square contains one copy, which covers about a quarter
    of the square.
    """
    part = size // count
    blob = irregular_mask(part, (0.24, 0.26), border=part // 16, rng=rng, kinds=("blobs",))
    return np.tile(blob, (count, count))


def turned_square(degrees: float, side: int = 100, size: int = SIZE) -> np.ndarray:
    """Return a (size, size) bool mask, True = valid, with one square hole, rotated about the middle of the picture.

    >>> int((~turned_square(0, 100)).sum()), bool(turned_square(45, 100)[128 - 60, 128])
    (10000, False)
    """
    y, x = np.mgrid[:size, :size] + 0.5 - size / 2
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return ~((abs(c * x + s * y) < side / 2) & (abs(c * y - s * x) < side / 2))


def boxes(*places: tuple[int, int, int, int], size: int = SIZE) -> np.ndarray:
    """Return a (size, size) bool mask, True = valid, with rectangular holes, each (top, left, height, width) in px."""
    mask = np.ones((size, size), bool)
    for top, left, height, width in places:
        mask[top : top + height, left : left + width] = False
    return mask


def _line(count: int, side: int, size: int) -> np.ndarray:
    """Return a (size,) bool array that is True in `count` evenly spread intervals of `side` px."""
    if count < 1 or side < 1 or count * side > size:
        raise ValueError(f"{count} times {side} px does not fit into {size} px")
    line = np.zeros(size, bool)
    for number in range(count):
        start = round((number + 0.5) * size / count - side / 2)
        line[start : start + side] = True
    return line
