"""Move the code and the state of stored widgets to files, which pages load when a widget comes into view.

A notebook stores each widget as HTML that contains everything (see `pconv_edu.lessons.widgets.portable`). On the site,
all pages share one file with the code of a widget, and each state is a file of its own. The files are plain scripts,
so that the pages also work from a disk, where browsers refuse to load modules.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable

from pconv_edu.core import colors
from pconv_edu.lessons.widgets.portable import PAGE

Save = Callable[[str, bytes], str]  # stores a file under a name, and returns its address as seen from the page

HOLE_COLOR = [round(255 * value) for value in colors.HOLE]
PICTURE = re.compile(r"data:image/(png|jpeg);base64,([A-Za-z0-9+/=]+)")  # in src="…" of a picture or url(…) of a style
GROUPS = {
    "static": "(.*?)",
    "state": r'("(?:[^"\\]|\\.)*")',
    "module": "([A-Za-z0-9+/=]+)",
    "css": r'("(?:[^"\\]|\\.)*")',
}


def _pattern():
    """Return the pattern of a stored widget, which is the template of `portable` with a group for each value."""
    text = re.escape(PAGE.format(**{name: f"@{name}@" for name in GROUPS}))
    for name, group in GROUPS.items():
        text = text.replace(f"@{name}@", group)
    return re.compile(text, re.DOTALL)


WIDGET = _pattern()


def share_widgets(html: str, save: Save) -> str:
    """Return the HTML of an output, in which widgets and embedded pictures refer to files.

    Parameters
    ----------
    html : the stored HTML; HTML without a widget or an embedded picture is returned as it is
    save : called with the name and the content of each file; returns the file's address
    """

    def replace(match: re.Match[str]) -> str:
        static, state, module, css = match.groups()
        code = base64.b64decode(module).decode()
        name = kind_of(code, json.loads(css.replace("<\\/", "</")))
        program = {"code": code, "style": json.loads(css.replace("<\\/", "</"))}
        files = {
            "program": _script(f"{name}-code", program, save),
            "state": _script(f"{name}-state", json.loads(json.loads(state.replace("<\\/", "</"))), save),
        }
        places = " ".join(f'data-{key}="{address}"' for key, address in files.items())
        places += f' data-hole="{HOLE_COLOR}"' if name == "painter" else ""
        return f'<div class="course-widget" data-widget="{name}" {places}>{static}</div>'

    return PICTURE.sub(lambda match: _picture(match, save), WIDGET.sub(replace, html))


def kind_of(code: str, style: str) -> str:
    """Return the kind of a widget, such as "layers": the last class of its root element, or else of its style sheet."""
    kind = re.search(r'"(?:pconv-\w+ )*pconv-(\w+)", el\)', code) or re.search(r"\.pconv-(\w+)", style)
    return kind[1] if kind else "widget"


def _script(name, content, save):
    """Save a script that hands `content` to page.js, and return its address. The name has a hash of the content."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    key = f"{name}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    return save(f"widgets/{key}.js", f'courseFiles["{key}"] = {text};\n'.encode())


def _picture(match, save):
    content = base64.b64decode(match[2])
    name = f"widgets/{hashlib.sha256(content).hexdigest()[:16]}.{'jpg' if match[1] == 'jpeg' else 'png'}"
    return save(name, content)
