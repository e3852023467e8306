"""Implement ``pconv-edu evaluate``, which runs the hole-ratio experiment or prints its stored results."""

import argparse

from .argument_types import count, folder

SUMMARY = "run the hole-ratio experiment: every method on held-out photos as holes grow"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to `parser`, and add a note to the help text."""
    from pconv_edu.inpainters.methods import METHODS

    parser.epilog = (
        "Rows (CSV), tables and plots are written to the folder, and a run that was stopped resumes there. "
        "Each network is compared photo by photo with the best classical fill of each bin."
    )
    parser.add_argument(
        "methods",
        nargs="*",
        metavar="METHOD",
        help=f"one or more of pconv, {', '.join(METHODS)}; or the folder of a finished training run, such as "
        "runs/my-l1, which needs a name of its own (default: all methods that ship with the course)",
    )
    parser.add_argument(
        "--quick", action="store_true", help="measure only the holes N of four photos, in one or two minutes"
    )
    parser.add_argument("--photos", type=folder, metavar="FOLDER", help="your own photos, instead of the test photos")
    parser.add_argument(
        "--holes", type=folder, metavar="FOLDER", help="your own masks, white = hole, instead of the test holes"
    )
    parser.add_argument(
        "--threshold",
        type=float,
        help="brightness (0 to 1) above which a pixel of your own masks is hole; without this option, masks must be "
        "black and white",
    )
    parser.add_argument(
        "--out", type=folder, metavar="FOLDER", help="where to keep the rows (default: runs/hole_ratio)"
    )
    parser.add_argument("--workers", type=count, metavar="N", help="processes (default: one per core)")
    kept = parser.add_mutually_exclusive_group()
    kept.add_argument("--save", action="store_true", help="keep the rows in the package, where the lessons read them")
    kept.add_argument("--stored", action="store_true", help="print the package's tables; compute nothing")


def run(options: argparse.Namespace) -> None:
    """Run the experiment, or load its stored results, and print the tables."""
    if (options.save or options.stored) and (options.quick or options.photos or options.holes or options.out):
        raise argparse.ArgumentError(
            None, "--save and --stored are about the whole experiment on the course's own photos and holes"
        )
    if options.threshold is not None and not (options.holes and 0 < options.threshold < 1):
        raise argparse.ArgumentError(
            None, "--threshold is a number between 0 and 1, such as 0.5, for the masks in --holes"
        )
    from pconv_edu.experiments.evaluate import report

    print(report.evaluate(**vars(options)))
