"""Give learners their own copies of the lessons in my_course/, and open JupyterLab on them.

The copies have no outputs, except for the picture with which a lesson begins.
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
OPENING = "opening"  # the tag of the cell that draws a lesson's first picture


def copy_lessons(
    notebooks: str | Path = REPOSITORY / "notebooks", my_course: str | Path = REPOSITORY / "my_course"
) -> Path:
    """Copy the lessons that are not in `my_course` yet, print their names, and return the folder.

    The copies have no outputs, except for cells with the tag "opening". An existing file is never overwritten.

    Raises
    ------
    FileNotFoundError
        If `notebooks` has no lessons. The lessons are part of the repository, not of the installed package.
    """
    lessons = sorted(Path(notebooks).glob("[0-9][0-9]_*.ipynb"))
    if not lessons:
        raise FileNotFoundError(
            f"no lessons in {notebooks}: run this from a clone of the repository, installed with pip install -e"
        )
    my_course = Path(my_course)
    my_course.mkdir(exist_ok=True)
    new = [lesson for lesson in lessons if not (my_course / lesson.name).exists()]
    for lesson in new:
        _copy_cleared(lesson, my_course / lesson.name)
    kept = len(lessons) - len(new)
    print(f"{my_course}: {len(new)} new, {kept} that you have already (left as they are)")
    for lesson in new:
        print(f"  new: {lesson.name}")
    return my_course


def _copy_cleared(source: Path, target: Path) -> None:
    """Write `source` to `target`, unless `target` exists, with no outputs except the picture that opens the lesson."""
    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.execution_count = None
            if OPENING not in cell.metadata.get("tags", ()):
                cell.outputs = []
    with contextlib.suppress(FileExistsError):  # another process has created it in the meantime
        write_atomically(target, f"{nbformat.writes(notebook)}\n".encode(), overwrite=False)


def lab_command(folder: str | Path, options: Sequence[str] = ()) -> tuple[list[str], dict[str, str]]:
    """Return a command line and an environment that run JupyterLab in `folder` without any requests to the internet.

    options : additional options for JupyterLab's command line
    """
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}", *options]
    command.append("--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in options:
        command.append("--allow-root")  # in a container, the user is root
    # Our configuration comes after the learner's own. Ours turns off the question of whether to fetch news.
    paths = [*filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")]), str(Path(__file__).parent / "jupyter_config")]
    return command, os.environ | {"JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}


def open_lab(folder: str | Path, options: Sequence[str] = ()) -> NoReturn:
    """Replace this process with JupyterLab, which runs in `folder` until it is stopped."""
    command, environment = lab_command(folder, options)
    sys.stdout.flush()
    if os.name == "nt":  # on Windows, the console would return before JupyterLab has ended
        raise SystemExit(subprocess.call(command, env=environment))
    os.execve(command[0], command, environment)
