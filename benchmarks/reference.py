"""Compare the Numba reference with PyTorch's conv2d and with Python loops: `python benchmarks/reference.py`."""

import os
import platform
import subprocess
import sys
import tempfile
import time

import numba
import numpy as np
import torch

from pconv_edu.core import partial_conv2d, partial_conv2d_loops
from pconv_edu.experiments import benchmarks

FIRST_CALL = """
import time
import numpy as np
from pconv_edu.core import partial_conv2d
start = time.perf_counter()
partial_conv2d(np.ones((1, 8, 8), np.float32), np.ones((8, 8), bool), np.ones((1, 1, 3, 3), np.float32))
print(time.perf_counter() - start)
"""


def in_turn(first, second, rounds, repeats=(1, 1)):
    """Time two calls alternately, each `repeats` times per turn; return the two lists of seconds per call.

    Each turn begins with a call that is not counted: it wakes its threads while the other's threads still spin.
    """
    times = [], []
    for _ in range(rounds):
        for call, seconds, repeat in zip((first, second), times, repeats, strict=True):
            call()
            start = time.perf_counter()
            for _ in range(repeat):
                call()
            seconds.append((time.perf_counter() - start) / repeat)
    return times


def layer(in_channels, out_channels, size, known=0.7):
    rng = np.random.default_rng(0)
    x = rng.standard_normal((in_channels, size, size), dtype=np.float32)
    weight = rng.standard_normal((out_channels, in_channels, 3, 3), dtype=np.float32)
    return x, rng.random((size, size)) < known, weight


def against_conv2d():
    """64→64 channels, 3×3, 128×128, the same number of threads."""
    torch.set_num_threads(numba.get_num_threads())
    x, mask, weight = layer(64, 64, 128)
    x_torch, weight_torch = torch.from_numpy(x)[None], torch.from_numpy(weight)
    partial = lambda: partial_conv2d(x, mask, weight, padding=1)  # noqa: E731
    ordinary = lambda: torch.nn.functional.conv2d(x_torch, weight_torch, padding=1)  # noqa: E731
    return in_turn(partial, ordinary, 40, repeats=(5, 5))


def against_loops():
    """4→4 channels, 3×3, 32×32."""
    x, mask, weight = layer(4, 4, 32)
    loops = lambda: partial_conv2d_loops(x, mask, weight, padding=1)  # noqa: E731
    numba_ = lambda: partial_conv2d(x, mask, weight, padding=1)  # noqa: E731
    return in_turn(loops, numba_, 15, repeats=(1, 200))


def first_calls():
    """Return the seconds of the first call in a new process: with an empty cache, then with the cache that it left."""
    with tempfile.TemporaryDirectory() as cache:
        run = [sys.executable, "-c", FIRST_CALL]
        environment = os.environ | {"NUMBA_CACHE_DIR": cache}
        return [float(subprocess.check_output(run, env=environment, text=True)) for _ in range(2)]


def main():
    partial, ordinary = against_conv2d()
    loops, numba_ = against_loops()
    compiling, cached = first_calls()
    median = lambda seconds: 1e3 * float(np.median(seconds))  # noqa: E731
    results = {
        "numba_ms": median(partial),
        "conv2d_ms": median(ordinary),
        "numba_over_conv2d": float(np.median(np.divide(partial, ordinary))),
        "loops_ms": median(loops),
        "numba_small_ms": median(numba_),
        "loops_over_numba": float(np.median(np.divide(loops, numba_))),
        "first_call_s": compiling,
        "first_call_cached_s": cached,
        "threads": numba.get_num_threads(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"numba {numba.__version__}, torch {torch.__version__}",
    }
    benchmarks.save("reference", {k: round(v, 3) if isinstance(v, float) else v for k, v in results.items()})
    print(
        f"64→64 channels, 3×3, 128×128: Numba {results['numba_ms']:.1f} ms, conv2d {results['conv2d_ms']:.1f} ms, "
        f"ratio {results['numba_over_conv2d']:.2f} (wanted: at most 3)"
    )
    print(
        f"4→4 channels, 3×3, 32×32: loops {results['loops_ms']:.0f} ms, Numba {results['numba_small_ms']:.3f} ms, "
        f"ratio {results['loops_over_numba']:.0f} (wanted: at least 500)"
    )
    print(f"first call: compiling {compiling:.1f} s (wanted: under 10), from the cache {cached:.2f} s")


if __name__ == "__main__":
    main()
