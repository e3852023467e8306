"""The museum as a widget: an exhibit beside a test, and what the test says of it."""

import html
import inspect
import threading

import ipywidgets as widgets

from . import tests
from .guide import EXHIBITS, KINDS, OURS, run

CODE = (
    '<pre style="margin: 0; padding: 8px; overflow-x: auto; white-space: pre; line-height: 1.35; font-size: 12px; '
    'border: 1px solid #888; color: inherit; background: transparent" tabindex="0">'
)


class MuseumExplorer(widgets.VBox):
    """Choose an exhibit and a test, read both, and run the test on the exhibit and on the course's own code.

    Parameters
    ----------
    exhibit : name of the exhibit shown first, such as "Exhibit1"
    """

    def __init__(self, exhibit="Exhibit1"):
        self._one_at_a_time = threading.RLock()  # JupyterLab may run callbacks in several threads
        self.exhibit = widgets.Dropdown(options=list(EXHIBITS), value=exhibit, description="exhibit")
        self.test = widgets.Dropdown(options=KINDS[EXHIBITS[exhibit].kind], description="test")
        self.button = widgets.Button(description="Run", button_style="primary", tooltip="run the test on the exhibit")
        self.page, self.verdict = widgets.HTML(), widgets.HTML()
        self.exhibit.observe(lambda _: self._choose(), "value")
        self.test.observe(lambda _: self._show(), "value")
        self.button.on_click(lambda _: self._run())
        self.exhibit.layout.width, self.test.layout.width = "220px", "380px"
        row = widgets.HBox([self.exhibit, self.test, self.button], layout={"flex_flow": "row wrap"})
        super().__init__([row, self.page, self.verdict])
        self._show()

    def _choose(self):
        """Another exhibit: offer the tests of its kind, and keep the chosen one where it is among them."""
        with self._one_at_a_time:
            names = KINDS[EXHIBITS[self.exhibit.value].kind]
            if tuple(self.test.options) != tuple(names):
                self.test.options = names
                self.test.value = names[0]
            self._show()

    def _show(self):
        with self._one_at_a_time:
            exhibit = EXHIBITS[self.exhibit.value]
            sources = [
                inspect.getsource(code) for code in (exhibit.code, getattr(tests, self.test.value or "all_valid"))
            ]
            blocks = "".join(f"{CODE}{html.escape(source)}</pre>" for source in sources)
            symptom = f'<div style="line-height: 1.6">What its user sees: {html.escape(exhibit.symptom)}</div>'
            self.page.value = f'{symptom}<div style="display: grid; gap: 8px; max-width: 860px">{blocks}</div>'
            self.verdict.value = ""

    def _run(self):
        with self._one_at_a_time:
            exhibit = EXHIBITS[self.exhibit.value]
            lines = []
            for name, code in ((exhibit.name, exhibit.code), ("The course's own code", OURS[exhibit.kind])):
                says = run(self.test.value, code)
                lines.append(f"{name} passes." if says is None else f"{name} is caught: {says}.")
            text = "".join(f"<div>{html.escape(line)}</div>" for line in lines)
            self.verdict.value = f'<div aria-live="polite" style="line-height: 1.6">{text}</div>'

    def __repr__(self):
        return f"MuseumExplorer({self.exhibit.value}, {self.test.value})"

    def _repr_mimebundle_(self, **options):
        """Add the two pieces of code, for readers who have no kernel."""
        data = super()._repr_mimebundle_(**options)
        return {**data, "text/html": self.page.value, "text/plain": repr(self)}
