"""Pictures, masks and feature maps: shapes, kinds of numbers, values and layouts in memory, ordinary and odd."""

import numpy as np
import torch

from pconv_edu.core import irregular_mask

from .given import Given, chance, pick

DTYPES = ("uint8", "uint8", "float32", "float32", "float64", "float16", ">f4", ">f8", ">f2", "longdouble")
ODD_DTYPES = ("bool", "int8", "uint16", "int64", ">i4", "complex64", "object", "U3", "S2", "datetime64[s]", "m8[s]")
NO_ARRAYS = (None, 3, 0.5, "photo.png", b"photo.png", True, {}, set(), object, [], [[]], [[0.1, 0.2], [0.3]], "")


def draw_shape(rng, most=24):
    """(height, width), from 1 × 1."""
    if chance(rng, 0.15):
        return pick(rng, ((1, 1), (1, 2), (2, 1), (1, int(rng.integers(1, 60))), (int(rng.integers(1, 60)), 1)))
    return int(rng.integers(2, most)), int(rng.integers(2, most))


def draw_mask(rng, shape, odd=False):
    """A mask for a picture of that shape, True = valid; an odd one must be refused."""
    if odd:
        return _odd_mask(rng, shape)
    kind = pick(rng, ("noise", "noise", "rectangle", "irregular", "pixel", "full", "sparse", "border"))
    mask = np.ones(shape, bool)
    if kind == "noise":
        mask = rng.random(shape) < rng.random()
    elif kind == "rectangle":
        top, left = int(rng.integers(shape[0])), int(rng.integers(shape[1]))
        mask[top : top + int(rng.integers(1, shape[0] + 1)), left : left + int(rng.integers(1, shape[1] + 1))] = False
    elif kind == "irregular":
        try:
            mask = irregular_mask(shape, (0.1, 0.6), rng=rng)
        except ValueError:  # a picture of a few pixels has no such hole
            kind = "full"
    elif kind == "pixel":
        mask[tuple(rng.integers(shape))] = False
    elif kind == "sparse":
        mask = np.zeros(shape, bool)
    elif kind == "border":
        mask[0], mask[:, -1] = False, False
    if not mask.any():
        mask[tuple(rng.integers(shape))] = True
    dtype = pick(rng, ("bool", "bool", "bool", "uint8", "int64", "float32", "float16", ">i2", ">f8"))
    given = lay_out(rng, mask.astype(dtype))
    return Given(given.value, f"<{kind} {dtype} mask {shape} {given.words}>")


def _odd_mask(rng, shape):
    mask = rng.random(shape) < 0.7
    mask[0, 0] = True
    kinds = {
        "all hole": lambda: np.zeros(shape, bool),
        "one row more": lambda: np.ones((shape[0] + 1, shape[1]), bool),
        "swapped": lambda: np.ones((shape[1], shape[0] + (shape[0] == shape[1])), bool),
        "third axis of 1": lambda: mask[..., None],
        "third axis of 3": lambda: np.dstack([mask] * 3),
        "one axis": lambda: mask.ravel() if min(shape) > 1 else mask[0],
        "no pixels": lambda: np.zeros((0, shape[1]), bool),
        "0 and 255": lambda: np.uint8(mask) * 255,
        "between": lambda: mask * 0.5,
        "nan": lambda: np.where(mask, np.nan, 0),
        "-1": lambda: -mask.astype(int),
        "2": lambda: mask * 2,
        "complex": lambda: mask.astype(complex),
        "object": lambda: mask.astype(object),
        "text": lambda: mask.astype("U5"),
        "time": lambda: mask.astype("m8[s]"),
        "no array": lambda: pick(rng, NO_ARRAYS),
    }
    kind = pick(rng, list(kinds))
    return Given(kinds[kind](), f"<odd mask of {shape}: {kind}>", False)


