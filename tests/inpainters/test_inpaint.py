"""inpaint(): what every method promises, and every kind of bad input."""

import importlib.util
import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import pconv_edu.inpainters
from pconv_edu import inpaint
from pconv_edu.core import irregular_mask, load_photo, psnr
from pconv_edu.inpainters import diffusion, methods
from pconv_edu.inpainters.inpaint import FewValidWarning
from pconv_edu.inpainters.methods import CARDS, NETWORKS

METHODS = list(inpaint.METHODS)
PHOTO = load_photo("gc-animal-koala", size=48)
MASK = irregular_mask(48, (0.2, 0.3), rng=np.random.default_rng(0))
each_method = pytest.mark.parametrize("method", METHODS)


def as_kind(photo, channels, dtype):
    image = {0: photo[..., 0], 3: photo, 4: np.dstack([photo, np.full(photo.shape[:2], 0.5)])}[channels]
    return np.uint8(image * 255) if dtype == np.uint8 else image.astype(dtype)


@each_method
@pytest.mark.parametrize("channels", [0, 3, 4])
@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.float32, np.float64])
def test_shape_dtype_and_valid_pixels_are_kept(method, channels, dtype):
    image = as_kind(PHOTO, channels, dtype)
    before = image.copy(), MASK.copy()
    filled = inpaint(image, MASK, method)
    assert filled.shape == image.shape and filled.dtype == image.dtype
    assert np.array_equal(filled[MASK], image[MASK])
    assert np.array_equal(image, before[0]) and np.array_equal(MASK, before[1])
    whole = 255 if dtype == np.uint8 else 1
    assert filled.min() >= 0 and filled.max() <= whole


@each_method
def test_what_the_hole_holds_does_not_matter(method):
    fills = []
    for junk in (0, 1, np.nan, np.inf, -5):
        image = PHOTO.copy()
        image[~MASK] = junk
        fills.append(inpaint(image, MASK, method))
    assert all(np.array_equal(fills[0], fill) for fill in fills)
    assert np.isfinite(fills[0]).all()


@pytest.mark.parametrize("method", [method for method in METHODS if method not in (*NETWORKS, "guided")])
def test_a_flat_image_stays_flat(method):
    for value in (0.0, 0.4, 1.0):
        image = np.where(MASK[..., None], np.float32(value), np.float32(0.7)) * np.ones((1, 1, 3), np.float32)
        # OpenCV's Telea rounds on its way inwards: up to 3 of 255 were measured.
        assert abs(inpaint(image, MASK, method) - value).max() < (4 if method == "telea" else 1) / 255


def test_scores_in_order():
    """Every diffusion beats the mean colour on a photo, by far."""
    scores = {method: psnr(inpaint(PHOTO, MASK, method), PHOTO, MASK) for method in METHODS}
    assert min(scores[m] for m in ("telea", "navier-stokes", "biharmonic")) > scores["mean"] + 1


@each_method
def test_nothing_missing_is_a_copy(method):
    filled = inpaint(PHOTO, np.ones((48, 48), bool), method)
    assert np.array_equal(filled, PHOTO) and not np.shares_memory(filled, PHOTO)


@each_method
@given(
    shape=st.tuples(st.integers(1, 20), st.integers(1, 20)),
    known=st.sampled_from([0.1, 0.5, 0.9]),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=25, deadline=None)
def test_any_size(method, shape, known, seed):
    rng = np.random.default_rng(seed)
    image, mask = rng.random((*shape, 3)), rng.random(shape) < known
    mask[tuple(rng.integers(shape))] = True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a small random mask may leave under 5 % valid
        filled = inpaint(image, mask, method)
    assert filled.shape == image.shape and np.isfinite(filled).all() and np.array_equal(filled[mask], image[mask])


@pytest.mark.parametrize("method", ["mean", "l1"])
@pytest.mark.parametrize("dtype", [">f4", ">f8", ">f2", np.longdouble])
def test_the_order_of_bytes_is_kept(method, dtype):
    filled = inpaint(PHOTO.astype(dtype), MASK, method)
    assert filled.dtype == np.dtype(dtype) and np.array_equal(filled[MASK], PHOTO.astype(dtype)[MASK])
    assert np.allclose(filled.astype(np.float32), inpaint(PHOTO, MASK, method), atol=1e-3)


