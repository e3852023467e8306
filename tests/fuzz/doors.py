"""Calls of the public functions that take arrays and numbers, and what their results must be.

A new function gets its own `@door` here, which draws the arguments and says how to recognise a good result.
"""

import itertools
import math
from dataclasses import replace

import numpy as np

from pconv_edu import core, inpaint
from pconv_edu.core.arguments import shown
from pconv_edu.core.regular import grid_mask, rectangular_mask

from .arrays import NO_ARRAYS, draw_image, draw_mask, draw_shape, lay_out, same, snapshot
from .given import Call, Given, chance, pick, pick_odd
from .options import draw_method, draw_options

DOORS = {}  # name -> (weight, function that draws a call)
NO_COUNTS = (None, "3", b"", 2.5, True, float("nan"), float("inf"), -1, -(10**30), [], {}, (1, 2, 3), [1], np.ones(2))
HUGE = (10**5, 10**6, 2**31, 2**63, 10**30)


def is_huge(value):
    """Whole numbers that a function may refuse: some are only too large for the picture."""
    return type(value) is int and value in HUGE


def door(weight, *, files=False):
    """Add the function below to `DOORS`; of all cases, a share that goes with `weight` is drawn by it.

    files : whether it is called with a folder of its own, too
    """

    def add(function):
        draw = function if files else lambda rng, _: function(rng)
        DOORS[function.__name__.removeprefix("call_")] = weight, draw
        return function

    return add


@door(34)
def call_inpaint(rng):
    odd = pick_odd(rng, ("dtype", "values", "shape", "mask", "method", "option"))
    method = draw_method(rng, "method" in odd)
    shape = draw_shape(rng)
    mask = draw_mask(rng, shape, "mask" in odd)
    whole = np.asarray(mask.value) == 1 if mask.good else np.ones(shape, bool)
    image = draw_image(rng, shape, whole, odd)
    options = draw_options(rng, method.value, "option" in odd)

    def verify(filled):
        given = np.asarray(image.value)
        valid = whole
        assert type(filled) is np.ndarray, f"the result is a {type(filled).__name__}"
        assert filled.shape == given.shape and filled.dtype == given.dtype, f"{filled.dtype} {filled.shape} came back"
        assert same(filled[valid], given[valid]), "valid pixels have changed"
        most = 255 if given.dtype == np.uint8 else 1
        assert np.isfinite(filled).all(), "the fill is not finite"
        assert (filled >= 0).all() and (filled <= most).all(), "the fill is out of range"
        assert filled.flags.writeable and not np.shares_memory(filled, given), "the result is no array of its own"

    return Call(
        "inpaint",
        inpaint,
        {"image": image, "mask": mask, "method": method, **options},
        verify,
        names=("image", "mask", "method", "valid pixels", *options),
        unchanged=snapshot(image.value, mask.value),
        positional=("image", "mask"),
    )


def draw_layer(rng):
    """{stride, padding, dilation, groups …: Given} for a layer, ordinary or odd."""
    odd = {pick(rng, ("stride", "padding", "dilation"))} if chance(rng, 0.15) else ()
    drawn = {}
    for name, least in (("stride", 1), ("padding", 0), ("dilation", 1)):
        if name in odd:
            value = pick(rng, (*NO_COUNTS, *HUGE, least - 1))
            drawn[name] = Given(value, repr(value), None if is_huge(value) else False)
        elif chance(rng, 0.5):
            value = pick(rng, (least, 1, 2, (1, 2), [2, 1], np.int64(2), np.uint8(1)))
            drawn[name] = Given(value, repr(value), None)  # the kernel may be too large for what is left
    return drawn


