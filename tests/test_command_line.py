"""`pconv-edu`: every command has its help, wrong arguments get the usage, and errors are one sentence."""

import doctest
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import pconv_edu.__main__ as command_line
from pconv_edu.commands import COMMANDS

ROOT = Path(__file__).parents[1]


def run(*arguments):
    command = [sys.executable, "-m", "pconv_edu", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT)


def test_help_lists_the_commands():
    shown = run("--help")
    assert shown.returncode == 0
    text = " ".join(shown.stdout.split())
    for name, command in COMMANDS.items():
        assert f" {name} {command.SUMMARY}" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name, capsys):
    with pytest.raises(SystemExit) as end:
        command_line.main([name, "--help"])
    shown = capsys.readouterr()
    assert not end.value.code and shown.err == ""
    assert shown.out.startswith(f"usage: python -m pconv_edu {name}")
    assert " ".join(COMMANDS[name].SUMMARY.split()) in " ".join(shown.out.split())


def loaded_after(*command_lines):
    """Return the slow libraries that a fresh interpreter has imported after each of these command lines."""
    code = f"""
import sys
from pconv_edu.__main__ import main
for arguments in {command_lines!r}:
    try:
        main(arguments)
    except SystemExit:
        print("loaded:", *sorted({{"numpy", "torch", "numba", "cv2", "matplotlib"}} & set(sys.modules)))
"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    lines = [line.split()[1:] for line in shown.stdout.splitlines() if line.startswith("loaded:")]
    assert len(lines) == len(command_lines), shown.stdout + shown.stderr
    return lines


def test_help_is_instant():
    """The list of commands, and the help of commands that need no library for it, import none."""
    instant = ["--help"], ["nonsense"], ["lab", "--help"], ["figures", "--help"], ["figures", "--out", ""]
    assert loaded_after(*instant, ["weights", "--help"]) == [[]] * 6


def test_the_help_of_inpaint_needs_neither_torch_nor_matplotlib():
    (loaded,) = loaded_after(["inpaint", "--help"])
    assert "numpy" in loaded and not {"torch", "matplotlib"} & set(loaded)


def test_the_program_has_the_name_that_was_typed():
    code = "import sys; sys.argv = ['/bin/pconv-edu', 'inpaint', '--help']; from pconv_edu.__main__ import main; main()"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT).stdout
    assert shown.startswith("usage: pconv-edu inpaint ") and "python -m" not in shown
    example = "inpaint photo.jpg mask.png -o filled.png"
    assert f"  pconv-edu {example}" in shown and f"  python -m pconv_edu {example}" in run("inpaint", "--help").stdout


def test_a_summary_may_contain_a_percent_sign(monkeypatch, capsys):
    """argparse replaces %(prog)s in the examples; the names and the lines of methods stay as they are."""
    from pconv_edu.inpainters import methods

    monkeypatch.setitem(methods.METHODS, "mean", "50 % grey")
    with pytest.raises(SystemExit):
        command_line.main(["inpaint", "--help"])
    assert "50 % grey\n" in capsys.readouterr().out


def test_unknown_commands_and_options():
    assert "invalid choice: 'figure'" in run("figure").stderr
    shown = run("figures", "--fast").stderr
    assert shown.startswith("usage: python -m pconv_edu figures ")
    assert shown.endswith("python -m pconv_edu figures: error: unrecognized arguments: --fast\n")
    for wrong in ([], ["figure"], ["--fast", "figures"], ["--", "figures"]):
        shown = run(*wrong)
        assert shown.returncode == 2 and shown.stderr.startswith("usage: python -m pconv_edu [-h] COMMAND")


def test_the_help_of_inpaint_is_for_people_with_photos():
    from pconv_edu.core.pictures import LARGEST

    shown = run("inpaint", "--help").stdout
    said = " ".join(shown.split())
    for promise in (
        f"up to {LARGEST // 10**6} megapixels",
        "JPEG compresses the whole photo again",
        "each pixel outside the hole stays exactly as it is",
        "--resize-mask",
        "--first-page",
        "Convert HEIC and camera raw files to PNG or JPEG first",
        "--resume fills the rest",
    ):
        assert promise in said, promise
    assert not any(word in shown for word in ("ndarray", "numpy", "threshold=", "~", "None", "Pillow"))
    assert shown.encode("cp1252")  # what a Windows console can show


def test_an_error_is_one_sentence_and_no_traceback(tmp_path):
    (tmp_path / "file").touch()
    shown = run("figures", "--out", str(tmp_path / "file"))
    assert (
        shown.returncode == 1
        and shown.stderr == f"python -m pconv_edu figures: {tmp_path / 'file'}: there is already a file of this name\n"
    )


def test_lessons_without_their_tools_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    for name in [
        name for name in sys.modules if name.startswith(("pconv_edu.lessons.figures", "pconv_edu.lessons.draw"))
    ]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(SystemExit, match=r"matplotlib.* is not installed; the lessons need: pip install"):
        command_line.main(["figures"])


def test_lab_copies_and_starts_jupyterlab_with_the_options_given(monkeypatch, tmp_path):
    from pconv_edu.lessons import my_course

    calls = []
    monkeypatch.setattr(my_course, "copy_lessons", lambda: tmp_path)
    monkeypatch.setattr(my_course, "open_lab", lambda folder, options: calls.append((folder, options)))
    command_line.main(["lab", "--only-copy"])
    assert calls == []
    command_line.main(["lab", "--no-browser", "--port=8890"])
    assert calls == [(tmp_path, ["--no-browser", "--port=8890"])]


def test_jupyterlab_asks_nothing_from_the_network(monkeypatch, tmp_path):
    from pconv_edu.lessons.my_course import lab_command

    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    command, environment = lab_command(tmp_path, ["--port=1"])
    assert f"--ServerApp.root_dir={tmp_path}" in command and "--port=1" in command
    assert any("NeverCheckForUpdate" in part for part in command)
    first, ours = environment["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert first == "mine"  # the learner's own settings come first
    settings = json.loads((Path(ours) / "labconfig" / "page_config.json").read_text(encoding="utf-8"))
    assert settings["disabledExtensions"]["@jupyterlab/apputils-extension:announcements"] is True
    settings = json.loads((Path(ours) / "labconfig" / "default_setting_overrides.json").read_text(encoding="utf-8"))
    assert settings["@jupyter-widgets/jupyterlab-manager:plugin"]["saveState"] is True


def test_the_readmes_example_runs():
    result = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert result.attempted >= 5 and result.failed == 0
