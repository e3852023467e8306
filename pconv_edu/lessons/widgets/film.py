"""Define the film of lesson 05, in which a hole closes layer by layer and every layer writes means into it."""

import html
from pathlib import Path
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike
from PIL import Image

from pconv_edu.core import hole_ratio, partial_conv2d, shrink_mask
from pconv_edu.lessons.drawing import closing_layer, with_hole

from .pictures import check_mask_of, check_photo, data_url, jpeg_of, png_bytes, png_of
from .portable import PortableWidget, join_module, join_style

HERE = Path(__file__).parent
NEVER = 255  # stands for "no layer reaches this pixel" in the picture of layers


def fill_with_means(photo: np.ndarray, masks: list[np.ndarray]) -> np.ndarray:
    """Return a photo whose hole was filled by 3×3 partial convolutions with equal weights.

    Each layer writes the mean of the valid values in the window into the pixels that it makes valid, and these pixels
    then keep their values. Pixels that no layer reaches are 0.

    photo : (H, W, 3) float array in [0, 1]
    masks : the (H, W) bool arrays that `shrink_mask` returns, True = valid
    """
    mean = np.full((3, 1, 3, 3), 1 / 9, np.float32)
    filled = np.where(masks[0], photo.transpose(2, 0, 1), 0)  # (3, H, W)
    for mask in masks[:-1]:
        y, _ = partial_conv2d(filled, mask, mean, padding=1, groups=3)
        filled = np.where(mask, filled, y)
    return np.clip(filled.transpose(1, 2, 0), 0, 1).astype(np.float32)


class HoleFilm(PortableWidget):
    """Show a hole that closes layer by layer, with Play and a slider. It also works without a running Jupyter kernel.

    The layers are partial convolutions with 3×3 kernels, stride 1 and padding 1. All weights are 1/9, so each layer
    fills the edge of the hole with means of the known colours.

    Parameters
    ----------
    photo : (H, W, 3) float array in [0, 1]
    mask : (H, W) bool array, True = valid, False = hole

    Attributes
    ----------
    layer : int, the number of layers that were applied in the frame that is shown; assign a number to show its frame
    depth : int, the number of layers after which the mask no longer changes
    masks : list of (H, W) bool arrays, the mask before the first layer and after each layer
    filled : (H, W, 3) float array, the photo after the last layer

    Raises
    ------
    ValueError
        If the photo is not an RGB image in [0, 1], the mask is not binary or does not have the photo's height and
        width, or the hole takes more than 254 layers.
    traitlets.TraitError
        If `layer` is set to a number outside the range from 0 to `depth`.
    """

    _module, _style = "film.js", "film.css"
    _esm, _css = join_module(HERE / _module), join_style(HERE / _style)
    fill = traitlets.CBytes().tag(sync=True)  # a PNG file of `filled`
    layers = traitlets.CBytes().tag(sync=True)  # a grey PNG file: the layer that reaches each pixel, or NEVER
    depth = traitlets.Int().tag(sync=True)
    layer = traitlets.Int().tag(sync=True)

    def __init__(self, photo: ArrayLike, mask: ArrayLike) -> None:
        image = check_photo(photo)
        self.masks = shrink_mask(check_mask_of(mask, image))
        depth = len(self.masks) - 1
        if depth >= NEVER:
            raise ValueError(f"the hole takes {depth} layers; the film shows at most {NEVER - 1}")
        self.filled = fill_with_means(image, self.masks)
        layers = closing_layer(self.masks).astype(np.uint8)  # −1, no layer, becomes 255
        super().__init__(fill=png_bytes(self.filled), layers=png_of(Image.fromarray(layers)), depth=depth)

    @traitlets.validate("layer")
    def _validate_layer(self, proposal):
        if not 0 <= proposal["value"] <= self.depth:
            raise traitlets.TraitError(f"layer is {proposal['value']}; it must be from 0 to {self.depth}")
        return proposal["value"]

    def __repr__(self) -> str:
        height, width = self.masks[0].shape
        return f"HoleFilm({height}×{width}, layer {self.layer} of {self.depth})"

    def portable_state(self) -> dict[str, Any]:
        """Return the synced traits for a copy that works without a Jupyter kernel, with the photo as JPEG."""
        return {**super().portable_state(), "fill": jpeg_of(self.fill)}

    def static_html(self) -> str:
        """Return HTML that shows up to four frames of the film at half their size."""
        shown = sorted({0, self.depth // 8, self.depth // 3, self.depth})
        frames = [with_hole(self.filled, self.masks[layer])[::2, ::2] for layer in shown]
        gap = np.ones((frames[0].shape[0], 6, 3), np.float32)
        strip = np.hstack([part for frame in frames for part in (frame, gap)][:-1])
        holes = ", ".join(f"{layer} layers: {100 * hole_ratio(self.masks[layer]):.1f} % hole" for layer in shown)
        text = html.escape(f"The hole, in pink, after {holes}.")
        return f'<img alt="{text}" src="{data_url(jpeg_of(png_bytes(strip)), "jpeg")}"><div>{text}</div>'
