"""Gradient descent on pixels instead of weights (lesson 09)."""

import torch


def descend(pixels, loss, steps, rate):
    """Move `pixels` down the gradient of ``loss(pixels)``, in place, and return the losses: a list of float.

    Adam, with a rate that falls to 0 along a half cosine; after each step the pixels are clipped to [0, 1].
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
