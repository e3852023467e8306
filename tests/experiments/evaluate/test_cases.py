"""The photos and holes of the experiment are what they are said to be, the course's and those of a folder."""

import numpy as np
import pytest

from pconv_edu.core import RATIO_BINS, hole_radius, hole_ratio, load_photo, write_image
from pconv_edu.experiments import evaluate as experiment


def test_the_table_of_the_article(cases):
    table = [case for case in cases if case.holes in "NB"]
    assert len(table) == 2 * 6 * 30
    by_bin = {experiment.label(bin_): bin_ for bin_ in RATIO_BINS}
    for case in table:
        low, high = by_bin[case.bin]
        assert low < hole_ratio(case.mask) <= high and case.image.shape == (256, 256, 3)
        inner = case.mask.copy()
        inner[25:-25, 25:-25] = True
        assert case.holes == "N" or inner.all()
    kinds = {(case.holes, case.bin) for case in table}
    assert all(len({c.photo for c in table if (c.holes, c.bin) == kind}) == 30 for kind in kinds)


def test_lattices_keep_the_ratio_and_change_the_radius(cases):
    ratios = {"1/16": 1 / 16, "1/4": 1 / 4, "9/16": 9 / 16}
    lattices = [case for case in cases if case.holes in ("squares", "stripes")]
    assert len({(case.holes, case.bin) for case in lattices}) == 14 and len(lattices) == 14 * 30
    for case in lattices:
        ratio, radius = case.bin.removesuffix(" px").split(", ")
        assert hole_ratio(case.mask) == ratios[ratio] and hole_radius(case.mask) == int(radius)


def test_blobs_have_one_ratio_and_two_radii(cases):
    many, four = ([c for c in cases if c.bin == f"1/4, {n} blobs"] for n in (64, 4))
    assert all(0.24 <= hole_ratio(case.mask) <= 0.26 for case in many + four)
    assert max(hole_radius(c.mask) for c in many) < min(hole_radius(c.mask) for c in four)
    assert len({case.mask.tobytes() for case in many}) > 25  # not one for all


def test_the_border_changes_nothing_else(cases):
    middle, edge = ([c for c in cases if c.holes == kind] for kind in ("middle", "edge"))
    for m, e in zip(middle, edge, strict=True):
        assert m.photo == e.photo and np.array_equal(m.image[~m.mask], e.image[~e.mask])
        assert hole_radius(m.mask) == hole_radius(e.mask) == 48 and not e.mask[128, 0]


def test_own_photos_and_holes(own):
    cases, remarks = experiment.own_cases(*own)
    assert [(c.holes, c.bin, c.photo) for c in cases] == [
        ("B", "0.2–0.3", "inner/large.jpg"),
        ("B", "0.2–0.3", "wide.png"),
        ("N", "0.3–0.4", "inner/large.jpg"),
        ("N", "0.3–0.4", "wide.png"),
    ]
    assert all(c.image.shape == (256, 256, 3) and c.image.min() >= 0 and c.image.max() <= 1 for c in cases)
    assert cases[0].image.mean() == pytest.approx(load_photo("gc-animal-hedgehog", 300).mean(), abs=0.01)
    assert not cases[2].mask[0, 0] and cases[2].mask[200, 200]
    text = "\n".join(remarks)
    assert (
        "broken.jpg" in text
        and "tiny.png has the hole ratio 0.003, which is in no bin" in text
        and "no holes for: N 0.01–0.1" in text
    )


def test_folders_with_nothing_of_use(own, tmp_path):
    photos, holes = own
    for path in [*photos.rglob("*.png"), *photos.rglob("*large.jpg"), holes / "n.png", holes / "b.png"]:
        path.unlink()
    with pytest.raises(ValueError, match=r"no image in .* can be read.*broken\.jpg"):
        experiment.own_cases(photos)
    with pytest.raises(ValueError, match=r"no mask in .* can be used.*tiny\.png"):
        experiment.own_cases(holes=holes)
    with pytest.raises(FileNotFoundError, match="does not exist; give a folder"):
        experiment.own_cases(tmp_path / "nowhere")


def test_a_look_at_photos_of_ones_own_takes_the_kind_of_holes_that_there_is(cases):
    for kind in "NB":
        of_kind = [case for case in cases if case.holes == kind]
        few = experiment.only_few(of_kind)
        assert len({case.photo for case in few}) == 4 and {case.bin for case in few} == {case.bin for case in of_kind}


def test_a_mask_can_have_a_threshold(own):
    photos, holes = own
    soft = np.full((400, 400), 0.2, np.float32)
    soft[100:300, 100:300] = 0.7
    write_image(holes / "b.png", soft)
    assert {case.holes for case in experiment.own_cases(photos, holes)[0]} == {"N"}
    assert {case.holes for case in experiment.own_cases(photos, holes, threshold=0.5)[0]} == {"N", "B"}


def test_advice_about_masks_names_the_option_of_the_command(tmp_path):
    write_image(tmp_path / "grey.png", np.tile(np.linspace(0, 1, 64), (64, 1)))
    with pytest.raises(ValueError, match=r"give --threshold 0\.5") as refusal:
        experiment.own_cases(holes=tmp_path)
    assert "threshold=" not in str(refusal.value)
