"""Compare fills of a hole: enlarged crops side by side, with scores, and the truth while the mouse button is held down.

The comparison is a piece of HTML without scripts, so it also works in an exported page.
"""

from __future__ import annotations

import html
from collections.abc import Mapping

import numpy as np

from pconv_edu.core import psnr
from pconv_edu.lessons.drawing import hole_window, with_hole
from pconv_edu.lessons.widgets.pictures import data_url, jpeg_of, png_bytes

# JupyterLab removes this element from a notebook that is not trusted, so the layout is in attributes of the tags.
STYLE = """<style>
.pconv-fill {background: var(--truth) 0 0 / 100% 100%}
.pconv-fill img {pointer-events: none}
.pconv-fill:active img {opacity: 0}
</style>"""
ROW = "display: flex; flex-wrap: wrap; align-items: flex-end; gap: 8px; max-width: 960px; margin: 4px 0 10px"
PLAIN = {"hole": "the photo with the ", "truth": "the photo without a hole, the "}  # before a title in its description
BUTTON = "display: block; width: 100%; padding: 0; border: 0"


class Comparison:
    """Store the HTML of one or more rows of pictures, which Jupyter shows, and the titles of the pictures.

    Two comparisons can be added. The sum shows the rows of both.
    """

    def __init__(self, rows: str, titles: tuple[str, ...]) -> None:
        self.rows, self.titles = rows, titles

    def __add__(self, other: Comparison) -> Comparison:
        return Comparison(self.rows + other.rows, self.titles + other.titles)

    def _repr_html_(self) -> str:
        return f"{STYLE}{self.rows}<div>Hold the mouse button down on a fill to see the truth.</div>"

    def __repr__(self) -> str:
        return f"Comparison({'; '.join(self.titles)})"


def compare(
    image: np.ndarray,
    mask: np.ndarray,
    fills: Mapping[str, np.ndarray],
    side: int = 112,
    zoom: float = 2,
    score: bool = True,
    notes: Mapping[str, str] | None = None,
) -> Comparison:
    """Return a row of pictures: the part of an image with the hole, its fills, and the truth, all enlarged.

    The part is the square that contains the most hole pixels. The truth is shown in the place of a fill for as long as
    the mouse button is held down on it, or the space bar if the fill has the focus.

    Parameters
    ----------
    image : (H, W, 3) array in [0, 1], the truth
    mask : (H, W) bool array, True = valid
    fills : {title: (H, W, 3) array in [0, 1]}
    side : px, the side of the square, at most H and W
    zoom : px of the screen for each px of the image, across and down
    score : whether the title of each fill gives its PSNR in the hole, and the best fill is marked by a star
    notes : {title: text to write below it}
    """
    window, notes = hole_window(mask, side), notes or {}
    scores = {title: psnr(fill, image, mask) for title, fill in fills.items()} if score else {}
    best = max(scores.values(), default=None)
    truth = _url(image[window])
    parts = [("hole", _url(with_hole(image, mask)[window]), False)]
    for title, fill in fills.items():
        shown = f"{title}: {scores[title]:.1f} dB{' ★' if scores[title] == best else ''}" if score else title
        parts.append((f"{shown}\n{notes[title]}" if title in notes else shown, _url(fill[window]), True))
    parts.append(("truth", truth, False))
    tiles = "".join(_tile(*part, round(zoom * side)) for part in parts)
    row = f'<div style="{ROW}; --truth: url({truth})">{tiles}</div>'
    return Comparison(row, tuple(title for title, _, _ in parts))


def _tile(title: str, url: str, pressed: bool, width: int) -> str:
    """Return the HTML of one picture under its title; `pressed` says whether pressing it shows the truth."""
    lines = html.escape(title).split("\n")
    text, shown = ", ".join(lines), "<br>".join(lines)
    alt = f"{'the fill by ' if pressed else PLAIN.get(title, '')}{text}"
    picture = f'<img alt="{alt}" src="{url}" style="display: block; width: 100%">'
    if pressed:
        label = f"{text}: press to see the truth"
        picture = f'<button type="button" class="pconv-fill" style="{BUTTON}" aria-label="{label}">{picture}</button>'
    caption = f'<figcaption style="text-align: center; line-height: 1.4">{shown}</figcaption>'
    return f'<figure style="margin: 0; width: {width}px">{caption}{picture}</figure>'


def _url(picture: np.ndarray) -> str:
    """Return an (H, W, 3) picture in [0, 1] as the data URL of a JPEG file."""
    return data_url(jpeg_of(png_bytes(np.clip(picture, 0, 1))), "jpeg")
