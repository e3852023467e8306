"""Define the mask shrinker of lesson 05, in which learners paint a hole and watch the mask close layer by layer."""

import base64
import html

import ipywidgets as widgets
import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from pconv_edu.core import hole_ratio, update_mask
from pconv_edu.core.arguments import check_mask
from pconv_edu.lessons.drawing import with_hole

from .painter import MaskPainter
from .panel import Panel
from .pictures import check_mask_of, check_photo, data_url, png_of

SIDE = 300  # side of each of the two pictures on the screen, in px
GAP = 12


def mask_after_layers(mask: ArrayLike, kernel_size: int = 3, stride: int = 1, dilation: int = 1) -> list[np.ndarray]:
    """Return the mask before the first layer and after each layer, until the mask no longer changes.

    Unlike `pconv_edu.core.shrink_mask`, this function accepts a stride and a dilation, so the masks may become smaller,
    and some holes may never close. The masks are padded so that the windows stay centred.

    Parameters
    ----------
    mask : (H, W) bool array, True = valid
    kernel_size : odd int
    stride, dilation : ints, the same for every layer

    Raises
    ------
    ValueError
        If `kernel_size` is even or the mask is not binary.
    """
    if kernel_size % 2 == 0:
        raise ValueError(f"kernel_size is {kernel_size}; it must be odd, or the mask would move")
    masks = [check_mask(mask)]
    while not masks[-1].all():
        padding = dilation * (kernel_size // 2)
        new = update_mask(masks[-1], kernel_size, stride=stride, padding=padding, dilation=dilation)
        if np.array_equal(new, masks[-1]):
            break
        masks.append(new)
    return masks


class MaskShrinker(Panel):
    """Show a photo with a hole, and the mask after each layer of partial convolution.

    Parameters
    ----------
    photo : (H, W, 3) float array in [0, 1]
    holes : (H, W) bool array, True = valid, or a dict {name: such an array} from which the learner can choose

    Attributes
    ----------
    masks : list of bool arrays, the mask before the first layer and after each layer
    mask : the painted mask, (H, W) bool, True = valid; assign another mask of this size to show it
    painter : the `MaskPainter` in which the learner paints the hole

    Raises
    ------
    ValueError
        If the photo is not an RGB image in [0, 1], or a hole is not binary or does not have the photo's height and
        width.
    """

    def __init__(self, photo: ArrayLike, holes: ArrayLike | dict[str, ArrayLike]) -> None:
        self.photo = check_photo(photo)
        named = holes if isinstance(holes, dict) else {"hole": holes}
        self._holes = {name: check_mask_of(hole, self.photo) for name, hole in named.items()}
        narrow = {"description_width": "initial"}
        self.hole = widgets.Dropdown(options=list(self._holes), description="hole")
        self.kernel = widgets.Dropdown(options=[3, 5, 7], description="kernel size", style=narrow)
        self.stride = widgets.Dropdown(options=[1, 2], description="stride")
        self.dilation = widgets.Dropdown(options=[1, 2, 3], description="dilation")
        self.layer = widgets.BoundedIntText(0, min=0, max=0, description="layer")
        self.back = widgets.Button(description="Back", tooltip="one layer back")
        self.forward = widgets.Button(description="Next layer", tooltip="one layer on")
        self.last = widgets.Button(description="Last layer", tooltip="to the last layer")
        self.picture = widgets.HTML()
        for control in (self.hole, self.kernel, self.stride, self.dilation, self.layer):
            control.layout.width = "170px"
        self.hole.layout.width = "260px"
        self.back.on_click(lambda _: self._go(self.layer.value - 1))
        self.forward.on_click(lambda _: self._go(self.layer.value + 1))
        self.last.on_click(lambda _: self._go(self.layer.max))
        self.hole.observe(lambda change: setattr(self, "mask", self._holes[change["new"]]), "value")
        for control in (self.kernel, self.stride, self.dilation):
            control.observe(lambda _: self._recompute(), "value")
        self.layer.observe(lambda _: self._show(), "value")
        row = {"flex_flow": "row wrap"}
        choices = widgets.HBox([self.hole, self.kernel, self.stride, self.dilation], layout=row)
        steps = widgets.HBox([self.layer, self.back, self.forward, self.last], layout=row)
        first = next(iter(self._holes.values()))
        self.painter = MaskPainter(self.photo, first, zoom=SIDE / self.photo.shape[1])
        self.painter.observe(lambda _: self._set_mask(self.painter.mask), "hole")
        result = widgets.VBox([choices, steps, self.picture], layout={"flex": "1 1 420px", "min_width": "0"})
        self.painter.layout.width = f"{SIDE + 20}px"  # the toolbar wraps above the canvas
        super().__init__([widgets.HBox([self.painter, result], layout={**row, "grid_gap": "0 12px"})])
        self._set_mask(first)

    @property
    def mask(self) -> np.ndarray:
        """Return the painted mask, (H, W) bool, True = valid. Assign another mask of this size to show it."""
        return self.masks[0]

    @mask.setter
    def mask(self, mask: ArrayLike) -> None:
        self.painter.mask = check_mask_of(mask, self.photo)  # this calls `_set_mask`

    def _set_mask(self, mask):
        with self.one_at_a_time:
            self.masks = [mask]
            self._recompute()

    def _recompute(self):
        with self.one_at_a_time:
            kernel, stride, dilation = self.kernel.value, self.stride.value, self.dilation.value
            self.masks = mask_after_layers(self.masks[0], kernel, stride, dilation)
            self.layer.max = len(self.masks) - 1  # this also moves the layer shown back into range
            self._go(0)
            self._show()

    def _go(self, layer):
        self.layer.value = min(max(layer, 0), self.layer.max)

    def describe(self) -> str:
        """Return a description of what is shown, in one or two sentences."""
        layer, depth = self.layer.value, len(self.masks) - 1
        mask, end = self.masks[layer], self.masks[-1]
        text = f"Layer {layer} of {depth}: {100 * hole_ratio(mask):.1f} % hole"
        if mask.shape != self.masks[0].shape:
            text += f", mask {mask.shape[0]}×{mask.shape[1]}"
        if end.all():
            return f"{text}. Everything is valid after {depth} layer{'s' if depth != 1 else ''}."
        return f"{text}. After {depth} layers nothing changes any more, and {100 * hole_ratio(end):.1f} % stays a hole."

    def _show(self):
        with self.one_at_a_time:
            text = html.escape(self.describe())
            self.picture.value = (
                f'<img alt="Left: the photo, still hole in pink, valid by now in green. Right: the mask. {text}" '
                f'src="{data_url(self._png(self.layer.value))}" style="max-width: 100%; width: {2 * SIDE + GAP}px">'
                f'<div aria-live="polite" style="line-height: 1.4; margin-top: 4px">{text}</div>'
            )

    def _png(self, layer):
        """Draw the photo with the remaining hole beside the mask (white = valid), as a PNG file."""
        height, width = self.photo.shape[:2]
        mask = self.masks[layer]
        # Output i of a strided layer is centred on input stride · i, so each pixel takes the nearest output.
        step = self.stride.value**layer
        rows = np.minimum((np.arange(height) + step // 2) // step, mask.shape[0] - 1)
        cols = np.minimum((np.arange(width) + step // 2) // step, mask.shape[1] - 1)
        left = np.uint8(255 * with_hole(self.photo, self.masks[0], mask[np.ix_(rows, cols)]) + 0.5)
        size = (SIDE, round(SIDE * height / width))
        sheet = Image.new("RGB", (2 * SIDE + GAP, size[1]), "white")
        sheet.paste(Image.fromarray(left).resize(size, Image.Resampling.NEAREST), (0, 0))
        framed = Image.new("RGB", size, "#777777")
        inner = (size[0] - 2, size[1] - 2)
        framed.paste(Image.fromarray(np.uint8(255 * mask)).resize(inner, Image.Resampling.NEAREST), (1, 1))
        sheet.paste(framed, (SIDE + GAP, 0))
        return png_of(sheet)

    def __repr__(self) -> str:
        height, width = self.photo.shape[:2]
        return f"MaskShrinker({height}×{width}, {self.describe()})"

    def still(self) -> dict[str, str]:
        """Return the picture of the photo and its mask before the first layer."""
        return {"image/png": base64.b64encode(self._png(0)).decode()}
