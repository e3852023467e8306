"""Compute which pixels of the picture a layer of the U-Net depends on. `unet.reach` gives the distance alone."""

from .unet import PConvUNet, reach


def receptive_field(network: PConvUNet, block: int, row: int) -> tuple[int, int]:
    """Return (first, last), the input rows on which row `row` of a block's output depends.

    Columns follow the same rule.

    block : int, index of the block in the order of the data flow: first the encoder, 0 … levels − 1, then the decoder,
        which begins with its deepest layer

    The range may extend beyond the picture.

    A decoder layer sees three rows of each of its inputs, which are the layer below and the skip link. The rows of the
    layer below are doubled first, so row r after the doubling comes from row ⌊r / 2⌋ before the doubling.

    >>> network = PConvUNet(width=2, levels=3)
    >>> receptive_field(network, 2, 4), receptive_field(network, 5, 32)  # the deepest layer, 4 · 8 ± 15; the last layer
    ((17, 47), (9, 47))
    """
    if block < network.levels:
        return encoder_field(network, block + 1, row, row)
    before, after = row - 1, row + 1
    skip = encoder_field(network, 2 * network.levels - 1 - block, before, after)
    first = receptive_field(network, block - 1, before // 2)[0]
    last = receptive_field(network, block - 1, after // 2)[1]
    return min(skip[0], first), max(skip[1], last)


def encoder_field(network: PConvUNet, level: int, first: int, last: int) -> tuple[int, int]:
    """Return the range of input rows on which rows first … last of encoder layer `level` depend.

    Level 0 is the picture.
    """
    reached = [0, *reach(network)][level]
    return first * 2**level - reached, last * 2**level + reached
