"""What a picture file says beside its pixels: how it is to be turned, its EXIF data, its resolution."""

from PIL import ExifTags, Image

SIDEWAYS = 5  # EXIF orientations from this one on swap width and height
X_DPI, Y_DPI, DPI_UNIT = ExifTags.Base.XResolution, ExifTags.Base.YResolution, ExifTags.Base.ResolutionUnit
HIGHEST_DPI = 65535  # in JPEG
XMP, IPTC = 700, 33723
WIDTH, HEIGHT = ExifTags.Base.ExifImageWidth, ExifTags.Base.ExifImageHeight
# Tags of TIFF directories that describe how these pixels are stored, or are copies of them (thumbnails, layers, XMP,
# which repeats the orientation): none is true of another file.
STORAGE = {254, 255, 256, 257, 258, 259, 262, 263, 266, 273, 274, 277, 278, 279, 280, 281, 284, 288, 289, 290, 291}
STORAGE |= {292, 293, 301, 317, 320, 321, 322, 323, 324, 325, 330, 332, 333, 334, 338, 339, 340, 341, 342, 347}
STORAGE |= {*range(512, 522), 529, 530, 531, 532, XMP, IPTC, 34377, 34675, 37724, 50255}


def orientation_of(image):
    """Return the EXIF orientation of an open PIL image, 1 to 8; 1 if there is none, or one that does not exist."""
    value = image.getexif().get(ExifTags.Base.Orientation, 1)
    return value if value in range(1, 9) else 1


def upright(pixels, orientation):
    """Return pixels (H, W, …) turned or mirrored as an EXIF orientation, 1 to 8, says; (W, H, …) from 5 on."""
    if orientation >= SIDEWAYS:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return pixels


def exif_to_keep(image, shape, dpi):
    """Return the EXIF data of an open PIL image as bytes that begin with b"Exif", or None if there are none.

    Left out are the orientation, the thumbnail, which would show the photo as it was, and what describes the storage of
    the pixels. shape : of the upright pixels, (H, W, …); dpi : its resolution, or None. Raises whatever Pillow does on
    damaged data.
    """
    exif = image.getexif()
    exif.bigtiff = False  # EXIF data never are
    for tag in STORAGE & set(exif):
        del exif[tag]
    if dpi and {X_DPI, Y_DPI} <= set(exif):
        exif[X_DPI], exif[Y_DPI], exif[DPI_UNIT] = *dpi, 2  # per inch
    if ExifTags.IFD.Exif in exif:
        details = exif.get_ifd(ExifTags.IFD.Exif)
        details |= {tag: value for tag, value in ((WIDTH, shape[1]), (HEIGHT, shape[0])) if tag in details}
    return exif.tobytes() if len(exif) else None


def other_data(image):
    """Return the kinds of data in an open PIL image that are not kept: a list of "XMP" and "IPTC", sorted."""
    tags = set(image.tag_v2) if image.format == "TIFF" else set()
    xmp = {"xmp", "XML:com.adobe.xmp"} & set(image.info) or XMP in tags
    iptc = "photoshop" in image.info or IPTC in tags
    return ["IPTC"] * bool(iptc) + ["XMP"] * bool(xmp)


def with_resolution(exif, dpi):
    """Return EXIF data (bytes or None) with a resolution, as bytes. dpi : (across, down)"""
    data = Image.Exif()
    if exif:
        data.load(exif)
    data[X_DPI], data[Y_DPI], data[DPI_UNIT] = *dpi, 2  # per inch
    return data.tobytes()


def resolution_of(image, orientation):
    """Return (across, down) in dots per inch of the upright picture, or None if a file does not say."""
    if image.format == "TIFF" and X_DPI not in image.tag_v2:
        return None  # where Pillow says 1
    try:
        across, down = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    if not (0 < across <= HIGHEST_DPI and 0 < down <= HIGHEST_DPI):
        return None
    return (down, across) if orientation >= SIDEWAYS else (across, down)
