"""The data files that the package reads are installed with it."""

import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_every_tracked_data_file_is_package_data():
    listed = subprocess.run(["git", "ls-files", "-z", "pconv_edu"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout: " + listed.stderr.strip())
    files = {ROOT / name for name in listed.stdout.split("\0") if name and not name.endswith(".py")}
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"][
        "package-data"
    ]["pconv_edu"]
    packed = {path for pattern in patterns for path in (ROOT / "pconv_edu").glob(pattern)}
    assert len(files) > 150 and files <= packed, sorted(files - packed)
    assert all(any((ROOT / "pconv_edu").glob(pattern)) for pattern in patterns)  # no pattern without files
