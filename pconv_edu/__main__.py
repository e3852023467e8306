"""The command line: ``python -m pconv_edu COMMAND --help``."""

import argparse
import sys
from pathlib import Path

from pconv_edu import console

PROGRAM = "pconv-edu" if Path(sys.argv[0]).stem == "pconv-edu" else "python -m pconv_edu"


def figures(arguments):
    """rebuild every figure of the article, with its caption"""
    parser = argparse.ArgumentParser(prog=f"{PROGRAM} figures", description=figures.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="figures to build (default: all)")
    parser.add_argument(
        "--out", default="figures", type=_folder, metavar="FOLDER", help="where to write them (default: figures)"
    )
    options = parser.parse_args(arguments)
    from pconv_edu.lessons.figures import build

    for path in build(options.out, options.names):
        print(path)


INPAINT_NOTES = """\
examples:
  python -m pconv_edu inpaint photo.jpg mask.png -o filled.png
  python -m pconv_edu inpaint photos masks -o filled          a mask for each photo: a.jpg and a.png
  python -m pconv_edu inpaint photos scratch.png -o filled    the same mask for all photos

The mask is a picture of the same size as the photo: white where the photo is to be filled, black elsewhere.

What the filled file keeps: the size, transparency, the colour profile, EXIF data (the picture is turned upright, the
thumbnail is left out), the resolution, grey, and in PNG and TIFF 16 bits. In PNG, TIFF, WebP and BMP each pixel
outside the hole stays exactly as it is. JPEG compresses the whole photo again (quality 95, 4:4:4), which changes pixels
outside the hole a little. CMYK and LAB become sRGB, palettes become RGB, 1-bit pictures become grey. What else a file
can't keep is named.

Photos can be JPEG, PNG, TIFF, WebP, GIF, BMP, AVIF and more, of up to 120 megapixels; such a photo needs 5 to 10 GB of
memory. HEIC and camera raw files: convert them to PNG or JPEG first.

In a folder each filled photo keeps its name; what can't be written in its own format, such as GIF, becomes PNG. Photos
that are left out are listed at the end with the reason, and the exit status is 1. After Ctrl-C the photos filled so
far are whole, and --resume fills the rest. No photo and no mask is ever replaced.
"""


def inpaint(arguments):
    """fill the hole of a photo, or of every photo in a folder"""
    from pathlib import Path

    from pconv_edu.inpainters import inpaint as fill
    from pconv_edu.inpainters.files import inpaint_file, inpaint_folder
    from pconv_edu.inpainters.methods import BEST

    methods = "\n".join(f"  {name:15}{line}" for name, line in fill.METHODS.items())
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} inpaint",
        description=inpaint.__doc__,
        epilog=f"{INPAINT_NOTES}\nmethods (pconv is {BEST}):\n{methods}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("photo", metavar="PHOTO", help="image file, or a folder of them")
    parser.add_argument(
        "mask",
        metavar="MASK",
        help="image file, white = hole; for a folder: a folder of masks of the same names, or one file for all",
    )
    parser.add_argument(
        "-o", "--out", required=True, help="file to write (.png, .jpg, .webp, .bmp, .tif); for a folder: a folder"
    )
    parser.add_argument(
        "--method",
        choices=["pconv", *fill.METHODS],
        default="pconv",
        metavar="NAME",
        help="how to fill: one of the methods below (default: pconv)",
    )
    parser.add_argument(
        "--threshold",
        type=_brightness,
        metavar="BRIGHTNESS",
        help="take what is brighter than this in the mask as hole, between 0 and 1, such as 0.5: for masks with soft "
        "edges or saved as JPEG. Without it a mask must be black and white",
    )
    parser.add_argument(
        "--resize-mask",
        action="store_true",
        help="make a mask fit that was painted on a smaller or larger copy of the photo, or on a copy not yet turned",
    )
    parser.add_argument(
        "--first-page", action="store_true", help="of files with several pages or frames take the first"
    )
    parser.add_argument("--resume", action="store_true", help="for a folder: skip photos whose filled file is there")
    options = parser.parse_args(arguments)
    task = options.photo, options.mask, options.out, options.method, options.threshold
    choices = {"resize_mask": options.resize_mask, "first_page": options.first_page}
    if Path(options.photo).is_dir():
        report = inpaint_folder(*task, resume=options.resume, **choices)
        print(report, file=sys.stderr if report.left_out or report.stopped else sys.stdout)
        if report.stopped or report.left_out:
            sys.exit(130 if report.stopped else 1)
        return
    if options.resume:
        parser.error("--resume is for a folder of photos")
    if options.method in ("patchmatch", "exemplar"):
        choices["progress"] = True
    for change in inpaint_file(*task, **choices):
        print(f"note: {change}", file=sys.stderr)


