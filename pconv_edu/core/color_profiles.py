"""Identify the colour space of an ICC colour profile, and convert CMYK and LAB pictures to sRGB.

The profiles are read and applied by Pillow with the LittleCMS library.
"""

import io
from typing import Any, cast

from PIL import Image, ImageCms


def space_of(profile: bytes) -> str | None:
    """Return the colour space of an ICC profile, such as "RGB", "GRAY", "CMYK" or "Lab".

    Return None if the profile is broken.

    profile : ICC profile as bytes
    """
    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile.xcolor_space.strip()
    except (OSError, TypeError, ValueError):
        return None


def is_srgb(profile: bytes) -> bool:
    """Return True if the description in an ICC profile contains the name sRGB.

    Such a profile can be left out of a file, because pixels without a profile are assumed to be sRGB.

    profile : ICC profile as bytes
    """
    try:
        return "srgb" in ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))).lower()
    except (OSError, ImageCms.PyCMSError):
        return False


def srgb() -> bytes:
    """Return the ICC profile of sRGB as bytes."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def to_srgb(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, bytes | None]:
    """Convert a CMYK or LAB picture to RGB, and return the RGB picture and its profile.

    The returned profile is that of sRGB, or None if the conversion did not use profiles.

    image : PIL image of mode "CMYK" or "LAB"
    profile : ICC profile of the picture as bytes, or None. Without a profile for this mode, the white point of LAB is
        assumed to be D50, and CMYK is converted by the simple formula 255 − ink − black.
    """
    kind = {"CMYK": "CMYK", "LAB": "Lab"}[image.mode]
    source: Any = None
    if profile and space_of(profile) == kind:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    elif kind == "Lab":
        source = ImageCms.createProfile("LAB")
    if source is not None:
        try:
            rgb = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return cast(Image.Image, rgb), srgb()
        except ImageCms.PyCMSError:
            pass  # the profile has no tables for this direction
    return image.convert("RGB"), None
