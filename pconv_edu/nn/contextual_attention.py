"""Implement contextual attention, after Yu et al., "Generative Image Inpainting with Contextual Attention", CVPR 2018.

The layer divides a feature map into cells of 2×2 positions. Each cell is rebuilt as a weighted mean of known cells, in
which similar cells get more weight. The vector f(q) contains the features of the 3×3 neighbourhood of cell q. The
weight of cell k for cell q is computed in three steps:

    s(q, k) = ⟨f(q), f(k)⟩ / (‖f(q)‖ ‖f(k)‖)                                the cosine of two neighbourhoods     (1)
    ŝ(q, k) = Σ_d s(q + d, k + d),   d from (−1, −1) to (1, 1)              neighbours should match neighbours   (2)
    a(q, k) = exp(λ ŝ(q, k)) / Σ_k' exp(λ ŝ(q, k'))                         softmax over the known cells         (3)

The paper calls step (2) attention propagation.
"""

import torch
import torch.nn.functional as F

from .arguments import check_shapes

# Smaller weights count as 0: they change no digit, and a CPU multiplies numbers below 1.2e-38 many times more slowly.
NEGLIGIBLE = 1e-30


def contextual_attention(
    features: torch.Tensor,
    hole: torch.Tensor,
    scale: float = 10.0,
    fuse: bool = True,
    return_weights: bool = False,
    scores_at_once: int = 2**22,
) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
    """Return features in which each cell q is a weighted mean of known cells, Σ_k a(q, k) copy(k).

    Equations (1) to (3) define the weights a.

    Neighbourhoods are compared at half the resolution of the features. The copies are made at full resolution. The copy
    of a cell is the 4×4 square around the cell. Where the squares of neighbouring cells overlap, the result is their
    mean.

    Parameters
    ----------
    features : (N, C, H, W), finite. H and W are even and at least 4
    hole : (N, 1, H, W), different from 0 where the features belong to a hole. A cell may be copied only if no cell in
        its 3×3 neighbourhood contains a part of the hole. If a picture has no such cell, all cells that contain no part
        of the hole may be copied, although their squares may overlap the hole by one position. If every cell contains a
        part of the hole, the result is 0
    scale : λ. With a larger value, the best match has a larger share of the weight
    fuse : False to omit equation (2), so that ŝ = s
    return_weights : True to return the weights a as well
    scores_at_once : about how many scores are computed at once for the entire batch. A smaller number saves memory and
        gives the same result. The rows of cells q are processed in groups of at least one row

    Returns
    -------
    features (N, C, H, W), in float32 or a wider dtype, even under autocast; with ``return_weights=True``, also the
    weights (N, H/2, W/2, H/2, W/2). ``weights[n, i, j]`` is a map of the cells from which cell (i, j) of picture n is
    copied. The weights in this map sum to 1, and are 0 for all cells that may not be copied. If no cell may be copied,
    all weights are 0.

    If neither gradients nor weights are requested, the layer needs about 200 MB of memory for features of 1×96×128×128.

    At the edge of the picture and next to the hole, some of the nine pairs in equation (2) do not exist. ŝ is then nine
    times the mean over the pairs that exist, so that these cells are not at a disadvantage. In the paper, pairs that do
    not exist count as 0.

    Raises
    ------
    ValueError, TypeError
        If the shapes are inconsistent, or if a height or width is odd or too small.

    Examples
    --------
    >>> _ = torch.manual_seed(0)
    >>> features = torch.rand(1, 1, 8, 1).expand(1, 1, 8, 16)  # each row has one value
    >>> hole = torch.zeros(1, 1, 8, 16)
    >>> hole[..., 8:] = 1
    >>> rebuilt = contextual_attention(features, hole, scale=1000)
    >>> torch.allclose(rebuilt[..., 1:-1, :], features[..., 1:-1, :])  # cells are copied from their own row
    True
    """
    _check(features, hole)
    n, _, height, width = features.shape
    rows, columns = height // 2, width // 2
    with torch.autocast(features.device.type, enabled=False):
        features = features.to(torch.promote_types(features.dtype, torch.float32))
        known = _known_cells(hole)
        border = (0, 0, 1, 1, 1, 1)  # one more cell on each side, where all scores are 0
        queries = F.pad(_unit_patches(F.avg_pool2d(features, 2)), border)
        keys = queries * F.pad(known[..., None].to(features.dtype), border)
        # Cell (i, j) is at rows 2i and 2i + 1. Its copy also contains the rows before and after.
        copies = F.unfold(F.pad(features, (1, 1, 1, 1), mode="reflect"), 4, stride=2)  # (N, 16 C, keys)
        scores_of_a_row = n * (columns + 2) * (rows + 2) * (columns + 2)
        group = max(1, scores_at_once // scores_of_a_row - 2)  # the sum of equation (2) needs two more rows
        rebuilt, weights = [], []
        for top in range(0, rows, group):
            scores = _scores(queries[:, top : top + group + 2], keys)
            scores = _fuse(scores, known, top) if fuse else scores[:, 1:-1, 1:-1, 1:-1, 1:-1]
            attention = _softmax(scale * scores, known)
            rebuilt.append(copies @ attention.flatten(3).flatten(1, 2).mT)  # (N, 16 C, queries)
            if return_weights:
                weights.append(attention)
        result = _overlay(torch.cat(rebuilt, 2), (height, width))
    return (result, torch.cat(weights, 1)) if return_weights else result


def _check(features: torch.Tensor, hole: torch.Tensor) -> None:
    check_shapes(features, hole)
    height, width = features.shape[2:]
    if hole.shape[1] != 1 or height % 2 or width % 2 or min(height, width) < 4:
        raise ValueError(
            f"features are {tuple(features.shape)} and hole {tuple(hole.shape)}; give (N, C, H, W) and (N, 1, H, W), "
            "H and W even and at least 4"
        )


def _known_cells(hole: torch.Tensor) -> torch.Tensor:
    """Return a bool map of the cells that may be copied: hole (N, 1, H, W) -> (N, H/2, W/2)."""
    missing = F.max_pool2d((hole != 0).float(), 2)
    known = F.max_pool2d(missing, 3, stride=1, padding=1) == 0
    return torch.where(known.any(3, keepdim=True).any(2, keepdim=True), known, missing == 0)[:, 0]


def _unit_patches(x: torch.Tensor) -> torch.Tensor:
    """Return each cell's 3×3 neighbourhood as a vector of length 1: (N, C, h, w) -> (N, h, w, 9 C)."""
    patches = F.unfold(F.pad(x, (1, 1, 1, 1), mode="reflect"), 3)  # (N, 9 C, h · w)
    patches = patches * torch.rsqrt(patches.square().sum(1, keepdim=True) + 1e-6)
    return patches.mT.unflatten(1, x.shape[2:])


def _scores(queries: torch.Tensor, keys: torch.Tensor) -> torch.Tensor:
    """Return s(q, k), equation (1): (N, r, w, D) and (N, h, w, D) -> (N, r, w, h, w)."""
    scores = queries.flatten(1, 2) @ keys.flatten(1, 2).mT
    return scores.unflatten(1, queries.shape[1:3]).unflatten(3, keys.shape[1:3])


def _fuse(scores: torch.Tensor, known: torch.Tensor, top: int) -> torch.Tensor:
    """Return ŝ(q, k), equation (2), divided by the share of the nine pairs that exist.

    scores : (N, r + 2, w + 2, h + 2, w + 2), with a border of zeros, and 0 where k is not known
    known : (N, h, w), True for cells that may be copied
    top : index of the first row of cells q
    Returns (N, r, w, h, w).
    """
    fused = _diagonal_sum(_diagonal_sum(scores, 1, 3), 2, 4)
    # The same sums, with 1 for each pair that exists. The rows and columns of q + d can be checked separately.
    keys = F.pad(known.to(scores.dtype), (1, 1, 1, 1))  # (N, h + 2, w + 2)
    inside_rows, inside_columns = (F.pad(keys.new_ones(size), (1, 1)) for size in known.shape[1:])
    pairs = _diagonal_sum(inside_columns[:, None, None] * keys[:, None], 1, 3)  # (N, w, h + 2, w)
    inside_rows = inside_rows[top : top + scores.shape[1]]
    pairs = _diagonal_sum(inside_rows[:, None, None, None] * pairs[:, None], 1, 3)  # (N, r, w, h, w)
    return fused * (9 / pairs.clamp(min=1))


def _diagonal_sum(x: torch.Tensor, first: int, second: int) -> torch.Tensor:
    """Return Σ_d x(i + d, j + d) over d = 0, 1, 2, where i and j are the indices along two axes.

    Both axes become two positions shorter.
    """
    rows, columns = x.shape[first] - 2, x.shape[second] - 2
    a, b, c = (x.narrow(first, d, rows).narrow(second, d, columns) for d in range(3))
    return a + b + c


def _softmax(scores: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """Return a(q, k), equation (3): (N, r, w, h, w) and (N, h, w) -> (N, r, w, h, w)."""
    known = known[:, None, None]
    # The lowest finite number instead of −∞, which would give NaN if no cell is known.
    scores = scores.masked_fill(~known, torch.finfo(scores.dtype).min)
    weights = scores.flatten(3).softmax(3).view_as(scores) * known
    return F.threshold(weights, NEGLIGIBLE, 0.0)


def _overlay(copies: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
    """Put each 4×4 square in its place, and return the mean where squares overlap: (N, 16 C, cells) -> (N, C, H, W)."""
    total = F.fold(copies, size, 4, stride=2, padding=1)
    return total / F.fold(copies.new_ones(1, 16, copies.shape[2]), size, 4, stride=2, padding=1)
