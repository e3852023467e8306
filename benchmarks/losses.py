"""Measure what the full loss costs, and how much of that is VGG.

`python benchmarks/losses.py` measures on the CPU, with `--device cuda` on a GPU.
"""

import argparse
import os
import platform

import numpy as np
import torch
from parts.timing import in_turn, synchronizer

from pconv_edu.experiments import benchmarks
from pconv_edu.nn import InpaintingLoss, LossWeights, VGGFeatures

BATCH, SIZE = 8, 128


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    device = parser.parse_args().device
    generator = torch.Generator().manual_seed(0)
    output, target = torch.rand(2, BATCH, 3, SIZE, SIZE, generator=generator).to(device)
    mask = (torch.rand(BATCH, 1, SIZE, SIZE, generator=generator) < 0.7).float().to(device)
    output = output.clone().requires_grad_()
    features = VGGFeatures().to(device)
    full, pixels = (
        InpaintingLoss(features=features),
        InpaintingLoss(LossWeights(perceptual=0, style_out=0, style_comp=0)),
    )

    def step(loss):
        output.grad = None
        loss(output, target, mask)[0].backward()

    def vgg_alone():
        """The same passes through the features, followed by the cheapest possible loss."""
        with torch.no_grad():
            features(target)
        found = features(torch.cat([output, output]))
        output.grad = None
        sum(f.mean() for f in found.values()).backward()

    calls = [lambda: step(full), vgg_alone, lambda: step(pixels)]
    seconds = in_turn(calls, 9, synchronizer(device))
    whole, vgg, pixel = (1e3 * float(np.median(s)) for s in seconds)
    share = float(np.median(seconds[1] / seconds[0]))
    print(f"forward and backward, {BATCH} pictures of {SIZE}×{SIZE}: {whole:.0f} ms")
    print(f"  passes through VGG alone {vgg:.0f} ms: {100 * share:.0f} %; the pixel terms alone {pixel:.1f} ms")
    results = {
        "full_ms": round(whole, 1),
        "vgg_ms": round(vgg, 1),
        "pixels_ms": round(pixel, 2),
        "vgg_share": round(share, 3),
    }
    where = (
        torch.cuda.get_device_name() if device == "cuda" else f"{torch.get_num_threads()} threads of {os.cpu_count()}"
    )
    results["machine"] = f"{platform.machine()}, {where}, Python {platform.python_version()}, torch {torch.__version__}"
    benchmarks.save("losses", results, device)


if __name__ == "__main__":
    main()
