"""The explorer: an exhibit and a test side by side, and what the test says."""

import html
import threading

import ipywidgets as widgets

from pconv_edu.lessons.widgets.keys import Keys

from .answers import EXHIBITS, find_exhibit, find_test, tests_of
from .exhibit import run
from .kinds import KINDS

# JupyterLab's own colours, so that it reads in the light and the dark theme; elsewhere what the page has.
CODE = (
    "margin: 0; padding: 6px 8px; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 12px; line-height: 1.35;"
)
CODE += " font-family: var(--jp-code-font-family, monospace); color: inherit; background: transparent;"
CODE += " border: 1px solid var(--jp-border-color1, #999)"
TEXT = "line-height: 1.45; color: var(--jp-content-font-color1, inherit)"


class MuseumExplorer(widgets.VBox):
    """Choose an exhibit and a test of its kind by dropdown, read both, and run the test by the button.

    Parameters
    ----------
    number : int, the exhibit to start with
    test : name of the test to start with
    """

    def __init__(self, number=1, test="flat picture"):
        # JupyterLab may run the callbacks of several controls at once, each in a thread of its own.
        self._one_at_a_time = threading.RLock()
        exhibit, start = find_exhibit(number), find_test(test)
        if start.kind != exhibit.kind:
            raise ValueError(f"'{test}' tests code of the kind {start.kind!r}, exhibit {number} is a {exhibit.kind!r}")
        numbers = [(f"{n}, {e.room}", n) for n, e in EXHIBITS.items()]
        self.exhibit = widgets.Dropdown(options=numbers, value=number, description="exhibit")
        self.test = widgets.Dropdown(options=self._names(exhibit.kind), value=test, description="test")
        self.button = widgets.Button(description="Run the test", icon="play")
        self.sources, self.result = widgets.HTML(), widgets.HTML()
        self.exhibit.observe(self._choose_exhibit, "value")
        self.test.observe(lambda _: self.show(), "value")
        self.button.on_click(lambda _: self.run())
        row = widgets.HBox([self.exhibit, self.test, self.button], layout={"flex_flow": "row wrap"})
        super().__init__([row, self.sources, self.result, Keys()])
        self.show()

    @staticmethod
    def _names(kind):
        return [test.name for test in tests_of(kind)]

    def _choose_exhibit(self, _):
        with self._one_at_a_time:
            names = self._names(find_exhibit(self.exhibit.value).kind)
            if list(self.test.options) != names:
                self.test.options = names  # selects the first, which shows it
            self.show()

    def show(self):
        """Show the two sources for the values as they are now, and no result: first predict."""
        with self._one_at_a_time:
            exhibit, test = find_exhibit(self.exhibit.value), find_test(self.test.value)
            self.text = "not run yet"
            self.sources.value = sources_html(exhibit, test)
            self.result.value = f'<div aria-live="polite" style="{TEXT}">Predict, then run.</div>'

    def run(self):
        """Run the test on the exhibit and on the course's own code. An error is shown, not raised."""
        with self._one_at_a_time:
            try:
                exhibit, test = find_exhibit(self.exhibit.value), find_test(self.test.value)
                lines = [
                    in_words(f"Exhibit {exhibit.number}", run(test, exhibit.code)),
                    in_words("The course's own code", run(test, KINDS[exhibit.kind].own)),
                ]
                self.text = " ".join(lines)
                body = "<br>".join(map(html.escape, lines))
                self.result.value = f'<div aria-live="polite" style="{TEXT}">{body}</div>'
            except Exception as error:
                self.text = f"{type(error).__name__}: {error}"
                self.result.value = f'<div role="alert">{html.escape(self.text)}</div>'

    def __repr__(self):
        return f"MuseumExplorer(exhibit {self.exhibit.value}, test '{self.test.value}': {self.text})"

    def _repr_mimebundle_(self, **options):
        """Add the two sources and the result, for readers who have no kernel."""
        data = super()._repr_mimebundle_(**options)
        return {**data, "text/html": self.sources.value + self.result.value, "text/plain": repr(self)}


def sources_html(exhibit, test):
    """The code of an exhibit and of a test, side by side where there is room."""
    parts = (
        (f"Exhibit {exhibit.number}", exhibit.symptom, exhibit.source, "3 1 580px"),
        (f"Test '{test.name}', {test.length} characters", test.asks, test.source, "2 1 340px"),
    )
    blocks = "".join(
        f'<div style="flex: {flex}; min-width: 0"><b>{html.escape(title)}</b><br>{html.escape(about)}'
        f'<pre style="{CODE}">{html.escape(source)}</pre></div>'
        for title, about, source, flex in parts
    )
    return f'<div style="display: flex; flex-wrap: wrap; gap: 12px; {TEXT}">{blocks}</div>'


def in_words(who, outcome):
    """An outcome as a sentence: passes, or fails and what the test saw."""
    return f"{who} passes." if outcome.passed else f"{who} fails. {outcome.says}"


def museum_explorer(number=1, test="flat picture"):
    """The `MuseumExplorer`, started at an exhibit and a test."""
    return MuseumExplorer(number, test)
