"""A texture drawn from the style loss alone (lesson 09), after Gatys, Ecker and Bethge, 2015, arXiv 1505.07376.

Noise is changed until its Gram matrices are those of a real texture. Nothing says where anything has to lie.
"""

import torch

from pconv_edu.core import load_photo
from pconv_edu.nn.losses import gram_matrix

from .descent import descend

# Real textures among the free photos: name -> photo, first row and column of a square.
TEXTURES = {"stones": ("gc-mon-greatpyramidofgiza", 244, 300), "spines": ("gc-animal-hedgehog", 180, 200)}


def load_texture(name, size=128):
    """Return a square of one of the `TEXTURES` as a (1, 3, size, size) tensor in [0, 1]; ValueError for others."""
    if name not in TEXTURES:
        raise ValueError(f"no texture is called {name!r}; there are {', '.join(TEXTURES)}")
    photo, row, column = TEXTURES[name]
    return torch.from_numpy(load_photo(photo)[row : row + size, column : column + size]).permute(2, 0, 1)[None]


def synthesize(texture, features, steps=300, rate=0.05, seed=0):
    """Draw a picture whose Gram matrices are those of `texture`, from noise.

    texture : (1, 3, H, W) in [0, 1]
    features : VGGFeatures
    steps, rate : as for `descend`
    seed : int, of the noise; one seed gives one result

    Returns
    -------
    picture : (1, 3, H, W) in [0, 1]
    losses : list of float, the style loss of each step
    """
    wanted = {name: gram_matrix(f) for name, f in features(texture).items()}
    generator = torch.Generator().manual_seed(seed)
    noise = torch.rand(texture.shape, generator=generator) - 0.5
    pixels = (texture.mean((2, 3), keepdim=True) + 0.1 * noise).clamp(0, 1)

    def style(pixels):
        return sum((gram_matrix(f) - wanted[name]).abs().mean() for name, f in features(pixels).items())

    losses = descend(pixels, style, steps, rate)
    return pixels.detach(), losses
