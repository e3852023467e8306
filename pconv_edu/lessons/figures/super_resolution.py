"""Draw the figure that shows super-resolution as inpainting, for lesson 13."""

import numpy as np
from matplotlib.figure import Figure

from pconv_edu.core import hole_ratio, load_photo, psnr
from pconv_edu.core.regular import grid_mask
from pconv_edu.lessons.drawing import short_credit, show_images

from .registry import figure


@figure("super_resolution", lesson=13, photographic=True)
def super_resolution() -> Figure:
    """Super-resolution can be treated as inpainting. Every second pixel of a photo, or every fourth pixel, is known in
    both directions, and all pixels between them are the hole. Each picture is a crop of 100×100 px. The crops show the
    enlarged known pixels, bilinear interpolation, the biharmonic fill, two networks and the truth. The network
    `superres` was trained on such holes, starting from the network `l1`, which was trained on irregular holes. The PSNR
    is computed over the hole in the whole photo. Lesson 13 gives the means over 30 photos.
    """
    from pconv_edu.experiments import super_resolution

    name, part = "gc-mon-colosseum", np.s_[60:160, 75:175]
    photo, ways = load_photo(name, 256), ("bilinear", "biharmonic", "superres", "l1")
    pictures, titles = [], []
    for factor in super_resolution.FACTORS:
        mask = grid_mask(256, factor)
        large = [super_resolution.enlarge(photo, factor, way) for way in ways]
        known = photo[::factor, ::factor].repeat(factor, 0).repeat(factor, 1)
        pictures += [picture[part] for picture in (known, *large, photo)]
        labels = [f"{way}: {psnr(picture, photo, mask):.1f} dB" for way, picture in zip(ways, large, strict=True)]
        titles += [f"×{factor}: {100 * hole_ratio(mask):.0f} % hole", *labels, f"truth\n{short_credit(name)}"]
    fig = show_images(pictures, titles, columns=6, size=2.2)
    fig.set_figheight(5)
    fig.tight_layout()
    return fig
