"""Write the sentences about a block of the U-Net that the layer explorer shows."""

import math
from typing import Any

import numpy as np

from pconv_edu.core import hole_ratio


def facts(
    network: Any, block: int, mask: np.ndarray, shape: tuple[int, ...], kind: str = "partial", photo: str = "the photo"
) -> dict[str, Any]:
    """Return the facts about a block that the explorer shows, as a dict of strings and numbers.

    block : index of the block in the order of the data flow, from 0 for the first encoder block
    mask : (H', W') bool array, the mask that the block returns
    shape : (height, width) of the photo
    kind : the kind of the convolutions
    photo : what the skip link to the last layer carries
    """
    parts, levels = [*network.encoder, *network.decoder], network.levels
    conv, down = parts[block].conv, block < levels
    level = block + 1 if down else 2 * levels - 1 - block  # the output is 2**level times smaller than the photo
    height, width = mask.shape
    layer = f"{kind} convolution {'×'.join(map(str, conv.kernel_size))}, "
    if down:
        layer += f"stride {conv.stride[0]}"
        channels = f"{conv.in_channels} → {conv.out_channels}"
    else:
        layer += "after doubling rows and columns"
        below = parts[block - 1].conv.out_channels
        channels = f"{below} + {conv.in_channels - below} from {skip_name(level, photo)} → {conv.out_channels}"
    hole = f"{percent(mask)} still hole"
    padded = height * 2**level, width * 2**level
    if padded != tuple(shape):
        hole += f", padding of the photo to {padded[0]}×{padded[1]} included"
    return {
        "down": down,
        "level": level,
        "out": conv.out_channels,
        "height": height,
        "width": width,
        "layer": layer,
        "channels": channels,
        "then": after(parts[block]),
        "hole": hole,
    }


def skip_name(level: int, photo: str) -> str:
    """Return the name of the source of the skip link to the decoder layer at this level, at level 0 `photo`."""
    return f"encoder {level}" if level else photo


def after(block: Any) -> str:
    """Return a string that says whether batch norm follows a block's convolution, and which activation is used."""
    norm = "batch norm" if block.norm is not None else "no batch norm"
    if block.activation is None:
        return f"{norm}, no activation"
    slope = getattr(block.activation, "negative_slope", None)
    return f"{norm}, " + ("ReLU" if slope is None else f"LeakyReLU {slope}")


def percent(mask: np.ndarray) -> str:
    """Return the percentage of a mask's pixels that are in the hole, as text. A small percentage is never rounded to 0.

    >>> import numpy as np
    >>> percent(np.array([[True, False]])), percent(np.arange(10_000).reshape(100, 100) > 0)
    ('50.0 %', '< 0.1 %')
    """
    share = 100 * hole_ratio(mask)
    if 0 < share < 0.1:
        return "< 0.1 %"
    return "> 99.9 %" if 99.9 < share < 100 else f"{share:.1f} %"


def reach_text(pixels: int, radius: float) -> str:
    """Return a sentence that compares the reach of an encoder layer with the hole radius; both are in pixels."""
    text = f"{pixels} px to each side of the centre. "
    if radius == 0:
        return text + "Nothing is missing."
    if radius == math.inf:
        return text + "No pixel is known: no reach is enough."
    text += f"The deepest hole pixel (the cross) is {radius} px from a known one: a window centred there sees "
    return text + ("a known pixel." if pixels >= radius else "no known pixel.")


def seen_text(seen: tuple[int, ...], skip: tuple[int, ...], shape: tuple[int, ...]) -> str:
    """Return a sentence about the parts of a photo of `shape` that a decoder layer and its skip link see.

    seen, skip : boxes (top, left, bottom, right)
    """

    def where(box: tuple[int, ...]) -> str:
        top, left, bottom, right = box
        whole = (top, left, bottom, right) == (0, 0, shape[0] - 1, shape[1] - 1)
        return "the whole photo" if whole else f"rows {top} to {bottom} and columns {left} to {right}"

    return f"The output at the cross sees {where(seen)}. Its skip link supplies {where(skip)} of this."