def _brightness(text):
    """A number between 0 and 1, as argparse reads it."""
    try:
        value = float(text)
    except ValueError:
        value = 0
    if not 0 < value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a number between 0 and 1, such as 0.5; 255 is 1")
    return value


def lab(arguments):
    """copy the lessons to my_course/ (nothing is overwritten) and open JupyterLab there"""
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} lab",
        description=lab.__doc__,
        epilog="Further options go to JupyterLab, for instance --no-browser or --port=8890.",
    )
    parser.add_argument("--only-copy", action="store_true", help="copy, and open nothing")
    options, jupyter_options = parser.parse_known_args(arguments)
    from pconv_edu.lessons.my_course import copy_lessons, open_lab

    folder = copy_lessons()
    if not options.only_copy:
        open_lab(folder, jupyter_options)


def train(arguments):
    """train a network, or resume a run that was stopped"""
    from pconv_edu.inpainters import inpaint as fill
    from pconv_edu.nn.command import CHANGES, train_command
    from pconv_edu.nn.recipes import RECIPES
    from pconv_edu.nn.training import PRECISIONS

    recipes = "\n".join(f"  {name:15}{recipe.about}" for name, recipe in RECIPES.items())
    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} train",
        description=train.__doc__,
        epilog=f"On several GPUs or machines: torchrun --nproc-per-node N -m pconv_edu train …\n\nrecipes:\n{recipes}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--recipe", choices=RECIPES, required=True, help="see below")
    parser.add_argument("--out", help="folder of the run (default: runs/my-RECIPE); a run that is there is resumed")
    parser.add_argument(
        "--data",
        help="folder of images, with subfolders (default: the bundled photos); give it again to resume the run",
    )
    parser.add_argument(
        "--start",
        help="weights to begin with: a file, such as weights.safetensors of a run, or the name of a network that ships "
        "(default, for recipes that continue l1: runs/my-l1/weights.safetensors if there is one, else the shipped l1)",
    )
    parser.add_argument("--device", default="auto", help="cuda, cuda:1, mps or cpu (default: the best there is)")
    parser.add_argument("--precision", choices=PRECISIONS, default="auto", help="bfloat16 or float32 (default: auto)")
    parser.add_argument("--no-compile", action="store_true", help="on CUDA, do without torch.compile: slower")
    parser.add_argument("--laptop", action="store_true", help="the short schedule for two CPU cores")
    more = {"rate": "; that of the second stage changes in proportion", "batch": "; pictures in a step"}
    for name, default in CHANGES.items():
        text = f"instead of the recipe's (usually {default}){more.get(name, '')}"
        parser.add_argument(f"--{name}", type=type(default), help=text)
    train_command(parser.parse_args(arguments), taken={"pconv", *fill.METHODS})


