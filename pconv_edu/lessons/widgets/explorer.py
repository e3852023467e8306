"""Define explorers, whose controls change a picture and a sentence about it (lessons 02, 03, 11 and 12)."""

import base64
import html
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import numpy as np
from numpy.typing import ArrayLike

from pconv_edu.core import (
    RADIUS_BINS,
    RATIO_BINS,
    find_bin,
    hole_radius,
    hole_ratio,
    irregular_mask,
    partial_conv2d,
)
from pconv_edu.core.irregular import KINDS
from pconv_edu.lessons.drawing import with_hole

from .panel import Panel, alert
from .pictures import check_photo, data_url, png_bytes
from .slider import ChoiceSlider, Slider

if TYPE_CHECKING:
    import pandas


class Explorer(Panel):
    """Show what `draw` returns for the values of the controls. When a value changes, `draw` is called again.

    Parameters
    ----------
    controls : dict of name -> ipywidgets control with a `value`
    draw : function that takes these values by name and returns ((H, W, 3) image in [0, 1], one sentence)
    width : int, px on the screen
    titles : a title for each part of the picture; the parts have equal widths
    """

    def __init__(
        self,
        controls: dict[str, Any],
        draw: Callable[..., tuple[np.ndarray, str]],
        width: int = 600,
        titles: Sequence[str] = (),
    ) -> None:
        self.controls, self.draw, self.width = controls, draw, width
        cells = "".join(f'<div style="flex: 1; text-align: center">{html.escape(title)}</div>' for title in titles)
        self._titles = f'<div style="display: flex; width: 100%; max-width: {width}px">{cells}</div>' if cells else ""
        self.png = b""
        self.picture = widgets.HTML()
        for control in controls.values():
            control.observe(lambda _: self.show(), "value")
        row = widgets.HBox(list(controls.values()), layout={"flex_flow": "row wrap"})
        super().__init__([row, self.picture])
        self.show()

    def show(self) -> None:
        """Draw the picture for the current values.

        Show any error instead of raising it, because a notebook would hide the exception.
        """
        self.run_callback(self._draw)

    def _draw(self) -> None:
        image, self.text = self.draw(**{name: control.value for name, control in self.controls.items()})
        self.png = png_bytes(image)
        text = html.escape(self.text)
        self.picture.value = (
            f"{self._titles}"
            f'<img alt="{text}" src="{data_url(self.png)}" '
            f'style="width: {self.width}px; max-width: 100%; image-rendering: pixelated">'
            f'<div aria-live="polite" style="line-height: 1.4">{text}</div>'
        )

    def show_error(self, error: Exception) -> None:
        """Show the error in place of the picture."""
        self.text = f"{type(error).__name__}: {error}"
        self.picture.value = alert(self.text)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text})"

    def still(self) -> dict[str, str]:
        """Return the picture that is shown."""
        return {"image/png": base64.b64encode(self.png).decode()}


def hole_explorer(photo: ArrayLike) -> Explorer:
    """Return an `Explorer` of irregular holes over a photo, with controls for ratio, margin, kind of shape and seed.

    photo : (H, W, 3) array in [0, 1]
    """
    image = check_photo(photo)
    names = {f"{100 * low:.0f} to {100 * high:.0f} %": (low, high) for low, high in RATIO_BINS}
    kinds = {"all kinds": KINDS, **{kind: (kind,) for kind in KINDS}}

    def draw(ratio, border, kind, number):
        mask = irregular_mask(image.shape[:2], ratio, border, np.random.default_rng(number), kinds=kind)
        low, high = RADIUS_BINS[find_bin(hole_radius(mask), RADIUS_BINS)]
        text = (
            f"Hole ratio {100 * hole_ratio(mask):.1f} %, hole radius {hole_radius(mask)} px (range {low} to {high} px)."
        )
        white = np.ones((image.shape[0], 8, 3), np.float32)
        shown = np.repeat(mask[..., None], 3, axis=2).astype(np.float32)
        shown[[0, -1]] = shown[:, [0, -1]] = 0.47  # a frame, so that a white mask is visible on white
        return np.hstack([with_hole(image, mask), white, shown]), text

    controls = {
        "ratio": widgets.Dropdown(options=names, value=RATIO_BINS[2], description="hole ratio"),
        "border": widgets.Dropdown(options={"none": 0, "25 px": 25}, description="free margin"),
        "kind": widgets.Dropdown(options=kinds, description="shapes"),
        "number": widgets.BoundedIntText(1, min=1, max=999, description="number"),
    }
    for control in controls.values():
        control.layout.width = "200px"
    return Explorer(controls, draw)


