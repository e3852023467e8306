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


def inpaint(arguments):
    """fill the hole of a photo, or of every photo in a folder"""
    from pathlib import Path

    from pconv_edu.inpainters import inpaint as fill
    from pconv_edu.inpainters.files import inpaint_file, inpaint_folder
    from pconv_edu.inpainters.inpaint import BEST

    methods = "\n".join(f"  {name:15}{line}" for name, line in fill.METHODS.items())
    parser = argparse.ArgumentParser(
        prog="python -m pconv_edu inpaint",
        description=inpaint.__doc__,
        epilog=f"Size, transparency and colour profile are kept. pconv is {BEST}. methods:\n{methods}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("photo", help="image file, or a folder of them")
    parser.add_argument(
        "mask", help="image file, white = hole; for a folder: a folder of masks of the same names, or one file"
    )
    parser.add_argument("-o", "--out", required=True, help="file to write (png, jpg, webp, bmp, tif), or a folder")
    parser.add_argument("--method", choices=["pconv", *fill.METHODS], default="pconv", help="default: pconv")
    parser.add_argument(
        "--threshold",
        type=float,
        help="brightness (0 to 1) above which a mask is hole; without it masks must be black and white",
    )
    options = parser.parse_args(arguments)
    task = options.photo, options.mask, options.out, options.method, options.threshold
    if not Path(options.photo).is_dir():
        inpaint_file(*task, **({"progress": True} if options.method in ("patchmatch", "exemplar") else {}))
        return
    filled, errors = inpaint_folder(*task)
    print(f"{filled} photos filled in {options.out}", *errors, sep="\n", file=sys.stderr if errors else sys.stdout)
    if errors:
        sys.exit(1)


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
    """train a network, or go on with a run that was stopped"""
    from dataclasses import fields, replace

    from pconv_edu.nn.recipes import RECIPES, Recipe, laptop
    from pconv_edu.nn.training import PRECISIONS, keep_freed_memory
    from pconv_edu.nn.training import train as run
    from pconv_edu.nn.weights import read_weights

    recipes = "\n".join(f"  {name:15}{recipe.about}" for name, recipe in RECIPES.items())
    parser = argparse.ArgumentParser(
        prog="python -m pconv_edu train",
        description=train.__doc__,
        epilog=f"On several GPUs or machines: torchrun --nproc-per-node N -m pconv_edu train …\n\nrecipes:\n{recipes}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--recipe", choices=RECIPES, required=True, help="see below")
    parser.add_argument("--out", help="folder of the run (default: runs/RECIPE); a run that is there goes on")
    parser.add_argument("--data", help="folder of images, with subfolders (default: the bundled photos)")
    parser.add_argument(
        "--start", help="weights.safetensors to begin with (default: runs/l1's, for recipes that need it)"
    )
    parser.add_argument("--device", default="auto", help="cuda, mps or cpu (default: the best there is)")
    parser.add_argument("--precision", choices=PRECISIONS, default="auto", help="bfloat16 or float32 (default: auto)")
    parser.add_argument("--laptop", action="store_true", help="the short schedule for two CPU cores")
    changes = ("size", "batch", "steps", "rate", "seed")
    kinds = {field.name: field.default for field in fields(Recipe) if field.name in changes}
    for name, default in kinds.items():
        parser.add_argument(f"--{name}", type=type(default), help=f"instead of the recipe's (usually {default})")
    options = parser.parse_args(arguments)
    recipe = laptop(RECIPES[options.recipe]) if options.laptop else RECIPES[options.recipe]
    recipe = replace(recipe, **{name: getattr(options, name) for name in changes if getattr(options, name) is not None})
    start = options.start or (f"runs/{recipe.start}/weights.safetensors" if recipe.start else None)
    out = options.out or f"runs/{options.recipe}"
    keep_freed_memory()
    start = read_weights(start) if start else None
    run(recipe, out, data=options.data, device=options.device, precision=options.precision, start=start)
    print(f"weights.safetensors, samples.png, curves.png and log.jsonl are in {out}")


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
    from pconv_edu.experiments import report

    print(report.evaluate(**vars(options)))


def weights(arguments):
    """list the networks that ship with the course, or add one from a finished run"""
    parser = argparse.ArgumentParser(prog="python -m pconv_edu weights", description=weights.__doc__)
    parser.add_argument("name", nargs="?", help="show this one's whole card")
    parser.add_argument("--pack", metavar="RUN", help="folder of a finished run, to be kept under NAME")
    options = parser.parse_args(arguments)
    import json

    from pconv_edu.nn.weights import cards, pack

    if options.pack:
        pack(options.pack, options.name or parser.error("--pack needs a name"))
    known = cards()
    if options.name and options.name not in known:
        parser.error(f"{options.name}: no such weights; there are {', '.join(known)}")
    if options.name:
        print(json.dumps({options.name: known[options.name]}, indent=1))
        return
    for name, card in known.items():
        trained = f"{card['recipe']['steps']} steps, {card['hours']} h on {card['device']}" if "recipe" in card else ""
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
