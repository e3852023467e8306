"""Enlarging: the kept pixels stay, smooth pictures come back, interpolation is not shifted, rows are kept."""

import numpy as np
import pytest
import torch

from pconv_edu import inpaint
from pconv_edu.core import load_photo, psnr
from pconv_edu.experiments import hole_ratio
from pconv_edu.experiments import super_resolution as sr
from pconv_edu.inpainters.inpaint import NETWORKS

torch.set_num_threads(1)
PHOTO = load_photo("gc-animal-koala", 64)


@pytest.mark.parametrize("method", ["bicubic", "lanczos", "telea", "biharmonic", "l1"])
@pytest.mark.parametrize("factor", [2, 4])
def test_the_small_picture_stays(method, factor):
    large = sr.enlarge(PHOTO, factor, method)
    assert large.shape == PHOTO.shape and np.array_equal(large[::factor, ::factor], PHOTO[::factor, ::factor])
    assert large.min() >= 0 and large.max() <= 1
    assert psnr(large, PHOTO) > (12 if method == "l1" else 15)  # which was never trained on grids


@pytest.mark.parametrize("factor", [2, 4])
@pytest.mark.parametrize("method", ["bicubic", "lanczos"])
def test_a_ramp_comes_back_unshifted(method, factor):
    """A straight ramp comes back (OpenCV's cubic is off by 0.19 of a step): it is not shifted by half a pixel."""
    ramp = np.repeat(np.linspace(0.2, 0.8, 65, dtype=np.float32)[None, :, None], 65, 0).repeat(3, 2)
    inner = np.s_[4 * factor : -4 * factor]
    large = sr.interpolate(np.ascontiguousarray(ramp[::factor, ::factor]), factor, method, (65, 65))
    tolerance = 0.25 * 0.6 / 64  # of a step from one pixel to the next
    assert abs(large[:, inner] - ramp[:, inner]).max() < tolerance


def test_rows(tmp_path):
    sr.run(["bicubic", "telea"], tmp_path, photos=["gc-animal-koala"], progress=False)
    rows = sr.load(tmp_path)
    assert sorted(rows.method) == ["bicubic", "bicubic", "telea", "telea"]
    two = rows[rows.bin == "×2"]
    assert set(two.ratio) == {0.75} and set(two.radius) == {1}
    photo = load_photo("gc-animal-koala", 256)
    wanted = psnr(sr.enlarge(photo, 2, "bicubic"), photo, sr.case("", photo, 2).mask)
    assert two[two.method == "bicubic"].psnr_hole.item() == pytest.approx(wanted, rel=1e-4)
    with pytest.raises(ValueError, match="magic: no such method; there are bicubic, lanczos, mean"):
        sr.run(["magic"], tmp_path)


def test_stored_rows_are_whole_and_come_out_again():
    stored = sr.load()
    trained = {"superres"} & set(inpaint.VARIANTS)
    assert {*sr.INTERPOLATIONS, *inpaint.METHODS, *trained} <= set(stored.method)
    assert (stored.groupby("method").size() == 2 * 30).all()
    assert not stored.duplicated(["method", "bin", "photo"]).any()
    for method in ("bicubic", "telea", *NETWORKS, *trained):
        for factor in sr.FACTORS:
            row = stored[(stored.method == method) & (stored.bin == f"×{factor}")].iloc[11]
            photo = load_photo(row.photo, 256)
            one = sr.case(row.photo, photo, factor)
            assert hole_ratio.describe(one)["hash"] == row.hash
            found = psnr(sr.enlarge(photo, factor, method), photo, one.mask)
            assert found == pytest.approx(row.psnr_hole, abs=0.05), (method, factor)
