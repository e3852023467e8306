"""Lesson 09: `gram(features) -> (N, C, C)` returns the Gram matrix of features (N, C, H, W).

Each matrix is K_p ΨΨᵀ, where Ψ is (C, H · W) and K_p = 1 / (C · H · W).
"""

import torch

from .comparison import same_values
from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def answer(features: torch.Tensor) -> torch.Tensor:
    n, c, h, w = features.shape
    flat = features.reshape(n, c, h * w)
    return flat @ flat.transpose(1, 2) / (c * h * w)


@mistake("K_p is missing. Divide by C · H · W.")
def unscaled(features):
    return answer(features) * features[0].numel()


@mistake("you divide by C only. K_p is 1 / (C · H · W).")
def only_channels(features):
    return answer(features) * features[0, 0].numel()


@mistake("you divide by H · W only. K_p is 1 / (C · H · W).")
def only_positions(features):
    return answer(features) * features.shape[1]


@mistake("you also divide by the number of pictures. Each picture has its own matrix.")
def whole_batch_size(features):
    return answer(features) / len(features)


@mistake("you divide by C twice. The C² of the style term comes later: it is the mean over the matrix.")
def squared_channels(features):
    return answer(features) / features.shape[1]


@mistake("the matrix is (H · W, H · W), so it compares positions. Swap the factors: Ψ Ψᵀ compares channels.")
def positions(features):
    """Compare positions instead of channels, which gives a result of shape (N, H · W, H · W)."""
    n, c, h, w = features.shape
    flat = features.reshape(n, c, h * w)
    return flat.transpose(1, 2) @ flat / (c * h * w)


@mistake(
    "the mean of each channel is subtracted, which gives a covariance. A Gram matrix keeps how strong a channel is."
)
def covariance(features):
    return answer(features - features.mean((2, 3), keepdim=True))


@mistake("each channel is scaled to length 1. A Gram matrix keeps how strong a channel is.")
def correlation(features):
    n, c, h, w = features.shape
    flat = torch.nn.functional.normalize(features.reshape(n, c, h * w), dim=2)
    return flat @ flat.transpose(1, 2)


@mistake("the whole batch gives one matrix. Each picture has its own.")
def batch_mixed(features):
    """Compute one matrix for the whole batch, as if its pictures were side by side in one picture."""
    n, c, h, w = features.shape
    flat = features.transpose(0, 1).reshape(c, n * h * w)
    return (flat @ flat.T / (c * n * h * w)).expand(n, c, c)


@mistake("the pictures are mixed. Reshape to (N, C, H · W), not to (N · C, H · W); then @ works on each picture alone.")
def batch_as_channels(features):
    n, c, h, w = features.shape
    flat = features.reshape(n * c, h * w)
    return flat @ flat.T / (c * h * w)


@mistake("reshape(N, H · W, C) mixes channels and positions. Reshape to (N, C, H · W), then transpose.")
def scrambled(features):
    """Reshape without first moving the channels to the last axis, which mixes channels and positions."""
    n, c, h, w = features.shape
    flat = features.reshape(n, h * w, c)
    return flat.transpose(1, 2) @ flat / (c * h * w)


@mistake("only the diagonal is filled. Multiply every channel with every other channel too.")
def elementwise(features):
    """Multiply each channel only by itself, which gives only the diagonal of the matrix."""
    return torch.diag_embed((features * features).sum((2, 3))) / features[0].numel()


@mistake("you average first and then multiply. Multiply at every position, then average.")
def pooled(features):
    """Multiply the means of the channels, which is wrong because the Gram matrix needs the mean of the products."""
    means = features.mean((2, 3))
    return means[:, :, None] * means[:, None, :] / features.shape[1]


@mistake("@ works on the last two axes, H and W. Join these into one axis first.")
def rows_only(features):
    """Multiply each channel (H, W) by its own transpose, which gives a result of shape (N, C, H, H)."""
    return features @ features.transpose(2, 3) / features[0].numel()


@mistake("you return only the matrix of the first picture. Return (N, C, C).")
def no_batch(features):
    return answer(features)[0]


@mistake("each channel is scaled to length 1, then K_p is applied. A Gram matrix keeps how strong a channel is.")
def scaled_correlation(features):
    return correlation(features) / features[0].numel()


@mistake("you average first and then multiply, and divide by H · W again. Multiply at every position, then average.")
def pooled_and_scaled(features):
    return pooled(features) / features[0, 0].numel()


