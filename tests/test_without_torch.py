"""Without the extra `nn`, in an environment that has no PyTorch, the reference and the classical fills work."""

import re
import subprocess
import sysconfig
import tomllib
import venv
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DEPENDENCIES = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]


def distributions(requirements):
    """Return the names of the installed distributions that these requirements bring, without optional ones."""
    names, waiting = set(), list(requirements)
    while waiting:
        requirement = waiting.pop()
        name = re.split(r"[^\w.-]", requirement)[0]
        if "extra ==" in requirement or name in names:
            continue
        try:
            waiting += metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # a requirement of another system or Python
            continue
        names.add(name)
    return names


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """The interpreter of a virtual environment with exactly what pyproject.toml asks for without extras."""
    folder = tmp_path_factory.mktemp("without_torch") / "venv"
    venv.create(folder, with_pip=False)
    places = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
    packages = Path(places["purelib"])
    for name in distributions(DEPENDENCIES):
        distribution = metadata.distribution(name)
        for part in {Path(file).parts[0] for file in distribution.files or () if ".." not in Path(file).parts}:
            if part != "__pycache__" and not (packages / part).exists():
                try:
                    (packages / part).symlink_to(distribution.locate_file(part))
                except OSError as error:
                    pytest.skip(f"this system makes no symbolic links: {error}")
    (packages / "pconv_edu.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    return Path(places["scripts"]) / "python"


def run(python, code):
    return subprocess.run([python, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False)


def test_there_is_no_torch(python):
    assert "No module named 'torch'" in run(python, "import torch").stderr


def test_the_reference_and_classical_fills_work(python):
    code = """
import numpy as np
import pconv_edu.core.worked_example
from pconv_edu import inpaint
from pconv_edu.core import load_photo, partial_conv2d
mask = np.ones((5, 5), bool)
mask[1:4, 1:4] = False
y, new_mask = partial_conv2d(np.ones((1, 5, 5)), mask, np.ones((1, 1, 3, 3)), padding=1)
print(int((~new_mask).sum()), y[0, 0, 0], len(inpaint.METHODS) > 9)
photo = load_photo("gc-animal-koala", size=64)
valid = np.ones((64, 64), bool)
valid[20:30, 20:30] = False
for method in ("mean", "telea", "navier-stokes", "biharmonic", "patchmatch", "exemplar"):
    filled = inpaint(photo, valid, method)
    print(method, bool((filled[valid] == photo[valid]).all() and np.isfinite(filled).all()))
"""
    result = run(python, code)
    assert result.stderr == ""
    methods = ("mean", "telea", "navier-stokes", "biharmonic", "patchmatch", "exemplar")
    assert result.stdout.splitlines() == ["1 9.0 True", *(f"{name} True" for name in methods)]


def test_a_network_says_what_to_install(python, tmp_path):
    code = """
import numpy as np
from pconv_edu import inpaint
inpaint(np.zeros((16, 16)), np.eye(16) == 0)
"""
    assert run(python, code).stderr.splitlines()[-1] == (
        "ModuleNotFoundError: the networks need PyTorch: pip install 'pconv-edu[nn]', or choose another method"
    )


def test_the_command_line_says_what_to_install(python, tmp_path):
    code = f"""
import numpy as np, sys
from pconv_edu.core import write_image
from pconv_edu.__main__ import main
write_image(r"{tmp_path}/photo.png", np.zeros((16, 16)))
write_image(r"{tmp_path}/mask.png", np.eye(16))
main(["inpaint", r"{tmp_path}/photo.png", r"{tmp_path}/mask.png", "-o", r"{tmp_path}/filled.png", *sys.argv[1:]])
"""
    result = run(python, code)
    assert result.returncode == 1 and result.stderr.count("\n") == 1
    assert "the networks need PyTorch: pip install 'pconv-edu[nn]', or choose another method" in result.stderr
    assert run(python, code.replace("*sys.argv[1:]", '"--method", "telea"')).returncode == 0
    assert (tmp_path / "filled.png").exists()
