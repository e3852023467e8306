"""Read and write the image files of cameras, scanners and painting programs.

`read_image` returns float32 RGB or RGBA in [0, 1], and `read_hole_image` returns a mask. Files are written in one step,
so that a failure never leaves an incomplete file.
"""

from pathlib import Path

import numpy as np

from .arguments import as_array, is_number
from .atomic import write_atomically
from .color_profiles import space_of
from .encoding import encode, fitted, format_of
from .image_kinds import FORMATS
from .pictures import Picture, PictureError, read_picture

__all__ = ["FORMATS", "read_color_profile", "read_hole_image", "read_image", "write_image", "write_picture"]


def read_image(path: Path | str, *, alpha: bool = False) -> np.ndarray:
    """Return the image in a file as RGB, or as RGBA if the file has transparency and `alpha` is True.

    The picture is turned upright according to its EXIF orientation. Grey, palette, 1-bit, CMYK and LAB files become
    RGB. CMYK and LAB pixels are converted with the colour profile of the file, if the file has one. 16-bit files keep
    their precision. Transparent pixels are blended with white unless `alpha` is True. If the file is an animation or
    has several pages, only the first frame or page is read.

    Parameters
    ----------
    path : an image file of at most 120 megapixels, in any format that Pillow reads
    alpha : True to keep transparency instead of blending with white

    Returns
    -------
    (H, W, 3) float32 array, RGB in [0, 1]; (H, W, 4) if `alpha` is True and the file has transparency

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If the file does not exist, or the path is a folder.
    ValueError
        If the file is broken, truncated, empty, too large, or not an image that can be read. The message names the
        file.

    Examples
    --------
    >>> import tempfile, os
    >>> path = os.path.join(tempfile.mkdtemp(), "grey.png")
    >>> write_image(path, np.full((2, 3), 0.2))
    >>> read_image(path).shape
    (2, 3, 3)
    """
    picture = read_picture(path)
    pixels = np.asarray(picture.pixels, np.float32) / picture.white
    if pixels.ndim == 2 or picture.pixels.shape[2] == 2:  # grey, with or without alpha
        grey = pixels.reshape(*pixels.shape[:2], -1)
        pixels = grey[..., [0, 0, 0, 1][: 2 + grey.shape[2]]]
    if alpha or not picture.has_alpha:
        return pixels
    return pixels[..., :3] * pixels[..., 3:] + (1 - pixels[..., 3:])  # blended with white


def read_hole_image(path: Path | str, threshold: float | None = None, *, option: str = "threshold={}") -> np.ndarray:
    """Return the mask in a file in which WHITE pixels mark the HOLE, as is usual for painted masks.

    Only mask files use white for the hole. The returned mask follows the convention of the course, True = valid.
    Transparent pixels raise an error, because some programs treat them as black and others as white.

    Parameters
    ----------
    path : image file in which black marks valid pixels and white marks the hole
    threshold : None to raise an error if a pixel is neither black nor white; a number in (0, 1) to treat all pixels
        brighter than this number as part of the hole
    option : format string with which error messages show the threshold; {} stands for its value. The spelling of the
        option differs between the command line and Python.

    Returns
    -------
    (H, W) bool array, True = valid, False = hole

    Raises
    ------
    ValueError
        If the file has values between black and white but no threshold is given, if pixels are transparent, if the
        threshold is not in (0, 1), or if the file cannot be read as an image. A message about the file contains the
        name of the file.
    FileNotFoundError, IsADirectoryError
        If the file does not exist, or the path is a folder.

    Examples
    --------
    >>> import tempfile, os
    >>> path = os.path.join(tempfile.mkdtemp(), "hole.png")
    >>> write_image(path, np.array([[0.0, 1.0]]))
    >>> read_hole_image(path)
    array([[ True, False]])
    """
    if threshold is not None and not (is_number(threshold) and 0 < threshold < 1):
        raise ValueError(f"threshold is {threshold!r}; give a number between 0 and 1, such as 0.5")
    picture = read_picture(path)
    if picture.has_alpha and picture.pixels[..., -1].min() < picture.white:
        raise PictureError(
            f"{path}: some pixels are transparent, so they are neither black (valid) nor white (hole). Save the mask "
            "without transparency: flatten it onto a black layer if you painted the hole white."
        )
    grey = np.asarray(picture.pixels, np.float32) / picture.white
    if grey.ndim == 3:
        grey = grey[..., : 1 if grey.shape[2] == 2 else 3].mean(axis=2)
    if threshold is None:
        _refuse_between(grey, picture.white, path, option)
    return grey <= (0.5 if threshold is None else threshold)


