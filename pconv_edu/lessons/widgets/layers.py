"""Define the layer explorer of lesson 08, which shows the mask, three feature maps and the reach of a U-Net layer."""

from typing import Any

import traitlets

from pconv_edu.core import hole_radius

from .block_explorer import HERE, BlockExplorer
from .layer_facts import facts, percent, reach_text, seen_text
from .layer_pictures import check_input, deepest_pixel, map_png, mask_png, most_varied, photo_png, run_layers
from .portable import join_module, join_style


class LayerExplorer(BlockExplorer):
    """Show the layer of a U-Net that the learner clicks.

    The widget shows the mask of the layer, three feature maps, and the part of the photo that the layer sees. The
    widget works without a Jupyter kernel.

    Parameters
    ----------
    network : PConvUNet of any width and depth; it runs once, in eval mode, and is not changed
    image : (H, W, 3) float array in [0, 1], at least 16×16; values in the hole are not used and may be NaN
    mask : (H, W) bool array, True = valid, False = hole
    chosen : int, the index of the block that is shown first

    Attributes
    ----------
    chosen : int, the index of the block that is shown. Indices follow the order of the data flow, from 0 for the first
        encoder block
    names : list of str, "encoder 1" … "decoder 1", in the order of the data flow
    layer_masks : list of (H', W') bool arrays, the mask that each block returns; padding counts as part of the hole
    channels : list with one list of ints per block, the indices of the feature maps shown, which are the three that
        vary most over valid positions
    radius : int or math.inf, the hole radius
    point : (row, column), the hole pixel farthest from any valid pixel

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        If the network is not a PConvUNet, the photo is not an RGB image in [0, 1] or is too small, the mask is not
        binary or does not have the photo's size, or the block `chosen` does not exist.
    """

    _module, _style = "layers.js", "layers.css"
    _esm, _css = join_module(HERE / _module), join_style(HERE / _style)
    columns, missing = (
        {key: key for key in ("name", "layer", "channels", "size", "then", "hole", "reach")},
        "masks and feature maps",
    )
    cross = traitlets.List().tag(sync=True)  # `point`

    def __init__(self, network: Any, image: Any, mask: Any, chosen: int = 0) -> None:
        image, mask = _checked(network, image, mask)
        layers = run_layers(network, image, mask)
        self.names, _, self.layer_masks = (list(column) for column in zip(*layers, strict=True))
        self.channels = [most_varied(features, m) for _, features, m in layers]
        self.radius, self.point = hole_radius(mask), deepest_pixel(mask)
        maps = [[map_png(x[c], m) for c in shown] for (_, x, m), shown in zip(layers, self.channels, strict=True)]
        super().__init__(
            chosen=chosen,
            size=list(mask.shape),
            cross=list(self.point),
            photo=photo_png(image, mask),
            blocks=[self._describe(network, block, mask.shape) for block in range(len(layers))],
            masks=[mask_png(m) for m in self.layer_masks],
            maps=maps,
        )

    def _describe(self, network, block, shape):
        """Return the texts and boxes of one block; `seen` and `skip` are (top, left, bottom, right) in the photo."""
        from pconv_edu.nn.receptive_field import encoder_field, receptive_field
        from pconv_edu.nn.unet import reach

        about = {"name": self.names[block], "shown": self.channels[block], "skip": None}
        about |= facts(network, block, self.layer_masks[block], shape)
        if about["down"]:
            pixels = reach(network)[block]
            about["seen"] = _inside([(p - pixels, p + pixels) for p in self.point], shape)
            about["reach"] = reach_text(pixels, self.radius)
        else:
            level = about["level"]
            rows = [p // 2**level for p in self.point]  # row and column of the output at the cross
            about["seen"] = _inside([receptive_field(network, block, r) for r in rows], shape)
            about["skip"] = _inside([encoder_field(network, level, r - 1, r + 1) for r in rows], shape)
            about["reach"] = seen_text(about["seen"], about["skip"], shape)
        return about

    def __repr__(self) -> str:
        return f"LayerExplorer({self.names[self.chosen]}, {percent(self.layer_masks[self.chosen])} hole)"


def _inside(ranges, shape):
    """Return the box (top, left, bottom, right) of a row range and a column range, clipped to the photo."""
    (top, bottom), (left, right) = ([max(a, 0), min(b, n - 1)] for (a, b), n in zip(ranges, shape, strict=True))
    return top, left, bottom, right


def _checked(network, image, mask):
    """Check the arguments, and return the photo and the mask as arrays. The returned photo is 0 in the hole."""
    from pconv_edu.nn import PartialConv2d, PConvUNet  # imports torch, which most lessons do without

    if not isinstance(network, PConvUNet) or not issubclass(network.convolution, PartialConv2d):
        raise TypeError(f"network is {type(network).__name__}; give a PConvUNet, whose layers have masks")
    return check_input(image, mask)
