"""Write lettering over a photo, so that it can be cleaned up again. The README's figure and the studio use it."""

import numpy as np
from matplotlib.font_manager import findfont
from PIL import Image, ImageDraw, ImageFont

from pconv_edu.core import dilate, load_photo

PHOTO = "gc-mon-pontdugard"  # the name of the bundled photo, which is in the public domain
SIZE = 256, 384  # height and width of the picture
LETTERING = "Greetings from\nthe Pont du Gard"
RED = np.array((1, 0.15, 0.15), np.float32)


def letter(photo: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Write `LETTERING` in red on a photo; return the picture and its mask, which is 1 px wider than the letters.

    photo : (256, 384, 3) float32 RGB in [0, 1]
    """
    height, width = photo.shape[:2]
    cover = Image.new("L", (width, height))
    font = ImageFont.truetype(findfont("DejaVu Serif:italic"), 38)
    ImageDraw.Draw(cover).multiline_text((width / 2, height / 2), LETTERING, 255, font, "mm", 16, "center")
    share = (np.asarray(cover) / np.float32(255))[..., None]
    picture: np.ndarray = photo * (1 - share) + RED * share
    return picture, dilate(share[..., 0] == 0, 1)


def lettered_photo() -> tuple[np.ndarray, np.ndarray]:
    """Return `PHOTO` with the lettering, (256, 384, 3) float32 in [0, 1], and its (256, 384) mask, True = valid."""
    return letter(load_photo(PHOTO, SIZE))
