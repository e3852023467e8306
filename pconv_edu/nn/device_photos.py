"""Keep photos in one flat tensor on a GPU, if they fit there, so that `device_data` can cut a batch of crops at once.

`photos_for` decides for a run whether its photos are packed in this way.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .data import Photos
from .device import on_all

SHARE_OF_FREE = 1 / 3  # of the free memory of a CUDA device may be filled with photos
LIMIT_ELSEWHERE = 2 * 10**9  # bytes of photos, on other devices
READ_TOGETHER = 256  # photos
SAMPLED = 32  # photos that are read to estimate the size of all of them


class PackedPhotos:
    """Store photos in one flat tensor, so that pixels of many photos can be read in one operation.

    Parameters
    ----------
    pixels : flat uint8 tensor of all photos, one after the other; each is (3, H, W)
    sizes : (H, W) of each photo

    ``photos[i]`` is a (3, H, W) uint8 tensor, as in `Photos`. ``starts[i]`` is the position in `pixels` at which this
    photo begins, and `largest` is the side of the largest square in any photo, in px.
    """

    all_kept = True

    def __init__(self, pixels: torch.Tensor, sizes: Sequence[tuple[int, int]]) -> None:
        self.pixels, self.device, self.sizes = pixels, pixels.device, list(sizes)
        self.starts = np.cumsum([0, *(3 * height * width for height, width in self.sizes)]).tolist()
        self.largest = max(min(size) for size in self.sizes)

    def __len__(self) -> int:
        return len(self.sizes)

    def __getitem__(self, index: int) -> torch.Tensor:
        return self.pixels[self.starts[index] : self.starts[index + 1]].view(3, *self.sizes[index])


def pack_photos(photos: Photos, limit: float | None = None) -> PackedPhotos | None:
    """Read all photos and return them in one tensor on their device, or return None if they are too large.

    limit : largest total size of the photos in bytes; by default a third of the free memory of a CUDA device, and 2 GB
        elsewhere. The size is first estimated from some of the photos

    Files that cannot be read are replaced as in `Photos`, and a warning gives their number.
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
    """Return the largest total size, in bytes, of the photos that `pack_photos` keeps on a device."""
    return torch.cuda.mem_get_info(device)[0] * SHARE_OF_FREE if device.type == "cuda" else LIMIT_ELSEWHERE


def photos_for(
    data: str | Path | None,
    names: Sequence[Any],
    device: torch.device,
    on_device: bool,
    before: Mapping[str, Any] | None,
) -> tuple[Photos | PackedPhotos, list[str]]:
    """Return (photos to train on, remarks). Every process must call this function, and all get the same kind of photos.

    data, names : folder of the photos, and what `list_photos` returned for this folder
    on_device : whether the photos are packed if they fit. If they do not fit, the reason is in the remarks
    before : settings that a resumed run began with, or None for a new run

    Raises ValueError if a run that began with packed photos is resumed on a device whose memory is too small for them.
    """
    photos = Photos(data, device=device, names=names)
    packed = pack_photos(photos) if on_device else None
    if not on_device or on_all(packed is not None, device):
        return photos if packed is None else packed, []
    reason = f"the {len(photos)} photos do not fit in the memory that {device} has for them"
    if before is not None:
        raise ValueError(
            f"{reason}, and this run began with all of them there: resume it on a device with more free memory, or "
            "choose another folder"
        )
    return photos, [f"{reason}: crops and holes are made one picture at a time, which is slower"]


def _estimated_bytes(photos: Photos) -> float:
    step = 1 if photos.all_kept else max(1, len(photos) // SAMPLED)
    some = [photos[index].numel() for index in range(0, len(photos), step)]
    return len(photos) * sum(some) / len(some)
