"""Build the course's website: ``python docs/build.py site`` writes it to the folder `site`.

The pages are made from the README, the notebooks with their stored outputs, the figures and the docstrings. No cell is
run, and nothing is downloaded.
"""

import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import main as sphinx_build

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
sys.path[:0] = [str(DOCS), str(ROOT)]

from course_site.sources import gather  # noqa: E402  (found in the folder added above)


def build(output: Path, work: Path = ROOT / "build" / "site") -> int:
    """Build the site from scratch and return the exit status of Sphinx, which is 0 if there was no warning.

    Parameters
    ----------
    output : the folder for the pages; if it exists, it is replaced
    work : a folder for the gathered sources and for what Sphinx stores; if it exists, it is replaced
    """
    shutil.rmtree(work, ignore_errors=True)
    gather(ROOT, work / "sources")
    options = ["-b", "html", "-c", str(DOCS), "-d", str(work / "doctrees"), "--fail-on-warning", "--nitpicky"]
    status = sphinx_build([*options, str(work / "sources"), str(work / "pages")])
    if status == 0:
        shutil.rmtree(output, ignore_errors=True)
        shutil.move(work / "pages", output)
    return status


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python docs/build.py FOLDER")
    sys.exit(build(Path(sys.argv[1])))