def read_color_profile(path: Path | str) -> bytes | None:
    """Return the ICC colour profile of the pixels that `read_image` returns, or None if they have no profile.

    The function raises the same errors as `read_image`.
    """
    return read_picture(path).profile


def write_image(path: Path | str, image: np.ndarray, *, color_profile: bytes | None = None) -> None:
    """Write an image file. The file extension determines the format: png, jpg, webp (lossless), bmp or tiff.

    Parameters
    ----------
    path : the file to write; an existing file is replaced only when the new file is complete
    image : (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA array. Float values in [0, 1] and uint8 values are written with
        8 bits per channel. uint16 values are written with 16 bits per channel, which only png and tiff can store.
    color_profile : the ICC colour profile of the image as bytes, or None

    Raises
    ------
    ValueError, TypeError
        If the shape or the type of the numbers is not supported, if values are NaN or outside [0, 1], if the file
        extension is unknown, if the colour profile is for another kind of pixels, or if the format can't store a part
        of the image, such as transparency in a JPEG file.
    OSError
        If the folder does not exist or cannot be written to.

    Examples
    --------
    >>> import tempfile, os
    >>> write_image(os.path.join(tempfile.mkdtemp(), "red.png"), np.array([[[1.0, 0, 0]]]))
    """
    format_of(path)
    pixels = _to_integers(image)
    kind = "GRAY" if pixels.ndim == 2 else "RGB"
    if color_profile and space_of(color_profile) != kind:
        raise ValueError(f"{path}: color_profile is for {space_of(color_profile)} pixels, but the image is {kind}")
    picture = Picture(pixels, color_profile)
    changes = fitted(picture, path).changes
    if changes:
        raise ValueError(f"{path}: {changes[0]}; write .png or .tif")
    write_picture(path, picture)


def write_picture(path: Path | str, picture: Picture) -> None:
    """Write a `Picture` to a file in one step, with all its data that the format can store (see `fitted`)."""
    picture = fitted(picture, path)
    write_atomically(path, lambda file: encode(picture, file, format_of(path)))


def _refuse_between(grey: np.ndarray, white: int, path: Path | str, option: str) -> None:
    """Raise PictureError if a mask has values between 0 (black) and 1 (white). The message says what to do."""
    between = (grey > 0) & (grey < 1)
    if not between.any():
        return
    low, high = float(grey.min()), float(grey.max())
    if low < high and ((grey == low) | (grey == high)).all():
        looks = ", which looks all black" if high < 0.1 else ""
        raise PictureError(
            f"{path}: its pixels have two values, {low * white:.5g} and {high * white:.5g} of {white}{looks}. In a "
            f"mask file black (0) is valid and white ({white}) is hole. If the brighter value is the hole, give "
            f"{option.format(_between(low, high))}, or make it white: stretch the contrast in an image program."
        )
    threshold = "0.5" if high > 0.5 or low == high else _between(low, high)
    raise PictureError(
        f"{path}: {100 * between.mean():.2g} % of the pixels are neither black nor white. A mask file has two "
        "values: black = valid, white = hole. Values in between come from JPEG compression, from bilinear resizing or "
        "from a soft brush: save the mask as PNG, resize it with nearest-neighbour, paint with a hard brush, or "
        f"give {option.format(threshold)} to treat everything brighter as hole."
    )


def _between(low: float, high: float) -> str:
    """Return the mean of two numbers as text, with just enough digits to lie between the two numbers."""
    texts = (f"{(low + high) / 2:.{digits}g}" for digits in range(1, 17))
    return next(text for text in texts if low < float(text) < high)


def _to_integers(image: np.ndarray) -> np.ndarray:
    """Convert a float image in [0, 1] to uint8, and return uint8 and uint16 images unchanged.

    image : (H, W), (H, W, 3) or (H, W, 4) array
    """
    image = as_array(image, "image")
    if image.ndim not in (2, 3) or image.shape[2:] not in ((), (3,), (4,)) or image.size == 0:
        raise ValueError(f"image has shape {image.shape}; give (H, W), (H, W, 3) or (H, W, 4)")
    if image.dtype in (np.uint8, np.uint16):
        return image
    if image.dtype.kind != "f":
        raise TypeError(f"image is {image.dtype}; give floats in [0, 1], uint8 or uint16")
    low, high = image.min(), image.max()  # both are NaN if any value is NaN
    if not (low >= 0 and high <= 1):
        raise ValueError(f"image runs from {low} to {high}; it must lie in [0, 1], without NaN: np.clip(image, 0, 1)")
    return (image * 255 + 0.5).astype(np.uint8)
