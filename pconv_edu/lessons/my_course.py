"""Give learners their own copies of the lessons and the solutions in my_course/, and open JupyterLab on them.

The copies have no outputs, except for the pictures with which a lesson begins. JupyterLab shows the start page first.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import nbformat

from pconv_edu.core.atomic import write_atomically

REPOSITORY = Path(__file__).parents[2]
PACKED = Path(__file__).parent / "course"  # in an installed package: setup.py copies the course to this folder
COURSE = PACKED if PACKED.is_dir() else REPOSITORY  # contains notebooks/, and the pages GLOSSARY.md and TEACHING.md
OPENING = "opening"  # the tag of the cells that draw the first pictures of a lesson or of the start page
START_PAGE = "00_start_here.ipynb"  # the page on which JupyterLab opens; it is not a lesson
MY_COURSE = "my_course"  # the folder of the learner's copies
PATTERNS = "[0-9][0-9]_*.ipynb", "solutions/[0-9][0-9]_*.ipynb", "*.md"  # what learners get, in `notebooks`
BESIDE = "GLOSSARY.md"  # learners get this page too; it is beside the folder `notebooks`


def learners_folder() -> Path:
    """Return the folder of the learner's copies.

    In a clone of the repository, this is my_course/ in the repository. Otherwise it is my_course/ in the current
    folder, or the current folder itself if it has this name.
    """
    if COURSE == REPOSITORY:
        return REPOSITORY / MY_COURSE
    here = Path.cwd()
    return here if here.name == MY_COURSE else here / MY_COURSE


def copy_lessons(notebooks: str | Path = COURSE / "notebooks", my_course: str | Path | None = None) -> Path:
    """Copy the files in `notebooks` that are not in `my_course` yet, print their names, and return the folder.

    These files are the start page, the lessons, their solutions and the description of the project. The glossary, which
    is beside `notebooks`, is copied too. The copies have no outputs, except for cells with the tag "opening". An
    existing file is never overwritten.

    my_course : the folder for the copies; None for `learners_folder`

    Raises
    ------
    FileNotFoundError
        If `notebooks` has no lessons.
    """
    notebooks, my_course = Path(notebooks), Path(learners_folder() if my_course is None else my_course)
    if not any(notebooks.glob(PATTERNS[0])):
        raise FileNotFoundError(
            f"no lessons in {notebooks}: install pconv-edu from its wheel, or with pip install -e in a clone of the "
            "repository"
        )
    (my_course / "solutions").mkdir(parents=True, exist_ok=True)
    sources = {path.relative_to(notebooks): path for pattern in PATTERNS for path in sorted(notebooks.glob(pattern))}
    if (notebooks.parent / BESIDE).exists():
        sources[Path(BESIDE)] = notebooks.parent / BESIDE
    new = [name for name in sources if not (my_course / name).exists()]
    for name in new:
        _copy_cleared(sources[name], my_course / name)
    print(f"{my_course}: {len(new)} new, {len(sources) - len(new)} that you have already (left as they are)")
    for name in new:
        print(f"  new: {name.as_posix()}")
    return my_course


def _copy_cleared(source: Path, target: Path) -> None:
    """Write `source` to `target`, unless `target` exists, without the outputs of cells that lack the tag "opening"."""
    content = source.read_bytes()
    if source.suffix == ".ipynb":
        notebook = nbformat.read(source, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.execution_count = None
                if OPENING not in cell.metadata.get("tags", ()):
                    cell.outputs = []
        content = f"{nbformat.writes(notebook)}\n".encode()
    with contextlib.suppress(FileExistsError):  # another process has created it in the meantime
        write_atomically(target, content, overwrite=False)


def lab_command(folder: str | Path, options: Sequence[str] = ()) -> tuple[list[str], dict[str, str]]:
    """Return a command line and an environment that run JupyterLab in `folder` without any requests to the internet.

    JupyterLab opens on the start page, if it is in `folder` and `options` do not choose another page.

    options : additional options for JupyterLab's command line
    """
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}", *options]
    command.append("--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")
    if (Path(folder) / START_PAGE).exists() and not any("default_url" in option for option in options):
        command.append(f"--LabApp.default_url=/lab/tree/{START_PAGE}")
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in options:
        command.append("--allow-root")  # in a container, the user is root
    # Our configuration comes after the learner's own. It turns off the question of whether to fetch news. It also makes
    # JupyterLab save the state of widgets, so that a lesson that is opened again shows them before it is run, and show
    # Markdown files as pages.
    paths = [*filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")]), str(Path(__file__).parent / "jupyter_config")]
    return command, os.environ | {"JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}


def open_lab(folder: str | Path, options: Sequence[str] = ()) -> NoReturn:
    """Replace this process with JupyterLab, which runs in `folder` until it is stopped."""
    command, environment = lab_command(folder, options)
    sys.stdout.flush()
    if os.name == "nt":  # on Windows, the console would return before JupyterLab has ended
        raise SystemExit(subprocess.call(command, env=environment))
    os.execve(command[0], command, environment)
