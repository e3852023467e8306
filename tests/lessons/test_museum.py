"""The museum: every exhibit is caught, the course's own code passes, and learners' answers are judged correctly."""

import base64
import io
import re
import sys
import types
from dataclasses import replace
from pathlib import Path

import cv2
import nbformat
import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from pconv_edu.core import holes, image_files, load_photo, metrics
from pconv_edu.lessons import museum
from pconv_edu.lessons.figures import example_hole
from pconv_edu.lessons.museum import (
    EXHIBITS,
    KINDS,
    TESTS,
    check_fix,
    check_matches,
    museum_explorer,
    run,
    show_exhibit,
)
from pconv_edu.lessons.museum.answers import judge_fix
from pconv_edu.lessons.museum.card import MARKED, card_html, changes
from pconv_edu.lessons.museum.exhibit import catching
from pconv_edu.lessons.museum.kinds import course_count
from pconv_edu.lessons.museum.symptom import symptom
from pconv_edu.nn import PartialConv2d, partial_conv, unet

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def code_cells(name):
    cells = nbformat.read(NOTEBOOKS / name, as_version=4).cells
    return [cell.source for cell in cells if cell.cell_type == "code"]


LESSON, SOLUTIONS = code_cells("07_the_bug_museum.ipynb"), code_cells("solutions/07_solutions.ipynb")


def shortest(exhibit):
    return catching(exhibit.code, museum.tests_of(exhibit.kind))[0].name


def solved():
    """Return what the cells of the solutions pass to `check_matches` and to `check_fix`."""
    matches, fixes = {}, {}
    names = {}
    for source in SOLUTIONS:
        source = re.sub(r"from pconv_edu\.lessons\.museum import .*", "", source)
        names |= {"check_matches": matches.update, "check_fix": fixes.__setitem__}
        exec(source, names)
    return matches, fixes


MATCHES, FIXES = solved()


@pytest.mark.parametrize("test", TESTS.values(), ids=TESTS)
def test_our_own_code_passes(test):
    assert run(test, KINDS[test.kind].own).says == ""


@pytest.mark.parametrize("number", EXHIBITS)
def test_every_exhibit_is_caught_and_one_test_is_the_shortest(number):
    exhibit = EXHIBITS[number]
    caught = catching(exhibit.code, museum.tests_of(exhibit.kind))
    assert caught and sum(test.length == caught[0].length for test in caught) == 1
    assert MATCHES.get(number, shortest(exhibit)) == shortest(exhibit)  # exhibit 1 is matched in the lesson


def test_the_museum_is_rich():
    numbers = range(1, len(EXHIBITS) + 1)
    assert sorted(EXHIBITS) == list(numbers) and set(MATCHES) == set(numbers[1:])
    assert len({shortest(exhibit) for exhibit in EXHIBITS.values()}) >= 12
    assert len({str(museum.answers.pattern(e.code, museum.tests_of(e.kind))) for e in EXHIBITS.values()}) == len(
        EXHIBITS
    )


@pytest.mark.parametrize("number", FIXES)
def test_every_fix_passes(number, capsys):
    check_fix(number, FIXES[number])
    assert capsys.readouterr().out.startswith(f"Right: exhibit {number} passes all")


def test_the_lesson_shows_the_exhibits_as_they_are():
    assert set(FIXES) == set(MATCHES)
    for number, exhibit in EXHIBITS.items():
        cell = exhibit.source if number == 1 else f"{exhibit.source}\n\n\nshow_exhibit({number})"
        assert cell in LESSON
        assert len(exhibit.source.splitlines()) <= 15


# ---- the cards


@pytest.mark.parametrize("number", EXHIBITS)
def test_the_fix_of_an_exhibit_repairs_it(number):
    exhibit = EXHIBITS[number]
    names = dict(vars(sys.modules[exhibit.code.__module__]))
    exec(exhibit.repaired, names)
    fixed = names[exhibit.code.__name__]
    assert judge_fix(exhibit, fixed).startswith(f"Right: exhibit {number} passes all")


def test_a_card_marks_the_lines_that_differ():
    assert changes(EXHIBITS[5]) == [(11, ["        return y, new_mask"], ["        return y * new_mask, new_mask"])]
    assert all(sum(len(wrong) for _, wrong, _ in changes(exhibit)) in (1, 2, 3) for exhibit in EXHIBITS.values())
    page = show_exhibit(19).data
    assert page.count(MARKED) == 1 and "<details>" in page and "The bins include both of their ends" in page
    assert "low &lt;= ratio" in page and "+     return [sum(low &lt; ratio" in page
    with pytest.raises(ValueError, match="no exhibit has the number 20"):
        show_exhibit(20)
    with pytest.raises(ValueError, match="contains 'x' 6 times, not once"):
        replace(EXHIBITS[7], fix=(("x", "y"),)).repaired  # noqa: B018


