"""Run notebooks from top to bottom and store their outputs. A second run produces the same files, byte for byte.

Figures that are mostly photos are stored as JPEG, and other figures as PNG with a palette (see `shrink_picture`).

``python -m pconv_edu.lessons.rebuild notebooks/*.ipynb`` rebuilds all lessons.
"""

import base64
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from PIL import Image

from pconv_edu import console
from pconv_edu.core.atomic import write_atomically
from pconv_edu.progress import progress_bar

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"  # refers to a model in the kernel by a random id
COLORS, QUALITY = 256, 82  # of stored pictures: colours of a PNG, and quality of a JPEG
ENVIRONMENT = {"COURSE_QUIET": "1", "PCONV_EDU_DEVICE": "cpu", "OMP_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}


def rebuild(path: str | Path, after_cell: Callable[[], Any] = lambda: None) -> None:
    """Run one notebook from the folder that contains it, and replace its file once all cells have run.

    after_cell : a function that is called each time a code cell has run

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell raises an exception. The file is then left unchanged.
    """
    path = Path(path)
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.resolve().parent)}},
        on_cell_executed=lambda **_: after_cell(),
    )
    client.execute()
    notebook.metadata.pop("widgets", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
    notebook.metadata.setdefault("kernelspec", KERNEL)
    lesson = path.stem.split("_")[0]
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{lesson}-{number:02}"  # editors give new cells random ids
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
            shrink_picture(output.get("data", {}))
    nbformat.validate(notebook)
    write_atomically(path, f"{nbformat.writes(notebook)}\n".encode())


def shrink_picture(data: dict[str, Any]) -> None:
    """Replace a PNG picture with a smaller file, in which the picture looks the same.

    The replacement is a PNG picture with a palette of 256 colours, as for plots, or a JPEG picture if that is smaller
    still by a tenth, as for photos.

    data : the content of a cell's output by MIME type, changed in place
    """
    if "image/png" not in data:
        return
    png = base64.b64decode(data["image/png"])
    with Image.open(io.BytesIO(png)) as picture:
        opaque = Image.new("RGB", picture.size, "white")
        opaque.paste(picture, mask=picture.getchannel("A") if "A" in picture.getbands() else None)
    few_colors = opaque.quantize(COLORS, dither=Image.Dither.NONE)
    jpeg = _encoded(opaque, "jpeg", quality=QUALITY, subsampling="4:2:0", optimize=True)
    smaller = _encoded(few_colors, "png", optimize=True)
    if 10 * len(jpeg) < 9 * min(len(png), len(smaller)):
        del data["image/png"]
        data["image/jpeg"] = base64.b64encode(jpeg).decode()
    elif len(smaller) < len(png):
        data["image/png"] = base64.b64encode(smaller).decode()


def _encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """Return the bytes of a picture file."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def rebuild_all(paths: Sequence[str | Path]) -> None:
    """Rebuild notebooks, show the progress in code cells, and print the name of each notebook that is finished."""
    counts = [
        sum(cell.cell_type == "code" for cell in nbformat.read(path, as_version=4).cells) for path in map(Path, paths)
    ]
    with progress_bar(total=sum(counts), unit="cell") as bar:
        for path in paths:
            rebuild(path, bar.update)
            bar.write(str(path))


if __name__ == "__main__":
    os.environ.update(ENVIRONMENT)
    with console.ending("python -m pconv_edu.lessons.rebuild"):
        rebuild_all(sys.argv[1:])
