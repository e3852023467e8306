"""Seams with and without blending: the same holes and fills as in lesson 11, and the stored rows are those of today."""

import json

import numpy as np
import pandas as pd
import pytest

from pconv_edu import inpaint
from pconv_edu.core import photo_names, psnr, seam
from pconv_edu.experiments import evaluate, seams
from pconv_edu.experiments.evaluate import scores


@pytest.fixture(scope="module")
def cases():
    return seams.seam_cases()


def test_each_photo_has_the_hole_of_the_hole_ratio_experiment(cases):
    assert [case.photo for case in cases] == photo_names("test")
    stored = scores.load(methods=["mean"])
    stored = stored[(stored.holes == "N") & (stored.bin == "0.2–0.3")].set_index("photo").hash
    assert all(evaluate.describe(case)["hash"] == stored[case.photo] for case in cases)


def test_a_fill_is_blended_as_by_inpaint(cases):
    case = cases[0]
    fill = inpaint(case.image, case.mask, "telea")
    again = inpaint(case.image, case.mask, "telea", blend="poisson")
    assert np.array_equal(seams.blended(fill, case.mask), again) and not np.array_equal(fill, again)
    values = seams.measure(fill, case.image, case.mask)
    assert tuple(values) == seams.COLUMNS
    assert values["seam_blended"] == seam(again, case.image, case.mask)
    assert values["psnr_fill"] == psnr(fill, case.image, case.mask)


def test_changes_by_hand():
    """Two photos, on which blending changes the seam by −3 and −5, and the PSNR by 1 and 2."""
    rows = pd.DataFrame(
        [("a", 4, 1, 20, 21), ("a", 6, 1, 10, 12)],
        columns=["method", "seam_fill", "seam_blended", "psnr_fill", "psnr_blended"],
    )
    line = seams.table(rows).loc["a"]
    assert line["seam_fill"].tolist() == [5, 4, 6] and line["seam_change"].tolist() == [-4, -5, -3]
    assert line["psnr_change"].tolist() == [1.5, 1, 2]


def test_an_interrupted_run_is_resumed(tmp_path, cases, monkeypatch):
    photos = [case.photo for case in cases[:2]]
    run = lambda: seams.rebuild(tmp_path, ["mean", "telea"], photos, workers=1)  # noqa: E731
    assert run() == 4
    first = (tmp_path / "mean.csv").read_bytes()
    lines = first.splitlines(keepends=True)
    (tmp_path / "mean.csv").write_bytes(b"".join(lines[:-1]) + lines[-1][:9])  # cut off while it was written
    assert run() == 1 and (tmp_path / "mean.csv").read_bytes() == first
    assert run() == 0
    monkeypatch.setattr(evaluate, "fingerprint", lambda name: "other" if name == "mean" else "")
    assert run() == 2  # with other weights, the fills are measured again


def test_stored_rows_are_whole(cases):
    marks = json.loads((seams.STORED / "methods.json").read_text(encoding="utf-8"))
    assert list(marks) == list(inpaint.METHODS)
    assert all(mark == evaluate.fingerprint(name) for name, mark in marks.items())
    hashes = {case.photo: evaluate.describe(case)["hash"] for case in cases}
    for name, part in seams.load().groupby("method"):
        assert dict(zip(part.photo, part.hash, strict=True)) == hashes, name
        assert np.isfinite(part[list(seams.COLUMNS)].to_numpy()).all(), name


def test_stored_fills_are_those_of_the_hole_ratio_experiment():
    """The stored PSNR of every fill without blending equals the rows of lesson 11."""
    keys = ["method", "holes", "bin", "photo"]
    both = seams.load().merge(scores.load(methods=list(inpaint.METHODS)), on=keys)
    assert len(both) == len(seams.load())
    assert (both.psnr_fill == both.psnr_hole).all()
    assert (both.hash_x == both.hash_y).all()


def test_blending_a_stored_row_again_gives_the_same_numbers(cases):
    rows = seams.load().set_index(["method", "photo"])
    for case in cases[:3]:
        again = seams.measure(evaluate.fill(case, "telea"), case.image, case.mask)
        assert rows.loc[("telea", case.photo), list(seams.COLUMNS)].tolist() == pytest.approx(
            list(again.values()), abs=2e-3
        )
