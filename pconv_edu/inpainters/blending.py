"""Remove the seam of a fill by Poisson blending (Pérez, Gangnet & Blake 2003, doi:10.1145/882262.882269).

Blending changes the colours of the fill and keeps its steps from pixel to pixel. The blended fill is the picture whose
steps are as close as possible to the wanted ones, by least squares. Between two hole pixels, the wanted step is that of
the fill. Across the edge of the hole, the fill knows no step. There, the mean of the next step inwards and the next
step outwards is wanted.

The least squares lead to one linear equation for each hole pixel, whose neighbours outside the hole have fixed values.
`scipy` solves them by conjugate gradients, with a pyramid of coarser equations as preconditioner (multigrid). A direct
solver needs too much memory for large holes. OpenCV's ``seamlessClone`` is not used, because it works with 8 bits and
takes the outermost hole pixels from the picture that it pastes into. In a hole, that picture has no values; pasted into
the filled picture itself, a fill with a constant offset keeps the whole offset.
"""

import functools

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, SuperLU, cg, splu

from pconv_edu.core import edge_pairs

DIRECT = 2000  # a system of at most this many equations is solved directly
TOLERANCE = 1e-5  # the relative residual at which the solver stops
DAMPING = 0.7  # of the Jacobi steps in the pyramid

Level = tuple[sparse.csr_array, np.ndarray, sparse.csr_array]  # matrix, damped inverse of its diagonal, pixel -> block


def poisson(filled: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return a filled picture with the seam removed by Poisson blending.

    A fill that differs from the right one by a constant is repaired if the picture is an even slope at the edge of the
    hole. A fill that continues even slopes does not change. Where the photo has texture, blending makes the edge
    smoother than it was, even if the fill was right.

    Parameters
    ----------
    filled : (H, W, C) float array in [0, 1], without NaN
    mask : (H, W) bool array, True = valid, with at least one hole pixel and one valid pixel

    Returns
    -------
    (H, W, C) float32 array, in which valid pixels have not changed. Filled pixels can lie outside [0, 1].
    """
    blended = filled.astype(np.float32)
    rows, columns = (np.flatnonzero(~mask.all(axis=axis)) for axis in (1, 0))
    # Two valid pixels around the hole are enough: a valid neighbour, and the next step outwards.
    box = tuple(slice(max(0, places[0] - 2), places[-1] + 3) for places in (rows, columns))
    blended[box] += _change(filled[box], mask[box])
    return blended


def _change(filled: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return what blending adds to a filled picture, an (H, W, C) float32 array that is 0 at valid pixels."""
    inside, outside = edge_pairs(mask)
    number = np.full(mask.shape, -1, np.int32)  # the number of the equation of each hole pixel
    number[~mask] = np.arange(np.count_nonzero(~mask), dtype=np.int32)
    own = number[tuple(inside.T)]
    count = int(number.max()) + 1
    solve = _solver(_matrix(number, np.bincount(own, minlength=count)), np.argwhere(~mask))
    missing = _at(filled, outside) - _at(filled, inside) + _wanted_steps(filled, mask, inside, outside)
    change = np.zeros(filled.shape, np.float32)
    for channel in range(filled.shape[2]):
        change[~mask, channel] = solve(np.bincount(own, missing[:, channel], minlength=count))
    return change


def _at(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return the values at places, an (n, 2) array of (row, column)."""
    return values[places[:, 0], places[:, 1]]


def _wanted_steps(filled: np.ndarray, mask: np.ndarray, inside: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """Return the step that is wanted across each pair of the edge, from outside to inside, as an (n, C) array.

    The step is the mean of the next steps in the same direction, one in the hole and one outside. A next step that
    leaves its side of the edge does not count. If neither counts, the wanted step is 0.
    """
    total = np.zeros((len(inside), filled.shape[2]))
    count = np.zeros((len(inside), 1))
    for near, away, direction in ((inside, inside - outside, 1), (outside, outside - inside, -1)):
        next_ = (near + away).clip(0, np.array(mask.shape) - 1)
        same_side = (next_ == near + away).all(axis=1) & (_at(mask, next_) == _at(mask, near))
        step = direction * (_at(filled, next_) - _at(filled, near))
        total += np.where(same_side[:, None], step, 0)
        count += same_side[:, None]
    return total / np.maximum(count, 1)


def _matrix(number: np.ndarray, valid_neighbors: np.ndarray) -> sparse.csr_array:
    """Return the matrix of the equations. Each row has the number of neighbours, and −1 for each one in the hole.

    number : (H, W) int array, the number of the equation of each hole pixel, and −1 elsewhere
    valid_neighbors : for each equation, how many neighbours of its pixel are valid
    """
    pairs = [(number[:, :-1], number[:, 1:]), (number[:-1], number[1:])]
    inner = [(first >= 0) & (second >= 0) for first, second in pairs]
    rows, columns = (np.concatenate([pair[i][both] for pair, both in zip(pairs, inner, strict=True)]) for i in (0, 1))
    count = len(valid_neighbors)
    half = sparse.coo_array((np.ones(len(rows)), (rows, columns)), (count, count)).tocsr()
    links = half + half.T
    return (sparse.diags_array(links.sum(axis=1) + valid_neighbors) - links).tocsr()


def _solver(matrix: sparse.csr_array, places: np.ndarray) -> functools.partial[np.ndarray]:
    """Return a function that solves the equations for one right side, an array of one number for each equation.

    places : (row, column) of the pixel of each equation
    """
    levels: list[Level] = []
    coarse = matrix
    while coarse.shape[0] > DIRECT:
        # Four pixels make a block, and the equation of a block is the sum of the equations of its pixels.
        places = places // 2
        width = int(places[:, 1].max()) + 1
        blocks, block = np.unique(places @ (width, 1), return_inverse=True)
        places = np.stack(np.divmod(blocks, width), axis=1)
        join = sparse.csr_array((np.ones(len(block)), block, np.arange(len(block) + 1)), (len(block), len(places)))
        levels.append((coarse, DAMPING / coarse.diagonal(), join))
        coarse = (join.T @ coarse @ join).tocsr()
    pyramid = functools.partial(_pyramid, levels, splu(coarse.tocsc()))
    return functools.partial(_conjugate_gradients, matrix, LinearOperator(matrix.shape, pyramid))


def _conjugate_gradients(matrix: sparse.csr_array, pyramid: LinearOperator, right: np.ndarray) -> np.ndarray:
    """Return the solution of the equations for one right side. Raise RuntimeError if the solver does not converge."""
    solution, failed = cg(matrix, right, rtol=TOLERANCE, M=pyramid, maxiter=200)
    if failed:
        raise RuntimeError(f"the blending did not converge in {failed} steps; fill without blending")
    return solution


def _pyramid(levels: list[Level], last: SuperLU, right: np.ndarray) -> np.ndarray:
    """Return an approximate solution: smooth, correct the solution on the coarser level twice, and smooth again."""
    if not levels:
        return last.solve(right)
    (matrix, scale, join), *coarser = levels
    solution = scale * right
    for _ in range(2):
        rest = join.T @ (right - matrix @ solution)
        solution = solution + join @ _pyramid(coarser, last, rest)
    return solution + scale * (right - matrix @ solution)
