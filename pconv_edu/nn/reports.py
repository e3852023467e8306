"""What a training run shows while it goes on: a sheet of samples, and curves."""

import io
import json

import numpy as np
import torch
from PIL import Image

SHOWN = 6


def draw_samples(network, images, masks, path):
    """Write a sheet: holes, what the network makes of them, the truth; one column a picture, six at most."""
    network.eval()
    with torch.no_grad():
        filled = torch.where(masks.bool(), images, network(images, masks).clamp(0, 1))
    holes = torch.where(masks.bool(), images, torch.tensor([0.85, 0.11, 0.55], device=images.device)[:, None, None])
    rows = [torch.cat(list(row[:SHOWN]), 2) for row in (holes, filled, images)]
    sheet = torch.cat(rows, 1).permute(1, 2, 0).float().cpu().numpy()
    buffer = io.BytesIO()
    Image.fromarray(np.uint8(np.rint(255 * sheet))).save(buffer, "PNG")
    path.write_bytes(buffer.getvalue())


def draw_curves(log, path):
    """Draw every column of a log over the steps; without Matplotlib, which only the lessons need, draw nothing."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        return
    rows = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    names = [name for name in dict.fromkeys(key for row in rows for key in row) if name not in ("step", "images_per_s")]
    figure = Figure(figsize=(4 * len(names), 3), layout="constrained")
    for ax, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        points = [(row["step"], row[name]) for row in rows if name in row]
        ax.plot(*zip(*points, strict=True))
        ax.set(title=name, xlabel="step", yscale="log" if min(p[1] for p in points) > 0 else "linear")
    figure.savefig(path, dpi=80)