def draw_image(rng, shape, mask, odd=()):
    """A picture for `inpaint` and `write_image`: uint8, or floats in [0, 1] where the mask (H, W) is True.

    odd : aspects of it that must be refused, from "dtype", "values" and "shape"
    """
    channels = pick(rng, ((), (3,), (3,), (4,)))
    dtype = pick(rng, DTYPES)
    if "dtype" in odd:
        dtype = pick(rng, ODD_DTYPES)
        if chance(rng, 0.3):
            value = pick(rng, NO_ARRAYS)
            return Given(value, f"{value!r}", False)
    if "shape" in odd:
        return _odd_shape(rng, shape, dtype)
    values = rng.random((*shape, *channels))
    words, good = "random", "dtype" not in odd
    if np.dtype(dtype).kind == "f":
        bad = "values" in odd
        image, words = _with_odd_values(rng, values.astype(dtype), mask, bad)
        good = good and not bad
    else:
        image = (values * 255).astype("uint8").astype(dtype)
    given = lay_out(rng, image)
    return Given(given.value, f"<{image.shape} {dtype}, {words}, {given.words}>", good)


def _with_odd_values(rng, values, mask, bad):
    """Return the floats with other values in some places, and a description. Bad values do not occur in pictures."""
    kind = pick(rng, ("uniform", "uniform", "0 and 1", "flat", "tiny", "-0.0", "junk in the hole", "junk in the hole"))
    if bad:
        kind = pick(rng, ("nan", "inf", "-inf", "negative", "above 1", "bytes", "huge"))
    if kind == "0 and 1":
        values = np.round(values)
    elif kind == "flat":
        values[:] = rng.random()
    elif kind == "tiny":
        values[values < 0.5] = np.finfo(values.dtype).smallest_subnormal
    elif kind == "-0.0":
        values[values < 0.5] = -0.0
    elif kind == "junk in the hole":
        values[~mask] = pick(rng, (np.nan, np.inf, -np.inf, -5, 6e4))
    elif bad:
        place = tuple(pick(rng, np.argwhere(mask)))
        number = {"nan": np.nan, "inf": np.inf, "-inf": -np.inf, "negative": -0.01, "above 1": 1.01, "huge": 6e4}
        values[place] = number.get(kind, 255.0)
    return values, kind


def _odd_shape(rng, shape, dtype):
    """Pictures that no function accepts, or none with a mask of that shape."""
    ends = ((0,), (1,), (2,), (5,), (3, 1))
    shape = pick(rng, ((), shape[:1], (0, 0), (3, *shape), (1, *shape), *((*shape, *end) for end in ends)))
    good = None if shape[2:] in ((3,), (4,)) else False  # channels first may look like channels last
    return Given(np.zeros(shape, dtype if dtype in DTYPES else "float32"), f"<{shape} zeros {dtype}>", good)


def lay_out(rng, array):
    """Return the same numbers in another memory layout."""
    kind = pick(rng, ("C", "C", "Fortran", "strided", "backwards", "turned", "read-only", "list", "tensor", "subclass"))
    if kind == "Fortran":
        array = np.asfortranarray(array)
    elif kind == "strided":
        wide = np.zeros([2 * n for n in array.shape], array.dtype)
        places = tuple(slice(None, None, 2) for _ in array.shape)
        wide[places] = array
        array = wide[places]
    elif kind == "backwards":
        array = array[::-1].copy()[::-1]
    elif kind == "turned":
        array = array.T.copy().T
    elif kind == "read-only":
        array = array.copy()
        array.setflags(write=False)
    elif kind == "list" and array.dtype in (bool, np.int64, np.float64):
        return Given(array.tolist(), "list")
    elif kind == "tensor" and array.dtype in (bool, np.uint8, np.int64, np.float32, np.float64):
        return Given(torch.from_numpy(array.copy()), "PyTorch tensor")
    elif kind == "subclass" and array.ndim == 2:
        return Given(array.view(np.matrix), "numpy.matrix")
    else:
        kind = "C"
    return Given(array, kind)


def snapshot(*values):
    """Return a function that raises AssertionError once one of the arrays has changed."""
    arrays = [value for value in values if isinstance(value, np.ndarray | torch.Tensor)]
    before = [np.array(array, copy=True) for array in arrays]

    def check():
        for array, old in zip(arrays, before, strict=True):
            assert same(np.asarray(array), old), "an input array was changed"

    return check


def same(a, b):
    """Whether two arrays are equal to the bit; NaN is equal to NaN, and 0 is not −0."""
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    if a.dtype.kind == "f" and a.dtype.itemsize > 8:  # long doubles have bytes that mean nothing
        return np.array_equal(a, b, equal_nan=True) and np.array_equal(np.signbit(a), np.signbit(b))
    return a.dtype == object or np.ascontiguousarray(a).tobytes() == np.ascontiguousarray(b).tobytes()
