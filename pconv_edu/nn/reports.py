"""Make the reports of a training run: means for the log, a sheet of samples, and curves."""

import io
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import nn

from pconv_edu.core.colors import HOLE

from .data import Batches, Photos, PhotoSet
from .losses import hole_loss
from .recipe_base import BaseRecipe
from .run_folder import LOG, read_lines, write_whole

SHOWN = 6  # the largest number of pictures in a row of a sheet
LABEL = 16  # px, the height of the line of text on a sheet


class Watched:
    """Score a network's fills of one fixed batch of held-out photos, and draw these fills.

    If no photos are held out, fills of training photos are drawn, but not scored.

    Parameters
    ----------
    recipe : recipe of the run
    data, names : folder of the photos, and the result of `list_photos` for this folder
    photos : the training photos
    quiet : True to suppress the warning that no photos are held out
    """

    def __init__(
        self, recipe: BaseRecipe, data: str | Path | None, names: Sequence[Any], photos: PhotoSet, quiet: bool = False
    ) -> None:
        apart: PhotoSet | None
        try:
            apart = Photos(data, device=photos.device, held_out=True, names=names)
        except ValueError:  # none of them can be read
            apart = None
        shown = apart if apart is not None and len(apart) > 0 else photos
        self.held_out = shown is not photos
        if not self.held_out and not quiet:
            warnings.warn(
                f"{len(photos)} photos are too few to hold any out (14 are enough): samples.png shows photos that are "
                "trained on, and there is no held_out_hole",
                stacklevel=3,
            )
        last = recipe.stages[-1]
        self.batch = Batches(shown, last.size, max(last.batch, 6), recipe.holes, recipe.seed + 1, bank=False)(0)

    def score(self, network: nn.Module) -> dict[str, float]:
        """Return {"held_out_hole": mean absolute error per value in the holes}, or {} if no photo is held out."""
        if not self.held_out:
            return {}
        with torch.no_grad():
            return {"held_out_hole": float(hole_loss(network.eval()(*self.batch), *self.batch, per_hole=True))}

    def draw(self, network: nn.Module, folder: Path) -> None:
        """Write samples.png and curves.png to the folder of the run."""
        label = "held-out photos" if self.held_out else "training photos (too few to hold any out)"
        draw_samples(network, *self.batch, folder / "samples.png", label)
        draw_curves(folder / LOG, folder / "curves.png")


class Meter:
    """Compute the mean of each loss term, and the number of pictures per second, since the last row of the log."""

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self.sums: dict[str, torch.Tensor | int] = {}
        self.counts: dict[str, int] = {}
        self.pictures, self.begun = 0, time.perf_counter()

    def add(self, terms: Mapping[str, torch.Tensor], pictures: int) -> None:
        """Add the loss terms of one step, and the number of pictures in the step."""
        for name, term in terms.items():  # a stage may have terms that the stage before it does not have
            self.sums[name] = self.sums.get(name, 0) + term
            self.counts[name] = self.counts.get(name, 0) + 1
        self.pictures += pictures

    def row(self) -> dict[str, float]:
        """Return the means and the pictures per second since the last row, and reset the meter."""
        row = {name: float(total) / self.counts[name] for name, total in self.sums.items()}
        row["images_per_s"] = self.pictures / (time.perf_counter() - self.begun)
        self._reset()
        return row


def draw_samples(network: nn.Module, images: torch.Tensor, masks: torch.Tensor, path: Path, label: str) -> None:
    """Write a sheet with three rows: pictures with holes, filled pictures and true pictures.

    Each row shows at most six pictures.

    images : (N, 3, H, W) in [0, 1]
    masks : (N, 1, H, W), 1 = valid
    label : a line of text above the pictures
    """
    network.eval()
    with torch.no_grad():
        filled = torch.where(masks.bool(), images, network(images, masks).clamp(0, 1))
    holes = torch.where(masks.bool(), images, torch.tensor(HOLE, device=images.device)[:, None, None])
    rows = [torch.cat(list(row[:SHOWN]), 2) for row in (holes, filled, images)]
    pixels = torch.cat(rows, 1).permute(1, 2, 0).float().cpu().numpy()
    pictures = Image.fromarray(np.uint8(np.rint(255 * pixels)))
    font = ImageFont.load_default()
    sheet = Image.new("RGB", (max(pictures.width, round(font.getlength(label)) + 4), pictures.height + LABEL), "white")
    ImageDraw.Draw(sheet).text((2, 2), label, "black", font)
    sheet.paste(pictures, (0, LABEL))
    _write_png(path, lambda buffer: sheet.save(buffer, "PNG"))


def draw_curves(log: Path, path: Path) -> None:
    """Draw every column of a log, except the pictures per second, against the steps.

    Nothing is drawn if Matplotlib is not installed, because only the lessons require Matplotlib.
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        return
    rows = read_lines(log)
    names = [name for name in dict.fromkeys(key for row in rows for key in row) if name not in ("step", "images_per_s")]
    figure = Figure(figsize=(4 * len(names), 3), layout="constrained")
    for ax, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        points = [(row["step"], row[name]) for row in rows if name in row]
        ax.plot(*zip(*points, strict=True))
        ax.set(title=name, xlabel="step", yscale="log" if min(p[1] for p in points) > 0 else "linear")
    _write_png(path, lambda buffer: figure.savefig(buffer, dpi=80, format="png"))


def _write_png(path: Path, draw: Callable[[io.BytesIO], object]) -> None:
    buffer = io.BytesIO()
    draw(buffer)
    write_whole(path, buffer.getvalue())
