"""Compute the pixels of the picture on which the output of a layer of the U-Net depends.

`unet.reach` computes only how far each encoder layer sees.
"""

from .unet import PConvUNet, reach


def receptive_field(network: PConvUNet, block: int, row: int) -> tuple[int, int]:
    """Return (first, last), the range of input rows on which row `row` of a block's output depends.

    The result is the same for columns.

    block : int, index of the block in the order of computation. Blocks 0 to levels − 1 are the encoder, and the
        following blocks are the decoder, which begins with its deepest layer

    The range may extend beyond the picture.

    A decoder layer sees three rows of each of its two inputs, which are the output of the previous block and the
    features of the skip link. Each row of the previous block's output is repeated once before the convolution, so row r
    of the enlarged features is a copy of row ⌊r / 2⌋.

    >>> network = PConvUNet(width=2, levels=3)
    >>> receptive_field(network, 2, 4), receptive_field(network, 5, 32)  # deepest layer: 4 · 8 ± 15; last layer
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
    """Return the range of input rows on which rows `first` to `last` of encoder layer `level` depend.

    Level 0 is the picture itself.
    """
    reached = [0, *reach(network)][level]
    return first * 2**level - reached, last * 2**level + reached
