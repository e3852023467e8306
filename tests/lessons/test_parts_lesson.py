"""The pictures of lesson 15 show what their titles say."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from pconv_edu.core import psnr
from pconv_edu.experiments import evaluate
from pconv_edu.lessons.drawing import hole_window, with_hole
from pconv_edu.lessons.figures import parts_lesson
from pconv_edu.lessons.widgets.gate_pictures import partial_masks
from pconv_edu.nn import GatedUNet, gates


@pytest.fixture
def case():
    rng = np.random.default_rng(1)
    mask = np.ones((64, 64), bool)
    mask[20:36, 8:30] = False
    return evaluate.Case("N", "0.1–0.2", "a photo", rng.random((64, 64, 3), np.float32), mask)


def test_fills_are_cut_where_the_hole_is_and_titled_with_their_own_score(case):
    fig = parts_lesson.show_fills([case], ["mean", "telea"], side=32)
    window, shown = hole_window(case.mask, 32), [ax.images[0].get_array() for ax in fig.axes]
    fills = [evaluate.fill(case, name) for name in ("mean", "telea")]
    expected = [with_hole(case.image, case.mask), *fills, case.image]
    assert all(np.allclose(one, other[window], atol=1e-6) for one, other in zip(shown, expected, strict=True))
    titles = [ax.get_title() for ax in fig.axes]
    scores = [f"{psnr(fill, case.image, case.mask):.1f} dB" for fill in fills]
    assert titles == ["radius\n8 px", f"mean\n{scores[0]}", f"telea\n{scores[1]}", "truth\n"]
    plt.close(fig)


def test_gates_stand_below_the_mask_of_the_same_layer(case):
    torch.manual_seed(0)
    network = GatedUNet(width=4, levels=3).eval()
    fig = parts_lesson.show_gates(network, case.image, case.mask, layers=3)
    axes = np.array(fig.axes[:8]).reshape(2, 4)
    valid = torch.tensor(case.mask)[None, None].float()
    image = torch.tensor(np.where(case.mask[..., None], case.image, 0)).permute(2, 0, 1)[None].float()
    values = gates(network, image, valid)
    for number, mask in enumerate(partial_masks(network, case.mask)[:3]):
        name, gate = values[number]
        assert axes[0, number + 1].get_title() == name
        assert np.array_equal(axes[0, number + 1].images[0].get_array(), mask)
        drawn = axes[1, number + 1].images[0]
        assert np.allclose(drawn.get_array(), gate[0].mean(0).numpy(), atol=1e-6)
        assert drawn.get_clim() == axes[0, number + 1].images[0].get_clim() == (0, 1)
    plt.close(fig)
