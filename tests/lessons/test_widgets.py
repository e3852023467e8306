"""The Python side of the widgets: state, errors, and what a reader without a kernel gets."""

import base64
import html
import io
import threading
import time

import numpy as np
import pytest
import traitlets
from PIL import Image

from pconv_edu.core import shrink_mask, worked_example
from pconv_edu.lessons.widgets import (
    AttentionExplorer,
    BlindStudy,
    CurveSketch,
    GatesExplorer,
    HoleFilm,
    LayerExplorer,
    LossPlayground,
    MaskPainter,
    MaskShrinker,
    Stepper,
)
from pconv_edu.lessons.widgets import shrinker as shrinker_module
from pconv_edu.lessons.widgets.portable import join_module
from pconv_edu.lessons.widgets.shrinker import mask_after_layers
from pconv_edu.lessons.widgets.upload_button import UploadButton

PHOTO = np.full((32, 48, 3), 0.5, np.float32)


def square(side=10, shape=(32, 48)):
    mask = np.ones(shape, bool)
    mask[8 : 8 + side, 8 : 8 + side] = False
    return mask


def bundle(widget):
    data = widget._repr_mimebundle_()
    return data[0] if isinstance(data, tuple) else data


# ---- stepper


def test_the_stepper_starts_with_the_example():
    stepper = Stepper()
    assert repr(stepper) == "Stepper(5×5, kernel 3×3, at row 0, column 0)"
    assert stepper.window.y == -8
    stepper.position = 18
    assert (stepper.window.row, stepper.window.col, stepper.window.sum_M) == (3, 3, 5)
    stepper.mask = np.ones((5, 5), int).tolist()
    assert stepper.window.sum_M == 9


@pytest.mark.parametrize(
    "change",
    [
        {"x": [[1.0, 2.0]]},
        {"x": np.full((5, 5), np.nan)},
        {"weight": np.ones((2, 2))},
        {"mask": np.full((5, 5), 0.5)},
        {"bias": float("inf")},
        {"position": 25},
        {"position": -1},
    ],
)
def test_the_stepper_refuses(change):
    with pytest.raises((ValueError, traitlets.TraitError)):
        Stepper(**change)


@pytest.mark.parametrize(
    "name, value",
    [("x", [[1.0]]), ("mask", [[2] * 5] * 5), ("weight", [[1.0] * 5] * 5), ("bias", float("nan")), ("position", 99)],
)
def test_a_refused_assignment_changes_nothing(name, value):
    stepper = Stepper()
    before = getattr(stepper, name)
    with pytest.raises(traitlets.TraitError):
        setattr(stepper, name, value)
    assert getattr(stepper, name) == before


def test_the_portable_copy_is_whole_and_always_the_same():
    first, second = Stepper(), Stepper()
    html = bundle(first)["text/html"]
    assert html == bundle(second)["text/html"] != bundle(Stepper(bias=2))["text/html"]
    assert "http" not in html.replace("http://www.w3.org", "")
    assert bundle(first)["text/plain"] == repr(first) and "0x" not in repr(first)
    assert html.count("</script>") == 1


def test_the_static_tables_hold_the_trace():
    html = Stepper(article=True).static_html()
    assert html.count("<table>") == 5
    values = [f"{w.y_article:.2f}".rstrip("0").rstrip(".").replace("-", "−") for w in worked_example.trace()]
    assert all(f">{value}<" in html for value in values)


def test_modules_are_joined_into_one(tmp_path):
    (tmp_path / "a.js").write_text(
        'import { b } from "./b.js";\nimport {\n  c,\n} from "./c.js";\na();\n', encoding="utf-8"
    )
    (tmp_path / "b.js").write_text('import { c } from "./c.js";\nexport function b() {}\n', encoding="utf-8")
    (tmp_path / "c.js").write_text("export const c = 1; // größer\r\n", encoding="utf-8", newline="")
    joined = join_module(tmp_path / "a.js")
    assert " ".join(joined.split()) == "export const c = 1; // größer export function b() {} a();"


@pytest.mark.parametrize(
    "widget",
    [
        AttentionExplorer,
        BlindStudy,
        CurveSketch,
        GatesExplorer,
        LayerExplorer,
        LossPlayground,
        MaskPainter,
        Stepper,
        UploadButton,
    ],
)
def test_a_widget_is_one_module(widget):
    """Nothing is left to import, and everything that the parts export is there."""
    assert "import " not in str(widget._esm) and str(widget._esm).count("export default { render }") == 1
    assert str(widget._esm).count("export function make(") == 1


# ---- film


def test_the_films_frames_are_those_of_shrink_mask():
    film = HoleFilm(PHOTO, square())
    assert repr(film) == "HoleFilm(32×48, layer 0 of 5)"
    with Image.open(io.BytesIO(film.layers)) as picture:
        reached = np.asarray(picture)
    for layer, mask in enumerate(shrink_mask(square())):
        assert np.array_equal(reached <= layer, mask)
    assert np.allclose(film.filled, PHOTO, atol=1e-6)  # the mean of one grey is that grey
    with pytest.raises(traitlets.TraitError, match="layer is 6; it must be from 0 to 5"):
        film.layer = 6


def test_the_film_never_uses_the_values_in_the_hole():
    junk = np.where(square()[..., None], PHOTO, np.float32(1))
    assert np.array_equal(HoleFilm(junk, square()).filled, HoleFilm(PHOTO, square()).filled)
    nothing = HoleFilm(PHOTO, np.zeros((32, 48), bool))
    assert nothing.depth == 0 and not nothing.filled.any()


