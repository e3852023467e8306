"""Provide training data: random crops of photos, with a new hole for each crop.

Every sample depends only on the seed, the step and the position in the batch. A run that is stopped and resumed
therefore gets the same samples as a run that is not stopped. Several processes together get the same samples as a
single process would get.
"""

import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
import torch.nn.functional as F

from pconv_edu.core import load_photo, read_image
from pconv_edu.core.hole_bank import KINDS_OF_HOLES, TURNABLE, draw_bank, random_hole

from .draws import draw_pick, draw_square, draw_variant
from .photo_folder import KEPT_IN_MEMORY, find_images, list_photos, split

__all__ = ["KINDS_OF_HOLES", "Batches", "Photos", "find_images", "random_crop", "random_hole", "vary"]
BANK = 4096  # number of holes that are drawn in advance if a GPU would otherwise wait for each hole


class PhotoSet(Protocol):
    """Declare the attributes and methods that `Batches` needs from a set of photos.

    `Photos` and `device_photos.PackedPhotos` have these attributes and methods.
    """

    device: torch.device

    @property
    def all_kept(self) -> bool: ...

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> torch.Tensor: ...


class Photos:
    """Provide the photos for training, which are either bundled with the course or read from a folder.

    Parameters
    ----------
    folder : path of a folder, or None for the bundled photos; see `find_images`
    longest : largest allowed short side of a photo, in px. A photo with a longer short side is shrunk until its short
        side has this length
    device : where the photos are kept
    held_out : True to provide the held-out photos instead (one in 14, at most 17). The network is not trained on these
        photos, so they show whether it overfits. If there are fewer than 14 photos, none is held out
    names : the result of `list_photos(folder)`, if it is already known

    ``photos[i]`` is a (3, H, W) uint8 tensor. A file that cannot be read is replaced by the next file that can be read.
    `skipped` is a dict from the names of the unreadable files to the reasons. A warning gives the number of these
    files, and the reasons for the first five. If there are at most `KEPT_IN_MEMORY` photos, all of them are read at the
    start, and the warning is issued immediately. Otherwise, a photo is read each time it is needed, and the warning is
    issued when `warn_of_skipped` is called.

    Reading a photo raises ValueError if none of the files can be read.
    """

    def __init__(
        self,
        folder: str | Path | None = None,
        longest: int = 512,
        device: str | torch.device = "cpu",
        held_out: bool = False,
        names: Sequence[Any] | None = None,
    ) -> None:
        self.longest, self.device = longest, torch.device(device)
        self.names = split(list_photos(folder) if names is None else names)[held_out]
        self.read = load_photo if folder is None else read_image
        self.skipped: dict[Any, str] = {}
        self._kept: dict[Any, torch.Tensor] = {}
        if self.all_kept:
            for index in range(len(self)):
                self[index]
            self.warn_of_skipped()

    @property
    def all_kept(self) -> bool:
        """Return whether all photos are kept in memory."""
        return len(self.names) <= KEPT_IN_MEMORY

    def warn_of_skipped(self) -> None:
        """Issue a warning with the number of files that could not be read, and the reasons for the first five.

        If all files could be read, no warning is issued.
        """
        if self.skipped:
            listed = "; ".join(list(self.skipped.values())[:5]) + ("; …" if len(self.skipped) > 5 else "")
            warnings.warn(f"{len(self.skipped)} of {len(self)} files were skipped: {listed}", stacklevel=2)

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, index: int) -> torch.Tensor:
        for number in range(len(self)):
            name = self.names[(index + number) % len(self)]
            if name in self._kept:
                return self._kept[name]
            if name in self.skipped:
                continue
            try:
                photo = self._read(name)
            except (ValueError, OSError) as error:
                self.skipped[name] = str(error)
                continue
            if self.all_kept:
                self._kept[name] = photo
            return photo
        first = next(iter(self.skipped.values()), "an empty list")
        raise ValueError(f"none of the {len(self)} image files can be read, for instance {first}")

    def _read(self, name: Any) -> torch.Tensor:
        photo = torch.from_numpy(np.ascontiguousarray(self.read(name).transpose(2, 0, 1)))
        scale = self.longest / min(photo.shape[1:])
        if scale < 1:
            size = [max(1, round(n * scale)) for n in photo.shape[1:]]
            photo = F.interpolate(photo[None], size, mode="bilinear", antialias=True)[0]
        return (photo * 255).round().clamp(0, 255).to(torch.uint8).to(self.device)


def random_crop(photo: torch.Tensor, size: int, rng: np.random.Generator) -> torch.Tensor:
    """Return a random square of a photo, (3, size, size) in [0, 1], scaled to `size` and mirrored half of the time.

    photo : (3, H, W) uint8

    The side of the square is drawn uniformly between `size` and the photo's short side. If the photo's short side is
    shorter than `size`, the side of the square is equal to the short side, and the square is enlarged.
    """
    height, width = photo.shape[1:]
    side, top, left, mirrored = draw_square(height, width, size, rng)
    crop = photo[:, top : top + side, left : left + side].float() / 255
    if side != size:
        crop = F.interpolate(crop[None], (size, size), mode="bilinear", antialias=True)[0].clamp(0, 1)
    return crop.flip(2) if mirrored else crop


