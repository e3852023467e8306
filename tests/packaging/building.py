"""Run commands and build distributions without a network, and without the modules of the repository."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = "pconv_edu", "notebooks", "tests/test_house.py", "GLOSSARY.md", "LICENSE", "MANIFEST.in", "README.md"
SOURCES += "TEACHING.md", "CHANGELOG.md", "CITATION.cff", "constraints.txt", "pyproject.toml", "setup.py"
BUILD = "import sys; from setuptools import build_meta; print(getattr(build_meta, sys.argv[1])(sys.argv[2]))"


def run(*command, cwd):
    """Run a command outside the repository, without its modules and without a network, and return what it prints."""
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    settings |= {"PIP_NO_INDEX": "1", "PCONV_EDU_DEVICE": "cpu", "COURSE_QUIET": "1", "OMP_NUM_THREADS": "1"}
    ran = subprocess.run([*map(str, command)], cwd=cwd, env=settings, capture_output=True, text=True, encoding="utf-8")
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    return ran.stdout


def build(kind, source, folder):
    """Build "wheel" or "sdist" from the folder `source`, and return the path of the new file in `folder`."""
    folder.mkdir()
    return folder / run(sys.executable, "-c", BUILD, f"build_{kind}", folder, cwd=source).splitlines()[-1]