@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        ("ε is too large.", "ε is"),
        ("b is added twice.", "b is"),
        ("sum(1) is too small.", "sum(1) is"),
        ("a mask is lost.", "A mask"),
        ("first, the mask is lost.", "First, the"),
    ],
)
def test_a_symbol_at_the_start_of_a_fault_is_not_capitalised(fault, shown):
    assert f"</pre>{shown}" in card_html(replace(EXHIBITS[5], fault=fault))


# ---- the same faults, planted in the course's own files

CONVOLVE = "y = F.conv2d(x, self.weight, None, self.stride,"
RESCALE = "y = (y * ratio).to(y.dtype)"
BIAS = "y = y + self.bias[:, None, None].to(y.dtype) * valid.to(y.dtype)"
COUNT = "count = count_windows(padded, self.kernel_size, self.stride, self.dilation)"
ALL_ONES = COUNT.replace(
    "count_windows(padded, self.kernel_size, self.stride, self.dilation)",
    "F.conv2d(padded.expand(-1, self.in_channels, -1, -1), torch.ones_like(self.weight), None, self.stride)[:, :1] "
    "/ self.in_channels",
)
CACHED = "self.kept = sum_M, sum_1 = getattr(self, 'kept', None) or self._count(masks, channels)"
PLAIN = "self.ones = getattr(self, 'ones', torch.ones(1, 1, *self.kernel_size)); "
PLAIN += "count = F.conv2d(padded.to(self.weight.dtype), self.ones, None, self.stride)"

LAYER_FAULTS = (  # exhibit, what stands in partial_conv.py, what is put there
    (1, "return sum_1 / sum_M", "return 1 / sum_M"),
    (2, "total, per_pixel = masks[0], 1", "total, per_pixel = masks[0] * self.in_channels, 1"),
    (3, BIAS, "y = (y + self.bias[:, None, None]) * ratio"),
    (4, RESCALE, "y = (y + self.bias[:, None, None]) * ratio\n        return y, new_mask"),
    (5, BIAS, "y = y + self.bias[:, None, None]"),
    (6, "F.pad(total, self._margins())", "F.pad(total, self._margins(), value=per_pixel)"),
    (7, "[select(x, mask) for", "[x * mask for"),
    (8, "sum_M.clamp(min=1).to(dtype)", "(sum_M.half() + 1e-8)"),
    (9, "sum_M.clamp(min=1).to(dtype)", "(sum_M.to(dtype) + 0.1)"),
    (10, COUNT, ALL_ONES),
    (11, COUNT, PLAIN),
    (12, "sum_M, sum_1 = self._count(masks, channels)", CACHED),
    (13, "masks = [mask.bool().float() for", "masks = [mask[:, :1].bool().float() for"),
)


def planted(module, right, wrong):
    """Return a module of the package, executed again with a fault planted in it."""
    source = Path(module.__file__).read_text(encoding="utf-8")
    assert source.count(right) == 1, "the file has changed: plant the fault elsewhere"
    faulty = types.ModuleType(module.__name__)
    faulty.__package__, faulty.__file__ = module.__package__, module.__file__
    exec(compile(source.replace(right, wrong), module.__file__, "exec"), vars(faulty))
    return faulty


@pytest.mark.parametrize("number, right, wrong", LAYER_FAULTS, ids=[f"exhibit {n}" for n, _, _ in LAYER_FAULTS])
def test_a_fault_in_our_layer_is_caught(number, right, wrong):
    layer = planted(partial_conv, right, wrong).PartialConv2d
    says = run(TESTS[shortest(EXHIBITS[number])], layer).says
    assert says and (number == 11 or "it stops with" not in says), says


def planted_block(right, wrong):
    block = planted(unet, right, wrong).Block
    return type("Block", (block,), {
        "__init__": lambda self, i, o: block.__init__(self, PartialConv2d, i, o, 3, activation=nn.ReLU()),
        "forward": lambda self, x, mask: block.forward(self, [x], [mask]),
    })  # fmt: skip


def planted_count(ratios):
    faulty = planted(holes, "if low < value <= high", "if low <= value < high")
    bins = [faulty.find_bin(ratio, faulty.RATIO_BINS) for ratio in ratios]
    return [bins.count(index) for index in range(6)]


OTHER_FAULTS = (
    (14, lambda: lambda path: 1 - image_files.read_image(path).mean(axis=2)),
    (15, lambda: lambda path: planted(image_files, "grey <= (0.5", "grey > (0.5").read_hole_image(path, 0.5)),
    (16, lambda: planted_block("self.activation(x), mask\n", "self.activation(x), masks[0]\n")),
    (17, lambda: planted_block("self.norm = nn.BatchNorm2d(out_channels) if norm else None", "self.norm = None")),
    (18, lambda: planted(metrics, "difference if mask is None else", "difference if True else").psnr),
    (19, lambda: planted_count),
)  # fmt: skip


