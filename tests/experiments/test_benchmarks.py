"""The measured times that lessons show."""

import json
import re
from pathlib import Path

import pytest

from pconv_edu.experiments import benchmarks

ROOT = Path(__file__).parents[2]


def test_every_benchmark_has_its_stored_results():
    programs = {path.stem for path in (ROOT / "benchmarks").glob("*.py")} - {"gpu_check"}  # see test_gpu_check.py
    assert programs == {path.stem.removesuffix("_cuda") for path in benchmarks.FOLDER.glob("*.json")}
    for name in programs:
        assert f'benchmarks.save("{name}"' in (ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8")


def test_the_numbers_that_lessons_read():
    assert benchmarks.load("reference")["loops_over_numba"] > 100
    layers = benchmarks.load("layer")
    assert [row["layer"] for row in layers["layers"]] == list(range(1, 17))
    assert layers["where_over_select"] > 1 and re.search(r"torch 2", layers["machine"])


@pytest.mark.parametrize("device, name", [("cpu", "speed.json"), ("cuda", "speed_cuda.json")])
def test_what_is_saved_is_loaded(device, name, tmp_path, monkeypatch):
    folder = tmp_path / "not there yet"
    assert benchmarks.save("speed", {"machine": "tâche", "ratio": 1.5}, device, folder) == folder / name
    assert [path.name for path in folder.iterdir()] == [name]
    monkeypatch.setattr(benchmarks, "FOLDER", folder)
    assert benchmarks.load(Path(name).stem) == {"machine": "tâche", "ratio": 1.5}


def test_results_that_cannot_be_stored_leave_the_old_ones(tmp_path):
    path = benchmarks.save("speed", {"ratio": 1.5}, folder=tmp_path)
    with pytest.raises(TypeError):
        benchmarks.save("speed", {"ratio": {1, 2}}, folder=tmp_path)
    assert json.loads(path.read_text(encoding="utf-8")) == {"ratio": 1.5}


@pytest.mark.parametrize("name", ["speed", "layer.json", "../grid", ""])
def test_an_unknown_name_is_refused(name):
    with pytest.raises(ValueError, match=r"no stored benchmark is called .*layer, .*reference"):
        benchmarks.load(name)
