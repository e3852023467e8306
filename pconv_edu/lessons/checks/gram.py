"""Lesson 09: `gram(features) -> (N, C, C)`: features (N, C, H, W), K_p ΨΨᵀ with Ψ (C, H · W), K_p = 1 / (C · H · W)."""

import torch

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def answer(features):
    n, c, h, w = features.shape
    flat = features.reshape(n, c, h * w)
    return flat @ flat.transpose(1, 2) / (c * h * w)


@mistake("K_p is missing: divide by C · H · W.")
def unscaled(features):
    return answer(features) * features[0].numel()


@mistake("you divide by C only: K_p = 1 / (C · H · W).")
def only_channels(features):
    return answer(features) * features[0, 0].numel()


@mistake("you divide by H · W only: K_p = 1 / (C · H · W).")
def only_positions(features):
    return answer(features) * features.shape[1]


@mistake("you divide by the number of pictures too: each has its own matrix.")
def whole_batch_size(features):
    return answer(features) / len(features)


@mistake("you divide by C twice: the C² of the style term is its mean over the matrix, it comes later.")
def squared_channels(features):
    return answer(features) / features.shape[1]


@mistake("the matrix is (H · W, H · W): it compares positions. The other way around, Ψ Ψᵀ compares channels.")
def positions(features):
    """(H·W, H·W): which positions are alike, instead of which channels."""
    n, c, h, w = features.shape
    flat = features.reshape(n, c, h * w)
    return flat.transpose(1, 2) @ flat / (c * h * w)


@mistake("each channel's mean is subtracted: that is a covariance. A Gram matrix keeps how strong a channel is.")
def covariance(features):
    return answer(features - features.mean((2, 3), keepdim=True))


@mistake("each channel is scaled to length 1: a Gram matrix keeps how strong a channel is.")
def correlation(features):
    n, c, h, w = features.shape
    flat = torch.nn.functional.normalize(features.reshape(n, c, h * w), dim=2)
    return flat @ flat.transpose(1, 2)


@mistake("the whole batch gives one matrix: each picture has its own.")
def batch_mixed(features):
    """One matrix for the batch: its pictures laid side by side."""
    n, c, h, w = features.shape
    flat = features.transpose(0, 1).reshape(c, n * h * w)
    return (flat @ flat.T / (c * n * h * w)).expand(n, c, c)


@mistake("the pictures are mixed: reshape to (N, C, H · W), not to (N · C, H · W), and @ works picture by picture.")
def batch_as_channels(features):
    n, c, h, w = features.shape
    flat = features.reshape(n * c, h * w)
    return flat @ flat.T / (c * h * w)


@mistake("reshape(N, H · W, C) mixes channels and positions: reshape to (N, C, H · W), then transpose.")
def scrambled(features):
    """reshape(N, H·W, C) without moving the channels to the end: it cuts the numbers elsewhere."""
    n, c, h, w = features.shape
    flat = features.reshape(n, h * w, c)
    return flat.transpose(1, 2) @ flat / (c * h * w)


@mistake("only the diagonal is filled: every channel is multiplied with every other.")
def elementwise(features):
    """Each channel with itself only: the diagonal."""
    return torch.diag_embed((features * features).sum((2, 3))) / features[0].numel()


@mistake("you average first and multiply then: multiply at every position, then average.")
def pooled(features):
    """The channels' means multiplied: the mean of products is not the product of means."""
    means = features.mean((2, 3))
    return means[:, :, None] * means[:, None, :] / features.shape[1]


@mistake("@ works on the last two axes, H and W: make one axis of them first.")
def rows_only(features):
    """features @ featuresᵀ on the last two axes: (N, C, H, H)."""
    return features @ features.transpose(2, 3) / features[0].numel()


@mistake("only the first picture's matrix comes back: return (N, C, C).")
def no_batch(features):
    return answer(features)[0]


def _case(shows, shape, seed):
    return Case(shows, (torch.rand(shape, generator=torch.Generator().manual_seed(seed)),))


EXERCISE = Exercise(
    answer,
    mistake.all,
    (
        _case("one picture, two channels, one row", (1, 2, 1, 3), 0),
        _case("three channels", (1, 3, 4, 4), 1),
        _case("two pictures", (2, 3, 4, 5), 2),
        _case("as many channels as positions", (2, 4, 2, 2), 3),
    ),
)
