"""Define widgets that also work without a running Jupyter kernel, for example in an exported page.

Besides the live widget, the output contains HTML with the same JavaScript module, a small model that replaces the
kernel, and a static table or picture for browsers that run no scripts.
"""

import base64
import json
import re
from pathlib import Path
from typing import Any

import anywidget

from pconv_edu.core import colors

# This model stores the state and notifies the view of changes. There is no kernel that could receive the changes.
PAGE = """<div>{static}</div><script>(() => {{
const host = document.currentScript.previousElementSibling;
const bytes = (text) => new DataView(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
const state = JSON.parse({state}, (key, value) => (value && value.base64 !== undefined ? bytes(value.base64) : value));
const listeners = {{}};
const model = {{
  get: (name) => state[name],
  set: (name, value) => {{ state[name] = value; (listeners["change:" + name] || []).forEach((f) => f()); }},
  on: (event, f) => {{ (listeners[event] ||= []).push(f); }},
  off: (event, f) => {{ listeners[event] = (listeners[event] || []).filter((g) => g !== f); }},
  save_changes: () => {{}},
  send: () => {{}},
}};
import("data:text/javascript;base64,{module}").then((module) => {{
  const style = document.createElement("style");
  style.textContent = {css};
  const el = document.createElement("div");
  host.replaceChildren(style, el);
  module.default.render({{ model, el }});
}});
}})();</script>"""


LOCAL_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([\w.]+)";[^\n]*\n', re.MULTILINE)
# The generated modules, by name. The colours are defined once, in `pconv_edu.core.colors`.
GENERATED = {"colors.js": f"export const HOLE_RGB = {[round(255 * value) for value in colors.HOLE]};\n"}


def join_module(path: Path) -> str:
    """Join a JavaScript module and the modules that it imports from its own folder into one module.

    path : Path of the module. Its imports must look like `import { names } from "./file.js";`, and no two modules may
        define the same name at their top level.
    """
    texts: dict[Path, str] = {}

    def add(path: Path) -> None:
        if path in texts:
            return
        texts[path] = ""  # so that modules that import each other do not recurse endlessly
        text = GENERATED[path.name] if path.name in GENERATED else path.read_text(encoding="utf-8")
        for match in LOCAL_IMPORT.finditer(text):
            add(path.parent / match[1])
        texts.pop(path)  # reinserted, so that the modules it imports come before it
        texts[path] = LOCAL_IMPORT.sub("", text)

    add(path)
    return "\n".join(texts.values())


def join_style(path: Path) -> str:
    """Return a style sheet, preceded by variables for the colours of the three windows, such as `--pconv-orange`."""
    lines = "".join(f"  --pconv-{name}: {code};\n" for name, code in colors.WINDOWS.items())
    return f":root,\n:host {{\n{lines}}}\n{path.read_text(encoding='utf-8')}"


class PortableWidget(anywidget.AnyWidget):
    """Add a copy that works without a Jupyter kernel to the output of an anywidget.

    A subclass defines the names of its JavaScript and CSS files in this folder (`_module` and `_style`), the joined
    text of these files (`_esm` and `_css`), its synced traits, and `static_html()`.
    """

    def static_html(self) -> str:
        """Return the HTML that is shown where scripts do not run."""
        raise NotImplementedError

    def portable_state(self) -> dict[str, Any]:
        """Return the values of the widget's own synced traits as {name: value}."""
        names = set(self.trait_names(sync=True)) - set(anywidget.AnyWidget.class_traits())
        return {name: getattr(self, name) for name in names if not name.startswith("_")}

    def portable_html(self) -> str:
        """Return the widget as one piece of HTML that needs neither a kernel nor a network connection."""
        here = Path(__file__).parent
        # The state is JSON inside a JavaScript string inside HTML: "</" must not end the script.
        text = json.dumps(json.dumps(self.portable_state(), default=_bytes, sort_keys=True)).replace("</", "<\\/")
        return PAGE.format(
            static=self.static_html(),
            state=text,
            module=base64.b64encode(join_module(here / self._module).encode()).decode(),
            css=json.dumps(join_style(here / self._style)).replace("</", "<\\/"),
        )

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = super()._repr_mimebundle_(**options)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return {**(data or {}), "text/html": self.portable_html(), "text/plain": repr(self)}, metadata


def _bytes(value):
    """Return a dict that contains the bytes as base64 text.

    The page turns it into a DataView, as if a kernel had sent the bytes.
    """
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    raise TypeError(f"a widget's state holds {type(value).__name__}, which has no JSON form")
