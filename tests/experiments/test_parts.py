"""The comparison of the parts of a partial convolution: its cases, and differences computed by hand."""

import itertools
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pconv_edu.core import photo_names
from pconv_edu.experiments import evaluate, grid, parts
from pconv_edu.experiments.evaluate import scores
from pconv_edu.experiments.evaluate.measures import DEPTHS
from pconv_edu.nn.recipe_files import recipe_as_json, recipe_from_json
from pconv_edu.nn.recipes import RECIPES, laptop

NEAR, *_, FAR = DEPTHS


def rows_by_hand():
    """Two photos, two bins of each kind. The network a gains 1 and 3 dB, and has half the error near valid pixels."""
    rows = []
    for number, photo in enumerate("pq"):
        for kind in parts.KINDS:
            for bin_ in ("x", "y"):
                own = dict.fromkeys(DEPTHS, 0.1) | {FAR: np.nan}
                rows.append({"holes": kind, "bin": bin_, "photo": photo, "method": "l1", "psnr_hole": 10.0, **own})
                gain = 1.0 + 2 * number
                rows.append({**rows[-1], "method": "a", "psnr_hole": 10 + gain, NEAR: 0.05})
    return pd.DataFrame(rows)


def test_differences_are_averaged_over_bins_and_have_intervals_over_photos():
    tables = parts.differences(rows_by_hand(), names=["a"])
    assert list(tables) == ["a"] and tables["a"].index.tolist() == list(parts.KINDS.values())
    assert tables["a"].round(6).values.tolist() == [[2, 1, 3]] * len(parts.KINDS)


def test_squares_are_compared_by_their_radius():
    rows = []
    for photo, gain in (("p", 1.0), ("q", 3.0)):
        for ratio, radius in itertools.product(("1/16", "1/4"), (*parts.RADII, 64)):
            row = {"holes": "squares", "bin": f"{ratio}, {radius} px", "photo": photo, "method": "l1", "psnr_hole": 9.0}
            rows += [row, {**row, "method": "a", "psnr_hole": 9 + gain * radius + (ratio == "1/4")}]
    table = parts.by_radius(pd.DataFrame(rows), names=["a"])["a"]
    assert table.index.tolist() == ["2 px", "8 px", "32 px"]
    assert table.loc["2 px"].tolist() == [4.5, 2.5, 6.5] and table.loc["32 px"].tolist() == [64.5, 32.5, 96.5]


def test_gains_by_distance():
    table = parts.by_depth(rows_by_hand(), names=["a"])["a"]
    assert table.index.tolist()[:2] == ["1–2", "3–4"]
    assert table.loc["1–2"].round(6).tolist() == [pytest.approx(10 * np.log10(2))] * 3
    assert table.loc["3–4"].tolist() == [0, 0, 0]
    assert FAR not in table.index and len(table) == len(DEPTHS) - 1  # no hole has such pixels


def test_shown_cases_are_three_kinds_and_three_subjects():
    cases = parts.shown_cases()
    assert [case.holes for case in cases] == ["N", "squares", "rectangles"]
    assert len({case.photo.split("-")[1] for case in cases}) == 3
    assert all(case.photo in photo_names("test", free=True) for case in cases)


def test_other_runs_are_refused_before_anything_is_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(evaluate, "run", lambda *_: pytest.fail("something was measured"))
    run = tmp_path / "my-net"
    run.mkdir()
    (run / "weights.safetensors").write_bytes(b"")
    with pytest.raises(
        ValueError, match=r"my-net: this experiment stores .* called conv-mask-seed2 or gated-seed2, .* evaluate RUN"
    ):
        parts.rebuild([run], tmp_path / "rows")
    assert not (tmp_path / "rows").exists()


