"""The measures of a fill are the metrics of `core`, and depths are counted by hand."""

import numpy as np
import pandas as pd
import pytest

from pconv_edu import inpaint
from pconv_edu.core import l1, psnr, ssim
from pconv_edu.experiments.evaluate import measures
from pconv_edu.experiments.evaluate.truth import Truth


def test_measures_are_the_metrics(cases):
    case = cases[40]
    filled = inpaint(case.image, case.mask, "telea")
    found = Truth(case.image, case.mask).measure(filled)
    for name, function in (("psnr", psnr), ("ssim", ssim), ("l1", l1)):
        assert found[f"{name}_hole"] == function(filled, case.image, case.mask)
        assert found[f"{name}_whole"] == function(filled, case.image)
    assert found["vgg_hole"] > found["vgg_whole"] > 0 and found["efficientnet_hole"] > found["efficientnet_whole"] > 0
    perfect = Truth(case.image, case.mask).measure(case.image)
    assert perfect["vgg_hole"] == perfect["efficientnet_hole"] == perfect["texture_hole"] == perfect["l1_hole"] == 0


def test_errors_by_depth_by_hand():
    """A square hole of 8 px has radius 4: rings of 28 and 20 px, and 16 deeper ones. Errors: 0.1 and 0.2."""
    photo, mask = np.full((32, 32, 3), 0.5, np.float32), np.ones((32, 32), bool)
    mask[8:16, 8:16] = False
    filled = photo.copy()
    filled[8:16, 8:16] = 0.6
    filled[10:14, 10:14] = 0.7
    found = Truth(photo, mask).measure(filled)
    assert found["mse_2"] == pytest.approx(0.01) and found["mse_4"] == pytest.approx(0.04)
    assert [found[name] for name in measures.DEPTHS if name not in ("mse_2", "mse_4")] == [None] * 5


def test_a_measure_knows_its_column_its_title_and_what_is_better():
    psnr_hole, l1_whole = (measures.measure_of(name) for name in ("psnr_hole", "l1_whole"))
    assert (psnr_hole.name, psnr_hole.part, psnr_hole.column) == ("psnr", "hole", "psnr_hole")
    assert psnr_hole.title == "PSNR, dB, hole alone" and l1_whole.title == "L1, %, whole picture"
    means = pd.Series({"a": 1.0, "b": 3.0, "c": 2.0})
    assert (psnr_hole.best(means), psnr_hole.worst(means)) == ("b", "a")
    assert (l1_whole.best(means), l1_whole.worst(means)) == ("a", "b")
    assert l1_whole.best(pd.DataFrame({"bin": means})).to_dict() == {"bin": "a"}
    assert all(measure.column == column for column, measure in measures.MEASURES.items())
    assert [*measures.MEASURES, *measures.DEPTHS] == measures.COLUMNS and len(measures.MEASURES) == 12


@pytest.mark.parametrize("column", ["psnr", "hole", "psnr_rim", "mse_2", ""])
def test_an_unknown_measure_is_refused(column):
    with pytest.raises(ValueError, match=r"no measure is called .*; choose one of psnr_hole, "):
        measures.measure_of(column)
