"""Image files in and out: whatever a camera, a scanner or a painting program makes.

In: float32 RGB in [0, 1]. Out: written beside the target and moved into place, so no failure leaves half a file.
"""

import os
import tempfile
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WEBP",
    ".bmp": "BMP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
}
OPTIONS = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}


def read_image(path, *, alpha=False):
    """Return the image in a file as RGB, or as RGBA if it is wanted and there.

    EXIF orientation is applied. Grey, palette, 1-bit and CMYK files become RGB, 16-bit files keep their precision.
    Transparent pixels are laid over white. Of an animation the first frame is taken.

    Parameters
    ----------
    path : file in any format that Pillow reads
    alpha : True to keep transparency instead of laying it over white

    Returns
    -------
    (H, W, 3) float32 array, RGB in [0, 1]; (H, W, 4) if `alpha` and the file has transparency

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no such file, or it is a folder.
    ValueError
        If the file is broken, cut short, empty, too large to be decoded safely, or no image; the message names it.

    Examples
    --------
    >>> import tempfile, os
    >>> path = os.path.join(tempfile.mkdtemp(), "grey.png")
    >>> write_image(path, np.full((2, 3), 0.2))
    >>> read_image(path).shape
    (2, 3, 3)
    """
    image, orientation = _open(path)
    if image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I"):  # 16-bit grey
        grey = np.asarray(ImageOps.exif_transpose(image)).astype(np.float32) / 65535
        if grey.min() < 0 or grey.max() > 1:
            raise ValueError(f"{path}: its pixels have 32 bits and no known range; save it with 8 or 16 bits")
        return np.repeat(grey[..., None], 3, axis=2)
    if image.mode == "F":
        raise ValueError(f"{path}: a file of floating-point pixels has no known range; save it with 8 or 16 bits")
    if _bits(image, path) == 16:
        pixels = _sixteen_bit_color(path, orientation)
        return pixels if alpha else _over_white(pixels)
    image = ImageOps.exif_transpose(image)
    if image.has_transparency_data:
        rgba = np.asarray(image.convert("RGBA"), np.float32) / 255
        return rgba if alpha else _over_white(rgba)
    return np.asarray(image.convert("RGB"), np.float32) / 255


def read_hole_image(path, threshold=None):
    """Return the mask in a file whose WHITE pixels are the HOLE, as people paint them.

    This is the one place where white means hole: the returned mask follows the course, True = valid. Transparent pixels
    are refused: whether they mean black or white is the painting program's secret.

    Parameters
    ----------
    path : image file, black (valid) and white (hole)
    threshold : None to refuse every other value; a number in (0, 1) to take all that is brighter as hole

    Returns
    -------
    (H, W) bool array, True = valid, False = hole

    Raises
    ------
    ValueError
        If there are values between black and white and no threshold, pixels are transparent, the threshold is not in
        (0, 1), or the file is broken; the message names the file and the usual causes.
    FileNotFoundError, IsADirectoryError
        If there is no such file, or it is a folder.

    Examples
    --------
    >>> import tempfile, os
    >>> path = os.path.join(tempfile.mkdtemp(), "hole.png")
    >>> write_image(path, np.array([[0.0, 1.0]]))
    >>> read_hole_image(path)
    array([[ True, False]])
    """
    if threshold is not None and not 0 < threshold < 1:
        raise ValueError(f"threshold is {threshold!r}; give a number between 0 and 1, such as 0.5")
    image, _ = _open(path)
    if image.has_transparency_data and image.convert("RGBA").getextrema()[3][0] < 255:
        raise ValueError(
            f"{path}: some pixels are transparent, so they are neither black (valid) nor white (hole). Save the mask "
            "without transparency: flatten it onto a black layer if you painted the hole white."
        )
    grey = read_image(path).mean(axis=2)
    between = (grey > 1 / 512) & (grey < 1 - 1 / 512)
    if threshold is None and between.any():
        raise ValueError(
            f"{path}: {100 * between.mean():.2g} % of the pixels are neither black nor white. A mask file has two "
            "values: black = valid, white = hole. Values between come from JPEG compression, from bilinear resizing or "
            "from a soft brush: save the mask as PNG, resize it with nearest-neighbour, paint with a hard brush, or "
            "give threshold=0.5 to take all that is brighter as hole."
        )
    return grey <= (0.5 if threshold is None else threshold)


def read_color_profile(path):
    """Return the ICC colour profile in an image file as bytes, or None; errors are those of `read_image`."""
    return _open(path)[0].info.get("icc_profile")


