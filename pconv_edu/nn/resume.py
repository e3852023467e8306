"""What a run remembers of how it began, so that it is not resumed with something else without a word.

machine.json says, beside the device: photos (how many are trained on), data (the name of their folder), photos_sha256
(`photo_folder.fingerprint`), bfloat16, processes, start_sha256 (of the weights it began with), and earlier: what was
different in parts of the run before.
"""

import hashlib
from pathlib import Path

from .photo_folder import fingerprint, split
from .run_folder import CHECKPOINT, MACHINE, WEIGHTS, machine, read_json
from .state_file import as_bytes

BUNDLED = "bundled photos"
MAY_CHANGE = ("device", "torch", "processes")


def settings_of(device, world, half, data, names, start):
    """Return what is written to machine.json, a dict.

    names : of `list_photos(data)`; the other arguments are those of `train`
    """
    return machine(device) | {
        "bfloat16": half,
        "photos": len(split(names)[0]),
        "data": Path(data).resolve().name if data is not None else BUNDLED,
        "processes": world,
        "photos_sha256": fingerprint(names, data),
        "start_sha256": hashlib.sha256(as_bytes(start)).hexdigest() if start else None,
    }


def read_settings(folder):
    """Return the settings of the run in a folder, {} if they are missing there, or None if there is no run.

    Raises
    ------
    ValueError
        If machine.json is broken, or finished weights are there without a checkpoint: a new run would replace them.
    NotADirectoryError
        If the folder is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(f"{folder} is a file; choose a folder for the run")
    if (folder / CHECKPOINT).exists():
        settings = read_json(folder / MACHINE) if (folder / MACHINE).exists() else {}
        if not isinstance(settings, dict):
            raise ValueError(f"{folder / MACHINE} is not what a training run writes: {str(settings)[:60]}")
        return settings
    if (folder / WEIGHTS).exists():
        raise ValueError(
            f"{folder} has {WEIGHTS} without {CHECKPOINT}: that run cannot be resumed, and a new one would replace "
            "its weights. Choose another folder"
        )
    return None


def same_precision(before, precision):
    """Return the precision to resume with: what the run began with. ValueError if another one is asked for."""
    began = {True: "bfloat16", False: "float32"}.get((before or {}).get("bfloat16"))
    if began and precision not in ("auto", began):
        raise ValueError(
            f"this run began in {began}, not in {precision}: resume it in {began}, or choose another folder"
        )
    return began or precision


def check_same(folder, before, now, step):
    """Compare the settings of a run with those that it is resumed with.

    Returns (settings to write, remarks): what changed and may change is kept under "earlier", and named in remarks.

    Raises ValueError for other photos, or other weights to start with.
    """
    _check_photos(folder, before, now)
    if now["start_sha256"] and now["start_sha256"] != before.get("start_sha256", now["start_sha256"]):
        began = "other weights" if before["start_sha256"] else "random weights"
        raise ValueError(
            f"the run in {folder} began with {began}, not with those given now, and they would have no effect. "
            "Resume it without weights to start with, or choose another folder"
        )
    remarks, changed = [], {key: before[key] for key in MAY_CHANGE if key in before and before[key] != now[key]}
    if "photos_sha256" not in before:
        remarks.append(
            f"{folder} does not say which photos its run began with, an earlier version began it: make sure that they "
            "are the same"
        )
    if changed:
        listed = "; ".join(f"{key} was {value}, is {now[key]}" for key, value in changed.items())
        remarks.append(f"this run is resumed elsewhere ({listed}): it will not end with the same weights to the bit")
    earlier = before.get("earlier") if isinstance(before.get("earlier"), list) else []
    earlier = [*earlier, {"until step": step, **changed}] if changed else earlier
    now = {key: value for key, value in now.items() if key != "start_sha256"}
    kept = {"start_sha256": before["start_sha256"]} if "start_sha256" in before else {}
    return now | kept | ({"earlier": earlier} if earlier else {}), remarks


def _check_photos(folder, before, now):
    if before.get("photos_sha256", now["photos_sha256"]) != now["photos_sha256"]:
        same = all(before.get(key) == now[key] for key in ("photos", "data"))
    elif "photos_sha256" not in before and any(before.get(key, now[key]) != now[key] for key in ("photos", "data")):
        same = False
    else:
        return
    if same:
        raise ValueError(
            f"the photos in {now['data']} are not those that the run in {folder} began with: a file was added, "
            "removed, renamed or changed. Undo that to resume it, or choose another folder for a new run"
        )
    began = "the bundled photos" if before.get("data") == BUNDLED else f"those in {before.get('data')}"
    raise ValueError(
        f"the run in {folder} is on {before.get('photos')} photos ({before.get('data')}), but {now['photos']} photos "
        f"({now['data']}) are given now. Resume it with {began}, or choose another folder for a new run"
    )
