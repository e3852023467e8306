"""Define the attention explorer of lesson 14, which shows from where attention copies each cell of a hole."""

import html
from pathlib import Path
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from .attention_cells import CELL, largest_weights, run_stages, share, spread_text
from .layer_pictures import deepest_pixel, photo_png
from .pictures import check_mask_of, check_photo, data_url, jpeg_of, png_bytes
from .portable import PortableWidget, join_module, join_style

HERE = Path(__file__).parent
NO_CELL = "The hole does not cover any cell of 8×8 px completely, so there is nothing to choose. Make the hole larger."
NO_SOURCE = "The photo has no cell from which the network could copy. Make the hole smaller."


class AttentionExplorer(PortableWidget):
    """Show from where contextual attention copies the cell of the hole that the learner points at.

    The network runs once. The widget stores the eight largest weights for each cell, and works without a Jupyter
    kernel. `attention_explorer` makes this widget with the network that ships with the course.

    Parameters
    ----------
    network : AttentionNetwork
    image : (H, W, 3) float array in [0, 1]; H and W are multiples of 8 from 64 to 256. Values in the hole are not used
        and may be NaN
    mask : (H, W) bool array, True = valid, False = hole
    truth : (H, W, 3) float array in [0, 1], the photo without a hole, which can then be shown too

    Attributes
    ----------
    chosen : list [row, column], the cell of the hole that is shown; rows and columns of cells count from 0. It is empty
        if the hole does not contain a cell, or if there is nothing to copy from
    shown : "coarse", "refined" or "true", the fill that is shown
    copies : `attention_cells.Copies`, the weights of all cells of the hole

    Raises
    ------
    TypeError, ValueError
        If the network has no contextual attention, the photo is not an RGB image in [0, 1], a side is not a multiple
        of 8 from 64 to 256, the mask is not binary, or the mask or the truth does not have the photo's size.
    traitlets.TraitError
        If `chosen` is set to a cell that is not in the hole, or `shown` to a fill that does not exist.
    """

    _module, _style = "attention.js", "attention.css"
    _esm, _css = join_module(HERE / _module), join_style(HERE / _style)
    chosen = traitlets.List().tag(sync=True)
    shown = traitlets.Unicode("refined").tag(sync=True)
    size = traitlets.List().tag(sync=True)  # height and width of the photo
    count = traitlets.CInt().tag(sync=True)  # number of source cells
    message = traitlets.Unicode().tag(sync=True)  # why no cell can be chosen
    # uint16, little-endian: `Copies`, with one row for each cell. A row of `weights` ends with the weight outside.
    cells = traitlets.CBytes().tag(sync=True)
    sources = traitlets.CBytes().tag(sync=True)
    weights = traitlets.CBytes().tag(sync=True)
    photo = traitlets.CBytes().tag(sync=True)  # PNG
    names = traitlets.List().tag(sync=True)  # of the fills
    fills = traitlets.List().tag(sync=True)  # JPEG files

    def __init__(self, network: Any, image: Any, mask: Any, truth: Any = None) -> None:
        image, mask = _checked(network, image, mask)
        coarse, refined, attention = run_stages(network, image, mask)
        self.copies = copies = largest_weights(attention, mask)
        fills = {"coarse": coarse, "refined": refined}
        if truth is not None:
            fills["true"] = check_photo(truth)
            if fills["true"].shape != image.shape:
                raise ValueError(f"truth is {fills['true'].shape} but the photo is {image.shape}")
        message = NO_SOURCE if copies.known == 0 else NO_CELL if len(copies.cells) == 0 else ""
        self._cells = [] if message else [divmod(int(k), mask.shape[1] // CELL) for k in copies.cells]
        weights = np.column_stack([copies.weights, copies.outside])
        super().__init__(
            chosen=_nearest(self._cells, deepest_pixel(mask)),
            size=list(mask.shape),
            count=copies.known,
            message=message,
            cells=b"" if message else copies.cells.astype("<u2").tobytes(),
            sources=copies.sources.astype("<u2").tobytes(),
            weights=weights.astype("<u2").tobytes(),
            photo=photo_png(image, mask),
            names=list(fills),
            fills=[jpeg_of(png_bytes(fill)) for fill in fills.values()],
        )

    @traitlets.validate("chosen")
    def _validate_chosen(self, proposal):
        chosen = list(proposal["value"])
        if chosen and tuple(chosen) not in self._cells:
            raise traitlets.TraitError(
                f"chosen is {chosen}; give [row, column] of a cell that is completely in the hole"
            )
        return chosen

    @traitlets.validate("shown")
    def _validate_shown(self, proposal):
        if self.names and proposal["value"] not in self.names:
            raise traitlets.TraitError(f"shown is {proposal['value']!r}; there are {', '.join(self.names)}")
        return proposal["value"]

    def source_list(self, row: int, column: int) -> list[str]:
        """Return the sources of a cell of the hole, largest weight first, such as "row 2, column 9 (41 %)".

        Raises ValueError if the cell is not completely in the hole.
        """
        k = self._cells.index((row, column))
        pairs = zip(self.copies.sources[k].tolist(), self.copies.weights[k].tolist(), strict=True)
        places = [(*divmod(source, self.size[1] // CELL), weight) for source, weight in pairs if weight > 0]
        return [f"row {r}, column {c} ({share(weight)})" for r, c, weight in places]

    def describe(self) -> str:
        """Return sentences that say from where the chosen cell is copied, and how spread the weights are."""
        if not self.chosen:
            return self.message
        row, column = self.chosen
        k = self._cells.index((row, column))
        spread = spread_text(self.copies.weights[k], int(self.copies.outside[k]), self.count)
        return f"Cell row {row}, column {column} copies from {', '.join(self.source_list(row, column))}. {spread}"

    def __repr__(self) -> str:
        where = "row {}, column {} of ".format(*self.chosen) if self.chosen else ""
        return f"AttentionExplorer({where}{len(self._cells)} hole cells, {self.count} source cells)"

    def static_html(self) -> str:
        """Return the photo, its refined fill, and the sources of the chosen cell."""
        refined = self.fills[self.names.index("refined")]
        pictures = [(data_url(self.photo), "The photo with its hole"), (data_url(refined, "jpeg"), "The refined fill")]
        images = " ".join(f'<img alt="{alt}" width="{self.size[1]}" src="{url}">' for url, alt in pictures)
        says = f"{html.escape(self.describe())} To see the other cells of the hole, allow scripts."
        return f"<div>{images}</div><div>{says}</div>"


def attention_explorer(image: ArrayLike, mask: ArrayLike, truth: ArrayLike | None = None) -> AttentionExplorer:
    """Return an `AttentionExplorer` with the network "attention", which ships with the course.

    image : (H, W, 3) float array in [0, 1]; H and W are multiples of 8 from 64 to 256
    mask : (H, W) bool array, True = valid, False = hole
    truth : (H, W, 3) float array in [0, 1], the photo without a hole, or None

    Raises ValueError as `AttentionExplorer` does.
    """
    from pconv_edu.nn.weights import shipped  # imports torch, which most lessons do without

    return AttentionExplorer(shipped("attention"), image, mask, truth)


def _nearest(cells, point):
    """Return the [row, column] of the cell whose centre is nearest to the pixel `point`, or [] without any cell."""
    offset = (CELL - 1) / 2
    distances = [sum((CELL * k + offset - p) ** 2 for k, p in zip(cell, point, strict=True)) for cell in cells]
    return list(cells[int(np.argmin(distances))]) if cells else []


def _checked(network, image, mask):
    """Return the photo and the mask as arrays of matching sizes. The photo is 0 in the hole."""
    from pconv_edu.nn.attention_network import AttentionNetwork

    if not isinstance(network, AttentionNetwork):
        raise TypeError(f"network is {type(network).__name__}; give an AttentionNetwork, such as the one that ships")
    image = np.asarray(image, np.float32)
    mask = check_mask_of(mask, image)
    if any(size % CELL or not 64 <= size <= 256 for size in mask.shape):
        raise ValueError(f"photo is {mask.shape[0]}×{mask.shape[1]}; give sides that are multiples of 8 from 64 to 256")
    return check_photo(np.where(mask[..., None], image, 0) if image.ndim == 3 else image), mask
