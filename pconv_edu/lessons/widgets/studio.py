"""Define the studio of lessons 01 and 13, in which learners paint a hole, choose a method and see the fill."""

import html
import time
import warnings
from pathlib import PurePath

import ipywidgets as widgets
from numpy.typing import ArrayLike

from pconv_edu import inpaint
from pconv_edu.core import hole_ratio, l1, load_photo, photo_credit, photo_names, psnr, ssim
from pconv_edu.inpainters.methods import BEST, DEFAULT
from pconv_edu.inpainters.record import with_record
from pconv_edu.lessons.lettering import PHOTO, lettered_photo

from .painter import MaskPainter
from .panel import Panel, alert
from .pictures import check_photo, data_url, png_bytes
from .upload_button import UploadButton
from .uploads import UploadedPhoto

OWN = ""  # the name of the learner's own photo in the list
LETTERED = "lettering"  # the name of the example in the list: a photo to clean up


class Studio(Panel):
    """Paint a hole over a photo and fill it with any method of `inpaint.METHODS`.

    Parameters
    ----------
    photo : name of a bundled photo, "lettering" for a photo with lettering over it and the mask of the lettering, or an
        (H, W, 3) float array in [0, 1]
    mask : (H, W) bool array, True = valid, optional; its hole is shown first
    method : one of `inpaint.METHODS`, or "pconv" for the best network with partial convolutions; by default "guided"
    size : int, px; bundled photos are cropped to squares and scaled to this size. For painting, uploads are
        shrunk until their longer side has this size; masks and filled photos are saved at the size of the upload.
    known : whether the fill is scored against the photo under the hole. Set this to False if the hole covers damage.

    Attributes
    ----------
    painter : the `MaskPainter`; `painter.mask` is the hole
    filled : the (H, W, 3) float32 image that the last fill returned, or None

    Raises
    ------
    ValueError
        If the photo or the method is unknown, or the mask does not have the height and width of the photo.
    """

    def __init__(
        self,
        photo: str | ArrayLike = "gc-erase-kingfisher",
        mask: ArrayLike | None = None,
        method: str = DEFAULT,
        size: int = 256,
        known: bool = True,
    ) -> None:
        self.size = size
        self.filled = None
        names = [("your own", OWN), (f"{PHOTO} with lettering", LETTERED)]
        names += [(name, name) for name in photo_names("test", free=True)]
        if isinstance(photo, str):
            if photo not in [name for _, name in names]:
                names.insert(1, (photo, photo))
            name = photo
            array, lettering = lettered_photo() if name == LETTERED else (load_photo(name, size=size), None)
            mask = lettering if mask is None else mask
        else:
            name, array = OWN, check_photo(photo)
        self._own = array if name == OWN else None  # the learner's own photo: an array, an UploadedPhoto, or None
        self._name = name  # the name of the photo that is shown
        self._usually_known = known  # whether the photo is the truth, for all photos but the example with lettering
        self._is_loading = False  # while a photo, its hole and what is known about it change together
        self._said = ""  # the report on the last fill
        self._seconds = {}  # the seconds that each method took on the photo that is shown
        self.painter = MaskPainter(array, mask)
        self.photo = widgets.Dropdown(options=names, value=self._name, description="photo")
        self.upload = UploadButton(description="Your photo")
        self.lettering = widgets.Button(description="Clean up lettering", tooltip="a photo with lettering, its mask")
        method = BEST if method == "pconv" else method
        self.method = widgets.Dropdown(options=list(inpaint.METHODS), value=method, description="method")
        self.at_once = widgets.Checkbox(value=True, description="fill after each stroke", indent=False)
        self.fill = widgets.Button(description="Fill", button_style="primary", tooltip="fill the hole")
        self.compare = widgets.Button(description="All methods", tooltip="every method on the same hole")
        self.save = widgets.Button(description="Save filled photo", tooltip="fill the photo at its own size; save it")
        self.known = widgets.Checkbox(
            value=known and name != LETTERED, description="the photo under the hole is the truth", indent=False
        )
        self.report, self.side_by_side = widgets.HTML(), widgets.HTML()
        for control in (self.photo, self.method):
            control.style.description_width, control.layout.width = "auto", "230px"
        for control in (self.lettering, self.fill, self.compare, self.save, self.known, self.at_once):
            control.layout.width = "auto"
        self.photo.observe(lambda change: self._shown(self._choose, change["new"], keep=True), "value")
        self.lettering.on_click(lambda _: self._shown(self._show_photo, LETTERED, keep=True))
        self.upload.observe(lambda change: self._shown(self._take, change["new"], keep=True), "value")
        self.painter.observe(lambda _: self._shown(self._changed, True), "hole")
        self.method.observe(lambda _: self._shown(self._fill), "value")
        widgets.link((self.known, "value"), (self.painter, "known"))
        self.known.observe(lambda _: self._shown(self._changed), "value")
        self.fill.on_click(lambda _: self._shown(self._fill))
        self.compare.on_click(lambda _: self._shown(self._fill_all))
        self.save.on_click(lambda _: self._shown(self._save, keep=True))
        pictures = [self.photo, self.upload, self.lettering, self.known]
        ways = [self.method, self.fill, self.at_once, self.compare, self.save]
        super().__init__([_row(pictures), _row(ways), self.painter, self.report, self.side_by_side])
        self._shown(self._fill)

    def _shown(self, act, *arguments, keep=False):
        """Run a callback and show its errors and warnings, which a notebook would hide.

        keep : whether to keep the last fill if the callback fails
        """
        with self.one_at_a_time:
            try:
                with warnings.catch_warnings(record=True) as caught:
                    warnings.simplefilter("always")
                    act(*arguments)
                if caught:
                    self.report.value += alert(str(caught[-1].message))
            except Exception as error:
                if not keep:
                    self.filled, self.painter.result, self.side_by_side.value, self._said = None, b"", "", ""
                self.report.value = alert(_sentence(error)) + self._said

    def _say(self, text):
        self._said = self.report.value = text

    def _choose(self, name):
        """Show another photo from the list."""
        if name == self._name:  # the list was set to the photo that is already shown
            return
        if name == OWN and self._own is None:
            self.photo.value = self._name
            raise ValueError("There is no photo of your own yet: upload one with the button “Your photo”.")
        self._show_photo(name)

    def _take(self, files):
        """Show an uploaded image file, shrunk so that every method is fast."""
        if not files:
            return
        self.upload.value = ()  # so that the same file can be uploaded again
        name, content = files[0]["name"], bytes(files[0]["content"])
        self._own = UploadedPhoto.read(name, content, self.size)
        self._show_photo(OWN)

    def _show_photo(self, name):
        """Show a photo from the list, with the same hole if it has the same size; the example brings its own hole."""
        if self._name != LETTERED:
            self._usually_known = self.known.value
        self._name, self._seconds, self._is_loading = name, {}, True
        try:
            self.photo.value = name
            self.known.value = self._usually_known and name != LETTERED
            if name == LETTERED:
                self.painter.set_photo(*lettered_photo())
            elif name != OWN:
                self.painter.set_photo(load_photo(name, size=self.size))
            elif isinstance(self._own, UploadedPhoto):
                self.painter.set_photo(self._own.small, save_size=self._own.size)
            else:
                self.painter.set_photo(self._own)
        finally:
            self._is_loading = False
        self._fill()

    def _changed(self, is_stroke=False):
        """Fill again after a change, unless it is part of loading a photo, which ends with a fill."""
        if not self._is_loading and (self.at_once.value or not is_stroke):
            self._fill()

    def _fill(self):
        """Fill the hole with the chosen method and show the picture, the time and the scores."""
        self.side_by_side.value = ""
        mask, photo = self.painter.mask, self.painter.photo_array
        if mask.all():
            self.filled, self.painter.result = None, b""
            self._say("<div>Paint a hole over the photo on the left.</div>")
            return
        start = time.perf_counter()
        self.filled = inpaint(photo, mask, self.method.value)
        took = self._seconds[self.method.value] = time.perf_counter() - start
        self.painter.result = png_bytes(self.filled)
        file = with_record(self.painter.result, mask, self.method.value)
        size = f" this copy of {_pixels(mask.shape)}" if self._is_small() else ""
        link = f'<a download="filled.png" href="{data_url(file)}"><u>Download{size}</u></a>'
        self._say(f"<div>{self._line(self.method.value, self.filled, took)} {link}</div>")

    def _is_small(self):
        """Return True if a reduced copy of an upload is shown."""
        return (self.painter.save_height, self.painter.save_width) != self.painter.photo_array.shape[:2]

    def _save(self):
        """Fill the photo at its own size and let the browser save it."""
        mask, method = self.painter.saved_mask, self.method.value
        if self.painter.mask.all():
            raise ValueError("There is no hole to fill yet: paint one over the photo.")
        self.save.disabled = True
        busy = f"Filling {_pixels(mask.shape)} by {method} …"
        if self._is_small() and method in self._seconds:
            times = mask.size / self.painter.mask.size
            busy += (
                f" That is {times:.3g} times as many as in the copy shown, which took {self._seconds[method]:.2g} s."
            )
        self.report.value = f'<div role="status">{busy}</div>{self._said}'
        start, changes = time.perf_counter(), []
        try:
            if self._name == OWN and isinstance(self._own, UploadedPhoto):
                name = f"{PurePath(self._own.name).stem}-filled.png"
                data, changes = self._own.fill(mask, method)
            else:
                name = f"{self._name or 'photo'}-filled.png"
                data = png_bytes(inpaint(self.painter.photo_array, mask, method))
        finally:
            self.save.disabled = False
        data = with_record(data, mask, method)
        took = time.perf_counter() - start
        detail = "; ".join([f"{_pixels(mask.shape)}, filled by {method} in {took:.2g} s", *changes])
        self.painter.send({"save": name, "detail": detail}, [data])
        self.report.value = self._said

    def _line(self, method, filled, took):
        """Return the time and, if the truth is known, the scores of a fill as text in HTML."""
        text = f"{method}: {html.escape(inpaint.METHODS[method])}. {1000 * took:.0f} ms."
        if self.known.value:
            photo, mask = self.painter.photo_array, self.painter.mask
            text += f" In the hole: L1 {l1(filled, photo, mask):.1f} %, PSNR {psnr(filled, photo, mask):.1f} dB"
            text += f", SSIM {ssim(filled, photo, mask):.2f}." if min(mask.shape) >= 11 else "."
        return text

    def _fill_all(self):
        """Show the fills of every method on the same hole, side by side."""
        self._fill()
        if self.filled is None:
            return
        blocks = []
        for method in inpaint.METHODS:
            start = time.perf_counter()
            filled = inpaint(self.painter.photo_array, self.painter.mask, method)
            text = self._line(method, filled, time.perf_counter() - start)
            image = f'<img alt="filled by {method}" src="{data_url(png_bytes(filled))}" style="width: 230px">'
            blocks.append(f'<div style="width: 230px; line-height: 1.35">{image}<div>{text}</div></div>')
        self.side_by_side.value = f'<div style="display: flex; flex-wrap: wrap; gap: 10px">{"".join(blocks)}</div>'

    def __repr__(self) -> str:
        return (
            f"Studio({self.photo.label}, {self.method.value}, hole ratio {100 * hole_ratio(self.painter.mask):.1f} %)"
        )

    def still(self) -> dict[str, str]:
        """Return HTML with a painter that works without a Jupyter kernel, and with a picture of the fill."""
        return {"text/html": self.painter.portable_html()}

    def credit(self) -> str:
        """Return the author, licence and source of the photo that is shown, or "" if it is not a bundled photo."""
        name = PHOTO if self._name == LETTERED else self._name
        return photo_credit(name) if name != OWN else ""


def _row(controls):
    """Return controls in a row that wraps."""
    row = widgets.HBox(controls, layout={"flex_flow": "row wrap", "align_items": "center"})
    row.add_class("pconv-row")
    return row


def _pixels(shape):
    return f"{shape[1]} × {shape[0]} pixels"


def _sentence(error):
    """Return an error as text for a learner. If the message was written for learners, leave out the error's type."""
    return str(error) if isinstance(error, ValueError | OSError) else f"{type(error).__name__}: {error}"
