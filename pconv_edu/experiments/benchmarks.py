"""Store the results of the programs in `benchmarks/`, so that lessons can show them on any machine.

A benchmark calls `save` to store its results, and a lesson calls `load` to read them.
"""

import json
from pathlib import Path
from typing import Any

from pconv_edu.core.atomic import write_atomically

from . import RESULTS

FOLDER = RESULTS / "benchmarks"


def load(name: str) -> dict[str, Any]:
    """Return the stored results of one benchmark, in the form in which its program in `benchmarks/` saved them.

    name : name of the stored results, such as "layer" or "reference", or "layer_cuda" for a run of "layer" on a GPU
    Raises ValueError if no results are stored under this name.
    """
    known = sorted(path.stem for path in FOLDER.glob("*.json"))
    if name not in known:
        raise ValueError(f"no stored benchmark is called {name!r}; choose one of {', '.join(known)}")
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def save(name: str, results: dict[str, Any], device: str = "cpu", folder: Path | str = FOLDER) -> Path:
    """Store the results of one benchmark and return the path of the file.

    If writing fails, an existing file is left unchanged.

    name : name of the benchmark; the file is called name.json, or name_cuda.json for the device "cuda"
    results : a dict that can be written as JSON
    """
    path = Path(folder) / (f"{name}.json" if device == "cpu" else f"{name}_{device}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, (json.dumps(results, indent=1) + "\n").encode())
    return path