@door(7)
def call_partial_conv2d(rng):
    odd = pick_odd(rng, ("x", "weight", "bias", "mask", "groups"))
    groups = pick(rng, (1, 1, 1, 2, 3))
    channels, outputs = groups * int(rng.integers(1, 4)), groups * int(rng.integers(1, 4))
    shape = draw_shape(rng, 12)
    dtype = pick(rng, ("float32", "float32", "float64", "int32", "uint8", "bool", ">f4", "float16"))
    x = _feature_map(rng, (channels, *shape), dtype, "x" in odd)
    kernel = pick(rng, ((1, 1), (3, 3), (2, 2), (1, 3), (5, 5)))
    weight = _feature_map(rng, (outputs, channels // groups, *kernel), "float32", "weight" in odd)
    mask = draw_mask(rng, shape, "mask" in odd)
    if mask.good and chance(rng, 0.4):
        given = lay_out(rng, rng.random((channels, *shape)) < 0.6)
        mask = Given(given.value, f"<mask for each channel, {given.words}>")
    elif mask.good is False:
        mask.good = None  # what is odd as (H, W) may be right as (C, H, W)
    arguments = {"x": x, "mask": mask, "weight": weight}
    if "bias" in odd:
        value = pick(rng, (*NO_ARRAYS[1:], np.zeros(outputs + 1), np.zeros((outputs, 1)), np.full(outputs, 1j)))
        arguments["bias"] = Given(value, repr(value), False)
    elif chance(rng, 0.5):
        arguments["bias"] = _feature_map(rng, (outputs,), "float32", False)
    if "groups" in odd:
        value = pick(rng, (*NO_COUNTS, 0, 7, 10**30))
        arguments["groups"] = Given(value, repr(value), False)
    elif groups > 1:
        arguments["groups"] = Given(groups, str(groups))
    arguments |= draw_layer(rng)
    for given in arguments.values():
        given.good = given.good and None  # whether all of it fits together, the loops say

    def verify(result):
        values = {name: given.value for name, given in arguments.items()}
        wanted, wanted_mask = core.partial_conv2d_loops(**values)
        y, new_mask = result
        assert y.dtype == wanted.dtype and y.shape == wanted.shape, f"{y.dtype} {y.shape}, not {wanted.dtype}"
        assert same(new_mask, wanted_mask), "the new mask differs from that of the loops"
        if np.isfinite(wanted).all():
            scale = max(1, float(abs(wanted).max(initial=0)))
            assert abs(y - wanted).max(initial=0) < 1e-3 * scale, "the values differ from those of the loops"

    names = ("x ", "x is", "x has", "mask", "weight", "bias", "groups", "stride", "padding", "dilation", "kernel")
    unchanged = snapshot(*(given.value for given in arguments.values()))
    return Call("partial_conv2d", core.partial_conv2d, arguments, verify, names, unchanged)


def _feature_map(rng, shape, dtype, odd):
    if odd and chance(rng, 0.4):
        value = pick(rng, NO_ARRAYS)
        return Given(value, repr(value), False)
    if odd and chance(rng, 0.5):
        dtype = pick(rng, ("complex64", "U3", "object", "longdouble", "m8[s]", "datetime64[s]"))
        return Given(np.ones(shape, "int8").astype(dtype), f"<{shape} {dtype}>", False)
    if odd:
        shape = pick(rng, (shape[1:], (1, *shape), (0, *shape[1:]), (*shape[:-1], 0), (*shape[:-1], 99)))
        return Given(np.ones(shape, "float32"), f"<{shape} ones>", None)
    values = (rng.standard_normal(shape) * 3).astype(dtype)
    words = ""
    if np.dtype(dtype).kind == "f" and values.size and chance(rng, 0.2):
        words = pick(rng, ("nan", "inf", "1e30", "1e-45"))
        with np.errstate(over="ignore"):
            values[tuple(rng.integers(shape))] = float(words)
    given = lay_out(rng, values)
    return Given(given.value, f"<{shape} {dtype} {words} {given.words}>")


@door(5)
def call_update_mask(rng):
    mask = draw_mask(rng, draw_shape(rng, 12), chance(rng, 0.2))
    if mask.good is False:
        mask.good = None
    kernel = _kernel_size(rng)
    layer = draw_layer(rng)

    def verify(new):
        old = np.asarray(mask.value) == 1
        shared = old if old.ndim == 3 else old[None]
        size = kernel.value if np.ndim(kernel.value) else (kernel.value, kernel.value)
        values = {name: given.value for name, given in layer.items()}
        weight = np.ones((1, len(shared), *(int(n) for n in size)), np.float32)
        assert same(new, core.partial_conv2d_loops(np.zeros(shared.shape), shared, weight, **values)[1])

    return Call(
        "update_mask",
        core.update_mask,
        {"mask": mask, "kernel_size": kernel, **layer},
        verify,
        ("mask", "kernel", "stride", "padding", "dilation"),
        snapshot(mask.value),
    )


def _kernel_size(rng):
    if chance(rng, 0.2):
        value = pick(rng, (*NO_COUNTS, *HUGE, 0))
        return Given(value, repr(value), None if is_huge(value) else False)
    value = pick(rng, (1, 3, 3, 5, 2, (3, 1), [1, 3], np.int32(3)))
    return Given(value, repr(value), None)


@door(4)
def call_shrink_mask(rng):
    mask, kernel = draw_mask(rng, draw_shape(rng), chance(rng, 0.2)), _kernel_size(rng)
    if mask.good is False:
        mask.good = None  # a mask with nothing valid may shrink: nothing happens

    def verify(masks):
        old = np.asarray(mask.value) == 1
        assert same(masks[0], old), "the first mask is not the one given"
        for before, after in itertools.pairwise(masks):
            assert after.shape == old.shape and after.dtype == bool
            assert (after >= before).all() and after.sum() > before.sum(), "the hole did not get smaller"

    arguments = {"mask": mask, "kernel_size": kernel}
    return Call("shrink_mask", core.shrink_mask, arguments, verify, ("mask", "kernel_size"), snapshot(mask.value))


@door(2)
def call_hole_ratio(rng):
    return _measure_of_a_hole(rng, "hole_ratio", lambda valid: np.mean(~valid))


@door(2)
def call_hole_radius(rng):
    def radius(valid):
        if not valid.any():
            return math.inf
        there, gone = np.argwhere(valid), np.argwhere(~valid)
        return max((abs(there - place).max(1).min() for place in gone), default=0)

    return _measure_of_a_hole(rng, "hole_radius", radius)


def _measure_of_a_hole(rng, name, truth):
    mask = draw_mask(rng, draw_shape(rng, 16), chance(rng, 0.4))
    if mask.good is False:
        mask.good = None

    def verify(found):
        wanted = truth(np.asarray(mask.value) == 1)
        assert found == wanted or math.isclose(found, wanted), f"{found}, not {wanted}"

    return Call(name, getattr(core, name), {"mask": mask}, verify, ("mask",), snapshot(mask.value))


@door(6)
def call_irregular_mask(rng):
    odd = pick_odd(rng, ("shape", "ratio", "border", "rng", "kinds"))
    odd_ratios = ((0.3, 0.2), (0.2, 0.2), (-0.1, 0.2), (0.5, 1.5), (np.nan, 0.5), (0.1, np.nan), (0.1,), (0, 0.2, 1))
    odd_values = {
        "shape": (*NO_COUNTS, *HUGE, 0, (0, 5), (10**9, 10**9), (3, -3), "ab", (4.0, 4)),
        "ratio": (*odd_ratios, None, 0.3, "ab", ("a", "b"), [], {}, (1j, 1), (None, 1), np.zeros((2, 2)), True),
        "border": (*NO_COUNTS, (1, 5), 10**30, 10**5),
        "rng": (None, 3, "rng", np.random, np.random.RandomState(0), np.random.default_rng),
        "kinds": (None, (), "strokes", ["stars"], 3, [["blobs"]], [None], {"blobs": 1}, np.array(["x"])),
    }
    good_values = {
        "shape": (draw_shape(rng, 40), int(rng.integers(1, 40)), list(draw_shape(rng, 40)), np.int64(9)),
        "ratio": ((0.2, 0.3), (0.0, 1.0), (0.01, 0.1), [0.5, 0.6], (0, 1), np.array([0.1, 0.9]), (0.999, 1)),
        "border": (0, 1, 3, np.uint8(2), 30),
        "rng": (np.random.default_rng(int(rng.integers(1000))),),
        "kinds": (("strokes",), ["blobs"], ("occlusions", "blobs"), {"strokes"}, np.array(["blobs"]), ("blobs",) * 3),
    }
    chosen = {"shape", "rng"} | odd | {name for name in ("ratio", "border", "kinds") if chance(rng, 0.5)}
    arguments = {}
    for name in odd_values:
        if name in chosen:
            value = pick(rng, (odd_values if name in odd else good_values)[name])
            # A tiny picture may have no hole of that ratio within that border; sets of kinds may be refused.
            arguments[name] = Given(value, repr(value), None)

    def verify(mask):
        low, high = arguments["ratio"].value if "ratio" in arguments else (0.2, 0.3)
        border = int(arguments["border"].value) if "border" in arguments else 0
        shape = arguments["shape"].value
        assert mask.shape == (tuple(shape) if np.ndim(shape) else (shape, shape)) and mask.dtype == bool
        assert low < core.hole_ratio(mask) <= high, f"the hole ratio is {core.hole_ratio(mask)}"
        inner = mask.copy()
        inner[border : mask.shape[0] - border, border : mask.shape[1] - border] = True
        assert inner.all(), "a hole pixel is within the border"

    return Call("irregular_mask", core.irregular_mask, arguments, verify, tuple(odd_values))


@door(1)
def call_rectangular_mask(rng):
    call = call_irregular_mask(rng)
    for name in {"border", "kinds"} & set(call.arguments):
        del call.arguments[name]
    return replace(call, door="rectangular_mask", function=rectangular_mask)


@door(1)
def call_grid_mask(rng):
    shape = pick(rng, (draw_shape(rng), int(rng.integers(1, 30)), *NO_COUNTS, *HUGE))
    factor = pick(rng, (2, 3, np.int64(4), 50, 2**70, 1, 0, *NO_COUNTS))
    arguments = {"shape": Given(shape, repr(shape), None), "factor": Given(factor, repr(factor), None)}

    def verify(mask):
        rows, columns = (places.astype(object) for places in np.nonzero(mask))  # any factor fits Python's integers
        assert mask.dtype == bool and not (rows % factor).any() and not (columns % factor).any()
        assert len(rows) == math.ceil(mask.shape[0] / factor) * math.ceil(mask.shape[1] / factor)

    return Call("grid_mask", grid_mask, arguments, verify, ("shape", "factor"))


@door(2)
def call_dilate(rng):
    mask = draw_mask(rng, draw_shape(rng, 16), chance(rng, 0.2))
    mask.good = None if mask.good is False else mask.good
    odd = chance(rng, 0.2)
    pixels = pick(rng, (*NO_COUNTS[:7], *NO_COUNTS[9:]) if odd else (0, 1, 2, -1, np.int64(-2), *HUGE, -(2**70)))

    def verify(new):
        old = np.asarray(mask.value) == 1
        assert new.dtype == bool and new.shape == old.shape
        assert (new <= old).all() if pixels > 0 else (new >= old).all(), "the hole went the wrong way"
        there = lambda valid: valid if pixels > 0 else ~valid  # noqa: E731 -- what shrinks
        if abs(int(pixels)) > max(old.shape):
            assert not there(new).any() or there(old).all(), "something is left of what shrinks"

    arguments = {"mask": mask, "pixels": Given(pixels, repr(pixels), not odd)}
    return Call("dilate", core.dilate, arguments, verify, ("mask", "pixels"), snapshot(mask.value))


@door(1)
def call_load_test_holes(rng):
    odd = pick_odd(rng, ("ratio", "border"))
    ratio = pick(rng, (*NO_COUNTS, (0.2, 0.4), (0.2, 0.3, 0.4), "ab") if "ratio" in odd else core.RATIO_BINS)
    border = pick(rng, (None, 25, "yes", 1.0, []) if "border" in odd else (True, False, np.True_))
    arguments = {
        "ratio": Given(ratio, repr(ratio), "ratio" not in odd),
        "border": Given(border, repr(border), "border" not in odd),
    }

    def verify(masks):
        assert masks.shape == (30, 256, 256) and masks.dtype == bool
        assert all(core.find_bin(core.hole_ratio(mask), core.RATIO_BINS) is not None for mask in masks)

    return Call("load_test_holes", core.load_test_holes, arguments, verify, ("ratio", "border"))


@door(2)
def call_psnr(rng):
    return _score(rng, "psnr", lambda error: math.inf if not error.any() else -10 * math.log10((error**2).mean()))


@door(2)
def call_l1(rng):
    return _score(rng, "l1", lambda error: 100 * abs(error).mean())


@door(2)
def call_ssim(rng):
    return _score(rng, "ssim", None)


def _score(rng, name, truth):
    odd = pick_odd(rng, ("image", "truth", "shape", "values", "mask"))
    shape = draw_shape(rng, 24)
    channels = pick(rng, ((), (3,), (1,), (4,), (7,)))
    pictures = {}
    for which in ("image", "truth"):
        dtype = pick(rng, ("float32", "float64", "float16", "bool", ">f4", "uint8"))
        values = rng.random((*shape, *channels))
        values = np.round(values).astype(dtype) if dtype in ("bool", "uint8") else values.astype(dtype)
        given = lay_out(rng, values)
        pictures[which] = Given(given.value, f"<{values.shape} {dtype} {given.words}>", None)
        if which in odd:
            odd_arrays = (values * 1j, values.astype("U3"), np.zeros(values.shape, "m8[s]"), values[..., None, None])
            value = pick(rng, (*NO_ARRAYS, *odd_arrays))
            pictures[which] = Given(value, f"<odd {which}: {shown(value, 40)}>", None)
    if "shape" in odd:
        pictures["truth"] = Given(np.zeros((shape[0] + 1, *shape[1:])), "<one row more>", False)
    if "values" in odd:
        broken = np.zeros((*shape, *channels))
        broken.flat[0] = pick(rng, (np.nan, np.inf, -0.5, 1.5, 255))
        pictures["image"] = Given(broken, "<odd values>", False)
    if chance(rng, 0.4) or "mask" in odd:
        mask = draw_mask(rng, shape, "mask" in odd)
        pictures["mask"] = Given(mask.value, mask.words, None)  # without a hole there is nothing to score

    def verify(score):
        image, real = (np.asarray(pictures[which].value, float) for which in ("image", "truth"))
        assert isinstance(score, float) and not math.isnan(score), f"the score is {score!r}"
        chosen = ~(np.asarray(pictures["mask"].value) == 1) if "mask" in pictures else slice(None)
        if truth:
            wanted = truth((image - real)[chosen])
            assert score == wanted or math.isclose(score, wanted, rel_tol=1e-9, abs_tol=1e-9), f"{score}, not {wanted}"
        else:
            assert -1.001 < score <= 1.000001, f"the score is {score}"

    names = ("image", "truth", "mask", "pictures")
    unchanged = snapshot(*(given.value for given in pictures.values()))
    return Call(name, getattr(core, name), pictures, verify, names, unchanged)


@door(2)
def call_load_photo(rng):
    known = core.photo_names()
    good_sizes = (None, 1, 16, (1, 1), (30, 20), [8, 9], np.int64(7), (1, 2000), (2000, 1))
    odd_names = (None, 3, "", "koala", "../manifest.csv", "/etc/passwd", "gc-animal-koala.png", b"koala", [], "\0")
    odd_sizes = (*NO_COUNTS, *HUGE, 0, (0, 5), (10**9, 1), "64", (1, 2, 3), (4.0, 4), np.array([4, 4]))
    odd = pick_odd(rng, ("name", "size"))
    name, size = pick(rng, odd_names if "name" in odd else known), pick(rng, odd_sizes if "size" in odd else good_sizes)
    arguments = {
        "name": Given(name, repr(name), "name" not in odd),
        "size": Given(size, repr(size), None if is_huge(size) else size is None or "size" not in odd),
    }

    def verify(photo):
        assert photo.dtype == np.float32 and photo.shape[2:] == (3,)
        assert photo.min() >= 0 and photo.max() <= 1
        if size is not None:
            assert photo.shape[:2] == (tuple(size) if np.ndim(size) else (size, size)), photo.shape

    return Call("load_photo", core.load_photo, arguments, verify, ("name", "photo", "size"))
