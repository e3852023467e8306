"""What the layer explorer looks at and draws: layers as arrays, the maps worth showing, small PNGs of them."""

import cv2
import numpy as np
from PIL import Image

from pconv_edu.core.colors import HOLE

from .pictures import png_of

PINK = tuple(round(255 * c) for c in HOLE)
GREYS = np.linspace(0, 255, 64).round().astype(int).tolist()  # more could not be told apart, and would be larger


def run_layers(network, image, mask):
    """Run a PConvUNet on image (H, W, 3), mask (H, W): a list of (name, features (C, H', W'), mask (H', W') bool).

    In eval mode, whatever mode the network is in: that is put back afterwards, module by module.
    """
    import torch  # takes seconds, and most lessons that show a widget do without

    like = next(network.parameters())
    x = torch.tensor(image.transpose(2, 0, 1)[None]).to(like)  # (1, 3, H, W)
    M = torch.tensor(mask[None, None]).to(like)  # (1, 1, H, W)
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        with torch.no_grad():
            _, layers = network(x, M, return_layers=True)
    finally:
        for module, mode in modes:
            module.training = mode
    return [(name, f[0].float().cpu().numpy(), m[0, 0].bool().cpu().numpy()) for name, f, m in layers]


def most_varied(features, mask, count=3):
    """The `count` channels of features (C, H, W) with the largest variance over valid positions, largest first."""
    known = features[:, mask].astype(float)
    variance = known.var(axis=1) if mask.any() else np.zeros(len(features))
    return np.argsort(-variance, kind="stable")[:count].tolist()


def deepest_pixel(mask):
    """(row, column) of the hole pixel farthest from a valid one; without hole or without valid, the middle."""
    if mask.all() or not mask.any():
        return mask.shape[0] // 2, mask.shape[1] // 2
    distance = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_C, 3)  # as in `hole_radius`
    row, col = np.unravel_index(distance.argmax(), mask.shape)
    return int(row), int(col)


def thin(array, most):
    """Every k-th row and column of an array (H, W, …), so that neither side is longer than `most`."""
    k = -(-max(array.shape[:2]) // most)
    return array[::k, ::k]


def palette_png(indices, colors):
    """Indices (H, W) into a list of RGB colours, as the bytes of a PNG file."""
    picture = Image.fromarray(indices.astype(np.uint8), "P")
    picture.putpalette([value for color in colors for value in color])
    return png_of(picture, optimize=True)


def mask_png(mask):
    """A bool mask (H, W): valid white, hole pink."""
    return palette_png(thin(mask, 512), [PINK, (255, 255, 255)])


def map_png(feature, mask):
    """One feature map (H, W): black to white from its least to its largest valid value, hole pink."""
    known = feature[mask].astype(float)
    low, high = (known.min(), known.max()) if known.size else (0, 0)
    share = (feature - low) / (high - low) if high > low else np.full(feature.shape, 0.5)  # one value only: mid-grey
    grey = np.rint(np.clip(share, 0, 1) * (len(GREYS) - 1)) + 1
    return palette_png(thin(np.where(mask, grey, 0), 128), [PINK, *((g, g, g) for g in GREYS)])


def photo_png(image, mask):
    """A photo (H, W, 3) in at most 255 colours, hole pink."""
    image, mask = thin(image, 256), thin(mask, 256)
    picture = Image.fromarray(np.uint8(255 * image + 0.5)).quantize(255, dither=Image.Dither.NONE)
    colors = np.reshape(picture.getpalette(), (-1, 3)).tolist()
    return palette_png(np.where(mask, np.asarray(picture), len(colors)), [*colors, PINK])
