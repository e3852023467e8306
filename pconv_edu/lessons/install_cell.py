"""Insert a cell below the title of each notebook that installs the course where it is missing, as on Colab.

``python -m pconv_edu.lessons.install_cell "pconv-edu[lab]" notebooks/[0-9]*.ipynb`` inserts the cell in place. With
``--colab https://colab.research.google.com/github/OWNER/NAME/blob/main/notebooks``, a badge below the title opens the
notebook there. No cell is run: all outputs stay, and ids and execution counts are numbered again.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

import nbformat

from pconv_edu import console
from pconv_edu.core.atomic import write_atomically

TAG = "install"  # marks the cell, so that a second run replaces it
SOURCE = """\
# On Colab and similar services, this cell installs the course. Where the course is installed, it does nothing.
from importlib.util import find_spec

if find_spec("pconv_edu") is None:
    %pip install --quiet "{requirement}\""""
BADGE = "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]"


def insert(notebook: nbformat.NotebookNode, name: str, requirement: str, colab: str = "") -> None:
    """Insert the cell, and the badge if `colab` is given, into a notebook, or replace those of an earlier run.

    Parameters
    ----------
    notebook : a notebook whose first cell is Markdown that begins with the title; changed in place
    name : the name of its file, such as "01_fill_a_hole.ipynb"
    requirement : what pip installs
    colab : the address of the folder of notebooks on Colab; "" for no badge

    Raises
    ------
    ValueError
        If the notebook does not begin with a title.
    """
    cells = notebook.cells
    if not cells or cells[0].cell_type != "markdown" or not cells[0].source.startswith("# "):
        raise ValueError(f"{name} does not begin with a cell of Markdown whose first line is a title, such as # Title")
    title, *lines = cells[0].source.splitlines()
    if len(lines) > 1 and lines[1].startswith(BADGE):
        lines = lines[2:]
    badge = ["", f"{BADGE}({colab.rstrip('/')}/{name})"] if colab else []
    cells[0].source = "\n".join([title, *badge, *lines])
    cells[:] = [cell for cell in cells if TAG not in cell.metadata.get("tags", ())]
    metadata = {"tags": [TAG], "jupyter": {"source_hidden": True}}  # JupyterLab shows it folded
    cells.insert(1, nbformat.v4.new_code_cell(SOURCE.format(requirement=requirement), metadata=metadata))
    _number(notebook, name)


def _number(notebook: nbformat.NotebookNode, name: str) -> None:
    """Give the cells the ids that `rebuild` gives them, and the code cells execution counts in their order."""
    count = 0
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{name.split('_')[0]}-{number:02}"
        if cell.cell_type == "code":
            count += 1
            cell.execution_count = count
            for output in cell.outputs:
                if "execution_count" in output:
                    output.execution_count = count


def main(arguments: Sequence[str] | None = None) -> None:
    """Insert the cell into the notebooks that the command line names, and print their names."""
    parser = argparse.ArgumentParser(prog="python -m pconv_edu.lessons.install_cell", description=__doc__)
    parser.add_argument("requirement", help='what pip installs, such as "pconv-edu[lab]" or the address of a wheel')
    parser.add_argument("notebooks", nargs="+", type=Path, metavar="NOTEBOOK")
    parser.add_argument("--colab", default="", metavar="URL", help="folder of the notebooks on Colab, for a badge")
    options = parser.parse_args(arguments)
    for path in options.notebooks:
        notebook = nbformat.read(path, as_version=4)
        insert(notebook, path.name, options.requirement, options.colab)
        write_atomically(path, f"{nbformat.writes(notebook)}\n".encode())
        print(os.fspath(path))


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.lessons.install_cell"):
        main()
