"""Define the gates explorer, which shows learned gates beside the masks of partial convolutions."""

from typing import Any

import traitlets

from .block_explorer import HERE, BlockExplorer
from .gate_pictures import gate_png, gates_text, most_different, mostly_hole, padded, partial_masks, run_gates
from .layer_facts import facts
from .layer_pictures import check_input, mask_png, photo_png
from .portable import join_module, join_style


class GatesExplorer(BlockExplorer):
    """Show the gates of the layer of a gated U-Net that the learner clicks, beside the mask of a partial convolution.

    The masks are those that `l1` and every other `PConvUNet` with as many levels have for this hole. The widget works
    without a Jupyter kernel.

    Parameters
    ----------
    network : GatedUNet of any width and depth; it runs once, in eval mode, and is not changed
    image : (H, W, 3) float array in [0, 1], at least 16×16; values in the hole are not used and may be NaN
    mask : (H, W) bool array, True = valid, False = hole
    chosen : int, the index of the block that is shown first

    Attributes
    ----------
    chosen : int, the index of the block that is shown. Indices follow the order of the data flow, from 0 for the first
        encoder block
    names : list of str, "encoder 1" … "decoder 1", in the order of the data flow
    gates : list of (C, H', W') float arrays in 0 … 1, the gates of each block; H' and W' include the padding
    layer_masks : list of (H', W') bool arrays, the mask that a partial convolution returns in each block
    channels : list with one list of ints per block, the channels whose gates are shown, which are the three whose mean
        differs most between hole and valid positions. A position counts as hole if more than half of the pixels that it
        covers are hole or padding. If there is no hole or nothing else, they are those that vary most

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        If the network is not a GatedUNet, the photo is not an RGB image in [0, 1] or is too small, the mask is not
        binary or does not have the photo's size, or the block `chosen` does not exist.
    """

    _module, _style = "gates.js", "layers.css"
    _esm, _css = join_module(HERE / _module), join_style(HERE / _style)
    columns, missing = (
        {"name": "name", "layer": "layer", "channels": "channels", "size": "size", "mask": "hole", "gates": "gates"},
        "masks and gates",
    )
    means = traitlets.List().tag(sync=True)  # a PNG for each block, the mean of the gates of all channels

    def __init__(self, network: Any, image: Any, mask: Any, chosen: int = 0) -> None:
        image, mask = _checked(network, image, mask)
        layers = run_gates(network, image, mask)
        self.names, self.gates = (list(column) for column in zip(*layers, strict=True))
        self.layer_masks = partial_masks(network, mask)
        holes = [mostly_hole(padded(network, mask), values.shape[1:]) for values in self.gates]
        self.channels = [most_different(values, hole) for values, hole in zip(self.gates, holes, strict=True)]
        super().__init__(
            chosen=chosen,
            size=list(mask.shape),
            photo=photo_png(image, mask),
            blocks=[self._describe(network, block, hole, mask.shape) for block, hole in enumerate(holes)],
            masks=[mask_png(m) for m in self.layer_masks],
            means=[gate_png(values.mean(0)) for values in self.gates],
            maps=[[gate_png(g[c]) for c in shown] for g, shown in zip(self.gates, self.channels, strict=True)],
        )

    def _describe(self, network, block, hole, shape):
        """Return the texts of one block as a dict."""
        values, shown = self.gates[block], self.channels[block]
        about = {"name": self.names[block], "shown": shown, "gates": gates_text(values, hole)}
        about |= facts(network, block, self.layer_masks[block], shape, kind="gated", photo="the photo and mask")
        about["then"] = f"features: {about['then']}; gates: logistic function"
        about["ranges"] = [f"{values[c].min():.2f} to {values[c].max():.2f}" for c in shown]
        compared = hole.any() and not hole.all()
        what = "whose means in the hole and outside differ most" if compared else "that vary most"
        one_of = f"the {len(shown)} of {len(values)} channels {what}"
        about["order"] = one_of if len(shown) < len(values) else f"all {len(values)} channels, those {what} first"
        return about

    def __repr__(self) -> str:
        return f"GatesExplorer({self.names[self.chosen]}, mean gate {self.gates[self.chosen].mean():.2f})"


def _checked(network, image, mask):
    """Check the arguments, and return the photo and the mask as arrays. The returned photo is 0 in the hole."""
    from pconv_edu.nn.variants import GatedUNet  # imports torch, which most lessons do without

    if not isinstance(network, GatedUNet):
        raise TypeError(f"network is {type(network).__name__}; give a GatedUNet, whose layers have gates")
    return check_input(image, mask)