def test_the_film_refuses_what_it_cannot_show():
    with pytest.raises(ValueError, match="rows come first"):
        HoleFilm(PHOTO, square(shape=(48, 32)))
    with pytest.raises(ValueError, match="the hole takes 299 layers; the film shows at most 254"):
        HoleFilm(np.zeros((4, 300, 3)), np.arange(4 * 300).reshape(4, 300) % 300 == 0)


def test_the_film_without_a_kernel():
    film = HoleFilm(PHOTO, square())
    page = bundle(film)["text/html"]
    assert "after 0 layers: 6.5 % hole, 1 layers:" in page and "data:image/jpeg" in page
    assert film.portable_state()["fill"][:1] == b"\xff"  # JPEG


# ---- mask shrinker


def test_masks_are_those_of_shrink_mask():
    for k in (3, 5, 7):
        masks, expected = mask_after_layers(square(), k), shrink_mask(square(), k)
        assert len(masks) == len(expected) and all(map(np.array_equal, masks, expected))


def test_masks_with_stride_and_dilation_end():
    assert [m.shape for m in mask_after_layers(square(), 3, stride=2)][-1] != (32, 48)
    lone = np.zeros((9, 9), bool)
    lone[4, 4] = True
    assert mask_after_layers(lone, 3, dilation=2)[-1].sum() == 25
    assert len(mask_after_layers(np.zeros((9, 9), bool), 3)) == 1
    assert mask_after_layers(np.zeros((9, 9), bool), 3, stride=2)[-1].shape == (1, 1)
    with pytest.raises(ValueError, match="kernel_size is 4"):
        mask_after_layers(square(), 4)


def test_the_shrinker_follows_its_controls():
    shrinker = MaskShrinker(PHOTO, {"large": square(), "small": square(2)})
    assert "Layer 0 of 5: 6.5 % hole. Everything is valid after 5 layers." in shrinker.picture.value
    shrinker.forward.click()
    assert shrinker.layer.value == 1 and "Layer 1 of 5: 4.2 % hole" in shrinker.picture.value
    shrinker.kernel.value = 7
    assert shrinker.layer.value == 0 and "Layer 0 of 2" in shrinker.picture.value
    shrinker.last.click()
    assert "Layer 2 of 2: 0.0 % hole" in shrinker.picture.value
    shrinker.forward.click()
    assert shrinker.layer.value == 2
    shrinker.hole.value = "small"
    assert "Layer 0 of 1" in shrinker.picture.value
    shrinker.stride.value = 2
    shrinker.last.click()
    assert "mask 16×24" in shrinker.picture.value


def test_what_is_painted_shrinks():
    shrinker = MaskShrinker(PHOTO, {"large": square(), "small": square(2)})
    assert np.array_equal(shrinker.painter.mask, square())
    shrinker.forward.click()
    shrinker.painter.hole = np.packbits(~square(4)).tobytes()  # a stroke
    assert np.array_equal(shrinker.mask, square(4)) and "Layer 0 of 2" in shrinker.picture.value
    shrinker.hole.value = "small"
    assert np.array_equal(shrinker.painter.mask, square(2)) and "Layer 0 of 1" in shrinker.picture.value


def test_a_slow_change_cannot_overwrite_a_later_one(monkeypatch):
    """JupyterLab may run the callbacks of several controls at once, each in a thread of its own."""
    widget = MaskShrinker(PHOTO, square(20))

    def slow_for_7(mask, kernel, *where):
        if kernel == 7:
            time.sleep(0.3)
        return mask_after_layers(mask, kernel, *where)

    monkeypatch.setattr(shrinker_module, "mask_after_layers", slow_for_7)
    first = threading.Thread(target=setattr, args=(widget.kernel, "value", 7))
    first.start()
    time.sleep(0.1)
    widget.kernel.value = 5
    first.join()
    assert len(widget.masks) == len(mask_after_layers(square(20), 5))
    assert widget.describe() in html.unescape(widget.picture.value)


def test_the_shrinker_takes_another_mask():
    shrinker = MaskShrinker(PHOTO, square())
    shrinker.mask = np.zeros((32, 48), bool)
    assert "After 0 layers nothing changes any more, and 100.0 % stays a hole." in shrinker.picture.value
    assert np.array_equal(shrinker.mask, np.zeros((32, 48), bool))
    with pytest.raises(ValueError, match=r"mask is \(48, 32\) but the photo is \(32, 48\)"):
        shrinker.mask = square(shape=(48, 32))
    with pytest.raises(ValueError, match=r"value 0\.5"):
        MaskShrinker(PHOTO, np.full((32, 48), 0.5))
    for photo in (PHOTO[..., 0], PHOTO * 255):
        with pytest.raises(ValueError, match=r"photo has shape \(32, 48.*in \[0, 1\]"):
            MaskShrinker(photo, square())


def test_the_shrinkers_pictures_show_what_they_say():
    shrinker = MaskShrinker(np.zeros((300, 300, 3)), square(100, (300, 300)))
    data = base64.b64decode(bundle(shrinker)["image/png"])
    assert bundle(shrinker)["text/plain"].startswith("MaskShrinker(300×300, Layer 0 of 50")
    picture = np.asarray(Image.open(io.BytesIO(data)))
    assert picture.shape == (300, 612, 3)
    assert tuple(picture[50, 50]) == (217, 28, 140) and tuple(picture[200, 200]) == (0, 0, 0)  # hole, photo
    assert tuple(picture[50, 312 + 50]) == (0, 0, 0) and tuple(picture[200, 312 + 200]) == (255, 255, 255)
