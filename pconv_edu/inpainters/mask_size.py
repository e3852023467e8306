"""Find out why the size of a mask differs from the size of its photo, and resize or turn the mask if possible.

Typically, the mask was painted on a smaller copy of the photo, or on a copy that had not been turned upright according
to the photo's EXIF data.
"""

from collections.abc import Sequence

import numpy as np

from pconv_edu.core.metadata import SIDEWAYS, upright


def fit_mask(
    valid: np.ndarray, size: tuple[int, ...], orientation: int, names: Sequence[object], resize: bool = False
) -> tuple[np.ndarray, str | None]:
    """Return the mask at the size of its photo, or raise an error that explains why the sizes differ.

    Parameters
    ----------
    valid : (h, w) bool array, True = valid
    size : (H, W) of the upright photo
    orientation : EXIF orientation of the photo, 1 to 8
    names : names of the mask and of the photo, for messages
    resize : True to resize a mask that has the aspect ratio of the upright photo, or of the photo as the camera stored
        it. In the second case, the mask is first turned in the same way as the photo. The mask is resized by
        nearest-neighbour interpolation.

    Returns
    -------
    mask : (H, W) bool array, True = valid
    change : short description of what was done to the mask, or None

    Raises
    ------
    ValueError
        If the sizes differ and `resize` is False, if the mask cannot be resized because its aspect ratio is wrong, or
        if the resized mask has no hole left. In the first two cases, the message states the likely reason.
    """
    if valid.shape == tuple(size):
        return valid, None
    stored = tuple(size)[::-1] if orientation >= SIDEWAYS else tuple(size)
    by_exif = valid.shape == stored or (not _alike(valid.shape, size) and _alike(valid.shape, stored))
    if not resize or not (by_exif or _alike(valid.shape, size)):
        raise ValueError(_mismatch(valid.shape, size, by_exif, names))
    done = f"the mask was {_text(valid.shape)}; it is made to fit"
    if by_exif:
        valid, done = upright(valid, orientation), done + ", turned as the photo's EXIF data say"
    rows, columns = ((np.arange(n) + 0.5) * old / n for n, old in zip(size, valid.shape, strict=True))
    fitting = valid[np.ix_(rows.astype(int), columns.astype(int))]
    if fitting.all():
        raise ValueError(f"{names[0]}: made to fit {_text(size)} pixels it has no hole left: the hole is too thin")
    return fitting, done


def _mismatch(shape: tuple[int, ...], size: tuple[int, ...], by_exif: bool, names: Sequence[object]) -> str:
    """Return the message for a mask of the wrong size, which states both sizes, the likely reason and what to do."""
    mask, photo = names
    begin = f"{mask} is {_text(shape)} pixels, but {photo} is {_text(size)}. "
    if by_exif:
        return begin + (
            "The camera stored the photo lying on its side, and its EXIF data say how to turn it. The mask fits the "
            "photo before it is turned: it was painted in a program that ignores EXIF. Give --resize-mask, and the "
            "mask is turned in the same way."
        )
    if _alike(shape, size):
        copy = "smaller" if shape[0] < size[0] else "larger"
        return begin + (
            f"The proportions are the same: the mask was probably painted on a {copy} copy of the photo, as in the "
            "studio of the course. Give --resize-mask, and the mask gets the size of the photo (nearest neighbour)."
        )
    if _alike(shape, tuple(size)[::-1]):
        return begin + (
            "Width and height are swapped: one of the two was turned by a quarter, perhaps by a program that dropped "
            "the photo's EXIF data. Turn the mask in an image program; --resize-mask can't know which way."
        )
    return begin + (
        "The proportions differ too: it is probably the mask of another photo, or one of the two was cropped. "
        "Paint a mask on this photo; --resize-mask would distort this one."
    )


def _alike(shape: tuple[int, ...], size: tuple[int, ...]) -> bool:
    """Return True if two sizes have the same aspect ratio, apart from rounding or cropping by one pixel per side."""
    return abs(shape[0] * size[1] - shape[1] * size[0]) <= sum(size)


def _text(shape: tuple[int, ...]) -> str:
    """Return a size (height, width) as text, with the width first as usual."""
    return f"{shape[1]} × {shape[0]}"
