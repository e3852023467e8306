"""Keep photos in one flat tensor on a GPU, so that `device_data` can cut out all crops of a batch at once.

`photos_for` packs the photos of a run in this way if they fit in the memory of the GPU.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .data import Photos
from .device import on_all

SHARE_OF_FREE = 1 / 3  # share of the free memory of a CUDA device that photos may fill
LIMIT_ELSEWHERE = 2 * 10**9  # largest total size of the photos on other devices, in bytes
READ_TOGETHER = 256  # number of photos that are read at a time
SAMPLED = 32  # about the number of photos from which the total size is estimated


class PackedPhotos:
    """Store photos in one flat tensor, so that pixels of many photos can be read in one operation.

    Parameters
    ----------
    pixels : flat uint8 tensor with the values of all photos, one photo after the other. Each photo has the shape (3, H,
        W) before it is flattened
    sizes : (H, W) of each photo

    ``photos[i]`` is a (3, H, W) uint8 tensor, as in `Photos`. ``starts[i]`` is the position in `pixels` at which this
    photo begins, and `largest` is the side of the largest square that fits in any of the photos, in px.
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
    """Read all photos and return them as `PackedPhotos` on their device, or None if they are too large.

    limit : largest total size of the photos in bytes; by default a third of the free memory of a CUDA device, or 2 GB
        on other devices. The total size is first estimated from some of the photos

    Files that cannot be read are replaced as in `Photos`, and a warning gives the number of these files.
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
    """Return the photos for training, and a list of remarks for the user.

    Every process must call this function. Either all processes get `PackedPhotos`, or all processes get `Photos`.

    data, names : folder of the photos, and the result of `list_photos` for this folder
    on_device : True to pack the photos if they fit in the memory of the device. If they do not fit, a remark gives the
        reason
    before : settings with which a resumed run began, or None for a new run

    Raises ValueError if a run that began with packed photos is resumed on a device with too little memory for the
    photos.
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
