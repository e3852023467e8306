"""Holes for training: every kind, many at once, and the same for any number of processes."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pconv_edu.core import RATIO_BINS, hole_bank, hole_ratio
from pconv_edu.core.hole_bank import draw_bank, random_hole

ROOT = Path(__file__).parents[2]


def test_holes_of_each_kind():
    ratios = [hole_ratio(random_hole("irregular", 64, np.random.default_rng(seed))) for seed in range(60)]
    for low, high in RATIO_BINS:
        assert sum(low < ratio <= high for ratio in ratios) >= 3
    borders = [random_hole("irregular", 64, np.random.default_rng(seed))[:6].all() for seed in range(60)]
    assert 15 < sum(borders) < 59  # half of them keep 6 px free
    rows, columns = np.where(~random_hole("rectangles", 64, np.random.default_rng(0)))
    assert len(rows) == (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
    shares = {float(1 - hole_ratio(random_hole("grid", 64, np.random.default_rng(seed)))) for seed in range(10)}
    assert shares == {1 / 4, 1 / 16}


@pytest.fixture(scope="module")
def alone():
    return draw_bank("irregular", 19, seed=3, count=100, processes=1)


def test_a_bank_is_a_function_of_its_seed(alone):
    assert alone.shape == (100, 19, 19) and alone.dtype == bool
    assert len({hole.tobytes() for hole in alone}) > 95
    assert np.array_equal(alone, draw_bank("irregular", 19, seed=3, count=100, processes=1))
    assert not np.array_equal(alone, draw_bank("irregular", 19, seed=4, count=100, processes=1))


def test_several_processes_draw_what_one_draws(alone, monkeypatch):
    here = []
    draw = hole_bank._draw_part
    monkeypatch.setattr(hole_bank, "_draw_part", lambda *part: here.append(part) or draw(*part))
    for processes in (2, 3):
        assert np.array_equal(alone, draw_bank("irregular", 19, seed=3, count=100, processes=processes))
    assert here == []  # none of it was drawn in this process


@pytest.mark.parametrize("program", ["/no/such/python", "/bin/false"])
def test_what_processes_fail_to_draw_is_drawn_here(alone, monkeypatch, program):
    monkeypatch.setattr(sys, "executable", program)
    assert np.array_equal(alone, draw_bank("irregular", 19, seed=3, count=100, processes=3))


def test_a_script_without_a_main_guard_is_run_once(tmp_path):
    """Processes of `multiprocessing` import the script that started them; these must not."""
    script = tmp_path / "script.py"
    text = "from pconv_edu.core.hole_bank import draw_bank\nprint(draw_bank('grid', 8, 0, 64, processes=2).sum() > 0)\n"
    script.write_text(text, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    shown = subprocess.run([sys.executable, str(script)], env=environment, capture_output=True, text=True)
    assert shown.stdout == "True\n" and shown.stderr == ""
