"""Synthesise a texture with the style loss alone (lesson 09), as in Gatys, Ecker and Bethge, 2015, arXiv 1505.07376.

Gradient descent starts from noise and changes the pixels until the Gram matrices of the picture's features are close to
those of a real texture. The loss does not depend on the positions of the features in the picture.
"""

from collections.abc import Callable

import torch

from pconv_edu.core import load_photo
from pconv_edu.nn.losses import gram_matrix

from .descent import descend

# Real textures in the free photos. The values are the photo, and the first row and column of a square in it.
TEXTURES = {"stones": ("gc-mon-greatpyramidofgiza", 244, 300), "spines": ("gc-animal-hedgehog", 180, 200)}


def load_texture(name: str, size: int = 128) -> torch.Tensor:
    """Return a square of one of `TEXTURES` as a tensor (1, 3, size, size) in [0, 1].

    Raise a ValueError for any other name.
    """
    if name not in TEXTURES:
        raise ValueError(f"no texture is called {name!r}; there are {', '.join(TEXTURES)}")
    photo, row, column = TEXTURES[name]
    return torch.from_numpy(load_photo(photo)[row : row + size, column : column + size]).permute(2, 0, 1)[None]


def synthesize(
    texture: torch.Tensor,
    features: Callable[[torch.Tensor], dict[str, torch.Tensor]],
    steps: int = 300,
    rate: float = 0.05,
    seed: int = 0,
) -> tuple[torch.Tensor, list[float]]:
    """Start from noise and draw a picture whose Gram matrices are close to those of `texture`.

    Parameters
    ----------
    texture : (1, 3, H, W) in [0, 1]
    features : VGGFeatures, or another module or function that turns (N, 3, H, W) into a dict of features
    steps, rate : as for `descend`
    seed : seed of the noise; the same seed gives the same result

    Returns
    -------
    picture : (1, 3, H, W) in [0, 1]
    losses : the style loss before each step
    """
    grams = {name: gram_matrix(f) for name, f in features(texture).items()}
    generator = torch.Generator().manual_seed(seed)
    noise = torch.rand(texture.shape, generator=generator) - 0.5
    pixels = (texture.mean((2, 3), keepdim=True) + 0.1 * noise).clamp(0, 1)

    def style(pixels: torch.Tensor) -> torch.Tensor:
        differences = ((gram_matrix(f) - grams[name]).abs().mean() for name, f in features(pixels).items())
        return sum(differences, torch.tensor(0.0))

    losses = descend(pixels, style, steps, rate)
    return pixels.detach(), losses
