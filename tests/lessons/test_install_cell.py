"""The cell that installs the course is inserted once, runs nothing, and does nothing where the course is installed."""

import copy
import itertools
import shutil

import nbformat
import pytest
from nbclient import NotebookClient

from pconv_edu.lessons.install_cell import BADGE, TAG, insert, main
from pconv_edu.lessons.my_course import REPOSITORY

LESSONS = sorted((REPOSITORY / "notebooks").glob("[0-9][0-9]_*.ipynb"))
NEEDED = "pconv-edu[lab]"


def shown(cells):
    """Return the sources and the outputs of cells, without their numbers."""
    outputs = [copy.deepcopy(cell.get("outputs", [])) for cell in cells]
    for output in itertools.chain(*outputs):
        output.pop("execution_count", None)
    return [(cell.source, own) for cell, own in zip(cells, outputs, strict=True)]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.name)
def test_all_else_stays(path, tmp_path, capsys):
    shutil.copy(path, tmp_path)
    copied = tmp_path / path.name
    main([NEEDED, str(copied), "--colab", "https://example.org/notebooks"])
    before, after = (nbformat.read(place, as_version=4) for place in (path, copied))
    code = [cell for cell in after.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    results = [output for cell in code for output in cell.outputs if output.output_type == "execute_result"]
    assert results == [o for c in code for o in c.outputs if o.get("execution_count") == c.execution_count]
    assert [cell.id for cell in after.cells] == [f"{path.name[:2]}-{n:02}" for n in range(len(before.cells) + 1)]
    assert shown(after.cells[2:]) == shown(before.cells[1:]) and after.metadata == before.metadata
    assert after.cells[1].metadata.tags == [TAG]
    title, *rest = before.cells[0].source.splitlines()
    badge = f"{BADGE}(https://example.org/notebooks/{path.name})"
    assert after.cells[0].source.splitlines() == [title, "", badge, *rest]
    once = copied.read_bytes()
    main([NEEDED, str(copied), "--colab", "https://example.org/notebooks/"])
    assert copied.read_bytes() == once
    main([NEEDED, str(copied)])
    assert nbformat.read(copied, as_version=4).cells[0].source == before.cells[0].source
    assert capsys.readouterr().out.splitlines() == [str(copied)] * 3


def test_the_cell_installs_only_where_the_course_is_missing():
    """pip is replaced by a magic command that prints what it is asked to do."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# 01 · A title")])
    insert(notebook, "01_a.ipynb", NEEDED)
    (cell,) = notebook.cells[1:]
    fake = "from IPython.core.magic import register_line_magic\n@register_line_magic\ndef pip(line): print(line)"
    missing = cell.source.replace('"pconv_edu"', '"a_module_that_is_missing"')
    cells = [nbformat.v4.new_code_cell(source) for source in (fake, cell.source, missing)]
    ran = NotebookClient(nbformat.v4.new_notebook(cells=cells), timeout=60).execute()
    assert [cell.outputs for cell in ran.cells[:2]] == [[], []]
    assert ran.cells[2].outputs[0].text == f'install --quiet "{NEEDED}"\n'


def test_a_notebook_without_a_title_is_refused():
    with pytest.raises(ValueError, match=r"01_a\.ipynb does not begin with .* title"):
        insert(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), "01_a.ipynb", NEEDED)
