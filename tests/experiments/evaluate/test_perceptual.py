"""Distances by features: computed by hand, on photos, and with the network that no loss uses."""

import pytest
import torch

from pconv_edu.core import load_photo
from pconv_edu.experiments.evaluate import perceptual

torch.set_num_threads(1)


def layer(*places):
    """Features (1, C, 1, W): a vector for each place of a row."""
    return {"layer": torch.tensor(places).T[None, :, None]}


def test_distances_by_hand():
    """Unit vectors at right angles are 2 apart, whatever their length; layers add up, places are averaged."""
    one, other = layer([3.0, 0.0], [1.0, 0.0]), layer([0.0, 5.0], [7.0, 0.0])
    assert perceptual.distance(one, other).tolist() == pytest.approx([1.0])
    assert perceptual.distance(one | {"again": one["layer"]}, other | {"again": other["layer"]}).item() == 2
    assert perceptual.distance(one, layer([9.0, 0.0], [0.5, 0.0])).item() == 0
    [places] = perceptual.distance_maps(one, other)
    assert places.tolist() == [[[2.0, 0.0]]]


def test_the_hole_alone_by_hand():
    """A place counts if any of its pixels is hole; places without one do not."""
    maps = [torch.tensor([[[8.0, 2.0], [4.0, 6.0]]]), torch.tensor([[[10.0]]])]
    hole = torch.zeros(1, 4, 4, dtype=torch.bool)
    hole[0, 0, 3] = True  # in the place with 2
    assert perceptual.mean_in_hole(maps, hole) == 2 + 10
    hole[0, 3, 0] = True  # and in the one with 4
    assert perceptual.mean_in_hole(maps, hole) == 3 + 10


def test_the_texture_distance_asks_how_much_and_not_where():
    rng = torch.Generator().manual_seed(0)
    features = {"a": torch.randn(1, 3, 8, 8, generator=rng), "b": torch.randn(1, 5, 4, 4, generator=rng)}
    moved = {name: layer.flip(2, 3) for name, layer in features.items()}
    twice = {name: 2 * layer for name, layer in features.items()}
    flat = {name: torch.zeros_like(layer) for name, layer in features.items()}
    assert perceptual.texture_distance(moved, features) == pytest.approx(0, abs=1e-6)
    assert perceptual.texture_distance(twice, features) == pytest.approx(3)  # four times the Gram matrix
    assert perceptual.texture_distance(flat, features) == 1
    hole = torch.zeros(1, 16, 16, dtype=torch.bool)
    hole[0, :4, :4] = True
    outside = {name: layer.clone() for name, layer in features.items()}
    outside["a"][..., 2:, 2:] = 9  # 16×16 px are 8×8 places of a: the hole is in the first 2×2
    outside["b"][..., 1:, 1:] = 9  # and in the first place of b
    assert perceptual.texture_distance(outside, features, hole) == 0
    assert perceptual.texture_distance(moved, features, hole) > 0.1


@pytest.mark.parametrize("features", [perceptual.vgg_features, perceptual.efficientnet_features])
def test_distances_of_pictures(features):
    photo = torch.from_numpy(load_photo("gc-animal-hedgehog", 64)).permute(2, 0, 1)[None]
    blurred = torch.nn.functional.avg_pool2d(photo, 5, 1, 2, count_include_pad=False)
    with torch.no_grad():
        there, back, half = features(photo), features(blurred), features(0.5 * photo + 0.5 * blurred)
    pair = perceptual.distance(there, back)
    assert pair == pytest.approx(perceptual.distance(back, there).item(), rel=1e-4) and pair > 0.1
    assert perceptual.distance(there, there) == 0
    assert perceptual.distance(there, half) < pair


def test_efficientnet_knows_what_it_sees():
    """Its weights are loaded, and pictures are normalised as it expects: ImageNet's class 334 is the porcupine."""
    photo = torch.from_numpy(load_photo("gc-animal-hedgehog", 224)).permute(2, 0, 1)[None]
    with torch.no_grad():
        classes = perceptual.classify(photo)
        assert classes.argmax().item() == 334 and classes.sum().item() == pytest.approx(1, abs=1e-5)
        shapes = [tuple(f.shape[1:]) for f in perceptual.efficientnet_features(photo).values()]
    assert shapes == [(16, 112, 112), (24, 56, 56), (40, 28, 28), (112, 14, 14), (320, 7, 7)]
