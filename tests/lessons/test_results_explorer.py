"""The explorer of the hole-ratio experiment: it shows the fill and the stored numbers of what is chosen."""

import itertools

import pandas as pd
import pytest

from pconv_edu.core import photo_names
from pconv_edu.lessons.widgets import results_explorer

KINDS = {"N": ["0.01–0.1", "0.2–0.3"], "squares": ["1/4, 8 px", "1/4, 32 px"]}


@pytest.fixture(scope="module")
def rows():
    """Rows whose numbers show where they come from: the method, the kind, the bin and the photo."""
    photos = photo_names("test")
    keys = [(m, k, b, p) for m in ("mean", "telea") for k, bins in KINDS.items() for b in bins for p in photos]
    data = pd.DataFrame(keys, columns=["method", "holes", "bin", "photo"])
    numbers = pd.Series(range(len(data)), dtype=float)
    return data.assign(psnr_hole=numbers, ssim_hole=0.5, efficientnet_hole=2.0, ratio=0.25, radius=8)


def test_it_shows_what_is_stored(rows):
    explorer = results_explorer(rows, "gc-animal-koala", "telea")
    for method, (holes, bins) in itertools.product(("telea", "mean"), KINDS.items()):
        explorer.controls["holes"].value = holes
        explorer.controls["method"].value = method
        for bin_ in bins:
            explorer.controls["bin_"].value = bin_
            cell = rows[(rows.method == method) & (rows.holes == holes) & (rows.bin == bin_)]
            wanted = cell[cell.photo == "gc-animal-koala"].psnr_hole.item()
            assert f"PSNR {wanted:.1f} dB" in explorer.text
            assert f"Mean of all 30 photos: {cell.psnr_hole.mean():.1f} dB" in explorer.text


def test_changing_the_kind_changes_the_bins(rows):
    explorer = results_explorer(rows, method="mean")
    explorer.controls["holes"].value = "squares"
    assert "1/4, 8 px" in explorer.controls["bin_"].options and "0.2–0.3" not in explorer.controls["bin_"].options
    explorer.controls["bin_"].value = "1/4, 32 px"
    assert "Ratio 25.0 %" in explorer.text
    assert set(explorer.controls["method"].options) == {"mean", "telea"}
    assert set(explorer.controls["photo"].options) == set(photo_names("test", free=True))


def test_what_is_not_stored_is_told(rows):
    explorer = results_explorer(rows, method="mean")
    explorer.controls["bin_"].value = "0.5–0.6"
    assert explorer.text == "ValueError: mean was not measured on holes N, 0.5–0.6"


def test_methods_can_be_chosen(rows):
    named = rows.assign(method=rows.method.replace("telea", "runs/mine"))
    assert results_explorer(named, method="mean").controls["method"].options == ("mean",)
    explorer = results_explorer(rows[rows.holes == "N"], method="telea", methods=["telea", "mean"])
    assert explorer.controls["method"].options == ("telea", "mean")
    assert explorer.controls["holes"].options == ("N",)
