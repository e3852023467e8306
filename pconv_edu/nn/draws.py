"""Draw the random numbers of one sample: the square of a photo, the change of its colours, and its rotation.

The numbers are drawn without looking at the pixels, so that samples made one at a time (`data`) and samples made a
batch at a time (`device_data`) are the same.
"""

from typing import NamedTuple

import numpy as np


class Square(NamedTuple):
    """Describe a square of a photo, in px, and whether it is mirrored."""

    side: int
    top: int
    left: int
    mirrored: bool


class Variant(NamedTuple):
    """Describe how a crop varies.

    The powers of the channels are applied first, then their new order, and then the quarter turns to the left.
    """

    powers: tuple[float, ...] = (1.0, 1.0, 1.0)
    order: tuple[int, ...] = (0, 1, 2)
    quarters: int = 0


class Pick(NamedTuple):
    """Describe a hole of a bank by its index, its quarter turns to the left, and whether it is then mirrored."""

    number: int
    quarters: int
    mirrored: bool


def draw_square(height: int, width: int, size: int, rng: np.random.Generator) -> Square:
    """Choose a random square crop of a photo. The crop is mirrored half of the time.

    The side of the square is drawn uniformly between `size` and the photo's short side.

    height, width : height and width of the photo
    size : px; if the photo's short side is shorter than `size`, the side of the square is equal to that short side
    """
    shortest = min(height, width)
    side = int(rng.integers(min(size, shortest), shortest + 1))
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    return Square(side, top, left, rng.random() < 0.5)


def draw_variant(rng: np.random.Generator, colors: float = 0.0, turns: float = 0.0) -> Variant:
    """Choose at random how a crop varies. `colors` and `turns` are as for `data.vary`."""
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
    """Draw one of eight variants (rotations and reflections) of a hole from a bank of `count` holes."""
    return Pick(int(rng.integers(count)), int(rng.integers(4)), rng.random() < 0.5)
