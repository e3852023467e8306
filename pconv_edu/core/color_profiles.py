"""ICC colour profiles: which kind of pixels one is for, and pixels of other kinds converted to sRGB."""

import io

from PIL import ImageCms


def space_of(profile):
    """Return the kind of pixels that an ICC profile is for: "RGB", "GRAY", "CMYK", "Lab" …; None if it is broken.

    profile : bytes
    """
    try:
        return ImageCms.ImageCmsProfile(io.BytesIO(profile)).profile.xcolor_space.strip()
    except (OSError, TypeError, ValueError):
        return None


def is_srgb(profile):
    """Return True if a profile (bytes) says in its description that it is sRGB, as pixels without a profile are."""
    try:
        return "srgb" in ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))).lower()
    except (OSError, ImageCms.PyCMSError):
        return False


def srgb():
    """Return the ICC profile of sRGB as bytes."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def to_srgb(image, profile):
    """Convert a CMYK or LAB picture to RGB.

    image : PIL image of mode "CMYK" or "LAB"
    profile : its ICC profile as bytes, or None. Without one that fits, LAB is taken as D50, and CMYK by the plain
        formula, 255 − ink − black.

    Return the RGB image, and its profile: sRGB, or None after the plain formula.
    """
    kind = {"CMYK": "CMYK", "LAB": "Lab"}[image.mode]
    source = None
    if profile and space_of(profile) == kind:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    elif kind == "Lab":
        source = ImageCms.createProfile("LAB")
    if source is not None:
        try:
            return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"), srgb()
        except ImageCms.PyCMSError:
            pass  # a profile without the tables for this direction
    return image.convert("RGB"), None
