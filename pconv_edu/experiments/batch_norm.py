"""What freezing the encoder's batch norm does: the same network, trained a little longer with it frozen and not.

In training, batch norm takes its statistics from the pictures of the batch, holes included; in use, from running means.
Where the two differ, colours shift. Measured on the test photos: the mean difference between what the network returns
and the truth, as colour (signed, then its size averaged over photos), at valid pixels and in the hole; and PSNR.

``python -m pconv_edu.experiments.batch_norm [PRECISION]`` trains on from the `l1` that ships and stores the results: a
quarter of an hour or so in bfloat16 on a processor that multiplies in it.
"""

import json
import sys
import tempfile
from dataclasses import replace

import numpy as np
import torch

from pconv_edu import console
from pconv_edu.core import RATIO_BINS, load_photo, load_test_holes, photo_names, psnr
from pconv_edu.core.atomic import write_atomically
from pconv_edu.nn.recipes import RECIPES, laptop
from pconv_edu.nn.training import keep_freed_memory, train
from pconv_edu.nn.weights import load_weights

from . import RESULTS

FILE = RESULTS / "batch_norm.json"
SEEDS, STEPS = 3, 300
MODES = ("frozen", "not frozen")


def recipe(mode, seed, steps=STEPS):
    """l1 at its second rate, on 256×256 in batches of 4, with the encoder's batch norm frozen or not.

    Frozen, all steps belong to the second stage, whose rate falls from `frozen_rate` to 0. Not frozen, all belong to
    the first, whose rate falls from `rate` to `frozen_rate`. The numbers are chosen so that both have the same rate at
    every step: freezing is all that differs.
    """
    base = laptop(RECIPES["l1"])
    same = {"start": "l1", "size": 256, "batch": 4, "steps": steps, "average": 0.98, "seed": seed}
    start = base.frozen_rate
    if mode == "frozen":
        return replace(base, **same, warm_up=0, rate=start, frozen_rate=start, frozen=1.0)
    return replace(base, **same, warm_up=0, rate=start, frozen_rate=0.0, frozen=0.0)


def color_shift(network, photos, holes):
    """How far colours shift: means over photos of |mean colour of the output − that of the truth|, and PSNR.

    photos : list of (H, W, 3) arrays in [0, 1]; holes : a mask (H, W) for each
    Returns {"valid": …, "hole": …, "psnr": …}; the first two in units of [0, 1].
    """
    found = {"valid": [], "hole": [], "psnr": []}
    for photo, mask in zip(photos, holes, strict=True):
        image = torch.from_numpy(photo).permute(2, 0, 1)[None]
        with torch.inference_mode():
            output = network(image, torch.from_numpy(mask).float()[None, None])[0].permute(1, 2, 0).numpy()
        for part, where in (("valid", mask), ("hole", ~mask)):
            found[part].append(abs((output - photo)[where].mean(0)).mean())
        found["psnr"].append(psnr(output.clip(0, 1), photo, mask))
    return {name: float(f"{np.mean(values):.5g}") for name, values in found.items()}


def rebuild(path=FILE, precision="auto", quiet=False):
    """Train on from `l1` in every mode with every seed; store the shifts in the six ratio bins (N), and those of `l1`.

    `precision` is that of `pconv_edu.nn.training.train`.
    """
    photos, before = [load_photo(name, 256) for name in photo_names("test")], load_weights("l1")

    def shifts(network):
        return [color_shift(network, photos, load_test_holes(bin_)) for bin_ in RATIO_BINS]

    results = {"made by": "python -m pconv_edu.experiments.batch_norm", "steps": STEPS, "bins": RATIO_BINS}
    results["before"] = [shifts(before)]
    for mode in MODES:
        results[mode] = []
        for seed in range(SEEDS):
            with tempfile.TemporaryDirectory() as folder:
                options = {"start": before.state_dict(), "precision": precision, "quiet": quiet}
                network = train(recipe(mode, seed), folder, watch_every=10**9, **options)
            results[mode].append(shifts(network))
    write_atomically(path, (json.dumps(results, indent=1) + "\n").encode())


def load():
    """The stored results: {mode: for each seed a list over the ratio bins of `color_shift`'s dicts, …}.

    "before" holds those of `l1` itself, as of one seed.
    """
    return json.loads(FILE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.experiments.batch_norm"):
        keep_freed_memory()
        rebuild(precision=(sys.argv[1:] or ["auto"])[0])
