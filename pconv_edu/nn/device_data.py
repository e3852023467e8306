"""Training data made on a GPU: all photos are kept there, and a whole batch of crops and holes is made at a time.

`Batches` makes one picture after the other, and a GPU waits for it. `DeviceBatches` draws the same random numbers on
the CPU and needs about forty operations for a whole batch. Both make the same samples, except for rounding.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch

from pconv_edu.core.hole_bank import random_hole

from .data import Batches, Photos
from .draws import Pick, Square, Variant, draw_pick, draw_square, draw_variant

SHARE_OF_FREE = 1 / 3  # of a GPU's free memory may be filled with photos
LIMIT_ELSEWHERE = 2 * 10**9  # bytes of photos, on devices other than GPUs of the kind CUDA
READ_TOGETHER = 256  # photos
SAMPLED = 32  # photos that are read to estimate the size of all of them


class PackedPhotos:
    """Photos in one flat tensor, so that squares of many photos are read in one operation.

    Parameters
    ----------
    pixels : flat uint8 tensor; each photo is (3, H, W), and one follows the other
    sizes : (H, W) of each photo

    ``photos[i]`` is a (3, H, W) uint8 tensor, as in `Photos`.
    """

    all_kept = True

    def __init__(self, pixels: torch.Tensor, sizes: Sequence[tuple[int, int]]) -> None:
        self.pixels, self.device, self.sizes = pixels, pixels.device, list(sizes)
        areas = [height * width for height, width in self.sizes]
        self.starts = np.cumsum([0, *(3 * area for area in areas)]).tolist()
        self.largest = max(min(size) for size in self.sizes)  # side of a square, px

    def __len__(self) -> int:
        return len(self.sizes)

    def __getitem__(self, index: int) -> torch.Tensor:
        return self.pixels[self.starts[index] : self.starts[index + 1]].view(3, *self.sizes[index])

    def crops(self, numbers: Sequence[int], squares: Sequence[Square], size: int) -> torch.Tensor:
        """Return squares of photos, scaled to `size`: (N, 3, size, size) in [0, 1], as `data.random_crop` makes them.

        numbers : N numbers of photos
        squares : N squares, one of each of these photos
        """
        photos = [(self.starts[number], *self.sizes[number]) for number in numbers]
        start, height, width = _to_device(photos, self.device).unbind(1)
        side, top, left, mirrored = _to_device(squares, self.device).unbind(1)
        window = torch.arange(self.largest, device=self.device)
        inside = torch.minimum(window, side[:, None] - 1)
        planes = start[:, None] + (height * width)[:, None] * torch.arange(3, device=self.device)
        rows, columns = (top[:, None] + inside) * width[:, None], left[:, None] + inside
        pixels = self.pixels[planes[:, :, None, None] + rows[:, None, :, None] + columns[:, None, None, :]]
        down = scaling_weights(side, size, window)[:, None]
        across = torch.where(_column(mirrored) == 1, down.flip(2), down)
        return (down @ (pixels.float() / 255) @ across.mT).clamp(0, 1)


def pack(photos: Photos, limit: float | None = None) -> PackedPhotos | None:
    """Read all photos and keep them on their device in one tensor, or return None if they are too large for that.

    limit : bytes; by default a third of a GPU's free memory. Before all photos are read, their size is estimated from
        some of them

    Files that cannot be read are replaced as in `Photos`, and a warning counts and names them.
    """
    limit = memory_for_photos(photos.device) if limit is None else limit
    if _estimated_bytes(photos) > limit:
        return None
    parts: list[torch.Tensor] = []
    sizes: list[tuple[int, int]] = []
    with ThreadPoolExecutor() as pool:
        for first in range(0, len(photos), READ_TOGETHER):
            some = list(pool.map(photos.__getitem__, range(first, min(first + READ_TOGETHER, len(photos)))))
            sizes += [(photo.shape[1], photo.shape[2]) for photo in some]
            if 3 * sum(height * width for height, width in sizes) > limit:
                return None
            parts.append(torch.cat([photo.flatten() for photo in some]))
    if not photos.all_kept:
        photos.warn_of_skipped()
    return PackedPhotos(torch.cat(parts), sizes)


def memory_for_photos(device: torch.device) -> float:
    """Return how many bytes of photos `pack` keeps on a device."""
    return torch.cuda.mem_get_info(device)[0] * SHARE_OF_FREE if device.type == "cuda" else LIMIT_ELSEWHERE


def scaling_weights(side: torch.Tensor, size: int, window: torch.Tensor) -> torch.Tensor:
    """Return the weights by which pixels are summed when squares are scaled: (N, size, W), each row with the sum 1.

    side : (N,) sides of squares, px
    size : px, to which they are scaled
    window : (W,) numbers of pixels, from 0; those beyond the side get the weight 0

    These are the weights of `F.interpolate` with mode "bilinear" and antialias: a triangle around each new pixel, which
    is as wide as two new pixels, and at least as two old ones.
    """
    scale = _column(side / size)[..., 0]
    centers = (torch.arange(size, device=side.device) + 0.5)[:, None] * scale
    weights = (1 - (window + 0.5 - centers).abs() / scale.clamp(min=1)).clamp(min=0)
    weights = weights * (window < _column(side)[..., 0])
    return weights / weights.sum(2, keepdim=True)


def turn(pictures: torch.Tensor, quarters: torch.Tensor, mirrored: torch.Tensor) -> torch.Tensor:
    """Turn each picture of a batch by quarters to the left and then mirror some of them.

    pictures : (N, C, n, n)
    quarters : (N,) numbers of quarter turns, 0 to 3
    mirrored : (N,) bool
    """
    quarters, mirrored = _column(quarters), _column(mirrored)
    pictures = torch.where(quarters % 2 == 1, pictures.mT, pictures)
    pictures = torch.where((quarters == 1) | (quarters == 2), pictures.flip(2), pictures)
    return torch.where((quarters >= 2) != mirrored, pictures.flip(3), pictures)


class DeviceBatches(Batches):
    """Batches like those of `Batches`, made by operations on whole batches. The photos have to be `PackedPhotos`."""

    photos: PackedPhotos

    def __call__(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        draws = [self._draw(rng) for rng in self._rngs(step)]
        numbers, squares, variants, holes = zip(*draws, strict=True)
        images = self._varied(self.photos.crops(numbers, squares, self.size), variants)
        return images, self._masks(holes).float()[:, None]

    def _draw(self, rng: np.random.Generator) -> tuple[int, Square, Variant, Pick | np.ndarray]:
        """Draw the random numbers of a sample in the order in which `Batches` draws them."""
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


def _estimated_bytes(photos: Photos) -> float:
    step = 1 if photos.all_kept else max(1, len(photos) // SAMPLED)
    some = [photos[index].numel() for index in range(0, len(photos), step)]
    return len(photos) * sum(some) / len(some)


def _to_device(values: Sequence, device: torch.device) -> torch.Tensor:
    """Return whole numbers as a tensor on a device. The CPU does not wait for what the device still has to do."""
    return torch.tensor(values, dtype=torch.int64).to(device, non_blocking=True)


def _column(values: torch.Tensor) -> torch.Tensor:
    """Return (N,) values as (N, 1, 1, 1), so that each one goes with a picture of a batch."""
    return values[:, None, None, None]
