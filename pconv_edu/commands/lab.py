"""Implement ``pconv-edu lab``, which copies the lessons for a learner and opens JupyterLab on their start page."""

import argparse

SUMMARY = "copy the lessons to my_course/ (nothing is overwritten) and open JupyterLab there"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command to `parser`. Options that the parser does not know are passed to JupyterLab."""
    parser.epilog = "All other options are passed to JupyterLab, for instance --no-browser or --port=8890."
    parser.add_argument("--only-copy", action="store_true", help="copy the lessons without opening JupyterLab")
    parser.set_defaults(unknown=[])


def run(options: argparse.Namespace) -> None:
    """Copy the lessons. Then, unless --only-copy is given, run JupyterLab until the user stops it."""
    from pconv_edu.lessons.my_course import copy_lessons, open_lab

    folder = copy_lessons()
    if not options.only_copy:
        open_lab(folder, options.unknown)
