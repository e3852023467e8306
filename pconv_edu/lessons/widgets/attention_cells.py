"""Find the cells that contextual attention copies from, for the attention explorer.

A cell is a square of 8×8 px. Only the largest weights of each hole cell are kept, so that a saved notebook stays small.
"""

from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np

if TYPE_CHECKING:
    from pconv_edu.nn.attention_network import AttentionNetwork

CELL = 8  # px
KEPT = 8  # sources that are kept for each hole cell
ONE = 65535  # a weight of 1, stored in 16 bits


class Copies(NamedTuple):
    """Store from where each hole cell is copied. The index of a cell is row times number of columns plus column.

    cells : (n,) uint16, the indices of the cells that are completely in the hole, in reading order
    sources : (n, 8) uint16, for each of them the indices of the cells with the largest weights, largest weight first
    weights : (n, 8) uint16, their weights in units of 1/65535; a source with weight 0 is to be ignored
    outside : (n,) uint16, the weight of cells beyond the edge of the photo, which the network adds to small photos
    known : int, the number of cells of the photo from which the network may copy
    """

    cells: np.ndarray
    sources: np.ndarray
    weights: np.ndarray
    outside: np.ndarray
    known: int


def run_stages(
    network: "AttentionNetwork", image: np.ndarray, mask: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Run the network on image (H, W, 3) and mask (H, W); return the coarse fill, the refined fill, and the attention.

    The fills (H, W, 3) are in [0, 1] and have the known pixels of the image. The attention is (h, w, h, w).
    """
    import torch  # slow to import, and most lessons with a widget do not need it

    like = next(network.parameters())
    x = torch.tensor(image.transpose(2, 0, 1)[None]).to(like)  # (1, 3, H, W)
    M = torch.tensor(mask[None, None]).to(like)  # (1, 1, H, W)
    with torch.no_grad():
        stages = network.stages(x, M, return_attention=True)
    coarse, refined = (
        np.where(mask[..., None], image, y[0].permute(1, 2, 0).clamp(0, 1).float().cpu().numpy())
        for y in (stages.coarse, stages.refined)
    )
    return coarse, refined, cast(torch.Tensor, stages.attention)[0].float().cpu().numpy()


def largest_weights(attention: np.ndarray, mask: np.ndarray) -> Copies:
    """Return the `Copies` of attention (h, w, h, w) for mask (H, W), whose sides are multiples of 8.

    h and w may exceed H/8 and W/8. The cells beyond them are not in the photo.
    """
    rows, columns = (size // CELL for size in mask.shape)
    missing = ~mask.reshape(rows, CELL, columns, CELL).any((1, 3))
    cells = np.flatnonzero(missing)
    every = attention[:rows, :columns][missing]  # (n, h, w)
    inside = every[:, :rows, :columns].reshape(len(cells), rows * columns)
    sources = np.argsort(-inside, axis=1, kind="stable")[:, :KEPT]
    weights = np.take_along_axis(inside, sources, axis=1)
    outside = (every.sum((1, 2)) - inside.sum(1)).clip(0)
    # A cell that may be copied has a weight for itself. The weights of all other cells could underflow to 0.
    count = int((attention.max((0, 1)) > 0)[:rows, :columns].sum())
    weights, outside = (np.rint(ONE * np.minimum(part, 1)).astype(np.uint16) for part in (weights, outside))
    return Copies(cells.astype(np.uint16), sources.astype(np.uint16), weights, outside, count)


def share(weight: int) -> str:
    """Return a weight in units of 1/65535 as a percentage. Only weights of 0 and 1 are shown as 0 and 100 %.

    >>> share(0), share(200), share(26_870), share(65_534), share(65_535)
    ('0 %', '< 1 %', '41 %', '> 99 %', '100 %')
    """
    percent = int(100 * int(weight) / ONE + 0.5)  # NumPy's 16 bits would overflow
    if percent == 0 and weight > 0:
        return "< 1 %"
    return "> 99 %" if percent == 100 and weight < ONE else f"{percent} %"


def spread_text(weights: np.ndarray, outside: int, count: int) -> str:
    """Return a sentence that says how much of the weight belongs to the listed sources of one hole cell.

    weights : (8,) and outside, in units of 1/65535
    count : int, the number of cells from which the network may copy
    """
    listed = int((weights > 0).sum())
    total = min(int(weights.sum(dtype=int)), ONE)
    text = f"The first {listed} of {count} source cells have {share(total)} of the weight."
    if listed == 1:
        text = f"The first of {count} source cells has {share(total)} of the weight."
    if outside:
        text += f" Cells outside of the photo, which the network adds, have {share(outside)}."
    return text