def leak_explorer(photo: ArrayLike, mask: np.ndarray, kernel_size: int = 15) -> Explorer:
    """Return an `Explorer` for changing the grey value in a hole.

    The explorer shows the photo with this value in the hole, an ordinary blur of that picture, and the error of the
    blur at valid pixels, from white (no error) to red (15 % of the range or more).

    photo : (H, W, 3) array in [0, 1]
    mask : (H, W) bool array, True = valid
    kernel_size : side of the blur's window, in pixels
    """
    image = check_photo(photo)
    blur = np.full((3, 1, kernel_size, kernel_size), 1 / kernel_size**2, np.float32)
    valid = np.ones_like(mask)

    def ordinary(picture):
        blurred, _ = partial_conv2d(picture.transpose(2, 0, 1), valid, blur, padding=kernel_size // 2, groups=3)
        return blurred.transpose(1, 2, 0)

    truth = ordinary(image)

    def draw(grey):
        filled = np.where(mask[..., None], image, np.float32(grey / 255))
        blurred = ordinary(filled)
        error = abs(blurred - truth).mean(axis=2)
        gap = np.ones((image.shape[0], 8, 3), np.float32)
        paper = 1 - np.minimum(error / 0.15, 1)  # what is left of green and blue
        shown = with_hole(np.stack([np.ones_like(paper), paper, paper], axis=2), mask)
        mean = 100 * error[mask].mean()
        text = f"Fill {grey} of 255. Mean error of the blur at valid pixels: {mean:.2f} % of the range."
        return np.hstack([filled, gap, np.clip(blurred, 0, 1), gap, shown]), text

    grey = Slider(value=127, max=255, description="fill value")
    titles = ["the grey value in the hole", "blur", "error of the blur (hole in pink)"]
    return Explorer({"grey": grey}, draw, 720, titles)


def results_explorer(
    rows: "pandas.DataFrame",
    photo: str = "gc-mon-chateaudechambord",
    method: str = "l1",
    methods: list[str] | None = None,
) -> Explorer:
    """Return an `Explorer` of the hole, the fill and the truth, together with the stored scores (lessons 11 and 12).

    Holes of the kind "squares" have three ratios, each with three or four radii. Holes that may touch the border (N)
    and holes that stay away from it (B) have six ranges of ratio, and their radii vary. The fill is computed when it is
    shown, but the scores are the stored scores of the experiment.

    rows : the table that `pconv_edu.experiments.evaluate.scores.load` returns
    photo : the photo that is shown first, one of the free test photos
    method : the method that is shown first
    methods : the methods to choose from (default: all of `inpaint.METHODS` that were measured)
    """
    from pconv_edu import inpaint
    from pconv_edu.core import load_photo, photo_names
    from pconv_edu.experiments import evaluate

    names = photo_names("test", free=True)
    photos = {name: load_photo(name, evaluate.SIZE) for name in photo_names("test")}
    cases = {c[:3]: c for c in (*evaluate.table_cases(photos), *evaluate.shape_cases(photos)) if c.photo in names}
    methods = methods or [name for name in inpaint.METHODS if name in set(rows.method)]
    stored = rows[rows.method.isin(methods)].set_index(["method", "holes", "bin", "photo"]).sort_index()
    kinds = [kind for kind in ("N", "B", "squares", "stripes", "blobs") if kind in stored.index.levels[1]]
    bins = {kind: list(dict.fromkeys(key[1] for key in cases if key[0] == kind)) for kind in kinds}
    kind = widgets.Dropdown(options=kinds, description="holes")
    bin_ = ChoiceSlider(bins["N"], bins["N"][2], description="ratio")
    controls = {
        "holes": kind,
        "bin_": bin_,
        "method": widgets.Dropdown(options=methods, value=method, description="method"),
        "photo": widgets.Dropdown(options=names, value=photo, description="photo"),
    }

    def choose_bins(change):
        bin_.description = "ratio" if change["new"] in "NB" else "ratio, size"
        bin_.options = bins[change["new"]]

    kind.observe(choose_bins, "value")

    def draw(holes, bin_, method, photo):
        if bin_ not in bins[holes]:  # the two controls do not change at the same time
            bin_ = bins[holes][0]
        if (method, holes, bin_, photo) not in stored.index:
            raise ValueError(f"{method} was not measured on holes {holes}, {bin_}")
        case = cases[holes, bin_, photo]
        row, all_rows = stored.loc[method, holes, bin_, photo], stored.loc[method, holes, bin_]
        gap = np.ones((case.mask.shape[0], 8, 3), np.float32)
        filled = evaluate.fill(case, method)
        text = (
            f"Ratio {100 * row.ratio:.1f} %, radius {row.radius:.0f} px. In the hole: PSNR {row.psnr_hole:.1f} dB, "
            f"SSIM {row.ssim_hole:.2f}, distance by EfficientNet {row.efficientnet_hole:.2f}. Mean of all "
            f"{len(all_rows)} photos: {all_rows.psnr_hole.mean():.1f} dB, {all_rows.ssim_hole.mean():.2f}, "
            f"{all_rows.efficientnet_hole.mean():.2f}."
        )
        return np.hstack([with_hole(case.image, case.mask), gap, filled, gap, case.image]), text

    for name in ("holes", "method", "photo"):
        controls[name].layout.width = "260px"
    return Explorer(controls, draw, 792)