@mistake("you take a square root. The Gram matrix is the product itself.")
def root(features):
    return (answer(features) * features[0].numel()).abs().sqrt() / features[0].numel()


@mistake("you take a square root. The Gram matrix is the product itself, times K_p.")
def root_of_all(features):
    return answer(features).abs().sqrt()


@mistake("only one half of the matrix is filled, on and above the diagonal. It is symmetric: fill both.")
def upper_half(features):
    return answer(features).triu()


@mistake("only one half of the matrix is filled, on and below the diagonal. It is symmetric: fill both.")
def lower_half(features):
    return answer(features).tril()


@mistake("only one half of the matrix is filled, and the diagonal is empty. Multiply every channel with all channels.")
def without_diagonal(features):
    return answer(features).tril(-1)


@mistake(
    "only one half of the matrix is filled, and the diagonal is empty. Multiply all channels, and each with itself."
)
def upper_without_diagonal(features):
    return answer(features).triu(1)


@mistake("the diagonal is empty. Multiply every channel with itself too.")
def no_diagonal(features):
    return answer(features).tril(-1) + answer(features).triu(1)


@mistake("you divide by H · W twice. K_p is 1 / (C · H · W).")
def positions_twice(features):
    return answer(features) / features[0, 0].numel()


@mistake("you divide by C · H only. K_p is 1 / (C · H · W).")
def width_forgotten(features):
    return answer(features) * features.shape[3]


@mistake("you divide by C · W only. K_p is 1 / (C · H · W).")
def height_forgotten(features):
    return answer(features) * features.shape[2]


@mistake("the batch gives one matrix, the sum over the pictures. Return one for each, (N, C, C).")
def batch_summed(features):
    return answer(features).sum(0)


@mistake.sign("the rows are changed to sum to 1, as softmax does. A Gram matrix keeps how strong channels are.")
def rows_sum_to_one(attempt):
    return torch.allclose(attempt(_case("", (2, 3, 3, 2), 8).arguments[0]).sum(-1), torch.ones(2, 3))


@mistake.sign("only the first picture of the batch is used. Each picture has its own matrix.")
def only_first_picture(attempt):
    features = _case("", (2, 3, 3, 2), 8).arguments[0]
    other = features.clone()
    other[1] += 1
    first = features.clone()
    first[0] += 1
    return same_values(attempt(features), attempt(other)) and not same_values(attempt(features), attempt(first))


def _matrix(attempt, change=lambda features: features):
    return attempt(change(_case("", (2, 3, 4, 5), 8).arguments[0]))


@mistake.sign(
    "the result does not change if all features are doubled: channels are scaled, as in a correlation.", broad=True
)
def scale_removed(attempt):
    return same_values(_matrix(attempt), _matrix(attempt, lambda features: 2 * features))


@mistake.sign(
    "the result does not change if a number is added to a channel: it is a covariance. Keep the means.", broad=True
)
def means_removed(attempt):
    return same_values(_matrix(attempt), _matrix(attempt, lambda features: features + 1))


@mistake.sign(
    "places matter: the result changes if all channels are shuffled alike. A reshape mixes channels and positions, or "
    "you compare positions.",
    broad=True,
)
def places_matter(attempt):
    order = torch.randperm(20, generator=torch.Generator().manual_seed(1))
    shuffle = lambda features: features.flatten(2)[..., order].reshape(features.shape)  # noqa: E731
    return not same_values(_matrix(attempt), _matrix(attempt, shuffle))


@mistake.sign(
    "the matrices are divided by {} for C = 3, H = 4 and W = 5. K_p is 1 / (C · H · W), so divide by 60.", broad=True
)
def other_divisor(attempt):
    yours, right = _matrix(attempt), _matrix(answer)
    factor = (yours / right).mean()
    return f"{60 / factor:.4g}" if torch.allclose(yours, factor * right) else False


def _case(shows, shape, seed):
    return Case(shows, (torch.rand(shape, generator=torch.Generator().manual_seed(seed)),))


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        _case("one picture, two channels, one row", (1, 2, 1, 3), 0),
        _case("three channels", (1, 3, 4, 4), 1),
        _case("two pictures", (2, 3, 4, 5), 2),
        _case("as many channels as positions", (2, 4, 2, 2), 3),
    ),
    mistake.signs,
    trains=True,
)
