"""Draw the random numbers that determine one training sample: its crop, its colours, its rotation and its hole.

The numbers do not depend on the values of the pixels. `data`, which makes one sample at a time, and `device_data`,
which makes a batch at a time, can therefore draw the same numbers and make the same samples.
"""

from typing import NamedTuple

import numpy as np


class Square(NamedTuple):
    """Describe a square of a photo by its side and position in px, and by whether it is mirrored."""

    side: int
    top: int
    left: int
    mirrored: bool


class Variant(NamedTuple):
    """Describe how a crop is changed.

    First, each channel is raised to its power. Then the channels are put into the new order, and the crop is rotated
    anticlockwise by quarter turns.
    """

    powers: tuple[float, ...] = (1.0, 1.0, 1.0)
    order: tuple[int, ...] = (0, 1, 2)
    quarters: int = 0


class Pick(NamedTuple):
    """Describe how a hole is taken from a bank.

    The hole with index `number` is rotated anticlockwise by `quarters` quarter turns, and then mirrored if `mirrored`
    is True.
    """

    number: int
    quarters: int
    mirrored: bool


def draw_square(height: int, width: int, size: int, rng: np.random.Generator) -> Square:
    """Choose a random square of a photo, and mirror it half of the time.

    The side of the square is drawn uniformly between `size` and the photo's short side.

    height, width : height and width of the photo in px
    size : smallest side of the square in px. If the photo's short side is shorter than `size`, the side of the square
        is equal to that short side
    """
    shortest = min(height, width)
    side = int(rng.integers(min(size, shortest), shortest + 1))
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    return Square(side, top, left, rng.random() < 0.5)


def draw_variant(rng: np.random.Generator, colors: float = 0.0, turns: float = 0.0) -> Variant:
    """Choose at random how a crop is changed. `colors` and `turns` are as for `data.vary`."""
    variant = Variant()
    if colors:
        powers = np.exp(rng.uniform(-colors, colors, 3))
        variant = variant._replace(powers=tuple(powers.tolist()))
        if rng.random() < 0.5:
            variant = variant._replace(order=tuple(rng.permutation(3).tolist()))
    if turns and rng.random() < turns:
        variant = variant._replace(quarters=int(rng.integers(4)))
    return variant


def draw_pick(count: int, rng: np.random.Generator) -> Pick:
    """Choose a random hole from a bank of `count` holes, and one of its eight rotations and reflections."""
    return Pick(int(rng.integers(count)), int(rng.integers(4)), rng.random() < 0.5)