def evaluate(arguments):
    """run the hole-ratio experiment: every method on held-out photos as holes grow"""
    from pconv_edu.inpainters import inpaint as fill

    parser = argparse.ArgumentParser(
        prog=f"{PROGRAM} evaluate",
        description=evaluate.__doc__,
        epilog="Rows (CSV), tables and plots are kept in the folder, and a run that was stopped resumes there. "
        "Networks are compared with the best classical fill of each bin, photo by photo.",
    )
    parser.add_argument(
        "methods",
        nargs="*",
        metavar="METHOD",
        help=f"from pconv, {', '.join(fill.METHODS)}; or the folder of a finished training run, such as runs/my-l1, "
        "which needs a name of its own (default: all that ship)",
    )
    parser.add_argument("--quick", action="store_true", help="a look: the holes N of four photos, one or two minutes")
    parser.add_argument(
        "--photos", type=_folder, metavar="FOLDER", help="photos of your own, instead of the test photos"
    )
    parser.add_argument(
        "--holes", type=_folder, metavar="FOLDER", help="masks of your own, white = hole, instead of the test holes"
    )
    parser.add_argument(
        "--threshold",
        type=float,
        help="brightness (0 to 1) above which a mask of your own is hole; without it masks must be black and white",
    )
    parser.add_argument(
        "--out", type=_folder, metavar="FOLDER", help="where to keep the rows (default: runs/hole_ratio)"
    )
    parser.add_argument("--workers", type=_count, metavar="N", help="processes (default: one per core)")
    kept = parser.add_mutually_exclusive_group()
    kept.add_argument("--save", action="store_true", help="keep the rows in the package, where the lessons read them")
    kept.add_argument("--stored", action="store_true", help="print the package's tables; compute nothing")
    options = parser.parse_args(arguments)
    if (options.save or options.stored) and (options.quick or options.photos or options.holes or options.out):
        parser.error("--save and --stored are about the whole experiment on the course's own photos and holes")
    if options.threshold is not None and not (options.holes and 0 < options.threshold < 1):
        parser.error("--threshold is a number between 0 and 1, such as 0.5, for the masks in --holes")
    from pconv_edu.experiments.evaluate import report

    print(report.evaluate(**vars(options)))


def weights(arguments):
    """list the networks that ship with the course, or add one from a finished run"""
    parser = argparse.ArgumentParser(prog=f"{PROGRAM} weights", description=weights.__doc__)
    parser.add_argument("name", nargs="?", help="show this one's whole card")
    parser.add_argument("--pack", metavar="RUN", help="folder of a finished run, to be kept under NAME")
    parser.add_argument("--replace", action="store_true", help="with --pack, replace the network of that name")
    options = parser.parse_args(arguments)
    import json

    from pconv_edu.nn.packing import pack
    from pconv_edu.nn.weights import cards, recipe_of

    if options.replace and not options.pack:
        parser.error("--replace goes with --pack")
    if options.pack is not None:
        pack(options.pack, options.name or parser.error("--pack needs a name"), replace=options.replace)
    known = cards()
    if options.name and options.name not in known:
        parser.error(f"{options.name}: no such weights; there are {', '.join(known)}")
    if options.name:
        print(json.dumps({options.name: known[options.name]}, indent=1))
        return
    for name, card in known.items():
        trained = f"{recipe_of(card).steps} steps, {card['hours']} h on {card['device']}" if "recipe" in card else ""
        print(f"{name:15} {card['bytes'] / 1e6:5.2f} MB  {card['about']}{'; ' if trained else ''}{trained}")
    print(f"{'together':15} {sum(card['bytes'] for card in known.values()) / 1e6:5.2f} MB")


COMMANDS = {command.__name__: command for command in (figures, inpaint, lab, train, evaluate, weights)}


def _folder(text):
    """An argument that names a folder: an empty one comes from a variable that is not set, and would mean another."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name of the folder is empty")
    return text


def _count(text):
    """An argument that is a whole number, 1 or more."""
    if not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1 up")
    return int(text)


def main(arguments=None):
    arguments = sys.argv[1:] if arguments is None else arguments
    with console.ending(PROGRAM):
        parser = argparse.ArgumentParser(
            prog=PROGRAM,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            epilog="\n".join(f"  {name:10}{command.__doc__}" for name, command in COMMANDS.items()),
        )
        parser.add_argument("command", choices=COMMANDS, help="see below")
        options = parser.parse_args(arguments[:1])
    with console.ending(f"{PROGRAM} {options.command}"):
        COMMANDS[options.command](arguments[1:])


if __name__ == "__main__":
    main()
