"""Rules of the repository: folders import in one direction, imports are fast, environment.yml equals pyproject.toml."""

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
ARRAYS = {"np.ndarray", "torch.Tensor", "np.ndarray | None", "torch.Tensor | None", "pd.DataFrame"}
# a module imports from its own room or from those further left
ROOMS = ["core", "nn", "inpainters", "experiments", "lessons", "commands"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def room_of(module):
    """pconv_edu.core.holes -> 0; None for a module outside the rooms."""
    parts = module.split(".")
    return ROOMS.index(parts[1]) if parts[0] == "pconv_edu" and len(parts) > 1 and parts[1] in ROOMS else None


def imported(source, package):
    """Yield the full name of every module that `source`, a module of `package`, imports."""
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
        assert wrong_arrows(path.read_text(encoding="utf-8"), package) == [], path


@pytest.mark.parametrize(
    "source",
    ["import pconv_edu.lessons.figures", "from pconv_edu import lessons", "from ..lessons import drawing",
     "from pconv_edu.nn import PartialConv2d", "from pconv_edu.commands import COMMANDS",
     "def f():\n    from ..nn.unet import PConvUNet"],
)  # fmt: skip
def test_a_wrong_arrow_is_seen(source):
    assert wrong_arrows(source, "pconv_edu.core")


def loaded_by(statement, modules):
    """Return which of `modules` a fresh interpreter has loaded after `statement`."""
    code = f"import json, sys\n{statement}\nprint(json.dumps([m for m in {modules!r} if m in sys.modules]))"
    return json.loads(subprocess.check_output([sys.executable, "-c", code], text=True, cwd=ROOT))


def test_import_is_light():
    heavy = ["torch", "numba", "matplotlib", "cv2", "numpy"]
    assert loaded_by("import pconv_edu", heavy) == []
    assert loaded_by("import pconv_edu.core", ["torch", "matplotlib"]) == []
    assert loaded_by("import pconv_edu.core", ["numba"]) == ["numba"]  # so the check above can fail


def without_encoding(source):
    """Yield the lines of `source` that read or write text without an encoding: the default differs on Windows."""
    for node in ast.walk(ast.parse(source)):
        call = ast.unparse(node.func) if isinstance(node, ast.Call) else ""  # such as "path.read_text"
        method, named = call.rpartition(".")[2], {k.arg: k.value for k in getattr(node, "keywords", ())}
        if "encoding" in named or call in ("Image.open", "os.open"):
            continue
        if method in ("read_text", "write_text") and len(node.args) <= ["read_text", "write_text"].index(method):
            yield node.lineno
        if method in ("open", "fdopen"):
            place = 1 if call in ("open", "os.fdopen") else 0
            mode = node.args[place] if len(node.args) > place else named.get("mode", ast.Constant("r"))
            if isinstance(mode, ast.Constant) and "b" not in mode.value:
                yield node.lineno


def test_text_is_read_and_written_in_a_named_encoding():
    files = [path for room in ("pconv_edu", "tests", "benchmarks", "docs") for path in (ROOT / room).rglob("*.py")]
    assert len(files) > 150
    assert {str(path): lines for path in files if (lines := [*without_encoding(path.read_text("utf-8"))])} == {}


@pytest.mark.parametrize(
    "source, seen",
    [("p.read_text()", 1), ("p.write_text(x)", 1), ("p.open()", 1), ("p.open('a')", 1), ("open(p)", 1),
     ("open(p, mode='w')", 1), ("os.fdopen(d, 'w')", 1), ("p.read_text('utf-8')", 0), ("p.open('rb')", 0),
     ("p.write_text(x, encoding='utf-8')", 0), ("open(p, 'wb')", 0), ("Image.open(p)", 0), ("os.open(p, 1)", 0)],
)  # fmt: skip
def test_a_missing_encoding_is_seen(source, seen):
    assert len([*without_encoding(source)]) == seen


def compares_arrays(source):
    """Return the names of dataclasses with a field that is an array, whose == would raise an error."""
    wrong = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            fields = {ast.unparse(item.annotation) for item in node.body if isinstance(item, ast.AnnAssign)}
            made = [ast.unparse(decorator) for decorator in node.decorator_list]
            if fields & ARRAYS and any("dataclass" in text and "eq=False" not in text for text in made):
                wrong.append(node.name)
    return wrong


def test_no_dataclass_compares_arrays():
    """Until Python 3.12 the same array twice compared equal; since 3.13 it raises an error."""
    files = {str(path): path.read_text(encoding="utf-8") for path in (ROOT / "pconv_edu").rglob("*.py")}
    assert {name: wrong for name, source in files.items() if (wrong := compares_arrays(source))} == {}


@pytest.mark.parametrize("decorator, seen", [("dataclass", ["A"]), ("dataclass(frozen=True, eq=False)", [])])
def test_a_comparison_of_arrays_is_seen(decorator, seen):
    assert compares_arrays(f"@{decorator}\nclass A:\n    pixels: np.ndarray\n    name: str = ''") == seen


def test_git_keeps_every_line_end_and_every_byte():
    """Text has LF on every system, and .gitattributes names each kind of binary file, so that git guesses nothing."""
    listed = subprocess.run(["git", "ls-files", "--eol"], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    if listed.returncode:
        pytest.skip("not a git checkout: " + listed.stderr.strip())
    kinds = {line.partition("\t")[2]: line.partition("\t")[0].split() for line in listed.stdout.splitlines()}
    right = (["i/lf", "attr/text=auto", "eol=lf"], ["i/none", "attr/text=auto", "eol=lf"], ["i/-text", "attr/-text"])
    assert len(kinds) > 300
    assert {name: kind for name, (inside, _, *rest) in kinds.items() if (kind := [inside, *rest]) not in right} == {}


def test_environment_yml_equals_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert set(environment) == {"name", "channels", "dependencies"}
    *conda, pip = environment["dependencies"]
    assert conda == [f"python {PROJECT['requires-python']}", "pip"]
    assert pip == {"pip": ["-e .[lab,test]"]}
    extras = set(re.search(r"\[(.*)\]", pip["pip"][0])[1].split(","))
    assert extras == set(PROJECT["optional-dependencies"]) - {"nn", "site"}  # lab brings nn; make builds the site
    assert environment["name"] == PROJECT["name"]


def test_constraints_name_only_what_is_asked_for():
    """Every dependency is pinned, and no pin is left over."""
    name = lambda line: re.split(r"[=<>!~\[ ]", line)[0].lower().replace("_", "-")  # noqa: E731
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
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
    assert sum(path.stat().st_size for path in files if path.exists()) < 75e6


def test_every_public_name_has_a_docstring():
    import pconv_edu.core
    from pconv_edu import lessons
    from pconv_edu.lessons import checks, widgets

    for module in (pconv_edu.core, lessons, checks, widgets):
        assert module.__doc__
        for name in getattr(module, "__all__", ()):
            assert (getattr(module, name).__doc__ or "").strip(), f"{module.__name__}.{name}"