@pytest.mark.parametrize("number, faulty", OTHER_FAULTS, ids=[f"exhibit {n}" for n, _ in OTHER_FAULTS])
def test_a_fault_around_our_layer_is_caught(number, faulty):
    says = run(TESTS[shortest(EXHIBITS[number])], faulty()).says
    assert says and "it stops with" not in says, says


def test_the_planted_faults_are_all_exhibits():
    assert [n for n, *_ in LAYER_FAULTS + OTHER_FAULTS] == list(EXHIBITS)
    assert course_count([0.1, 0.2, 0.2]) == [1, 2, 0, 0, 0, 0]


# ---- what the learner reads


def printed(capsys, answers):
    check_matches(answers)
    return capsys.readouterr().out.splitlines()


def test_matches_are_judged(capsys):
    lines = printed(capsys, {2: "flat picture", 3: "black picture", 4: "black picture", 5: None, 6: "grey values"})
    assert lines[0].startswith("exhibit 2: no. 'flat picture' passes on it and cannot see it: it has one channel")
    assert lines[1] == "exhibit 3: 'black picture' (48 characters) catches it, but a shorter test catches it too."
    assert lines[2].startswith("exhibit 4: right. The bias comes out changed: it gives 1.125")
    assert lines[3] == "exhibit 6: no. 'grey values' tests code of the kind 'mask file', and this exhibit is a 'layer'."
    assert lines[4:] == ["not attempted yet: exhibit 5", "1 of 5 are right."]
    assert printed(capsys, {2: None, 3: None}) == ["not attempted yet: exhibits 2, 3"]
    assert printed(capsys, MATCHES)[-1] == f"Right, {len(MATCHES)} of {len(MATCHES)}."
    for answers, says in (({2: "flat"}, "no test is called 'flat'; there are 'flat p"), ({99: None}, "no exhibit has")):
        with pytest.raises(ValueError, match=says):
            check_matches(answers)
    with pytest.raises(ValueError, match=f"no exhibit has the number True; there are 1 to {len(EXHIBITS)}"):
        check_fix(True, None)


class LargeEpsilon(nn.Conv2d):
    """The fault of exhibit 9, in other words."""

    def forward(self, x, mask):
        mask = mask.expand_as(x)
        x = torch.where(mask > 0, x, 0)
        ones = torch.ones_like(self.weight[:1])
        count = nn.functional.conv2d(mask, ones, None, self.stride, self.padding)
        y = nn.functional.conv2d(x, self.weight, None, self.stride, self.padding) * ones.numel() / (count + 0.1)
        new_mask = (count > 0).to(x.dtype)
        return (y + self.bias[:, None, None]) * new_mask, new_mask


class OldMask(PartialConv2d):
    def forward(self, x, mask):
        y, new_mask = super().forward(x, mask)
        return y, torch.ones_like(new_mask)


class NoStride(PartialConv2d):
    def __init__(self, *arguments, stride=1, **options):
        super().__init__(*arguments, **options)


def layer_that(returns):
    return type("Layer", (nn.Conv2d,), {"forward": lambda self, x, mask: returns(self, x, mask)})


def fails(*_):
    raise KeyError("mask\nand more lines")


@pytest.mark.parametrize(
    "number, fixed, says",
    [
        (4, EXHIBITS[4].code, "Exhibit 4: not attempted yet, the code is unchanged."),
        (9, LargeEpsilon, "Exhibit 9, not yet: the fault of this exhibit is still there.\nTest 'flat picture': "),
        (8, LargeEpsilon, "Exhibit 8, not yet: the code now has the fault of exhibit 9: ε is large enough"),
        (8, EXHIBITS[5].code, "the code now has the fault of exhibit 5: b is added in empty windows too"),
        (3, OldMask, "Exhibit 3, not yet: 1 of 12 tests fail: plain loops.\nTest 'plain loops': It does not compute"),
        (3, NoStride, "plain loops.\nTest 'plain loops': It does not compute what the loops compute: its shape"),
        (2, layer_that(lambda *_: None), "Exhibit 2, not yet: it returns nothing: is the `return` missing?"),
        (2, layer_that(lambda _, x, mask: x), "it returns Tensor of shape (1, 2, 7, 7) instead of two tensors"),
        (2, layer_that(lambda _, x, mask: (x, mask)), "it returns 2 values, Tensor of shape (1, 2, 7, 7) and Tensor"),
        (2, layer_that(fails), "Exhibit 2, not yet: it stops with KeyError: 'mask\\nand more lines'."),
        (2, nn.Conv2d(1, 1, 3), "pass the class itself: its name, without brackets or quotes."),
        (2, "Exhibit2", "pass the class itself"),
        (2, None, "pass the class itself"),
        (19, nn.Conv2d, "pass the function itself"),
        (14, lambda path: None, "it returns nothing"),
        (14, lambda path: [[1], [1, 2]], "it returns a list of length 2 instead of one array (H, W)."),
        (18, lambda *_: "20 dB", "2 of 2 tests fail"),
        (19, lambda ratios: [1, 2], "it returns a list of length 2 instead of a list of six numbers"),
        (16, layer_that(lambda *_: {}), "Exhibit 16, not yet: it stops with TypeError"),
    ],
)  # fmt: skip
def test_fixes_are_judged(number, fixed, says):
    assert says in judge_fix(EXHIBITS[number], fixed)


