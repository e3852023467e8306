"""Prepare a notebook for its page. Its cells and stored outputs stay in their order; no cell is run."""

import json
import re
from typing import Any

from .alternatives import describe_picture
from .widget_files import Save, share_widgets

NEEDS_PYTHON = (
    "*The controls of this widget need Python, so this page shows only its first picture. The widget works if you run"
    " the lesson in JupyterLab.*"
)


def prepare(text: str, save: Save) -> str:
    """Return the text of a notebook file for Sphinx.

    Widgets and pictures in HTML outputs are moved to files, pictures receive a description, and a note is added to
    widgets that only work with a running Jupyter kernel.

    Parameters
    ----------
    text : the notebook file, as JSON
    save : see `share_widgets`
    """
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        outputs: list[dict[str, Any]] = []
        for output in cell.get("outputs", []):
            outputs.append(output)
            data = output.get("data", {})
            shown = "".join(data.get("text/plain", ""))
            if "text/html" in data:
                data["text/html"] = share_widgets("".join(data["text/html"]), save)
            elif any(kind.startswith("image/") for kind in data):
                image = {"alt": describe_picture("".join(cell["source"]), shown)}
                cell["metadata"].setdefault("mystnb", {})["image"] = image
                if re.match(r"\w+\(", shown):  # the plain text of a widget, such as "Explorer(…)"
                    outputs.append(
                        {"output_type": "display_data", "data": {"text/markdown": NEEDS_PYTHON}, "metadata": {}}
                    )
        if "outputs" in cell:
            cell["outputs"] = outputs
    return json.dumps(notebook, ensure_ascii=False)
