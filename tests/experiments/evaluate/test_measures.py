"""The measures of a fill are the metrics of `core`, and depths are counted by hand."""

import numpy as np
import pytest

from pconv_edu import inpaint
from pconv_edu.core import l1, psnr, ssim
from pconv_edu.experiments.evaluate import measures


def test_measures_are_the_metrics(cases):
    case = cases[40]
    filled = inpaint(case.image, case.mask, "telea")
    found = measures.Truth(case.image, case.mask).measure(filled)
    for name, function in (("psnr", psnr), ("ssim", ssim), ("l1", l1)):
        assert found[f"{name}_hole"] == function(filled, case.image, case.mask)
        assert found[f"{name}_whole"] == function(filled, case.image)
    assert found["vgg_hole"] > found["vgg_whole"] > 0 and found["efficientnet_hole"] > found["efficientnet_whole"] > 0
    perfect = measures.Truth(case.image, case.mask).measure(case.image)
    assert perfect["vgg_hole"] == perfect["efficientnet_hole"] == perfect["texture_hole"] == perfect["l1_hole"] == 0


def test_errors_by_depth_by_hand():
    """A square hole of 8 px has radius 4: rings of 28 and 20 px, and 16 deeper ones. Errors: 0.1 and 0.2."""
    photo, mask = np.full((32, 32, 3), 0.5, np.float32), np.ones((32, 32), bool)
    mask[8:16, 8:16] = False
    filled = photo.copy()
    filled[8:16, 8:16] = 0.6
    filled[10:14, 10:14] = 0.7
    found = measures.Truth(photo, mask).measure(filled)
    assert found["mse_2"] == pytest.approx(0.01) and found["mse_4"] == pytest.approx(0.04)
    assert [found[name] for name in measures.DEPTHS if name not in ("mse_2", "mse_4")] == [None] * 5
