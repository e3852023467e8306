"""How good are the fills? Every method on the same held-out photos and holes, compared photo by photo.

``python -m pconv_edu evaluate`` prints the tables and, with ``--save``, keeps the numbers in ``results/scores.json``.
"""

import json
import math
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from pconv_edu import inpaint
from pconv_edu.core import RATIO_BINS, l1, load_photo, load_test_holes, photo_names, psnr, ssim

from .perceptual import distance, efficientnet_features, vgg_features

CLASSICAL = ("mean", "telea", "navier-stokes", "biharmonic")
METRICS = {  # name -> (what it is, digits, whether more is better)
    "psnr": ("PSNR in the hole, dB", 2, True),
    "ssim": ("SSIM in the hole", 3, True),
    "l1": ("L1 in the hole, %", 2, False),
    "vgg": ("distance by VGG", 4, False),
    "efficientnet": ("distance by EfficientNet-Lite0", 4, False),
}
FILE = Path(__file__).parent / "results" / "scores.json"


def tests(size=256, border=False):
    """Yield (bin, photo's name, photo, mask) of every test: the photos of the test split in each ratio bin.

    size : px; the stored test holes are 256×256
    border : the holes that keep away from the border (B) instead of those that need not (N)
    """
    names = photo_names("test")
    photos = [load_photo(name, size) for name in names]
    for bin_ in RATIO_BINS:
        holes = load_test_holes(bin_, border)
        for number, (name, photo) in enumerate(zip(names, photos, strict=True)):
            yield bin_, name, photo, holes[number % len(holes)]


def score(method, border=False, fill=inpaint, progress=True):
    """Return every score of a method: {metric: [[a value per photo] per bin]}.

    method : one of `inpaint.METHODS`
    border : as for `tests`
    fill : what is called as ``fill(photo, mask, method)``
    """
    found = {metric: [[] for _ in RATIO_BINS] for metric in METRICS}
    bar = tqdm(list(tests(border=border)), desc=method, unit="photo", disable=not progress)
    for bin_, _, photo, mask in bar:
        filled = fill(photo, mask, method)
        pair = [torch.from_numpy(np.float32(image)).permute(2, 0, 1)[None] for image in (filled, photo)]
        values = {
            "psnr": psnr(filled, photo, mask),
            "ssim": ssim(filled, photo, mask),
            "l1": l1(filled, photo, mask),
            "vgg": distance(*pair, vgg_features).item(),
            "efficientnet": distance(*pair, efficientnet_features).item(),
        }
        for metric, value in values.items():
            found[metric][RATIO_BINS.index(bin_)].append(float(f"{value:.6g}"))
    return found


def difference(values, others):
    """Mean of the paired differences and the half width of its 95 % interval (t distribution): (float, float).

    values, others : a number per photo, in the same order
    """
    from scipy.stats import t

    differences = np.subtract(values, others)
    count = len(differences)
    return differences.mean(), t.ppf(0.975, count - 1) * differences.std(ddof=1) / math.sqrt(count)


def best_of(scores, methods, metric, number):
    """The method with the best mean in a bin."""
    better = max if METRICS[metric][2] else min
    return better(methods, key=lambda method: np.mean(scores[method][metric][number]))


def compare(scores, method, rivals=CLASSICAL, metric="psnr"):
    """A method against the best of its rivals in each bin: a list of (rival, mean difference, half width of 95 %).

    scores : {method: what `score` returns}
    """
    rows = []
    for number in range(len(RATIO_BINS)):
        rival = best_of(scores, rivals, metric, number)
        rows.append((rival, *difference(scores[method][metric][number], scores[rival][metric][number])))
    return rows


def table(scores, metric="psnr"):
    """The means of every method in every bin, as text."""
    title, digits, _ = METRICS[metric]
    lines = [f"{title:32}" + "".join(f"{_percent(bin_):>10}" for bin_ in RATIO_BINS)]
    for method, found in scores.items():
        lines.append(f"{method:32}" + "".join(f"{np.mean(values):10.{digits}f}" for values in found[metric]))
    return "\n".join(lines)


def comparison(scores, method, rivals=CLASSICAL, metric="psnr"):
    """`compare` as text."""
    title, digits, _ = METRICS[metric]
    against = rivals[0] if len(rivals) == 1 else f"the best of {', '.join(rivals)}"
    lines = [f"{method} against {against}: {title}, mean difference with its 95 % interval"]
    for bin_, (rival, mean, half) in zip(RATIO_BINS, compare(scores, method, rivals, metric), strict=True):
        lines.append(f"  {_percent(bin_):>9}  {mean:+.{digits}f} ± {half:.{digits}f}  ({rival})")
    return "\n".join(lines)


def load_scores():
    """The stored scores: {method: what `score` returned}."""
    return json.loads(FILE.read_text(encoding="utf-8"))["scores"]


def save_scores(scores):
    """Keep scores: those of other methods stay."""
    kept = load_scores() if FILE.exists() else {}
    about = {"photos": photo_names("test"), "bins": RATIO_BINS, "made by": "python -m pconv_edu evaluate --save"}
    FILE.write_text(json.dumps(about | {"scores": kept | scores}) + "\n", encoding="utf-8")


def _percent(bin_):
    return f"{100 * bin_[0]:.0f}–{100 * bin_[1]:.0f} %"
