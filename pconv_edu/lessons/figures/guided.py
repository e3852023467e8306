"""Draw the figure that shows the guided fill, for the README and lesson 13."""

import numpy as np
from matplotlib.figure import Figure

from pconv_edu import inpaint
from pconv_edu.core import load_photo
from pconv_edu.lessons.drawing import short_credit, show_images, with_hole

from .registry import figure

PHOTOS = "gc-animal-bison", "gc-farm-dog", "gc-animal-polar-bear"
METHODS = {"large": "a network", "patchmatch": "patches", "guided": "guided patches"}


@figure("guided_fill", lesson=13, photographic=True)
def guided_fill() -> Figure:
    """This figure shows three photos with a rectangular hole that was filled in three ways. A network (`large`)
    predicts the shapes and blurs the texture. PatchMatch copies texture from the rest of the photo and does not know
    which shape belongs in the hole. The guided fill copies patches that resemble both their surroundings and the
    network's fill. Lesson 13 explains the guided fill and shows a photo on which it fails. Lesson 11 gives the scores
    of all three methods over 30 photos.
    """
    mask = np.ones((256, 256), bool)
    mask[96:160, 88:168] = False
    pictures, titles = [], []
    for name in PHOTOS:
        photo = load_photo(name, 256)
        pictures += [with_hole(photo, mask), *(inpaint(photo, mask, method) for method in METHODS), photo]
        titles += ["hole", *METHODS.values(), f"truth\n{short_credit(name)}"]
    return show_images(pictures, titles, columns=5, size=2.6)
