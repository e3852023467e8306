"""Compare the settings with which a run began and the settings with which it is resumed.

The settings are stored in machine.json:

* device, torch: the name of the device, and the version of PyTorch
* photos, data: the number of training photos, and the name of their folder
* photos_sha256: the hash of the photos (see `photo_folder.fingerprint`)
* bfloat16: whether convolutions are computed in bfloat16
* device_batches: whether `device_data` makes the batches
* processes: the number of processes
* start_sha256: the hash of the weights with which the run began, or null if they were random
* earlier: former values of the settings that have changed since the run began, and the step until which each was used
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from .photo_folder import fingerprint, split
from .run_folder import CHECKPOINT, MACHINE, WEIGHTS, machine, read_json
from .state_file import as_bytes

BUNDLED = "bundled photos"
MAY_CHANGE = ("device", "torch", "processes")


def settings_of(
    device: torch.device,
    world: int,
    half: bool,
    data: str | Path | None,
    names: Sequence[Any],
    start: Mapping[str, torch.Tensor] | None,
) -> dict[str, Any]:
    """Return the settings of a run as they are written to machine.json.

    world : number of processes
    half : whether convolutions are computed in bfloat16
    names : the result of `list_photos(data)`
    device, data, start : as for `train`
    """
    return machine(device) | {
        "bfloat16": half,
        "photos": len(split(names)[0]),
        "data": Path(data).resolve().name if data is not None else BUNDLED,
        "processes": world,
        "photos_sha256": fingerprint(names, data),
        "start_sha256": hashlib.sha256(as_bytes(start)).hexdigest() if start else None,
    }


def read_settings(folder: Path) -> dict[str, Any] | None:
    """Return the settings of the run in a folder, {} if machine.json is missing, or None if there is no run to resume.

    Raises
    ------
    ValueError
        If machine.json is damaged, or if the folder contains finished weights but no checkpoint, because a new run
        would replace these weights.
    NotADirectoryError
        If `folder` is a file.
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


def same_precision(before: Mapping[str, Any] | None, precision: str) -> str:
    """Return the precision of a run. A resumed run must keep the precision with which it began.

    before : settings with which the run began, or None for a new run, which gets the requested precision
    precision : the requested precision; "auto" means the precision with which a resumed run began

    Raises ValueError if a resumed run began with a precision other than the requested one.
    """
    names: dict[Any, str] = {True: "bfloat16", False: "float32"}
    began = names.get((before or {}).get("bfloat16"))
    if began and precision not in ("auto", began):
        raise ValueError(
            f"this run began in {began}, not in {precision}: resume it in {began}, or choose another folder"
        )
    return began or precision


def same_batches(before: Mapping[str, Any] | None, on_device: bool | None, device: torch.device) -> bool:
    """Return whether a run makes its batches on the device, all pictures of a batch at once.

    Raise ValueError if `on_device` is given but differs from the choice with which the run began.

    before : settings with which the run began, or None for a new run. If device_batches is missing from these settings,
        the run began with batches that were made one picture at a time
    on_device : as for `train`
    """
    if before is None:
        return device.type == "cuda" if on_device is None else on_device
    began = before.get("device_batches") is True
    if on_device not in (None, began):
        ways = {True: "a batch at a time on the device", False: "one picture at a time"}
        raise ValueError(
            f"this run began with pictures made {ways[began]}, not {ways[not began]}: resume it with "
            f"on_device={began}, or choose another folder"
        )
    return began


def check_same(
    folder: Path, before: dict[str, Any], now: dict[str, Any], step: int
) -> tuple[dict[str, Any], list[str]]:
    """Compare the settings with which a run began and those with which it is resumed.

    before, now : the results of `read_settings` and `settings_of`
    step : step at which the run is resumed
    Returns (settings to write to machine.json, remarks for the user). If a setting that may change has changed, its old
    value is stored under "earlier", and a remark names the setting.

    Raises ValueError if the photos have changed, or if the run began with weights other than those given now.
    """
    _check_photos(folder, before, now)
    if now["start_sha256"] and now["start_sha256"] != before.get("start_sha256", now["start_sha256"]):
        began = "other weights" if before["start_sha256"] else "random weights"
        raise ValueError(
            f"the run in {folder} began with {began}, not with those given now, and they would have no effect. "
            "Resume it without weights to start with, or choose another folder"
        )
    remarks: list[str] = []
    changed = {key: before[key] for key in MAY_CHANGE if key in before and before[key] != now[key]}
    if "photos_sha256" not in before:
        remarks.append(
            f"{folder} does not say which photos its run began with, an earlier version began it: make sure that they "
            "are the same"
        )
    if changed:
        listed = "; ".join(f"{key} was {value}, is {now[key]}" for key, value in changed.items())
        remarks.append(f"this run is resumed elsewhere ({listed}): it will not end with the same weights to the bit")
    kept_before = before.get("earlier")
    earlier = kept_before if isinstance(kept_before, list) else []
    earlier = [*earlier, {"until step": step, **changed}] if changed else earlier
    now = {key: value for key, value in now.items() if key != "start_sha256"}
    kept = {"start_sha256": before["start_sha256"]} if "start_sha256" in before else {}
    return now | kept | ({"earlier": earlier} if earlier else {}), remarks


def _check_photos(folder: Path, before: dict[str, Any], now: dict[str, Any]) -> None:
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
