"""One photo, its mask, and a way to fill it by the command line."""

import numpy as np
from PIL import ImageCms

from pconv_edu.__main__ import main
from pconv_edu.core import irregular_mask, load_photo
from pconv_edu.core.pictures import read_picture

PHOTO = np.uint8(load_photo("gc-animal-koala", size=(40, 56)) * 255)
MASK = irregular_mask((40, 56), (0.2, 0.3), rng=np.random.default_rng(0))  # True = valid
HOLE = ~MASK
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def fill(folder, photo="photo.png", mask="mask.png", out="filled.png", *options, method="mean"):
    """Run ``inpaint`` in a folder, by default with the method mean; return the picture that is written."""
    main(["inpaint", str(folder / photo), str(folder / mask), "-o", str(folder / out), "--method", method, *options])
    return read_picture(folder / out)
