"""`evaluate` prints numbers for any set of rows, and only shipped methods are stored in the package."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from pconv_edu.experiments.evaluate import plots, report, scores
from pconv_edu.experiments.evaluate.measures import COLUMNS

METHODS = [*scores.CLASSICAL, "l1"]
BINS = ["0.1–0.2", "0.2–0.3"]


def rows(holes, bins=BINS, photos=3, methods=METHODS):
    """Rows of methods, the later the better: photo k has k more."""
    return pd.DataFrame(
        {"method": name, "holes": kind, "bin": bin_, "photo": f"photo {photo}", "radius": 9}
        | dict.fromkeys(COLUMNS, 0.1 + number + photo)
        for number, name in enumerate(methods)
        for kind in holes
        for bin_ in bins
        for photo in range(photos)
    )


@pytest.mark.parametrize("holes", ["N", "B", "NB"])
@pytest.mark.parametrize("bins", [BINS[:1], BINS])
@pytest.mark.parametrize("photos", [1, 3])
def test_every_heading_has_numbers(holes, bins, photos):
    found = list(report.tables(rows(holes, bins, photos)))
    compared = [text for text in found if text.startswith("l1 − the best of")]
    assert len(compared) == (len(holes) if photos > 1 else 0)
    assert [re.search(r"\((.)\)", text)[1] for text in compared] == (list(holes) if photos > 1 else [])
    for text in compared:
        lines = text.splitlines()[1:]
        assert [line.split()[:2] for line in lines] == [[bin_, "+1.00"] for bin_ in bins]
    for text in found[:12]:
        values = [line.split()[1:] for line in text.splitlines() if line.split()[0] in METHODS]
        assert len(values) == len(METHODS) and all(len(line) == len(bins) * len(holes) for line in values)
        assert np.isfinite(np.array(values, float)).all()
    assert any("two or more" in text for text in found) == (photos == 1)


@pytest.mark.parametrize("holes", ["N", "B", "NB"])
def test_a_plot_for_each_kind_of_holes(holes, tmp_path):
    report.draw(rows(holes, photos=1), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        f"{what}_{kind}.png" for what in ("ratio", "depth") for kind in holes
    }


@pytest.mark.filterwarnings("error")
def test_a_fill_that_is_right_to_the_bit(tmp_path):
    """Its PSNR is infinite, which raises no warning."""
    perfect = rows("N")
    perfect.loc[perfect.method == "l1", "psnr_hole"] = np.inf
    perfect.loc[perfect.method == "l1", [name for name in COLUMNS if name.startswith("mse")]] = 0
    text = "\n".join(report.tables(perfect))
    assert re.search(r"^l1 +inf +inf$", text, re.MULTILINE) and "+inf  [" in text
    report.draw(perfect, tmp_path)


@pytest.mark.parametrize("options", [{"save": True}, {"stored": True}])
def test_a_run_never_reaches_what_ships(options, tmp_path, monkeypatch):
    monkeypatch.setattr(scores, "STORED", tmp_path / "stored")
    run = tmp_path / "l1-seed2"
    run.mkdir()
    (run / "weights.safetensors").touch()
    with pytest.raises(ValueError, match="methods that ship, and no others" if "save" in options else "no rows of"):
        report.evaluate(["l1", str(run)], **options)
    assert not (tmp_path / "stored").exists()


@pytest.mark.parametrize("folder", ["", "hole_ratio", "ablations/../hole_ratio/new"])
def test_the_folder_of_what_ships_is_refused(folder, monkeypatch):
    monkeypatch.setattr(report.cases, "course_cases", lambda quick: pytest.fail("the experiment has begun"))
    before = sorted(report.RESULTS.rglob("*"))
    with pytest.raises(ValueError, match="where the package keeps the rows that ship: give --out another folder"):
        report.evaluate(["mean"], out=report.RESULTS / folder)
    assert sorted(report.RESULTS.rglob("*")) == before


# ---- plots


def test_a_run_looks_like_no_method_that_ships():
    shipped = {color.lower() for color in plots.COLORS.values()}
    others = [plots.style(name, ["my-l1", "my-course"])["color"].lower() for name in ("my-l1", "my-course")]
    assert len(set(others)) == 2 and not set(others) & shipped
    assert not {plots.style(f"net {number}")["color"].lower() for number in range(100)} & shipped
    assert plots.style("l1")["color"] == plots.COLORS["l1"]


def test_odd_names_are_in_the_legend():
    names = ["l1", "_hidden", "a$b$", "caf\udce9"]
    ax = plots.ratio_curves(rows("N", methods=names))
    texts = [text.get_text().strip() for text in ax.legend().get_texts()]
    assert texts == ["l1", "_hidden", r"a\$b\$", "caf?"]
    ax.figure.canvas.draw()
    plt.close(ax.figure)