def write_image(path, image, *, color_profile=None):
    """Write an image file of 8 bits a channel; its ending says the format: png, jpg, webp (lossless), bmp or tiff.

    Parameters
    ----------
    path : where to; an old file there is replaced only once the new one is whole
    image : (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA array; float in [0, 1], or uint8
    color_profile : bytes of an ICC profile that the numbers belong to, optional; BMP cannot hold one

    Raises
    ------
    ValueError, TypeError
        For another shape or kind of numbers, values outside [0, 1], NaN, an unknown ending, or transparency in a JPEG.
    OSError
        If the folder is not there or cannot be written.

    Examples
    --------
    >>> import tempfile, os
    >>> write_image(os.path.join(tempfile.mkdtemp(), "red.png"), np.array([[[1.0, 0, 0]]]))
    """
    path = Path(path)
    format_ = FORMATS.get(path.suffix.lower())
    if format_ is None:
        raise ValueError(f"{path}: the ending {path.suffix!r} is not known; use one of {', '.join(FORMATS)}")
    pixels = _to_bytes(image)
    if format_ == "JPEG" and pixels.shape[2:] == (4,):
        raise ValueError(f"{path}: JPEG has no transparency; write .png, or image[..., :3]")
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            profile = {"icc_profile": color_profile} if color_profile else {}
            Image.fromarray(pixels).save(file, format_, **OPTIONS.get(format_, {}), **profile)
        Path(unfinished).chmod(0o666 & ~_umask())  # mkstemp makes files that only their owner can read
        Path(unfinished).replace(path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


def _open(path):
    """Open and decode a file; return it with its EXIF orientation, 1 to 8. Errors name the file."""
    if Path(path).is_dir():
        raise IsADirectoryError(f"{path} is a folder; give an image file")
    try:
        with Path(path).open("rb") as file, Image.open(file) as image:  # given a path, Pillow garbles turned raw TIFFs
            image.load()
            return image, image.getexif().get(0x0112, 1)
    except FileNotFoundError:
        raise FileNotFoundError(f"{path}: there is no such file") from None
    except UnidentifiedImageError:
        raise ValueError(f"{path}: not an image, or a broken one") from None
    except Image.DecompressionBombError as error:
        raise ValueError(f"{path}: too large to be decoded safely: {error}") from None
    except (OSError, SyntaxError, EOFError, IndexError, ValueError, RuntimeError) as error:  # each from some decoder
        if isinstance(error, PermissionError):
            raise
        raise ValueError(f"{path}: the file is broken or cut short: {error}") from None


def _bits(image, path):
    """Bits per channel that a PNG or TIFF file says it has; 8 for other formats. Pillow cuts 16-bit colour to 8."""
    if image.format == "PNG":
        with Path(path).open("rb") as file:
            return file.read(25)[24]  # the header's bit depth
    return max(image.tag_v2.get(258, (8,))) if image.format == "TIFF" else 8


def _sixteen_bit_color(path, orientation):
    """A file of 16-bit colour, read by OpenCV, as float32 RGB or RGBA."""
    pixels = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.dtype != np.uint16 or pixels.ndim != 3:
        raise ValueError(f"{path}: 16-bit colour of a kind that is not read here; save it with 8 bits")
    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    pixels = pixels.astype(np.float32) / 65535
    return pixels[..., [2, 1, 0, 3][: pixels.shape[2]]]  # OpenCV gives blue, green, red and alpha, if there is one


def _over_white(pixels):
    """(H, W, 3) as it is; (H, W, 4) laid over white."""
    return pixels[..., :3] * pixels[..., 3:] + (1 - pixels[..., 3:]) if pixels.shape[2] == 4 else pixels


def _to_bytes(image):
    """(H, W), (H, W, 3) or (H, W, 4), float in [0, 1] or uint8 -> uint8."""
    image = np.asarray(image)
    if image.ndim not in (2, 3) or image.shape[2:] not in ((), (3,), (4,)) or image.size == 0:
        raise ValueError(f"image has shape {image.shape}; give (H, W), (H, W, 3) or (H, W, 4)")
    if image.dtype == np.uint8:
        return image
    if image.dtype.kind != "f":
        raise TypeError(f"image is {image.dtype}; give floats in [0, 1], or uint8")
    low, high = image.min(), image.max()  # NaN, if there is one
    if not (low >= 0 and high <= 1):
        raise ValueError(f"image runs from {low} to {high}; it must lie in [0, 1], without NaN: np.clip(image, 0, 1)")
    return np.uint8(image * 255 + 0.5)


def _umask():
    """The permissions that new files of this process do not get. It can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
