"""The ablations: rectangles that stay the same, and stored rows that belong to the networks that ship."""

import json
import re

import numpy as np
import pytest

from pconv_edu import inpaint
from pconv_edu.core import RATIO_BINS, hole_ratio, load_photo, photo_names
from pconv_edu.experiments import ablations
from pconv_edu.experiments import evaluate as experiment
from pconv_edu.experiments.evaluate import scores
from pconv_edu.experiments.evaluate.truth import Truth


@pytest.fixture(scope="module")
def photos():
    return {name: load_photo(name, 256) for name in photo_names("test")}


def test_rectangles(photos):
    cases = ablations.rectangle_cases(photos)
    assert len({case[:3] for case in cases}) == len(cases) == 6 * 30
    for case, (low, high) in zip(cases, np.repeat(RATIO_BINS, 30, axis=0), strict=True):
        hole = ~case.mask
        assert low < hole_ratio(case.mask) <= high and case.bin == experiment.label((low, high))
        assert hole.sum() == hole.any(axis=0).sum() * hole.any(axis=1).sum()  # one rectangle
    again = ablations.rectangle_cases(dict(list(photos.items())[:1]))
    assert (again[0].mask == cases[0].mask).all()
    assert (cases[0].mask != cases[1].mask).any() and (cases[0].mask != cases[30].mask).any()


def test_one_thing_changes_at_a_time():
    holes = {name: ~mask for name, mask in ablations.ONE_CHANGE.items()}
    square = holes["turned by 0°"]
    assert square.sum() == square[78:178, 78:178].sum() == 100 * 100
    for degrees in (1, 5, 15, 45):
        turned = holes[f"turned by {degrees}°"]
        assert turned.sum() == pytest.approx(square.sum(), rel=0.01) and (turned != square).any()
        assert (turned == turned[::-1, ::-1]).all()  # about the middle
    assert holes["four squares"].sum() == square.sum()
    assert holes["an L"].sum() == 7500 and not (holes["an L"] & ~square).any()
    for width in (16, 8, 4, 2):
        bar = holes[f"a bar of {width} px"]
        assert bar.any(axis=0).sum() == width and bar.any(axis=1).sum() == 128
    for width in (4, 2):
        moved = holes[f"{width} px moved by 1 px"]
        assert (np.roll(holes[f"a bar of {width} px"], 1, axis=1) == moved).all()
        assert moved.any(axis=0).argmax() % 2 == 1  # the first layer steps by 2 px


def test_where_two_methods_differ(photos):
    cases = [case for case in ablations.rectangle_cases(photos) if case.bin == "0.1–0.2"][:4]
    case, (rows, columns) = ablations.where_they_differ(cases, "mean", "telea", size=32)
    assert (rows.stop - rows.start, columns.stop - columns.start) == (32, 32) and rows.stop <= 256 >= columns.stop

    def gap(one):
        return abs(experiment.fill(one, "mean") - experiment.fill(one, "telea")).mean(axis=2)

    here = gap(case)[rows, columns].mean()
    for other in cases:
        windows = np.lib.stride_tricks.sliding_window_view(gap(other), (32, 32))[::4, ::4].mean(axis=(2, 3))
        assert here >= windows.max() - 1e-6


def test_summary_is_the_mean_of_the_differences(photos):
    rows = scores.load()
    table = ablations.summary(rows, [("l1", "telea"), ("l1-seed2", "l1")])
    assert list(table.index) == ["l1 − telea", "l1-seed2 − l1"] and len(table.columns) == 5
    chosen = rows[rows.holes == "N"].groupby("method").psnr_hole.mean()
    text = table.loc["l1 − telea"].iloc[0].replace("−", "-")
    value, low, high = re.fullmatch(r"(\S+)\s\[(\S+),\s(\S+)\]", text).groups()
    assert float(value) == pytest.approx(chosen["l1"] - chosen["telea"], abs=6e-4)
    assert float(low) < float(value) < float(high)


@pytest.fixture(scope="module")
def stored():
    return scores.load(ablations.STORED)


@pytest.mark.parametrize("name", ["my-net", "l1-seed2", "no-perceptual"])
def test_only_a_run_without_shipped_weights_becomes_stored_rows(name, tmp_path):
    run = tmp_path / name
    run.mkdir()
    (run / "weights.safetensors").touch()
    with pytest.raises(ValueError, match=r"Measure your own by|has the name of the method no-perceptual"):
        ablations.rebuild([str(run)], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_stored_rows_are_whole(stored, photos):
    """Each variant has rows for holes N and B, of the current photos, holes and (where they ship) weights."""
    marks = json.loads((ablations.STORED / "methods.json").read_text(encoding="utf-8"))
    assert {*ablations.LOSSES, *ablations.SHAPES} == set(marks)
    shipped = set(marks) & experiment.KNOWN
    assert set(marks) - shipped <= {"small-style", "no-style", "no-tv"}
    assert all(marks[name] == experiment.fingerprint(name) for name in shipped)
    table, rectangles, changed = (
        {case[:3]: experiment.describe(case)["hash"] for case in cases}
        for cases in (
            experiment.table_cases(photos),
            ablations.rectangle_cases(photos),
            ablations.one_change_cases(photos),
        )
    )
    for name in marks:
        hashes = {} if name in ("l1", "conv-grey", "conv-mean") else table
        hashes = hashes | (rectangles if name in ablations.SHAPES else {})
        hashes = hashes | (changed if name in ablations.CHANGED else {})
        part = stored[stored.method == name]
        keys = list(part[list(experiment.KEYS)].itertuples(index=False, name=None))
        assert len(keys) == len(set(keys)) and set(keys) == set(hashes), name
        assert all(hashes[key] == mark for key, mark in zip(keys, part.hash, strict=True)), name


@pytest.mark.parametrize("name", [n for n in (*ablations.LOSSES, "regular-holes") if n in inpaint.VARIANTS])
def test_a_stored_cell_comes_out_again(stored, photos, name):
    row = stored[(stored.method == name) & (stored.holes == "N") & (stored.bin == "0.2–0.3")].iloc[4]
    case = next(c for c in experiment.table_cases(photos) if c[:3] == (row.holes, row.bin, row.photo))
    measured = Truth(case.image, case.mask).measure(experiment.fill(case, name))
    for measure in ("psnr_hole", "ssim_hole", "vgg_hole", "efficientnet_hole", "texture_hole"):
        assert measured[measure] == pytest.approx(row[measure], rel=0.02), measure
