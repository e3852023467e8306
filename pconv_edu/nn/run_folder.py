"""What a training run leaves in its folder, and how it is written: whole or not at all."""

import json
import os
import platform
from dataclasses import asdict

import torch

from .recipes import Recipe

CHECKPOINT, LOG, WEIGHTS = "checkpoint.pt", "log.jsonl", "weights.safetensors"
RECIPE, MACHINE = "recipe.json", "machine.json"


def describe(recipe):
    """A recipe as plain JSON."""
    return json.loads(json.dumps(asdict(recipe)))


def machine(device):
    """What a device is: {"device": its name, "torch": the version}."""
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
    else:
        count = torch.get_num_threads()
        name = f"{device.type}, {platform.machine()}, {count} thread{'s' if count > 1 else ''}"
    return {"device": name, "torch": torch.__version__}


def prepare_folder(folder, recipe, step):
    """Make the folder, see that it can be written to, and cut the log back to the step that training goes on from."""
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / RECIPE, as_json(describe(recipe)))
    rows = [line for line in read_lines(folder / LOG) if line["step"] <= step]
    write_whole(folder / LOG, "".join(json.dumps(row) + "\n" for row in rows).encode())


def hours(folder):
    """How long a run has trained so far, by the pictures per second in its log."""
    recipe = Recipe(**json.loads((folder / RECIPE).read_text(encoding="utf-8")) | {"loss": None})
    took, before = 0, 0
    for row in read_lines(folder / LOG):
        batch = next(batch for _, end, _, batch in recipe.stages() if row["step"] <= end)
        took += (row["step"] - before) * batch / row["images_per_s"]
        before = row["step"]
    return took / 3600


def read_lines(path):
    """The rows of a log; a last line that was cut off is left out."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            rows.append(json.loads(line))
        except ValueError:
            break
    return rows


def as_json(value):
    return (json.dumps(value, indent=1) + "\n").encode()


def write_whole(path, content):
    """Write bytes, or a state by torch.save, to a temporary name; flush it to the disk; move it into place."""
    temporary = path.with_name(path.name + ".tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content) if isinstance(content, bytes) else torch.save(content, file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
