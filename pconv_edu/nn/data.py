"""What a network is trained on: random crops of photos, and holes drawn anew for each.

Every sample is a function of (seed, step, place in the batch) alone. So a run that is stopped and resumed sees what it
would have seen, and several processes together see what one would.
"""

import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from pconv_edu.core import RATIO_BINS, irregular_mask, load_photo, photo_names, read_image
from pconv_edu.core.image_files import FORMATS
from pconv_edu.core.regular import grid_mask, rectangular_mask

TRAINING_FOLDERS = ("train", "data_large", "data_256")  # of ImageNet, and of Places2's two sizes
KEPT_IN_MEMORY = 2000  # photos; larger collections are read from their files again and again
BANK = 4096  # holes drawn beforehand where a GPU would wait for them


def find_images(folder):
    """Return the image files in a folder and all its subfolders, sorted.

    ImageNet (train/n01440764/*.JPEG), Places2 (data_256/a/abbey/*.jpg) and CelebA-HQ (*.jpg) are read as they are
    unpacked: where a subfolder named train, data_large or data_256 lies in the folder, only that is taken.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    ValueError
        If no image file lies in it.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is no folder")
    inner = [folder / name for name in TRAINING_FOLDERS if (folder / name).is_dir()]
    found = sorted(p for p in (inner or [folder])[0].rglob("*") if p.suffix.lower() in FORMATS and p.is_file())
    if not found:
        raise ValueError(f"no image lies in {folder}; looked for {', '.join(FORMATS)}, in subfolders too")
    return found


class Photos:
    """The photos to train on: the bundled training photos, or those of a folder.

    Parameters
    ----------
    folder : path, or None for the bundled ones; see `find_images`
    longest : int, px; a photo with a longer short side is shrunk to it
    device : where the photos lie, if they are kept
    held_out : True for the photos (one in 14, at most 17) that are not trained on, but watched: is it overfitting?

    ``photos[i]`` is a (3, H, W) uint8 tensor. A file that cannot be read is skipped for the next one, and listed in
    `skipped`, path -> why; that there is none that can be read is a ValueError.
    """

    def __init__(self, folder=None, longest=512, device="cpu", held_out=False):
        self.longest, self.device = longest, torch.device(device)
        names = photo_names("train") if folder is None else find_images(folder)
        apart = set(names[6 :: max(14, len(names) // 16)])
        self.names = [name for name in names if (name in apart) == held_out] or names
        self.read = load_photo if folder is None else read_image
        self.skipped = {}
        self._kept = {}
        if len(self.names) <= KEPT_IN_MEMORY:
            for index in range(len(self)):
                self[index]
            if self.skipped:
                listed = "; ".join(list(self.skipped.values())[:5])
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
            if len(self) <= KEPT_IN_MEMORY:
                self._kept[name] = photo
            return photo
        first = next(iter(self.skipped.values()))
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


def random_hole(kind, size, rng):
    """A hole of one kind: (size, size) bool array, True = valid.

    "irregular" draws from the six ratio bins evenly, half of the holes with a border of 50 px at 512; "rectangles" has
    the same ratios; "grid" keeps every second or every fourth pixel in both directions, for super-resolution.
    """
    if kind == "grid":
        return grid_mask(size, int(rng.choice([2, 4])))
    ratio = RATIO_BINS[rng.integers(len(RATIO_BINS))]
    if kind == "rectangles":
        return rectangular_mask(size, ratio, rng=rng)
    border = round(size * 50 / 512) if rng.random() < 0.5 else 0
    return irregular_mask(size, ratio, border, rng)


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


KINDS_OF_HOLES = ("irregular", "rectangles", "grid")


class Batches:
    """Batches of crops and holes: ``batches(step) -> (images, masks)``.

    Parameters
    ----------
    photos : `Photos`
    size : int, px
    batch : int, pictures in a batch, over all processes
    holes : one of `KINDS_OF_HOLES`
    seed : int
    colors, turns : of `vary`
    rank, world : this process and how many there are; each makes every world-th picture of a batch

    Images are (N, 3, size, size) in [0, 1], masks (N, 1, size, size) floats, on the device of the photos. On a GPU the
    holes come from a bank that is drawn at the start, turned, mirrored and shifted at random there.
    """

    def __init__(self, photos, size, batch, holes="irregular", seed=0, rank=0, world=1, colors=0.0, turns=0.0):
        if holes not in KINDS_OF_HOLES:
            raise ValueError(f"holes is {holes!r}; choose from {', '.join(KINDS_OF_HOLES)}")
        if batch % world:
            raise ValueError(f"a batch of {batch} cannot be shared by {world} processes: make it a multiple")
        self.photos, self.size, self.holes, self.seed = photos, size, holes, seed
        self.colors, self.turns = colors, turns
        self.places = range(rank, batch, world)
        self.bank = self._draw_bank() if photos.device.type != "cpu" else None

    def __call__(self, step):
        rngs = [np.random.default_rng((self.seed, step, place)) for place in self.places]
        if len(self.photos) > KEPT_IN_MEMORY:  # reading files is what takes the time
            with ThreadPoolExecutor() as pool:
                samples = list(pool.map(self._sample, rngs))
        else:
            samples = [self._sample(rng) for rng in rngs]
        images, masks = zip(*samples, strict=True)
        return torch.stack(images), torch.stack(masks)

    def between(self, start, stop):
        """Yield (step, images, masks) for each step. For a GPU the next batch is made while the last one is used."""
        if self.bank is None:
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
            mask = torch.from_numpy(random_hole(self.holes, self.size, rng)).float()
        else:
            mask = self._from_bank(rng)
        return image, mask[None]

    def _draw_bank(self):
        rng = np.random.default_rng((self.seed, BANK))
        with ThreadPoolExecutor() as pool:
            seeds = rng.integers(2**63, size=BANK)
            masks = pool.map(lambda s: random_hole(self.holes, self.size, np.random.default_rng(s)), seeds)
            return torch.from_numpy(np.stack(list(masks))).to(self.photos.device)

    def _from_bank(self, rng):
        """One of the bank's holes, turned by quarters and perhaps mirrored: eight times as many as were drawn."""
        mask = torch.rot90(self.bank[int(rng.integers(BANK))], int(rng.integers(4)), (0, 1))
        return (mask.flip(1) if rng.random() < 0.5 else mask).float()
