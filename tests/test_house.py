"""The house keeps its rules: rooms import one way, imports stay light, environment.yml equals pyproject.toml."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ROOMS = [
    "core",
    "nn",
    "inpainters",
    "experiments",
    "lessons",
]  # a module imports from its own or further left
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def room_of(module):
    """pconv_edu.core.holes -> 0; None for what is in no room."""
    parts = module.split(".")
    return ROOMS.index(parts[1]) if parts[0] == "pconv_edu" and len(parts) > 1 and parts[1] in ROOMS else None


def imported(source, package):
    """Every module that `source`, a module of `package`, imports, by its full name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            prefix = ".".join([*base, *([node.module] if node.module else [])])
            yield prefix
            yield from (f"{prefix}.{alias.name}" for alias in node.names)


def wrong_arrows(source, package):
    here = room_of(package)
    rooms = ((name, room_of(name)) for name in imported(source, package))
    return [name for name, room in rooms if here is not None and room is not None and room > here]


def test_rooms_import_one_way():
    files = [path for room in ROOMS for path in (ROOT / "pconv_edu" / room).rglob("*.py")]
    assert len(files) > 10
    for path in files:
        package = ".".join(path.relative_to(ROOT).parent.parts)
        assert wrong_arrows(path.read_text(), package) == [], path


@pytest.mark.parametrize(
    "source",
    ["import pconv_edu.lessons.figures", "from pconv_edu import lessons", "from ..lessons import drawing",
     "from pconv_edu.nn import PartialConv2d", "def f():\n    from ..nn.unet import PConvUNet"],
)  # fmt: skip
def test_a_wrong_arrow_is_seen(source):
    assert wrong_arrows(source, "pconv_edu.core")


def loaded_by(statement, modules):
    """Which of `modules` a fresh interpreter has loaded after `statement`."""
    code = f"import json, sys\n{statement}\nprint(json.dumps([m for m in {modules!r} if m in sys.modules]))"
    return json.loads(subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT))


def test_import_is_light():
    heavy = ["torch", "numba", "matplotlib", "cv2", "numpy"]
    assert loaded_by("import pconv_edu", heavy) == []
    assert loaded_by("import pconv_edu.core", ["torch", "matplotlib"]) == []
    assert loaded_by("import pconv_edu.core", ["numba"]) == ["numba"]  # so the check above can fail


def test_environment_yml_equals_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert set(environment) == {"name", "channels", "dependencies"}
    *conda, pip = environment["dependencies"]
    assert conda == [f"python {PROJECT['requires-python']}", "pip"]
    assert pip == {"pip": ["-e .[lab,test]"]}
    assert set(re.search(r"\[(.*)\]", pip["pip"][0])[1].split(",")) == set(PROJECT["optional-dependencies"]) - {"nn"}  # lab brings it
    assert environment["name"] == PROJECT["name"]


def test_constraints_name_only_what_is_asked_for():
    """A pin that nothing needs is a left-over; every dependency of ours is pinned."""
    name = lambda line: re.split(r"[=<>!~\[ ]", line)[0].lower().replace("_", "-")  # noqa: E731
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pinned = {name(line) for line in lines if line and not line.startswith("#")}
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    asked = {name(dependency) for group in groups for dependency in group} - {PROJECT["name"]}
    assert asked <= pinned
    assert pinned - asked <= {"ipykernel", "nbformat", "matplotlib-inline", "jupyterlab-widgets"}


def test_tracked_files_stay_small():
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if names.returncode:
        pytest.skip("not a git checkout: " + names.stderr.strip())
    files = [ROOT / name for name in names.stdout.split("\0") if name]
    assert sum(path.stat().st_size for path in files if path.exists()) < 55e6


def test_every_public_name_has_a_docstring():
    import pconv_edu.core
    from pconv_edu import lessons
    from pconv_edu.lessons import checks, widgets

    for module in (pconv_edu.core, lessons, checks, widgets):
        assert module.__doc__
        for name in getattr(module, "__all__", ()):
            assert (getattr(module, name).__doc__ or "").strip(), f"{module.__name__}.{name}"
