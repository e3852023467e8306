"""Draw registered figures into image files, and write a README with their captions."""

import io
import os
from collections.abc import Collection
from pathlib import Path
from typing import BinaryIO

import matplotlib.pyplot as plt
from matplotlib.figure import Figure
from PIL import Image

from pconv_edu.core import photo_credit
from pconv_edu.core.atomic import write_atomically
from pconv_edu.progress import progress_bar

from .registry import FIGURES, caption, file_name

INTRODUCTION = (
    "This page shows the figures of the course. `python -m pconv_edu figures` rebuilds them. The licence is CC BY 4.0. "
    'In the captions, "the paper" is that of Liu et al. (arXiv 1804.07723), and "the article" is the one from which '
    "this course grew (see lesson 04)."
)
TOUR = (
    "The studio of lesson 01: paint over the bird, fill the hole, and move the line between the photo before and the "
    "guided fill. `python docs/tour.py figures/tour.gif` films it in a real JupyterLab. "
    "Photo: {credit}"
)


def build(folder: str | Path, names: Collection[str] = ()) -> list[Path]:
    """Draw the named figures as image files in `folder` and return the paths of the written files.

    If no name is given, all figures are drawn. The function also writes a README.md to the folder, which lists all
    figures with their captions. On the same machine, repeated runs produce the same files, byte for byte.

    Raises
    ------
    ValueError
        If one of the names is not that of a figure. The message lists the valid names.
    """
    unknown = [name for name in names if name not in FIGURES]
    if unknown:
        raise ValueError(f"no figure is called {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    bar = progress_bar(names or FIGURES, unit="figure", disable=bool(os.environ.get("COURSE_QUIET")))
    paths = [_draw(name, folder) for name in bar]
    page = folder / "README.md"
    write_atomically(page, readme().encode())
    return [*paths, page]


def _draw(name: str, folder: Path) -> Path:
    """Draw one figure and write it to its file; return the path."""
    with plt.rc_context({"font.family": "DejaVu Sans", "figure.dpi": 100}):
        figure = FIGURES[name]()
    path = folder / file_name(name)
    write_atomically(path, lambda file: _save(figure, file, path.suffix))
    plt.close(figure)
    return path


def _save(figure: Figure, file: BinaryIO, suffix: str) -> None:
    """Write a figure as a JPEG file, or as a PNG file with at most 256 colours, which is a third as large."""
    with io.BytesIO() as buffer:
        figure.savefig(buffer, format="png", dpi=96 if suffix == ".jpg" else 110)
        with Image.open(buffer) as file_in_memory:
            picture = file_in_memory.convert("RGB")
    if suffix == ".jpg":
        picture.save(file, "JPEG", quality=75, subsampling="4:2:0", optimize=True)
    else:
        picture.quantize(256, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)


def readme() -> str:
    """Return the text of the README, which shows the tour and every figure with its caption."""
    tour = TOUR.format(credit=photo_credit("gc-erase-kingfisher"))
    lines = ["# Figures", "", INTRODUCTION, "", "## tour", "", "![tour](tour.gif)", "", tour, ""]
    for name in FIGURES:
        lines += [f"## {name}", "", f"![{name}]({file_name(name)})", "", caption(name), ""]
    return "\n".join(lines[:-1]) + "\n"
