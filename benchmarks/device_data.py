"""Measure how many batches a second are made on the device in one go, and how many one picture at a time.

`python benchmarks/device_data.py` measures on one CPU core, with `--device cuda` on a GPU. Batches are made in turn in
the two ways, with the sizes, colours and turns of the recipe `l1` and holes from the same bank.
"""

import argparse
import platform
import statistics
import time

import torch

from pconv_edu.core import photo_names
from pconv_edu.core.hole_bank import draw_bank
from pconv_edu.experiments import benchmarks
from pconv_edu.nn.data import Batches, Photos
from pconv_edu.nn.device_data import DeviceBatches
from pconv_edu.nn.device_photos import pack_photos
from pconv_edu.nn.recipes import RECIPES, laptop
from pconv_edu.nn.run_folder import machine

PHOTOS, HOLES = 14, 64


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    device = torch.device(options.device)
    synchronize = torch.cuda.synchronize if options.device == "cuda" else lambda: None
    recipe = laptop(RECIPES["l1"]) if options.device == "cpu" else RECIPES["l1"]
    torch.set_num_threads(1)  # on a busy computer, threads wait for each other
    size, batch = recipe.stages[0].size, recipe.stages[0].batch
    photos = Photos(device=device, names=photo_names("train")[:PHOTOS])
    bank = torch.from_numpy(draw_bank(recipe.holes, size, 0, HOLES)).to(device)
    given = {"colors": recipe.colors, "turns": recipe.turns, "bank": bank}
    ways = {
        "one picture at a time": Batches(photos, size, batch, recipe.holes, **given),
        "a batch at a time": DeviceBatches(pack_photos(photos), size, batch, recipe.holes, **given),
    }
    seconds = {way: [] for way in ways}
    for step in range(options.rounds + 2):  # the first two warm up
        for way, batches in ways.items():
            synchronize()
            start = time.perf_counter()
            batches(step)
            synchronize()
            seconds[way].append(time.perf_counter() - start)
    one, together = (statistics.median(took[2:]) for took in seconds.values())
    ratio = statistics.median(a / b for a, b in zip(*(took[2:] for took in seconds.values()), strict=True))
    for way, median in zip(ways, (one, together), strict=True):
        print(f"{way:21}: {batch / median:8.0f} pictures of {size}² a second, {1e3 * median:.1f} ms a batch of {batch}")
    print(f"A batch at a time is {ratio:.2f} times as fast on {options.device}")
    about = f"{machine(device)['device']}, Python {platform.python_version()}, torch {torch.__version__}"
    results = {
        "machine": about,
        "size": size,
        "batch": batch,
        "one_at_a_time_per_s": round(batch / one, 1),
        "together_per_s": round(batch / together, 1),
        "ratio": round(ratio, 3),
    }
    benchmarks.save("device_data", results, options.device)


if __name__ == "__main__":
    main()
