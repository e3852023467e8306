"""`pconv-edu evaluate`: what it prints, keeps and refuses."""

import pytest

import pconv_edu.__main__ as command_line
from pconv_edu.core import read_image, write_image
from pconv_edu.experiments.evaluate import report, scores

from .runs import make_run


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
        (["--photos", ""], "the name of the folder is empty"),
        (["--holes", " "], "the name of the folder is empty"),
        (["--out", ""], "the name of the folder is empty"),
        (["--workers", "0"], "0 is not a whole number from 1 up"),
        (["--workers", "-2"], "-2 is not a whole number from 1 up"),
        (["--workers", "two"], "two is not a whole number from 1 up"),
        (["--threshold", "0.5"], "--threshold is a number between 0 and 1, such as 0.5, for the masks in --holes"),
        (["--holes", "masks", "--threshold", "128"], "--threshold is a number between 0 and 1"),
        (["mean", "--quick", "--out", __file__], "test_command.py is a file; the rows need a folder"),
        (["--stored", "no-perceptual"], "no rows of no-perceptual in"),
    ],
)
def test_wrong_arguments(arguments, says, capsys):
    with pytest.raises(SystemExit) as stopped:
        command_line.main(["evaluate", *arguments])
    assert says in f"{stopped.value} {capsys.readouterr().err}"


def test_masks_of_one_kind_and_a_photo_with_an_odd_name(own, tmp_path):
    """With holes B only, no table without numbers is printed, and the report says what is left out."""
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
