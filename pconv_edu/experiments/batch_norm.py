"""Measure what freezing the encoder's batch norm does.

The training of one network is continued twice, once with batch norm frozen and once with batch norm not frozen.

In training, batch norm takes its statistics from the pictures of the batch, including their holes. At inference, batch
norm uses running averages of these statistics. If the running averages differ from the statistics of the pictures at
hand, the colours of the output shift. The shift is measured on the test photos, at valid pixels and in the hole. For
each photo and each colour channel, the signed difference between the output and the truth is averaged over the pixels.
The absolute values of these averages are then averaged over the channels and the photos. PSNR is measured too. Lesson
12 shows the results.

``python -m pconv_edu.experiments.batch_norm [PRECISION]`` continues the training of the shipped `l1` and stores the
results. This takes about a quarter of an hour in bfloat16 on a processor that supports this precision.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from pconv_edu import console
from pconv_edu.core import RATIO_BINS, load_photo, load_test_holes, photo_names, psnr
from pconv_edu.core.atomic import write_atomically
from pconv_edu.nn.recipes import RECIPES, Recipe, laptop
from pconv_edu.nn.training import keep_freed_memory, train
from pconv_edu.nn.weights import load_weights

from . import RESULTS

FILE = RESULTS / "batch_norm.json"
SEEDS, STEPS = 3, 300
MODES = ("frozen", "not frozen")


def recipe(mode: str, seed: int, steps: int = STEPS) -> Recipe:
    """Return a recipe that trains `l1` for one more stage like its last stage, with batch norm frozen or not frozen."""
    base = laptop(RECIPES["l1"])
    stage = replace(base.stages[-1], steps=steps, frozen=mode == "frozen")
    return replace(base, stages=(stage,), start="l1", warm_up=0, average=0.98, seed=seed)


def color_shift(
    network: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    photos: Sequence[np.ndarray],
    holes: Sequence[np.ndarray] | np.ndarray,
) -> dict[str, float]:
    """Return how far colours shift at valid pixels and in the hole, and the PSNR in the hole in dB.

    A shift is |mean of the output − mean of the truth|, averaged over the three colour channels and the photos.

    photos : (H, W, 3) arrays in [0, 1]
    holes : a mask (H, W) for each photo
    Returns {"valid": …, "hole": …, "psnr": …}. The first two numbers are shifts on the scale of the pixels, [0, 1].
    """
    values: dict[str, list[float]] = {"valid": [], "hole": [], "psnr": []}
    for photo, mask in zip(photos, holes, strict=True):
        image = torch.from_numpy(photo).permute(2, 0, 1)[None]
        with torch.inference_mode():
            output = network(image, torch.from_numpy(mask).float()[None, None])[0].permute(1, 2, 0).numpy()
        for part, where in (("valid", mask), ("hole", ~mask)):
            values[part].append(abs((output - photo)[where].mean(0)).mean())
        values["psnr"].append(psnr(output.clip(0, 1), photo, mask))
    return {name: float(f"{np.mean(numbers):.5g}") for name, numbers in values.items()}


def rebuild(path: Path = FILE, precision: str = "auto", quiet: bool = False) -> None:
    """Continue the training of `l1` in each mode with each seed, and store the colour shifts in the six ratio bins.

    The holes are those that may touch the border (kind N). The shifts of `l1` before this training are stored too.

    precision : the precision of the training, as in `pconv_edu.nn.training.train`
    """
    photos, before = [load_photo(name, 256) for name in photo_names("test")], load_weights("l1")

    def shifts(network: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> list[dict[str, float]]:
        return [color_shift(network, photos, load_test_holes(bin_)) for bin_ in RATIO_BINS]

    results: dict[str, Any] = {
        "made by": "python -m pconv_edu.experiments.batch_norm",
        "steps": STEPS,
        "bins": RATIO_BINS,
    }
    results["before"] = [shifts(before)]
    for mode in MODES:
        results[mode] = []
        for seed in range(SEEDS):
            with tempfile.TemporaryDirectory() as folder:
                options: dict[str, Any] = {"start": before.state_dict(), "precision": precision, "quiet": quiet}
                network = train(recipe(mode, seed), folder, watch_every=10**9, **options)
            results[mode].append(shifts(network))
    write_atomically(path, (json.dumps(results, indent=1) + "\n").encode())


def load() -> dict[str, Any]:
    """Return the stored results as {mode: list with the results of each seed, …}.

    The results of each seed are a list of the dicts that `color_shift` returns, one for each ratio bin. The results of
    `l1` before this training are stored under "before" in the same form, as a list with a single entry.
    """
    return json.loads(FILE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.experiments.batch_norm"):
        keep_freed_memory()
        rebuild(precision=(sys.argv[1:] or ["auto"])[0])
