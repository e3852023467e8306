"""Make training data on a GPU, a batch of crops and holes at a time.

All photos are kept in the memory of the GPU. `Batches` makes the pictures of a batch one after the other, and a GPU has
to wait for each picture. `DeviceBatches` draws the same random numbers on the CPU, but needs only about forty
operations on the GPU for each batch. Both classes make the same samples, up to rounding.
"""

from collections.abc import Sequence

import numpy as np
import torch

from pconv_edu.core.hole_bank import random_hole

from .data import Batches
from .device_photos import PackedPhotos
from .draws import Pick, Square, Variant, draw_pick, draw_square, draw_variant


def crops(photos: PackedPhotos, numbers: Sequence[int], squares: Sequence[Square], size: int) -> torch.Tensor:
    """Return squares of photos, (N, 3, size, size) in [0, 1], scaled and mirrored as in `data.random_crop`.

    numbers : N indices of photos
    squares : N squares, one for each of these photos
    """
    places = [(photos.starts[number], *photos.sizes[number]) for number in numbers]
    start, height, width = _to_device(places, photos.device).unbind(1)
    side, top, left, mirrored = _to_device(squares, photos.device).unbind(1)
    window = torch.arange(photos.largest, device=photos.device)
    inside = torch.minimum(window, side[:, None] - 1)  # pixels beyond the square get the weight 0 below
    planes = start[:, None] + (height * width)[:, None] * torch.arange(3, device=photos.device)
    rows, columns = (top[:, None] + inside) * width[:, None], left[:, None] + inside
    pixels = photos.pixels[planes[:, :, None, None] + rows[:, None, :, None] + columns[:, None, None, :]]
    down = scaling_weights(side, size, window)[:, None]
    across = torch.where(_column(mirrored) == 1, down.flip(2), down)
    return (down @ (pixels.float() / 255) @ across.mT).clamp(0, 1)


def scaling_weights(side: torch.Tensor, size: int, window: torch.Tensor) -> torch.Tensor:
    """Return the weights (N, size, W) that scale squares of pixels along one axis.

    Each new pixel is a weighted mean of old pixels.

    side : (N,) sides of the squares, in px
    size : side of the scaled squares, in px
    window : (W,) indices of pixels, from 0; pixels beyond the square get the weight 0

    These are the weights that `F.interpolate` uses with ``mode="bilinear"`` and ``antialias=True``. As a function of
    position, they form a triangle centred on each new pixel. The base of the triangle is as wide as two new pixels, but
    at least as wide as two old pixels.
    """
    scale = _column(side / size)[..., 0]
    centers = (torch.arange(size, device=side.device) + 0.5)[:, None] * scale
    weights = (1 - (window + 0.5 - centers).abs() / scale.clamp(min=1)).clamp(min=0)
    weights = weights * (window < _column(side)[..., 0])
    return weights / weights.sum(2, keepdim=True)


def turn(pictures: torch.Tensor, quarters: torch.Tensor, mirrored: torch.Tensor) -> torch.Tensor:
    """Rotate each picture of a batch anticlockwise by quarter turns, and then mirror it if requested.

    pictures : (N, C, n, n)
    quarters : (N,) numbers of quarter turns, 0 to 3
    mirrored : (N,) bool, True for each picture that is mirrored
    """
    quarters, mirrored = _column(quarters), _column(mirrored)
    pictures = torch.where(quarters % 2 == 1, pictures.mT, pictures)
    pictures = torch.where((quarters == 1) | (quarters == 2), pictures.flip(2), pictures)
    return torch.where((quarters >= 2) != mirrored, pictures.flip(3), pictures)


class DeviceBatches(Batches):
    """Make the same batches as `Batches`, but process all pictures of a batch together.

    The photos must be `PackedPhotos`.
    """

    photos: PackedPhotos

    def __call__(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        draws = [self._draw(rng) for rng in self._rngs(step)]
        numbers, squares, variants, holes = zip(*draws, strict=True)
        images = self._varied(crops(self.photos, numbers, squares, self.size), variants)
        return images, self._masks(holes).float()[:, None]

    def _draw(self, rng: np.random.Generator) -> tuple[int, Square, Variant, Pick | np.ndarray]:
        """Draw the random numbers of a sample in the same order as `Batches` does."""
        number = int(rng.integers(len(self.photos)))
        square = draw_square(*self.photos.sizes[number], self.size, rng)
        variant = draw_variant(rng, self.colors, self.turns)
        hole = random_hole(self.holes, self.size, rng) if self.bank is None else draw_pick(len(self.bank), rng)
        return number, square, variant, hole

    def _varied(self, images: torch.Tensor, variants: Sequence[Variant]) -> torch.Tensor:
        device = images.device
        if self.colors:
            powers = torch.tensor([variant.powers for variant in variants]).to(device, non_blocking=True)
            order = _to_device([variant.order for variant in variants], device)
            images = images ** powers[:, :, None, None]
            images = images[torch.arange(len(images), device=device)[:, None], order]
        if self.turns:
            quarters = _to_device([variant.quarters for variant in variants], device)
            images = turn(images, quarters, torch.zeros_like(quarters).bool())
        return images

    def _masks(self, holes: Sequence[Pick | np.ndarray]) -> torch.Tensor:
        if self.bank is None:
            return torch.from_numpy(np.stack(holes)).to(self.photos.device, non_blocking=True)
        numbers, quarters, mirrored = _to_device(holes, self.photos.device).unbind(1)
        return turn(self.bank[numbers][:, None], quarters, mirrored == 1)[:, 0]


def _to_device(values: Sequence, device: torch.device) -> torch.Tensor:
    """Return whole numbers as an int64 tensor on a device, without waiting until the device is idle."""
    return torch.tensor(values, dtype=torch.int64).to(device, non_blocking=True)


def _column(values: torch.Tensor) -> torch.Tensor:
    """Return values (N,) in the shape (N, 1, 1, 1), so that each value applies to one picture of a batch."""
    return values[:, None, None, None]