def test_one_pixel():
    assert inpaint(np.full((1, 1), 0.3), np.ones((1, 1), bool)) == 0.3
    with pytest.raises(ValueError, match="nothing valid"):
        inpaint(np.full((1, 1), 0.3), np.zeros((1, 1), bool))


def test_options_reach_the_method():
    assert not np.array_equal(inpaint(PHOTO, MASK, "telea", radius=1), inpaint(PHOTO, MASK, "telea", radius=9))
    with pytest.raises(TypeError, match="speed"):
        inpaint(PHOTO, MASK, "telea", speed=3)
    with pytest.raises(ValueError, match="radius is 0"):
        inpaint(PHOTO, MASK, "telea", radius=0)


OPTIONS = {
    "mean": [],
    "telea": ["radius"],
    "navier-stokes": ["radius"],
    "biharmonic": [],
    "patchmatch": ["seed", "patch_size", "votes", "iterations", "progress"],
    "exemplar": ["patch_size", "search_radius", "progress"],
    "guided": ["guide", "share", "seed", "patch_size", "votes", "iterations", "device", "progress"],
    **{name: ["device"] for name in ("pconv", *NETWORKS, *inpaint.VARIANTS)},
}
EVERY = {option for options in OPTIONS.values() for option in options}
NOTHING_MISSING = np.ones((48, 48), bool)
each_mask = pytest.mark.parametrize("mask", [MASK, NOTHING_MISSING], ids=["hole", "no-hole"])


@each_mask
@pytest.mark.parametrize("method", OPTIONS)
def test_options_of_other_methods_are_refused_by_name(method, mask):
    """This includes `name` and `network`, which have a meaning internally."""
    for option in (EVERY | {"name", "network", "options", "fill", "_"}) - set(OPTIONS[method]):
        with pytest.raises(TypeError, match=f"method '{method}' has no option {option}; ") as refusal:
            inpaint(PHOTO, mask, method, **{option: "course"})
        assert str(refusal.value).endswith(", ".join(OPTIONS[method]) or "it takes no options")
    with pytest.raises(TypeError):
        inpaint(PHOTO, mask, method, image=PHOTO)


NO_NUMBERS = ("5", b"5", None, True, np.True_, 1j, [5], (5,), {5}, np.array([5]), object(), float("nan"), np.nan)
BAD = {
    "radius": (*NO_NUMBERS, 0, 0.0, -0.0, -1, np.inf, -np.inf, 100.5, 2**31, 1e300, 10**400),
    "seed": (*NO_NUMBERS, -1, 0.0, 1.0, np.inf),
    "patch_size": (*NO_NUMBERS, 0, 1, 2, 4, -3, 7.0, np.inf, 10**5000),
    "votes": (*NO_NUMBERS, 0, -1, 1.0, np.inf, 101, 10**9),
    "iterations": (*NO_NUMBERS, 0, -1, 1.0, np.inf, 101, 10**9),
    "search_radius": (*NO_NUMBERS, 0, -1, 2.5, np.inf),
    "share": (*NO_NUMBERS, -1, -0.1, 10.5, np.inf),
    "guide": (None, 3, "", "telea", "guided", "L1", ["l1"], b"l1"),
    "progress": ("yes", "", None, 0, 1, 0.0, [], np.array([True, False])),
    "device": (None, True, 0, -1, 1.5, b"cpu", "", "CPU", "meta", "gpu", "hpu", "mkldnn", "cpu,cuda", "cuda:99", []),
}


@each_mask
@pytest.mark.parametrize("option", BAD)
def test_bad_values_of_options_are_named(option, mask):
    for method in (method for method, options in OPTIONS.items() if option in options and method not in NETWORKS):
        for value in BAD[option]:
            with pytest.raises(ValueError, match=f"{option} is .+; give "):
                inpaint(PHOTO, mask, method, **{option: value})


def test_every_kind_of_number_that_means_an_option_gives_the_same():
    by_seven = inpaint(PHOTO, MASK, "exemplar", patch_size=7)
    for value in (np.uint8(7), np.int64(7)):
        assert np.array_equal(inpaint(PHOTO, MASK, "exemplar", patch_size=value), by_seven)
    whole = inpaint(PHOTO, MASK, "exemplar", search_radius=48)
    for value in (np.uint8(200), np.int64(2**63 - 1), 10**30):
        assert np.array_equal(inpaint(PHOTO, MASK, "exemplar", search_radius=value), whole)
    for value in (np.float16(5), np.float64(5), np.uint8(5), 5):
        assert np.array_equal(inpaint(PHOTO, MASK, "telea", radius=value), inpaint(PHOTO, MASK, "telea", radius=5.0))


