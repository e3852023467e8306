"""Draw the figure that shows thin things taken off photos, for the README, and make the damaged photos for it.

Lesson 01 uses the same damaged photos. Two of them are test photos on which scratches and lettering are drawn. The
third one is a photo that shows a real thread of wool; its mask is a line drawn by hand along the thread.
"""

from typing import NamedTuple

import cv2
import numpy as np
from matplotlib.figure import Figure

from pconv_edu import inpaint
from pconv_edu.core import load_photo
from pconv_edu.experiments.damage import damage
from pconv_edu.lessons.drawing import short_credit, show_images
from pconv_edu.lessons.lettering import PHOTO, SIZE, lettered_photo

from .registry import figure

THREAD = (  # (x, y) of points along the thread, in px of the picture of size SIZE
    (7, 196), (23, 197), (33, 194), (40, 188), (48, 182), (54, 182), (61, 186), (65, 193), (63, 201), (72, 203),
    (78, 206), (82, 204), (88, 203), (94, 205), (100, 202), (107, 207), (115, 207), (111, 213), (117, 216), (122, 221),
    (129, 223), (137, 220), (143, 223), (149, 227), (156, 222), (162, 222), (171, 231), (178, 232), (185, 240),
    (196, 245), (206, 241), (216, 244), (221, 238), (223, 222), (218, 214), (214, 194), (214, 182), (212, 174),
)  # fmt: skip


class DamagedPhoto(NamedTuple):
    """Hold a photo with thin damage, and the mask that says where the damage is."""

    damage: str  # "scratches", "lettering" or "a thread"
    photo: str  # the name of the bundled photo
    picture: np.ndarray  # (256, 384, 3) float32 RGB in [0, 1], with the damage
    mask: np.ndarray  # (256, 384) bool, True = valid, False = damage


def damaged_photos() -> list[DamagedPhoto]:
    """Return three damaged photos, with scratches, with lettering and with a thread. Every call returns the same."""
    scratched, threaded = "gc-mon-montstmichel", "gc-farm-cat"
    cat = load_photo(threaded, SIZE)
    return [
        DamagedPhoto("scratches", scratched, *damage(load_photo(scratched, SIZE), np.random.default_rng(1))),
        DamagedPhoto("lettering", PHOTO, *lettered_photo()),
        DamagedPhoto("a thread", threaded, cat, ~_line(cat.shape[:2], THREAD)),
    ]


def _line(shape: tuple[int, int], points: tuple[tuple[int, int], ...], width: int = 13) -> np.ndarray:
    """Return an (H, W) bool array that is True on the line through the points."""
    drawn = np.zeros(shape, np.uint8)
    cv2.polylines(drawn, [np.array(points, np.int32)], False, 1, width)
    return drawn > 0


@figure("cleanup", lesson=1, photographic=True)
def cleanup() -> Figure:
    """The guided fill removes thin things from photos. The upper row shows the damaged photos, and the lower row shows
    their fills by `guided` (lesson 13). We drew the scratches and the lettering on two test photos, which no network of
    the course was trained on. The thread of wool is part of the third photo, which is a training photo. No photo that
    comes with the course shows overhead wires in front of something else. Every fill needs a mask of what to remove.
    The masks of the scratches and of the lettering are known, because we drew the damage. The mask of the thread is a
    line drawn by hand. The three masks cover 12 %, 10 % and 5 % of the pictures, which have 384×256 px.
    """
    photos = damaged_photos()
    before = [photo.picture for photo in photos]
    after = [inpaint(photo.picture, photo.mask, "guided") for photo in photos]
    above = [f"before: {photo.damage}" for photo in photos]
    below = [f"after ({short_credit(photo.photo)})" for photo in photos]
    fig = show_images([*before, *after], [*above, *below], columns=3, size=3.05)
    fig.set_figheight(4.65)
    fig.subplots_adjust(left=0.005, right=0.995, top=0.93, bottom=0.005, wspace=0.02, hspace=0.14)
    return fig
