"""The runner in conftest.py: what passes and what fails."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output

ROOT = Path(__file__).parents[2]
CELLS = [  # source, stored text, tag, result
    ("from pathlib import Path\nprint(*(path.name for path in Path().iterdir()))", "lesson.ipynb", None, "passes"),
    ("numbers = []", "", None, "passes"),
    ("print(len(numbers))", "0", None, "passes"),
    ("print(len(numbers))", "7", None, "Cell outputs differ"),
    ("Path('beside.txt').read_text()", "", None, "Cell execution caused an exception"),
    ("Path('../beside.txt').read_text()", "", None, "Cell execution caused an exception"),
    ("Path('folder').mkdir()", "", None, "Cell execution caused an exception, when it is run a second time"),
    ("numbers.append(1)\nprint(len(numbers))", "1", None, "Cell outputs differ, when it is run a second time"),
    ("numbers.append(1)\nprint(len(numbers))", "1", "nbval-ignore-output", "passes"),
    ("Path('folder').mkdir()", "", "nbval-ignore-output", "Cell execution caused an exception"),
    ("import time\ntime.sleep(2)\nprint(len(numbers))\nnumbers.append(1)", "4", None, "passes"),  # slow: run once
    ("1 / 0", "", "raises-exception", "Cell outputs differ"),  # the stored output lacks the error
    ("raise SystemError", "", "nbval-skip", "is skipped"),
]


def test_what_passes_and_what_does_not(tmp_path):
    cells = []
    for number, (source, text, tag, _) in enumerate(CELLS, 1):
        outputs = [new_output("stream", text=text + "\n")] if text else []
        metadata = {"tags": [tag]} if tag else {}
        cells.append(new_code_cell(source, outputs=outputs, metadata=metadata, execution_count=number))
    nbformat.write(new_notebook(cells=cells), tmp_path / "lesson.ipynb")
    (tmp_path / "beside.txt").write_text("of the repository", encoding="utf-8")
    shutil.copy(ROOT / "conftest.py", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-v", "--color=no", "-p", "no:cacheprovider", "lesson.ipynb"]
    environment = os.environ | {"COURSE_SLOW": "1.5"}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8")
    found = dict(re.findall(r"^\S+::Cell (\d+) (PASSED|SKIPPED)", ran.stdout, re.M))
    found |= dict(re.findall(r"^Cell (\d+): (.+)$", ran.stdout, re.M))
    words = {"PASSED": "passes", "SKIPPED": "is skipped"}
    assert [words.get(found[str(n)], found[str(n)]) for n in range(len(CELLS))] == [says for *_, says in CELLS]
    assert sorted(path.name for path in tmp_path.glob("*") if path.suffix) == [
        "beside.txt",
        "conftest.py",
        "lesson.ipynb",
        "pytest.ini",
    ]
