"""Define the explorer of lesson 07, which shows an exhibit beside a test, and then the outcome of the test."""

import html

import ipywidgets as widgets

from pconv_edu.lessons.widgets.panel import Panel, alert

from .answers import EXHIBITS, find_exhibit, find_test, tests_of
from .card import CODE, TEXT
from .exhibit import Exhibit, Outcome, ShortTest, run
from .kinds import KINDS


class MuseumExplorer(Panel):
    """Show an exhibit and a test for its kind of code, each chosen from a list. A button runs the test.

    Parameters
    ----------
    number : int, the exhibit to start with
    test : name of the test to start with

    Raises
    ------
    ValueError
        If the exhibit or the test does not exist, or if the test is for code of another kind.
    """

    def __init__(self, number: int = 1, test: str = "flat picture") -> None:
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
        super().__init__([row, self.sources, self.result])
        self.show()

    @staticmethod
    def _names(kind: str) -> list[str]:
        return [test.name for test in tests_of(kind)]

    def _choose_exhibit(self, _: object) -> None:
        with self.one_at_a_time:
            names = self._names(find_exhibit(self.exhibit.value).kind)
            if list(self.test.options) != names:
                self.test.options = names  # this selects the first test, which calls `show`
            self.show()

    def show(self) -> None:
        """Show the chosen exhibit and test, without a result, so that the learner can predict the result first."""
        with self.one_at_a_time:
            exhibit, test = find_exhibit(self.exhibit.value), find_test(self.test.value)
            self.text = "not run yet"
            self.sources.value = sources_html(exhibit, test)
            self.result.value = f'<div aria-live="polite" style="{TEXT}">Predict, then run.</div>'

    def run(self) -> None:
        """Run the test on the exhibit and on the course's own code. Any error is shown instead of being raised."""
        self.run_callback(self._run)

    def _run(self) -> None:
        exhibit, test = find_exhibit(self.exhibit.value), find_test(self.test.value)
        lines = [
            in_words(f"Exhibit {exhibit.number}", run(test, exhibit.code)),
            in_words("The course's own code", run(test, KINDS[exhibit.kind].own)),
        ]
        self.text = " ".join(lines)
        body = "<br>".join(map(html.escape, lines))
        self.result.value = f'<div aria-live="polite" style="{TEXT}">{body}</div>'

    def show_error(self, error: Exception) -> None:
        self.text = f"{type(error).__name__}: {error}"
        self.result.value = alert(self.text)

    def __repr__(self) -> str:
        return f"MuseumExplorer(exhibit {self.exhibit.value}, test '{self.test.value}': {self.text})"

    def still(self) -> dict[str, str]:
        """Return the code of the exhibit and of the test, and the outcome, as HTML."""
        return {"text/html": self.sources.value + self.result.value}


def sources_html(exhibit: Exhibit, test: ShortTest) -> str:
    """Return the code of an exhibit and of a test as HTML, side by side if the page is wide enough."""
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


def in_words(who: str, outcome: Outcome) -> str:
    """Return an outcome as a sentence that says which code passes, or which code fails and what is wrong with it."""
    return f"{who} passes." if outcome.passed else f"{who} fails. {outcome.says}"


def museum_explorer(number: int = 1, test: str = "flat picture") -> MuseumExplorer:
    """Return a `MuseumExplorer` that starts with an exhibit and a test."""
    return MuseumExplorer(number, test)
