"""Run a network for the layer explorer, and draw its masks and the feature maps that vary most, as PNG files."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from pconv_edu.core.arguments import check_mask
from pconv_edu.core.colors import HOLE

from .pictures import check_photo, png_of

if TYPE_CHECKING:
    import torch

    from pconv_edu.nn import PConvUNet

PINK = tuple(round(255 * c) for c in HOLE)
# More greys could not be distinguished, and the files would be larger.
GREYS = np.linspace(0, 255, 64).round().astype(int).tolist()


def run_layers(network: "PConvUNet", image: np.ndarray, mask: np.ndarray) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Run a PConvUNet on image (H, W, 3) and mask (H, W); return (name, features, new mask) for each layer.

    Features are (C, H', W'), and masks are (H', W') bool. The network runs in eval mode, and the mode of each module is
    restored afterwards.
    """
    import torch  # slow to import, and most lessons with a widget do not need it

    with eval_mode(network), torch.no_grad():
        _, layers = network(*inputs(network, image, mask), return_layers=True)
    return [(name, f[0].float().cpu().numpy(), m[0, 0].bool().cpu().numpy()) for name, f, m in layers]


@contextmanager
def eval_mode(network: "PConvUNet") -> Iterator[None]:
    """Set a network to eval mode inside a ``with`` statement, and restore the mode of each module afterwards."""
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def inputs(network: "PConvUNet", image: np.ndarray, mask: np.ndarray) -> tuple["torch.Tensor", "torch.Tensor"]:
    """Return image (H, W, 3) as (1, 3, H, W) and mask (H, W) as (1, 1, H, W), like the network's parameters."""
    import torch

    like = next(network.parameters())
    return torch.tensor(image.transpose(2, 0, 1)[None]).to(like), torch.tensor(mask[None, None]).to(like)


def check_input(image: ArrayLike, mask: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return a photo (H, W, 3) as float32, with 0 in the hole, and its mask (H, W) as bool.

    Raise ValueError if the photo is not an RGB image in [0, 1], is smaller than 16×16, or does not have the mask's
    size, or if the mask is not binary.
    """
    image, mask = np.asarray(image, np.float32), check_mask(mask)
    if image.ndim == 3:
        if image.shape[:2] != mask.shape:
            raise ValueError(f"mask is {mask.shape} but the photo is {image.shape[:2]}: rows come first")
        image = np.where(mask[..., None], image, 0)
    image = check_photo(image)
    if min(mask.shape) < 16:
        raise ValueError(f"photo is {mask.shape[0]}×{mask.shape[1]}; the network takes 16×16 pixels or more")
    return image, mask


def most_varied(features: np.ndarray, mask: np.ndarray, count: int = 3) -> list[int]:
    """Return the `count` channels of features (C, H, W) that vary most over valid positions, largest variance first."""
    known = features[:, mask].astype(float)
    variance = known.var(axis=1) if mask.any() else np.zeros(len(features))
    return np.argsort(-variance, kind="stable")[:count].tolist()


def deepest_pixel(mask: np.ndarray) -> tuple[int, int]:
    """Return (row, column) of the hole pixel farthest from any valid pixel.

    If all pixels or no pixels are valid, return the middle of the mask.
    """
    if mask.all() or not mask.any():
        return mask.shape[0] // 2, mask.shape[1] // 2
    distance = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_C, 3)  # as in `hole_radius`
    row, col = np.unravel_index(distance.argmax(), mask.shape)
    return int(row), int(col)


def thin(array: np.ndarray, most: int) -> np.ndarray:
    """Return every k-th row and column of an array (H, W, …).

    k is the smallest number with which neither side of the result is longer than `most`.
    """
    k = -(-max(array.shape[:2]) // most)
    return array[::k, ::k]


def palette_png(indices: np.ndarray, colors: Sequence[Sequence[int]]) -> bytes:
    """Encode a picture as a PNG file. The `indices` (H, W) refer to `colors`, a list of RGB colours."""
    picture = Image.fromarray(indices.astype(np.uint8), "P")
    picture.putpalette([value for color in colors for value in color])
    return png_of(picture, optimize=True)


def mask_png(mask: np.ndarray) -> bytes:
    """Draw a bool mask (H, W) as a PNG file, with valid pixels in white and the hole in pink."""
    return palette_png(thin(mask, 512), [PINK, (255, 255, 255)])


def map_png(feature: np.ndarray, mask: np.ndarray) -> bytes:
    """Draw a feature map (H, W) as a PNG file, with the hole in pink.

    The smallest valid value is black, and the largest valid value is white.
    """
    known = feature[mask].astype(float)
    low, high = (known.min(), known.max()) if known.size else (0, 0)
    share = (feature - low) / (high - low) if high > low else np.full(feature.shape, 0.5)  # a constant map is mid-grey
    grey = np.rint(np.clip(share, 0, 1) * (len(GREYS) - 1)) + 1
    return palette_png(thin(np.where(mask, grey, 0), 128), [PINK, *((g, g, g) for g in GREYS)])


def photo_png(image: np.ndarray, mask: np.ndarray) -> bytes:
    """Draw a photo (H, W, 3) as a PNG file in at most 255 colours, with its hole in pink."""
    image, mask = thin(image, 256), thin(mask, 256)
    picture = Image.fromarray(np.uint8(255 * image + 0.5)).quantize(255, dither=Image.Dither.NONE)
    colors = np.reshape(np.asarray(picture.getpalette()), (-1, 3)).tolist()
    return palette_png(np.where(mask, np.asarray(picture), len(colors)), [*colors, PINK])
