"""Every command ends well: on any encoding, a closed pipe, a full disk, Ctrl-C; errors are one sentence."""

import io
import os
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from pconv_edu import console
from pconv_edu.commands import COMMANDS

ROOT = Path(__file__).parents[1]


def run(code, **environment):
    """Run Python code in its own process; return its output as bytes."""
    settings = os.environ | {"PYTHONUTF8": "0", **environment}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, env=settings)


def run_into(stdout, *arguments):
    """Run a command that writes into `stdout`; return its exit code and its stderr."""
    command = [sys.executable, "-m", "pconv_edu", *arguments]
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    shown = subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, cwd=ROOT, env=settings, text=True)
    return shown.returncode, shown.stderr


def ended(error, capsys):
    """Return what a program prints on stderr, and its exit code, if `error` is raised inside."""
    with pytest.raises(SystemExit) as end, console.ending("prog"):
        raise error
    code, printed = end.value.code, capsys.readouterr().err
    return (printed, code) if isinstance(code, int) else (f"{printed}{code}\n", 1)  # as the interpreter shows a text


# ---- encodings

ALL = [["--help"], *([name, "--help"] for name in COMMANDS), ["weights"], ["evaluate", "--stored"]]
# names that no encoding can represent
ALL += [["inpaint", "\udcff−.png", "x.png", "-o", "y.png"], ["evaluate", "−\udcff"]]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_no_command_fails_for_an_encoding(encoding):
    code = f"""
from pconv_edu.__main__ import main
for arguments in {ALL!a}:
    try:
        main(arguments)
    except SystemExit as end:
        print(end)
"""
    shown = run(code, PYTHONIOENCODING=encoding, LC_ALL="C", COLUMNS="200")
    assert shown.returncode == 0 and shown.stderr == b"", shown.stderr[-2000:]
    text = shown.stdout.decode(encoding)  # to the last byte
    dash, minus = {"cp1252": "–-", "ascii": "--"}[encoding]
    assert f"0.1{dash}0.2" in text and f"course {minus} the best of mean" in text
    assert f"\\udcff{minus}.png" in text and f"{minus}\\udcff" in text


def test_what_an_encoding_lacks_is_spelled_in_ascii(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, "ascii", newline="\n"))
    with console.ending("prog"):
        print("3 × 2 − 1 … ä \udc80")
    assert raw.getvalue() == b"3 x 2 - 1 ... \\xe4 \\udc80\n"


# ---- pipes and full disks


@pytest.mark.parametrize("arguments", [["--help"], ["weights", "--help"], ["evaluate", "--stored"]])
def test_a_closed_pipe_ends_a_command_without_a_word(arguments):
    """Like `… | head -1`, except that nobody reads from the start."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        assert run_into(writer, *arguments) == (console.CLOSED, "")
    finally:
        os.close(writer)


def test_a_long_output_to_a_closed_pipe():
    """More than fits into the pipe: the command is stopped while it prints, and again at exit."""
    code = """
from pconv_edu import console
with console.ending("prog"):
    for _ in range(200_000):
        print("a line")
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=-1, stderr=-1, cwd=ROOT) as process:
        assert process.stdout.readline() == f"a line{os.linesep}".encode()
        process.stdout.close()
        assert process.stderr.read() == b"" and process.wait() == console.CLOSED


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_is_said():
    with Path("/dev/full").open("wb") as full:
        assert run_into(full, "--help") == (1, "python -m pconv_edu: the disk is full\n")


# ---- Ctrl-C, errors, warnings


@pytest.mark.parametrize(
    "error, says",
    [
        (KeyboardInterrupt("stopped; step 7 is kept"), "prog: stopped; step 7 is kept\n"),
        (KeyboardInterrupt(), "prog: stopped before the end\n"),
    ],
)
def test_ctrl_c_is_one_sentence(error, says, capsys):
    assert ended(error, capsys) == (says, 130)


@pytest.mark.parametrize(
    "error, says",
    [
        (ValueError("a.png is no image"), "prog: a.png is no image\n"),
        (FileNotFoundError(2, "No such file or directory", "a.png"), "prog: a.png: there is no such file or folder\n"),
        (OSError("the disk is full"), "prog: the disk is full\n"),
        (FloatingPointError("not a number"), "prog: not a number\n"),
        (MemoryError(), "prog: the memory is too small for this\n"),
        (ValueError(), "prog: ValueError\n"),
        (
            ModuleNotFoundError("No module named 'torch'", name="torch"),
            "torch is not installed; the networks need: pip",
        ),
        (ModuleNotFoundError("this fill needs PyTorch", name="torch"), "prog: this fill needs PyTorch\n"),
    ],
)
def test_errors_are_one_sentence(error, says, capsys):
    printed, code = ended(error, capsys)
    assert says in printed and printed.startswith("prog: ") and printed.count("\n") == 1 and code == 1


def test_the_command_that_installs_fits_the_installation(monkeypatch, tmp_path):
    assert console.install_command("lab") == 'pip install -e ".[lab]"'
    monkeypatch.setattr(console, "__file__", str(tmp_path / "pconv_edu" / "console.py"))
    assert console.install_command("lab") == 'pip install "pconv-edu[lab]"'


@pytest.mark.parametrize("error", [TypeError("a fault of ours"), ModuleNotFoundError("x", name="pconv_edu.nowhere")])
def test_faults_of_the_program_keep_their_trace(error):
    with pytest.raises(type(error)), console.ending("prog"):
        raise error


def test_a_warning_is_one_line():
    with console.ending("prog"):
        shown = [warnings.formatwarning("a text", kind, "a.py", 1, "") for kind in (UserWarning, DeprecationWarning)]
    assert shown[0] == "prog: a text\n" and shown[1].startswith("a.py:1: DeprecationWarning: a text")
    assert warnings.formatwarning("a text", UserWarning, "a.py", 1, "").startswith("a.py:1: UserWarning")
