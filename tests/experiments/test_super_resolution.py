"""Enlarging keeps the known pixels, restores smooth pictures, shifts nothing, and stores its rows."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from pconv_edu import inpaint
from pconv_edu.core import load_photo, psnr
from pconv_edu.experiments import evaluate
from pconv_edu.experiments import super_resolution as sr
from pconv_edu.inpainters.methods import NETWORKS
from pconv_edu.nn.weights import cards, load_weights

torch.set_num_threads(1)
PHOTO = load_photo("gc-animal-koala", 64)


@pytest.mark.parametrize("method", ["bilinear", "bicubic", "lanczos", "telea", "biharmonic", "l1"])
@pytest.mark.parametrize("factor", [2, 4])
def test_the_small_picture_stays(method, factor):
    large = sr.enlarge(PHOTO, factor, method)
    assert large.shape == PHOTO.shape and np.array_equal(large[::factor, ::factor], PHOTO[::factor, ::factor])
    assert large.min() >= 0 and large.max() <= 1
    assert psnr(large, PHOTO) > (12 if method == "l1" else 15)  # which was never trained on grids


@pytest.mark.parametrize("factor", [2, 4])
@pytest.mark.parametrize("method", ["bilinear", "bicubic", "lanczos"])
def test_a_ramp_comes_back_unshifted(method, factor):
    """A straight ramp comes back: it is not shifted by half a pixel. (Lanczos ripples by a hundredth of a step.)"""
    ramp = np.repeat(np.linspace(0.2, 0.8, 65, dtype=np.float32)[None, :, None], 65, 0).repeat(3, 2)
    inner = np.s_[4 * factor : -4 * factor]
    large = sr.interpolate(ramp[::factor, ::factor], factor, method, (65, 65))
    step = 0.6 / 64  # from one pixel to the next
    assert abs(large[:, inner] - ramp[:, inner]).max() < (0.15 if method == "lanczos" else 1e-3) * step


def test_the_cubic_is_the_usual_one():
    """Half way between pixels a cubic with a = −0.5 weighs −1/16, 9/16, 9/16, −1/16."""
    impulse = np.zeros((9, 9, 3), np.float32)
    impulse[:, 4] = 0.5
    line = sr.interpolate(impulse + 0.25, 2, "bicubic", (18, 18))[8, :, 0] - 0.25
    assert line[[5, 7, 9, 11]] * 2 == pytest.approx([-1 / 16, 9 / 16, 9 / 16, -1 / 16], abs=1e-6)


def test_rows(tmp_path):
    sr.run(["bicubic", "telea"], tmp_path, photos=["gc-animal-koala"], progress=False)
    rows = sr.load(tmp_path)
    assert sorted(rows.method) == ["bicubic", "bicubic", "telea", "telea"]
    two = rows[rows.bin == "×2"]
    assert set(two.ratio) == {0.75} and set(two.radius) == {1}
    photo = load_photo("gc-animal-koala", 256)
    wanted = psnr(sr.enlarge(photo, 2, "bicubic"), photo, sr.case("", photo, 2).mask)
    assert two[two.method == "bicubic"].psnr_hole.item() == pytest.approx(wanted, rel=1e-4)
    with pytest.raises(ValueError, match=r"magic: no such method.*; there are bilinear, bicubic, lanczos, mean"):
        sr.run(["magic"], tmp_path)


def test_a_run_of_ones_own_stays_out_of_the_package(tmp_path, monkeypatch, capsys):
    run = tmp_path / "my-net"
    run.mkdir()
    save_file(load_weights("l1").state_dict(), run / "weights.safetensors")
    (run / "recipe.json").write_text(json.dumps(cards()["l1"]["recipe"]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sr, "photo_names", lambda split: ["gc-animal-koala"])
    before = {path.name: path.read_bytes() for path in sr.FOLDER.iterdir()}
    sr.main(["l1", str(run)])
    kept = tmp_path / "runs" / "super_resolution"
    assert (kept / "my-net.csv").read_bytes() == (kept / "l1.csv").read_bytes()
    assert "my-net" in capsys.readouterr().out
    with pytest.raises(ValueError, match="the name of the method bicubic"):
        sr.main([str(run.rename(tmp_path / "bicubic"))])
    assert {path.name: path.read_bytes() for path in sr.FOLDER.iterdir()} == before


def test_stored_rows_are_whole_and_come_out_again():
    stored = sr.load()
    assert {*sr.INTERPOLATIONS, *inpaint.METHODS, "superres"} == set(stored.method)
    assert (stored.groupby("method").size() == 2 * 30).all()
    assert not stored.duplicated(["method", "bin", "photo"]).any()
    for method in (*sr.INTERPOLATIONS, "telea", *NETWORKS):
        for factor in sr.FACTORS:
            row = stored[(stored.method == method) & (stored.bin == f"×{factor}")].iloc[11]
            photo = load_photo(row.photo, 256)
            one = sr.case(row.photo, photo, factor)
            assert evaluate.describe(one)["hash"] == row.hash
            found = psnr(sr.enlarge(photo, factor, method), photo, one.mask)
            assert found == pytest.approx(row.psnr_hole, abs=0.05), (method, factor)
