"""Implement ``pconv-edu figures``, which draws the figures of the course and writes their captions."""

import argparse

from .argument_types import folder

SUMMARY = "rebuild every figure of the course, with its caption"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to `parser`."""
    parser.add_argument("names", nargs="*", metavar="NAME", help="figures to build (default: all)")
    parser.add_argument(
        "--out", default="figures", type=folder, metavar="FOLDER", help="where to write them (default: figures)"
    )


def run(options: argparse.Namespace) -> None:
    """Build the figures, and print the path of each file written."""
    from pconv_edu.lessons.figures import build

    for path in build(options.out, options.names):
        print(path)
