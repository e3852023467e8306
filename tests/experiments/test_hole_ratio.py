"""The experiment: its holes are what they are said to be, runs go on where they stopped, stored rows come back."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import pconv_edu.__main__ as command_line
from pconv_edu import inpaint
from pconv_edu.core import RATIO_BINS, hole_radius, hole_ratio, l1, load_photo, psnr, read_image, ssim, write_image
from pconv_edu.experiments import hole_ratio as experiment
from pconv_edu.experiments import hole_shapes, measures, processes, report, scores
from pconv_edu.inpainters.inpaint import NETWORKS

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def cases():
    return experiment.cases()


@pytest.fixture
def few(cases, monkeypatch):
    """Three cases: small enough to run often."""
    chosen = [case for case in cases if case.holes == "N"][:40:15]
    monkeypatch.setattr(experiment, "cases", lambda quick=False: chosen)
    return chosen


# ---- the cases


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


@given(count=st.integers(1, 8), side=st.integers(1, 32))
@settings(deadline=None, max_examples=60)
def test_any_lattice(count, side):
    mask = hole_shapes.squares(count, side)
    assert hole_ratio(mask) == (count * side / 256) ** 2
    if count * side < 256 - 2 * count:  # with room between them and around
        assert hole_radius(mask) == (side + 1) // 2
    assert hole_ratio(hole_shapes.stripes(count, side)) == count * side / 256


@pytest.mark.parametrize("count, side", [(0, 4), (2, 0), (3, 100)])
def test_lattices_that_do_not_fit_are_refused(count, side):
    with pytest.raises(ValueError, match="does not fit into 256 px"):
        hole_shapes.squares(count, side)


# ---- the measures


def test_measures_are_the_metrics(cases):
    case = cases[40]
    filled = inpaint(case.image, case.mask, "telea")
    found = measures.Truth(case.image, case.mask).measure(filled)
    for name, function in (("psnr", psnr), ("ssim", ssim), ("l1", l1)):
        assert found[f"{name}_hole"] == function(filled, case.image, case.mask)
        assert found[f"{name}_whole"] == function(filled, case.image)
    assert found["vgg_hole"] > found["vgg_whole"] > 0 and found["efficientnet_hole"] > found["efficientnet_whole"] > 0
    perfect = measures.Truth(case.image, case.mask).measure(case.image)
    assert perfect["vgg_hole"] == perfect["efficientnet_hole"] == perfect["texture_hole"] == perfect["l1_hole"] == 0


def test_errors_by_depth_by_hand():
    """A square hole of 8 px has radius 4: rings of 28 and 20 px, and 16 deeper ones. Errors: 0.1 and 0.2."""
    photo, mask = np.full((32, 32, 3), 0.5, np.float32), np.ones((32, 32), bool)
    mask[8:16, 8:16] = False
    filled = photo.copy()
    filled[8:16, 8:16] = 0.6
    filled[10:14, 10:14] = 0.7
    found = measures.Truth(photo, mask).measure(filled)
    assert found["mse_2"] == pytest.approx(0.01) and found["mse_4"] == pytest.approx(0.04)
    assert [found[name] for name in measures.DEPTHS if name not in ("mse_2", "mse_4")] == [None] * 5


# ---- running


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_goes_on_where_it_stopped(few, tmp_path):
    assert experiment.run(few, ["mean", "telea"], tmp_path / "whole", workers=1, progress=False) == 6
    assert experiment.run(few[:2], ["telea"], tmp_path / "cut", workers=1, progress=False) == 2
    whole, cut = (tmp_path / name / "telea.csv" for name in ("whole", "cut"))
    cut.write_text(cut.read_text(encoding="utf-8")[:-30], encoding="utf-8")  # killed in the middle of a line
    assert experiment.run(few, ["telea"], tmp_path / "cut", workers=1, progress=False) == 2
    assert cut.read_bytes() == whole.read_bytes() and len(read(whole)) == 3
    assert experiment.run(few, ["telea"], tmp_path / "cut", workers=1, progress=False) == 0


def test_two_processes_give_the_same_rows(few, tmp_path):
    for workers in (1, 2):
        experiment.run(few, ["navier-stokes", "patchmatch"], tmp_path / str(workers), workers, progress=False)
    for name in ("navier-stokes.csv", "patchmatch.csv"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_rows_of_other_pixels_or_weights_are_computed_again(few, tmp_path):
    experiment.run(few, ["mean", "telea"], tmp_path, workers=1, progress=False)
    mask = few[0].mask.copy()
    mask[100, 100] ^= True
    changed = [few[0]._replace(mask=mask), *few[1:]]
    assert experiment.run(changed, ["mean"], tmp_path, workers=1, progress=False) == 1
    assert len(read(tmp_path / "mean.csv")) == 3
    marks = json.loads((tmp_path / "methods.json").read_text(encoding="utf-8"))
    (tmp_path / "methods.json").write_text(json.dumps(marks | {"telea": "other"}), encoding="utf-8")
    assert experiment.run(few, ["telea"], tmp_path, workers=1, progress=False) == 3
    assert json.loads((tmp_path / "methods.json").read_text(encoding="utf-8")) == {"mean": "", "telea": ""}


def make_run(run):
    """A finished run with the weights of `l1`."""
    from safetensors.torch import save_file

    from pconv_edu.nn import load_weights
    from pconv_edu.nn.run_folder import RECIPE, WEIGHTS
    from pconv_edu.nn.weights import cards

    run.mkdir(parents=True)
    save_file(load_weights("l1").state_dict(), run / WEIGHTS)
    (run / RECIPE).write_text(json.dumps(cards()["l1"]["recipe"]), encoding="utf-8")
    return run


def test_a_training_run_is_a_method(few, tmp_path):
    run = make_run(tmp_path / "my_run")
    experiment.run(few[:1], [str(run), "l1", f"{run}/"], tmp_path / "out", workers=1, progress=False)
    mine, shipped = (read(tmp_path / "out" / f"{name}.csv") for name in ("my_run", "l1"))
    assert mine == shipped
    assert len(json.loads((tmp_path / "out" / "methods.json").read_text(encoding="utf-8"))["my_run"]) == 12


def test_a_run_with_the_name_of_a_shipped_method_changes_nothing(few, tmp_path):
    experiment.run(few[:1], ["l1"], tmp_path / "out", workers=1, progress=False)
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    for run in (make_run(tmp_path / "runs" / "l1"), make_run(tmp_path / "runs" / "L1+Noise")):
        for together in ([run], ["l1", run], [run, "l1"]):
            with pytest.raises(ValueError, match="has the name of the method l1"):
                experiment.run(few, together, tmp_path / "out", workers=1, progress=False)
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_a_broken_run_is_refused_before_anything_is_measured(few, tmp_path):
    run = make_run(tmp_path / "net")
    (run / "recipe.json").unlink()
    with pytest.raises(ValueError, match="net: the network of this run cannot be read"):
        experiment.run(few, ["mean", run], tmp_path / "out", workers=1, progress=False)
    assert not (tmp_path / "out").exists()


def test_ctrl_c_says_what_is_kept_and_how_to_resume(few, tmp_path, monkeypatch):
    def stopped(function, jobs, workers):
        yield 0, function(*jobs[0])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(processes, "results", stopped)
        with pytest.raises(KeyboardInterrupt, match=r"stopped after 1 of 3 fills.*out.* the same command resumes"):
            experiment.run(few, ["mean"], tmp_path / "out", progress=False)
    assert len(read(tmp_path / "out" / "mean.csv")) == 1
    assert experiment.run(few, ["mean"], tmp_path / "out", workers=1, progress=False) == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal for a group of processes")
def test_ctrl_c_ends_all_processes_with_one_sentence(own, tmp_path):
    """In a terminal Ctrl-C reaches every process of the command."""
    table = tmp_path / "out" / "exemplar.csv"
    command = [sys.executable, "-m", "pconv_edu", "evaluate", "exemplar", "--photos", own[0], "--workers", "2"]
    command = [*command, "--out", tmp_path / "out"]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True, start_new_session=True) as process:
        while process.poll() is None and not (table.exists() and table.read_text(encoding="utf-8").count("\n") > 1):
            time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        printed, errors = process.communicate(timeout=120)  # until the last process has closed its stderr
    kept = len(read(table))
    assert printed == "" and 0 < kept < 24 and process.returncode in (130, -signal.SIGINT)
    [line] = errors.splitlines()
    assert line.startswith("python -m pconv_edu evaluate: stopped after ") and f"kept in {tmp_path / 'out'};" in line


# ---- photos and holes of one's own


@pytest.fixture
def own(tmp_path):
    photos, holes = tmp_path / "photos", tmp_path / "holes"
    for folder in (photos / "inner", holes):
        folder.mkdir(parents=True)
    write_image(photos / "wide.png", load_photo("gc-animal-koala", (120, 200)))
    write_image(photos / "inner" / "large.jpg", load_photo("gc-animal-hedgehog", 300))
    (photos / "broken.jpg").write_bytes(b"no image")
    for name, (start, side) in {"n": (0, 220), "b": (100, 200), "tiny": (60, 20)}.items():
        hole = np.zeros((400, 400), np.float32)
        hole[start : start + side, start : start + side] = 1
        write_image(holes / f"{name}.png", hole)
    return photos, holes


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
    with pytest.raises(FileNotFoundError, match="is no folder"):
        experiment.own_cases(tmp_path / "nowhere")


def test_masks_of_one_kind_and_a_photo_with_an_odd_name(own, tmp_path):
    """Holes B only; nothing is printed without numbers, and what is left out is said."""
    photos, holes = own
    (holes / "n.png").unlink()
    write_image(holes / "another.png", read_image(holes / "b.png"))
    (photos / "train").mkdir()
    (photos / "wide.png").rename(photos / "train" / "a, 'b' $c$ −.png")
    text = report.evaluate(["mean", "telea"], photos=photos, holes=holes, out=tmp_path / "out", workers=1)
    tables, remarks = text.split("\n\n")[:-1], text.split("\n\n")[-1]
    assert len(tables) == 12
    for table in tables:
        _, bins, kinds, *lines = table.splitlines()
        assert bins.split() == ["bin", "0.2–0.3"] and kinds.split() == ["holes", "B"]
        assert [line.split()[0] for line in lines] == ["mean", "telea"] and float(lines[0].split()[1]) >= 0
    assert "1 masks were not used" in remarks and "only the subfolder train was searched" in remarks
    assert {path.name for path in (tmp_path / "out").glob("*.png")} == {"ratio_B.png", "depth_B.png"}
    assert "no holes for: N 0.01–0.1" in remarks and "tiny.png" in remarks


def test_a_run_in_this_folder_with_the_name_of_a_method_is_mentioned(few, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_run(tmp_path / "mean")
    text = report.evaluate(["mean"], out="out", workers=1)
    assert "mean is the method that ships. The run in the folder mean was not measured: rename it" in text


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


def test_the_command(few, own, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_QUIET", "1")
    folder = tmp_path / "out"
    command_line.main(["evaluate", "mean", "telea", "--out", str(folder), "--workers", "1"])
    shown = capsys.readouterr().out
    assert "PSNR, dB, hole alone" in shown and "EfficientNet" in shown and "− the best" not in shown
    assert {p.name for p in folder.iterdir()} >= {"telea.csv", "methods.json", "tables.txt", "ratio_N.png"}
    photos, holes = map(str, own)
    command_line.main(
        ["evaluate", "mean", "--photos", photos, "--holes", holes, "--out", str(folder), "--workers", "1"]
    )
    shown = capsys.readouterr().out
    assert shown.splitlines()[1].split() == ["bin", "0.2–0.3", "0.3–0.4"] and "skipped: " in shown


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["magic"], "magic: no such method and no folder with a finished run; there are mean"),
        (["--stored", "--quick"], "the whole experiment on the course's own photos"),
        (["--stored", "--quick"], "the whole experiment on the course's own photos"),
        (["--photos", "nowhere"], "nowhere"),
        (["magic", "--photos", ""], "the name of the folder is empty"),
        (["magic", "--holes", " "], "the name of the folder is empty"),
        (["magic", "--out", ""], "the name of the folder is empty"),
        (["magic", "--workers", "0"], "0 is not a whole number from 1 up"),
        (["magic", "--workers", "-2"], "-2 is not a whole number from 1 up"),
        (["magic", "--workers", "two"], "two is not a whole number from 1 up"),
        (["--threshold", "0.5"], "--threshold is a number between 0 and 1, such as 0.5, for the masks in --holes"),
        (["--holes", "masks", "--threshold", "128"], "--threshold is a number between 0 and 1"),
        (["mean", "--quick", "--out", __file__], "test_hole_ratio.py is a file; the rows need a folder"),
        (["--stored", "superres"], "no rows of superres in"),
    ],
)
def test_wrong_arguments(arguments, says, capsys):
    with pytest.raises(SystemExit) as stopped:
        command_line.main(["evaluate", *arguments])
    assert says in f"{stopped.value} {capsys.readouterr().err}"


# ---- what is stored


@pytest.fixture(scope="module")
def stored():
    return scores.load()


def test_stored_rows_are_whole(stored, cases):
    """Every method has every case, the second seed and the controls at least those of the table; with the holes and
    photos of today and the weights that ship."""
    marks = json.loads((scores.STORED / "methods.json").read_text(encoding="utf-8"))
    assert set(marks) == {*inpaint.METHODS, "l1-seed2", *experiment.CONTROLS}
    assert all(marks[name] == experiment.fingerprint(name) for name in set(marks) - {"l1-seed2"})
    hashes = {case[:3]: experiment.describe(case)["hash"] for case in cases}
    for name, part in stored.groupby("method"):
        keys = list(part[list(experiment.KEYS)].itertuples(index=False, name=None))
        assert len(set(keys)) == len(keys), name
        wanted = hashes if name in inpaint.METHODS else {key for key in hashes if key[0] in "NB"}
        assert set(wanted) <= set(keys) <= set(hashes), name
        assert all(hashes[key] == mark for key, mark in zip(keys, part.hash, strict=True)), name
    finite = stored[[name for name in measures.COLUMNS if name not in measures.DEPTHS]]
    assert np.isfinite(finite).all(axis=None)


@pytest.mark.parametrize("method", ["navier-stokes", "patchmatch", *NETWORKS])
def test_stored_rows_come_back(stored, cases, method):
    kept = stored[stored.method == method].set_index(list(experiment.KEYS))
    for case in cases[7:360:88]:
        [(_, row)] = experiment.answer(case, experiment.describe(case), [method])
        was = kept.loc[case[:3]]
        assert float(row["psnr_hole"]) == pytest.approx(was.psnr_hole, abs=0.05), case[:3]
        for name in ("ssim_hole", "vgg_hole", "efficientnet_hole", "efficientnet_whole", "texture_hole"):
            assert float(row[name]) == pytest.approx(was[name], rel=0.02, abs=0.002), (case[:3], name)


def test_the_control_adds_the_same_grey_noise_every_time(few):
    plain, noisy, again = (experiment.fill(few[0], name) for name in ("l1", "l1+noise", "l1+noise"))
    hole = ~few[0].mask
    assert np.array_equal(noisy, again) and np.array_equal(noisy[few[0].mask], few[0].image[few[0].mask])
    added = (noisy - plain)[hole]
    inside = ((noisy > 0) & (noisy < 1)).all(-1)[hole]
    assert np.allclose(added[inside], added[inside][:, :1], atol=1e-6)  # grey
    assert added[inside].std() == pytest.approx(0.02, rel=0.1) and abs(added[inside].mean()) < 0.002
    elsewhere = few[0]._replace(photo=few[1].photo, image=few[1].image)
    other = experiment.fill(elsewhere, "l1+noise") - experiment.fill(elsewhere, "l1")
    assert abs(np.corrcoef((noisy - plain)[hole].mean(1), other[hole].mean(1))[0, 1]) < 0.1
    assert experiment.fingerprint("l1+noise") == f"0.02 {experiment.fingerprint('l1')}"


def test_saving_stores_the_scores_of_networks_in_their_cards(few, monkeypatch, tmp_path):
    written = {}
    monkeypatch.setattr(scores, "STORED", tmp_path)
    monkeypatch.setattr(report, "write_scores", written.__setitem__)
    report.evaluate(["mean", "l1"], save=True, workers=1)
    [(title, means)] = written.pop("l1").items()
    assert not written and title == "psnr in the hole, dB, 30 test photos, holes N"
    kept = scores.load(tmp_path)
    by_bin = kept[kept.method == "l1"].groupby("bin").psnr_hole.mean().round(2)
    assert means == by_bin.to_dict() and len(means) == len({case.bin for case in few})


def test_rows_without_todays_measures_are_computed_again(few, tmp_path):
    experiment.run(few, ["mean"], tmp_path, workers=1, progress=False)
    path = tmp_path / "mean.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    names = [name for name in rows[0] if name != "texture_hole"]
    lines = [",".join(names), *(",".join(row[name] for name in names) for row in rows)]
    whole = path.read_text(encoding="utf-8")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert experiment.run(few, ["mean"], tmp_path, workers=1, progress=False) == len(few)
    assert path.read_text(encoding="utf-8") == whole