def test_a_missing_part_is_compared_in_irregular_holes_and_in_squares():
    rows = []
    for photo, gain in (("p", 1.0), ("q", 3.0)):
        bins = [("N", "x", 0), ("N", "y", 0)] + [("squares", f"1/4, {radius} px", radius) for radius in parts.RADII]
        for kind, bin_, radius in bins:
            row = {"holes": kind, "bin": bin_, "photo": photo, "method": "b", "psnr_hole": 9.0}
            rows += [row, {**row, "method": "a", "psnr_hole": 9 + gain + radius}]
    (name, table), *others = parts.without_one_part(pd.DataFrame(rows), ["a"], "b").items()
    assert (name, others) == ("a", [])
    assert table.index.tolist() == ["irregular (N)", "squares 2 px", "squares 8 px", "squares 32 px"]
    assert table.round(6).values.tolist() == [[2 + r, 1 + r, 3 + r] for r in (0, 2, 8, 32)]


def test_short_runs_are_measured_alone_and_on_their_own_cases(tmp_path, monkeypatch):
    measured = []
    monkeypatch.setattr(evaluate, "run", lambda *arguments: measured.append(arguments))
    monkeypatch.setattr(grid, "rebuild", lambda *_: pytest.fail("the grid was measured"))
    monkeypatch.setattr(parts, "record", lambda run: {"of": Path(run).name})
    run = tmp_path / "no-ratio-short"
    run.mkdir()
    (run / "weights.safetensors").write_bytes(b"")
    (tmp_path / "rows" / "short").mkdir(parents=True)
    parts.rebuild([run], tmp_path / "rows")
    ((cases, methods, folder, *_),) = measured
    assert {case.key for case in cases} == {case.key for case in parts.short_cases()}
    assert len(methods) == 1 and folder == tmp_path / "rows" / "short"
    assert json.loads((folder / "no-ratio-short.json").read_text(encoding="utf-8")) == {"of": "no-ratio-short"}


def test_short_cases_are_the_irregular_holes_and_the_squares_that_are_compared():
    counts = Counter(case.holes if case.holes == "N" else case.bin.split(", ")[1] for case in parts.short_cases())
    assert counts == {"N": 180, "2 px": 90, "8 px": 90, "32 px": 90}


def test_short_runs_differ_only_in_the_layer():
    recipes, machines = {}, []
    for name in parts.SHORT:
        stored = json.loads((parts.STORED_SHORT / f"{name}.json").read_text(encoding="utf-8"))
        recipes[name] = stored["recipe"]
        machines.append(stored["machine"])
        assert recipe_from_json(stored["recipe"]).steps == stored["log"][-1]["step"] == parts.SHORT_STEPS
        full = recipe_as_json(laptop(RECIPES[name.removesuffix("-short")]))
        assert {**stored["recipe"], "stages": None} == {**full, "stages": None}
        assert [stage["rate"] for stage in stored["recipe"]["stages"]] == [stage["rate"] for stage in full["stages"]]
    assert all(machine == machines[0] for machine in machines)
    free = {"about", "variant"}
    assert len({json.dumps({k: v for k, v in r.items() if k not in free}) for r in recipes.values()}) == 1
    assert len({r["variant"] for r in recipes.values()}) == len(parts.SHORT)


def test_stored_short_rows_are_whole():
    hashes = {case.key: evaluate.describe(case)["hash"] for case in parts.short_cases()}
    rows = parts.load_short()
    assert set(rows.method) == set(parts.SHORT)
    for name, part in rows.groupby("method"):
        keys = list(part[list(evaluate.KEYS)].itertuples(index=False, name=None))
        assert sorted(keys) == sorted(hashes), name
        assert all(hashes[key] == mark for key, mark in zip(keys, part.hash, strict=True)), name


def test_stored_rows_and_grids_are_whole():
    marks = json.loads((parts.STORED / "methods.json").read_text(encoding="utf-8"))
    known = (*parts.NEW, *parts.SECOND_SEEDS)
    assert set(parts.NEW) <= set(marks) <= set(known)
    for name, mark in marks.items():
        if name in evaluate.KNOWN:
            assert mark == evaluate.fingerprint(name)
    hashes = {case.key: evaluate.describe(case)["hash"] for case in parts.cases()}
    for name, part in scores.load(parts.STORED).groupby("method"):
        keys = list(part[list(evaluate.KEYS)].itertuples(index=False, name=None))
        assert sorted(keys) == sorted(hashes), name
        assert all(hashes[key] == mark for key, mark in zip(keys, part.hash, strict=True)), name
    assert set(grid.load(parts.GRID)) >= {"truth", *parts.PARTS}
