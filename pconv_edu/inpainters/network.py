"""Fills by the networks that ship with the course, for pictures of any size.

Large pictures are filled in tiles, and deep holes at a reduced size first.
"""

import cv2
import numpy as np
import torch

from pconv_edu.core import hole_radius
from pconv_edu.nn.device import pick_device
from pconv_edu.nn.unet import PConvUNet, reach
from pconv_edu.nn.weights import shipped

SMALLEST = 16  # px: the smallest side that the networks accept
TILE, MARGIN = 512, 256  # px: multiples of 64, so that the deepest layer's pixels are aligned in every tile
MIRROR = 32  # px of mirrored picture beyond the border; without it, wide holes at the border get coloured specks


def fill(image: np.ndarray, mask: np.ndarray, name: str, device: torch.device | str = "auto") -> np.ndarray:
    """Fill by the shipped network called `name`, on `device` ("auto": CUDA, MPS or CPU). See `fill_by`."""
    return fill_by(shipped(name, str(pick_device(device))), image, mask)


def fill_by(network: PConvUNet, image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Fill by a network; return its picture, (H, W, 3) float32.

    network : PConvUNet or ConvUNet in eval mode
    image : (H, W, 3) float32 RGB in [0, 1], 0 in the hole
    mask : (H, W) bool array, True = valid

    Large pictures are filled in tiles that see `MARGIN` pixels around them, more than the network's receptive field:
    the result is that of the whole picture at once. A hole deeper than `deepest_hole` is also filled at a reduced size,
    and from half that depth inwards the two fills are blended.
    """
    fine = _tiled(network, image, mask)
    radius, deepest = hole_radius(mask), deepest_hole(network)
    if radius <= deepest:
        return fine
    coarse = _reduced(network, image, mask, deepest / radius)
    depth = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_C, 3)
    share = np.clip(2 * depth / deepest - 1, 0, 1)[..., None]
    return fine * (1 - share) + coarse * share


def deepest_hole(network: PConvUNet) -> int:
    """Return the largest hole radius, px, that a network is given at full size.

    This is the reach of its deepest layer, rounded down to the distance between that layer's neighbours.

    >>> deepest_hole(PConvUNet.course())  # 71 px, in steps of 64
    64
    """
    step = 2**network.levels
    return reach(network)[-1] // step * step


def _tiled(network: PConvUNet, image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Fill a large picture tile by tile; tiles without a hole are skipped."""
    height, width = mask.shape
    if max(height, width) <= TILE + 2 * MARGIN:
        return _pass(network, image, mask)
    filled = image.copy()
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            rows, columns = slice(top, top + TILE), slice(left, left + TILE)
            if mask[rows, columns].all():
                continue
            up, before = max(0, top - MARGIN), max(0, left - MARGIN)
            window = slice(up, top + TILE + MARGIN), slice(before, left + TILE + MARGIN)
            tile = _pass(network, image[window], mask[window])
            filled[rows, columns] = tile[top - up : top - up + TILE, left - before : left - before + TILE]
    return filled


def _pass(network: PConvUNet, image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Run the network once over the picture with a mirrored margin, and crop the margin: (H, W, 3)."""
    image = np.pad(image, ((MIRROR, MIRROR), (MIRROR, MIRROR), (0, 0)), "reflect")
    mask = np.pad(mask, MIRROR, "reflect")
    device = next(network.parameters()).device
    with torch.inference_mode():
        # (H, W, 3) in memory is what PyTorch calls channels_last.
        pixels = torch.from_numpy(image).to(device)[None].permute(0, 3, 1, 2)
        valid = torch.from_numpy(mask).to(device, pixels.dtype)[None, None]
        output = network(pixels, valid)
    return output[0, :, MIRROR:-MIRROR, MIRROR:-MIRROR].permute(1, 2, 0).cpu().numpy()


def _reduced(network: PConvUNet, image: np.ndarray, mask: np.ndarray, scale: float) -> np.ndarray:
    """Fill at a reduced size and enlarge the result."""
    height, width = (max(SMALLEST, round(n * scale)) for n in mask.shape)
    size = width, height  # as OpenCV wants it
    covered = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    colors = cv2.resize(image, size, interpolation=cv2.INTER_AREA) / np.maximum(covered, 1e-6)[..., None]
    valid = covered >= min(0.5, covered.max())
    small = _tiled(network, np.where(valid[..., None], colors, 0).astype(np.float32), valid)
    small = np.where(valid[..., None], colors, small).astype(np.float32)
    return cv2.resize(small, mask.shape[::-1], interpolation=cv2.INTER_CUBIC)
