"""Measure what masks cost: the layer and the U-Net against their twins without masks, and other versions of the layer.

`python benchmarks/layer.py` measures on the CPU, with `--device cuda` on a GPU. Calls that are compared are timed
alternately in one run. Memory is the peak of a whole process (CPU) or of the allocator (CUDA) in one training step.
"""

import argparse
import copy
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from parts.networks import added_memory_cuda, make_batch, make_network, measure_network, training_step
from parts.paper_layers import (
    LAYERS,
    describe,
    forward_and_backward,
    join,
    layer_arguments,
    layer_inputs,
    one_or_list,
)
from parts.timing import in_turn, synchronizer
from torch import nn
from torch_pconv import PConv2d

sys.path.insert(0, str(Path(__file__).parents[1]))  # the layers of the tests are the alternatives
from pconv_edu.experiments import benchmarks
from pconv_edu.nn import PartialConv2d
from pconv_edu.nn.fast_ops import select
from tests.nn.other_layers import MultiChannelCount, OneChannelCount

# By default glibc hands large blocks back at once and takes them again page by page: up to 4 ms for the 8 MB gradient
# of layer 1, whose convolution takes 5. A process that keeps its memory shows what the arithmetic costs.
KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**25), "MALLOC_TRIM_THRESHOLD_": str(2**32)}  # 2**25 is the most


def layer_calls(shape, device, batch=2):
    """Forward and backward of one layer in five ways: ordinary, ours, and the rivals. The mask is 70 % valid."""
    xs, masks = layer_inputs(shape, device, batch)
    arguments = layer_arguments(shape)
    ordinary, ours = nn.Conv2d(*arguments).to(device), PartialConv2d(*arguments).to(device)
    pconv, one, many = (
        layer.to(device)
        for layer in (PConv2d(*arguments, bias=True), OneChannelCount(*arguments), MultiChannelCount(*arguments))
    )
    expanded = lambda: join([m.expand_as(x) for m, x in zip(masks, xs, strict=True)])  # noqa: E731
    forwards = {
        "Conv2d": lambda: ordinary(join(xs)),
        "PartialConv2d": lambda: ours(one_or_list(xs), one_or_list(masks))[0],
        "in the network": lambda: ours.convolve(one_or_list(xs), one_or_list(masks))[0],
        # These two know one mask for all channels only: of a skip link they see half the truth, and do half the work.
        "torch-pconv": lambda: pconv(join(xs), masks[0][:, 0])[0],
        "one-channel count": lambda: one(join(xs), masks[0])[0],
        "multi-channel count": lambda: many(join(xs), expanded())[0],
    }
    dy = torch.randn_like(ordinary(join(xs)))
    return {name: (lambda forward=forward: forward_and_backward(forward, xs, dy)) for name, forward in forwards.items()}


def measure_layers(device, rounds, synchronize):
    """One row a layer: its convolution's time, and the median ratio of each other way to it.

    Every round visits every layer, so that a noisy moment of the machine spoils one round of all and not all of one.
    """
    layers = [layer_calls(shape, device) for shape in LAYERS]
    for calls in layers:
        in_turn(list(calls.values()), 1, synchronize)  # libraries prepare what they need for a shape
    turns = [[in_turn(list(calls.values()), 1, synchronize) for calls in layers] for _ in range(rounds)]
    rows = []
    for number, (shape, calls) in enumerate(zip(LAYERS, layers, strict=True), 1):
        seconds = np.concatenate([turn[number - 1] for turn in turns], axis=1)
        ratios = dict(zip(calls, np.median(seconds / seconds[0], axis=1), strict=True))
        row = {"layer": number, "conv2d_ms": 1e3 * float(np.median(seconds[0]))}
        rows.append(row | {name: float(ratio) for name, ratio in ratios.items() if name != "Conv2d"})
        text = "  ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items() if name != "Conv2d")
        print(f"{number:2} {describe(shape):34} Conv2d {row['conv2d_ms']:6.1f} ms  {text}", flush=True)
    return rows


def measure_select(device, rounds, synchronize):
    """`torch.where` over `select`, forward only, on the shape of the paper's first features."""
    x, mask = torch.randn(2, 64, 128, 128, device=device), torch.rand(2, 1, 128, 128, device=device) < 0.7
    with torch.no_grad():
        seconds = in_turn([lambda: torch.where(mask, x, 0), lambda: select(x, mask)], 2 * rounds, synchronize)
    return float(np.median(seconds[0] / seconds[1]))


def peak_memory(name, size, batch, device):
    """MiB that a training step adds at its peak, read in a process of its own."""
    code = f"import layer; print(layer._added_memory({name!r}, {size}, {batch}, {device!r}))"
    # One allocation, one mapping: freed memory goes back, and the peak is that of the tensors alive.
    environment = os.environ | {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "0"}
    return float(
        subprocess.check_output([sys.executable, "-c", code], text=True, cwd=Path(__file__).parent, env=environment)
    )


def _added_memory(name, size, batch, device):
    """The peak of the second step: the first one loads libraries and allots gradients."""
    network = make_network(name, device)
    training_step(copy.deepcopy(network), *make_batch(64, 2, device))
    image, mask = make_batch(size, batch, device)
    if device == "cuda":
        return added_memory_cuda(network, image, mask)
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts from here
    before = _status("VmRSS")
    training_step(network, image, mask)
    return _status("VmHWM") - before


def _status(key):
    """Return the MiB of this process: VmRSS, its memory now, or VmHWM, the maximum so far (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(key))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    parser.add_argument("--rounds", type=int, default=11)
    arguments = parser.parse_args()
    if not KEEP_MEMORY.keys() <= os.environ.keys():
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | KEEP_MEMORY)
    device = arguments.device
    synchronize = synchronizer(device)
    rows = measure_layers(device, arguments.rounds, synchronize)
    results = {"layers": rows}
    for name in ("PartialConv2d", "in the network", "torch-pconv", "one-channel count", "multi-channel count"):
        ratios = [row[name] for row in rows]
        print(f"{name}: median {np.median(ratios):.2f}, largest {max(ratios):.2f}")
    results["where_over_select"] = measure_select(device, arguments.rounds, synchronize)
    print(f"torch.where takes {results['where_over_select']:.1f} times as long as select")
    for size, batch in ((128, 16), (256, 8)):
        row = measure_network(size, batch, device, arguments.rounds)
        partial, plain = (peak_memory(f"{kind} course", size, batch, device) for kind in ("partial", "plain"))
        row |= {"memory": partial / plain, "plain_mib": plain}
        results[f"step_{size}"] = row
        print(f"U-Net step, {batch} pictures of {size}²; the plain twin: {row['plain_ms']:.0f} ms, {plain:.0f} MiB")
        print(
            f"  {row['time']:.2f} times that time (wanted: at most 1.25), {row['memory']:.2f} times that memory (1.3)"
        )
    cores = torch.cuda.get_device_name() if device == "cuda" else f"{torch.get_num_threads()} threads"
    results["machine"] = f"{platform.machine()}, {cores}, Python {platform.python_version()}, torch {torch.__version__}"
    benchmarks.save("layer", _rounded(results), device)


def _rounded(value):
    if isinstance(value, dict):
        return {key: _rounded(v) for key, v in value.items()}
    if isinstance(value, list):
        return [_rounded(v) for v in value]
    return round(value, 3) if isinstance(value, float) else value


if __name__ == "__main__":
    main()
