"""The check of the installation names every package that is missing or too old, and a fill that fails."""

from importlib import metadata

from pconv_edu.lessons import installation


def test_a_sound_installation(capsys):
    panel = installation.check_installation()
    assert [line[0] for line in capsys.readouterr().out.splitlines()] == ["✓", "✓"]
    panel.button.click()
    assert "The widgets work. Clicks that Python has received: 1." in panel.answer.value


def test_missing_and_old_packages_are_named(monkeypatch):
    needed = ["numpy>=2.0", 'missing; extra == "lab"', 'torch>=2.6; extra == "nn"', 'old>=9; extra == "test"']
    monkeypatch.setattr(metadata, "requires", lambda name: needed)

    def version(name):
        if name == "missing":
            raise metadata.PackageNotFoundError(name)
        return "2.5.1+cpu"

    monkeypatch.setattr(metadata, "version", version)
    assert installation.package_problems() == [
        "missing is not installed.",
        "torch 2.5.1+cpu is installed, but >=2.6 is needed.",
    ]


def test_a_fill_that_fails_is_reported_in_one_line(monkeypatch, capsys):
    def fail():
        raise OSError("the file is damaged")

    monkeypatch.setattr(installation, "fill_a_hole", fail)
    installation.check_installation()
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "✗ The network could not fill a hole. OSError: the file is damaged"
    assert "make lab" in lines[2]
