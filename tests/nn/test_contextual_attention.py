"""Contextual attention equals its equations written as loops, and never copies from a hole."""

import math

import numpy as np
import pytest
import torch

import pconv_edu.nn.contextual_attention as module
from pconv_edu.nn.contextual_attention import contextual_attention


def random_features(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def hole_at(shape, rows, columns):
    hole = torch.zeros(shape[0], 1, *shape[2:])
    hole[..., rows, columns] = 1
    return hole


def known_cells(hole):
    """Return the set of cells (i, j) that may be copied, for hole (H, W)."""
    h, w = hole.shape[0] // 2, hole.shape[1] // 2
    cells = [(i, j) for i in range(h) for j in range(w)]
    free = {(i, j) for i, j in cells if not hole[2 * i : 2 * i + 2, 2 * j : 2 * j + 2].any()}
    around = {(i, j) for i, j in free if all(n in free for n in cells if max(abs(n[0] - i), abs(n[1] - j)) <= 1)}
    return around or free


def loops(features, hole, scale, fuse):
    """Return the rebuilt features (C, H, W) and the weights (h, w, h, w) of one picture."""
    c, height, width = features.shape
    h, w = height // 2, width // 2
    cells = [(i, j) for i in range(h) for j in range(w)]
    small = np.pad(features.reshape(c, h, 2, w, 2).mean((2, 4)), ((0, 0), (1, 1), (1, 1)), "reflect")
    padded = np.pad(features, ((0, 0), (1, 1), (1, 1)), "reflect")
    f = {(i, j): small[:, i : i + 3, j : j + 3].ravel() for i, j in cells}
    f = {cell: vector / math.sqrt((vector**2).sum() + 1e-6) for cell, vector in f.items()}
    known = known_cells(hole)
    steps = [(a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)] if fuse else [(0, 0)]
    weights, total, count = (
        np.zeros((h, w, h, w)),
        np.zeros((c, height + 2, width + 2)),
        np.zeros((height + 2, width + 2)),
    )
    for q in cells:
        scores = {}
        for k in known:
            pairs = [((q[0] + a, q[1] + b), (k[0] + a, k[1] + b)) for a, b in steps]
            products = [f[p] @ f[r] for p, r in pairs if p in f and r in known]
            scores[k] = scale * np.mean(products) * len(steps)
        total_weight = sum(math.exp(score - max(scores.values())) for score in scores.values())
        inside = (slice(2 * q[0], 2 * q[0] + 4), slice(2 * q[1], 2 * q[1] + 4))
        count[inside] += 1
        for k, score in scores.items():
            weights[*q, *k] = math.exp(score - max(scores.values())) / total_weight
            total[:, *inside] += weights[*q, *k] * padded[:, 2 * k[0] : 2 * k[0] + 4, 2 * k[1] : 2 * k[1] + 4]
    return (total / count)[:, 1:-1, 1:-1], weights


CASES = {
    "no hole": ((2, 3, 12, 8), slice(0, 0), slice(0, 0)),
    "hole inside": ((1, 2, 10, 18), slice(3, 6), slice(8, 11)),
    "hole at the edge": ((2, 2, 14, 8), slice(0, 5), slice(5, 8)),
    "no cell has a free neighbourhood": ((1, 2, 8, 8), slice(2, 6), slice(2, 6)),
    "smallest": ((1, 1, 4, 6), slice(0, 1), slice(0, 1)),
}


@pytest.mark.parametrize("fuse", [False, True])
@pytest.mark.parametrize("name", CASES)
def test_equals_loops(name, fuse):
    shape, rows, columns = CASES[name]
    features, hole = random_features(*shape), hole_at(shape, rows, columns)
    rebuilt, weights = contextual_attention(features, hole, 2.0, fuse, return_weights=True)
    for n in range(shape[0]):
        expected, expected_weights = loops(features[n].numpy(), hole[n, 0].numpy(), 2.0, fuse)
        np.testing.assert_allclose(rebuilt[n], expected, atol=1e-5)
        np.testing.assert_allclose(weights[n], expected_weights, atol=1e-5)


@pytest.mark.parametrize("rows_at_once", [1, 2, 3])
def test_groups_of_rows_give_the_same_result(rows_at_once, monkeypatch):
    shape = (2, 3, 14, 12)
    features, hole = random_features(*shape), hole_at(shape, slice(4, 8), slice(2, 7))
    expected, expected_weights = contextual_attention(features, hole, return_weights=True)
    sizes, scores_of = [], module._scores

    def recorded(queries, keys):
        scores = scores_of(queries, keys)
        sizes.append(scores.numel())
        return scores

    monkeypatch.setattr(module, "_scores", recorded)
    # Rows, pictures, columns, rows and columns of cells, with a border of one cell
    scores_at_once = (rows_at_once + 2) * 2 * 8 * 9 * 8
    rebuilt, weights = contextual_attention(features, hole, return_weights=True, scores_at_once=scores_at_once)
    torch.testing.assert_close(rebuilt, expected, atol=1e-12, rtol=0)
    torch.testing.assert_close(weights, expected_weights, atol=1e-12, rtol=0)
    assert max(sizes) == scores_at_once and len(sizes) == math.ceil(7 / rows_at_once)


def test_a_repeated_patch_is_copied_exactly():
    """The right half repeats the left half, so the hole's content is copied from one half further left."""
    left = random_features(1, 4, 24, 32)
    features = torch.cat([left, left], 3)
    hole = hole_at(features.shape, slice(10, 12), slice(48, 50))
    features_with_hole = torch.where(hole.bool(), 0, features)
    rebuilt, weights = contextual_attention(features_with_hole, hole, scale=1000.0, return_weights=True)
    assert weights[0, 5, 24, 5, 8] > 0.9999
    torch.testing.assert_close(rebuilt[..., 10:12, 48:50], features[..., 10:12, 48:50], atol=1e-4, rtol=0)


def test_a_hole_is_never_a_source():
    shape = (1, 3, 32, 24)
    features, hole = random_features(*shape), hole_at(shape, slice(5, 10), slice(0, 6))
    other = torch.where(hole.bool(), 1e6, features)
    rebuilt, weights = contextual_attention(features, hole, return_weights=True)
    other_rebuilt, other_weights = contextual_attention(other, hole, return_weights=True)
    for one in (weights, other_weights):
        assert one[..., 1:6, :4].eq(0).all()  # the hole's cells, 2 to 4 and 0 to 2, and their neighbours
        torch.testing.assert_close(one.sum((3, 4)), torch.ones(1, 16, 12, dtype=one.dtype))
    # The neighbourhoods of cells next to the hole contain it, and ŝ those of their neighbours: three cells in all.
    torch.testing.assert_close(other_weights[:, 7:], weights[:, 7:], atol=0, rtol=0)
    torch.testing.assert_close(other_rebuilt[:, :, 15:], rebuilt[:, :, 15:], atol=0, rtol=0)
    assert other_rebuilt.abs().max() < 10


def test_without_a_known_cell_the_result_is_zero():
    features = random_features(2, 3, 8, 8)
    hole = torch.zeros(2, 1, 8, 8)
    hole[0] = 1
    rebuilt, weights = contextual_attention(features, hole, return_weights=True)
    assert rebuilt[0].eq(0).all() and weights[0].eq(0).all()
    assert rebuilt[1].abs().sum() > 0


def test_pictures_of_a_batch_do_not_mix():
    """Only the first picture has no cell with a free neighbourhood."""
    features, hole = random_features(2, 3, 8, 8), hole_at((2, 3, 8, 8), slice(2, 6), slice(2, 6))
    hole[1, :, :, 4:] = 0
    together = contextual_attention(features, hole)
    for n in range(2):
        torch.testing.assert_close(together[n], contextual_attention(features[n : n + 1], hole[n : n + 1])[0])


def test_float32_under_autocast():
    features, hole = random_features(1, 3, 12, 12).float(), torch.zeros(1, 1, 12, 12)
    expected = contextual_attention(features, hole)
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(contextual_attention(features, hole), expected)
    assert contextual_attention(features.bfloat16(), hole).dtype == torch.float32


@pytest.mark.parametrize("shape", [(1, 2, 9, 8), (1, 2, 8, 9), (1, 2, 2, 8)])
def test_impossible_sizes(shape):
    with pytest.raises(ValueError, match="even and at least 4"):
        contextual_attention(torch.zeros(shape), torch.zeros(1, 1, *shape[2:]))


def test_impossible_hole():
    with pytest.raises(ValueError, match="hole"):
        contextual_attention(torch.zeros(1, 2, 8, 8), torch.zeros(1, 2, 8, 8))


def test_weights_that_change_nothing_are_zero(monkeypatch):
    """Products with numbers below 1.2e-38 take a CPU many times longer."""
    torch.manual_seed(0)
    features, hole = torch.randn(1, 4, 16, 16), torch.zeros(1, 1, 16, 16)
    hole[..., 4:10, 4:10] = 1
    rebuilt, weights = contextual_attention(features, hole, scale=20, return_weights=True)
    assert ((weights == 0) | (weights >= 1e-30)).all() and torch.allclose(weights.sum((3, 4)), torch.tensor(1.0))
    monkeypatch.setattr(module, "NEGLIGIBLE", 0.0)
    exact, every = contextual_attention(features, hole, scale=20, return_weights=True)
    assert torch.equal(rebuilt, exact) and ((every > 0) & (every < 1e-30)).any()
