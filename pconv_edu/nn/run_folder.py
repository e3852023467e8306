"""Read and write the files in the folder of a training run: its recipe, its log and other files.

Except for single lines that are added to the log, a file is written completely or not at all.
"""

import json
import platform
from pathlib import Path
from typing import Any

import torch

from pconv_edu.core.atomic import UNFINISHED, write_atomically

from .recipe_base import BaseRecipe
from .recipe_files import recipe_as_json, recipe_from_json

CHECKPOINT, LOG, WEIGHTS, LAST_GOOD = "checkpoint.pt", "log.jsonl", "weights.safetensors", "last_good.safetensors"
RECIPE, MACHINE = "recipe.json", "machine.json"


def machine(device: torch.device) -> dict[str, str]:
    """Return a dict with the name of the device and the version of PyTorch, {"device": …, "torch": …}."""
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
    else:
        count = torch.get_num_threads()
        name = f"{device.type}, {platform.machine()}, {count} thread{'s' if count > 1 else ''}"
    return {"device": name, "torch": torch.__version__}


def prepare_folder(folder: Path, recipe: BaseRecipe, step: int) -> None:
    """Create the folder, write recipe.json, and remove lines of the log for steps that will be repeated.

    step : number of steps after which training resumes. Lines of the log for later steps are removed

    Files that an interrupted process left incomplete are deleted.

    Raises OSError if the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for unfinished in folder.glob(UNFINISHED):  # a checkpoint that was being written when the process was killed
        unfinished.unlink()
    write_whole(folder / RECIPE, as_json(recipe_as_json(recipe)))
    rows = [line for line in read_lines(folder / LOG) if line["step"] <= step]
    write_whole(folder / LOG, "".join(json.dumps(row) + "\n" for row in rows).encode())


def append_row(folder: Path, row: dict[str, Any]) -> None:
    """Add a line to the log."""
    with (folder / LOG).open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(row) + "\n")


def hours(folder: str | Path) -> float:
    """Return how many hours of training a run has taken so far, computed from the pictures per second in its log.

    In the logs of earlier versions, this speed is rounded to 0.1 pictures per second. A speed of 0.0 is therefore
    treated as 0.05, which is the largest speed that is rounded to 0.0.

    Raises FileNotFoundError if recipe.json is missing, and ValueError if recipe.json or the log is damaged.
    """
    recipe = read_recipe(folder)
    seconds, before = 0.0, 0
    for row in read_lines(Path(folder) / LOG):
        if not isinstance(row.get("images_per_s"), int | float):
            raise ValueError(f"{Path(folder) / LOG}: the row of step {row['step']} has no images_per_s")
        for first, end, stage in recipe.spans():
            steps = max(0, min(row["step"], end) - max(before, first))
            seconds += steps * stage.batch / (row["images_per_s"] or 0.05)
        before = row["step"]
    return seconds / 3600


def read_recipe(folder: str | Path) -> BaseRecipe:
    """Return the recipe of the run in a folder.

    Raises FileNotFoundError if recipe.json is missing, and ValueError if recipe.json does not contain a valid recipe.
    """
    path = Path(folder) / RECIPE
    if not path.exists():
        raise FileNotFoundError(f"{folder} is not the folder of a training run: it has no {RECIPE}")
    return recipe_from_json(read_json(path), str(path))


def read_json(path: str | Path) -> Any:
    """Return the content of a JSON file. Raise ValueError, with the file's name, if the content is not valid JSON."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:  # UnicodeDecodeError is a ValueError too
        raise ValueError(f"{path} is broken or no JSON file: {error}") from None


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a log as a list with one dict per line. An incomplete last line is left out.

    If the file does not exist, the list is empty.

    Raises ValueError, with the file name and the line number, if any other line is not a row of a log.
    """
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    rows = []
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except ValueError:
            if number == len(lines):
                break
            row = None
        if not isinstance(row, dict) or not isinstance(row.get("step"), int):
            raise ValueError(f"{path}, line {number}: this is not a row of a training log: {line[:60]}")
        rows.append(row)
    return rows


def as_json(value: Any) -> bytes:
    """Return a value as the bytes of a JSON file."""
    return (json.dumps(value, indent=1) + "\n").encode()


def write_whole(path: Path, content: bytes | dict[str, Any]) -> None:
    """Write bytes, or a dict that torch.save can write, to a file. If writing fails, the old file stays unchanged."""
    write_atomically(path, content if isinstance(content, bytes) else lambda file: torch.save(content, file))
