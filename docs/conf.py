"""Sphinx settings of the course's website. `build.py` runs Sphinx with these settings."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import pconv_edu  # noqa: E402  (found in the folder added above)

project = "pconv-edu"
author = "pconv-edu authors"
version = release = pconv_edu.__version__
copyright = "pconv-edu authors. The code is MIT, and the prose and the figures are CC BY 4.0."
language = "en"
smartquotes = False  # they would change the strings in docstrings

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "course_site"]

# The notebooks are shown with their stored outputs.
nb_execution_mode = "off"
nb_ipywidgets_js = {}  # it would load scripts from another host; course_site starts the widgets
nb_merge_streams = True
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
highlight_language = "none"  # blocks without a language are commands and their output

# A name in backticks becomes a link if the reference has an entry for it. Other names in docstrings, such as those of
# array types, have no entry.
default_role = "py:obj"
nitpick_ignore_regex = [("py:.*", ".*")]
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_inherit_docstrings = False
napoleon_custom_sections = ["Call", "Returns", "Yields", ("Attributes", "params_style")]
suppress_warnings = ["ref.python"]  # `Case` in a signature is the name of two classes
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = "pconv-edu"
templates_path = [str(HERE / "templates")]
html_static_path = [str(HERE / "static")]
html_favicon = str(HERE / "static" / "favicon.svg")
html_css_files = ["site.css"]
html_js_files = [("fill.js", {"defer": "defer"}), ("page.js", {"defer": "defer"})]
html_copy_source = False
html_show_sphinx = False
html_theme_options = {"footer_icons": []}
html_permalinks_icon = "#"
