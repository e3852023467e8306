"""Measure the seconds per fill of every method at 256×256, on holes of 20 % and 30 % (N), alternating in one run.

`python benchmarks/fills.py`; the first fill of each method, which compiles or loads, is not counted.
"""

import platform
import statistics
import time

import torch

from pconv_edu import inpaint
from pconv_edu.core import RATIO_BINS, find_bin, hole_ratio, load_photo, load_test_holes, photo_names
from pconv_edu.experiments import benchmarks

ROUNDS = 5


def main():
    photos = [load_photo(name, 256) for name in photo_names("test")[:ROUNDS]]
    holes = {ratio: _nearest(ratio) for ratio in (0.2, 0.3)}
    seconds = {(method, ratio): [] for method in inpaint.METHODS for ratio in holes}
    for turn in range(ROUNDS + 1):
        for method, ratio in seconds:
            start = time.perf_counter()
            inpaint(photos[turn % ROUNDS], holes[ratio], method)
            seconds[method, ratio].append(time.perf_counter() - start)
    results = {
        "machine": f"{torch.get_num_threads()} CPU cores, Python {platform.python_version()}, torch {torch.__version__}"
    }
    for (method, ratio), took in seconds.items():
        results[f"{method}, hole ratio {ratio}"] = round(statistics.median(took[1:]), 3)
        print(f"{method:14} hole ratio {ratio}: {statistics.median(took[1:]):6.3f} s")
    benchmarks.save("fills", results)


def _nearest(ratio):
    """Return the stored test hole with the nearest ratio."""
    masks = load_test_holes(RATIO_BINS[find_bin(ratio, RATIO_BINS)])
    return min(masks, key=lambda mask: abs(hole_ratio(mask) - ratio))


if __name__ == "__main__":
    main()
