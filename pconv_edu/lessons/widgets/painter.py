"""Define the mask painter, with which the learner paints a hole over a photo."""

from pathlib import Path
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from pconv_edu.core import hole_ratio, irregular_mask
from pconv_edu.lessons.drawing import with_hole

from .pictures import check_mask_of, check_photo, data_url, jpeg_of, png_bytes
from .portable import PortableWidget, join_module, join_style

HERE = Path(__file__).parent


def resize_nearest(mask: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return a mask scaled to another size. Each new pixel gets the value of the old pixel under its centre.

    The painter's button "Save PNG" scales masks in the same way.

    mask : (H, W) bool array; the result is (height, width)
    """
    rows, columns = (2 * np.arange(height) + 1), (2 * np.arange(width) + 1)
    return mask[np.ix_(rows * mask.shape[0] // (2 * height), columns * mask.shape[1] // (2 * width))]


class MaskPainter(PortableWidget):
    """Paint a hole over a photo with mouse, pen, finger or keyboard. This also works without a running Jupyter kernel.

    Parameters
    ----------
    photo : (H, W, 3) float array in [0, 1]
    mask : (H, W) bool array, True = valid, False = hole, optional; the default has no hole
    zoom : float, screen pixels per image pixel
    rng : numpy.random.Generator for the button that draws a random hole, optional
    save_size : (height, width), optional; if the photo is a reduced copy, masks are scaled to this size, with
        nearest-neighbour sampling, when they are saved

    Attributes
    ----------
    mask : (H, W) bool array, True = valid; assign a mask to change what is shown. Observe the trait
        `hole` to be notified of strokes.
    photo_array : (H, W, 3) float32 array; `set_photo` changes it
    known : whether the photo under the hole is the truth; the line over the fill then compares with "the truth"
    saved_mask : (height, width) bool array, True = valid; the mask at the size at which it is saved

    Raises
    ------
    ValueError, TypeError
        If the photo is not an RGB image in [0, 1], or the mask is not binary or does not have the photo's height and
        width.
    """

    _module, _style = "painter.js", "painter.css"
    _esm, _css = join_module(HERE / _module), join_style(HERE / _style)
    photo = traitlets.CBytes().tag(sync=True)
    hole = traitlets.CBytes().tag(sync=True)  # packed bits, 1 = hole
    result = traitlets.CBytes().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    height = traitlets.Int().tag(sync=True)
    save_width = traitlets.Int().tag(sync=True)  # the size of saved masks
    save_height = traitlets.Int().tag(sync=True)
    zoom = traitlets.Float().tag(sync=True)
    brush = traitlets.Int(8, min=1).tag(sync=True)
    known = traitlets.Bool(True).tag(sync=True)
    has_kernel = traitlets.Bool(True).tag(sync=True)

    def __init__(
        self,
        photo: ArrayLike,
        mask: ArrayLike | None = None,
        zoom: float = 1.5,
        rng: np.random.Generator | None = None,
        save_size: tuple[int, int] | None = None,
    ) -> None:
        self._rng = np.random.default_rng(0) if rng is None else rng
        self.photo_array = check_photo(photo)
        valid = np.ones(self.photo_array.shape[:2], bool) if mask is None else check_mask_of(mask, self.photo_array)
        height, width = valid.shape
        state = {"photo": png_bytes(self.photo_array), "hole": np.packbits(~valid).tobytes()}
        save_height, save_width = save_size or (height, width)
        super().__init__(width=width, height=height, save_width=save_width, save_height=save_height, zoom=zoom, **state)
        self.layout.min_width = "0"  # so that it becomes narrower than its pictures in a row of ipywidgets
        self.on_msg(self._on_message)

    @property
    def mask(self) -> np.ndarray:
        """Return the mask that is shown, (H, W) bool, True = valid. Assign another mask of this size to change it."""
        bits = np.unpackbits(np.frombuffer(self.hole, np.uint8), count=self.height * self.width)
        return ~bits.reshape(self.height, self.width).astype(bool)

    @mask.setter
    def mask(self, mask: ArrayLike) -> None:
        self.hole = np.packbits(~check_mask_of(mask, self.photo_array)).tobytes()

    @property
    def saved_mask(self) -> np.ndarray:
        """Return the mask at the size at which it is saved, (height, width) bool, True = valid."""
        return resize_nearest(self.mask, self.save_height, self.save_width)

    def set_photo(
        self, photo: ArrayLike, mask: ArrayLike | None = None, save_size: tuple[int, int] | None = None
    ) -> None:
        """Show another (H, W, 3) photo, and save masks at `save_size`, or at the photo's own size.

        mask : (H, W) bool array, True = valid; by default, the hole stays if the new photo has the same size, and is
            removed otherwise
        """
        image = check_photo(photo)
        height, width = image.shape[:2]
        same_size = (height, width) == (self.height, self.width)
        valid = check_mask_of(mask, image) if mask is not None else self.mask if same_size else np.ones((height, width))
        self.photo_array = image
        with self.hold_sync():  # one message, because the size must not arrive before the pixels
            self.width, self.height, self.result = width, height, b""
            self.save_height, self.save_width = save_size or (height, width)
            self.hole = np.packbits(~valid.astype(bool)).tobytes()
            self.photo = png_bytes(self.photo_array)

    def _on_message(self, _, content, buffers):
        if "random" in content:
            ratio = float(content["random"])
            half = max(0.005, 1.5 / self.mask.size)  # so that a whole number of pixels fits between the bounds
            bounds = (max(0.0, ratio - half), min(1.0, ratio + half))
            self.mask = irregular_mask(self.mask.shape, bounds, rng=self._rng)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.height}×{self.width}, hole ratio {100 * hole_ratio(self.mask):.1f} %)"

    def portable_state(self) -> dict[str, Any]:
        """Return the synced traits for a copy that works without a Jupyter kernel, with the pictures as JPEG."""
        # Notebooks store this copy, and a JPEG file takes a fifth of the space.
        pictures = {name: jpeg_of(getattr(self, name)) for name in ("photo", "result")}
        return {**super().portable_state(), **pictures, "has_kernel": False}

    def static_html(self) -> str:
        """Return HTML that shows the photo with its hole in pink."""
        url = data_url(jpeg_of(png_bytes(with_hole(self.photo_array, self.mask))), "jpeg")
        return f'<img alt="{self!r}: the hole is pink" src="{url}">'
