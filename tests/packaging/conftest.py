"""The wheel, the sdist, and a fresh environment with the wheel.

The build uses the installed setuptools, and the environment finds its libraries in this one.
"""

import shutil
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from .building import ROOT, SOURCES, build, run


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """Return a copy of the repository that lacks what no build needs, and has what an earlier build has left."""
    folder = tmp_path_factory.mktemp("source")
    for name in SOURCES:
        (folder / name).parent.mkdir(exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(ROOT / name, folder / name)
    old = folder / "build/lib/pconv_edu/lessons/course/notebooks/99_renamed.ipynb"
    old.parent.mkdir(parents=True)
    old.touch()
    return folder


@pytest.fixture(scope="session")
def wheel(source, tmp_path_factory):
    return build("wheel", source, tmp_path_factory.mktemp("wheel") / "dist")


@pytest.fixture(scope="session")
def sdist(source, tmp_path_factory):
    return build("sdist", source, tmp_path_factory.mktemp("sdist") / "dist")


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory):
    """Return the folder with the programs of a fresh environment, in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(folder)
    scripts, pure = (
        Path(sysconfig.get_path(name, "venv", {"base": str(folder), "platbase": str(folder)}))
        for name in ("scripts", "purelib")
    )
    (pure / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    python = next(path for path in scripts.glob("python*") if path.stem == "python")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--quiet", wheel, cwd=folder)
    return scripts
