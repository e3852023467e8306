"""Lesson 09: `gram(features) -> (N, C, C)`: features (N, C, H, W), K_p ΨΨᵀ with Ψ (C, H · W), K_p = 1 / (C · H · W)."""

import torch

from .exercise import Case, Exercise, Mistake


def answer(features):
    n, c, h, w = features.shape
    flat = features.reshape(n, c, h * w)
    return flat @ flat.transpose(1, 2) / (c * h * w)


def unscaled(features):
    return answer(features) * features[0].numel()


def only_channels(features):
    return answer(features) * features[0, 0].numel()


def only_positions(features):
    return answer(features) * features.shape[1]


def whole_batch_size(features):
    return answer(features) / len(features)


def squared_channels(features):
    return answer(features) / features.shape[1]


def positions(features):
    """(H·W, H·W): which positions are alike, instead of which channels."""
    n, c, h, w = features.shape
    flat = features.reshape(n, c, h * w)
    return flat.transpose(1, 2) @ flat / (c * h * w)


def covariance(features):
    return answer(features - features.mean((2, 3), keepdim=True))


def correlation(features):
    n, c, h, w = features.shape
    flat = torch.nn.functional.normalize(features.reshape(n, c, h * w), dim=2)
    return flat @ flat.transpose(1, 2)


def batch_mixed(features):
    """One matrix for the batch: its pictures laid side by side."""
    n, c, h, w = features.shape
    flat = features.transpose(0, 1).reshape(c, n * h * w)
    return (flat @ flat.T / (c * n * h * w)).expand(n, c, c)


def batch_as_channels(features):
    n, c, h, w = features.shape
    flat = features.reshape(n * c, h * w)
    return flat @ flat.T / (c * h * w)


def scrambled(features):
    """reshape(N, H·W, C) without moving the channels to the end: it cuts the numbers elsewhere."""
    n, c, h, w = features.shape
    flat = features.reshape(n, h * w, c)
    return flat.transpose(1, 2) @ flat / (c * h * w)


def elementwise(features):
    """Each channel with itself only: the diagonal."""
    return torch.diag_embed((features * features).sum((2, 3))) / features[0].numel()


def pooled(features):
    """The channels' means multiplied: the mean of products is not the product of means."""
    means = features.mean((2, 3))
    return means[:, :, None] * means[:, None, :] / features.shape[1]


def rows_only(features):
    """features @ featuresᵀ on the last two axes: (N, C, H, H)."""
    return features @ features.transpose(2, 3) / features[0].numel()


def no_batch(features):
    return answer(features)[0]


def _case(shows, shape, seed):
    return Case(shows, (torch.rand(shape, generator=torch.Generator().manual_seed(seed)),))


EXERCISE = Exercise(
    answer,
    (
        Mistake("K_p is missing: divide by C · H · W.", unscaled),
        Mistake("you divide by C only: K_p = 1 / (C · H · W).", only_channels),
        Mistake("you divide by H · W only: K_p = 1 / (C · H · W).", only_positions),
        Mistake("you divide by the number of pictures too: each has its own matrix.", whole_batch_size),
        Mistake(
            "you divide by C twice: the C² of the style term is its mean over the matrix, it comes later.",
            squared_channels,
        ),
        Mistake(
            "the matrix is (H · W, H · W): it compares positions. The other way around, Ψ Ψᵀ compares channels.",
            positions,
        ),
        Mistake(
            "each channel's mean is subtracted: that is a covariance. A Gram matrix keeps how strong a channel is.",
            covariance,
        ),
        Mistake("each channel is scaled to length 1: a Gram matrix keeps how strong a channel is.", correlation),
        Mistake("the whole batch gives one matrix: each picture has its own.", batch_mixed),
        Mistake(
            "the pictures are mixed: reshape to (N, C, H · W), not to (N · C, H · W), and @ works picture by picture.",
            batch_as_channels,
        ),
        Mistake(
            "reshape(N, H · W, C) mixes channels and positions: reshape to (N, C, H · W), then transpose.", scrambled
        ),
        Mistake("only the diagonal is filled: every channel is multiplied with every other.", elementwise),
        Mistake("you average first and multiply then: multiply at every position, then average.", pooled),
        Mistake("@ works on the last two axes, H and W: make one axis of them first.", rows_only),
        Mistake("only the first picture's matrix comes back: return (N, C, C).", no_batch),
    ),
    (
        _case("one picture, two channels, one row", (1, 2, 1, 3), 0),
        _case("three channels", (1, 3, 4, 4), 1),
        _case("two pictures", (2, 3, 4, 5), 2),
        _case("as many channels as positions", (2, 4, 2, 2), 3),
    ),
)