def test_runs_are_the_same_every_time_and_leave_no_trace():
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    first, second = (run(TESTS["plain loops"], EXHIBITS[2].code) for _ in range(2))
    assert first == second and not first.passed
    assert torch.equal(before, torch.random.get_rng_state())
    assert run(TESTS["flat picture"], None).says.startswith("The mean of a flat picture comes out wrong: it stops")


# ---- the explorer


def test_the_explorer_follows_its_controls():
    explorer = museum_explorer()
    assert "Predict, then run." in explorer.result.value and "class Exhibit1" in explorer.sources.value
    explorer.button.click()
    assert "Exhibit 1 fails. The mean of a flat" in explorer.result.value
    assert "own code passes." in explorer.result.value
    explorer.test.value = "black picture"
    assert "Predict, then run." in explorer.result.value and "def black_picture" in explorer.sources.value
    explorer.button.click()
    assert "Exhibit 1 passes." in explorer.result.value
    explorer.exhibit.value = 19
    assert explorer.test.options == ("inside a bin", "on an edge") and "def exhibit19" in explorer.sources.value
    explorer.exhibit.value = 4
    assert explorer.test.value == "flat picture" and "def flat_picture" in explorer.sources.value


def test_the_explorer_reads_without_a_kernel():
    explorer = museum_explorer(14, "grey values")
    explorer.run()
    data = explorer._repr_mimebundle_()
    assert data["text/plain"].startswith("MuseumExplorer(exhibit 14, test 'grey values': Exhibit 14 fails.")
    assert "def exhibit14" in data["text/html"] and "def grey_values" in data["text/html"]
    assert "0x" not in data["text/plain"] and "widget-view" not in data["text/html"]


def test_the_explorer_shows_its_errors(monkeypatch):
    explorer = museum_explorer()
    monkeypatch.setattr(museum.explorer, "run", fails)
    explorer.button.click()
    assert 'role="alert">KeyError' in explorer.result.value
    with pytest.raises(ValueError, match="'on an edge' tests code of the kind 'bins', exhibit 2 is a 'layer'"):
        museum_explorer(2, "on an edge")


def test_every_name_is_documented():
    for name in museum.__all__:
        assert (getattr(museum, name).__doc__ or "").strip(), name
    for test in TESTS.values():
        assert test.asks.endswith(".") and not test.says.endswith(".") and not test.cannot_see.endswith(".")
        assert len(f"{test.length:4}  {test.name:21}  {test.asks}") <= 95


def test_cards_show_what_a_photo_shows_of_a_fault():
    seen = [number for number, exhibit in EXHIBITS.items() if symptom(exhibit)]
    assert seen == [1, 2, 3, 4, 5, 6]
    right, found = symptom(EXHIBITS[5])  # the bias is added in empty windows too
    assert (right == 0).all(axis=2).any() and not (found == 0).all(axis=2).any()
    assert np.allclose(right, blurred_by_loops(), atol=1e-4)
    for number, exhibit in EXHIBITS.items():
        pictures = re.findall(r'<img alt="([^"]+)"[^>]* src="data:image/jpeg;base64,([^"]+)"', card_html(exhibit))
        assert len(pictures) == (2 if number in seen else 0)
        for (alt, data), name in zip(pictures, ("the right layer", f"exhibit {number}"), strict=False):
            assert alt.endswith(name)
            with Image.open(io.BytesIO(base64.b64decode(data))) as image:
                assert image.size == (128, 128)


def blurred_by_loops():
    """The photo after the right layer, from the mean of the valid values of each window."""
    photo, mask = load_photo("gc-animal-scarlet-macaw", 256), example_hole()
    sums, counts = (
        cv2.boxFilter(np.float64(a), -1, (21, 21), normalize=False, borderType=cv2.BORDER_CONSTANT)
        for a in (photo * mask[..., None], mask)
    )
    counts = counts.round()[..., None]
    return np.where(counts > 0, sums / np.maximum(counts, 1) + 0.15, 0).clip(0, 1)
