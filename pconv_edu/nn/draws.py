"""The random numbers of one sample: which square of a photo, how its colours change, how it is turned.

They are drawn apart from the pixels, so that samples made one at a time (`data`) and samples made a batch at a time
(`device_data`) are the same.
"""

from typing import NamedTuple

import numpy as np


class Square(NamedTuple):
    """A square of a photo, in px, and whether it is mirrored."""

    side: int
    top: int
    left: int
    mirrored: bool


class Variant(NamedTuple):
    """How a crop varies: the power of each channel, then the order of the channels, then quarter turns to the left."""

    powers: tuple[float, ...] = (1.0, 1.0, 1.0)
    order: tuple[int, ...] = (0, 1, 2)
    quarters: int = 0


class Pick(NamedTuple):
    """A hole of a bank: its number, quarter turns to the left, and whether it is then mirrored."""

    number: int
    quarters: int
    mirrored: bool


def draw_square(height: int, width: int, size: int, rng: np.random.Generator) -> Square:
    """Draw a square of a photo. Its side lies evenly between `size` and the short side; it is mirrored half the time.

    height, width : of the photo
    size : px; if the photo's short side is smaller, the square has that side
    """
    shortest = min(height, width)
    side = int(rng.integers(min(size, shortest), shortest + 1))
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    return Square(side, top, left, rng.random() < 0.5)


def draw_variant(rng: np.random.Generator, colors: float = 0.0, turns: float = 0.0) -> Variant:
    """Draw how a crop varies; colors and turns are those of `data.vary`."""
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
    """Draw a hole of a bank of `count` holes, turned by quarters and perhaps mirrored: eight variants of each hole."""
    return Pick(int(rng.integers(count)), int(rng.integers(4)), rng.random() < 0.5)
