"""Draw the pictures with which lessons 01 to 03 begin.

They are not part of the gallery in `figures/`, so the decorator `@figure` is missing here.
"""

import cv2
import numpy as np
from matplotlib.figure import Figure

from pconv_edu import inpaint
from pconv_edu.core import dilate, hole_radius, hole_ratio, load_photo, update_mask
from pconv_edu.lessons.drawing import show_images, with_hole

from .convolution import HOLE_OF_THE_BLURS, mean_blur

CAGED = "gc-farm-dog"
WIRE, GREEN = np.array([[0.62, 0.64, 0.66], [0.1, 0.9, 0.2]], np.float32)


def behind_a_fence() -> Figure:
    """Draw a photo with a wire fence drawn over it, beside the fill that `guided` computes from it."""
    photo = load_photo(CAGED, (256, 384))
    height, width = photo.shape[:2]
    cover = np.zeros((height, width), np.uint8)
    for start in range(-width, width + height, 56):
        cv2.line(cover, (start, 0), (start + height, height), 255, 2, cv2.LINE_AA)
        cv2.line(cover, (start + height, 0), (start, height), 255, 2, cv2.LINE_AA)
    share = (cover / np.float32(255))[..., None]
    fenced, mask = photo * (1 - share) + WIRE * share, dilate(cover == 0, 1)
    titles = ["a wire fence over a photo", f"the wires ({100 * hole_ratio(mask):.0f} % of the pixels) filled by guided"]
    fig = show_images([fenced, inpaint(fenced, mask, "guided")], titles, size=4.7)
    fig.set_figheight(4.7 * height / width + 0.35)
    fig.tight_layout()
    return fig


def same_ratio(photo: str = "gc-animal-koala") -> Figure:
    """Draw two holes that cover the same share of a photo, one narrow and one deep, each beside its guided fill."""
    image = load_photo(photo, 256)
    rows, cols = np.mgrid[:256, :256]
    lines = (rows + 8 * np.sin(cols / 20)) % 32 >= 4
    disc = (rows - 128) ** 2 + (cols - 128) ** 2 > 51**2
    pictures, titles = [], []
    for mask in (lines, disc):
        pictures += [with_hole(image, mask), inpaint(image, mask, "guided")]
        titles += [f"ratio {100 * hole_ratio(mask):.1f} %, radius {hole_radius(mask)} px", "filled"]
    return show_images(pictures, titles, size=2.4)


def green_leak(photo: str = "gc-erase-kingfisher") -> Figure:
    """Draw a photo whose hole stores green, its ordinary blur, and its partial blur."""
    image, mask = load_photo(photo, 128), HOLE_OF_THE_BLURS
    green = np.where(mask[..., None], image, GREEN)
    partial = with_hole(mean_blur(green, 15, mask), update_mask(mask, 15, padding=7))
    titles = ["green is stored in the hole", "ordinary convolution", "partial convolution"]
    return show_images([green, mean_blur(green, 15), partial], titles, size=3.1)
