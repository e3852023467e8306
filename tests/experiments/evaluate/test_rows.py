"""Rows are kept only if they are complete and belong to these pixels and weights. Other files are not touched."""

import json

import pytest

from pconv_edu.experiments.evaluate import scores
from pconv_edu.experiments.evaluate.cases import KEYS
from pconv_edu.experiments.evaluate.measures import COLUMNS
from pconv_edu.experiments.evaluate.rows import METHODS, Rows, read_rows, write_rows

CASES = [("N", "0.1–0.2", "a.png"), ("N", "0.1–0.2", "b.png"), ("B", "0.2–0.3", "a.png")]


def row(key, **changes):
    return (
        dict(zip(KEYS, key, strict=True))
        | {"ratio": "0.15", "radius": "9", "hash": "h"}
        | dict.fromkeys(COLUMNS, "0.5")
        | changes
    )


def write(folder, name, rows, mark=""):
    """A folder with the rows of a method, as an earlier run has left them."""
    folder.mkdir(exist_ok=True)
    write_rows(folder / f"{name}.csv", rows)
    (folder / METHODS).write_text(json.dumps({name: mark}), encoding="utf-8")
    return folder


def known(folder, name, mark=""):
    with Rows(folder, {name: mark}, dict.fromkeys(CASES, "h")) as rows:
        return rows.known[name], rows.replaced


def test_whole_rows_are_kept(tmp_path):
    folder = write(tmp_path / "out", "net", [row(key) for key in CASES])
    assert known(folder, "net") == (set(CASES), [])
    assert [tuple(r[key] for key in KEYS) for r in read_rows(folder / "net.csv")] == CASES


def test_rows_of_other_weights_are_never_mixed_with_new_ones(tmp_path):
    folder = write(tmp_path / "out", "net", [row(key) for key in CASES], "weights of a/net")
    assert known(folder, "net", "weights of b/net") == (set(), ["net"])
    assert read_rows(folder / "net.csv") == []
    (folder / METHODS).unlink()  # the rows cannot be assigned to a method
    write_rows(folder / "net.csv", [row(CASES[0])])
    assert known(folder, "net") == (set(), ["net"])


def test_a_case_with_two_rows_is_measured_again(tmp_path):
    """As when a run and a method that ships were written into one file."""
    folder = write(tmp_path / "out", "l1", [row(CASES[0]), row(CASES[1]), row(CASES[0], psnr_hole="20")])
    assert known(folder, "l1")[0] == {CASES[1]}


@pytest.mark.parametrize(
    "change",
    [{"psnr_hole": "many"}, {"hash": "other"}, {"hash": ""}, {"radius": "x"}, {"vgg_hole": None}],
)
def test_rows_that_are_not_whole_are_measured_again(change, tmp_path):
    folder = write(tmp_path / "out", "net", [row(CASES[0], **change), row(CASES[1])])
    if None in change.values():  # a line with too few columns
        lines = (folder / "net.csv").read_text(encoding="utf-8").splitlines()
        lines[1] = ",".join(lines[1].split(",")[:8])
        (folder / "net.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert known(folder, "net")[0] == {CASES[1]}


def test_a_line_too_long_and_a_line_cut_short(tmp_path):
    folder = write(tmp_path / "out", "net", [row(key) for key in CASES])
    lines = (folder / "net.csv").read_text(encoding="utf-8").splitlines()
    lines[1] += ",7"
    (folder / "net.csv").write_text("\n".join(lines)[:-3], encoding="utf-8")
    assert known(folder, "net")[0] == {CASES[1]}


@pytest.mark.parametrize(
    "content", [b"name,age\nAda,36\n", b"PK\x03\x04\x00\xff", b"one line without an end", b"a\0b\n"]
)
def test_files_of_others_are_not_touched(content, tmp_path):
    """A mean.csv that is something else stays as it is, and so do the rows of the other methods."""
    folder = write(tmp_path / "out", "a", [row(CASES[0])])
    (folder / "mean.csv").write_bytes(content)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(ValueError, match=r"mean\.csv is not a table that this experiment has written .*--out"):
        Rows(folder, {"a": "new", "mean": ""}, {})
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("content", ["{", "[1, 2]", '{"net": 3}', ""])
def test_a_broken_list_of_weights_is_said(content, tmp_path):
    folder = write(tmp_path / "out", "net", [row(CASES[0])])
    (folder / METHODS).write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"methods\.json cannot be read .*move it away"):
        Rows(folder, {"net": ""}, {})
    assert len(read_rows(folder / "net.csv")) == 1


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError, match="file is a file; the rows need a folder"):
        Rows(tmp_path / "file", {"net": ""}, {})


def test_odd_names_come_back(tmp_path):
    """Line ends that CSV does not treat as such, commas, quotes, and bytes that are not text (as surrogates)."""
    names = [
        "a,b.png",
        'say "x".png',
        "two\u2028lines\x0b.png",
        "nul\x1c.png",
        "caf\u00e9\udce9.png",
        " a .png",
        "NA",
        "1e5",
    ]
    cases = [("N", "0.1–0.2", name) for name in names]
    with Rows(tmp_path, {"net": ""}, {}) as rows:
        for key in cases:
            rows.add("net", row(key))
    with Rows(tmp_path, {"net": ""}, dict.fromkeys(cases, "h")) as rows:
        assert rows.known["net"] == set(cases)
    found = scores.load(tmp_path, ["net"])
    assert list(found.photo) == names and set(found.psnr_hole) == {0.5}


def test_only_the_methods_that_are_asked_for_are_read(tmp_path):
    folder = write(tmp_path / "out", "net", [row(CASES[0])])
    (folder / METHODS).write_text('{"gone": "", "net": ""}', encoding="utf-8")
    assert set(scores.load(folder, ["net"]).method) == {"net"}
    with pytest.raises(ValueError, match=r"no rows of magic, moon in .*, but of gone, net"):
        scores.load(folder, ["moon", "magic", "net"])
