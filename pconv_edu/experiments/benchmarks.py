"""What `benchmarks/` measured, stored with the package: a lesson reads it wherever its copy is run.

A benchmark calls `save`, a lesson calls `load`.
"""

import json
from pathlib import Path

from pconv_edu.core.atomic import write_atomically

from . import RESULTS

FOLDER = RESULTS / "benchmarks"


def load(name):
    """Return the stored results of one benchmark: a dict, as its file in `benchmarks/` builds it.

    name : "layer", "reference", … ; "layer_cuda" for a run on a GPU
    Raises ValueError for a name without results.
    """
    known = sorted(path.stem for path in FOLDER.glob("*.json"))
    if name not in known:
        raise ValueError(f"no stored benchmark is called {name!r}; choose one of {', '.join(known)}")
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def save(name, results, device="cpu", folder=FOLDER):
    """Store the results of one benchmark, whole or not at all, and return the path of the file.

    name : of the benchmark; the file is name.json, or name_cuda.json for `device` "cuda"
    results : a dict with a JSON form
    """
    path = Path(folder) / (f"{name}.json" if device == "cpu" else f"{name}_{device}.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, (json.dumps(results, indent=1) + "\n").encode())
    return path