def test_a_huge_patch_size_ends():
    """It is limited to what the picture allows, without trying every size in between."""
    start = time.perf_counter()
    filled = inpaint(PHOTO, MASK, "exemplar", patch_size=10**12 + 1)
    assert time.perf_counter() - start < 5
    assert np.array_equal(filled, inpaint(PHOTO, MASK, "exemplar", patch_size=47))


def square_hole(size, hole):
    mask = np.ones((size, size), bool)
    mask[5 : 5 + hole, 5 : 5 + hole] = False
    return mask


@pytest.mark.parametrize("hole", [715, 1400])
def test_biharmonic_refuses_what_would_take_all_memory(hole, monkeypatch):
    monkeypatch.setattr(diffusion, "inpaint_biharmonic", lambda *_, **__: pytest.fail("it began"))
    mask, number = square_hole(1500, hole), hole * hole
    with pytest.raises(
        ValueError, match=f"hole has {number} pixels.* GB of memory; it may take 2 GB.*telea"
    ) as refusal:
        inpaint(np.full((1500, 1500), 0.5, np.float32), mask, "biharmonic")
    methods = str(refusal.value).split("of any size: ")[1].replace(" or ", ", ").split(", ")
    assert set(methods) <= {"pconv", *inpaint.METHODS}


def test_biharmonic_takes_what_it_needs_little_for():
    """The largest holes of the course's pictures, one of 700 × 700, and half a million specks."""
    every_eighth = np.zeros((512, 512), bool)
    every_eighth[::8, ::8] = True
    specks = np.ones((3000, 3000), bool)
    specks[::4, ::4] = False
    for mask in (every_eighth, ~square_hole(512, 1), square_hole(710, 700), specks):
        assert diffusion.estimate_memory(mask) < diffusion.MOST_MEMORY, mask.shape


@pytest.mark.parametrize("sizes", [[1], [40], [100, 3, 50]])
def test_the_estimate_adds_up_regions_by_themselves(sizes):
    mask = np.ones((len(sizes) * 4, 110), bool)
    for row, size in enumerate(sizes):
        mask[4 * row, :size] = False
    assert diffusion.estimate_memory(mask) == pytest.approx(sum(n * (500 + 200 * np.log2(n)) for n in sizes))


def test_a_pixel_two_away_belongs_to_the_region():
    """The equation of one contains the other."""
    mask = np.ones((5, 5), bool)
    mask[2, [1, 3]] = False
    assert diffusion.estimate_memory(mask) == pytest.approx(2 * (500 + 200))


CARD_TEXT = CARDS.read_text("utf-8")
WHOLE_CARDS = json.loads(CARD_TEXT)


@pytest.mark.parametrize(
    "content, broken",
    [
        (None, list(NETWORKS)),
        (b"", list(NETWORKS)),
        (CARD_TEXT[:2000].encode(), list(NETWORKS)),
        (b"\xff\xfe\x00", list(NETWORKS)),
        (b"[]", list(NETWORKS)),
        (b"null", list(NETWORKS)),
        (b"[" * 100_000, list(NETWORKS)),
        ({name: card for name, card in WHOLE_CARDS.items() if name != "course"}, ["course"]),
        (WHOLE_CARDS | {"l1": {}}, ["l1"]),
        (WHOLE_CARDS | {"l1": None, "conv-grey": "x"}, ["l1", "conv-grey"]),
        (WHOLE_CARDS | {"l1": WHOLE_CARDS["l1"] | {"about": 3}}, ["l1"]),
        (WHOLE_CARDS | {"l1": {key: value for key, value in WHOLE_CARDS["l1"].items() if key != "file"}}, ["l1"]),
    ],
)
def test_a_damaged_card_breaks_its_network_alone(content, broken, monkeypatch):
    """The module is loaded once more, with other cards; the classical fills and the other networks still work."""
    module = load_again(json.dumps(content).encode() if isinstance(content, dict) else content, monkeypatch)
    assert list(module.METHODS) == METHODS
    for name in broken:
        with pytest.raises(OSError, match=f"network '{name}' cannot be used: .*cards.json.*Install pconv_edu again"):
            module.inpaint(PHOTO, MASK, name)
        assert "cannot be used" in module.METHODS[name]
    for method in {"telea", "conv-mean"} - set(broken):
        assert np.array_equal(module.inpaint(PHOTO, MASK, method), inpaint(PHOTO, MASK, method))


