"""A texture is drawn from its Gram matrices."""

import pytest
import torch

from pconv_edu.experiments.loss_choices.texture_synthesis import load_texture, synthesize

from .features import Neighbours


def test_texture_synthesis():
    texture = load_texture("stones", 16)
    assert texture.shape == (1, 3, 16, 16)
    picture, losses = synthesize(texture, Neighbours(), steps=60)
    again, _ = synthesize(texture, Neighbours(), steps=60)
    assert torch.equal(picture, again) and losses[-1] < 0.1 * losses[0]
    assert (picture - texture).abs().mean() > 0.05  # a texture, not the picture
    with pytest.raises(ValueError, match="there are stones, spines"):
        load_texture("bark")
