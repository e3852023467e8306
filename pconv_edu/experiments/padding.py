"""Does partial convolution help as padding? Small networks, four kinds of padding, two tasks, several seeds.

Outside the picture nothing is known, so its border is a hole of a kind. A partial convolution with a mask of ones
counts only what lies inside and rescales by it (Liu et al. 2018, arXiv 1811.11718). Against zeros, reflection and
replication: a regression (remove noise; the error by distance to the border) and a classification (by which quarter
turn is a crop rotated; the share of right answers).

``python -m pconv_edu.experiments.padding`` computes the stored results again: about a quarter of an hour on two cores.
"""

import json

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
RINGS = ((0, 1), (1, 2), (2, 4), (4, 8), (8, 24))  # px from the border, each (low, high]
NOISE = 0.15  # standard deviation


class PartialPadding(nn.Module):
    """A partial convolution of a picture with nothing missing: it differs from an ordinary one at the border only."""

    def __init__(self, *arguments, **options):
        super().__init__()
        self.conv = PartialConv2d(*arguments, **options)

    def forward(self, x):
        return self.conv(x, x.new_ones(len(x), 1, *x.shape[2:]))[0]


def conv(padding, inputs, outputs, stride=1):
    """A 3×3 convolution with one of `PADDINGS`."""
    if padding not in PADDINGS:
        raise ValueError(f"padding is {padding!r}; there are {', '.join(PADDINGS)}")
    if padding == "partial":
        return PartialPadding(inputs, outputs, 3, stride, 1)
    return nn.Conv2d(inputs, outputs, 3, stride, 1, padding_mode=padding)


class Denoiser(nn.Sequential):
    """Six layers that predict the noise of a picture: (N, 3, H, W) -> (N, 3, H, W), reach 6 px."""

    def __init__(self, padding, width=24):
        layers = [conv(padding, 3, width), nn.ReLU()]
        for _ in range(4):
            layers += [conv(padding, width, width), nn.BatchNorm2d(width), nn.ReLU()]
        super().__init__(*layers, conv(padding, width, 3))


class Turns(nn.Sequential):
    """Four strided layers and a mean: (N, 3, H, W) -> (N, 4), one number for each quarter turn."""

    def __init__(self, padding, width=24):
        layers, inputs = [], 3
        for outputs in (width, 2 * width, 3 * width, 4 * width):
            layers += [conv(padding, inputs, outputs, 2), nn.BatchNorm2d(outputs), nn.ReLU()]
            inputs = outputs
        super().__init__(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, 4))


def crops(photos, count, rng):
    """(count, 3, SIZE, SIZE) random crops, not turned."""
    return torch.stack([random_crop(photos[int(rng.integers(len(photos)))], SIZE, rng) for _ in range(count)])


def noisy(images, rng):
    """Images with noise, and the noise."""
    noise = NOISE * torch.from_numpy(rng.standard_normal(images.shape, np.float32))
    return images + noise, noise


def turned(images, rng):
    """Each image rotated by a random number of quarter turns, and these numbers."""
    turns = torch.from_numpy(rng.integers(4, size=len(images)))
    return torch.stack([image.rot90(int(k), (1, 2)) for image, k in zip(images, turns, strict=True)]), turns


def ring_errors(output, noise):
    """The squared error by distance to the border: a float for each of `RINGS`."""
    place = torch.arange(SIZE)
    line = torch.minimum(place, SIZE - 1 - place) + 1
    depth = torch.minimum(line[:, None], line[None])
    squared = (output - noise).square().mean((0, 1))
    return [squared[(depth > low) & (depth <= high)].mean().item() for low, high in RINGS]


def train(task, padding, seed, steps=STEPS):
    """Train one network and test it on photos it has not seen: `ring_errors`, or the share of right answers.

    task : "noise" or "turns". All paddings of a seed start from the same weights and see the same crops.
    """
    learn, look = Photos(), Photos(held_out=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = (Denoiser if task == "noise" else Turns)(padding)
    disturb, rng = noisy if task == "noise" else turned, np.random.default_rng(seed)
    optimizer = torch.optim.Adam(network.parameters(), 2e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        images, wanted = disturb(crops(learn, BATCH, rng), rng)
        output = network(images)
        loss = F.mse_loss(output, wanted) if task == "noise" else F.cross_entropy(output, wanted)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    rng = np.random.default_rng(10_000)
    images, wanted = disturb(crops(look, 400, rng), rng)
    with torch.no_grad():
        output = network.eval()(images)
    return ring_errors(output, wanted) if task == "noise" else (output.argmax(1) == wanted).float().mean().item()


def rebuild(path=FILE):
    """Train all networks and store the results."""
    jobs = [(task, padding, seed) for task in ("noise", "turns") for padding in PADDINGS for seed in range(SEEDS)]
    found = processes.all_results(train, jobs, 2, "network")
    results = {"noise": {}, "turns": {}}
    for (task, padding, _), value in zip(jobs, found, strict=True):
        value = [float(f"{v:.5g}") for v in value] if task == "noise" else float(f"{value:.5g}")
        results[task].setdefault(padding, []).append(value)
    about = {"made by": "python -m pconv_edu.experiments.padding", "steps": STEPS, "batch": BATCH, "size": SIZE}
    write_atomically(path, (json.dumps(about | {"rings": RINGS} | results, indent=1) + "\n").encode())


def load():
    """The stored results: {"noise": {padding: a list of ring errors per seed}, "turns": {padding: shares}, …}."""
    return json.loads(FILE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.experiments.padding"):
        rebuild()
