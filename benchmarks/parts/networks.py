"""The U-Net with masks, its plain twin, and one training step of either.

Both get the same pictures and masks; the twin paints the holes grey.
"""

from typing import Any

import numpy as np
import torch

from pconv_edu.nn import ConvUNet, PConvUNet

from .timing import in_turn, synchronizer


def training_step(network: Any, image: torch.Tensor, mask: torch.Tensor, half: bool = False) -> None:
    """Compute the gradients of a pixel loss. `half` : whether convolutions are in bfloat16, by autocast."""
    network.zero_grad()
    with torch.autocast(image.device.type, torch.bfloat16, enabled=half):
        output = network(image, mask)
    (output - image).abs().mean().backward()


def make_network(name: str, device: str, channels_last: bool = True) -> Any:
    """Return a new network: "partial course", "plain course", "partial paper" or "plain paper"."""
    torch.manual_seed(0)
    kind, size = name.split()
    network = {"partial": PConvUNet, "plain": ConvUNet}[kind]
    network = getattr(network, size)().to(device)
    return network.to(memory_format=torch.channels_last) if channels_last else network


def make_batch(size: int, batch: int, device: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Return pictures (batch, 3, size, size) and masks (batch, 1, size, size) that are 70 % valid."""
    generator = torch.Generator().manual_seed(0)
    image = torch.rand(batch, 3, size, size, generator=generator)
    mask = (torch.rand(batch, 1, size, size, generator=generator) < 0.7).float()
    return image.to(device).contiguous(memory_format=torch.channels_last), mask.to(device)


def measure_network(size: int, batch: int, device: str, rounds: int, half: bool = False) -> dict[str, float]:
    """Time a training step of the course's U-Net and one of its plain twin, in turn.

    Returns {"time": median ratio, partial to plain, "plain_ms": median, "partial_ms": median}.
    """
    image, mask = make_batch(size, batch, device)
    networks = [make_network(name, device) for name in ("partial course", "plain course")]
    calls = [lambda network=network: training_step(network, image, mask, half) for network in networks]
    seconds = in_turn(calls, rounds, synchronizer(device))
    partial, plain = (1e3 * float(np.median(times)) for times in seconds)
    return {"time": float(np.median(seconds[0] / seconds[1])), "plain_ms": plain, "partial_ms": partial}


def added_memory_cuda(network: Any, image: torch.Tensor, mask: torch.Tensor, half: bool = False) -> float:
    """Return the MiB that a training step adds at its peak, by PyTorch's allocator."""
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    training_step(network, image, mask, half)
    return (torch.cuda.max_memory_allocated() - before) / 2**20
