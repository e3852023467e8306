"""Test whether partial convolution is useful as a kind of padding.

Small networks with four kinds of padding are trained on two tasks (lesson 13).

Nothing is known outside the picture, so the outside can be treated as a hole. A partial convolution with a mask of ones
uses only the pixels inside the picture and rescales the result (Liu et al. 2018, arXiv 1811.11718). This padding is
compared with zero, reflection and replication padding in two tasks, with several seeds. The first task is to remove
noise, and the error is measured at each distance to the border. The second task is to predict by how many quarter turns
a crop is rotated, and the share of correct answers is measured.

``python -m pconv_edu.experiments.padding`` computes the stored results again. This takes about a quarter of an hour on
two cores.
"""

import json
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from pconv_edu import console
from pconv_edu.core.atomic import write_atomically
from pconv_edu.nn import PartialConv2d
from pconv_edu.nn.data import Photos, random_crop

from . import RESULTS, processes

FILE = RESULTS / "padding.json"
PADDINGS = ("zeros", "reflect", "replicate", "partial")
SEEDS, STEPS, BATCH, SIZE = 6, 600, 16, 48
TESTED = 400  # crops of test photos
RINGS = ((0, 1), (1, 2), (2, 4), (4, 8), (8, 24))  # px from the border, each (low, high]
NOISE = 0.15  # standard deviation


class PartialPadding(nn.Module):
    """Apply a partial convolution to a picture without holes.

    The result differs from that of an ordinary convolution only at the border.

    The constructor takes the same arguments as `PartialConv2d`.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__()
        self.conv = PartialConv2d(*arguments, **options)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Convolve pictures (N, C, H, W), all of whose pixels count as valid."""
        return self.conv(x, x.new_ones(len(x), 1, *x.shape[2:]))[0]


def conv(padding: str, inputs: int, outputs: int, stride: int = 1) -> nn.Module:
    """Return a 3×3 convolution with one of `PADDINGS`; raise a ValueError for any other padding."""
    if padding not in PADDINGS:
        raise ValueError(f"padding is {padding!r}; choose one of {', '.join(PADDINGS)}")
    if padding == "partial":
        return PartialPadding(inputs, outputs, 3, stride, 1)
    mode = cast(Literal["zeros", "reflect", "replicate"], padding)
    return nn.Conv2d(inputs, outputs, 3, stride, 1, padding_mode=mode)


class Denoiser(nn.Sequential):
    """Predict the noise in pictures (N, 3, H, W) as a tensor of the same shape.

    The six layers together have a reach of 6 px to each side.
    """

    def __init__(self, padding: str, width: int = 24) -> None:
        layers = [conv(padding, 3, width), nn.ReLU()]
        for _ in range(4):
            layers += [conv(padding, width, width), nn.BatchNorm2d(width), nn.ReLU()]
        super().__init__(*layers, conv(padding, width, 3))


class Turns(nn.Sequential):
    """Score the four possible numbers of quarter turns of pictures (N, 3, H, W), as a tensor (N, 4).

    The network has four strided layers, a mean over all positions, and a linear layer.
    """

    def __init__(self, padding: str, width: int = 24) -> None:
        layers: list[nn.Module] = []
        inputs = 3
        for outputs in (width, 2 * width, 3 * width, 4 * width):
            layers += [conv(padding, inputs, outputs, 2), nn.BatchNorm2d(outputs), nn.ReLU()]
            inputs = outputs
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, 4))


def crops(photos: Photos, count: int, rng: np.random.Generator) -> torch.Tensor:
    """Return random upright crops of photos as a tensor (count, 3, SIZE, SIZE)."""
    return torch.stack([random_crop(photos[int(rng.integers(len(photos)))], SIZE, rng) for _ in range(count)])


def noisy(images: torch.Tensor, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the images with noise added, and the noise."""
    noise = NOISE * torch.from_numpy(rng.standard_normal(images.shape, np.float32))
    return images + noise, noise


def turned(images: torch.Tensor, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Rotate each image by a random number of quarter turns, and return the images and the number of turns for each."""
    turns = torch.from_numpy(rng.integers(4, size=len(images)))
    return torch.stack([image.rot90(int(k), (1, 2)) for image, k in zip(images, turns, strict=True)]), turns


def ring_errors(output: torch.Tensor, noise: torch.Tensor) -> list[float]:
    """Return the mean squared error for each range of distances to the border in `RINGS`, as a list of floats."""
    place = torch.arange(SIZE)
    line = torch.minimum(place, SIZE - 1 - place) + 1
    depth = torch.minimum(line[:, None], line[None])
    squared = (output - noise).square().mean((0, 1))
    return [squared[(depth > low) & (depth <= high)].mean().item() for low, high in RINGS]


def train(task: str, padding: str, seed: int, steps: int = STEPS) -> list[float] | float:
    """Train one network and test it on photos that the network has not seen.

    With the same seed, the networks for all paddings start from the same weights and see the same crops.

    task : "noise" to return `ring_errors`, or "turns" to return the share of correct answers
    """
    training_photos, test_photos = Photos(), Photos(held_out=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = (Denoiser if task == "noise" else Turns)(padding)
    disturb, rng = noisy if task == "noise" else turned, np.random.default_rng(seed)
    optimizer = torch.optim.Adam(network.parameters(), 2e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        images, target = disturb(crops(training_photos, BATCH, rng), rng)
        output = network(images)
        loss = F.mse_loss(output, target) if task == "noise" else F.cross_entropy(output, target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    rng = np.random.default_rng(10_000)
    images, target = disturb(crops(test_photos, TESTED, rng), rng)
    with torch.no_grad():
        output = network.eval()(images)
    return ring_errors(output, target) if task == "noise" else (output.argmax(1) == target).float().mean().item()


def rebuild(path: Path = FILE) -> None:
    """Train all networks and store the results."""
    jobs = [(task, padding, seed) for task in ("noise", "turns") for padding in PADDINGS for seed in range(SEEDS)]
    values = processes.all_results(train, jobs, 2, "network")
    results: dict[str, dict[str, list]] = {"noise": {}, "turns": {}}
    for (task, padding, _), value in zip(jobs, values, strict=True):
        value = [float(f"{v:.5g}") for v in value] if task == "noise" else float(f"{value:.5g}")
        results[task].setdefault(padding, []).append(value)
    about = {"made by": "python -m pconv_edu.experiments.padding", "steps": STEPS, "batch": BATCH, "size": SIZE}
    write_atomically(path, (json.dumps(about | {"rings": RINGS} | results, indent=1) + "\n").encode())


def load() -> dict[str, Any]:
    """Return the stored results as {"noise": {padding: errors of each seed}, "turns": {padding: shares}, …}."""
    return json.loads(FILE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.experiments.padding"):
        rebuild()
