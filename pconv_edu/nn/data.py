"""What a network is trained on: random crops of photos, and a new hole for each.

Every sample is a function of (seed, step, place in the batch) alone. So a run that is stopped and resumed sees what it
would have seen, and several processes together see what one would.
"""

import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
import torch.nn.functional as F

from pconv_edu.core import load_photo, read_image
from pconv_edu.core.hole_bank import KINDS_OF_HOLES, TURNABLE, draw_bank, random_hole

from .photo_folder import KEPT_IN_MEMORY, find_images, list_photos, split

__all__ = ["KINDS_OF_HOLES", "Batches", "Photos", "find_images", "random_crop", "random_hole", "vary"]
BANK = 4096  # holes drawn beforehand where a GPU would wait for them


class Photos:
    """The photos to train on: the bundled training photos, or those of a folder.

    Parameters
    ----------
    folder : path, or None for the bundled ones; see `find_images`
    longest : int, px; a photo with a longer short side is shrunk to it
    device : where the photos are kept
    held_out : True for the photos (one in 14, at most 17) that are not trained on, but watched: is it overfitting?
        Of fewer than 14 photos none is held out
    names : what `list_photos(folder)` returned, if it was called already

    ``photos[i]`` is a (3, H, W) uint8 tensor. A file that cannot be read is skipped for the next one, and kept in
    `skipped`, name -> why. A warning counts and names them: at once for up to `KEPT_IN_MEMORY` photos, which are read
    at the start, else when `warn_of_skipped` is called. If none can be read, that is a ValueError.
    """

    def __init__(self, folder=None, longest=512, device="cpu", held_out=False, names=None):
        self.longest, self.device = longest, torch.device(device)
        self.names = split(list_photos(folder) if names is None else names)[held_out]
        self.read = load_photo if folder is None else read_image
        self.skipped = {}
        self._kept = {}
        if self.all_kept:
            for index in range(len(self)):
                self[index]
            self.warn_of_skipped()

    @property
    def all_kept(self):
        """Whether all photos are kept in memory."""
        return len(self.names) <= KEPT_IN_MEMORY

    def warn_of_skipped(self):
        """Warn once of the files that could not be read: how many, and the first five with the reason."""
        if self.skipped:
            listed = "; ".join(list(self.skipped.values())[:5]) + ("; …" if len(self.skipped) > 5 else "")
            warnings.warn(f"{len(self.skipped)} of {len(self)} files were skipped: {listed}", stacklevel=2)

    def __len__(self):
        return len(self.names)

    def __getitem__(self, index):
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

    def _read(self, name):
        photo = torch.from_numpy(np.ascontiguousarray(self.read(name).transpose(2, 0, 1)))
        scale = self.longest / min(photo.shape[1:])
        if scale < 1:
            size = [max(1, round(n * scale)) for n in photo.shape[1:]]
            photo = F.interpolate(photo[None], size, mode="bilinear", antialias=True)[0]
        return (photo * 255).round().clamp(0, 255).to(torch.uint8).to(self.device)


def random_crop(photo, size, rng):
    """A random square of a photo (3, H, W) uint8, at a random scale, perhaps mirrored: (3, size, size) in [0, 1].

    The square's side lies evenly between `size` and the photo's short side; smaller photos are enlarged.
    """
    height, width = photo.shape[1:]
    shortest = min(height, width)
    side = int(rng.integers(min(size, shortest), shortest + 1))
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    crop = photo[:, top : top + side, left : left + side].float() / 255
    if side != size:
        crop = F.interpolate(crop[None], (size, size), mode="bilinear", antialias=True)[0].clamp(0, 1)
    return crop.flip(2) if rng.random() < 0.5 else crop


def vary(image, rng, colors=0.0, turns=0.0):
    """A variant of an image (3, n, n) in [0, 1]: other colours, and perhaps turned. Few photos then last longer.

    colors : each channel is raised to a power of its own, e^(−colors) to e^colors; half of the time the channels also
        change places. 0 leaves colours alone
    turns : how often (0 to 1) the image is turned by quarters, evenly among the four
    """
    if colors:
        powers = np.exp(rng.uniform(-colors, colors, 3))
        image = image ** torch.from_numpy(powers).to(image)[:, None, None]
        if rng.random() < 0.5:
            image = image[rng.permutation(3).tolist()]
    if turns and rng.random() < turns:
        image = torch.rot90(image, int(rng.integers(4)), (1, 2))
    return image


class Batches:
    """Batches of crops and holes: ``batches(step) -> (images, masks)``.

    Parameters
    ----------
    photos : `Photos`
    size : int, px
    batch : int, pictures in a batch, over all processes
    holes : one of `KINDS_OF_HOLES`
    seed : int
    rank, world : this process and how many there are; each makes every world-th picture of a batch
    colors, turns : of `vary`
    bank : whether holes come from a bank that is drawn at the start: True, False, or the bank of other batches with the
        same holes, size and seed. By default True on a GPU, which would wait while each hole is drawn

    Images are (N, 3, size, size) in [0, 1], masks (N, 1, size, size) floats, on the device of the photos. A hole from
    the bank is turned by quarters and mirrored at random. Kinds of holes that may not be turned, grids, are made when
    they are needed on every device.
    """

    def __init__(
        self, photos, size, batch, holes="irregular", seed=0, rank=0, world=1, colors=0.0, turns=0.0, bank=None
    ):
        if holes not in KINDS_OF_HOLES:
            raise ValueError(f"holes is {holes!r}; choose from {', '.join(KINDS_OF_HOLES)}")
        if batch % world:
            raise ValueError(f"a batch of {batch} cannot be shared by {world} processes: make it a multiple")
        self.photos, self.size, self.holes, self.seed = photos, size, holes, seed
        self.colors, self.turns = colors, turns
        self.places = range(rank, batch, world)
        self.bank = bank if torch.is_tensor(bank) else None
        from_bank = photos.device.type != "cpu" if bank is None else bank is True
        if from_bank and holes in TURNABLE:
            self.bank = torch.from_numpy(draw_bank(holes, size, seed, BANK)).to(photos.device)

    def __call__(self, step):
        rngs = [np.random.default_rng((self.seed, step, place)) for place in self.places]
        if self.photos.all_kept:
            samples = [self._sample(rng) for rng in rngs]
        else:  # reading files is what takes the time
            with ThreadPoolExecutor() as pool:
                samples = list(pool.map(self._sample, rngs))
        images, masks = zip(*samples, strict=True)
        return torch.stack(images), torch.stack(masks)

    def between(self, start, stop):
        """Yield (step, images, masks) for each step. For a GPU the next batch is made while the last one is used."""
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

    def _sample(self, rng):
        image = random_crop(self.photos[int(rng.integers(len(self.photos)))], self.size, rng)
        image = vary(image, rng, self.colors, self.turns)
        if self.bank is None:
            mask = torch.from_numpy(random_hole(self.holes, self.size, rng)).to(self.photos.device)
        else:
            mask = self._from_bank(rng)
        return image, mask.float()[None]

    def _from_bank(self, rng):
        """One of the bank's holes, turned by quarters and perhaps mirrored: eight times as many as were drawn."""
        mask = torch.rot90(self.bank[int(rng.integers(len(self.bank)))], int(rng.integers(4)), (0, 1))
        return mask.flip(1) if rng.random() < 0.5 else mask
