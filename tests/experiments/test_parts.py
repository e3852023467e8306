"""The comparison of the parts of a partial convolution: its cases, and differences computed by hand."""

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pconv_edu.core import photo_names, psnr
from pconv_edu.experiments import evaluate, grid, parts, seams, stored_fills
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
        ValueError,
        match=r"my-net: this .* called no-ratio, no-update, conv-mask-seed2 or gated-seed2\. .* evaluate RUN",
    ):
        parts.rebuild([run], tmp_path / "rows")
    assert not (tmp_path / "rows").exists()


@pytest.mark.parametrize("name", ["no-ratio", "gated-seed2"])
def test_runs_are_measured_alone(name, tmp_path, monkeypatch):
    measured, grids, stored, edges = [], [], [], []
    monkeypatch.setattr(evaluate, "run", lambda *arguments: measured.append(arguments))
    monkeypatch.setattr(grid, "rebuild", lambda *arguments: grids.append(arguments))
    monkeypatch.setattr(seams, "rebuild", lambda *arguments, workers: edges.append(arguments))
    monkeypatch.setattr(parts, "record", lambda run: {"of": Path(run).name})
    monkeypatch.setattr(stored_fills, "store", lambda cases, run: stored.append((len(cases), Path(run).name)))
    run, rows = tmp_path / name, tmp_path / "rows"
    run.mkdir()
    rows.mkdir()
    (run / "weights.safetensors").write_bytes(b"")
    parts.rebuild([run], rows)
    ((cases, methods, folder, *_),) = measured
    assert {case.key for case in cases} == {case.key for case in parts.cases()}
    assert methods == [str(run.resolve())] and folder == rows
    assert edges == [(rows / "seams", methods)]
    assert grids == [(rows / "grid.json", {name: str(run.resolve())})]
    if name in parts.NOT_SHIPPED:  # no weights will tell what it was
        assert json.loads((rows / f"{name}.json").read_text(encoding="utf-8")) == {"of": name}
        assert stored == [(3, name)]
    else:
        assert not list(rows.iterdir()) and not stored


def test_networks_that_do_not_ship_were_trained_like_the_others():
    others = {name: recipe_as_json(laptop(RECIPES[name])) for name in parts.PARTS if name not in parts.NOT_SHIPPED}
    machines = []
    for name in parts.NOT_SHIPPED:
        stored = json.loads((parts.STORED / f"{name}.json").read_text(encoding="utf-8"))
        assert stored["recipe"] == recipe_as_json(laptop(RECIPES[name]))
        assert recipe_from_json(stored["recipe"]).steps == stored["log"][-1]["step"]
        machines.append(stored["machine"])
        for other, recipe in others.items():
            free = {"about", "variant", "fill"}
            if other == "gated":  # a layer has two convolutions, and so fewer channels
                free |= {"width", "max_channels"}
            same = [{k: v for k, v in r.items() if k not in free} for r in (stored["recipe"], recipe)]
            assert same[0] == same[1], other
    assert machines[0] == machines[1]


def test_fills_of_networks_that_do_not_ship_are_stored():
    for case in parts.shown_cases():
        for name in parts.NOT_SHIPPED:
            filled = stored_fills.fill(case, name)
            assert np.array_equal(filled[case.mask], case.image[case.mask])
            own = psnr(filled, case.image, case.mask)
            rows = parts.load()
            row = rows[(rows.method == name) & (rows.hash == evaluate.describe(case)["hash"])]
            assert own == pytest.approx(row.psnr_hole.item(), abs=0.05)  # 8 bits a channel


def test_stored_rows_and_grids_are_whole():
    marks = json.loads((parts.STORED / "methods.json").read_text(encoding="utf-8"))
    own = (*parts.NEW, *parts.NOT_SHIPPED)
    assert set(own) <= set(marks) <= {*own, *parts.SECOND_SEEDS}
    for name, mark in marks.items():
        if name in evaluate.KNOWN:
            assert mark == evaluate.fingerprint(name)
    hashes = {case.key: evaluate.describe(case)["hash"] for case in parts.cases()}
    for name, part in scores.load(parts.STORED).groupby("method"):
        keys = list(part[list(evaluate.KEYS)].itertuples(index=False, name=None))
        assert sorted(keys) == sorted(hashes), name
        assert all(hashes[key] == mark for key, mark in zip(keys, part.hash, strict=True)), name
    assert set(grid.load(parts.GRID)) >= {"truth", *parts.PARTS}


def test_stored_seams_are_those_of_the_same_fills():
    """The PSNR of each fill without blending is that of the experiment's own rows."""
    keys = ["method", "holes", "bin", "photo"]
    edges = parts.load_seams()
    assert edges.method.value_counts().to_dict() == dict.fromkeys(parts.PARTS, len(photo_names("test")))
    both = edges.merge(parts.load().drop_duplicates(keys), on=keys)
    assert len(both) == len(edges) and (both.psnr_fill == both.psnr_hole).all() and (both.hash_x == both.hash_y).all()
    marks = json.loads((parts.SEAMS / "methods.json").read_text(encoding="utf-8"))
    assert set(marks) == {*parts.NEW, *parts.NOT_SHIPPED}
    rows = json.loads((parts.STORED / "methods.json").read_text(encoding="utf-8"))
    assert all(rows[name] == mark for name, mark in marks.items())
