"""Why there is no Inception Score here: what it says about 30 photos, by resampling.

Salimans et al. 2016 (arXiv 1606.03498): the exponential of the mean Kullback–Leibler divergence between the classes
that a network sees in one picture and those that it sees in all. Theirs is Inception-v3; this one, EfficientNet-Lite0.
``python -m pconv_edu.experiments.inception`` rebuilds the stored class probabilities, in half a minute.
"""

import numpy as np

from pconv_edu import console
from pconv_edu.core.atomic import write_atomically

from . import RESULTS

FILE = RESULTS / "class_probabilities.npz"
METHODS = ("mean", "navier-stokes", "patchmatch")
BIN = "0.2–0.3"  # hole ratio, holes N


def inception_score(p):
    """The Inception Score of pictures whose class probabilities are p (N, classes): from 1 to the number of classes.

    >>> round(inception_score(np.eye(4)), 6), round(inception_score(np.full((3, 5), 0.2)), 6)
    (4.0, 1.0)
    """
    p = np.asarray(p, float)
    mean = p.mean(0)
    ratio = np.divide(p, mean, out=np.ones_like(p), where=p > 0)
    return float(np.exp((p * np.log(ratio)).sum(1).mean()))


def load():
    """The stored class probabilities: {"all photos": (151, 1000), "test photos": (30, 1000), method: (30, 1000)}."""
    with np.load(FILE) as stored:
        return {name: stored[name].astype(float) for name in stored.files}


def class_probabilities(images):
    """Class probabilities (N, 1000) of images (H, W, 3) by EfficientNet-Lite0."""
    import torch

    from .evaluate.perceptual import classify

    with torch.inference_mode():
        found = [classify(torch.from_numpy(np.float32(image)).permute(2, 0, 1)[None]) for image in images]
    return torch.cat(found).numpy()


def rebuild(path=FILE):
    """Compute and store all class probabilities, in half precision."""
    from pconv_edu.core import load_photo, photo_names

    from . import evaluate

    photos = {name: load_photo(name, evaluate.SIZE) for name in photo_names("test")}
    cases = [case for case in evaluate.table_cases(photos) if (case.holes, case.bin) == ("N", BIN)]
    found = {"all photos": [load_photo(name, evaluate.SIZE) for name in photo_names()]}
    found["test photos"] = list(photos.values())
    found |= {method: [evaluate.fill(case, method) for case in cases] for method in METHODS}
    arrays = {name: np.float16(class_probabilities(images)) for name, images in found.items()}
    write_atomically(path, lambda file: np.savez_compressed(file, **arrays))


if __name__ == "__main__":
    with console.ending("python -m pconv_edu.experiments.inception"):
        rebuild()
