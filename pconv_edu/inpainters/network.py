"""Fill holes with the networks that ship with the course, in pictures of any size.

Large pictures are filled in tiles, and deep holes are also filled at a reduced size.
"""

import math
from typing import cast

import cv2
import numpy as np
import torch
from torch import nn

from pconv_edu.core import hole_radius
from pconv_edu.nn.device import pick_device
from pconv_edu.nn.unet import PConvUNet, reach
from pconv_edu.nn.weights import shipped

SMALLEST = 16  # px: the smallest side that the networks accept
TILE = 512  # px, a multiple of 2**levels: the deepest layer's pixels are then aligned in every tile
MIRROR = 32  # px of mirrored picture beyond the border; without it, wide holes at the border get coloured specks


def fill(image: np.ndarray, mask: np.ndarray, name: str, device: torch.device | str = "auto") -> np.ndarray:
    """Fill the hole with a network that ships with the course, and return the picture, (H, W, 3) float32.

    image, mask : see `fill_by`
    name : the name of the network
    device : the device on which the network runs; "auto" selects the best available of CUDA, MPS and CPU
    """
    return fill_by(shipped(name, str(pick_device(device))), image, mask)


def fill_by(network: nn.Module, image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Fill the hole with a network, and return the picture, (H, W, 3) float32.

    network : PConvUNet, ConvUNet, GLCIC or AttentionNetwork, in eval mode
    image : (H, W, 3) float32 RGB in [0, 1], 0 in the hole
    mask : (H, W) bool array, True = valid

    Large pictures are filled in tiles with a margin (see `margin_of`). If the network is convolutional, the result is
    the same as if the picture were filled in one piece. The attention of an AttentionNetwork compares all parts of its
    input, so the result in tiles can differ.

    A hole deeper than `deepest_hole` is also filled at a reduced size. The two fills are blended where the depth in the
    hole is more than half of `deepest_hole`.
    """
    fine = _tiled(network, image, mask)
    radius, deepest = hole_radius(mask), deepest_hole(network)
    if radius <= deepest:
        return fine
    coarse = _reduced(network, image, mask, deepest / radius)
    depth = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_C, 3)
    share = np.clip(2 * depth / deepest - 1, 0, 1)[..., None]
    return fine * (1 - share) + coarse * share


def deepest_hole(network: nn.Module) -> int:
    """Return the radius in px of the deepest hole that the network fills without an additional fill at a reduced size.

    The networks that are trained with critics (GLCIC and AttentionNetwork) define this radius themselves. For a U-Net,
    the radius is the number of pixels that the deepest layer sees on each side (see `reach`), rounded down to a
    multiple of 2**levels, which is the distance between neighbouring pixels of this layer.

    >>> deepest_hole(PConvUNet.course())  # 71 px, rounded down to a multiple of 64
    64
    """
    if not isinstance(network, PConvUNet):
        return cast(int, network.deepest_hole)
    step = 2**network.levels
    return reach(network)[-1] // step * step


def margin_of(network: nn.Module) -> int:
    """Return the width in px of the margin that is added around each tile.

    The networks that are trained with critics (GLCIC and AttentionNetwork) define this margin themselves. For a U-Net,
    the margin is at least the largest distance between an output pixel and an input pixel that influences it.
    Neighbouring pixels of the deepest layer are 2**levels input pixels apart. An output pixel depends only on pixels of
    that layer that are less than 2 · 2**levels px away. Each of these pixels depends only on input pixels within the
    reach of the layer (see `reach`). The sum of the two distances is rounded up to a multiple of 2**levels.

    >>> margin_of(PConvUNet.course())  # 2 · 64 px + 71 px = 199 px, rounded up to a multiple of 64
    256
    """
    if not isinstance(network, PConvUNet):
        return cast(int, network.margin)
    step = 2**network.levels
    return math.ceil((reach(network)[-1] + 2 * step) / step) * step


def _tiled(network: nn.Module, image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Fill a small picture in one piece, and a large picture tile by tile. Tiles without a hole pixel are skipped."""
    height, width = mask.shape
    margin = margin_of(network)
    if max(height, width) <= TILE + 2 * margin:
        return _pass(network, image, mask)
    filled = image.copy()
    for top in range(0, height, TILE):
        for left in range(0, width, TILE):
            rows, columns = slice(top, top + TILE), slice(left, left + TILE)
            if mask[rows, columns].all():
                continue
            up, before = max(0, top - margin), max(0, left - margin)
            window = slice(up, top + TILE + margin), slice(before, left + TILE + margin)
            tile = _pass(network, image[window], mask[window])
            filled[rows, columns] = tile[top - up : top - up + TILE, left - before : left - before + TILE]
    return filled


def _pass(network: nn.Module, image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Run the network once on the picture with a mirrored margin.

    Return the output without the margin, (H, W, 3).
    """
    image = np.pad(image, ((MIRROR, MIRROR), (MIRROR, MIRROR), (0, 0)), "reflect")
    mask = np.pad(mask, MIRROR, "reflect")
    device = next(network.parameters()).device
    with torch.inference_mode():
        # (H, W, 3) in memory is what PyTorch calls channels_last.
        pixels = torch.from_numpy(image).to(device)[None].permute(0, 3, 1, 2)
        valid = torch.from_numpy(mask).to(device, pixels.dtype)[None, None]
        output = network(pixels, valid)
    return output[0, :, MIRROR:-MIRROR, MIRROR:-MIRROR].permute(1, 2, 0).cpu().numpy()


def _reduced(network: nn.Module, image: np.ndarray, mask: np.ndarray, scale: float) -> np.ndarray:
    """Fill the hole in a reduced copy of the picture, and return the result at the original size."""
    height, width = (max(SMALLEST, round(n * scale)) for n in mask.shape)
    size = width, height  # in the order that OpenCV expects
    covered = cv2.resize(mask.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    colors = cv2.resize(image, size, interpolation=cv2.INTER_AREA) / np.maximum(covered, 1e-6)[..., None]
    valid = covered >= min(0.5, covered.max())
    small = _tiled(network, np.where(valid[..., None], colors, 0).astype(np.float32), valid)
    small = np.where(valid[..., None], colors, small).astype(np.float32)
    return cv2.resize(small, mask.shape[::-1], interpolation=cv2.INTER_CUBIC)
