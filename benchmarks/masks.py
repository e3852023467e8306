"""Measure how long a thousand irregular masks take on one core: `python benchmarks/masks.py`."""

import time

import cv2
import numpy as np

from pconv_edu.core import RATIO_BINS, irregular_mask
from pconv_edu.experiments import benchmarks


def main():
    cv2.setNumThreads(1)
    rng = np.random.default_rng(0)
    start = time.perf_counter()
    for number in range(1000):
        irregular_mask(256, RATIO_BINS[number % 6], border=25 * (number // 6 % 2), rng=rng)
    seconds = time.perf_counter() - start
    benchmarks.save("masks", {"masks": 1000, "size": 256, "seconds": round(seconds, 2)})
    print(f"1000 masks of 256×256, all ratios, with and without a border: {seconds:.1f} s (wanted: under 10)")


if __name__ == "__main__":
    main()
