"""Implement ``pconv-edu inpaint``, which fills the hole of a photo, or the holes of all photos in a folder."""

import argparse
import sys
from pathlib import Path
from typing import Any

from .argument_types import brightness

SUMMARY = "fill the hole of a photo, or of every photo in a folder"
NOTES = """\
examples:
  %(prog)s photo.jpg mask.png -o filled.png
  %(prog)s photos masks -o filled          a mask for each photo: a.jpg and a.png
  %(prog)s photos scratch.png -o filled    the same mask for all photos

The mask is a picture of the same size as the photo: white where the photo is to be filled, black elsewhere.

The filled file keeps the size, transparency, the colour profile, EXIF data and the resolution. Grey photos stay grey,
and PNG and TIFF files keep 16 bits. The picture is turned upright, and the thumbnail is left out. In PNG, TIFF, WebP
and BMP files, each pixel outside the hole stays exactly as it is. JPEG compresses the whole photo again (quality 95,
4:4:4), which changes pixels outside the hole a little. CMYK and LAB become sRGB, palettes become RGB, and 1-bit
pictures become grey. If a file can't keep anything else, a note says so.

Photos can be JPEG, PNG, TIFF, WebP, GIF, BMP, AVIF and more, with up to 120 megapixels. A photo of that size needs 5 to
10 GB of memory. Convert HEIC and camera raw files to PNG or JPEG first.

If PHOTO is a folder, each filled photo keeps its name. A photo whose format can't be written, such as GIF, becomes PNG.
Photos that are left out are listed at the end with the reason, and the exit status is 1. After Ctrl-C, the photos
filled so far are complete, and --resume fills the rest. No photo and no mask is ever replaced.

Beside each filled file a record is written, such as filled.png.filled-pixels.png: a picture in which the filled pixels
are white, with the names of the method and of the blending. What was filled in is made up, and the record says where.
--no-record turns it off.
"""
STOPPED, LEFT_OUT = 130, 1  # exit codes after Ctrl-C, and if some photos were not filled
SLOW = "patchmatch", "exemplar", "guided"  # methods that can show a progress bar


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to `parser`, and add notes and a list of methods to the help text."""
    from pconv_edu.inpainters.methods import BEST, DEFAULT, METHODS
    from pconv_edu.inpainters.options import BLENDS

    methods = "\n".join(f"  {name:15}{about}" for name, about in METHODS.items())
    methods = methods.replace("%", "%%")  # in this text, %(prog)s is the name of the program
    parser.epilog = f"{NOTES}\nmethods (pconv is {BEST}):\n{methods}"
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("photo", metavar="PHOTO", help="image file, or a folder of them")
    parser.add_argument(
        "mask",
        metavar="MASK",
        help="image file, white = hole; for a folder: a folder of masks with the same names, or one file for all",
    )
    parser.add_argument(
        "-o", "--out", required=True, help="file to write (.png, .jpg, .webp, .bmp, .tif); for a folder: a folder"
    )
    parser.add_argument(
        "--method",
        choices=["pconv", *METHODS],
        default=DEFAULT,
        metavar="NAME",
        help=f"how to fill: one of the methods below (default: {DEFAULT})",
    )
    parser.add_argument(
        "--blend",
        choices=BLENDS,
        help="adapt the colours of the fill to the edge of the hole, so that no seam is visible; can blur the edge",
    )
    parser.add_argument(
        "--threshold",
        type=brightness,
        metavar="BRIGHTNESS",
        help="treat mask pixels brighter than this number between 0 and 1, such as 0.5, as hole; use it for masks with "
        "soft edges or saved as JPEG. Without this option, a mask must be black and white",
    )
    parser.add_argument(
        "--resize-mask",
        action="store_true",
        help="resize a mask that was painted on a smaller or larger copy of the photo, or turn one that was painted on "
        "a copy not yet turned",
    )
    parser.add_argument(
        "--first-page", action="store_true", help="use only the first page or frame of files that have several"
    )
    parser.add_argument(
        "--no-record", action="store_true", help="write no record of which pixels were filled, and by which method"
    )
    parser.add_argument(
        "--resume", action="store_true", help="for a folder: skip photos whose filled file already exists"
    )


def run(options: argparse.Namespace) -> None:
    """Fill the hole of a photo, or the holes of all photos in a folder.

    If some photos in the folder were not filled, exit with the code `LEFT_OUT`, or `STOPPED` after Ctrl-C.
    """
    from pconv_edu.inpainters.files import inpaint_file, inpaint_folder

    task = options.photo, options.mask, options.out, options.method, options.threshold
    choices: dict[str, Any] = {
        "resize_mask": options.resize_mask,
        "first_page": options.first_page,
        "record": not options.no_record,
        "blend": options.blend,
    }
    if Path(options.photo).is_dir():
        report = inpaint_folder(*task, resume=options.resume, **choices)
        print(report, file=sys.stderr if report.left_out or report.stopped else sys.stdout)
        if report.stopped or report.left_out:
            sys.exit(STOPPED if report.stopped else LEFT_OUT)
        return
    if options.resume:
        raise argparse.ArgumentError(None, "--resume is for a folder of photos")
    if options.method in SLOW:
        choices["progress"] = True
    for change in inpaint_file(*task, **choices):
        print(f"note: {change}", file=sys.stderr)
