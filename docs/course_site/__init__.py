"""Sphinx extension of the course's website: glossary links, formulas, pictures and widgets.

* ``sources``: collect the pages and files of the site in one folder, before Sphinx runs
* ``notebook``: prepare a notebook for a page; ``alternatives``: describe its pictures for readers who cannot see them
* ``widget_files``: move the code and the state of the notebooks' widgets to files that pages load
* ``reference``: write the pages of the API reference; ``docstrings``: adapt the docstrings to Sphinx
* ``glossary``: link terms to the glossary
* ``formulas``: convert LaTeX to MathML, and make a small font with the characters that occur
* ``pictures``: give every picture its size, load pictures only when they are needed, and correct empty table headers
"""

from typing import Any

from sphinx.application import Sphinx

from . import docstrings, formulas, glossary, pictures


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect the parts of the extension to Sphinx."""
    app.connect("config-inited", _add_gathered_files)
    for part in (docstrings, glossary, formulas, pictures):
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _add_gathered_files(app, config):
    config.root_doc = "index"
    config.exclude_patterns = ["extra"]
    config.html_extra_path = [str(app.srcdir / "extra")]  # files that pages load, such as the code of the widgets
