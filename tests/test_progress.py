"""Long work shows a bar in a terminal and at most one line a minute in a log, in every command that takes long."""

import ast
import functools
import io
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from pconv_edu import progress
from pconv_edu.core import write_image
from pconv_edu.progress import EVERY, progress_bar

PACKAGE = Path(progress.__file__).parent


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """Return a list with the time in seconds, which the bars of logs read."""
    now = [1000.0]
    monkeypatch.setattr(progress, "monotonic", lambda: now[0])
    return now


def test_a_terminal_gets_a_bar_with_what_is_left(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    for _ in progress_bar(range(3), unit="photo", mininterval=0):
        pass
    shown = sys.stderr.getvalue()
    assert "\r" in shown and " 2/3 [" in shown and "<00:00" in shown and "photo" in shown
    assert shown.count("\n") == 1  # one line, drawn again and again


def test_a_log_gets_at_most_a_line_a_minute(monkeypatch, clock):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress_bar(total=600, desc="l1", unit="step", mininterval=0) as bar:
        for step in range(600):  # a step a second
            clock[0] += 1
            bar.update()
            bar.set_postfix(loss=step)
            bar.clear()  # as before other text is written
            bar.refresh()
        clock[0] += EVERY  # the end itself prints nothing
    lines = sys.stderr.getvalue().splitlines()
    assert "\r" not in sys.stderr.getvalue() and len(lines) == 600 // EVERY
    assert lines[0].startswith("l1:  10%| 60 of 600 steps, 00:0") and lines[0].endswith(" left, loss=58")
    assert lines[-1].startswith("l1: 100%| 600 of 600 steps, ")


def test_short_work_and_work_without_a_total_in_a_log(monkeypatch, clock):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    for _ in progress_bar(range(3), mininterval=0):
        clock[0] += EVERY / 4
    assert sys.stderr.getvalue() == ""
    for _ in progress_bar(iter("ab"), unit="photo", mininterval=0):
        clock[0] += EVERY
    assert [line.partition(",")[0] for line in sys.stderr.getvalue().splitlines()] == [
        "| 1 of ? photos",
        "| 2 of ? photos",
    ]


def test_a_notebook_gets_a_widget(monkeypatch):
    made = []
    monkeypatch.setitem(sys.modules, "ipykernel.zmqshell", sys)
    monkeypatch.setattr("tqdm.auto.tqdm", lambda *arguments, **options: made.append((arguments, options)))
    progress_bar([1], unit="photo")
    assert made == [(([1],), {"unit": "photo"})]


# ---- the commands


def fill_a_folder(folder):
    from pconv_edu.inpainters.files import inpaint_folder

    (folder / "photos").mkdir()
    for name in ("a.png", "b.png"):
        write_image(folder / "photos" / name, np.full((8, 8, 3), 0.5, np.float32))
    write_image(folder / "mask.png", np.eye(8, dtype=np.float32)[..., None].repeat(3, 2))
    inpaint_folder(folder / "photos", folder / "mask.png", folder / "out", "mean")


def draw_a_figure(folder):
    from pconv_edu.lessons.figures import build

    build(folder, ["worked_example"])


def rebuild_a_notebook(folder):
    from pconv_edu.lessons.rebuild import rebuild_all

    cells = [nbformat.v4.new_code_cell(source) for source in ("1", "2")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "01_a.ipynb")
    rebuild_all([folder / "01_a.ipynb"])


def measure_a_fill(folder):
    from pconv_edu.experiments import evaluate

    grey = np.full((evaluate.SIZE, evaluate.SIZE, 3), 0.5, np.float32)
    case = next(evaluate.table_cases({"grey": grey}))
    evaluate.run([case], ["mean"], folder, workers=1)


def train_a_network(folder):
    from pconv_edu.nn.training import train
    from tests.nn.small_runs import SMALL

    (folder / "photos").mkdir()
    for name in range(4):
        pixels = np.random.default_rng(name).random((32, 32, 3), np.float32)
        write_image(folder / "photos" / f"{name}.png", pixels)
    train(SMALL, folder / "run", data=folder / "photos", device="cpu", stop=2, every=2)


@pytest.mark.filterwarnings("ignore::UserWarning")  # there are too few photos to hold any out
@pytest.mark.parametrize(
    "work, first, last",
    [
        (fill_a_folder, "0 of 2 photos", "2 of 2 photos"),
        (draw_a_figure, "0 of 1 figures", "1 of 1 figures"),
        (rebuild_a_notebook, "0 of 2 cells", "2 of 2 cells"),
        (measure_a_fill, "0 of 1 fills", "1 of 1 fills"),
        (train_a_network, "0 of 12 steps", "2 of 12 steps"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_long_command_shows_itself(work, first, last, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("COURSE_QUIET", raising=False)
    monkeypatch.setattr(progress, "EVERY", 0)
    monkeypatch.setattr(progress, "LogBar", functools.partial(progress.LogBar, mininterval=0))
    work(tmp_path)
    shown = capsys.readouterr().err
    lines = shown.splitlines()
    assert f"| {first}, " in lines[0] and f"| {last}, " in lines[-1] and " left" in lines[-1] and "\r" not in shown


def test_no_module_makes_a_bar_of_its_own():
    def calls(path):
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        return [ast.unparse(node.func) for node in tree if isinstance(node, ast.Call)]

    own = [path.name for path in PACKAGE.rglob("*.py") if {"tqdm", "trange", "tqdm.tqdm"} & {*calls(path)}]
    assert own == [] and "progress_bar" in calls(PACKAGE / "inpainters" / "files.py")