def vary(image: torch.Tensor, rng: np.random.Generator, colors: float = 0.0, turns: float = 0.0) -> torch.Tensor:
    """Return an image with randomly changed colours and a random rotation.

    Training on such variants of the photos delays overfitting.

    image : (3, n, n) in [0, 1]
    colors : each channel is raised to its own random power between e^(−colors) and e^colors. Half of the time, the
        channels are also permuted. 0 leaves the colours unchanged
    turns : probability that the image is rotated by a random number of quarter turns, 0 to 3
    """
    powers, order, quarters = draw_variant(rng, colors, turns)
    if colors:
        image = (image ** torch.tensor(powers, dtype=torch.float64).to(image)[:, None, None])[list(order)]
    return torch.rot90(image, quarters, (1, 2)) if quarters else image


class Batches:
    """Make batches of crops and holes: ``batches(step)`` returns (images, masks).

    Parameters
    ----------
    photos : `Photos` or `device_photos.PackedPhotos`
    size : side of the crops in px
    batch : number of pictures in a batch, summed over all processes
    holes : one of `KINDS_OF_HOLES`
    seed : seed of all random numbers
    rank, world : index of this process, counted from 0, and number of processes. Each process makes every world-th
        picture of a batch
    colors, turns : as for `vary`
    bank : True to take holes from a bank that is drawn at the start, False to draw each hole when it is needed, or the
        attribute `bank` of another `Batches` object with the same holes, size and seed. By default, a bank is used only
        on a GPU, because a GPU would have to wait while each hole is drawn

    Images are (N, 3, size, size) in [0, 1], and masks are floats (N, 1, size, size) with 1 = valid. N is the number of
    pictures that this process makes. Images and masks are on the device of the photos. A hole from the bank is rotated
    by random quarter turns and mirrored at random. Holes of the kind "grid" must not be rotated, so a bank of such
    holes is never drawn.

    Raises ValueError for an unknown kind of holes, or for a batch that the processes cannot share evenly.
    """

    def __init__(
        self,
        photos: PhotoSet,
        size: int,
        batch: int,
        holes: str = "irregular",
        seed: int = 0,
        rank: int = 0,
        world: int = 1,
        colors: float = 0.0,
        turns: float = 0.0,
        bank: bool | torch.Tensor | None = None,
    ) -> None:
        if holes not in KINDS_OF_HOLES:
            raise ValueError(f"holes is {holes!r}; choose from {', '.join(KINDS_OF_HOLES)}")
        if batch % world:
            raise ValueError(f"a batch of {batch} cannot be shared by {world} processes: make it a multiple")
        self.photos, self.size, self.holes, self.seed = photos, size, holes, seed
        self.colors, self.turns = colors, turns
        self.places = range(rank, batch, world)
        self.bank = bank if isinstance(bank, torch.Tensor) else None
        from_bank = photos.device.type != "cpu" if bank is None else bank is True
        if from_bank and holes in TURNABLE:
            self.bank = torch.from_numpy(draw_bank(holes, size, seed, BANK)).to(photos.device)

    def __call__(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        rngs = self._rngs(step)
        if self.photos.all_kept:
            samples = [self._sample(rng) for rng in rngs]
        else:  # most of the time is spent reading files
            with ThreadPoolExecutor() as pool:
                samples = list(pool.map(self._sample, rngs))
        images, masks = zip(*samples, strict=True)
        return torch.stack(images), torch.stack(masks)

    def between(self, start: int, stop: int) -> Iterator[tuple[int, torch.Tensor, torch.Tensor]]:
        """Yield (step, images, masks) for each step from `start` to `stop` − 1.

        On a GPU, the next batch is made while the current batch is used.
        """
        if self.photos.device.type == "cpu":
            for step in range(start, stop):
                yield step, *self(step)
            return
        with ThreadPoolExecutor(1) as pool:
            coming = pool.submit(self, start)
            for step in range(start, stop):
                images, masks = coming.result()
                if step + 1 < stop:
                    coming = pool.submit(self, step + 1)
                yield step, images, masks

    def _rngs(self, step: int) -> list[np.random.Generator]:
        return [np.random.default_rng((self.seed, step, place)) for place in self.places]

    def _sample(self, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        image = random_crop(self.photos[int(rng.integers(len(self.photos)))], self.size, rng)
        image = vary(image, rng, self.colors, self.turns)
        if self.bank is None:
            mask = torch.from_numpy(random_hole(self.holes, self.size, rng)).to(self.photos.device)
        else:
            mask = _turned(self.bank, rng)
        return image, mask.float()[None]


def _turned(bank: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Return a random hole of a bank, rotated and mirrored at random.

    In this way, each stored hole gives eight different holes.
    """
    number, quarters, mirrored = draw_pick(len(bank), rng)
    mask = torch.rot90(bank[number], quarters, (0, 1))
    return mask.flip(1) if mirrored else mask
