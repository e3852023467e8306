"""The museum: every fault is caught, the course's own code passes, and a learner hears what is wrong."""

import inspect
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from pconv_edu.lessons import bug_museum
from pconv_edu.lessons.bug_museum import (
    EXHIBITS,
    KINDS,
    OURS,
    Layer,
    MuseumExplorer,
    catching,
    check_matches,
    diagnose_fix,
    length,
    run,
    tests,
)  # fmt: skip
from pconv_edu.nn import PartialConv2d

ROOT = Path(__file__).parents[2]


def cells(name):
    return [c.source for c in nbformat.read(ROOT / "notebooks" / name, as_version=4).cells if c.cell_type == "code"]


def fixes():
    """exhibit -> the mended code of the solutions notebook."""
    found = {}
    for source in cells("solutions/07_solutions.ipynb"):
        for exhibit in EXHIBITS.values():
            if f'check_fix("{exhibit.name}"' in source:
                names = {"torch": torch, "F": F, "nn": nn, "np": np, "Layer": Layer, "PartialConv2d": PartialConv2d}
                exec(source.replace("check_fix(", "print("), names)
                found[exhibit.name] = names[exhibit.code.__name__]
    return found


@pytest.mark.parametrize("kind, test", [(kind, test) for kind, names in KINDS.items() for test in names])
def test_our_own_code_passes(kind, test):
    assert run(test, OURS[kind]) is None


@pytest.mark.parametrize("name", EXHIBITS)
def test_every_exhibit_is_caught_and_by_one_shortest_test(name):
    found = catching(name)
    assert found and len({length(test) for test in found}) == len(found)


def test_exhibits_and_tests_are_many_and_needed():
    assert len(EXHIBITS) >= 12
    assert len({catching(name)[0] for name in EXHIBITS}) >= 12
    layers = [name for name in EXHIBITS if EXHIBITS[name].kind == "layer"]
    caught = {test for name in layers for test in catching(name)}
    assert caught == set(KINDS["layer"])  # no test that never fails


def planted(fault):
    """Our own layer with a fault planted in what it does."""

    class Faulty(PartialConv2d):
        def _convolve(self, x, masks, channels):
            return fault(self, super()._convolve, x, masks, channels)

    return Faulty


def no_window(layer, convolve, x, masks, channels):
    y, new_mask = convolve(x, masks, channels)
    return y / layer.weight[0].numel(), new_mask


def bias_everywhere(layer, convolve, x, masks, channels):
    y, new_mask = convolve(x, masks, channels)
    return y + layer.bias[:, None, None] * (1 - new_mask), new_mask


def first_channel_only(layer, convolve, x, masks, channels):
    return convolve(x, [masks[0][:, :1]], channels)


def turned_round(layer, convolve, x, masks, channels):
    y, new_mask = convolve(x, [1 - mask for mask in masks], channels)
    return y, 1 - new_mask


def half_counts(layer, convolve, x, masks, channels):
    y, new_mask = convolve(x, masks, channels)
    return y / (new_mask / (new_mask + 1e-8).to(x.dtype)), new_mask


@pytest.mark.parametrize(
    "fault, test",
    [(no_window, "all_valid"), (bias_everywhere, "empty_window"), (turned_round, "all_valid"), (half_counts, "float16"),
     (first_channel_only, "channels_with_masks_of_their_own")],
)  # fmt: skip
def test_faults_planted_in_our_own_layer_are_caught(fault, test):
    assert run(test, planted(fault)) is not None


def test_every_solution_passes_and_is_no_exhibit():
    mended = fixes()
    assert set(mended) == set(EXHIBITS)
    for name, code in mended.items():
        assert diagnose_fix(name, code).startswith("Right: it passes all"), name


def test_the_lesson_hangs_the_exhibits_as_they_are():
    lesson = cells("07_the_bug_museum.ipynb")
    for exhibit in EXHIBITS.values():
        assert inspect.getsource(exhibit.code).strip() in lesson, exhibit.name


def test_fixes_are_diagnosed():
    assert "Not attempted yet" in diagnose_fix("Exhibit2", EXHIBITS["Exhibit2"].code)

    class StillThere(Layer):  # the same fault, told in other words
        def forward(self, x, mask):
            mask = mask.expand_as(x)
            count = self.count(mask)
            new_mask = (count > 0).to(x.dtype)
            window = torch.ones(self.kernel_size).sum()
            y = self.convolve(torch.where(mask > 0, x, 0)) / count.clamp(min=1) * window + self.b
            return y * new_mask, new_mask

    assert EXHIBITS["Exhibit2"].fault in diagnose_fix("Exhibit2", StillThere)
    assert "now has the fault of Exhibit2" in diagnose_fix("Exhibit1", StillThere)
    text = diagnose_fix("Exhibit3", lambda *arguments, **options: None)
    assert "12 of 12 tests fail" in text and "TypeError" in text
    assert "its name without brackets" in diagnose_fix("Exhibit3", 5)
    with pytest.raises(ValueError, match="the exhibits are Exhibit1"):
        diagnose_fix("Exhibit99", StillThere)


def test_matches_are_diagnosed(capsys):
    check_matches({name: catching(name)[0] for name in EXHIBITS})
    out = capsys.readouterr().out
    assert out.endswith(f"Right: {len(EXHIBITS)} of {len(EXHIBITS)} matched.\n") and "Not attempted" not in out
    check_matches({"Exhibit1": "all_valid", "Exhibit5": "float64", "Exhibit8": None})
    out = capsys.readouterr().out
    assert "Exhibit1: all_valid catches it, but a shorter test does too" in out
    assert "Exhibit5: float64 passes: it cannot see this fault" in out
    assert "Not attempted yet: Exhibit2" in out and "Not yet: 0 of 19" in out
    for answers in ({"Exhibit99": None}, {"Exhibit1": "bins_in_order"}):
        with pytest.raises(ValueError, match=r"the exhibits are|choose from"):
            check_matches(answers)


def test_the_explorer():
    explorer = MuseumExplorer("Exhibit4")
    assert "class Exhibit4" in explorer.page.value and "def all_valid" in explorer.page.value
    explorer.test.value = "half_a_window_with_a_bias"
    explorer.button.click()
    assert "Exhibit4 is caught: 2 · 2/1 + 1 is 5" in explorer.verdict.value
    assert "course&#x27;s own code passes" in explorer.verdict.value
    explorer.exhibit.value = "Exhibit5"
    assert explorer.test.value == "half_a_window_with_a_bias" and explorer.verdict.value == ""
    explorer.exhibit.value = "Exhibit19"
    assert explorer.test.value == "one_bin_each" and "def exhibit19" in explorer.page.value
    explorer.button.click()
    assert "Exhibit19 is caught" in explorer.verdict.value
    assert repr(explorer) == "MuseumExplorer(Exhibit19, one_bin_each)"
    bundle = explorer._repr_mimebundle_()
    assert "def exhibit19" in bundle["text/html"] and "0x" not in bundle["text/plain"]


def test_every_name_is_documented():
    for name in bug_museum.__all__:
        value = getattr(bug_museum, name)
        assert not callable(value) or value.__doc__, name
    assert all(exhibit.symptom.endswith(".") and not exhibit.fault.endswith(".") for exhibit in EXHIBITS.values())
    assert all(hasattr(tests, test) for names in KINDS.values() for test in names)
