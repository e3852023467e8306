"""Film the studio in a real JupyterLab: ``python docs/tour.py figures/tour.gif`` writes the tour of the README.

The script paints over the bird of lesson 01, waits for the fill, and moves the line that compares the photo before and
after. It needs Chromium and the packages of ``make setup``, and takes about a minute.
"""

import io
import sys
import tempfile
from pathlib import Path

import nbformat
from PIL import Image, ImageDraw
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.browser.jupyterlab import FLAGS, Notebook, find_chromium, running_lab

CELL = """from pconv_edu.lessons.widgets import Studio
Studio("gc-erase-kingfisher", size=256, known=False)"""
BRUSH = 20  # radius in pixels of the photo
STROKES = (  # over the bird, in pixels of the photo
    ((184, 70), (160, 60), (136, 50), (112, 38), (92, 44), (78, 62)),
    ((76, 72), (106, 76), (130, 84), (138, 106), (130, 130), (118, 148)),
    ((100, 90), (104, 112), (100, 132), (86, 152)),
    ((64, 92), (54, 116), (50, 138), (48, 162), (42, 184), (42, 206), (54, 220)),
    ((72, 110), (68, 136), (66, 160), (66, 184)),
    ((82, 168), (98, 172), (116, 170)),
)
LINE = (0, 25, 50, 75, 100, 75, 50, 25, 0)  # places of the line, in per cent of the width
WIDTH, COLORS = 760, 160  # of the animation, in pixels, and of its palette
SET = "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }"


class Film:
    """Collect pictures of the studio on a page, each with the pointer drawn over it."""

    def __init__(self, page: Page) -> None:
        self.page, self.frames, self.durations = page, [], []
        self.studio = page.locator(".jp-OutputArea-child:has(canvas.paint)")
        self.pointer: tuple[float, float] | None = None

    def move(self, x: float, y: float) -> None:
        self.page.mouse.move(x, y)
        self.pointer = x, y

    def take(self, milliseconds: int) -> None:
        box, bar = self.studio.bounding_box(), self.page.locator(".bar.view").bounding_box()
        # What is below the bar changes with every run: it tells the time that the fill took.
        clip = {**box, "height": bar["y"] + bar["height"] - box["y"]}
        picture = Image.open(io.BytesIO(self.page.screenshot(clip=clip))).convert("RGB")
        if self.pointer:
            x, y = self.pointer[0] - box["x"], self.pointer[1] - box["y"]
            arrow = [(0, 0), (0, 17), (4, 13), (7, 19), (10, 18), (7, 12), (12, 12)]
            shape = [(x + dx, y + dy) for dx, dy in arrow]
            ImageDraw.Draw(picture).polygon(shape, fill="white", outline="black")
        self.frames.append(picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.LANCZOS))
        self.durations.append(milliseconds)

    def save(self, path: Path) -> None:
        """Write the animation. All frames share one palette, made from the first and the last one."""
        first, last = self.frames[0], self.frames[-1]
        both = Image.new("RGB", (first.width, first.height + last.height))
        both.paste(first)
        both.paste(last, (0, first.height))
        palette = both.quantize(COLORS)
        frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in self.frames]
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=self.durations, loop=0, optimize=True)


def film(page: Page, lab: tuple[str, str, Path]) -> Film:
    """Open the studio in JupyterLab, paint, fill and compare."""
    Notebook(page, lab, "tour.ipynb").run_all()
    canvas = page.locator("canvas.paint[data-painted]")
    canvas.wait_for()
    page.evaluate("() => jupyterapp.shell.collapseLeft()")
    canvas.scroll_into_view_if_needed()
    page.get_by_label("fill after each stroke").uncheck()
    page.locator(".pconv-painter input[type=range]").first.evaluate(SET, BRUSH)
    film = Film(page)
    film.take(1200)
    for stroke in STROKES:
        box = canvas.bounding_box()
        places = [(box["x"] + x * box["width"] / 256, box["y"] + y * box["height"] / 256) for x, y in stroke]
        film.move(*places[0])
        page.mouse.down()
        for place in places:
            film.move(*place)
            film.take(130)
        page.mouse.up()
    button = page.get_by_role("button", name="Fill", exact=True)
    box = button.bounding_box()
    film.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    film.take(700)
    button.click()
    page.locator(".view .compare").wait_for()
    page.get_by_label("left of the line").select_option("photo")
    film.pointer = None
    film.take(2000)
    for share in LINE:
        page.locator("input.divider").evaluate(SET, share)
        film.take(350)
    film.durations[-1] = 2500
    return film


def main(path: Path) -> None:
    """Film the studio and write the animation."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home, notebooks = Path(folder, "home"), Path(folder, "notebooks")
        home.mkdir()
        notebooks.mkdir()
        nbformat.write(notebook, notebooks / "tour.ipynb")
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        with running_lab(home, notebooks) as lab:
            film(browser.new_page(viewport={"width": 1100, "height": 1000}), lab).save(path)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python docs/tour.py FILE.gif")
    main(Path(sys.argv[1]))
