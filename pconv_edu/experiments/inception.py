"""Compute the Inception Score. Lesson 11 resamples photos to show why the course does not report this score.

The score is the exponential of the mean Kullback–Leibler divergence between the class probabilities of one picture and
their average over all pictures (Salimans et al. 2016, arXiv 1606.03498). The authors take the probabilities from
Inception-v3; this module takes them from EfficientNet-Lite0. ``python -m pconv_edu.experiments.inception`` computes the
stored class probabilities again, which takes half a minute.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from pconv_edu import console
from pconv_edu.core.atomic import write_atomically

from . import RESULTS

FILE = RESULTS / "class_probabilities.npz"
METHODS = ("mean", "navier-stokes", "patchmatch")
BIN = "0.2–0.3"  # hole ratio, holes N


def inception_score(p: Any) -> float:
    """Return the Inception Score, from 1 to the number of classes, for N pictures with the class probabilities p.

    p : (N, classes)

    >>> round(inception_score(np.eye(4)), 6), round(inception_score(np.full((3, 5), 0.2)), 6)
    (4.0, 1.0)
    """
    p = np.asarray(p, float)
    mean = p.mean(0)
    ratio = np.divide(p, mean, out=np.ones_like(p), where=p > 0)
    return float(np.exp((p * np.log(ratio)).sum(1).mean()))


def load() -> dict[str, np.ndarray]:
    """Return the stored probabilities as {"all photos": (151, 1000), "test photos": (30, 1000), method: (30, 1000)}."""
    with np.load(FILE) as stored:
        return {name: stored[name].astype(float) for name in stored.files}


def class_probabilities(images: Iterable[np.ndarray]) -> np.ndarray:
    """Return the class probabilities (N, 1000) that EfficientNet-Lite0 assigns to N images (H, W, 3)."""
    import torch

    from .evaluate.perceptual import classify

    with torch.inference_mode():
        probabilities = [classify(torch.from_numpy(np.float32(image)).permute(2, 0, 1)[None]) for image in images]
    return torch.cat(probabilities).numpy()


def rebuild(path: Path = FILE) -> None:
    """Compute all class probabilities and store them in half precision."""
    from pconv_edu.core import load_photo, photo_names

    from . import evaluate

    photos = {name: load_photo(name, evaluate.SIZE) for name in photo_names("test")}
    cases = [case for case in evaluate.table_cases(photos) if (case.holes, case.bin) == ("N", BIN)]
    pictures = {"all photos": [load_photo(name, evaluate.SIZE) for name in photo_names()]}
    pictures["test photos"] = list(photos.values())
    pictures |= {method: [evaluate.fill(case, method) for case in cases] for method in METHODS}
    arrays: dict[str, Any] = {name: class_probabilities(images).astype(np.float16) for name, images in pictures.items()}
    write_atomically(path, lambda file: np.savez_compressed(file, **arrays))


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.experiments.inception"):
        rebuild()
