"""What a training run leaves in its folder, and how it is written: whole or not at all."""

import json
import platform
from pathlib import Path

import torch

from pconv_edu.core.atomic import UNFINISHED, write_atomically

from .recipe_files import recipe_as_json, recipe_from_json

CHECKPOINT, LOG, WEIGHTS, LAST_GOOD = "checkpoint.pt", "log.jsonl", "weights.safetensors", "last_good.safetensors"
RECIPE, MACHINE = "recipe.json", "machine.json"


def machine(device):
    """Return what a device is: {"device": its name, "torch": the version}."""
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
    else:
        count = torch.get_num_threads()
        name = f"{device.type}, {platform.machine()}, {count} thread{'s' if count > 1 else ''}"
    return {"device": name, "torch": torch.__version__}


def prepare_folder(folder, recipe, step):
    """Make the folder, see that it can be written to, and cut the log back to the step that training resumes at."""
    folder.mkdir(parents=True, exist_ok=True)
    for unfinished in folder.glob(UNFINISHED):  # a checkpoint that was being written when the process was killed
        unfinished.unlink()
    write_whole(folder / RECIPE, as_json(recipe_as_json(recipe)))
    rows = [line for line in read_lines(folder / LOG) if line["step"] <= step]
    write_whole(folder / LOG, "".join(json.dumps(row) + "\n" for row in rows).encode())


def append_row(folder, row):
    """Add a line to the log."""
    with (folder / LOG).open("a", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(row) + "\n")


def hours(folder):
    """Return how long a run has trained so far, by the pictures per second in its log.

    Logs of earlier versions are rounded to 0.1 pictures per second: 0.0 is taken as 0.05, the most that it can mean.
    """
    recipe = read_recipe(folder)
    seconds, before = 0, 0
    for row in read_lines(Path(folder) / LOG):
        if not isinstance(row.get("images_per_s"), int | float):
            raise ValueError(f"{Path(folder) / LOG}: the row of step {row['step']} has no images_per_s")
        for first, end, stage in recipe.spans():
            steps = max(0, min(row["step"], end) - max(before, first))
            seconds += steps * stage.batch / (row["images_per_s"] or 0.05)
        before = row["step"]
    return seconds / 3600


def read_recipe(folder):
    """Return the recipe of the run in a folder; FileNotFoundError if there is none, ValueError if it is none."""
    path = Path(folder) / RECIPE
    if not path.exists():
        raise FileNotFoundError(f"{folder} is not the folder of a training run: it has no {RECIPE}")
    return recipe_from_json(read_json(path), str(path))


def read_json(path):
    """Return the content of a JSON file; ValueError with the file's name if it is broken."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:  # UnicodeDecodeError is one too
        raise ValueError(f"{path} is broken or no JSON file: {error}") from None


def read_lines(path):
    """Return the rows of a log, a dict for each line; a last line that was cut off is left out, no file gives no rows.

    Raises ValueError, with the file's name and the line's number, for any other line that is not a row of a log.
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


def as_json(value):
    """Return a value as the bytes of a JSON file."""
    return (json.dumps(value, indent=1) + "\n").encode()


def write_whole(path, content):
    """Write bytes, or a state by torch.save, in one step: a failure leaves the old file as it was."""
    write_atomically(path, content if isinstance(content, bytes) else lambda file: torch.save(content, file))
