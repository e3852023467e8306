"""Run gradient descent on pixels instead of weights (lesson 09)."""

from collections.abc import Callable

import torch


def descend(pixels: torch.Tensor, loss: Callable[[torch.Tensor], torch.Tensor], steps: int, rate: float) -> list[float]:
    """Minimise ``loss(pixels)`` by changing `pixels` in place; return the loss before each step.

    The optimiser is Adam, with a learning rate that falls from `rate` to 0 along a half cosine. After each step the
    pixels are clipped to [0, 1].
    """
    pixels.requires_grad_()
    optimizer = torch.optim.Adam([pixels], rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    losses = []
    for _ in range(steps):
        value = loss(pixels)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        schedule.step()
        with torch.no_grad():
            pixels.clamp_(0, 1)
        losses.append(value.item())
    return losses
