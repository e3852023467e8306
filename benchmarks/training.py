"""Pictures per second in training, in float32 and bfloat16, for the pixel terms (l1) and for all terms (course).

`python benchmarks/training.py` measures on the CPU, with `--device cuda` on a GPU. Steps of all four are timed in turn.
"""

import argparse
import platform
import statistics
import tempfile
import time
from pathlib import Path

import torch
from parts.trainer import first_batches

from pconv_edu.experiments import benchmarks
from pconv_edu.nn.data import Photos
from pconv_edu.nn.recipes import RECIPES, laptop
from pconv_edu.nn.run_folder import machine
from pconv_edu.nn.training import Run, keep_freed_memory


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    device = torch.device(options.device)
    keep_freed_memory()
    photos, runs = Photos(device=device), {}
    folder = Path(tempfile.mkdtemp())
    for name in ("l1", "course"):
        recipe = laptop(RECIPES[name]) if options.device == "cpu" else RECIPES[name]
        batches = first_batches(recipe, photos)
        for precision in ("float32", "bfloat16"):
            runs[name, precision] = Run(recipe, folder, device, precision=precision), batches
    seconds = {key: [] for key in runs}
    for step in range(options.rounds + 2):  # the first two warm up
        for key, (run, batches) in runs.items():
            start = time.perf_counter()
            terms = run.one_step(*batches(step))
            float(terms["total"])  # waits for the device
            seconds[key].append(time.perf_counter() - start)
    results = {"machine": f"{machine(device)['device']}, Python {platform.python_version()}, torch {torch.__version__}"}
    for (name, precision), took in seconds.items():
        stage = runs[name, precision][0].stage
        speed = stage.batch / statistics.median(took[2:])
        print(f"{name:7} {stage.batch} pictures of {stage.size}²  {precision:9} {speed:7.1f} pictures per second")
        results[f"{name}, {stage.size} px, {precision}"] = round(speed, 1)
    benchmarks.save("training", results, options.device)


if __name__ == "__main__":
    main()