def load_again(content, monkeypatch):
    """A second copy of the module and its table, which finds these bytes in cards.json; None: no such file."""

    def read_text(path, encoding):
        assert path == CARDS
        if content is None:
            raise FileNotFoundError(2, "No such file or directory", str(path))
        return content.decode(encoding)

    spec = importlib.util.spec_from_file_location(
        "pconv_edu.inpainters.again", Path(sys.modules[inpaint.__module__].__file__)
    )
    module = importlib.util.module_from_spec(spec)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_text", read_text)
        patch.delitem(sys.modules, methods.__name__)
        patch.setattr(pconv_edu.inpainters, "methods", methods)  # is restored, too
        spec.loader.exec_module(module)
    return module


def test_methods_are_described_and_guided_is_the_default():
    assert set(METHODS) >= {"mean", "telea", "navier-stokes", "biharmonic"}
    assert all(len(line) > 20 for line in inpaint.METHODS.values())
    assert np.array_equal(inpaint(PHOTO, MASK), inpaint(PHOTO, MASK, "guided"))


def test_a_mask_the_wrong_way_round_is_suspected_aloud():
    mask = np.zeros((48, 48), bool)
    mask[10, 10:20] = True
    with pytest.warns(FewValidWarning, match=r"only 0\.4 % of the mask is valid.*wrong way round.*~mask"):
        inpaint(PHOTO, mask)


@pytest.mark.parametrize("rows, suspected", [(2, True), (3, False)])  # 4.2 % and 6.3 % valid
def test_the_suspicion_begins_at_5_per_cent(rows, suspected):
    mask = np.zeros((48, 48), bool)
    mask[:rows] = True
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        inpaint(PHOTO, mask)
    assert bool(caught) == suspected


BROKEN = PHOTO.copy()
BROKEN[tuple(np.argwhere(MASK)[0])] = np.nan


@pytest.mark.parametrize(
    "change, says",
    [
        ({"mask": np.zeros((48, 48), bool)}, "nothing valid"),
        ({"mask": np.ones((48, 40), bool)}, r"mask is \(48, 40\) but the image is \(48, 48\)"),
        ({"image": PHOTO[:, :40], "mask": np.ones((40, 48), bool)}, "did you swap width and height"),
        ({"mask": np.full((48, 48), 255, np.uint8)}, "value 255.*JPEG"),
        ({"mask": np.full((48, 48), 0.5)}, "bilinear"),
        ({"mask": MASK[..., None]}, r"mask has shape \(48, 48, 1\)"),
        ({"image": BROKEN}, "nan.*without NaN"),
        ({"image": PHOTO * 255}, r"divide by 255"),
        ({"image": PHOTO - 0.5}, r"valid pixels run from -"),
        ({"image": (PHOTO * 255).astype(int)}, "image is int64"),
        ({"image": PHOTO.astype(complex)}, "complex"),
        ({"image": PHOTO[..., :2]}, r"image has shape \(48, 48, 2\)"),
        ({"image": np.full((48, 48), "x")}, "image is <U1"),
        ({"image": None}, "image is None; give an array"),
        ({"image": "photo.png"}, r"image is 'photo.png'; give an array .*read_image"),
        ({"image": Path("photo.png")}, r"image is .*photo.png.*read_image"),
        ({"image": [[0.1, 0.2], [0.3]]}, "image is a list that NumPy cannot make an array of"),
        ({"image": torch.zeros(48, 48, requires_grad=True)}, r"image is a Tensor .*detach\(\)"),
        ({"mask": "mask.png"}, r"mask is 'mask.png'; give an array"),
        ({"mask": [[True], [True, False]]}, "mask is a list"),
        ({"mask": np.full((48, 48), None)}, "mask has dtype object"),
        ({"method": "magic"}, "method is 'magic'; there are pconv, mean, telea"),
        ({"method": None}, "method is None"),
        ({"method": ["telea"]}, r"method is \['telea'\]; there are"),
        ({"method": PHOTO}, r"method is array\(.*; there are"),
    ],
)
def test_bad_input_is_named(change, says):
    arguments = {"image": PHOTO, "mask": MASK, "method": "telea"} | change
    with pytest.raises((ValueError, TypeError), match=says):
        inpaint(**arguments)
