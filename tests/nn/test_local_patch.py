"""Local patches are centred on the hole and stay inside the picture."""

import numpy as np
import pytest
import torch

from pconv_edu.nn.local_patch import crop, patch_at


def _masks(*holes):
    masks = torch.ones(len(holes), 1, 20, 30)
    for mask, (rows, columns) in zip(masks, holes, strict=True):
        mask[0, rows, columns] = 0
    return masks


def test_patch_is_centred_on_the_hole_and_stays_inside():
    masks = _masks((slice(8, 12), slice(10, 16)), (slice(0, 2), slice(27, 30)), (slice(0, 0), slice(0, 0)))
    top, left = patch_at(masks, 8)
    assert top.tolist() == [6, 0, 6]  # centre 10; at the top; no hole: the centre of the picture
    assert left.tolist() == [9, 22, 11]


def test_crop_is_what_slicing_gives():
    rng = np.random.default_rng(0)
    pictures = torch.from_numpy(rng.random((3, 2, 20, 30)))
    corners = torch.tensor([0, 5, 12]), torch.tensor([22, 3, 0])
    patches = crop(pictures, corners, 8)
    assert patches.shape == (3, 2, 8, 8)
    for number, (top, left) in enumerate(zip(*map(torch.Tensor.tolist, corners), strict=True)):
        assert torch.equal(patches[number], pictures[number, :, top : top + 8, left : left + 8])


def test_gradients_flow_to_the_patch_alone():
    pictures = torch.zeros(1, 3, 20, 30, requires_grad=True)
    crop(pictures, (torch.tensor([2]), torch.tensor([4])), 8).sum().backward()
    assert pictures.grad[:, :, 2:10, 4:12].eq(1).all()
    assert pictures.grad.sum() == 3 * 64


@pytest.mark.parametrize("side", [0, 21])
def test_impossible_side(side):
    with pytest.raises(ValueError, match="side"):
        patch_at(torch.ones(1, 1, 20, 30), side)
