"""Show what the fault of a layer does to a photo, beside the result of the right layer."""

import functools
import io
from typing import Any

import numpy as np
import torch
from PIL import Image

from pconv_edu.core import load_photo
from pconv_edu.lessons.widgets.pictures import data_url
from pconv_edu.nn import PartialConv2d

from .exhibit import Exhibit

PHOTO, SIZE = "gc-animal-scarlet-macaw", 256
KERNEL, BIAS = 21, 0.15  # each colour becomes the mean of a window, plus the bias
SIDE = 128  # of each picture, in px
VISIBLE = 4 / 255  # the largest mean difference in any row of the pictures that still counts as equal


def symptom(exhibit: Exhibit) -> tuple[np.ndarray, np.ndarray] | None:
    """Return what the right layer and the exhibit make of a photo with a hole, as two (256, 256, 3) arrays in [0, 1].

    Both layers have the same weights, which replace each colour by the mean of a 21×21 window and add 0.15. None if the
    exhibit is not a layer, or if the fault cannot be seen in this picture.
    """
    if exhibit.kind != "layer":
        return None
    right, found = _through(PartialConv2d), _through(exhibit.code)
    if np.abs(right - found).mean(axis=(1, 2)).max() <= VISIBLE:
        return None
    return right, found


def symptom_html(exhibit: Exhibit) -> str:
    """Return the two pictures of `symptom` as HTML, or an empty text if there are none."""
    pictures = symptom(exhibit)
    if pictures is None:
        return ""
    names = "the right layer", f"exhibit {exhibit.number}"
    images = "".join(
        f'<figure style="display: inline-block; margin: 4px 12px 4px 0"><img alt="A blurred photo with a hole, after '
        f'{name}" width="{SIDE}" height="{SIDE}" src="{_jpeg(picture)}"><figcaption>{name}</figcaption></figure>'
        for name, picture in zip(names, pictures, strict=True)
    )
    return f"<div>{images}</div>"


@torch.no_grad()
def _through(Layer: Any) -> np.ndarray:
    """Return the photo after one layer, as an array (256, 256, 3) in [0, 1]."""
    photo, mask = _input()
    layer = Layer(3, 3, KERNEL, padding=KERNEL // 2)
    layer.weight[:] = torch.eye(3)[:, :, None, None] / KERNEL**2
    layer.bias[:] = BIAS
    result: np.ndarray = layer(photo, mask)[0][0].float().permute(1, 2, 0).nan_to_num().clip(0, 1).numpy()
    return result


@functools.cache
def _input() -> tuple[torch.Tensor, torch.Tensor]:
    from pconv_edu.lessons.figures import example_hole

    photo = torch.tensor(load_photo(PHOTO, SIZE)).permute(2, 0, 1)[None]
    return photo, torch.tensor(example_hole())[None, None].float()


def _jpeg(picture: np.ndarray) -> str:
    """Return a picture in half its size as a data URI."""
    small = Image.fromarray(np.round(255 * picture).astype(np.uint8)).resize((SIDE, SIDE), Image.Resampling.BOX)
    with io.BytesIO() as file:
        small.save(file, "JPEG", quality=75, optimize=True)
        return data_url(file.getvalue(), "jpeg")
