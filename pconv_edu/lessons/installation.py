"""Check the installation of the course, for the start page: the packages, a fill by a network, and the widgets."""

import platform
from importlib import metadata

import ipywidgets as widgets
import numpy as np
from packaging.requirements import Requirement

from pconv_edu.console import install_command
from pconv_edu.lessons.my_course import COURSE, REPOSITORY
from pconv_edu.lessons.widgets.panel import Panel

EXTRAS = "", "nn", "lab"  # the groups of packages that the lessons need: see pyproject.toml
HOW = "`make lab` in the folder of the course" if COURSE == REPOSITORY else f"`{install_command('lab')}`"
REPAIR = f"Stop JupyterLab, run {HOW}, and try again."


class ClickTest(Panel):
    """Show a button, and a text that Python changes when the button is clicked."""

    def __init__(self) -> None:
        self.clicks = 0
        self.button = widgets.Button(description="Click me", button_style="primary")
        self.answer = widgets.HTML("Click the button. If no button is shown, the widgets do not work.")
        self.button.on_click(self._answer)
        super().__init__([widgets.HBox([self.button, self.answer])])

    def _answer(self, _: widgets.Button) -> None:
        self.clicks += 1
        self.answer.value = f"✓ The widgets work. Clicks that Python has received: {self.clicks}."

    def still(self) -> dict[str, str]:
        """Return a sentence in place of the button."""
        return {"text/html": "<p>While Jupyter runs this page, a button that tests the widgets is shown here.</p>"}

    def __repr__(self) -> str:
        return "ClickTest()"


def check_installation() -> ClickTest:
    """Print what works and what does not, and return a widget with which the learner can test the widgets."""
    problems = package_problems()
    for problem in problems:
        print(f"✗ {problem}")
    if not problems:
        print("✓ All packages are installed, and none is too old.")
    try:
        pixels = fill_a_hole()
        print(f"✓ A network filled a hole of {pixels} pixels and left all other pixels unchanged.")
    except Exception as error:  # whatever it is, the learner must see it in one line
        problems.append(f"The network could not fill a hole. {type(error).__name__}: {error}")
        print(f"✗ {problems[-1]}")
    if problems:
        print(f"{REPAIR} (This is Python {platform.python_version()}.)")
    return ClickTest()


def package_problems(distribution: str = "pconv-edu") -> list[str]:
    """Return a sentence for each package that the lessons need and that is missing or too old."""
    problems = []
    for requirement in map(Requirement, metadata.requires(distribution) or ()):
        marker = requirement.marker
        if requirement.name == distribution or (marker and not any(marker.evaluate({"extra": e}) for e in EXTRAS)):
            continue
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            problems.append(f"{requirement.name} is not installed.")
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            problems.append(f"{requirement.name} {version} is installed, but {requirement.specifier} is needed.")
    return problems


def fill_a_hole() -> int:
    """Fill a hole in a grey picture by a network, and return the number of pixels of the hole.

    Raises
    ------
    RuntimeError
        If the fill contains values that are not finite, or changes a pixel outside the hole.
    """
    from pconv_edu import inpaint  # here, so that a package that is missing is reported and not raised

    image, mask = np.full((64, 64, 3), 0.5, np.float32), np.ones((64, 64), bool)
    mask[24:40, 24:40] = False
    filled = inpaint(image, mask, "l1")
    if not np.isfinite(filled).all() or not np.array_equal(filled[mask], image[mask]):
        raise RuntimeError("the fill is not finite, or pixels outside the hole have changed")
    return int((~mask).sum())
