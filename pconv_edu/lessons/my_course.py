"""The learner's own copies of the lessons, in my_course/: outputs cleared, never over a file that is there."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat

REPOSITORY = Path(__file__).parents[2]


def copy_lessons(notebooks=REPOSITORY / "notebooks", my_course=REPOSITORY / "my_course"):
    """Copy each lesson that is not in `my_course` yet, without its outputs; say which; return the folder.

    Raises FileNotFoundError where there are no lessons: they lie in the repository, not in an installed package.
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


def _copy_cleared(source, target):
    """Write `source` without outputs to `target`, which must not exist, whole or not at all."""
    notebook = nbformat.read(source, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    unfinished = target.with_suffix(".part")
    nbformat.write(notebook, unfinished)
    try:
        os.link(unfinished, target)  # unlike a rename it fails if a file has come there meanwhile
    except FileExistsError:
        pass
    except OSError:  # a file system without hard links
        if not target.exists():
            unfinished.replace(target)
    unfinished.unlink(missing_ok=True)


def lab_command(folder, options=()):
    """The command line and the environment of a JupyterLab on `folder` that asks nothing from the network."""
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}", *options]
    command.append("--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")
    if hasattr(os, "geteuid") and os.geteuid() == 0 and "--allow-root" not in options:
        command.append("--allow-root")  # root is who one is in a container
    # Beside the learner's own configuration: the question whether news may be fetched is switched off.
    paths = [*filter(None, [os.environ.get("JUPYTER_CONFIG_PATH")]), str(Path(__file__).parent / "jupyter_config")]
    return command, os.environ | {"JUPYTER_CONFIG_PATH": os.pathsep.join(paths)}


def open_lab(folder, options=()):
    """Become a JupyterLab on `folder`, until it is stopped."""
    command, environment = lab_command(folder, options)
    sys.stdout.flush()
    if os.name == "nt":  # Windows gives the console back too early when a program replaces itself
        raise SystemExit(subprocess.call(command, env=environment))
    os.execve(command[0], command, environment)
