"""Lesson 08: `encoder_reach(kernels, strides) -> list` returns the reach of each encoder layer.

The reach is how far a layer sees to one side, in image pixels. Kernel sizes are odd.
"""

import math
from collections.abc import Callable

import numpy as np

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def sums(kernels: list[int], strides: list[int], term: Callable[[int, int, int], int]) -> list[int]:
    """Return the running sums of term(kernel, step, stride) over the layers.

    `step` is the distance between neighbouring inputs of the layer, in image pixels.
    """
    reaches, total, step = [], 0, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        total += term(kernel, step, stride)
        reaches.append(total)
        step *= stride
    return reaches


def answer(kernels: list[int], strides: list[int]) -> list[int]:
    return sums(kernels, strides, lambda kernel, step, stride: kernel // 2 * step)


@mistake(
    "the strides are ignored. After one stride of 2, neighbouring values are 2 input pixels apart, after two of them 4."
)
def no_strides(kernels, strides):
    return sums(kernels, strides, lambda kernel, step, stride: kernel // 2)


@mistake(
    "a layer's own stride is applied to its own window. The window covers the layer's input, so its stride matters "
    "only for the layers after it."
)
def own_stride(kernels, strides):
    return sums(kernels, strides, lambda kernel, step, stride: kernel // 2 * step * stride)


@mistake(
    "only the stride of the layer just before is used. The distance between neighbours is the product of all strides "
    "before the layer."
)
def last_stride_only(kernels, strides):
    before = [1, *strides[:-1]]
    return sums(kernels, before, lambda kernel, step, stride: kernel // 2 * stride)


@mistake("k − 1 is added for each kernel. That is the reach to both sides together; to one side it is k // 2.")
def whole_kernels(kernels, strides):
    return sums(kernels, strides, lambda kernel, step, stride: (kernel - 1) * step)


@mistake("the whole kernel is added. To one side it reaches k // 2.")
def plain_kernels(kernels, strides):
    return sums(kernels, strides, lambda kernel, step, stride: kernel * step)


@mistake("you return the size of the whole field, 2 · reach + 1. The exercise asks for the reach to one side.")
def field(kernels, strides):
    return [2 * reach + 1 for reach in answer(kernels, strides)]


@mistake("you return what each layer adds. Add up the reach of all layers before it too.")
def each_alone(kernels, strides):
    reach = answer(kernels, strides)
    return [b - a for a, b in zip([0, *reach], reach, strict=False)]


@mistake("you return only the last reach. Return a list with one number for each layer.")
def last_only(kernels, strides):
    return answer(kernels, strides)[-1]


@mistake("the reach is measured in pixels of each layer's own input. Measure it in pixels of the image.")
def in_output_pixels(kernels, strides):
    """Divide the accumulated reach by the previous stride, which wrongly gives pixels of each layer's own input."""
    reaches, total, before = [], 0, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        total = total // before + kernel // 2
        reaches.append(total)
        before = stride
    return reaches


@mistake("the strides are added up. The distance between neighbours is the product of all strides before the layer.")
def strides_added(kernels, strides):
    return np.cumsum(np.array(kernels) // 2 * np.cumsum([1, *strides[:-1]])).tolist()


@mistake("the strides are added up, without the first 1. The distance between neighbours is their product.")
def strides_summed(kernels, strides):
    before = [max(1, sum(strides[:layer])) for layer in range(len(strides))]
    return np.cumsum(np.array(kernels) // 2 * before).tolist()


@mistake("half of the kernel, k / 2, is added. The middle pixel is not a step: a kernel reaches k // 2 to one side.")
def half_kernels(kernels, strides):
    return sums(kernels, strides, lambda kernel, step, stride: kernel / 2 * step)


@mistake("you add up all reaches. Return a list with one number for each layer.")
def all_added(kernels, strides):
    return sum(answer(kernels, strides))


@mistake("each layer's own window is missing, so the list lags by one layer. Add it before you append.")
def one_layer_late(kernels, strides):
    return [0, *answer(kernels, strides)[:-1]]


@mistake("the list begins with an extra 0. Return one number for each layer.")
def extra_zero(kernels, strides):
    return [0, *answer(kernels, strides)]


@mistake("the strides AFTER a layer enlarge its steps. Those before it do.")
def strides_after(kernels, strides):
    return [sum(k // 2 * math.prod(strides[i:]) for i, k in enumerate(kernels[: n + 1])) for n in range(len(kernels))]


@mistake("you divide by the step. A stride makes the steps in the image larger: multiply.")
def divided(kernels, strides):
    return sums(kernels, strides, lambda kernel, step, stride: kernel // 2 / step)


@mistake("every stride is taken as 2. Use those in `strides`.")
def always_two(kernels, strides):
    return answer(kernels, [2] * len(strides))


@mistake.sign("a 7×7 layer alone reaches {} pixels. To one side it reaches 7 // 2 = 3.", broad=True)
def one_layer_wrong(attempt):
    (reach,) = attempt([7], [1])
    return f"{reach:g}" if reach != 3 else False


@mistake.sign(
    "after strides 2 and 3, a 3×3 layer adds {} pixels. The step is the product of the strides, 6.", broad=True
)
def step_wrong(attempt):
    *_, before, reach = attempt([3, 3, 3], [2, 3, 1])
    return f"{reach - before:g}" if reach - before != 6 else False


EXERCISE = Exercise(
    answer,
    mistake.collected,
    (
        Case("one 7×7 layer", ([7], [2])),
        Case("three 3×3 layers with stride 1", ([3, 3, 3], [1, 1, 1])),
        Case("three 3×3 layers with stride 2", ([3, 3, 3], [2, 2, 2])),
        Case("strides that differ", ([5, 3, 3, 5], [3, 1, 2, 1])),
        Case("a 1×1 layer in between", ([3, 1, 5], [2, 2, 1])),
        Case("the paper's encoder", ([7, 5, 5, 3, 3, 3, 3, 3], [2] * 8)),
    ),
    mistake.signs,
)
