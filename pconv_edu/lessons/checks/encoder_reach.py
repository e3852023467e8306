"""Lesson 08: how far the layers of an encoder see, `encoder_reach(kernels, strides) -> list of ints`, odd kernels."""

from .exercise import Case, Exercise, Mistakes

mistake = Mistakes()


def sums(kernels, strides, term):
    """Running sums of term(kernel, step, stride); `step`: how many input pixels lie between the layer's inputs."""
    found, total, step = [], 0, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        total += term(kernel, step, stride)
        found.append(total)
        step *= stride
    return found


def answer(kernels, strides):
    return sums(kernels, strides, lambda kernel, step, stride: kernel // 2 * step)


@mistake("strides are left out. After a stride of 2, neighbours lie 2 input pixels apart, after two of them 4.")
def no_strides(kernels, strides):
    return sums(kernels, strides, lambda kernel, step, stride: kernel // 2)


@mistake(
    "a layer's own stride counts for itself. Its window lies on its input; the stride matters for the layers after it."
)
def own_stride(kernels, strides):
    return sums(kernels, strides, lambda kernel, step, stride: kernel // 2 * step * stride)


@mistake("only the last stride before is used: the distance of neighbours is the product of all strides before.")
def last_stride_only(kernels, strides):
    before = [1, *strides[:-1]]
    return sums(kernels, before, lambda kernel, step, stride: kernel // 2 * stride)


@mistake("k − 1 is taken for each kernel, which is the reach to both sides: to one side it is k // 2.")
def whole_kernels(kernels, strides):
    return sums(kernels, strides, lambda kernel, step, stride: (kernel - 1) * step)


@mistake("the whole kernel counts: to one side it reaches k // 2.")
def plain_kernels(kernels, strides):
    return sums(kernels, strides, lambda kernel, step, stride: kernel * step)


@mistake("you return the size of the whole field, 2 · reach + 1: the reach to one side is asked for.")
def field(kernels, strides):
    return [2 * reach + 1 for reach in answer(kernels, strides)]


@mistake("each layer's part is returned by itself: add up what the layers before it reach.")
def each_alone(kernels, strides):
    reach = answer(kernels, strides)
    return [b - a for a, b in zip([0, *reach], reach, strict=False)]


@mistake("only the last reach is returned: return a list, one for each layer.")
def last_only(kernels, strides):
    return answer(kernels, strides)[-1]


@mistake("the reach is counted in pixels of each layer's own input: count in image pixels.")
def in_output_pixels(kernels, strides):
    """Adds up in pixels of the layer's own input: divides the reach so far by the stride."""
    found, total, before = [], 0, 1
    for kernel, stride in zip(kernels, strides, strict=True):
        total = total // before + kernel // 2
        found.append(total)
        before = stride
    return found


EXERCISE = Exercise(
    answer,
    mistake.all,
    (
        Case("one 7×7 layer", ([7], [2])),
        Case("three 3×3 layers with stride 1", ([3, 3, 3], [1, 1, 1])),
        Case("three 3×3 layers with stride 2", ([3, 3, 3], [2, 2, 2])),
        Case("strides that differ", ([5, 3, 3, 5], [3, 1, 2, 1])),
        Case("a 1×1 layer between", ([3, 1, 5], [2, 2, 1])),
        Case("the paper's encoder", ([7, 5, 5, 3, 3, 3, 3, 3], [2] * 8)),
    ),
)
