"""The Python side of the curve sketch: state, errors, and what a reader without a kernel gets."""

import pytest
import traitlets

from pconv_edu.lessons.widgets import CurveSketch

TRUTH = {"one": [(10, 9, 11), (8, 7.5, 8.5)], "two": [(12, 11, 13), (11, 10, 12)]}
COLORS = {"one": "#1565C0", "two": "#D62728", "other": "#000000"}


def sketch(truth=TRUTH, limits=(6, 16)):
    return CurveSketch(["a", "b"], truth, COLORS, "hole ratio", "PSNR, dB", limits)


def test_its_state():
    made = sketch()
    assert made.names == ["one", "two"] and made.colors == ["#1565C0", "#D62728"]
    assert made.drawn == [[None, None], [None, None]] and not made.revealed and made.truth[1][0] == [12, 11, 13]
    assert repr(made) == "CurveSketch(one, two; 4 values to be drawn)"
    made.drawn = [[10.5, None], [6, 16]]
    assert repr(made).endswith("1 values to be drawn)")


@pytest.mark.parametrize("truth, limits", [({"one": TRUTH["one"][:1]}, (6, 16)), (TRUTH, (8, 16)), (TRUTH, (6, 12.5))])
def test_it_refuses(truth, limits):
    with pytest.raises(ValueError, match=r"for 2 columns|leaves the axis"):
        sketch(truth, limits)


def test_known_curves_are_part_of_the_state_and_must_fit():
    known = {"mean": [7.12345, 6.5]}
    made = CurveSketch(["a", "b"], TRUTH, COLORS, "hole ratio", "PSNR, dB", (6, 16), known)
    assert made.known == [["mean", [7.123, 6.5]]] and made.names == ["one", "two"] and sketch().known == []
    for wrong, message in (([7], "mean has 1 values for 2 columns"), ([7, 17], "mean leaves the axis from 6 to 16")):
        with pytest.raises(ValueError, match=message):
            CurveSketch(["a", "b"], TRUTH, COLORS, "hole ratio", "PSNR, dB", (6, 16), {"mean": wrong})


@pytest.mark.parametrize("drawn", [[[1]], [[7, 7]], [[7, 7], [7]], [[7, 7], [5, 7]], [[7, 7], [7, 17]]])
def test_a_refused_assignment_changes_nothing(drawn):
    made = sketch()
    with pytest.raises(traitlets.TraitError):
        made.drawn = drawn
    assert made.drawn == [[None, None], [None, None]]


def test_readers_without_scripts_find_the_truth_folded():
    data = sketch()._repr_mimebundle_()
    data = data[0] if isinstance(data, tuple) else data
    assert data["text/plain"].startswith("CurveSketch(one")
    before, after = data["text/html"].split("<details>")
    assert "12.0" not in before and "<td>12.0</td>" in after.split("</details>")[0]
